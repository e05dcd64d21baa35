"""VQE on a fleet of devices, some of which may be faulty: every device measures the same gradient.

Reference of the aggregation: Almasi, Mishra, Vamanan, Ravi, arXiv 2302.05865.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from backends.backend import Backend
from backends.circuits import CircuitAnsatz
from backends.statevector import Statevector
from backends.workload import Expectation
from classical.distributed.robust_training import RobustTraining
from hybrid.ansatz_forms import AnsatzForm, HardwareEfficient
from hybrid.variational import CircuitEnergy
from hybrid.vqe import Vqe, first_parameters
from problems.checking import check_integer, check_number
from problems.contract import Array, Evaluation, Solver
from problems.distributed import Fleet
from problems.distributed.attacks import Attack
from problems.errors import ProblemError
from problems.ground_state import GateSequence, GroundState
from problems.minimisation import Minimisation, Values
from problems.run import Run


@dataclass(frozen=True)
class FleetVqe(Solver[GroundState, GateSequence]):
    """Minimise a circuit's energy on several backends at once; the answer is the circuit with its angles.

    In every step each backend gets one job, the shifted circuits of one gradient, and the optimizer sees the
    gradients alone; its scores of the backends are in the history.

    Attributes:
        ansatz: A recipe such as ``HardwareEfficient``, a ``GateSequence``, or a ``CircuitAnsatz`` that holds
            a Qiskit circuit of standard gates.
        optimizer: Trains the angles on the fleet.
        backends: One worker each.
        start: The parameters; None draws them near 0 (a normal of 0.1), "uniform" from [−π, π].
        reference: Whether a recipe starts from the basis state of least energy.
        precision: Standard error asked for per energy; None for exact ones.
        faulty: Which backends are made to fail, in a simulation of failures.
        attack: What those send.
        drop_rate: Probability with which a coordinate of a gradient is lost on its way.
    """

    ansatz: AnsatzForm | GateSequence | CircuitAnsatz = field(default_factory=HardwareEfficient)
    optimizer: Solver[Fleet, Array] = field(default_factory=RobustTraining)
    backends: tuple[Backend, ...] = field(default_factory=lambda: (Statevector(),) * 3)
    start: tuple[float, ...] | str | None = None
    reference: bool = True
    precision: float | None = None
    faulty: tuple[int, ...] = ()
    attack: Attack | None = None
    drop_rate: float = 0.0

    def __post_init__(self):
        if not self.backends or not all(isinstance(backend, Backend) for backend in self.backends):
            raise ProblemError("backends", self.backends, "one backend at least, and nothing else")
        self._alone(self.backends[0])  # checks what the fleet shares with VQE on one backend
        for worker in self.faulty:
            check_integer("faulty", worker, 0, len(self.backends) - 1)
        if self.faulty and self.attack is None:
            raise ProblemError("attack", None, "what the faulty backends send", "for example Reversal()")
        check_number("drop_rate", self.drop_rate, 0.0, 1.0)

    def _alone(self, backend: Backend) -> Vqe:
        """The same circuit and start on one backend."""
        return Vqe(
            self.ansatz,
            backend=backend,
            start=self.start,
            reference=self.reference,
            precision=self.precision,
        )

    def circuit(self, problem: GroundState) -> GateSequence:
        """Return the circuit with free parameters."""
        return self._alone(self.backends[0]).circuit(problem)

    def unsuitable(self, problem: GroundState) -> str | None:
        """Refuse what any one of the backends refuses."""
        for k, backend in enumerate(self.backends):
            if why := self._alone(backend).unsuitable(problem):
                return f"backends[{k}]: {why}"
        return None

    def _solve(self, problem: GroundState, run: Run) -> GateSequence:
        circuit = self.circuit(problem)
        start = first_parameters(self.start, circuit.num_parameters, run)
        energies = (
            CircuitEnergy(run, backend, circuit, problem.hamiltonian, start, precision=self.precision)
            for backend in self.backends
        )
        workers = tuple(DeviceEnergy(energy) for energy in energies)
        judged = JudgedCircuit(problem, circuit)
        fleet = Fleet(workers, judged, tuple(self.faulty), self.attack, self.drop_rate)
        trained = run.solve(self.optimizer, fleet)
        for row in trained.history:
            run.record(**row)
        if trained.message:
            run.note(trained.message)
        return circuit.bind(np.asarray(trained.solution))


@dataclass(frozen=True, eq=False)
class DeviceEnergy(Minimisation):
    """A circuit's energy on one device, sent first and collected later: the devices of a fleet work at once.

    Attributes:
        energy: The circuit's loop on that device, whose x is the circuit's own parameters.
    """

    energy: CircuitEnergy

    @property
    def dimension(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """P."""
        return self.energy.dimension

    @property
    def start(self) -> Array | None:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Where the loop begins."""
        return self.energy.start

    @property
    def period(self) -> Array | None:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Of the circuit's parameters."""
        return self.energy.period

    @property
    def degree(self) -> Array | None:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Of the energy along each parameter."""
        return self.energy.degree

    @cached_property
    def noisy(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Whether the device's energies are samples."""
        return self.energy.noisy

    @cached_property
    def differentiable(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Whether the device is a simulator with gradients."""
        return self.energy.differentiable

    def evaluate(self, x: Array, seed: int, gradient: bool = False) -> Values:
        """Evaluate ``[B, P]`` as one job and wait for it."""
        return self.begin(x, seed, gradient)()

    def begin(self, x: Array, seed: int, gradient: bool = False) -> Callable[[], Values]:
        """Send one job for ``[B, P]``; the call of what is returned waits for it."""
        loop = self.energy
        work = Expectation(
            loop.ansatz, (loop.observable,), loop.parameters(x), loop.precision, gradient=gradient, seed=seed
        )
        job = loop.run.submit(loop.backend, work)

        def finish() -> Values:
            outcome = loop.run.result(job)
            slopes = None if outcome.gradient is None else outcome.gradient[:, 0]
            return Values(outcome.mean[:, 0], outcome.error[:, 0] if self.noisy else None, slopes)

        return finish

    def exact(self, x: Array) -> Array:
        """Return the device's noiseless energies ``[B]``."""
        return self.energy.exact(x)


@dataclass(frozen=True, eq=False)
class JudgedCircuit(Minimisation):
    """The judge's energy of a circuit as a function of its parameters.

    Attributes:
        problem: Judges circuits.
        circuit: With free parameters.
    """

    problem: GroundState
    circuit: GateSequence

    @property
    def dimension(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """P."""
        return self.circuit.num_parameters

    def evaluate(self, x: Array, seed: int, gradient: bool = False) -> Values:
        """Evaluate ``[B, P]`` without noise."""
        return Values(self.exact(x))

    def exact(self, x: Array) -> Array:
        """Return the judge's energies ``[B]``."""
        return np.array([self.problem.judge(self.circuit.bind(row)).objective for row in np.asarray(x)])

    def judge(self, solution: Array) -> Evaluation:
        """Judge the bound circuit."""
        return self.problem.judge(self.circuit.bind(np.asarray(solution)))
