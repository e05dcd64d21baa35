"""Compiled COBYLA without constraints over the angles of one circuit: a linear model on a simplex.

Reference: Powell, "A direct search optimization method that models the objective and constraint functions by
linear interpolation", 1994; α, β, γ and δ are his 0.25, 2.1, 0.5 and 1.1.
"""

from __future__ import annotations

import math

import numpy as np

from backends.compiling import kernel
from hybrid.circuit_search.descent_kernels import energy

FLATTEST = 0.25  # α: a vertex this near to the face opposite, in radii, is replaced
FARTHEST = 2.1  # β: so is one this far from the best
INWARD = 0.5  # γ: how far from that face the new one is
EDGE = 1.1  # δ: edges longer than this go first when a step replaces a vertex


@kernel
def cobyla_descent(gates, turns, x, groups, size, radius, least, limit):  # pragma: no cover - compiled
    """Minimise in place; returns the energy and the evaluations used.

    Args:
        gates: int64 ``[G, 4]``.
        turns: ``[G, 2]``.
        x: Angles ``[P]``, at least one; moved to the lowest point.
        groups: The observable.
        size: Amplitudes of a state.
        radius: Of the trust region at the start; halved when the model is good and nothing is gained.
        least: The radius at which it ends.
        limit: Evaluations at most.
    """
    width = len(x)
    edges, inverse, levels = np.zeros((width, width)), np.zeros((width, width)), np.empty(width)
    best = energy(gates, turns, x, groups, size)
    used = 1
    for j in range(width):
        edges[j, j], inverse[j, j] = radius, 1.0 / radius  # rows of the inverse are dual to the edges
        levels[j] = math.inf
        if used < limit:
            levels[j] = energy(gates, turns, x + edges[j], groups, size)
            used += 1
        if levels[j] < best:
            best = _swap(x, edges, inverse, levels, best, j)
    trial, step, improve = np.empty(width), np.empty(width), False
    while used < limit:
        lowest = np.argmin(levels)
        if levels[lowest] < best:
            best = _swap(x, edges, inverse, levels, best, lowest)
        slope = np.zeros(width)
        for j in range(width):
            slope += (levels[j] - best) * inverse[j]
        bad = _misplaced(edges, inverse, radius)
        if improve and bad >= 0:
            length = math.sqrt((inverse[bad] ** 2).sum())
            step[:] = inverse[bad] * (INWARD * radius / length)
            if (slope * step).sum() > 0.0:
                step *= -1.0
            improve = False
            drop = bad
        else:
            steep = math.sqrt((slope**2).sum())
            if steep > 0.0:
                step[:] = slope * (-radius / steep)
            if improve or steep == 0.0:
                if radius <= least:
                    break
                radius = least if radius <= 3.0 * least else 0.5 * radius
                improve = False
                continue
            drop = -1
        trial[:] = x + step
        level = energy(gates, turns, trial, groups, size)
        used += 1
        if drop < 0:
            gained, hoped = best - level, -(slope * step).sum()
            improve = gained < 0.1 * hoped
            drop = _dropped(edges, inverse, step, radius, gained > 0.0)
        if drop >= 0:
            _replace(edges, inverse, drop, step)
            levels[drop] = level
    lowest = np.argmin(levels)
    if levels[lowest] < best:
        best = _swap(x, edges, inverse, levels, best, lowest)
    return best, used


@kernel
def _swap(x, edges, inverse, levels, best, j):  # pragma: no cover - compiled
    """Make vertex j the one that all edges start from; returns its level."""
    level = levels[j]
    levels[j] = best
    width = len(levels)
    for i in range(width):
        step, total = edges[j, i], 0.0
        x[i] += step
        for k in range(width):
            edges[k, i] -= step
            total += inverse[k, i]
        edges[j, i] = -step
        inverse[j, i] = -total
    return level


@kernel
def _replace(edges, inverse, j, step):  # pragma: no cover - compiled
    """Put an edge in the place of edge j."""
    width = len(step)
    along = 0.0
    for i in range(width):
        along += inverse[j, i] * step[i]
    for i in range(width):
        edges[j, i] = step[i]
        inverse[j, i] /= along
    for k in range(width):
        if k != j:
            other = 0.0
            for i in range(width):
                other += inverse[k, i] * step[i]
            for i in range(width):
                inverse[k, i] -= other * inverse[j, i]


@kernel
def _misplaced(edges, inverse, radius):  # pragma: no cover - compiled
    """Return the vertex to replace for the model's sake, −1 if there is none."""
    far, bad = FARTHEST * radius, -1
    for j in range(len(edges)):
        length = math.sqrt((edges[j] ** 2).sum())
        if length > far:
            far, bad = length, j
    if bad >= 0:
        return bad
    flat = FLATTEST * radius
    for j in range(len(edges)):
        height = 1.0 / math.sqrt((inverse[j] ** 2).sum())
        if height < flat:
            flat, bad = height, j
    return bad


@kernel
def _dropped(edges, inverse, step, radius, better):  # pragma: no cover - compiled
    """Return the vertex for which the end of a step comes in, −1 if it comes in for none."""
    share, drop = 0.0 if better else 1.0, -1
    heights = np.empty(len(edges))
    for j in range(len(edges)):
        along = abs((inverse[j] * step).sum())
        heights[j] = along / math.sqrt((inverse[j] ** 2).sum())
        if along > share:
            share, drop = along, j
    longest = EDGE * radius
    for j in range(len(edges)):
        height = 1.0 / math.sqrt((inverse[j] ** 2).sum())
        if heights[j] >= FLATTEST * radius or heights[j] >= height:
            away = step - edges[j] if better else edges[j]
            length = math.sqrt((away**2).sum())
            if length > longest:
                longest, drop = length, j
    return drop
