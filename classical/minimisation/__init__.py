"""Optimizers of continuous functions: each solves any ``Minimisation``, landscape or circuit loop."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "Adam": "classical.minimisation.adam",
    "AdamSpsa": "classical.minimisation.adam_spsa",
    "BayesianOptimization": "classical.minimisation.bayesian",
    "Cobyla": "classical.minimisation.cobyla",
    "Lbfgs": "classical.minimisation.lbfgs",
    "NelderMead": "classical.minimisation.nelder_mead",
    "QuadraticModel": "classical.minimisation.quadratic_model",
    "Rotosolve": "classical.minimisation.rotosolve",
    "Spsa": "classical.minimisation.spsa",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from classical.minimisation.adam import Adam
    from classical.minimisation.adam_spsa import AdamSpsa
    from classical.minimisation.bayesian import BayesianOptimization
    from classical.minimisation.cobyla import Cobyla
    from classical.minimisation.lbfgs import Lbfgs
    from classical.minimisation.nelder_mead import NelderMead
    from classical.minimisation.quadratic_model import QuadraticModel
    from classical.minimisation.rotosolve import Rotosolve
    from classical.minimisation.spsa import Spsa
