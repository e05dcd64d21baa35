"""Hybrid runs on simulated devices through the client, held against Aer under the same noise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from backends import Aer, DeviceNoise, Expectation, Statevector
from backends.backend import Backend
from backends.workload import Ansatz, Observable
from classical.binary import Penalty
from classical.minimisation import Spsa
from hybrid import HardwareEfficient, Qaoa, Vqe
from problems.binary import MultidimensionalKnapsack
from problems.contract import Array, Result
from problems.ground_state import GroundState, PauliSum
from tests.claims.ibm.environment import remote, serving
from tests.claims.table import Row

SIGMAS = 5.0


@dataclass(frozen=True)
class Comparison:
    """An energy from a device and the same from two simulators.

    Attributes:
        measured: What the run brought back.
        error: Its standard error.
        noisy: Aer's value under the noise of the device, on the same transpiled circuit.
        ideal: The value without noise.
        result: Of the run.
    """

    measured: float
    error: float
    noisy: float
    ideal: float
    result: Result[object]

    @property
    def sigmas(self) -> float:
        """Standard errors between the device and Aer under its noise."""
        return abs(self.measured - self.noisy) / self.error

    @property
    def shift(self) -> float:
        """Standard errors between the device and the ideal value: what the comparison can tell apart."""
        return abs(self.measured - self.ideal) / self.error


def knapsack(backend: Backend, device: str, n: int = 6, shots: int = 4000) -> Comparison:
    """Solve a knapsack by slack-free QAOA, trained on the exact simulator and sampled on the device.

    The mean QUBO energy of the samples is compared. Training without noise draws nothing, so that it ends at
    the same angles on any seed.
    """
    problem = MultidimensionalKnapsack.random(n=n, m=2, seed=3)
    solver = Penalty(Qaoa(layers=1, training=Statevector(), backend=backend, shots=shots))
    result = solver.solve(problem, seed=1, progress=False)
    qubo: Any = solver.encoding.encode(problem.program).problem
    assert result.candidates is not None
    assert result.counts is not None
    trained = Qaoa(layers=1, shots=1).solve(qubo, seed=1, progress=False)
    row = np.array([trained.history[-1]["parameters"]])
    energies = np.repeat(qubo.energies(result.candidates), result.counts)
    ideal, noisy = simulated(Qaoa(layers=1).ansatz(qubo), qubo.ising, row, device)
    return Comparison(
        float(energies.mean()), float(energies.std() / np.sqrt(len(energies))), noisy, ideal, result
    )


def ground_state(backend: Backend, device: str, evaluations: int = 12, precision: float = 0.02) -> Comparison:
    """Run the whole loop of a VQE on the device, from angles that were trained without noise.

    The problem is an Ising chain in a transverse field. The energy is measured once more at the angles with
    which the loop ends, at half the standard error: the loop's own figure was chosen among others.
    """
    chain = PauliSum(3, ("ZZI", "IZZ", "XII", "IXI", "IIX"), np.array([-1.0, -1.0, -0.5, -0.5, -0.5]))
    problem, form = GroundState(chain), HardwareEfficient(layers=1)
    trained = Vqe(ansatz=form, points=0).solve(problem, seed=1, progress=False)
    solver = Vqe(
        ansatz=form,
        optimizer=Spsa(evaluations=evaluations, first_step=0.03),
        backend=backend,
        start=tuple(trained.history[-1]["parameters"]),
        precision=precision,
        points=0,
    )
    result = solver.solve(problem, seed=1, progress=False)
    circuit, row = solver.circuit(problem), np.array([result.history[-1]["parameters"]])
    again: Any = backend.submit(Expectation(circuit, (chain,), row, precision / 2, seed=1)).result(300)
    ideal, noisy = simulated(circuit, chain, row, device)
    return Comparison(float(again.mean[0, 0]), float(again.error[0, 0]), noisy, ideal, result)


def simulated(ansatz: Ansatz, observable: Observable, row: Array, device: str) -> tuple[float, float]:
    """Return the energy without noise, and Aer's with the noise of a device."""
    asked = Expectation(ansatz, (observable,), row)
    noise = DeviceNoise(f"fake_{device}", optimization_level=3, seed=0)
    engines: Any = Statevector(), Aer(noise=noise, method="density_matrix")
    ideal, noisy = (float(engine.run(asked).mean[0, 0]) for engine in engines)
    return ideal, noisy


def rows(quick: bool) -> Iterator[Row]:
    """One row for each device and method."""
    for device in ("montreal", "kingston") if quick else ("montreal", "kingston", "fez"):
        with serving(device) as stub:
            for name, solve in (("QAOA behind a penalty", knapsack), ("VQE", ground_state)):
                before = len(stub.jobs)
                found = solve(remote(device), device)
                jobs = stub.jobs[before:]
                good = found.sigmas < SIGMAS and all(job.status == "Completed" for job in jobs)
                yield Row(
                    f"{name} on {device}: within {SIGMAS:g} standard errors of Aer under its noise",
                    "",
                    f"Aer {found.noisy:.4g}, ideal {found.ideal:.4g} ({found.shift:.0f} standard errors off)",
                    f"{found.measured:.4g} ± {found.error:.2g}, {found.sigmas:.1f} off, {len(jobs)} jobs",
                    good,
                )
