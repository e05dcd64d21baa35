"""Combinatorial problems over bits: programs, QUBO and Ising models, and problems with words of their own."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "BinaryProgram": "problems.binary.program",
    "IndependentSet": "problems.binary.independent_set",
    "Ising": "problems.binary.qubo",
    "MaxCut": "problems.binary.maxcut",
    "MultidimensionalKnapsack": "problems.binary.knapsack",
    "QuadraticForm": "problems.binary.quadratic",
    "Qubo": "problems.binary.qubo",
    "Rows": "problems.binary.rows",
    "SlackEncoding": "problems.binary.encodings",
    "SlackFreeEncoding": "problems.binary.encodings",
    "linear_bound": "problems.binary.relaxation",
    "linear_form": "problems.binary.linear_form",
    "repair_bits": "problems.binary.repair",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from problems.binary.encodings import SlackEncoding, SlackFreeEncoding
    from problems.binary.independent_set import IndependentSet
    from problems.binary.knapsack import MultidimensionalKnapsack
    from problems.binary.linear_form import linear_form
    from problems.binary.maxcut import MaxCut
    from problems.binary.program import BinaryProgram
    from problems.binary.quadratic import QuadraticForm
    from problems.binary.qubo import Ising, Qubo
    from problems.binary.relaxation import linear_bound
    from problems.binary.repair import repair_bits
    from problems.binary.rows import Rows
