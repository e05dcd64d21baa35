"""The algorithm on products against the dense one: the same subspace, a falling objective, the cost."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from classical.distributed.flag_aggregator import FlagAggregator
from classical.distributed.flag_subspace import Span
from tests.claims.table import Row

EPSILON = 1e-7


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    worst, rise = agreement(20)
    yield Row(
        "20 random cases: projector of the products' algorithm - dense SVD < 1e-8",
        "",
        "dense SVD of all columns",
        f"{worst:.1e}",
        worst < 1e-8,
    )
    yield Row("the objective never rises in reweighting", "", "", f"largest rise {rise:.1e}", rise <= 1e-9)
    moved, scaled = symmetries(20)
    yield Row(
        "direction invariant to order and to the lengths of workers (up to rescaling)",
        "",
        "",
        f"{moved:.1e} and {scaled:.1e}",
        max(moved, scaled) < 1e-8,
    )
    yield cost(2_000 if quick else 50_000)


def agreement(cases: int) -> tuple[float, float]:
    """The largest difference of projectors, and the largest rise of the objective in a step."""
    worst, rise = 0.0, -np.inf
    for case in range(cases):
        rng = np.random.default_rng(case)
        p, weight = int(rng.integers(3, 16)), float(rng.choice([0.0, 0.5, 2.0]))
        gradients = rng.normal(size=(p, 60)) + 2 * rng.normal(size=60)
        size = int(rng.integers(1, p))
        units = gradients / np.linalg.norm(gradients, axis=1)[:, None]
        span = Span.of(units)
        subspace, values = FlagAggregator(size, weight).fit(span, size)
        found, wanted = span.basis(subspace), dense_basis(units, size, weight, len(values))
        worst = max(worst, float(np.abs(found @ found.T - wanted @ wanted.T).max()))
        rise = max(rise, float(np.max(np.diff(values), initial=-np.inf)))
    return worst, rise


def symmetries(cases: int) -> tuple[float, float]:
    """The largest change of the unscaled direction under a new order, and under new lengths."""
    moved = scaled = 0.0
    rule = FlagAggregator(pairwise_weight=0.5, rescale="none")
    for case in range(cases):
        rng = np.random.default_rng(case)
        gradients = rng.normal(size=(9, 200)) + rng.normal(size=200)
        direction, _ = rule(gradients)
        moved = max(moved, float(np.abs(rule(rng.permutation(gradients))[0] - direction).max()))
        lengths = np.exp(rng.normal(size=(9, 1)))
        scaled = max(scaled, float(np.abs(rule(lengths * gradients)[0] - direction).max()))
    return moved, scaled


def cost(dimension: int) -> Row:
    """Seconds of a call with pairs against those of the dense columns."""
    rng = np.random.default_rng(0)
    gradients = rng.normal(size=(15, dimension)) + rng.normal(size=dimension)
    rule = FlagAggregator(8, 0.5)
    units = gradients / np.linalg.norm(gradients, axis=1)[:, None]
    begun = time.perf_counter()
    dense_basis(units, 8, 0.5, 1)
    dense = (time.perf_counter() - begun) * rule.iterations
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        rule(gradients)
        times.append(time.perf_counter() - begun)
    ours = float(np.median(times))
    claim = f"p = 15 with pairs, P = {dimension}: >= 10 x faster than the dense SVD of p + p(p - 1) columns"
    return Row(claim, "", f"{1e3 * dense:.0f} ms", f"{1e3 * ours:.1f} ms", ours * 10 <= dense)


def dense_basis(units: np.ndarray, size: int, weight: float, iterations: int) -> np.ndarray:
    """The basis ``[P, m]`` straight from the stacked columns."""
    p = len(units)
    pairs = [(i, j) for i in range(p) for j in range(p) if i != j]
    apart = np.array([(units[i] - units[j]) / np.linalg.norm(units[i] - units[j]) for i, j in pairs])
    share, inner, outer = weight / (p * (p - 1)), np.ones(p), np.ones(len(pairs))
    basis = np.zeros((units.shape[1], size))
    for step in range(iterations):
        if step:
            inner = (1 - np.sum((units @ basis) ** 2, axis=1) + EPSILON) ** -0.25
            outer = (1 - np.sum((apart @ basis) ** 2, axis=1) + EPSILON) ** -0.25
        columns = np.vstack([inner[:, None] * units, np.sqrt(share) * outer[:, None] * apart])
        basis = np.linalg.svd(columns.T, full_matrices=False)[0][:, :size]
    return basis
