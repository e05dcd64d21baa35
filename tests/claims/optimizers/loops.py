"""The loops that the optimizers are set on, each a circuit's energy from a given start."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from backends import QaoaAnsatz, Statevector
from backends.workload import Ansatz, Observable
from hybrid import HardwareEfficient
from hybrid.variational import CircuitEnergy
from problems.binary import MaxCut, MultidimensionalKnapsack, Qubo
from problems.contract import Array, Evaluation, Problem, Solver
from problems.ground_state import GroundState
from problems.minimisation import Minimisation
from problems.run import Run
from tests.claims.table import INSTANCES

LAYERS = 4
SHOTS = 1000
QAOA, VQE = "QAOA p=4", "VQE"


@dataclass(frozen=True, eq=False)
class Loop(Problem[Array]):
    """The energy of a circuit, before any run pays for it.

    Attributes:
        name: Of the instance.
        kind: QAOA or VQE.
        ansatz: The circuit.
        observable: What is minimised.
        floor: The least energy of all, with which errors are measured.
        level: The energy of random bits or of the maximally mixed state: a relative error of 1.
        shots: Samples of an evaluation; for Hamiltonians the standard error that as many would leave. None
            is exact.
        spread: Of the start around zero; None starts on a linear ramp.
    """

    name: str
    kind: str
    ansatz: Ansatz
    observable: Observable
    floor: float
    level: float
    shots: int | None = None
    spread: float | None = None

    def judge(self, solution: Array) -> Evaluation:
        """Score parameters by the exact energy, as a share of the way from the floor to random."""
        work = CircuitEnergy(_nobody(), Statevector(), self.ansatz, self.observable, scale=self._scale)
        energy = float(work.exact(np.asarray(solution)[None])[0])
        return Evaluation((energy - self.floor) / (self.level - self.floor))

    @property
    def _scale(self) -> Array:
        ansatz, scale = self.ansatz, np.ones(self.ansatz.num_parameters)
        if isinstance(ansatz, QaoaAnsatz):
            scale[ansatz.layers :] = 1.0 / ansatz.cost.form.on_bits().spread_on_bits()
        return scale

    def energy(self, run: Run, seed: int) -> CircuitEnergy:
        """Return the minimisation that a run pays for; β as it is, γ in units of the cost's spread."""
        width = self.ansatz.num_parameters
        if self.spread is None:
            steps = (np.arange(LAYERS) + 0.5) / LAYERS
            start = np.concatenate([-0.5 * (1 - steps), 1.0 * steps])
        else:
            start = np.random.default_rng(seed).normal(scale=self.spread, size=width)
        shots, precision = self.shots, None
        if shots is not None and self.kind == VQE:
            shots, precision = None, float(np.linalg.norm(self._weights) / np.sqrt(self.shots or 1))
        return CircuitEnergy(
            run, Statevector(), self.ansatz, self.observable, start, self._scale, shots, precision=precision
        )

    @property
    def _weights(self) -> Array:
        observable: Any = self.observable
        identity = "I" * observable.num_qubits
        pairs = zip(observable.strings, observable.coefficients, strict=True)
        return np.array([weight for string, weight in pairs if string != identity])


@dataclass(frozen=True)
class Trainer(Solver[Loop, Array]):
    """Hands a loop to an optimizer and brings back its point.

    Attributes:
        optimizer: Any solver of minimisations.
        start_seed: Of the start.
    """

    optimizer: Solver[Minimisation, Array] = field(default_factory=lambda: _default())
    start_seed: int = 0

    def _solve(self, problem: Loop, run: Run) -> Array:
        point = run.solve(self.optimizer, problem.energy(run, self.start_seed)).solution
        run.offer(point)
        return point


def qaoa_loops(few: bool) -> list[Loop]:
    """Three knapsacks by their slack-free QUBO and three cuts."""
    cuts = [MaxCut.regular(3, n, seed=n) for n in ((10,) if few else (10, 12, 14))]
    bags = [MultidimensionalKnapsack.random(n, 2, seed=n) for n in (() if few else (8, 10, 12))]
    found = [_qaoa(f"cut {cut.num_nodes}", _qubo(cut)) for cut in cuts]
    return found + [_qaoa(f"knapsack {bag.program.n}", _slack_free(bag)) for bag in bags]


def vqe_loops(few: bool) -> list[Loop]:
    """A transverse-field Ising chain of four, and lithium hydride on four qubits where its file is there."""
    loops = [_vqe("TFIM-4", GroundState.transverse_field_ising(4))]
    file = INSTANCES / "chem" / "LiH_4q_r2.2.json"
    if not few and file.exists():
        loops.append(_vqe("LiH-4", GroundState.read(file)))
    return loops


def tuning_loops() -> dict[str, Loop]:
    """One further instance of each kind, on which settings are picked."""
    return {
        QAOA: _qaoa("cut 8", _qubo(MaxCut.regular(3, 8, seed=1))),
        VQE: _vqe("TFIM-3", GroundState.transverse_field_ising(3)),
    }


def _qaoa(name: str, qubo: Qubo) -> Loop:
    cost = qubo.ising
    every = (np.arange(1 << qubo.n)[:, None] >> np.arange(qubo.n)) & 1
    energies = qubo.energies(every.astype(np.uint8))
    return Loop(name, QAOA, QaoaAnsatz(cost, LAYERS), cost, float(energies.min()), float(energies.mean()))


def _vqe(name: str, problem: GroundState) -> Loop:
    circuit = HardwareEfficient(layers=3).build(problem.hamiltonian, None)
    floor = problem.ground_energy - problem.energy_shift
    level = float(np.trace(problem.hamiltonian.matrix()).real) / 2**problem.hamiltonian.num_qubits
    return Loop(name, VQE, circuit, problem.hamiltonian, floor, level, spread=0.3)


def _qubo(cut: MaxCut) -> Qubo:
    reduction = cut.reduce((Qubo,))
    assert reduction is not None
    qubo = reduction.problem
    assert isinstance(qubo, Qubo)
    return qubo


def _slack_free(bag: MultidimensionalKnapsack) -> Qubo:
    from hybrid import SlackFree

    return SlackFree().qubo(bag)


def _nobody() -> Any:
    return None


def _default() -> Solver[Minimisation, Array]:
    from classical.minimisation import Cobyla

    return Cobyla()
