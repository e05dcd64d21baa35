"""Gaussian-process regression: a Matérn 5/2 kernel, one length per coordinate, on lines and circles.

Reference: Rasmussen, Williams, "Gaussian processes for machine learning" (2006): eq. (4.17) for the kernel,
ch. 5 for the marginal likelihood, whose constant mean and amplitude are maximised in closed form. A
coordinate of period T is a circle of radius T / 2π and its distances are chords, so the kernel stays positive
definite.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

from problems.contract import Array

ROOT = np.sqrt(5.0)
LEAST_VARIANCE = 1e-14  # in units of the amplitude; below it is rounding
JITTER = 1e-8  # the noise variance of exact values, in units of the amplitude
NOISE_LIMITS = (1e-6, 1e2)  # of noisy ones, likewise
NOISE_GUESS, NOISE_SPREAD = np.log(0.05), 2.0  # of the prior of the noise variance's logarithm
ROUNDS = {"maxiter": 40}  # of the descent to the likeliest kernel; more digits of it change nothing
LENGTH_SPREAD = 1.0  # of the prior of a length's logarithm
LENGTH_LIMITS = (0.02, 50.0)  # in units of the guess


@dataclass(frozen=True, eq=False)
class GaussianProcess:
    """A posterior: points, their values, and the kernel.

    Attributes:
        points: ``[m, P]``.
        values: ``[m]``.
        lengths: ``[P]`` of the kernel.
        noise: Variance of the values' noise, in units of the amplitude.
        period: ``[P]``, 0 for none.
    """

    points: Array
    values: Array
    lengths: Array
    noise: float
    period: Array

    @cached_property
    def factor(self) -> tuple[Array, bool]:
        """The Cholesky factor of the correlations and the noise."""
        squares = squared_distances(self.points, self.points, self.period)
        correlation = matern(squares @ self.lengths**-2.0)[0]
        return cho_factor(correlation + self.noise * np.eye(len(self.points)), lower=True)

    @cached_property
    def level(self) -> tuple[float, Array, float]:
        """The mean, the weights ``[m]`` of the kernels, and the amplitude (a variance)."""
        return concentrated(self.factor, self.values)

    def predict(self, x: Array) -> tuple[Array, Array]:
        """Return mean and standard deviation ``[B]`` of the function at points ``[B, P]``."""
        cross = matern(squared_distances(x, self.points, self.period) @ self.lengths**-2.0)[0]
        explained = np.sum(cross * cho_solve(self.factor, cross.T).T, axis=1)
        mean, dual, amplitude = self.level
        return mean + cross @ dual, np.sqrt(amplitude * np.maximum(1.0 - explained, LEAST_VARIANCE))

    def slopes(self, x: Array) -> tuple[float, float, Array, Array]:
        """Return mean and standard deviation at one point ``[P]``, and their gradients ``[P]``."""
        squares = squared_distances(x[None], self.points, self.period)
        cross, bend = (row[0] for row in matern(squares @ self.lengths**-2.0))
        turns = -bend[:, None] * halved_slopes(x[None] - self.points, self.period) * self.lengths**-2.0
        inner = cho_solve(self.factor, cross)
        mean, dual, amplitude = self.level
        deviation = float(np.sqrt(amplitude * max(1.0 - float(cross @ inner), LEAST_VARIANCE)))
        return mean + float(cross @ dual), deviation, dual @ turns, -amplitude * (inner @ turns) / deviation

    def believing(self, x: Array) -> GaussianProcess:
        """Return the posterior as if the mean had been found at a point ``[P]``; the kernel stays."""
        mean = self.predict(x[None])[0]
        points, values = np.vstack([self.points, x]), np.append(self.values, mean)
        return GaussianProcess(points, values, self.lengths, self.noise, self.period)


def fit_process(
    points: Array, values: Array, period: Array, guess: Array, noisy: bool, before: GaussianProcess | None
) -> GaussianProcess:
    """Return the posterior whose lengths and noise are the most likely, by L-BFGS.

    Args:
        points: ``[m, P]``.
        values: ``[m]``.
        period: ``[P]``, 0 for none.
        guess: ``[P]`` lengths of the kernel where the values say nothing.
        noisy: Whether the values have noise.
        before: An earlier posterior to begin from too.
    """
    squares = squared_distances(points, points, period)
    prior = np.append(np.log(guess), NOISE_GUESS if noisy else np.log(JITTER))
    spread = np.append(np.full(len(guess), LENGTH_SPREAD), NOISE_SPREAD)
    noises = np.log(NOISE_LIMITS) if noisy else np.log((JITTER, JITTER))
    bounds = [tuple(length + np.log(LENGTH_LIMITS)) for length in prior[:-1]] + [tuple(noises)]
    starts = [prior] if before is None else [prior, np.log(np.append(before.lengths, before.noise))]

    def cost(logs: Array) -> tuple[float, Array]:
        value, slope = likelihood(logs, squares, values)
        away = (logs - prior) / spread
        return value + 0.5 * float(away @ away), slope + away / spread

    ends = [
        minimize(cost, start, jac=True, method="L-BFGS-B", bounds=bounds, options=ROUNDS) for start in starts
    ]
    best = np.exp(min(ends, key=lambda end: end.fun).x)
    return GaussianProcess(points, values, best[:-1], float(best[-1]), period)


def likelihood(logs: Array, squares: Array, values: Array) -> tuple[float, Array]:
    """Return the negative logarithm of the likelihood (up to a constant) and its gradient ``[P + 1]``.

    Args:
        logs: Logarithms of the lengths and of the noise variance ``[P + 1]``.
        squares: Squared distances ``[m, m, P]``.
        values: ``[m]``.
    """
    scaled = squares * np.exp(-2.0 * logs[:-1])
    correlation, bend = matern(scaled.sum(axis=2))
    noise = np.exp(logs[-1])
    factor = cho_factor(correlation + noise * np.eye(len(values)), lower=True)
    _, dual, amplitude = concentrated(factor, values)
    inverse = cho_solve(factor, np.eye(len(values)))
    value = 0.5 * len(values) * np.log(amplitude) + float(np.log(np.diag(factor[0])).sum())
    weight = 0.5 * (inverse - np.outer(dual, dual) / amplitude)
    slope = np.append(np.einsum("ij,ijk->k", weight * bend, scaled), noise * np.trace(weight))
    return float(value), slope


def concentrated(factor: tuple[Array, bool], values: Array) -> tuple[float, Array, float]:
    """Return the most likely mean, the weights ``[m]`` of the kernels, and the most likely amplitude."""
    ones = cho_solve(factor, np.ones(len(values)))
    mean = float(ones @ values / ones.sum())
    dual = cho_solve(factor, values - mean)
    return mean, dual, max(float((values - mean) @ dual) / len(values), np.finfo(float).tiny)


def matern(squares: Array) -> tuple[Array, Array]:
    """Return the correlation at squared scaled distances r², and −2 times its derivative by r²."""
    distance = ROOT * np.sqrt(squares)
    decay = np.exp(-distance)
    return (1 + distance + distance**2 / 3) * decay, 5 / 3 * (1 + distance) * decay


def squared_distances(a: Array, b: Array, period: Array) -> Array:
    """Return ``[m, n, P]`` squared distances along each coordinate; chords where it is a circle."""
    offsets = a[:, None, :] - b[None, :, :]
    if not np.any(period):
        return offsets**2
    turn = np.where(period > 0, period, 1.0)
    return np.where(period > 0, (turn / np.pi * np.sin(np.pi * offsets / turn)) ** 2, offsets**2)


def halved_slopes(offsets: Array, period: Array) -> Array:
    """Return half the derivative of the squared distances by the offsets ``[..., P]``."""
    turn = np.where(period > 0, period, 1.0)
    return np.where(period > 0, turn / (2 * np.pi) * np.sin(2 * np.pi * offsets / turn), offsets)
