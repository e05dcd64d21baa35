"""A function that keeps an account of what it was asked."""

from dataclasses import dataclass

import numpy as np

from problems.contract import Array
from problems.minimisation import Minimisation, Values


@dataclass(frozen=True, eq=False)
class Counted(Minimisation):
    """A sphere that keeps an account of the populations it is asked for; it has no value beyond ``limit``."""

    asked: list
    limit: float = np.inf
    dimension = 3
    noisy = True

    def evaluate(self, x: Array, seed: int, gradient: bool = False) -> Values:
        self.asked.append((np.array(x), seed))
        value = np.sum(x**2, axis=1)
        return Values(np.where(value > self.limit, np.nan, value))

    def exact(self, x: Array) -> Array:
        return np.sum(x**2, axis=1)
