"""The command line from a file to an answer: published optima on the width that was asked for."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from hybrid.cli import main
from tests.claims.graph_shrinking.instances import at_hand, gap, instance, optimum, path_of
from tests.claims.table import Row, skipped

SETS = ("1tc.8", "1tc.16", "1tc.32", "1tc.64", "1dc.64", "1et.64")
ASSIGNMENTS = ("tai10a", "had12", "chr12a")
KNAPSACKS = ("hp1", "pb1", "pet5", "weing1")
SEEN = ("raw violations", "repair edits", "polish gain")
MOST_GAP = {"mis": 0.0, "qap": 0.0, "mdkp": 1.0}


def rows(quick: bool) -> Iterator[Row]:
    """All rows; the quick form takes one graph and one knapsack."""
    cases = [("mis", name) for name in (("1dc.64",) if quick else SETS)]
    cases += [("qap", name) for name in (() if quick else ASSIGNMENTS)]
    cases += [("mdkp", name) for name in (("hp1",) if quick else KNAPSACKS)]
    for kind, name in cases:
        if at_hand(kind, [name]):
            yield command(kind, name)
        else:
            yield from skipped(f"hybrid solve {name}", path_of(kind, name))


def width_for(kind: str, name: str) -> int:
    """A fifth of the nodes of a graph, 16 qubits for an assignment, 20 for a knapsack."""
    return {"mis": int(np.ceil(instance(kind, name).n / 5)), "qap": 16, "mdkp": 20}[kind]


def command(kind: str, name: str) -> Row:
    """Run ``hybrid solve`` with the default solver and read what it prints and what it writes."""
    width, start = width_for(kind, name), time.process_time()
    record, text, status = answer(path_of(kind, name), width)
    seconds = time.process_time() - start
    off, broken = gap(record["objective"], optimum(kind, name)), record["raw_violations"]
    exact = kind != "mdkp"
    claim = f"{name} to {width} qubits by the command line: gap <= {MOST_GAP[kind]:g} %"
    raw, null = raw_and_null(record["message"])
    fine = status == 0 and record["feasible"] and record["polish_gain"] == 0
    fine = fine and record["qubits"] <= width and all(name in text for name in SEEN)
    return Row(
        claim + (", no raw violation" if exact else ", raw beside it"),
        "",
        f"uniform bits on the same qubits: {null}",
        f"{record['objective']:g}, gap {off:.2f} %; best sample {raw}; lowest sample breaks {broken:g} rows; "
        f"{record['repair_edits']:g} edits, {record['qubits']:g} qubits, {seconds:.0f} CPU s",
        bool(fine and off <= MOST_GAP[kind] and not (exact and broken)),
    )


def answer(path: Path, width: int) -> tuple[dict, str, int]:
    """Return the record, the text and the exit status of one command."""
    with tempfile.TemporaryDirectory() as folder:
        file, text = Path(folder) / "answer.json", io.StringIO()
        with contextlib.redirect_stdout(text):
            status = main(
                ["solve", str(path), "--solver", "graph-shrinking", "--set", f"target_qubits={width}",
                 "--seed", "1", "--json", str(file)]
            )  # fmt: skip
        return json.loads(file.read_text()), text.getvalue(), status


def raw_and_null(message: str) -> tuple[str, str]:
    """Return what the message says about the best sample, and about uniform bits."""
    found = message.split("best sample raw ")[-1]
    raw, null = found.split("; as many uniform bits on the same qubits: raw ")
    return f"raw {raw}", f"raw {null.split(';')[0]}"
