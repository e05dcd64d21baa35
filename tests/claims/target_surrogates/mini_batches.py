"""Twenty epochs in mini-batches: how low each method gets with the same target gradients."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

from classical.minimisation.composite_baselines import CompositeDescent
from classical.minimisation.target_surrogate import TargetSurrogate
from problems.contract import Solver
from problems.minimisation.logistic_composite import LogisticComposite
from tests.claims.table import Row
from tests.claims.target_surrogates.tuning import figure_of, geometric_mean, suboptimality, tuned

EPOCHS, ROWS = 20, 500
GRID = tuple(product((0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0), ("constant", "sqrt")))
COARSE = ((10.0, "sqrt"),)
RIVALS = ("sgd", "adam", "adagrad", "svrg", "armijo")


@cache
def instance(seed: int) -> LogisticComposite:
    """Return the data of a seed."""
    return LogisticComposite.ill_conditioned(ROWS, seed=seed)


def rows(quick: bool) -> Iterator[Row]:
    """One row for each batch size."""
    for batch, share in ((125, 0.4), (25, 0.7)):
        if not (quick and batch == 25):
            yield _compared(batch, share, quick)


def _compared(batch: int, share: float, quick: bool) -> Row:
    seeds, reached, chosen = range(2 if quick else 5), {}, {}
    for name in ("m=50", "m=1", *(RIVALS[:1] if quick else RIVALS)):

        def figure(choice: tuple[float, Any], seed: int, name: str = name) -> float:
            return figure_of(_solver(name, choice, batch), instance(seed), seed, suboptimality)

        chosen[name] = tuned(COARSE if quick else GRID, figure, (100,) if quick else (100, 101))
        reached[name] = geometric_mean([figure(chosen[name], seed) for seed in seeds])
    ours, plain, one = (reached[name] for name in ("m=50", "sgd", "m=1"))
    other = " and of m=1's" if batch == 125 else ""
    holds = ours <= share * plain and (not other or ours <= share * one)
    rate, schedule = chosen["m=50"]
    return Row(
        f"batch {batch}, {EPOCHS} epochs, rates and schedules tuned on other data: suboptimality (geometric "
        f"mean of {len(seeds)} data seeds) of m=50 at most {share} of SGD's{other}",
        "0.0095 / 0.067 / 0.057" if batch == 125 else "0.016 / 0.036",
        ", ".join(f"{name}: {value:.4f}" for name, value in reached.items() if name != "m=50"),
        f"m=50: {ours:.4f} (η = {rate:g}, {schedule})",
        holds,
        "" if holds else f"{ours / plain:.2f} of SGD's, {ours / one:.2f} of m=1's",
    )


def _solver(name: str, choice: tuple[float, Any], batch: int) -> Solver:
    rate, schedule = choice
    calls = EPOCHS * (ROWS // batch)
    if name.startswith("m="):
        return TargetSurrogate(calls, int(name[2:]), eta=rate, schedule=schedule, batch=batch)
    return CompositeDescent(calls, name, rate, schedule, batch)  # pyright: ignore[reportArgumentType]
