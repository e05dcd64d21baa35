"""What counts as a transport plan, and what can be asked of any: draws, moments, points along the bridge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np

from problems.contract import Array
from problems.errors import ProblemError
from problems.numerics.gaussians import mixture_draws, mixture_log_density, mixture_moments
from problems.numerics.two_sample import neighbour_entropy

DRAWS = 1000  # per point where a plan has no conditional distribution to be asked for
ELEMENTS = 4_000_000  # of the largest array of one block of points


@runtime_checkable
class ConditionalPlan(Protocol):
    """A plan whose conditionals are mixtures of Gaussians that can be asked for."""

    def conditional(self, x: Array) -> tuple[Array, Array, Array]:
        """Return π(·|x) at ``[m, D]`` as weights ``[m, K]``, means ``[m, K, D]`` (or ``[1, K, D]`` where all
        x share them) and covariances ``[K, D]`` (diagonals) or ``[K, D, D]``; zeros stand for atoms.
        """
        ...


@runtime_checkable
class SampledPlan(Protocol):
    """A plan that can be drawn from."""

    def sample(self, x: Array, seed: int) -> Array:
        """Draw one y ~ π(·|x) for each row of x ``[m, D]``."""
        ...


@runtime_checkable
class Diffusion(Protocol):
    """A plan with the drift of its diffusion."""

    def drift(self, x: Array, t: float) -> Array:
        """Return g(x, t) ``[m, D]`` for t in (0, 1)."""
        ...


Plan: TypeAlias = ConditionalPlan | SampledPlan


def check_plan(plan: Any, dimension: int) -> None:
    """Refuse what is no plan for points of this dimension.

    Raises:
        ProblemError: If it has neither ``conditional`` nor ``sample``, or gives points of another shape.
    """
    if not isinstance(plan, ConditionalPlan | SampledPlan):
        expected = "a plan with conditional(x) or sample(x, seed)"
        raise ProblemError("the solution", type(plan).__name__, expected)
    draws(plan, np.zeros((2, dimension)), 0)


def draws(plan: Plan, x: Array, seed: int) -> Array:
    """Return one y ~ π(·|x) for each row of x ``[m, D]``.

    Raises:
        ProblemError: If the plan gives another shape or what is not finite.
    """
    if isinstance(plan, SampledPlan):
        drawn = np.asarray(plan.sample(x, seed), dtype=float)
    else:
        rng = np.random.default_rng(seed)
        drawn = np.concatenate([mixture_draws(*_conditional(plan, part), rng) for part in _parts(plan, x)])
    return _checked("draws of the solution", drawn, x.shape)


def moments(plan: Plan, x: Array, seed: int) -> tuple[Array, Array]:
    """Return E[y|x] ``[m, D]`` and Cov[y|x] ``[m, D, D]``: exact from ``conditional``, else of 1000 draws."""
    if isinstance(plan, ConditionalPlan):
        parts = [mixture_moments(*_conditional(plan, part)) for part in _parts(plan, x)]
        means, covariances = (np.concatenate(values) for values in zip(*parts, strict=True))
        shape = (len(x), x.shape[1])
        return _checked("means of the solution", means, shape), _checked(
            "covariances of the solution", covariances, (*shape, x.shape[1])
        )
    found = [_drawn_moments(drawn) for drawn in repeated_draws(plan, x, seed)]
    return tuple(np.concatenate(values) for values in zip(*found, strict=True))  # pyright: ignore[reportReturnType]


def repeated_draws(plan: Plan, x: Array, seed: int) -> Iterator[Array]:
    """Yield blocks ``[b, 1000, D]`` of draws that together cover the rows of x."""
    rows = max(ELEMENTS // (DRAWS * x.shape[1]), 1)
    for number, at in enumerate(range(0, len(x), rows)):
        part = x[at : at + rows]
        yield draws(plan, np.repeat(part, DRAWS, axis=0), seed + number).reshape(len(part), DRAWS, -1)


def along_bridge(plan: Plan, x: Array, t: float, epsilon: float, seed: int) -> Array:
    """Draw x_t ``[m, D]``, t in [0, 1], of the mixture of Brownian bridges of variance ε over a plan."""
    noise = np.random.default_rng((seed, 1)).normal(size=x.shape)
    return t * draws(plan, x, seed) + (1 - t) * x + np.sqrt(epsilon * t * (1 - t)) * noise


def mean_conditional_entropy(plan: Plan, x: Array, seed: int) -> float:
    """Return E_x of the differential entropy of π(·|x), in nats; −∞ where a plan has atoms.

    One draw per x under the exact density of ``conditional``, or nearest neighbours among 1000 draws.
    """
    if not isinstance(plan, ConditionalPlan):
        found = repeated_draws(plan, x, seed)
        return float(np.mean([neighbour_entropy(points) for block in found for points in block]))
    rng, densities = np.random.default_rng(seed), []
    for part in _parts(plan, x):
        weights, means, covariances = _conditional(plan, part)
        if _has_atoms(covariances):
            return -np.inf
        drawn = mixture_draws(weights, means, covariances, rng)
        densities.append(mixture_log_density(drawn, weights, means, covariances))
    return -float(np.concatenate(densities).mean())


def _has_atoms(covariances: Array) -> bool:
    if covariances.ndim == 2:
        return bool(np.any(covariances == 0))
    return bool(np.any(np.linalg.eigvalsh(covariances)[:, 0] <= 0))


def _conditional(plan: ConditionalPlan, x: Array) -> tuple[Array, Array, Array]:
    return tuple(np.asarray(part, dtype=float) for part in plan.conditional(x))  # pyright: ignore[reportReturnType]


def _parts(plan: ConditionalPlan, x: Array) -> list[Array]:
    """Blocks of rows for which a plan's means stay small."""
    weights, means, _ = plan.conditional(x[:1])
    width = weights.shape[1] * (means.shape[-1] + 1)
    rows = max(ELEMENTS // width, 1)
    return [x[at : at + rows] for at in range(0, len(x), rows)]


def _drawn_moments(points: Array) -> tuple[Array, Array]:
    means = points.mean(axis=1)
    centred = points - means[:, None]
    return means, np.swapaxes(centred, 1, 2) @ centred / (points.shape[1] - 1)


def _checked(name: str, values: Array, shape: tuple[int, ...]) -> Array:
    if values.shape != shape:
        raise ProblemError(f"the shape of {name}", values.shape, str(shape))
    if not np.isfinite(values).all():
        raise ProblemError(name, "not finite", "finite numbers")
    return values
