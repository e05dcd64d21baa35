"""A hidden equivariant bilinear map, to be learned from examples.

Reference: Xie, Daigavane, Kotak, Smidt, "The price of freedom: exploring expressivity and runtime tradeoffs
in equivariant tensor products", ICML 2025, arXiv 2506.13523.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from problems.checking import check_integer, checked_array, frozen_array, read_only
from problems.contract import Array, Evaluation, Problem
from problems.equivariance.coupling_measures import Triple, allowed_paths
from problems.errors import ProblemError
from problems.numerics.spherical import block, clebsch_gordan, size


@dataclass(frozen=True, eq=False)
class TargetBilinear(Problem[Array]):
    """Find the weights of all paths ``[P]`` of a bilinear map, given examples of what it does.

    The map is a weighted sum of Clebsch–Gordan tensors of unit norm, over the paths of degrees up to L1, L2
    and L_out in sorted order. The objective is the relative error of the output on held-out pairs.

    Attributes:
        lmax1: Highest degree of the first input.
        lmax2: Highest degree of the second input.
        lmax_out: Highest degree of the output.
        weights: ``[P]``, hidden from solvers, who see the examples alone.
        examples: Pairs that solvers see.
        held_out: Pairs that judge.
        seed: Draws all pairs, standard normal coefficients of natural parity.
    """

    lmax1: int
    lmax2: int
    lmax_out: int
    weights: Array
    examples: int = 100
    held_out: int = 100
    seed: int = 0
    reference: float | None = 0.0

    def __post_init__(self):
        check_integer("lmax1", self.lmax1, 0)
        check_integer("lmax2", self.lmax2, 0)
        check_integer("lmax_out", self.lmax_out, 0, self.lmax1 + self.lmax2)
        for name, low in (("examples", 1), ("held_out", 1), ("seed", 0)):
            check_integer(name, getattr(self, name), low)
        weights = frozen_array("weights", self.weights, shape=(len(self.paths),))
        if not np.any(weights):
            raise ProblemError("weights", "all zero", "a map that is not zero", "a relative error needs one")
        object.__setattr__(self, "weights", weights)

    @classmethod
    def random(cls, lmax: int = 3, seed: int = 0, examples: int = 100) -> TargetBilinear:
        """Return a map with standard normal weights on all paths of inputs up to L, outputs up to 2 L."""
        check_integer("lmax", lmax, 0)
        check_integer("seed", seed, 0)
        count = len(cls._all_paths(lmax))
        weights = np.random.default_rng([seed, 7]).normal(size=count)
        return cls(lmax, lmax, 2 * lmax, weights, examples=examples, seed=seed)

    @classmethod
    def cross_product(cls, lmax: int = 1, seed: int = 0, examples: int = 100) -> TargetBilinear:
        """Return the product of two vectors to an axial vector, alone."""
        check_integer("lmax", lmax, 1)
        weights = [float(path == (1, 1, 1)) for path in cls._all_paths(lmax)]
        return cls(lmax, lmax, 2 * lmax, np.array(weights), examples=examples, seed=seed)

    @classmethod
    def rank_one(
        cls,
        lmax: int = 2,
        coefficients: Sequence[float] | Array | None = None,
        seed: int = 0,
        examples: int = 100,
    ) -> TargetBilinear:
        """Return a map with weights c w1(l1) w2(l2) w3(l3), standard normal w.

        Args:
            lmax: Highest degree of the inputs.
            coefficients: c of each path, say those of an operation; None for ones.
            seed: Draws w and the pairs.
            examples: Pairs that solvers see.
        """
        check_integer("lmax", lmax, 0)
        check_integer("seed", seed, 0)
        paths, rng = np.array(cls._all_paths(lmax)), np.random.default_rng([seed, 8])
        first, second, third = (rng.normal(size=top + 1) for top in (lmax, lmax, 2 * lmax))
        weights = first[paths[:, 0]] * second[paths[:, 1]] * third[paths[:, 2]]
        if coefficients is not None:
            weights = weights * frozen_array("coefficients", coefficients, shape=(len(paths),))
        return cls(lmax, lmax, 2 * lmax, weights, examples=examples, seed=seed)

    @staticmethod
    def _all_paths(lmax: int) -> tuple[Triple, ...]:
        inputs = tuple(range(lmax + 1))
        return allowed_paths(inputs, inputs, tuple(range(2 * lmax + 1)))

    @cached_property
    def paths(self) -> tuple[Triple, ...]:
        """All (l1, l2, l3), in the order of the weights."""
        tops = self.lmax1, self.lmax2, self.lmax_out
        first, second, third = (tuple(range(top + 1)) for top in tops)
        return allowed_paths(first, second, third)

    def example_pairs(self) -> tuple[Array, Array, Array]:
        """Return inputs ``[N, (L1+1)²]``, ``[N, (L2+1)²]`` and the map's outputs ``[N, 2, (L_out+1)²]``,
        those of natural parity first.
        """
        x, y = self._pairs(0, self.examples)
        return x, y, self.outputs(x, y, self.weights)

    def outputs(self, x: Array, y: Array, weights: Array) -> Array:
        """Return what weights ``[P]`` make of pairs, ``[N, 2, (L_out+1)²]``."""
        found = np.zeros((len(x), 2, size(self.lmax_out)))
        for (l1, l2, l3), weight in zip(self.paths, weights, strict=True):
            if weight:
                part = path_output(x, y, (l1, l2, l3))
                found[:, (l1 + l2 + l3) % 2, block(l3)] += weight * part
        return found

    def judge(self, solution: Array) -> Evaluation:
        """Score weights by the relative error on held-out pairs, with that of the weights beside it."""
        weights = checked_array("solution", solution, shape=(len(self.paths),))
        x, y = self._pairs(1, self.held_out)
        target = self._held_out_outputs
        error = np.linalg.norm(self.outputs(x, y, weights) - target) / np.linalg.norm(target)
        off = np.linalg.norm(weights - self.weights) / np.linalg.norm(self.weights)
        return Evaluation(float(error), metrics={"weight_error": float(off)})

    @cached_property
    def _held_out_outputs(self) -> Array:
        return read_only(self.outputs(*self._pairs(1, self.held_out), self.weights))

    def _pairs(self, part: int, count: int) -> tuple[Array, Array]:
        rng = np.random.default_rng([self.seed, part])
        return rng.normal(size=(count, size(self.lmax1))), rng.normal(size=(count, size(self.lmax2)))

    def plot(self, solution: Array, axes: Any = None) -> Any:
        """Draw the hidden and the fitted weights."""
        from problems.equivariance.drawing import path_weights

        return path_weights(self.paths, self.weights, np.asarray(solution), axes)


def path_output(x: Array, y: Array, path: Triple) -> Array:
    """Return one path's output ``[N, 2 l3 + 1]`` with weight one."""
    l1, l2, l3 = path
    outer = x[:, block(l1), None] * y[:, None, block(l2)]
    return outer.reshape(len(x), -1) @ clebsch_gordan(l1, l2, l3).reshape(-1, 2 * l3 + 1)
