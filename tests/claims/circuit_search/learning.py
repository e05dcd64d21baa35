"""Learning and not luck: shares of the last episodes, beside random circuits of equal cost and length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from hybrid.circuit_search import (
    Crlqas,
    DoubleDqn,
    MovingThreshold,
    QuantileThreshold,
    RandomCircuits,
    draw_learning,
)
from problems.contract import Result
from problems.ground_state import GroundState
from tests.claims.circuit_search import halting
from tests.claims.circuit_search.molecules import (
    ACCURATE,
    ending,
    errors,
    evaluations,
    found,
    keep_picture,
    molecule,
    path_of,
    share,
    successful_gates,
    wants_pictures,
)
from tests.claims.circuit_search.rollouts import rollout_errors
from tests.claims.circuit_search.searches import Search, carried_out
from tests.claims.table import Row, skipped

EPISODES = 3700
SEEDS = (0, 1, 2)
PUBLISHED = {"LiH_4q_r3.4": "48 to 62 %", "LiH_4q_r2.2": "70 %"}
DEPTH = 22
BEST = "2.6e-6 Ha, 40 gates"
SHORT = Crlqas(
    max_gates=10,
    episodes=300,
    curriculum=QuantileThreshold(every=20, window=40),
    learner=DoubleDqn(hidden=(64, 64), decay=1200),
)


def rows(quick: bool) -> Iterator[Row]:
    """All rows; the quick form learns hydrogen."""
    names = ("H2_2q_r0.7414",) if quick else ("LiH_4q_r3.4", "LiH_4q_r2.2")
    missing = [path_of(name) for name in names if not path_of(name).exists()]
    if missing:
        yield from skipped(f"{missing[0].stem} is learnt", missing[0])
        return
    if quick:
        yield from learnt(names[0], carried_out([Search(SHORT, names[0], 1)]), 6)
        return
    whole = Crlqas(episodes=EPISODES)
    record = replace(whole, curriculum=MovingThreshold(every=50))
    endless = replace(whole, halting=None)
    near, recorded, *both = carried_out(
        [Search(whole, names[1], 1), Search(record, names[0], 1),
         *(Search(whole, names[0], seed) for seed in SEEDS),
         *(Search(endless, names[0], seed) for seed in SEEDS)]
    )  # fmt: skip
    stretched, unhalted = both[: len(SEEDS)], both[len(SEEDS) :]
    yield from learnt(names[0], stretched, 25)
    yield from learnt(names[1], [near], 25)
    yield record_as_threshold(names[0], recorded)
    yield from halting.rows(names[0], stretched, unhalted)
    yield from rollouts("H2_4q_r0.70")


def learnt(name: str, runs: list[Result], gates: int) -> Iterator[Row]:
    """Shares, lengths and the best circuit of each run, and the nulls."""
    problem, search = molecule(name), runs[0].solver
    assert isinstance(search, Crlqas)
    seeds = tuple(run.seed for run in runs)
    shares = [share(ending(errors(run))) for run in runs]
    lengths = [successful_gates(run) for run in runs]
    same_cost = RandomCircuits(evaluations(runs[0]), search.max_gates).solve(problem, seed=1, progress=False)
    typical = max(1, round(float(np.nanmean(lengths)))) if not np.isnan(lengths).all() else gates
    same_length = RandomCircuits(100_000, max_gates=typical).solve(problem, seed=1, progress=False)
    null = (
        f"random: {share(errors(same_cost)):.1%} at equal cost, "
        f"{share(errors(same_length)):.1%} of {typical} gates"
    )
    yield Row(
        f"{name}: >= 40 % of the last fifth of the episodes within 1.6 mHa, seeds {seeds}",
        PUBLISHED.get(name, ""), null, ", ".join(f"{s:.0%}" for s in shares),
        min(shares) >= 0.4, "" if min(shares) >= 0.4 else f"{sum(s >= 0.4 for s in shares)} of {len(shares)}",
    )  # fmt: skip
    short = max(lengths) <= gates
    yield Row(
        f"{name}: their mean length <= {gates} gates", "19 to 22 gates" if name in PUBLISHED else "", null,
        ", ".join(f"{length:.1f}" for length in lengths), bool(short), "" if short else "longer",
    )  # fmt: skip
    answers = [run.objective - (problem.reference or 0.0) <= ACCURATE for run in runs]
    yield Row(
        f"{name}: the answer is within 1.6 mHa with <= {gates} gates", BEST if name in PUBLISHED else "",
        f"random: {found(same_cost)}", "; ".join(found(run) for run in runs),
        all(answers) and all(float(run.evaluation.metrics["gates"]) <= gates for run in runs),
    )  # fmt: skip
    if name in PUBLISHED:
        depths = [float(run.evaluation.metrics["depth"]) for run in runs]
        holds = all(answers) and max(depths) <= DEPTH
        text = ", ".join(f"{depth:.0f}" for depth in depths)
        claim = f"{name}: the depth of these answers <= {DEPTH}"
        yield Row(claim, "22 (LiH-4)", "", text, holds, "" if holds else "deeper")
    yield from briefest(name, runs, 30 if name in PUBLISHED else gates)
    yield curve(name, problem, runs[-1])
    if wants_pictures():
        window = 100 if len(runs[0].history) > 500 else 30
        keep_picture(f"learning_{name}", draw_learning(runs, same_cost, window))


def briefest(name: str, runs: list[Result], gates: int) -> Iterator[Row]:
    """The lowest error among the circuits of the episodes with few gates, as they were built."""
    best, sizes = [], []
    for run in runs:
        built = np.array([row["gates"] for row in run.history])
        off = np.where(built <= gates, errors(run), np.inf)
        best.append(float(off.min()))
        sizes.append(int(built[np.argmin(off)]))
    holds = max(best) <= 2e-5
    yield Row(
        f"{name}: an episode ends within 2e-5 Ha with <= {gates} gates, each seed",
        "1e-5 with 20, 7e-11 with 25 gates" if name in PUBLISHED else "", "",
        "; ".join(f"{error:.1e} Ha, {size} gates" for error, size in zip(best, sizes, strict=True)),
        holds, "" if holds else f"{sum(error <= 2e-5 for error in best)} of {len(best)} seeds",
    )  # fmt: skip


def curve(name: str, problem: GroundState, run: Result) -> Row:
    """The share of each tenth of the episodes."""
    parts = np.array_split(errors(run), 10)
    first, last = share(parts[0]), share(np.concatenate(parts[-2:]))
    text = " ".join(f"{share(part):.0%}" for part in parts)
    return Row(
        f"{name}: the share rises, tenth by tenth",
        "0 to 60 %" if name in PUBLISHED else "",
        f"{first:.0%}",
        text,
        last > first,
    )


def record_as_threshold(name: str, run: Result) -> Row:
    """The threshold at the record instead of the quantile, at the same number of episodes."""
    late, middle = share(ending(errors(run))), 1000 * float(np.median(ending(errors(run))))
    claim = f"{name}: with the record plus δ every 50 episodes as threshold, <= 5 %"
    reason = "" if late <= 0.05 else "this seed follows the record"
    return Row(claim, "0 to 2 %", "", f"{late:.0%}, median {middle:.0f} mHa", late <= 0.05, reason)


def rollouts(name: str, episodes: int = 600) -> Iterator[Row]:
    """What the agent builds without exploring, once every 100 episodes: one circuit each, no share."""
    if not path_of(name).exists():
        yield from skipped(f"{name}: greedy rollouts", path_of(name))
        return
    search = Crlqas(
        episodes=episodes,
        curriculum=QuantileThreshold(first=1.016),
        learner=DoubleDqn(hidden=(128, 128), decay=4000),
    )
    seen = rollout_errors(search, molecule(name), every=100, seed=1)
    text = ", ".join(f"{1000 * error:.2g}" for error in seen)
    claim = f"{name}: the greedy rollout after each 100 episodes ends lower than the first"
    yield Row(claim, "", f"{1000 * seen[0]:.2g} mHa", f"{text} mHa", bool(seen[-1] < seen[0]),
              "" if seen[-1] < seen[0] else "one circuit a checkpoint")  # fmt: skip
