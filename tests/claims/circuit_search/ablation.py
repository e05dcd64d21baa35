"""What each piece is worth: the search with it left out, on hydrogen with four qubits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from hybrid.circuit_search import Crlqas, DoubleDqn, MovingThreshold, QuantileThreshold, VanillaCurriculum
from tests.claims.circuit_search.molecules import ending, errors, found, molecule, path_of, share
from tests.claims.table import Row, skipped

BASE = Crlqas(
    episodes=600,
    curriculum=QuantileThreshold(first=1.016),
    learner=DoubleDqn(hidden=(128, 128), decay=4000),
)
VARIANTS: dict[str, dict[str, object]] = {
    "all of it": {},
    "the record as threshold": {"curriculum": MovingThreshold(every=50, first=1.016)},
    "a fixed threshold": {"curriculum": VanillaCurriculum((1.016,))},
    "no mask": {"mask": False},
    "no halting": {"halting": None},
    "one-step returns": {"learner": replace(BASE.learner, n_step=1)},
    "the raw energy": {"energy_feature": "raw"},
}


def rows(quick: bool) -> Iterator[Row]:
    """One row for each variant; the quick form runs none."""
    name = "H2_4q_r0.70"
    if quick:
        return
    if not path_of(name).exists():
        yield from skipped("ablation", path_of(name))
        return
    problem, whole = molecule(name), 0.0
    for label, fields in VARIANTS.items():
        search = replace(BASE, **fields)  # pyright: ignore[reportArgumentType]
        runs = [search.solve(problem, seed=seed, progress=False) for seed in range(5)]
        shares = [share(ending(errors(run))) for run in runs]
        mean = float(np.mean(shares))
        whole = mean if label == "all of it" else whole
        gates = np.mean([ending(np.array([row["gates"] for row in run.history])).mean() for run in runs])
        ours = (
            f"{mean:.0%} ({min(shares):.0%} to {max(shares):.0%}), {gates:.1f} gates; best {found(runs[0])}"
        )
        holds = whole >= mean - 0.05
        reason = "" if holds else "the piece does not pay here"
        yield Row(f"H2, share of the last fifth, 5 seeds: {label}", "", f"{whole:.0%}", ours, holds, reason)
    yield Row("H2: angles in the encoding", "", "", "", None, "not run here: states are kept without angles")
