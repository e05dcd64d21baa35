"""Roof duality: a bound on a quadratic form over bits, and values that its minima have.

The roof dual is the best constant of all posiforms with linear and quadratic terms that equal the form; it is
the constant of any one of them plus the maximum flow through its implication network, and it is the bound of
the linear relaxation in which each product is a variable. In the residual network

- literals that the source reaches are 1 in every minimum: strong persistency;
- any set of literals that no arc leaves and that holds no literal with its negation is 1, all together, in
  some minimum: weak persistency. The strongly connected components, each literal after its implications, give
  a set that labels every variable but those in a component with their own negation.

A form without positive couplings is labelled completely.

References: Hammer, Hansen and Simeone, Mathematical Programming 28 (1984); Boros and Hammer, Discrete Applied
Mathematics 123 (2002); Boros, Hammer and Tavares, RUTCOR Research Report 10-2006; Kolmogorov and Rother, IEEE
TPAMI 29 (2007).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Literal

import numpy as np

from problems.binary.presolve.fixing import FREE, fix_form, lift_over, rounding_of_offset, unchanged
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Qubo
from problems.binary.roof.implication_network import Network, implication_network
from problems.binary.roof.maximum_flow import Flow, maximum_flow
from problems.binary.roof.strong_components import strong_components
from problems.checking import check_choice, read_only
from problems.contract import Reduction
from problems.errors import ProblemError

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class RoofDual:
    """What roof duality says about a form.

    Attributes:
        bound: A certified lower bound on its minimum, rounded down to a float; of integers it may be a half.
        strong: int8 ``[n]`` the value of each bit in every minimum, −1 where roof duality does not tell.
        weak: int8 ``[n]`` values that hold together in some minimum; they extend ``strong``.
    """

    bound: float
    strong: Array
    weak: Array


def roof_dual(qubo: Qubo) -> RoofDual:
    """Compute the roof dual and its labels, exactly; the cost is that of one maximum flow on 2n + 2 nodes.

    Raises:
        ProblemError: If the problem is no ``Qubo``.
    """
    if not isinstance(qubo, Qubo):
        raise ProblemError("qubo", qubo, "a Qubo", "reduce the problem to one first")
    network = implication_network(qubo.form)
    flow = maximum_flow(network.arcs, network.capacity, 2 * qubo.n, 2 * qubo.n + 1)
    bound = (2 * network.constant + flow.value) * network.unit / 2 + Fraction(qubo.form.offset)
    strong = _labels(flow.reached)
    weak = np.where(strong == FREE, _weak_labels(network, flow), strong).astype(np.int8)
    return RoofDual(_rounded_down(bound), read_only(strong), read_only(weak))


def persistency(qubo: Qubo, kept: Literal["one", "every"] = "one") -> Reduction[Array]:
    """Fix the bits that roof duality labels.

    Args:
        qubo: Any QUBO.
        kept: "one" fixes all weak labels and keeps at least one minimum; "every" fixes the strong ones alone
            and keeps every minimum.

    Returns:
        A reduction to the ``Qubo`` over the other bits, with their names. Its bounds are bounds of the
        original; only with fractions do they move down by what rounding can have done to the offset.

    Raises:
        ProblemError: If the problem is no ``Qubo``.
    """
    check_choice("kept", kept, ("one", "every"))
    dual = roof_dual(qubo)
    values = dual.weak if kept == "one" else dual.strong
    names = tuple(qubo.names[j] for j in np.flatnonzero(values == FREE))
    smaller = Qubo(fix_form(qubo.form, values), names, qubo.reference)
    rounding = 0.0 if _integral(qubo.form) else rounding_of_offset(qubo.form, values)
    return Reduction(smaller, lift_over(values), partial(_lowered, rounding) if rounding else unchanged)


def _labels(true: Array) -> Array:
    """Return int8 ``[n]`` from the literals ``[2n+2]`` that are true."""
    values = np.full(len(true) // 2 - 1, FREE, dtype=np.int8)
    values[true[0:-2:2]] = 1
    values[true[1:-2:2]] = 0
    return values


def _weak_labels(network: Network, flow: Flow) -> Array:
    """Return labels of the variables that the source reaches neither as they are nor negated.

    The sets that no residual arc leaves are the minimum cuts, whichever maximum flow was found; so the order
    of these components is that of a flow which is symmetric under negation.
    """
    reached = flow.reached.reshape(-1, 2)
    inside = np.repeat(~reached.any(axis=1), 2)
    inside[-2:] = False
    component = strong_components(inside, flow.residual > 0, network.arcs).reshape(-1, 2)
    true = np.stack([component[:, 0] < component[:, 1], component[:, 1] < component[:, 0]], axis=1)
    return _labels(true.ravel())


def _integral(form: QuadraticForm) -> bool:
    numbers = np.concatenate([form.linear, form.coupling, [form.offset]])
    return bool(np.all(numbers == np.round(numbers)))


def _rounded_down(exact: Fraction) -> float:
    try:
        nearest = float(exact)
    except OverflowError:
        return -math.inf if exact < 0 else np.finfo(float).max
    return nearest if Fraction(nearest) <= exact else math.nextafter(nearest, -math.inf)


def _lowered(amount: float, bound: float) -> float:
    return bound - amount
