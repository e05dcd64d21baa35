"""All atoms from hydrogen to uranium, by both equations."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from classical.chemistry import AtomFiniteElements
from problems.chemistry import Atom
from problems.chemistry.occupations import HEAVIEST
from tests.claims.table import Row

NIST = 1.5e-6  # Hartree: the tables promise 1e-6 and print so many decimals


def rows() -> Iterator[Row]:
    """One row an equation."""
    for relativity in ("none", "dirac"):
        started, unsettled = time.process_time(), []
        virials, charges, errors = [], [], []
        for charge in range(1, HEAVIEST + 1):
            result = AtomFiniteElements().solve(Atom(charge, relativity), progress=False)
            metrics = result.evaluation.metrics
            if result.status != "converged" or not result.feasible:
                unsettled.append(charge)
            virials.append(abs(metrics["virial"]))
            charges.append(abs(metrics["charge_error"]))
            if "energy_error" in metrics:
                errors.append(abs(metrics["energy_error"]))
        seconds = time.process_time() - started
        kept = max(virials) <= 1e-6 and max(charges) <= 1e-10 and max(errors) <= NIST
        holds = not unsettled and kept
        equation = "Dirac" if relativity == "dirac" else "Schrödinger"
        yield Row(
            f"H … U, {equation}: all 92 settle, virial <= 1e-6, charge <= 1e-10, totals within {NIST:g}",
            f"{len(errors)} totals listed",
            "",
            f"virial {max(virials):.1e} (Z = {int(np.argmax(virials)) + 1}), charge {max(charges):.1e}, "
            f"totals {max(errors):.1e}; {seconds:.0f} s",
            bool(holds),
            f"Z = {unsettled} did not settle" if unsettled else "" if holds else "a figure is past its bar",
        )
