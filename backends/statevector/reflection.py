"""The last spin of a cost without fields, kept out of the state: its mixer pairs states with opposites.

Flipping all spins changes nothing, so ψ(z, 1) = ψ(~z, 0), and n − 1 qubits hold the state. The last qubit's
e^(−iβX) becomes ψ(z) cos β − i ψ(~z) sin β. In the frame i^(ones of z) ψ, with m = n − 1 qubits, that is
φ(z) − t κ σ(z) φ(~z), but for cos β, with κ = i^(1 − m) and σ = (−1)^(ones of z): a rotation of reals, within
the real and the imaginary parts where m is odd (kind 1), between them where it is even (kind 2).
"""

from __future__ import annotations

from backends.compiling import kernel, subkernel
from backends.statevector.lanes import (
    by_parity,
    load,
    multiply_add,
    reverse,
    spread,
    store,
    subtract_product,
    total,
    width,
)

NONE, WITHIN, BETWEEN = range(3)


def kind_of(qubits: int) -> tuple[int, float]:
    """Return the kind and the sign of κ (or of κ/i) for m qubits."""
    return {1: (WITHIN, 1.0), 2: (BETWEEN, -1.0), 3: (WITHIN, -1.0), 0: (BETWEEN, 1.0)}[qubits % 4]


@kernel
def reflect(low_real, low_imaginary, high_real, high_imaginary, kind, tangent):  # pragma: no cover - compiled
    """Turn states and their opposites: place x of ``low`` pairs with the x-th from the end of ``high``.

    ``tangent`` is t times κ's sign, times (−1) to the ones of the index of ``low``'s first state.
    """
    if kind == WITHIN:
        _cross(low_real, high_real, tangent)
        _cross(low_imaginary, high_imaginary, tangent)
    elif kind == BETWEEN:
        _cross(low_real, high_imaginary, -tangent)
        _cross(low_imaginary, high_real, tangent)


@kernel
def reflection_slope(
    left_low_real, left_low_imaginary, left_high_real, left_high_imaginary,
    low_real, low_imaginary, high_real, high_imaginary, kind,
):  # fmt: skip  # pragma: no cover - compiled
    """Return ⟨left|K|state⟩ over the pairs, K the generator of ``reflect`` for a sign of 1."""
    if kind == WITHIN:
        return _cross_overlap(left_low_real, left_high_real, low_real, high_real) + _cross_overlap(
            left_low_imaginary, left_high_imaginary, low_imaginary, high_imaginary
        )
    return _cross_overlap(left_low_imaginary, left_high_real, low_imaginary, high_real) - _cross_overlap(
        left_low_real, left_high_imaginary, low_real, high_imaginary
    )


@subkernel
def _cross(low, high, tangent):  # pragma: no cover - compiled
    lanes, size = width(low), len(low)
    even, odd = by_parity(spread(low, tangent)), by_parity(spread(low, -tangent))
    for x in range(0, size, lanes):
        t = odd if _odd(x) else even
        y = size - lanes - x
        a, b = load(low, x), reverse(load(high, y))
        store(low, x, subtract_product(t, b, a))
        store(high, y, reverse(multiply_add(t, a, b)))


@subkernel
def _cross_overlap(left_low, left_high, low, high):  # pragma: no cover - compiled
    lanes, size = width(low), len(low)
    even, odd = by_parity(spread(low, 1.0)), by_parity(spread(low, -1.0))
    sums = spread(low, 0.0)
    zero = spread(low, 0.0)
    for x in range(0, size, lanes):
        t = odd if _odd(x) else even
        y = size - lanes - x
        part = multiply_add(reverse(load(left_high, y)), load(low, x), zero)
        part = subtract_product(load(left_low, x), reverse(load(high, y)), part)
        sums = multiply_add(t, part, sums)
    return total(sums)


@kernel
def ones_sign(index):  # pragma: no cover - compiled
    """Return −1.0 where an index has an odd number of ones, else 1.0."""
    return -1.0 if _odd(index) else 1.0


@subkernel
def _odd(index):  # pragma: no cover - compiled
    index ^= index >> 32
    index ^= index >> 16
    index ^= index >> 8
    index ^= index >> 4
    return (0x6996 >> (index & 15)) & 1
