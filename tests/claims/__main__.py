"""Set claims beside ours: ``python -m tests.claims`` lists them, ``python -m tests.claims NAME …`` runs them.

The exit status is 1 if a claim does not hold and does not say why.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import time
from pathlib import Path

from tests.claims.table import COLUMNS, Row

THREADS = ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS")
CLAIMS = {
    "frame": "tests.claims.frame",
    "building": "tests.claims.building",
    "floor": "tests.claims.floor",
    "qaoa": "tests.claims.qaoa",
    "simulators": "tests.claims.simulators",
    "ibm": "tests.claims.ibm",
    "40": "tests.claims.cutting_slack",
    "16": "tests.claims.graph_shrinking",
    "29": "tests.claims.circuit_search",
    "28": "tests.claims.consensus",
    "39": "tests.claims.target_surrogates",
    "43": "tests.claims.one_byte",
    "23": "tests.claims.flag",
    "optimizers": "tests.claims.optimizers",
    "02": "tests.claims.light_bridge",
    "13": "tests.claims.tensor_products",
    "14": "tests.claims.gaunt_products",
    "17": "tests.claims.atoms",
}


def main() -> int:
    """Run the claims that were named."""
    parser = argparse.ArgumentParser(prog="python -m tests.claims", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="claims to run; none lists them")
    parser.add_argument("--all", action="store_true", help="run all of them")
    parser.add_argument(
        "--quick", action="store_true", help="the short form, under 30 s each (ibm: up to 3 minutes)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows to a file too")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in CLAIMS]
    if unknown:
        parser.error(f"unknown claim {unknown[0]!r}; there are: {', '.join(CLAIMS)}")
    names = list(CLAIMS) if options.all else options.names
    if not names:
        for name, module in CLAIMS.items():
            print(f"{name:<12} {(importlib.import_module(module).__doc__ or '').splitlines()[0]}")
        return 0
    for name in THREADS:  # one thread each: ratios compare kernels, and beside other work a second one spins
        os.environ.setdefault(name, "1")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    rows = {name: run(name, options.quick) for name in names}
    if options.json:
        options.json.write_text(
            json.dumps({k: [row.record() for row in part] for k, part in rows.items()}, indent=1)
        )
    unexplained = [row for part in rows.values() for row in part if row.holds is False and not row.reason]
    return 1 if unexplained else 0


def run(name: str, quick: bool) -> list[Row]:
    """Run one claim and print its rows as they come."""
    module = importlib.import_module(CLAIMS[name])
    print(f"# {name}: {(module.__doc__ or '').splitlines()[0]}")
    print(" | ".join(COLUMNS))
    start, rows = time.monotonic(), []
    for row in module.rows(quick):
        rows.append(row)
        print(" | ".join(row.cells()), flush=True)
    print(f"{len(rows)} rows in {time.monotonic() - start:.0f} s\n")
    return rows


if __name__ == "__main__":
    sys.exit(main())
