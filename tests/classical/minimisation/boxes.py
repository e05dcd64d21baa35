"""Problems that watch their optimizer."""

from dataclasses import dataclass, field

import numpy as np

from problems.contract import Array
from problems.minimisation import Minimisation, Values


@dataclass(frozen=True, eq=False)
class Watched(Minimisation):
    """Σ(x − target)², in a box or not, without gradients; ``rows`` keeps every population.

    With ``hole`` the start itself has no value.
    """

    target: float = 2.0
    dimension: int = 3
    limits: tuple[float, float] | None = None
    begins: bool = True
    sigma: float = 0.0
    hole: bool = False
    rows: list[Array] = field(default_factory=list, metadata={"content": False})

    @property
    def noisy(self) -> bool:
        return self.sigma > 0

    @property
    def start(self) -> Array | None:
        return np.full(self.dimension, 0.9) if self.begins else None

    @property
    def bounds(self) -> tuple[Array, Array] | None:
        if self.limits is None:
            return None
        return np.full(self.dimension, self.limits[0]), np.full(self.dimension, self.limits[1])

    def evaluate(self, x: Array, seed: int, gradient: bool = False) -> Values:
        self.rows.append(np.array(x))
        noise = np.random.default_rng(seed).normal(size=len(x))
        holes = self.hole & np.all(x == self.start, axis=1)
        return Values(np.where(holes, np.nan, self.exact(x) + self.sigma * noise))

    def exact(self, x: Array) -> Array:
        return np.sum((x - self.target) ** 2, axis=1)

    @property
    def count(self) -> int:
        return sum(map(len, self.rows))


@dataclass(frozen=True, eq=False)
class Coupled(Minimisation):
    """Cosines of the coordinates and of their differences, as in a circuit whose angles depend on each other.

    The least value is 0, at zero; ``rows`` keeps every population.
    """

    dimension: int = 4
    sigma: float = 0.0
    rows: list[Array] = field(default_factory=list, metadata={"content": False})

    @property
    def noisy(self) -> bool:
        return self.sigma > 0

    @property
    def start(self) -> Array:
        return np.linspace(0.6, 1.4, self.dimension)

    @property
    def period(self) -> Array:
        return np.full(self.dimension, 2 * np.pi)

    @property
    def degree(self) -> Array:
        return np.ones(self.dimension, dtype=np.int64)

    def evaluate(self, x: Array, seed: int, gradient: bool = False) -> Values:
        self.rows.append(np.array(x))
        noise = np.random.default_rng(seed).normal(size=len(x))
        return Values(self.exact(x) + self.sigma * noise, np.full(len(x), self.sigma) if self.noisy else None)

    def exact(self, x: Array) -> Array:
        return np.sum(1 - np.cos(x), axis=1) + 2 * np.sum(1 - np.cos(np.diff(x, axis=1)), axis=1)
