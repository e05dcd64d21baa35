"""The implication network of a quadratic form: literals as nodes, each product as two implications.

A form over bits equals a constant plus Σ a_uv u v + Σ a_u u with a > 0, where u and v are literals x_i or
x̄_i = 1 − x_i: a posiform. Node 2i is x_i and node 2i + 1 is x̄_i; the literals of variable n are the constants
1, the source, and 0, the sink. A term a_uv u v says that u implies v̄ and v implies ū, at a price: one arc
each, of half its coefficient; a_u u is a_u u · 1. All capacities are counted in halves of the unit, so they
are the coefficients themselves, and integers. The unit is the power of two in which every coefficient is an
integer: float64 numbers are such multiples, so nothing is rounded, however far they lie apart.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np

from problems.binary.quadratic import QuadraticForm
from problems.binary.roof.maximum_flow import LARGEST_BITS, Arcs

Array = np.ndarray


class Network(NamedTuple):
    """A form as a network.

    Attributes:
        arcs: Four per term: the implication, its reverse, its contrapositive ``e ^ 2``, and the reverse of
            that.
        capacity: ``[A]`` in halves of the unit; Python integers where 64 bits do not hold their sums.
        constant: Of the posiform, in units, without the form's offset.
        unit: What an integer 1 stands for.
    """

    arcs: Arcs
    capacity: Array
    constant: int
    unit: Fraction


def implication_network(form: QuadraticForm) -> Network:
    """Write a form as a posiform and that as a network; exact."""
    n = form.n
    linear, coupling, unit = _integers(form)
    negative = coupling < 0  # q x_i x_j = q x_i + |q| x_i x̄_j
    np.add.at(linear, form.first[negative], coupling[negative])
    below = linear < 0  # c x_i = c + |c| x̄_i
    constant = int(sum(linear[below].tolist()))
    wanted = np.flatnonzero(linear != 0)
    left = np.concatenate([2 * form.first, 2 * wanted + below[wanted]])
    right = np.concatenate([2 * form.second + negative, np.full(len(wanted), 2 * n)])
    tail = np.stack([left, right ^ 1, right, left ^ 1], axis=1).ravel()
    head = np.stack([right ^ 1, left, left ^ 1, right], axis=1).ravel()
    price = np.abs(np.concatenate([coupling, linear[wanted]]))
    capacity = np.zeros((len(price), 4), dtype=price.dtype)
    capacity[:, 0] = capacity[:, 2] = price
    return Network(Arcs.between(tail, head, 2 * n + 2), capacity.ravel(), constant, unit)


def _integers(form: QuadraticForm) -> tuple[Array, Array, Fraction]:
    """Return linear ``[n]`` and coupling ``[K]`` as exact multiples of a power of two, and that power."""
    numbers = np.concatenate([form.linear, form.coupling])
    mantissa, exponent = np.frexp(numbers)
    digits = (mantissa * 2.0**53).astype(np.int64)
    lowest = digits & -digits  # the last digit that is not 0
    zeros = np.where(digits != 0, np.frexp(lowest.astype(float))[1] - 1, 0)
    power = np.where(digits != 0, exponent - 53 + zeros, 0)
    base = int(power[digits != 0].min()) if digits.any() else 0
    shift = np.where(digits != 0, power - base, 0)
    digits >>= zeros
    length = np.frexp(digits.astype(float))[1] + shift
    if length.max(initial=0) + len(numbers).bit_length() + 2 < LARGEST_BITS:
        whole = digits << shift
    else:
        whole = digits.astype(object) << shift.astype(object)
    unit = Fraction(2) ** base
    return whole[: form.n].copy(), whole[form.n :], unit
