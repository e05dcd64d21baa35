"""Compiled minimisation of one circuit's energy over its angles, by exact gradients.

A circuit is ``gates [G, 4]`` of ``backends.statevector.circuit_kernels`` in which every rotation has a
parameter of its own and turns by it. Nothing is checked here.
"""

from __future__ import annotations

import math

import numpy as np

from backends.compiling import kernel
from backends.statevector.circuit_kernels import fill_half_turns, pull_back, run
from backends.statevector.pauli_kernels import weigh

ARMIJO = 1e-4
STALLED = 3  # steps in a row that gain next to nothing end a descent
LONGEST = 1.0  # radians: a first step has no curvature to go by


@kernel
def write_gates(actions, count, table, num_pairs, gates):  # pragma: no cover - compiled
    """Write the gates of the first ``count`` actions and return how many of them rotate."""
    parameters = 0
    for k in range(count):
        action = actions[k]
        gates[k, 0], gates[k, 1], gates[k, 2] = table[action, 0], table[action, 1], table[action, 2]
        gates[k, 3] = -1
        if action >= num_pairs:
            gates[k, 3] = parameters
            parameters += 1
    return parameters


@kernel
def energy(gates, turns, x, groups, size):  # pragma: no cover - compiled
    """Return ⟨H⟩ at angles ``x [P]``."""
    spans, masks, bounds, z_masks, weights, table = groups
    values = np.empty(2 * size)
    cosines, sines = np.empty(len(gates)), np.empty(len(gates))
    fill_half_turns(gates, turns, x, cosines, sines)
    run(gates, cosines, sines, size, values)
    return weigh(values, size, spans[0], masks, bounds, z_masks, weights, table)


@kernel
def energy_and_slope(gates, turns, x, groups, size, slope):  # pragma: no cover - compiled
    """Return ⟨H⟩ at ``x [P]`` and write its gradient ``[P]``."""
    spans, masks, bounds, z_masks, weights, table = groups
    values = np.empty(4 * size)
    cosines, sines = np.empty(len(gates)), np.empty(len(gates))
    fill_half_turns(gates, turns, x, cosines, sines)
    run(gates, cosines, sines, size, values)
    level = weigh(values, size, spans[0], masks, bounds, z_masks, weights, table)
    slope[:] = 0.0
    pull_back(gates, turns, cosines, sines, 0, size, values, slope)
    return level


@kernel
def rotosolve(gates, turns, x, k, groups, size):  # pragma: no cover - compiled
    """Put angle k at its exact minimum while the others rest; three energies."""
    start = x[k]
    here = energy(gates, turns, x, groups, size)
    x[k] = start + math.pi / 2
    right = energy(gates, turns, x, groups, size)
    x[k] = start - math.pi / 2
    left = energy(gates, turns, x, groups, size)
    # E(start + t) = m + u cos t + v sin t, least where (cos t, sin t) = −(u, v) / |(u, v)|
    mean = 0.5 * (left + right)
    u, v = here - mean, 0.5 * (right - left)
    x[k] = start + (math.atan2(-v, -u) if u != 0.0 or v != 0.0 else 0.0)


