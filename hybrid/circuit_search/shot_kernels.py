"""Compiled Adam-SPSA over the angles of one circuit, whose energies carry noise that was drawn before.

Reference: Patel et al., arXiv 2402.03500; the gains are a / (k + 1)^α and c / (k + 1)^γ, the decay of the
averaged slopes is β₁ / (k + 1)^λ.
"""

from __future__ import annotations

import math

import numpy as np

from backends.compiling import kernel
from hybrid.circuit_search.descent_kernels import energy

TINY = 1e-8


@kernel
def staged_descent(
    gates, turns, x, groups, size, signs, noise, last, gains, second, plain
):  # pragma: no cover - compiled
    """Minimise in place and return the exact energy of the answer.

    Args:
        gates: int64 ``[G, 4]``.
        turns: ``[G, 2]``.
        x: Angles ``[P]``; moved to the answer.
        groups: The observable.
        size: Amplitudes of a state.
        signs: The directions ±1 of the steps, ``[K, P]``.
        noise: What the three energies of each step are off by, ``[K, 3]``.
        last: The first step whose iterate may be the answer.
        gains: a, α, c, γ, λ, β₁.
        second: β₂.
        plain: Whether steps go along the slope itself.
    """
    rate, alpha, perturbation, gamma, fading, first = gains
    width, steps = len(x), len(signs)
    mean, square, slope = np.zeros(width), np.zeros(width), np.empty(width)
    lowest, least = x.copy(), math.inf
    for k in range(steps):
        reach = perturbation / (k + 1) ** gamma
        rise = energy(gates, turns, x + reach * signs[k], groups, size) + noise[k, 0]
        rise -= energy(gates, turns, x - reach * signs[k], groups, size) + noise[k, 1]
        here = energy(gates, turns, x, groups, size) + noise[k, 2]
        if k >= last and here < least:
            least = here
            lowest[:] = x
        decay = first / (k + 1) ** fading
        for i in range(width):
            slope[i] = rise / (2.0 * reach) * signs[k, i]
            mean[i] = decay * mean[i] + (1.0 - decay) * slope[i]
            square[i] = second * square[i] + (1.0 - second) * slope[i] ** 2
            step = slope[i]
            if not plain:
                spread = math.sqrt(square[i] / (1.0 - second ** (k + 1)))
                step = mean[i] / (1.0 - decay ** (k + 1)) / (spread + TINY)
            x[i] -= rate / (k + 1) ** alpha * step
    if steps > 0:
        x[:] = lowest
    return energy(gates, turns, x, groups, size)
