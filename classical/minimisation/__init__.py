"""Optimizers of continuous functions: each solves any ``Minimisation``, landscape, network or circuit."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "Adam": "classical.minimisation.adam",
    "AdamSpsa": "classical.minimisation.adam_spsa",
    "AnnealedLangevin": "classical.minimisation.langevin",
    "Armijo": "classical.minimisation.inner_solvers",
    "BayesianOptimization": "classical.minimisation.bayesian",
    "Cobyla": "classical.minimisation.cobyla",
    "CompositeDescent": "classical.minimisation.composite_baselines",
    "ConsensusBasedOptimization": "classical.minimisation.consensus_based",
    "ConsensusHopping": "classical.minimisation.consensus_hopping",
    "GradientDescent": "classical.minimisation.gradient_descent",
    "Lbfgs": "classical.minimisation.lbfgs",
    "NelderMead": "classical.minimisation.nelder_mead",
    "QuadraticModel": "classical.minimisation.quadratic_model",
    "Rotosolve": "classical.minimisation.rotosolve",
    "Scatter": "classical.minimisation.scatter",
    "Spsa": "classical.minimisation.spsa",
    "TargetSurrogate": "classical.minimisation.target_surrogate",
    "gradient_alignment": "classical.minimisation.gradient_alignment",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from classical.minimisation.adam import Adam
    from classical.minimisation.adam_spsa import AdamSpsa
    from classical.minimisation.bayesian import BayesianOptimization
    from classical.minimisation.cobyla import Cobyla
    from classical.minimisation.composite_baselines import CompositeDescent
    from classical.minimisation.consensus_based import ConsensusBasedOptimization
    from classical.minimisation.consensus_hopping import ConsensusHopping
    from classical.minimisation.gradient_alignment import gradient_alignment
    from classical.minimisation.gradient_descent import GradientDescent
    from classical.minimisation.inner_solvers import Armijo
    from classical.minimisation.langevin import AnnealedLangevin
    from classical.minimisation.lbfgs import Lbfgs
    from classical.minimisation.nelder_mead import NelderMead
    from classical.minimisation.quadratic_model import QuadraticModel
    from classical.minimisation.rotosolve import Rotosolve
    from classical.minimisation.scatter import Scatter
    from classical.minimisation.spsa import Spsa
    from classical.minimisation.target_surrogate import TargetSurrogate