@kernel
def descend(gates, turns, x, inverse, groups, size, limit, flat, little):  # pragma: no cover - compiled
    """Minimise by BFGS with a backtracking line search; returns the energy and the evaluations used.

    Args:
        gates: int64 ``[G, 4]``.
        turns: ``[G, 2]``.
        x: Angles ``[P]``; moved to the lowest point.
        inverse: The inverse Hessian to start from, ``[M, M]`` with M at least P; its corner is updated.
        groups: The observable.
        size: Amplitudes of a state.
        limit: Evaluations of energy and gradient, at most.
        flat: The largest slope at which a descent ends.
        little: Three steps in a row that gain less end it too.
    """
    width = len(x)
    slope, further, step, trial = np.empty(width), np.empty(width), np.empty(width), np.empty(width)
    level = energy_and_slope(gates, turns, x, groups, size, slope)
    used, stalled, fresh = 1, 0, False
    while used < limit and width > 0 and np.abs(slope).max() >= flat and stalled < STALLED:
        along = _direction(inverse, slope, step)
        if along >= 0.0:
            _reset(inverse, width)
            fresh = True
            along = _direction(inverse, slope, step)
        length, taken, below = 1.0, False, level
        while used < limit and length > 1e-9:
            trial[:] = x + length * step
            below = energy_and_slope(gates, turns, trial, groups, size, further)
            used += 1
            if below <= level + ARMIJO * length * along:
                taken = True
                break
            shorter = -along * length * length / (2.0 * (below - level - along * length))
            length = min(max(shorter, 0.1 * length), 0.5 * length)
        if not taken:
            if fresh or used >= limit:
                break
            _reset(inverse, width)
            fresh = True
            continue
        _update(inverse, x, trial, slope, further)
        stalled = stalled + 1 if level - below < little else 0
        fresh = False
        level = below
        x[:] = trial
        slope[:] = further
    return level, used


@kernel
def _direction(inverse, slope, step):  # pragma: no cover - compiled
    """Write −H g, no longer than a radian, and return its product with g."""
    width = len(slope)
    along, square = 0.0, 0.0
    for i in range(width):
        total = 0.0
        for j in range(width):
            total -= inverse[i, j] * slope[j]
        step[i] = total
        along += total * slope[i]
        square += total * total
    if square > LONGEST**2:
        factor = LONGEST / math.sqrt(square)
        step *= factor
        along *= factor
    return along


@kernel
def _reset(inverse, width):  # pragma: no cover - compiled
    for i in range(width):
        for j in range(width):
            inverse[i, j] = 1.0 if i == j else 0.0


@kernel
def _update(inverse, x, trial, slope, further):  # pragma: no cover - compiled
    """Update the inverse Hessian by the step from x to trial (Broyden, Fletcher, Goldfarb, Shanno)."""
    width = len(x)
    s, y = trial - x, further - slope
    product = 0.0
    for i in range(width):
        product += s[i] * y[i]
    if product <= 1e-14:
        return
    moved = np.zeros(width)
    curve = 0.0
    for i in range(width):
        for j in range(width):
            moved[i] += inverse[i, j] * y[j]
        curve += moved[i] * y[i]
    weight = (1.0 + curve / product) / product
    for i in range(width):
        for j in range(width):
            inverse[i, j] += weight * s[i] * s[j] - (moved[i] * s[j] + s[i] * moved[j]) / product


@kernel
def enlarge(inverse, width):  # pragma: no cover - compiled
    """Give the inverse Hessian of ``width`` angles one more, uncoupled, of curvature 1."""
    for j in range(width + 1):
        inverse[width, j] = inverse[j, width] = 0.0
    inverse[width, width] = 1.0


@kernel
def train(
    gates, turns, x, inverse, groups, size, fresh, kick, limit, flat, little
):  # pragma: no cover - compiled
    """Put angle ``fresh`` at its minimum (none if −1), add ``kick [P]`` to all, and descend."""
    used = 0
    if fresh >= 0:
        rotosolve(gates, turns, x, fresh, groups, size)
        used += 3
    x += kick
    level, more = descend(gates, turns, x, inverse, groups, size, limit, flat, little)
    return level, used + more


@kernel
def train_all(
    gates, counts, turns, rows, fresh, kicks, groups, size, limit, flat, little, levels
):  # pragma: no cover - compiled
    """Train circuits ``[B, G, 4]`` of ``counts [B, 2]`` gates and angles from ``rows [B, P]``; returns the
    evaluations used.
    """
    used = 0
    inverse = np.empty((rows.shape[1], rows.shape[1]))
    for b in range(len(counts)):
        length, width = counts[b]
        _reset(inverse, width)
        level, more = train(
            gates[b, :length], turns[:length], rows[b, :width], inverse, groups, size,
            fresh[b], kicks[b, :width], limit, flat, little,
        )  # fmt: skip
        levels[b] = level
        used += more
    return used
