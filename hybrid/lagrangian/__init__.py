"""Slack-free Lagrangian methods: multipliers learnt from samples, with certified bounds."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "ActiveAugmented": "hybrid.lagrangian.surrogates",
    "Answer": "hybrid.lagrangian.oracle",
    "Ascent": "hybrid.lagrangian.ascent",
    "AugmentedLagrangian": "hybrid.lagrangian.dual.augmented_lagrangian",
    "Centred": "hybrid.lagrangian.surrogates",
    "DualAveraging": "hybrid.lagrangian.dual.dual_averaging",
    "DualFunction": "hybrid.lagrangian.bound",
    "DualMethod": "hybrid.lagrangian.ascent",
    "DualResult": "hybrid.lagrangian.ascent",
    "DualValue": "hybrid.lagrangian.bound",
    "ExactOracle": "hybrid.lagrangian.oracle",
    "Kelley": "hybrid.lagrangian.dual.kelley",
    "LagrangianModel": "hybrid.lagrangian.model",
    "Linear": "hybrid.lagrangian.surrogates",
    "Oracle": "hybrid.lagrangian.oracle",
    "PricedProducts": "hybrid.lagrangian.surrogates",
    "ProximalBundle": "hybrid.lagrangian.dual.proximal_bundle",
    "SlackFree": "hybrid.lagrangian.slack_free",
    "StochasticSubgradient": "hybrid.lagrangian.dual.stochastic_subgradient",
    "Subgradient": "hybrid.lagrangian.dual.subgradient",
    "Surrogate": "hybrid.lagrangian.surrogates",
    "Terms": "hybrid.lagrangian.surrogates",
    "ViolationSteps": "hybrid.lagrangian.dual.violation_steps",
    "Volume": "hybrid.lagrangian.dual.volume",
    "maximise_dual": "hybrid.lagrangian.ascent",
    "plot_multipliers": "hybrid.lagrangian.pictures",
    "plot_pareto": "hybrid.lagrangian.pictures",
    "plot_progress": "hybrid.lagrangian.pictures",
    "short_annealing": "hybrid.lagrangian.slack_free",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from hybrid.lagrangian.ascent import Ascent, DualMethod, DualResult, maximise_dual
    from hybrid.lagrangian.bound import DualFunction, DualValue
    from hybrid.lagrangian.dual.augmented_lagrangian import AugmentedLagrangian
    from hybrid.lagrangian.dual.dual_averaging import DualAveraging
    from hybrid.lagrangian.dual.kelley import Kelley
    from hybrid.lagrangian.dual.proximal_bundle import ProximalBundle
    from hybrid.lagrangian.dual.stochastic_subgradient import StochasticSubgradient
    from hybrid.lagrangian.dual.subgradient import Subgradient
    from hybrid.lagrangian.dual.violation_steps import ViolationSteps
    from hybrid.lagrangian.dual.volume import Volume
    from hybrid.lagrangian.model import LagrangianModel
    from hybrid.lagrangian.oracle import Answer, ExactOracle, Oracle
    from hybrid.lagrangian.pictures import plot_multipliers, plot_pareto, plot_progress
    from hybrid.lagrangian.slack_free import SlackFree, short_annealing
    from hybrid.lagrangian.surrogates import (
        ActiveAugmented,
        Centred,
        Linear,
        PricedProducts,
        Surrogate,
        Terms,
    )
