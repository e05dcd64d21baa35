"""Combinatorial problems over bits: programs, QUBO and Ising models, and problems with words of their own.

``Model`` states one in formulas; ``BinaryProgram`` and ``IntegerProgram`` are what it becomes.
"""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "BinaryCode": "problems.binary.integer_codes",
    "BinaryProgram": "problems.binary.program",
    "Clique": "problems.binary.clique",
    "DomainWallCode": "problems.binary.integer_codes",
    "IndependentSet": "problems.binary.independent_set",
    "IntegerProgram": "problems.binary.integer",
    "Ising": "problems.binary.qubo",
    "LazyProgram": "problems.binary.lazy_program",
    "MaxCut": "problems.binary.maxcut",
    "Model": "problems.binary.model",
    "MultidimensionalKnapsack": "problems.binary.knapsack",
    "OneHotCode": "problems.binary.integer_codes",
    "QuadraticAssignment": "problems.binary.assignment",
    "QuadraticForm": "problems.binary.quadratic",
    "QuadraticPolynomial": "problems.binary.polynomial",
    "Qubo": "problems.binary.qubo",
    "Rows": "problems.binary.rows",
    "SlackEncoding": "problems.binary.encodings",
    "MixerEncoding": "problems.binary.mixer_encoding",
    "SlackFreeEncoding": "problems.binary.encodings",
    "TourEdges": "problems.binary.tour_edges",
    "TravellingSalesman": "problems.binary.tour",
    "UnaryCode": "problems.binary.integer_codes",
    "VertexCover": "problems.binary.vertex_cover",
    "linear_bound": "problems.binary.relaxation",
    "linear_form": "problems.binary.linear_form",
    "persistency": "problems.binary.roof.duality",
    "repair_bits": "problems.binary.repair",
    "roof_dual": "problems.binary.roof.duality",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from problems.binary.assignment import QuadraticAssignment
    from problems.binary.clique import Clique
    from problems.binary.encodings import SlackEncoding, SlackFreeEncoding
    from problems.binary.independent_set import IndependentSet
    from problems.binary.integer import IntegerProgram
    from problems.binary.integer_codes import BinaryCode, DomainWallCode, OneHotCode, UnaryCode
    from problems.binary.knapsack import MultidimensionalKnapsack
    from problems.binary.lazy_program import LazyProgram
    from problems.binary.linear_form import linear_form
    from problems.binary.maxcut import MaxCut
    from problems.binary.mixer_encoding import MixerEncoding
    from problems.binary.model import Model
    from problems.binary.polynomial import QuadraticPolynomial
    from problems.binary.program import BinaryProgram
    from problems.binary.quadratic import QuadraticForm
    from problems.binary.qubo import Ising, Qubo
    from problems.binary.relaxation import linear_bound
    from problems.binary.repair import repair_bits
    from problems.binary.roof.duality import persistency, roof_dual
    from problems.binary.rows import Rows
    from problems.binary.tour import TravellingSalesman
    from problems.binary.tour_edges import TourEdges
    from problems.binary.vertex_cover import VertexCover
