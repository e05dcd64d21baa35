"""What each part is worth: veto, recalculation, source; one row per choice, and the price of relaxations."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from classical.binary import SimulatedAnnealing
from hybrid.graph_shrinking import GraphShrinking, Recalculation
from hybrid.graph_shrinking.correlations import (
    CutCorrelation,
    LiftedCorrelation,
    RandomCorrelation,
    SampledCorrelation,
    SemidefiniteCorrelation,
    SingleLayerCorrelation,
    ThermalCorrelation,
)
from hybrid.qaoa import Qaoa
from problems.contract import Result
from tests.claims.graph_shrinking.instances import (
    at_hand,
    figures_alone,
    gap,
    instance,
    optimum,
    path_of,
    raw_gap,
)
from tests.claims.table import Row, skipped

NAMES = ("hp1", "pb1", "pb4", "weing1")
SMALL = ("pet4", "pb5")  # few enough items to be simulated before anything is shrunk
PLANS = {
    "once": Recalculation.once(),
    "a fixed twentieth": Recalculation(decay=0.0, stale=None),
    "adaptive": Recalculation(),
    "every tie": Recalculation(every=1),
}
BASE = GraphShrinking(
    target_qubits=12, source=SemidefiniteCorrelation(), inner=SimulatedAnnealing(8, 100, 7), ties_per_step=1
)


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    names = at_hand("mdkp", NAMES[:1] if quick else NAMES)
    if not names:
        yield from skipped("ablation", path_of("mdkp", "hp1"))
        return
    seeds = (1,) if quick else (1, 2, 3, 4, 5)
    restarts = 1 if quick else 3
    yield from recalculations(names, seeds, restarts)
    yield from sources(names, seeds, quick)


def recalculations(names: list[str], seeds: tuple[int, ...], restarts: int) -> Iterator[Row]:
    """Raw gaps and relaxations of each plan."""
    found = {label: figures(names, seeds, replace(BASE, recalculation=plan, restarts=restarts))
             for label, plan in PLANS.items()}  # fmt: skip
    for label, row in found.items():
        yield figures_alone(f"recalculation {label}, 12 qubits", told(row))
    every, adaptive, fixed = (found[label] for label in ("every tie", "adaptive", "a fixed twentieth"))
    share, share_fixed = (row["calculations"] / every["calculations"] for row in (adaptive, fixed))
    yield Row(
        "adaptive recalculation: raw gap at most 1 point above every tie's, <= 60 % of its relaxations",
        "",
        f"every tie {every['raw']:.2f} %, a fixed twentieth {fixed['raw']:.2f} % at {share_fixed:.0%}",
        f"{adaptive['raw']:.2f} % at {share:.0%}",
        adaptive["raw"] <= every["raw"] + 1.0 and share <= 0.6,
    )


def sources(names: list[str], seeds: tuple[int, ...], quick: bool) -> Iterator[Row]:
    """All sources with and without veto."""
    table = {
        "lifted": LiftedCorrelation(), "SDP": SemidefiniteCorrelation(),
        "one layer": SingleLayerCorrelation(), "cut LP": CutCorrelation(),
        "thermal": ThermalCorrelation(), "random": RandomCorrelation(),
    }  # fmt: skip
    if quick:
        table = {label: table[label] for label in ("SDP", "random")}
    raw = {}
    for label, source in table.items():
        few = seeds[:1] if label == "cut LP" else seeds  # its linear programs take ten seconds a run
        for veto in ("hard", "off"):
            row = figures(names, few, replace(BASE, source=source, veto=veto))
            raw[label, veto] = row["raw"]
            yield figures_alone(f"{label}, veto {veto}, 12 qubits", told(row))
    yield Row(
        "SDP correlations lose less than random ones, raw, veto hard",
        "",
        f"{raw['random', 'hard']:.2f} %",
        f"{raw['SDP', 'hard']:.2f} %",
        raw["SDP", "hard"] < raw["random", "hard"],
    )
    if not quick and at_hand("mdkp", SMALL):
        yield from few_items()


def few_items() -> Iterator[Row]:
    """Sampled correlations of three layers on a statevector, beside others on the same twenty items."""
    table = {
        "three layers": SampledCorrelation(Qaoa(layers=3, optimizer=None)),
        "SDP": SemidefiniteCorrelation(), "random": RandomCorrelation(),
    }  # fmt: skip
    for label, source in table.items():
        for veto in ("hard", "off"):
            row = figures(at_hand("mdkp", SMALL), (1, 2, 3, 4, 5), replace(BASE, source=source, veto=veto))
            yield figures_alone(f"{label}, veto {veto}, 12 of 20 qubits ({', '.join(SMALL)})", told(row))


def figures(names: list[str], seeds: tuple[int, ...], solver: GraphShrinking) -> dict[str, float]:
    """Return means over instances and seeds."""
    start, kept = time.monotonic(), []
    for name in names:
        problem, best = instance("mdkp", name), optimum("mdkp", name)
        for seed in seeds:
            result = solver.solve(problem, seed=seed, progress=False)
            summary = [row for row in result.history if "samples" in row]
            kept.append(
                (
                    raw_gap(result, best), gap(result.objective, best), summary[0]["feasible_share"],
                    result.resources["repair_edits"],
                    calculations(result),
                )
            )  # fmt: skip
    means = np.mean(kept, axis=0).tolist()
    seconds = (time.monotonic() - start) / len(kept)
    return dict(zip(("raw", "repaired", "feasible", "edits", "calculations"), means, strict=True)) | {
        "seconds": seconds
    }


def calculations(result: Result) -> float:
    """Return how often correlations were calculated, in the mean over restarts."""
    last = {row["restart"]: row["calculation"] for row in result.history if "calculation" in row}
    return float(np.mean(list(last.values())))


def told(row: dict[str, float]) -> str:
    """Say the figures in a line."""
    return (
        f"raw {row['raw']:.2f} %, repaired {row['repaired']:.2f} %, {row['feasible']:.0%} feasible, "
        f"{row['edits']:.1f} edits, {row['calculations']:.1f} calculations, {row['seconds']:.1f} s"
    )
