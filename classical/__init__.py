"""Solvers without a quantum backend: one room per field, one file per method."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "Cobyla": "classical.minimisation.cobyla",
    "Exhaustive": "classical.binary.exhaustive",
    "Greedy": "classical.binary.greedy",
    "Lbfgs": "classical.minimisation.lbfgs",
    "MixedInteger": "classical.binary.mixed_integer",
    "NelderMead": "classical.minimisation.nelder_mead",
    "Penalty": "classical.binary.penalty",
    "SimulatedAnnealing": "classical.binary.annealing",
    "Spsa": "classical.minimisation.spsa",
    "Tabu": "classical.binary.tabu",
    "Uniform": "classical.binary.uniform",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from classical.binary.annealing import SimulatedAnnealing
    from classical.binary.exhaustive import Exhaustive
    from classical.binary.greedy import Greedy
    from classical.binary.mixed_integer import MixedInteger
    from classical.binary.penalty import Penalty
    from classical.binary.tabu import Tabu
    from classical.binary.uniform import Uniform
    from classical.minimisation.cobyla import Cobyla
    from classical.minimisation.lbfgs import Lbfgs
    from classical.minimisation.nelder_mead import NelderMead
    from classical.minimisation.spsa import Spsa
