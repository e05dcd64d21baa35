"""The small quadratic program behind a bundle step, by a primal-dual interior-point method.

Reference: Nocedal and Wright, Numerical Optimization, 2nd edition, section 16.6 (predictor and corrector).
"""

from __future__ import annotations

import numpy as np

from problems.errors import NothingFound

Array = np.ndarray
ITERATIONS = 100
PRECISION = 1e-11  # where iterations stop
ACCEPTED = 1e-7  # the error that a point may have once rounding lets it fall no further


def minimise_on_simplex(directions: Array, linear: Array, width: float, count: int) -> Array:
    """Minimise width/2 ‖directionsᵀz‖² + linearᵀz over z >= 0 whose first ``count`` entries sum to 1.

    Args:
        directions: ``[k, m]``.
        linear: ``[k]``.
        width: Positive.
        count: How many entries share the sum.

    Returns:
        z ``[k]``.

    Raises:
        NothingFound: If it does not converge.
    """
    k = len(linear)
    hessian = width * directions @ directions.T
    total = np.zeros(k)
    total[:count] = 1.0
    size = 1.0 + max(float(np.abs(hessian).max()), float(np.abs(linear).max()))
    hessian, cost = hessian / size, linear / size
    z, dual, price = np.full(k, 1.0 / count), np.ones(k), 0.0
    best, error = z, np.inf
    for _ in range(ITERATIONS):
        stationarity = hessian @ z + cost - dual - price * total
        feasibility = 1.0 - float(total @ z)
        mean = float(z @ dual) / k
        now = max(float(np.abs(stationarity).max()), abs(feasibility), mean)
        if now < error:
            best, error = z, now
        if error < PRECISION or not now < 1e6 * error:
            break
        factor = _Newton(hessian, total, z, dual)
        dz, dd, _ = factor.step(stationarity, feasibility, z * dual)
        reach = min(_reach(z, dz), _reach(dual, dd))
        after = float((z + reach * dz) @ (dual + reach * dd)) / k
        centring = (after / mean) ** 3
        dz, dd, dp = factor.step(stationarity, feasibility, z * dual + dz * dd - centring * mean)
        reach = 0.995 * min(_reach(z, dz), _reach(dual, dd))
        z, dual, price = z + reach * dz, dual + reach * dd, price + reach * dp
    if error > ACCEPTED:
        raise NothingFound(f"the quadratic program of a bundle step kept an error of {error:.1e}")
    return best


class _Newton:
    """The Newton system at one point, factored once for predictor and corrector."""

    def __init__(self, hessian: Array, total: Array, z: Array, dual: Array):
        self.total, self.z, self.dual = total, z, dual
        root = np.sqrt(z / dual)  # scaled from both sides, no eigenvalue is below 1
        scaled = np.linalg.inv(root[:, None] * hessian * root + np.eye(len(z)))
        self.inverse = root[:, None] * scaled * root
        self.column = self.inverse @ total

    def step(self, stationarity: Array, feasibility: float, product: Array) -> tuple[Array, Array, float]:
        right = -stationarity - product / self.z
        price = (feasibility - self.column @ right) / (self.column @ self.total)
        dz = self.inverse @ right + price * self.column
        return dz, -(product + self.dual * dz) / self.z, float(price)


def _reach(point: Array, move: Array) -> float:
    """The longest step, up to 1, that keeps a point ≥ 0."""
    down = move < 0
    return min(1.0, float((-point[down] / move[down]).min(initial=np.inf)))
