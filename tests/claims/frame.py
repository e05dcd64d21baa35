"""The frame: files in, judged answers with certified gaps out, the null beside every claim.

Reads public benchmark files where they lie beside the project, and a generated instance everywhere.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from backends import Aer, Expectation, QaoaAnsatz, Statevector
from classical.binary import MixedInteger, Penalty, SimulatedAnnealing, Tabu, Uniform
from hybrid import Qaoa
from problems.binary import MultidimensionalKnapsack, Qubo
from problems.contract import Result
from problems.formats.registry import read
from tests.claims.table import INSTANCES, Row, skipped

ANNEALED = ("hp1", "hp2", "pb1", "pb2", "pb4", "pb5", "pet2", "pet3", "pet4", "pet5", "pet6", "pet7")
SAMPLED = ("pet2", "pet3", "pet4", "pb5")
SHOTS = 1024


def rows(quick: bool) -> Iterator[Row]:
    """All rows; the quick form takes fewer files and seeds."""
    yield from backends_agree()
    yield from generated_instance()
    yield from optima_are_proved(quick)
    yield from annealing_is_close(ANNEALED[-4:] if quick else ANNEALED, (1,) if quick else (1, 2, 3))
    yield from qaoa_is_close(("pet2", "pet3") if quick else SAMPLED, (1,) if quick else (1, 2, 3))
    yield from toroidal_cut((1,) if quick else (1, 2, 3), seconds=5.0 if quick else 20.0)


def backends_agree() -> Iterator[Row]:
    """One expectation through two engines behind the same door."""
    ansatz = QaoaAnsatz(Qubo.random(8, seed=1).ising, layers=3)
    angles = np.random.default_rng(1).normal(size=(4, 6)) / 50
    work = Expectation(ansatz, (ansatz.cost,), angles)
    ours, theirs = (backend.submit(work).result().mean for backend in (Statevector(), Aer()))
    apart = float(np.abs(ours - theirs).max())
    yield Row("Statevector = Aer to 1e-10", "", "", f"{apart:.1e} apart", apart < 1e-10)


def generated_instance() -> Iterator[Row]:
    """Slack-free QAOA, the null and the exact answer on a Chu–Beasley instance of 20 items."""
    problem = MultidimensionalKnapsack.random(n=20, m=5, seed=5)
    exact = MixedInteger().solve(problem, progress=False)
    sampled = Penalty(Qaoa(shots=SHOTS)).solve(problem, seed=1, progress=False)
    null = Uniform(samples=SHOTS).solve(problem, seed=1, progress=False)
    share = sampled.history[-1]["feasible_share"]
    yield Row(
        "MDKP 20x5, raw best of 1024 shots beats uniform bits",
        "",
        _raw_and_repaired(null, exact.objective),
        f"{_raw_and_repaired(sampled, exact.objective)} ({share:.0%} of the shots feasible)",
        _raw(sampled) >= _raw(null),
    )


def optima_are_proved(quick: bool) -> Iterator[Row]:
    """Branch and cut on every single-problem knapsack file below 60 items."""
    folder = INSTANCES / "mdkp"
    claim = "HiGHS proves the listed optimum, MDKP below 60 items"
    if not folder.exists():
        yield from skipped(claim, folder)
        return
    listed = _optima(folder)
    wrong, tried = [], 0
    for path in sorted(folder.glob("*.dat"))[:: 4 if quick else 1]:
        problem = read(path, "mdkp")
        if problem.n >= 60:
            continue
        tried += 1
        result = MixedInteger().solve(problem, progress=False)
        if result.status != "optimal" or result.objective != listed[path.name]:
            wrong.append(path.name)
    yield Row(claim, "", "", f"{tried - len(wrong)} of {tried}", not wrong, ", ".join(wrong))


def annealing_is_close(names: tuple[str, ...], seeds: tuple[int, ...]) -> Iterator[Row]:
    """Annealing on the slack-free QUBO, against uniform bits with the same repair and as many samples."""
    for name in names:
        path = INSTANCES / "mdkp" / f"{name}.dat"
        claim = f"{name}: annealing within 1 % of the optimum"
        if not path.exists():
            yield from skipped(claim, path)
            continue
        problem, best = read(path, "mdkp"), _optima(path.parent)[path.name]
        runs = [Penalty(SimulatedAnnealing()).solve(problem, seed=seed, progress=False) for seed in seeds]
        null = [
            Uniform(samples=_samples(runs[0])).solve(problem, seed=seed, progress=False) for seed in seeds
        ]
        ours, raw = ([_gap(figure(run), best) for run in runs] for figure in (_objective, _raw))
        yield Row(
            claim,
            "",
            f"{max(_gap(run.objective, best) for run in null):.2f} % (null, worst)",
            f"{max(ours):.2f} % (raw {max(raw):.2f} %), worst of {len(seeds)}",
            all(run.feasible for run in runs) and max(ours) <= 1.0,
        )


def qaoa_is_close(names: tuple[str, ...], seeds: tuple[int, ...]) -> Iterator[Row]:
    """Slack-free QAOA with 1024 final shots, raw and repaired, against uniform bits."""
    for name in names:
        path = INSTANCES / "mdkp" / f"{name}.dat"
        claim = f"{name}: QAOA within 7 % with {SHOTS} shots" + (", raw too" if name != "pb5" else "")
        if not path.exists():
            yield from skipped(claim, path)
            continue
        problem, best = read(path, "mdkp"), _optima(path.parent)[path.name]
        runs = [Penalty(Qaoa(shots=SHOTS)).solve(problem, seed=seed, progress=False) for seed in seeds]
        null = [Uniform(samples=SHOTS).solve(problem, seed=seed, progress=False) for seed in seeds]
        raw, repaired = ([_gap(f(run), best) for run in runs] for f in (_raw, _objective))
        null_raw, null_repaired = ([_gap(f(run), best) for run in null] for f in (_raw, _objective))
        yield Row(
            claim,
            "",
            f"null: raw {max(null_raw):.2f} %, repaired {max(null_repaired):.2f} %",
            f"raw {max(raw):.2f} %, repaired {max(repaired):.2f} %, worst of {len(seeds)}",
            max(repaired) <= 7.0 and (name == "pb5" or max(raw) <= 7.0),
        )


def toroidal_cut(seeds: tuple[int, ...], seconds: float) -> Iterator[Row]:
    """Tabu search on G11 within a time limit."""
    path = INSTANCES / "maxcut" / "G11.txt"
    claim = f"G11: tabu cuts >= 560 in {seconds:g} s"
    if not path.exists():
        yield from skipped(claim, path)
        return
    problem = read(path, "maxcut")
    cuts = [
        Tabu(restarts=10**6).solve(problem, seed=s, time_limit=seconds, progress=False).objective
        for s in seeds
    ]
    null = Uniform(samples=SHOTS).solve(problem, seed=1, progress=False).objective
    yield Row(
        claim,
        "564 best known",
        f"{null:g} (uniform bits + flips)",
        f"{min(cuts):g}, worst of {len(seeds)}",
        min(cuts) >= 560,
    )


def _optima(folder: Path) -> dict[str, float]:
    with (folder / "OPTIMA.csv").open() as lines:
        return {row["instance"]: float(row["optimum"]) for row in csv.DictReader(lines)}


def _gap(value: float, best: float) -> float:
    return 100 * (best - value) / best


def _objective(result: Result) -> float:
    return result.objective


def _raw(result: Result) -> float:
    """The best objective before repair, minus infinity where no sample was feasible."""
    last = result.history[-1]
    return last["objective"] if last["violation"] == 0 else -np.inf


def _raw_and_repaired(result: Result, best: float) -> str:
    return f"raw {_gap(_raw(result), best):.2f} %, repaired {_gap(result.objective, best):.2f} %"


def _samples(result: Result) -> int:
    return len(result.candidates)
