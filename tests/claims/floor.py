"""The binary floor: files read as they are, optima reproduced, bounds certified, baselines strong.

Reads public benchmark files where they lie beside the project; what each row needs and is not there is said.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from classical.binary import (
    Exhaustive,
    GoemansWilliamson,
    LocalSearch,
    MixedInteger,
    Presolve,
    SimulatedAnnealing,
    Tabu,
    Uniform,
)
from problems import read
from problems.binary import (
    BinaryProgram,
    IndependentSet,
    IntegerProgram,
    MaxCut,
    MultidimensionalKnapsack,
    QuadraticAssignment,
    Qubo,
    SlackEncoding,
    TravellingSalesman,
)
from problems.binary.bounds import max_cut_bound, theta_bound
from problems.contract import Problem, Solver
from tests.claims.table import INSTANCES, Row, skipped

CUTS = {"G1": (11610, 11624, 12083.20), "G11": (562, 564, 629.164), "G14": (3055, 3064, 3191.567)}
THETA = {"1tc.8": 4, "1tc.16": 8, "1tc.32": 12, "1tc.64": 20, "1dc.64": 10, "1et.64": 18.8}
TOURS = ("burma14", "gr17", "bays29", "att48", "berlin52")
SECONDS = 20.0


def rows(quick: bool) -> Iterator[Row]:
    """All rows; the quick form takes fewer files and less time."""
    yield from encodings_keep_the_optimum(4 if quick else 25)
    if not INSTANCES.exists():
        yield from skipped("public benchmark files", INSTANCES)
        return
    yield from every_file_is_read()
    yield from programs_are_proved(quick)
    yield from listed_permutations()
    yield from tours_are_proved(TOURS[:3] if quick else TOURS)
    yield from assignments_are_found(quick)
    yield from cliques_are_found(quick)
    if not quick:
        yield from knapsacks_are_close()
        yield from cuts_are_close()
        yield from tours_are_found()
    yield from cuts_are_bounded(("G11",) if quick else tuple(CUTS))
    yield from theta_is_reached()


def encodings_keep_the_optimum(seeds: int) -> Iterator[Row]:
    """Presolve, encoding and decoding against exhaustion, for every class of problem."""
    wrong, tried = [], 0
    for seed in range(seeds):
        for problem in (
            BinaryProgram.random(8, 3, seed=seed),
            MultidimensionalKnapsack.random(6, 1, seed=seed),
            IndependentSet.random(8, 0.4, seed=seed),
            MaxCut.random(8, seed=seed),
            QuadraticAssignment.random(3, seed=seed),
            TravellingSalesman.random(4, seed=seed),
            IntegerProgram.random(3, 1, seed=seed),
            Qubo.random(8, seed=seed),
        ):
            tried += 1
            best = Exhaustive().solve(problem, progress=False).objective
            if _presolved(problem) != best or _encoded(problem) not in (None, best):
                wrong.append(f"{type(problem).__name__} {seed}")
    claim = "optimum by exhaustion = after presolve, slack encoding and decoding"
    yield Row(claim, "", "", f"{tried - len(wrong)} of {tried}", not wrong, ", ".join(wrong))


def _presolved(problem: Problem[Any]) -> float:
    return Presolve(Exhaustive()).solve(problem, progress=False).objective


def _encoded(problem: Problem[Any]) -> float | None:
    """The optimum of the slack QUBO, decoded; None where it is too wide to enumerate or not integral."""
    reduction = problem.reduce((BinaryProgram,))
    program = problem if isinstance(problem, BinaryProgram) else reduction.problem if reduction else None
    if not isinstance(program, BinaryProgram) or SlackEncoding().qubits(program) > 20:
        return None
    encoded = SlackEncoding().encode(program)
    bits = encoded.lift(Exhaustive().solve(encoded.problem, progress=False).solution)
    return problem.judge(bits if reduction is None else reduction.lift(bits)).objective


def every_file_is_read() -> Iterator[Row]:
    """All shipped files without a word about their kind."""
    wanted = {
        "mdkp": "MultidimensionalKnapsack",
        "qap": "QuadraticAssignment",
        "tsp": "TravellingSalesman",
        "maxcut": "MaxCut",
    }
    wrong, count = [], 0
    for folder in (*wanted, "mis"):
        for name in _listed(INSTANCES / folder):
            file, _, index = name.partition("#")
            found = type(read(INSTANCES / folder / file, index=int(index) if index else None)).__name__
            expected = wanted.get(folder, "Clique" if file.endswith(".clq") else "IndependentSet")
            count += 1
            if found != expected:
                wrong.append(f"{name} as {found}")
    yield Row(
        "every file is read without --problem",
        "",
        "",
        f"{count - len(wrong)} of {count}",
        not wrong,
        ", ".join(wrong),
    )


def programs_are_proved(quick: bool) -> Iterator[Row]:
    """HiGHS on knapsacks below 60 items, the code graphs and C125.9."""
    knapsacks = [n for n, _ in _listed(INSTANCES / "mdkp").items() if not n.startswith("mknapcb")]
    graphs = [n for n in _listed(INSTANCES / "mis") if n not in ("brock200_2.clq", "p_hat300-1.clq")]
    for folder, names in (("mdkp", knapsacks), ("mis", graphs)):
        best, wrong, seconds = _listed(INSTANCES / folder), [], 0.0
        names = (
            names[:: 5 if quick else 1]
            if folder == "mdkp"
            else [n for n in names if not quick or n[:4] != "C125"]
        )
        tried = 0
        for name in names:
            file, _, index = name.partition("#")
            problem = read(INSTANCES / folder / file, index=int(index) if index else None)
            if folder == "mdkp" and problem.n >= 60:
                continue
            tried += 1
            start = time.perf_counter()
            result = MixedInteger().solve(problem, progress=False)
            seconds += time.perf_counter() - start
            if result.status != "optimal" or problem.judge(result.solution).objective != best[name]:
                wrong.append(f"{name} {result.objective:g}")
        claim = f"{folder}: HiGHS proves the listed optimum"
        yield Row(
            claim,
            "",
            "",
            f"{tried - len(wrong)} of {tried}, {seconds:.1f} s in all",
            not wrong,
            ", ".join(wrong),
        )


def listed_permutations() -> Iterator[Row]:
    """The permutations of the table, judged; where there is none, the optimum by tabu."""
    wrong, tried = [], 0
    with (INSTANCES / "qap" / "OPTIMA.csv").open() as lines:
        for row in csv.DictReader(lines):
            problem = read(INSTANCES / "qap" / row["instance"])
            if row["permutation_1based"]:
                bits = problem.encode(row["permutation_1based"].split())
            else:
                bits = Tabu(restarts=30).solve(problem, seed=1, progress=False).solution
            tried += 1
            if problem.judge(bits).objective != float(row["optimum"]) or not problem.judge(bits).feasible:
                wrong.append(row["instance"])
    yield Row(
        "qap: listed permutations cost the listed optimum",
        "",
        "",
        f"{tried - len(wrong)} of {tried}",
        not wrong,
        ", ".join(wrong),
    )


def tours_are_proved(names: tuple[str, ...]) -> Iterator[Row]:
    """HiGHS with lazy subtour rows."""
    best = _listed(INSTANCES / "tsp")
    for name in names:
        problem = read(INSTANCES / "tsp" / f"{name}.tsp")
        start = time.perf_counter()
        result = MixedInteger().solve(problem, progress=False)
        seconds = time.perf_counter() - start
        wanted = best[f"{name}.tsp"]
        holds = result.objective == wanted and result.status == "optimal" and seconds < 60
        yield Row(
            f"{name}: proved by lazy rows in 60 s",
            f"{wanted:g}",
            "",
            f"{result.objective:g} in {seconds:.1f} s",
            holds,
        )


def assignments_are_found(quick: bool) -> Iterator[Row]:
    """Tabu and annealing on assignments of 15 facilities; the null is as many random permutations."""
    best = _listed(INSTANCES / "qap")
    for name in ("nug15", "rou15", "scr15", "tai15a"):
        problem, wanted = read(INSTANCES / "qap" / f"{name}.dat"), best[f"{name}.dat"]
        null = Uniform(samples=4096).solve(problem, seed=1, progress=False).objective
        for solver in (Tabu(restarts=60), SimulatedAnnealing(restarts=64)):
            found = _several(solver, problem, (1,) if quick else (1, 2, 3))
            yield _found_row(f"{name}: {type(solver).__name__}", wanted, null, found, found.worst == wanted)


def cliques_are_found(quick: bool) -> Iterator[Row]:
    """Tabu on the graphs that branch and cut leaves open."""
    for name, wanted in (("brock200_2", 12.0), ("p_hat300-1", 8.0)):
        problem = read(INSTANCES / "mis" / f"{name}.clq")
        null = Uniform(samples=1024).solve(problem, seed=1, time_limit=5, progress=False).objective
        found = _several(Tabu(restarts=1000), problem, (1,) if quick else (1, 2, 3))
        yield _found_row(f"{name}: Tabu", wanted, null, found, found.worst == wanted)


def knapsacks_are_close() -> Iterator[Row]:
    """Tabu on the first five of the 5 x 100 knapsacks."""
    best = _listed(INSTANCES / "mdkp")
    for k in range(1, 6):
        problem, wanted = read(INSTANCES / "mdkp" / "mknapcb1.txt", index=k), best[f"mknapcb1.txt#{k}"]
        null = Uniform(samples=4096).solve(problem, seed=1, progress=False).objective
        found = _several(Tabu(restarts=10**6), problem, (1, 2))
        yield _found_row(
            f"mknapcb1 #{k}: Tabu within 0.3 %", wanted, null, found, found.worst >= 0.997 * wanted
        )


def cuts_are_close() -> Iterator[Row]:
    """Tabu and annealing on 800 nodes, beside plain Goemans-Williamson rounding."""
    for name, (bar, known, _) in CUTS.items():
        problem = read(INSTANCES / "maxcut" / f"{name}.txt")
        planes = GoemansWilliamson(planes=200, improve=False).solve(problem, seed=1, progress=False)
        for solver in (Tabu(restarts=10**6), SimulatedAnnealing(restarts=10**5)):
            found = _several(solver, problem, (1, 2))
            claim = f"{name}: {type(solver).__name__} cuts >= {bar}"
            yield _found_row(claim, known, planes.objective, found, found.worst >= bar)


def tours_are_found() -> Iterator[Row]:
    """Local search on every tour file."""
    for name, wanted in _listed(INSTANCES / "tsp").items():
        problem = read(INSTANCES / "tsp" / name)
        null = Uniform(samples=1024).solve(problem, seed=1, progress=False).objective
        found = _several(LocalSearch(restarts=4), problem, (1, 2, 3))
        yield _found_row(f"{name}: LocalSearch", wanted, null, found, found.worst == wanted)


def cuts_are_bounded(names: tuple[str, ...]) -> Iterator[Row]:
    """Certified semidefinite bounds from above."""
    for name in names:
        problem, reference = read(INSTANCES / "maxcut" / f"{name}.txt"), CUTS[name][2]
        start = time.perf_counter()
        bound = max_cut_bound(problem).value
        seconds = time.perf_counter() - start
        apart = (bound - reference) / reference
        holds = -1e-5 < apart < 1e-3 and seconds < SECONDS  # the reference is known to about six digits
        ours = f"{bound:.3f} in {seconds:.1f} s, {apart:.1e} above"
        yield Row(f"{name}: certified SDP bound within 1e-3 in 20 s", f"{reference}", "", ours, holds)


def theta_is_reached() -> Iterator[Row]:
    """Certified Lovász numbers of the code graphs."""
    far = []
    for name, reference in THETA.items():
        value = theta_bound(read(INSTANCES / "mis" / f"{name}.txt")).value
        if not -1e-6 <= value - reference < 5e-3 * reference:
            far.append(f"{name} {value:.4f}")
    yield Row(
        "certified theta of code graphs within 0.5 %, from above",
        "",
        "",
        f"{len(THETA) - len(far)} of {len(THETA)}",
        not far,
        ", ".join(far),
    )


@dataclass(frozen=True)
class Found:
    """The worst objective of several seeds, and the longest time."""

    worst: float
    seconds: float
    seeds: int


def _several(solver: Solver[Any, Any], problem: Problem[Any], seeds: tuple[int, ...]) -> Found:
    """Solve by several seeds within the time; the worst counts."""
    results = [solver.solve(problem, seed=s, time_limit=SECONDS, progress=False) for s in seeds]
    values = np.array([result.objective if result.feasible else np.nan for result in results])
    worst = values.min() if problem.sense == "max" else values.max()
    return Found(float(worst), max(result.seconds for result in results), len(seeds))


def _found_row(claim: str, wanted: float, null: float, found: Found, holds: bool) -> Row:
    ours = f"{found.worst:g} in {found.seconds:.1f} s, worst of {found.seeds}"
    return Row(f"{claim} in {SECONDS:g} s", f"{wanted:g}", f"{null:g}", ours, holds)


def _listed(folder: Path) -> dict[str, float]:
    with (folder / "OPTIMA.csv").open() as lines:
        return {row["instance"]: float(row["optimum"]) for row in csv.DictReader(lines)}
