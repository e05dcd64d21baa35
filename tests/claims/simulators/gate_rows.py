"""Batches of different circuits on molecules against lightning and Qiskit's estimator."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from backends.statevector.circuit_batch import CircuitBatch
from tests.claims.simulators import sdk_peers
from tests.claims.simulators.contest import Timing, differ, race, readable
from tests.claims.simulators.instances import CIRCUITS, GATES, circuits, hamiltonian
from tests.claims.table import Row

VALUE = {"LiH-4": (150.0, "216"), "LiH-6": (100.0, "153"), "H2O-8": (70.0, "98")}
GRADIENT = {"LiH-4": (110.0, "167"), "LiH-6": (60.0, "92"), "H2O-8": (30.0, "43")}
ESTIMATOR = {"LiH-4": (1000.0, "1547"), "LiH-6": (550.0, "843"), "H2O-8": (320.0, "480")}


def rows(quick: bool) -> Iterator[Row]:
    """Every molecule; the quick form takes the first with few circuits."""
    for molecule in ("LiH-4",) if quick else GATES:
        yield from contest(molecule, 8 if quick else CIRCUITS, 3 if quick else 7)


def contest(molecule: str, count: int, repeats: int) -> Iterator[Row]:
    """Energies and gradients of all circuits, per circuit."""
    name, gates = GATES[molecule]
    qubits = int(molecule[-1])
    observable, real = hamiltonian(name, qubits)
    drawn = circuits(qubits, gates, count)
    rng = np.random.default_rng(1)
    parameters = [rng.uniform(-np.pi, np.pi, circuit.num_parameters) for circuit in drawn]
    batch = CircuitBatch(drawn)
    value, gradient = sdk_peers.lightning_gates(drawn, parameters, observable)
    times = race(
        {
            "energies": lambda: batch.energies(parameters, observable),
            "gradients": lambda: np.concatenate(batch.energies_and_gradients(parameters, observable)[1]),
            "lightning": value,
            "adjoint": gradient,
            "estimator": sdk_peers.estimator_gates(drawn, parameters, observable),
        },
        repeats,
    )
    note = "" if real else " (random strings: the molecule's file is not at hand)"
    for what, ours, theirs, (bar, measured) in (
        ("energy", "energies", "lightning", VALUE[molecule]),
        ("gradient", "gradients", "adjoint", GRADIENT[molecule]),
        ("energy", "energies", "estimator", ESTIMATOR[molecule]),
    ):
        peer = {"lightning": "lightning", "adjoint": "lightning", "estimator": "StatevectorEstimator"}[theirs]
        claim = f"{what} of a circuit on {molecule}{note}: {bar:g} times faster than {peer}"
        yield _row(claim, measured, times[ours], times[theirs], bar, count)


def _row(claim: str, measured: str, ours: Timing, theirs: Timing, bar: float, count: int) -> Row:
    ratio, wrong = theirs.cpu / ours.cpu, differ(ours.value, theirs.value)
    holds = wrong is None and ratio >= bar
    reason = wrong or ("" if holds else f"the ratio is {ratio:.3g}")
    shown = f"{readable(ours.cpu / count)}, ratio {ratio:.3g}"
    return Row(claim, measured, readable(theirs.cpu / count), shown, holds, reason)
