"""What one-flip searches of a QUBO share: couplings laid out for compiled loops, local fields, random
numbers.

The local field of bit i is linear_i + Σ_j c_ij x_j; flipping the bit changes the energy by (1 − 2 x_i) times
its field.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from problems.binary.quadratic import QuadraticForm
from problems.checking import check_number
from problems.contract import Array, ProblemError

DENSE_SHARE = 0.25  # share of all pairs from which rows of a full matrix are quicker than lists of neighbours

GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio, odd: the step of SplitMix64


class Couplings(NamedTuple):
    """A form for the kernels: lists of neighbours or, for many pairs, a full matrix; the other is empty."""

    linear: Array
    matrix: Array
    indptr: Array
    index: Array
    value: Array


def check_start(start: tuple[int, ...] | None) -> None:
    """Refuse a start that is not made of bits."""
    if start is not None and any(bit not in (0, 1) for bit in start):
        raise ProblemError("start", start, "zeros and ones")


def check_temperatures(hot: float | None, cold: float | None) -> None:
    """Refuse temperatures that are not positive, or not falling."""
    for name, value in (("hot", hot), ("cold", cold)):
        if value is not None:
            check_number(name, value, 0.0, open_low=True)
    if hot is not None and cold is not None and cold > hot:
        raise ProblemError("cold", cold, f"at most hot, which is {hot}")


def unfit_start(start: tuple[int, ...] | None, n: int) -> str | None:
    """Say why a start does not fit a problem of n bits, or return None."""
    fits = start is None or len(start) == n
    return None if fits else f"its start has {len(start or ())} bits, the problem {n}"


def couplings(form: QuadraticForm) -> Couplings:
    """Lay a form out for the kernels."""
    n = form.n
    if form.num_couplings > DENSE_SHARE * n * (n - 1) / 2:
        upper = form.dense()
        empty = np.zeros(0, np.int64)
        return Couplings(form.linear, upper + upper.T, np.zeros(n + 1, np.int64), empty, np.zeros(0))
    indptr, index, value = (np.array(part) for part in form.neighbours)
    return Couplings(form.linear, np.zeros((0, 0)), indptr, index, value)


def streams(seed: int, first: int, last: int) -> Array:
    """Return the states of generators ``first … last − 1``; each depends on the seed and its number alone."""
    return _mixed(np.uint64(seed % 2**64) + np.arange(first + 1, last + 1, dtype=np.uint64) * GOLDEN)


@njit(cache=True, nogil=True)
def uniform(states: Array, k: int) -> float:
    """Draw from [0, 1) by generator k: SplitMix64 of Steele, Lea and Flood (OOPSLA 2014)."""
    states[k] += GOLDEN
    return (_mixed(states[k]) >> np.uint64(11)) * 2.0**-53


@njit(cache=True, nogil=True)
def randomise(bits: Array, states: Array, k: int) -> None:
    """Fill bits ``[n]`` at random by generator k."""
    for i in range(len(bits)):
        bits[i] = uniform(states, k) < 0.5


@njit(cache=True, nogil=True)
def fill_fields(bits: Array, fields: Array, net: Couplings) -> float:
    """Compute the local fields ``[n]`` of bits ``[n]`` afresh; returns the energy without the offset."""
    fields[:] = net.linear
    for i in range(len(bits)):
        if bits[i]:
            shift_fields(i, 1.0, fields, net)
    energy = 0.0
    for i in range(len(bits)):
        if bits[i]:
            energy += 0.5 * (fields[i] + net.linear[i])
    return energy


@njit(cache=True, nogil=True)
def shift_fields(i: int, sign: float, fields: Array, net: Couplings) -> None:
    """Follow a flip of bit i, up for sign +1 and down for −1, in the fields of all others."""
    if len(net.matrix):
        row = net.matrix[i]
        for j in range(len(fields)):
            fields[j] += sign * row[j]
    else:
        for e in range(net.indptr[i], net.indptr[i + 1]):
            fields[net.index[e]] += sign * net.value[e]


@njit(cache=True, nogil=True)
def _mixed(z: Any) -> Any:
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
