"""What each piece is worth: the search with it left out, on hydrogen with four qubits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from hybrid.circuit_search import (
    Crlqas,
    DoubleDqn,
    ExactDescent,
    MovingThreshold,
    QuantileThreshold,
    VanillaCurriculum,
    draw_shares,
)
from problems.contract import Result
from tests.claims.circuit_search.molecules import (
    ending,
    errors,
    found,
    keep_picture,
    path_of,
    share,
    wants_pictures,
)
from tests.claims.circuit_search.searches import Search, carried_out
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
    "angles beside the tensor": {"encoding": "tensor_with_angles"},
    "a list of gates with angles": {"encoding": "list_with_angles"},
    "no kick of the angles": {"optimizer": ExactDescent(kick=0.0)},
}
ALIKE = 0.05  # in the share of success, up to which two searches count as equal
SEEDS = 5


def rows(quick: bool) -> Iterator[Row]:
    """One row for each variant; the quick form runs none."""
    name = "H2_4q_r0.70"
    if quick:
        return
    if not path_of(name).exists():
        yield from skipped("ablation", path_of(name))
        return
    searches = {
        label: [Search(replace(BASE, **changed), name, seed) for seed in range(SEEDS)]  # pyright: ignore
        for label, changed in VARIANTS.items()
    }
    results = iter(carried_out([search for part in searches.values() for search in part]))
    runs = {label: [next(results) for _ in part] for label, part in searches.items()}
    for label, part in runs.items():
        yield variant(label, part, runs["all of it"])
    if wants_pictures():
        shares = {label: [share(ending(errors(run))) for run in part] for label, part in runs.items()}
        keep_picture("ablation", draw_shares(shares))


def variant(label: str, runs: list[Result], whole: list[Result]) -> Row:
    """The share of one variant beside that of the whole search."""
    shares, base = ([share(ending(errors(run))) for run in part] for part in (runs, whole))
    mean, all_of_it = float(np.mean(shares)), float(np.mean(base))
    gates = np.mean([ending(np.array([row["gates"] for row in run.history])).mean() for run in runs])
    ours = f"{mean:.0%} ({min(shares):.0%} to {max(shares):.0%}), {gates:.1f} gates; best {found(runs[0])}"
    holds = all_of_it >= mean - ALIKE
    reason = "" if holds else "the piece does not pay here"
    claim = f"H2, share of the last fifth, {SEEDS} seeds: {label}"
    return Row(claim, "", f"{all_of_it:.0%}", ours, holds, reason)
