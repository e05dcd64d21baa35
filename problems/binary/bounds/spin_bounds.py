"""Semidefinite bounds on cuts and QUBOs, by the relaxation of Goemans and Williamson.

Reference: Goemans and Williamson, Journal of the ACM 42 (1995), for maximum cut, where with weights ≥ 0 the
best cut is at least 0.878 of the relaxation's optimum; Poljak, Rendl and Wolkowicz, Journal of Global
Optimization 7 (1995), for any quadratic form in bits.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from problems.binary.bounds.certified import float_above, float_below
from problems.binary.bounds.lattice import rounded_up
from problems.binary.bounds.semidefinite import SemidefiniteBound
from problems.binary.bounds.spins import SpinModel, cut_model, spin_model
from problems.binary.bounds.unit_diagonal import check_settings, unit_diagonal_bound
from problems.binary.maxcut import MaxCut
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Qubo

Array = np.ndarray
TOLERANCE = 1e-7


def never() -> bool:
    """Say that there is time left."""
    return False


def max_cut_bound(
    problem: MaxCut,
    *,
    rank: int | None = None,
    tolerance: float = TOLERANCE,
    seed: int = 0,
    out_of_time: Callable[[], bool] = never,
) -> SemidefiniteBound:
    """Bound the weight of every cut from above.

    One unit vector per node; the dual has y ``[n]`` with Diag(y) + W/2 positive semidefinite, W the symmetric
    weights, and ``value`` is (Σ_edges w + Σy)/2 up to rounding. 800 nodes take a second or two, 2000
    from ten seconds to a minute.

    Args:
        problem: Weights may have either sign; at most 4000 nodes.
        rank: Length of the vectors, by default the least above √(2n).
        tolerance: Relative gap, without the objective's constant, at which the relaxation counts as solved.
        seed: Of the vectors to start with.
        out_of_time: Asked again and again; once it is true, the bound is certified as it stands.

    Raises:
        ProblemError: On a setting out of range or too many nodes.
    """
    check_settings(rank, tolerance, seed)
    model = cut_model(problem.num_nodes, problem.edges, np.asarray(problem.weights))
    bound = _lower(model, problem.program.minimised, rank, tolerance, seed, out_of_time)
    return SemidefiniteBound(-bound.value, -bound.rounded, -bound.primal, bound.vectors, bound.dual)


def qubo_bound(
    problem: Qubo,
    *,
    rank: int | None = None,
    tolerance: float = TOLERANCE,
    seed: int = 0,
    out_of_time: Callable[[], bool] = never,
) -> SemidefiniteBound:
    """Bound the energy of all bits from below.

    On spins, x = (1 − s)/2, a form without fields has one unit vector per bit; with fields there is one more,
    the last, that stands for +1. The dual has y ``[N]`` with Diag(y) + A positive semidefinite, where ½ sᵀAs
    are the couplings, and ``value`` is the form's constant on spins − Σy/2 up to rounding.

    Args:
        problem: At most 4000 bits, or one less with fields.
        rank: As in ``max_cut_bound``, like all that follow.
        tolerance: Relative gap.
        seed: Of the vectors.
        out_of_time: Whether to stop.

    Raises:
        ProblemError: On a setting out of range or too many bits.
    """
    check_settings(rank, tolerance, seed)
    return _lower(spin_model(problem.form), problem.form, rank, tolerance, seed, out_of_time)


def _lower(
    model: SpinModel,
    form: QuadraticForm,
    rank: int | None,
    tolerance: float,
    seed: int,
    out_of_time: Callable[[], bool],
) -> SemidefiniteBound:
    """Bound a minimised form from below; its coefficients say which values it can take."""
    relaxed = unit_diagonal_bound(model, rank, tolerance, seed, out_of_time)
    least = model.least_value(relaxed.value)
    return SemidefiniteBound(
        float_below(least),
        float_below(rounded_up(least, form)),
        float_above(model.value(Fraction(relaxed.primal))),
        relaxed.vectors,
        np.ldexp(relaxed.dual, model.exponent - 2),
    )
