"""Radial equations as linear systems y' = A y, integrated outwards and inwards on a grid of growing steps.

y = (P, P') for Schrödinger's and (P, Q) for Dirac's equation. Implicit Adams–Moulton steps cost a 2 × 2
system each. Reference: Čertík, Pask, Vackář, "dftatom", Comput. Phys. Commun. 184 (2013) 1777.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from problems.contract import Array

DECAY = 40.0  # e^−40 of the value at the turning point is where the inward solution starts
TERMS = 6  # of the series at the nucleus


def adams_moulton(order: int) -> Array:
    """Return b ``[order]`` of y_1 = y_0 + h (b_0 f_1 + b_1 f_0 + b_2 f_−1 + …)."""
    nodes = 1.0 - np.arange(order)
    moments = 1.0 / np.arange(1, order + 1)
    return np.linalg.solve(np.vander(nodes, increasing=True).T, moments)


@njit(cache=True, nogil=True)
def shoot(dirac, r, stretch, v, charge, angular, momentum, energy, c, b, y, work):
    """Fill y ``[N, 2]`` with the outward and the scaled inward solution at one energy.

    Returns the nodes of P in the outward part, and the first-order change of the energy that the kink at the
    turning point asks for; NaN where there is no turning point to match at.
    """
    points, turn = len(r), 0
    for i in range(1, points):
        if v[i] + momentum * (momentum + 1) / (2 * r[i] ** 2) < energy:
            turn = i
    order = len(b)
    if turn < order + 2:
        return -1, np.nan
    turn = min(turn, points - order - 2)
    slopes = work[4]
    fill(dirac, r, stretch, v, angular, energy, c, work)
    at_nucleus(dirac, r, v, charge, angular, energy, c, y, order)
    nodes = advance(work, slopes, y, order - 1, turn, 1, b)
    large, small = y[turn, 0], y[turn, 1]
    last = decayed(r, v, momentum, energy, turn, points)
    last = min(max(last, turn + order + 1), points - 1)
    for i in range(last + 1, points):
        y[i, 0], y[i, 1] = 0.0, 0.0
    far_away(dirac, r, v, momentum, energy, c, y, last, order)
    advance(work, slopes, y, last - order + 1, turn, -1, b)
    scale = large / y[turn, 0]
    kink = small - scale * y[turn, 1]
    norm = 0.0
    for i in range(1, last + 1):
        if i >= turn:
            y[i, 0], y[i, 1] = y[i, 0] * scale, y[i, 1] * scale
        norm += stretch[i] * (y[i, 0] ** 2 + (y[i, 1] ** 2 if dirac else 0.0))
    return nodes, large * kink * (c if dirac else 0.5) / norm


@njit(cache=True, nogil=True)
def fill(dirac, r, stretch, v, angular, energy, c, work):
    """Write the entries of A dr/di into the first four rows of the work space ``[5, N, 2]``."""
    for i in range(1, len(r)):
        s = stretch[i]
        if dirac:
            gap = (energy - v[i]) / c
            work[0, i, 0], work[1, i, 0] = -angular / r[i] * s, (gap + 2 * c) * s
            work[2, i, 0], work[3, i, 0] = -gap * s, angular / r[i] * s
        else:
            work[0, i, 0], work[1, i, 0] = 0.0, s
            work[2, i, 0] = (2 * (v[i] - energy) + angular * (angular + 1) / r[i] ** 2) * s
            work[3, i, 0] = 0.0


@njit(cache=True, nogil=True)
def advance(a, slopes, y, start, stop, step, b):
    """Integrate from index ``start``, with as many values known behind it as b is long; returns the nodes."""
    order, nodes = len(b), 0
    for k in range(order - 1):
        i = start - step * k
        slopes[i, 0] = a[0, i, 0] * y[i, 0] + a[1, i, 0] * y[i, 1]
        slopes[i, 1] = a[2, i, 0] * y[i, 0] + a[3, i, 0] * y[i, 1]
    i = start
    while i != stop:
        p, q = 0.0, 0.0
        for k in range(1, order):
            p += b[k] * slopes[i - step * (k - 1), 0]
            q += b[k] * slopes[i - step * (k - 1), 1]
        p, q = y[i, 0] + step * p, y[i, 1] + step * q
        i += step
        h = step * b[0]
        m00, m01, m10, m11 = 1 - h * a[0, i, 0], -h * a[1, i, 0], -h * a[2, i, 0], 1 - h * a[3, i, 0]
        determinant = m00 * m11 - m01 * m10
        y[i, 0], y[i, 1] = (m11 * p - m01 * q) / determinant, (m00 * q - m10 * p) / determinant
        slopes[i, 0] = a[0, i, 0] * y[i, 0] + a[1, i, 0] * y[i, 1]
        slopes[i, 1] = a[2, i, 0] * y[i, 0] + a[3, i, 0] * y[i, 1]
        if y[i, 0] * y[i - step, 0] < 0:
            nodes += 1
    return nodes


@njit(cache=True, nogil=True)
def at_nucleus(dirac, r, v, charge, angular, energy, c, y, count):
    """Write the power series of −Z/r + v_0 into the first points; row 0, at r = 0, holds the leading factor
    of P/r^a and Q/r^a for Dirac, zero else.
    """
    bottom = v[1] + charge / r[1]
    p, q = np.zeros(TERMS), np.zeros(TERMS)
    if dirac:
        exponent = math.sqrt(angular**2 - (charge / c) ** 2)
        gap = (energy - bottom) / c
        p[0], q[0] = (1.0, charge / c / (angular - exponent)) if angular < 0 else (0.0, 1.0)
        if angular > 0:
            p[0] = charge / c / (exponent + angular)
        for k in range(1, TERMS):
            up, down = (gap + 2 * c) * q[k - 1], -gap * p[k - 1]
            determinant = k * (k + 2 * exponent)
            p[k] = ((k + exponent - angular) * up + charge / c * down) / determinant
            q[k] = ((k + exponent + angular) * down - charge / c * up) / determinant
    else:
        exponent, p[0] = angular + 1.0, 1.0
        for k in range(1, TERMS):
            p[k] = -2 * charge * p[k - 1]
            if k > 1:
                p[k] += 2 * (bottom - energy) * p[k - 2]
            p[k] /= k * (k + 2 * angular + 1)
        for k in range(TERMS):
            q[k] = p[k] * (k + exponent)
    y[0, 0], y[0, 1] = (p[0], q[0]) if dirac else (0.0, 0.0)
    for i in range(1, count + 1):
        power, y[i, 0], y[i, 1] = r[i] ** exponent, 0.0, 0.0
        for k in range(TERMS):
            y[i, 0] += p[k] * power
            y[i, 1] += q[k] * (power if dirac else power / r[i])
            power *= r[i]


@njit(cache=True, nogil=True)
def decayed(r, v, momentum, energy, turn, points):
    """Return the first index where the solution has decayed for good, at most the last."""
    action = 0.0
    for i in range(turn + 1, points):
        barrier = v[i] + momentum * (momentum + 1) / (2 * r[i] ** 2) - energy
        action += math.sqrt(2 * max(barrier, 0.0)) * (r[i] - r[i - 1])
        if action > DECAY:
            return i
    return points - 1


@njit(cache=True, nogil=True)
def far_away(dirac, r, v, momentum, energy, c, y, last, count):
    """Write a decaying exponential into the last points; above the barrier a wave that ends at the wall, of
    second order alone, since states that the box holds matter only on the way to an atom.
    """
    barrier = v[last] + momentum * (momentum + 1) / (2 * r[last] ** 2) - energy
    rate = math.sqrt(max(2 * abs(barrier), 1e-12))
    for i in range(last, last - count, -1):
        inwards = rate * (r[last] - r[i])
        if barrier > 0:
            y[i, 0] = math.exp(inwards) * 1e-17
            slope = -rate * y[i, 0]
        else:
            y[i, 0], slope = math.sin(inwards), -rate * math.cos(inwards)
        y[i, 1] = slope / ((energy - v[i]) / c + 2 * c if dirac else 1.0)
