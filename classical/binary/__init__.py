"""Solvers of binary programs and QUBOs without a quantum backend.

``Exhaustive`` and ``MixedInteger`` prove what they find; ``Presolve`` makes programs smaller for any of them.
``SimulatedAnnealing``, ``ParallelTempering`` and ``Tabu`` sample QUBOs, ``LocalSearch`` improves in the
problem's own neighbourhood, ``GoemansWilliamson`` rounds a relaxation; ``Penalty`` brings constrained
programs to QUBO solvers. ``Greedy`` is the quickest answer, ``Uniform`` the null.
"""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "Exhaustive": "classical.binary.exhaustive",
    "GoemansWilliamson": "classical.binary.goemans_williamson",
    "Greedy": "classical.binary.greedy",
    "HeldKarp": "classical.binary.held_karp",
    "LocalSearch": "classical.binary.local_search",
    "MixedInteger": "classical.binary.mixed_integer",
    "ParallelTempering": "classical.binary.parallel_tempering",
    "Penalty": "classical.binary.penalty",
    "Presolve": "classical.binary.presolved",
    "SimulatedAnnealing": "classical.binary.annealing",
    "Tabu": "classical.binary.tabu",
    "Uniform": "classical.binary.uniform",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from classical.binary.annealing import SimulatedAnnealing
    from classical.binary.exhaustive import Exhaustive
    from classical.binary.goemans_williamson import GoemansWilliamson
    from classical.binary.greedy import Greedy
    from classical.binary.held_karp import HeldKarp
    from classical.binary.local_search import LocalSearch
    from classical.binary.mixed_integer import MixedInteger
    from classical.binary.parallel_tempering import ParallelTempering
    from classical.binary.penalty import Penalty
    from classical.binary.presolved import Presolve
    from classical.binary.tabu import Tabu
    from classical.binary.uniform import Uniform
