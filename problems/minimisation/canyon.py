"""A curved canyon of the plane with a barrier across it and, if rough, many wells; least at the origin.

With V = y − p(x) the height above the canyon's floor line, p(x) = (x − 1)(x − 4)²/8 + 2, and B = −x − 1.6 y,

E = 25 (1 − exp(−1.4 V² exp(−0.002 x⁴))) + 0.4 x² + 0.2 y² + c Σ (1 − cos 0.75 π v) + 4 exp(1 − 2 V⁴) h(B),

where h(B) = 1 − exp(−9 B²) for B > 0, else 0, and v runs over both coordinates.
Reference: Riedl, Klock, Geldhauser, Fornasier, arXiv 2306.09778, Figures 1 and 2.
"""

from __future__ import annotations

import numpy as np

from problems.contract import Array

WAVE = 0.75 * np.pi  # of the wells, per unit of a coordinate


def canyon_values(x: Array, roughness: float) -> Array:
    """Return the heights E ``[B]`` at points ``[B, 2]``; c is the roughness."""
    first, second = x[:, 0], x[:, 1]
    square, height = first * first, _height(first, second)
    walls = height * height * np.exp(-0.002 * square * square)
    beyond = np.maximum(-first - 1.6 * second, 0.0)
    bump = 4 * np.exp(1 - 2 * (height * height) ** 2)
    return (
        25 * (1 - np.exp(-1.4 * walls))
        + 0.4 * square
        + 0.2 * second * second
        + roughness * (2 - np.cos(WAVE * first) - np.cos(WAVE * second))
        + bump * (1 - np.exp(-9 * beyond * beyond))
    )


def canyon_gradients(x: Array, roughness: float) -> Array:
    """Return the slopes of E ``[B, 2]`` at points ``[B, 2]``."""
    first, second = x[:, 0], x[:, 1]
    square, height = first * first, _height(first, second)
    floor_slope = (first - 4) * (3 * first - 6) / 8
    flattening = np.exp(-0.002 * square * square)
    steep = 35 * np.exp(-1.4 * height * height * flattening) * flattening * height
    beyond = np.maximum(-first - 1.6 * second, 0.0)
    bump, fading = 4 * np.exp(1 - 2 * (height * height) ** 2), np.exp(-9 * beyond * beyond)
    by_height = 2 * steep - 8 * height * height * height * bump * (1 - fading)
    by_edge = 18 * bump * beyond * fading
    slopes = roughness * WAVE * np.sin(WAVE * x) + np.array([0.8, 0.4]) * x
    slopes[:, 0] -= by_height * floor_slope + 0.008 * steep * height * square * first + by_edge
    slopes[:, 1] += by_height - 1.6 * by_edge
    return slopes


def _height(first: Array, second: Array) -> Array:
    """V."""
    return second - ((first - 1) * (first - 4) * (first - 4) / 8 + 2)
