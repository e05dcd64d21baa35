"""Presolve of binary programs: exact reductions to smaller programs, and their connected components."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "ALL_STEPS": "problems.binary.presolve.chain",
    "BoundPropagation": "problems.binary.presolve.bound_propagation",
    "CliqueMerging": "problems.binary.presolve.clique_merging",
    "CoefficientTightening": "problems.binary.presolve.coefficient_tightening",
    "Dominance": "problems.binary.presolve.dominance",
    "DualFixing": "problems.binary.presolve.dual_fixing",
    "IntegerScaling": "problems.binary.presolve.integer_scaling",
    "Outcome": "problems.binary.presolve.step",
    "ParallelRows": "problems.binary.presolve.parallel_rows",
    "Part": "problems.binary.presolve.connectivity",
    "Presolved": "problems.binary.presolve.chain",
    "ReducedCostFixing": "problems.binary.presolve.reduced_cost_fixing",
    "Removed": "problems.binary.presolve.step",
    "Report": "problems.binary.presolve.report",
    "RoofDualFixing": "problems.binary.presolve.roof_dual_fixing",
    "SET_PRESERVING": "problems.binary.presolve.chain",
    "Step": "problems.binary.presolve.step",
    "assemble": "problems.binary.presolve.connectivity",
    "components": "problems.binary.presolve.connectivity",
    "presolve": "problems.binary.presolve.chain",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from problems.binary.presolve.bound_propagation import BoundPropagation
    from problems.binary.presolve.chain import ALL_STEPS, SET_PRESERVING, Presolved, presolve
    from problems.binary.presolve.clique_merging import CliqueMerging
    from problems.binary.presolve.coefficient_tightening import CoefficientTightening
    from problems.binary.presolve.connectivity import Part, assemble, components
    from problems.binary.presolve.dominance import Dominance
    from problems.binary.presolve.dual_fixing import DualFixing
    from problems.binary.presolve.integer_scaling import IntegerScaling
    from problems.binary.presolve.parallel_rows import ParallelRows
    from problems.binary.presolve.reduced_cost_fixing import ReducedCostFixing
    from problems.binary.presolve.report import Report
    from problems.binary.presolve.roof_dual_fixing import RoofDualFixing
    from problems.binary.presolve.step import Outcome, Removed, Step
