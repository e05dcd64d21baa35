"""The Schrödinger bridge between two clouds of points, and the judge of every plan for it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from problems.checking import check_integer, check_number, frozen_array, read_only
from problems.contract import Array, Evaluation, Problem
from problems.errors import ProblemError
from problems.transport.mixture_potential import GaussianMixturePotential
from problems.transport.plans import Plan, check_plan
from problems.transport.snapshots import Snapshot

SMALL_EPSILON = 1e-4  # of the target's mean variance; below it the plan is a map to every method's eyes


@dataclass(frozen=True, eq=False)
class Bridge(Problem[Plan]):
    """Carry one distribution to another at the least ½ E||x − y||² + ε KL(π || P₀ ⊗ P₁), from samples alone.

    The same plan is the endpoint law of the Schrödinger bridge: the diffusion from P₀ to P₁ on t ∈ [0, 1]
    that is closest to √ε dW. A solution is a plan: an object with ``conditional(x)``, or ``sample(x, seed)``
    alone, of which the judge then draws 1000 points per x.

    The objective is, with a truth, ``cbw2_uvp``: the distance of the plan's conditionals to the true ones in
    percent of the target's variance. Without one it is the mean energy distance to the held-out snapshots.
    With neither it is the entropic cost ½ E||x − y||² − ε E H(π(·|x)), infinite for plans on atoms, and a
    second marginal off by more than ``marginal_tolerance`` is a violation.

    Attributes:
        source: Samples of P₀ ``[n₀, D]``, to be learnt from.
        target: Samples of P₁ ``[n₁, D]``, unpaired with the source.
        epsilon: ε, in squared data units per unit of time.
        truth: The exact plan, where it is known; never used by a solver.
        snapshots: Held-out samples at times between 0 and 1; never used by a solver.
        test_source: Further samples of P₀ that the judge asks about; None for the source's.
        test_target: Further samples of P₁; None for the target's.
        test_points: How many of them the judge takes, at most.
        marginal_tolerance: Of the energy coefficient (0 to 1) between the carried points and the target's.
        seed: Of all draws of the judge.
    """

    source: Array
    target: Array
    epsilon: float = 1.0
    truth: GaussianMixturePotential | None = None
    snapshots: tuple[Snapshot, ...] = ()
    test_source: Array | None = None
    test_target: Array | None = None
    test_points: int = 1000
    marginal_tolerance: float = 0.01
    seed: int = 0

    def __post_init__(self):
        object.__setattr__(self, "source", _cloud("source", self.source, None))
        object.__setattr__(self, "target", _cloud("target", self.target, self.dimension))
        for name in ("test_source", "test_target"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, _cloud(name, getattr(self, name), self.dimension))
        check_number("epsilon", self.epsilon, 0.0, open_low=True)
        object.__setattr__(self, "epsilon", float(self.epsilon))
        check_integer("test_points", self.test_points, 2)
        check_number("marginal_tolerance", self.marginal_tolerance, 0.0, 1.0)
        check_integer("seed", self.seed, 0)
        self._check_extent()
        self._check_references()

    def _check_extent(self) -> None:
        extent = np.ptp(self.target, axis=0)
        if np.any(extent == 0):
            k = int(np.argmin(extent))
            remedy = "leave the coordinate out: a constant has no distribution to learn"
            raise ProblemError(f"target[:, {k}]", "constant", "a coordinate that varies", remedy)
        variance = float(np.var(self.target, axis=0).mean())
        if self.epsilon < SMALL_EPSILON * variance:
            message = f"epsilon = {self.epsilon:g} is below {SMALL_EPSILON:g} of the target's variance"
            warnings.warn(f"{message} ({variance:g}); the plan is close to a map", stacklevel=4)

    def _check_references(self) -> None:
        object.__setattr__(self, "snapshots", tuple(self.snapshots))
        for k, snapshot in enumerate(self.snapshots):
            if not isinstance(snapshot, Snapshot):
                raise ProblemError(f"snapshots[{k}]", type(snapshot).__name__, "a Snapshot")
            if snapshot.points.shape[1] != self.dimension:
                raise ProblemError(
                    f"the dimension of snapshots[{k}]", snapshot.points.shape[1], f"{self.dimension}"
                )
        if self.truth is None:
            return
        if not isinstance(self.truth, GaussianMixturePotential):
            raise ProblemError("truth", type(self.truth).__name__, "a GaussianMixturePotential")
        if self.truth.dimension != self.dimension or self.truth.epsilon != self.epsilon:
            found = f"one of dimension {self.truth.dimension} for ε = {self.truth.epsilon:g}"
            raise ProblemError("truth", found, f"dimension {self.dimension} and ε = {self.epsilon:g}")

    @property
    def dimension(self) -> int:
        """D."""
        return self.source.shape[1]

    @property
    def reference(self) -> float | None:  # pyright: ignore[reportIncompatibleVariableOverride]
        """0 where the truth is known, else None."""
        return None if self.truth is None else 0.0

    @cached_property
    def asked(self) -> Array:
        """The points of P₀ that the judge asks about ``[m, D]``."""
        return self._chosen(self.source if self.test_source is None else self.test_source, 0)

    @cached_property
    def awaited(self) -> Array:
        """The points of P₁ that carried points are compared with ``[m, D]``."""
        return self._chosen(self.target if self.test_target is None else self.test_target, 1)

    def _chosen(self, points: Array, stream: int) -> Array:
        rng = np.random.default_rng((self.seed, stream))
        return read_only(rng.permutation(points)[: self.test_points])

    def judge(self, solution: Plan) -> Evaluation:
        """Score a plan from the data alone, in float64.

        Metrics, where the data allow: ``cbw2_uvp`` and ``bw2_uvp_target`` (% of ½ Var of the target),
        ``path_kl_forward`` and ``path_kl_reverse`` (nats), ``snapshot_energy``, ``snapshot_mmd`` and
        ``snapshot_emd`` (means over the snapshots), ``target_energy``, ``transport_cost``, ``entropic_cost``,
        ``dual_value`` (nats), ``truth_outside_family`` (1 where a diagonal candidate meets a rotated truth).

        Raises:
            ProblemError: If it is no plan, or its points have another dimension or are not finite.
        """
        from problems.transport.judging import evaluate

        check_plan(solution, self.dimension)
        return evaluate(self, solution)

    @classmethod
    def gaussian_pair(
        cls, dimension: int = 2, epsilon: float = 1.0, n: int = 10_000, seed: int = 0
    ) -> Bridge:
        """Return N(0, I) to a Gaussian with independent coordinates, whose plan has a closed form."""
        from problems.transport.gaussian_pair import gaussian_pair

        return cls(**gaussian_pair(dimension, epsilon, n, seed))

    @classmethod
    def mixture_benchmark(
        cls,
        dimension: int = 2,
        epsilon: float = 1.0,
        n: int = 100_000,
        components: int = 5,
        rotated: bool = False,
        test_points: int = 1000,
        seed: int = 0,
    ) -> Bridge:
        """Return N(0, 16 I) to what a plan with a known mixture potential makes of it; the truth is exact."""
        from problems.transport.mixture_benchmark import mixture_benchmark

        parts = mixture_benchmark(dimension, epsilon, n, components, rotated, test_points, seed)
        return cls(**parts, test_points=test_points)

    @classmethod
    def swiss_roll(cls, epsilon: float = 0.1, n: int = 10_000, noise: float = 0.8, seed: int = 0) -> Bridge:
        """Return N(0, I₂) to a spiral."""
        from problems.transport.swiss_roll import swiss_roll

        return cls(**swiss_roll(epsilon, n, noise, seed))

    @classmethod
    def synthetic_cells(
        cls, dimension: int = 5, days: int = 4, first_day: int = 1, n: int = 2000, epsilon: float = 0.1,
        seed: int = 0,
    ) -> Bridge:  # fmt: skip
        """Return unpaired snapshots of a branching process, two days apart; the day between is held out."""
        from problems.transport.synthetic_cells import synthetic_cells

        return cls(**synthetic_cells(dimension, days, first_day, n, epsilon, seed))

    def plot(self, solution: Plan, axes: Any = None) -> Any:
        """Draw paths and the marginals they join, in the first two coordinates."""
        from problems.transport.picture import draw_bridge

        return draw_bridge(self, solution, axes)


def _cloud(name: str, points: Any, dimension: int | None) -> Array:
    points = frozen_array(name, points, shape=(None, dimension))
    if len(points) < 2 or points.shape[1] < 1:
        raise ProblemError(f"the shape of {name}", points.shape, "(n, D) with n of 2 at least")
    return points
