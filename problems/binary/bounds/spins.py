"""Cuts and QUBOs as one problem: couplings between spins, no fields, coefficients of order one.

A QUBO over n bits, x = (1 − s)/2, has fields; another spin that is +1 by agreement turns them into couplings
(Barahona, Jünger and Reinelt, Mathematical Programming 44 (1989)). Where all fields vanish, as for a cut, no
spin is added. Whatever rounding does to a coefficient is bounded and kept, so that

    |4 (f(x) − offset) − 2^exponent (constant + Σ_k coupling_k s_first s_second)| ≤ 2^exponent · slack

holds for every x in exact arithmetic.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from problems.binary.bounds.certified import TINY
from problems.binary.quadratic import QuadraticForm

Array = np.ndarray
VANISHING = 2.0**-40  # a field below this share of what was added to make it counts as rounding


@dataclass(frozen=True, eq=False)
class SpinModel:
    """Minimise Σ_k coupling_k s_first s_second over spins ±1; see the module for how it bounds a form.

    Attributes:
        bits: n, the number of variables of the form.
        homogenised: Whether spin n stands for +1 and carries the fields.
        first: ``[K]`` a spin of each pair.
        second: ``[K]`` the other spin.
        coupling: ``[K]``, those between bits of size at most 1.
        constant: What is added to the couplings.
        exponent: The power of two that was divided out.
        slack: What rounding may have changed, at any spins.
        offset: The form's own.
    """

    bits: int
    homogenised: bool
    first: Array
    second: Array
    coupling: Array
    constant: float
    exponent: int
    slack: float
    offset: float

    @property
    def num_spins(self) -> int:
        """Number of spins."""
        return self.bits + self.homogenised

    def value(self, couplings: Fraction) -> Fraction:
        """Return the form's value where the couplings add to this much, but for the slack."""
        scale = Fraction(2) ** self.exponent / 4
        return Fraction(self.offset) + scale * (Fraction(self.constant) + couplings)

    def least_value(self, couplings: Fraction) -> Fraction:
        """Return a lower bound on the form where the couplings add to this much or more."""
        return self.value(couplings - Fraction(self.slack))

    def matrix(self) -> Any:
        """Return the symmetric sparse ``[N, N]`` matrix A of ½ sᵀAs."""
        pairs = (
            np.concatenate([self.first, self.second]),
            np.concatenate([self.second, self.first]),
        )
        matrix = csr_array(
            (np.concatenate([self.coupling, self.coupling]), pairs), shape=(self.num_spins,) * 2
        )
        matrix.sort_indices()
        return matrix


def spin_model(form: QuadraticForm) -> SpinModel:
    """Write a form over bits as couplings between spins."""
    sizes = np.abs(np.concatenate([form.linear, form.coupling]))
    exponent = math.frexp(float(sizes.max(initial=0.0)))[1]
    linear, coupling = np.ldexp(form.linear, -exponent), np.ldexp(form.coupling, -exponent)
    constant = math.fsum(np.concatenate([2.0 * linear, coupling]))
    shifted_out = not np.array_equal(np.ldexp(np.abs(np.concatenate([linear, coupling])), exponent), sizes)
    slack = [_rounding(constant), 8.0 * len(sizes) * TINY if shifted_out else 0.0]
    fields, sizes = _fields(linear, coupling, form)
    slack.extend(map(_rounding, fields.tolist()))
    homogenised = bool(np.any(np.abs(fields) > VANISHING * sizes))
    first, second = form.first, form.second
    if homogenised:
        bits = np.flatnonzero(fields)
        first = np.concatenate([first, bits])
        second = np.concatenate([second, np.full(len(bits), form.n)])
        coupling = np.concatenate([coupling, fields[bits]])
    else:
        slack.extend(np.abs(fields).tolist())
    return SpinModel(
        form.n, homogenised, first, second, coupling, constant, exponent, _total(slack), form.offset
    )


def cut_model(num_nodes: int, edges: Array, weights: Array) -> SpinModel:
    """Write the negated weight of a cut, −Σ w_uv (1 − s_u s_v)/2 over edges ``[K, 2]``, as couplings."""
    exponent = math.frexp(float(np.abs(weights).max(initial=0.0)))[1] + 1
    coupling = np.ldexp(weights, 1 - exponent)
    constant = -math.fsum(coupling)
    shifted_out = not np.array_equal(np.ldexp(coupling, exponent - 1), weights)
    slack = [_rounding(constant), 2.0 * len(weights) * TINY if shifted_out else 0.0]
    first, second = edges.T
    return SpinModel(num_nodes, False, first, second, coupling, constant, exponent, _total(slack), 0.0)


def bits_of_sides(sides: Array, n: int) -> Array:
    """Return bits ``[..., n]`` from the sides ``[..., N]`` that spins are on, False for +1.

    With N = n + 1 all sides change where the last spin, which stands for +1, is not on side False.
    """
    turned = sides[..., n:] if sides.shape[-1] > n else np.False_
    return (sides[..., :n] ^ turned).astype(np.uint8)


def _total(slack: list[float]) -> float:
    total = math.fsum(slack)
    return math.nextafter(total, math.inf) if total else 0.0


def _rounding(total: float) -> float:
    """Bound what rounding to the nearest has done to a sum, which it never makes 0."""
    return math.ulp(total) if total else 0.0


def _fields(linear: Array, coupling: Array, form: QuadraticForm) -> tuple[Array, Array]:
    """Return −2 linear_i − Σ_j coupling_ij of each bit, rounded once, and the sums of absolute values."""
    bit = np.concatenate([form.first, form.second])
    order = np.argsort(bit, kind="stable")
    ends = np.cumsum(np.bincount(bit, minlength=form.n))[:-1]
    fields, sizes = np.zeros(form.n), np.zeros(form.n)
    parts = np.split(np.concatenate([coupling, coupling])[order], ends) if form.n else []
    for i, part in enumerate(parts):
        fields[i] = -math.fsum([2.0 * linear[i], *part])
        sizes[i] = 2.0 * abs(linear[i]) + np.abs(part).sum()
    return fields, sizes
