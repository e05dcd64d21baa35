"""VQE: the variational quantum eigensolver, with any circuit, any optimizer and any backend.

References: Peruzzo et al., arXiv 1304.3061; Kandala et al., arXiv 1704.05018; layerwise training after Skolik
et al., arXiv 2006.14904.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from backends.backend import Backend
from backends.circuits import CircuitAnsatz
from backends.gate_translation import gate_sequence_of
from backends.statevector import Statevector
from backends.workload import Expectation
from classical.minimisation.lbfgs import Lbfgs
from hybrid.ansatz_forms import AnsatzForm, HardwareEfficient
from hybrid.barren_plateau import gradient_variance
from hybrid.variational import CircuitEnergy
from problems.checking import check_integer, check_number, frozen_array
from problems.contract import Array, Solver
from problems.errors import ProblemError
from problems.ground_state import GateSequence, GroundState
from problems.minimisation import Minimisation
from problems.run import Run

KICK = 0.1  # radians: at exactly 0 a basis state has no slope in any rotation


@dataclass(frozen=True)
class Vqe(Solver[GroundState, GateSequence]):
    """Minimise the energy of a parametrised circuit; the answer is the circuit with its angles.

    Attributes:
        ansatz: A recipe such as ``HardwareEfficient`` or ``QubitExcitations``, a ``GateSequence``, or a
            ``CircuitAnsatz`` that holds a Qiskit circuit of standard gates.
        optimizer: Trains the angles.
        backend: Where circuits run.
        start: The parameters; None draws them near 0 (a normal of 0.1), so that a recipe starts near its
            reference; "uniform" draws them from [−π, π].
        restarts: How many starts are trained; the best is kept.
        reference: Whether a recipe starts from the basis state of least energy.
        layerwise: Train one layer more at a time, first the new one alone, then all.
        precision: Standard error asked for per energy; None for exact ones.
        points: Random points at which the gradient's variance is measured first, where the backend has exact
            gradients; a barren plateau is then reported in the message. 0 leaves it out.
    """

    ansatz: AnsatzForm | GateSequence | CircuitAnsatz = field(default_factory=HardwareEfficient)
    optimizer: Solver[Minimisation, Array] = field(default_factory=lambda: Lbfgs(evaluations=400))
    backend: Backend = field(default_factory=Statevector)
    start: tuple[float, ...] | str | None = None
    restarts: int = 1
    reference: bool = True
    layerwise: bool = False
    precision: float | None = None
    points: int = 16

    def __post_init__(self):
        check_integer("restarts", self.restarts, 1)
        check_integer("points", self.points, 0)
        if self.points == 1:
            raise ProblemError("points", 1, "0, or at least 2: a variance is measured")
        if self.precision is not None:
            check_number("precision", self.precision, 0.0, open_low=True)
        if isinstance(self.start, str) and self.start != "uniform":
            raise ProblemError("start", self.start, 'parameters, "uniform" or None')
        if not isinstance(self.start, str | None):
            frozen_array("start", self.start, shape=(None,))
            if self.restarts > 1:
                raise ProblemError("restarts", self.restarts, "1 from given parameters")
        if not isinstance(self.ansatz, AnsatzForm | GateSequence | CircuitAnsatz):
            raise ProblemError("ansatz", self.ansatz, "an AnsatzForm, a GateSequence or a CircuitAnsatz")
        if self.layerwise and not isinstance(self.ansatz, AnsatzForm):
            raise ProblemError("layerwise", True, "False for a circuit that has no recipe")

    def circuit(self, problem: GroundState, layers: int | None = None) -> GateSequence:
        """Return the circuit with free parameters; of a recipe with fewer layers if wanted."""
        if isinstance(self.ansatz, GateSequence):
            return self.ansatz
        if isinstance(self.ansatz, CircuitAnsatz):
            return gate_sequence_of(self.ansatz)
        form = self.ansatz if layers is None else self.ansatz.shallower(layers)
        return form.build(problem.hamiltonian, problem.starting_bits if self.reference else None)

    def unsuitable(self, problem: GroundState) -> str | None:
        """Refuse another width, and parameters that do not fit; ask the backend."""
        circuit = self.circuit(problem)
        if circuit.num_qubits != problem.hamiltonian.num_qubits:
            width = problem.hamiltonian.num_qubits
            return f"its circuit has {circuit.num_qubits} qubits, and the Hamiltonian {width}"
        broken = {name: amount for name, amount in problem.violations(circuit).items() if amount}
        if broken:
            amounts = ", ".join(f"{name} by {amount:g} gates" for name, amount in broken.items())
            return f"its circuit breaks the problem's limits: {amounts}"
        if circuit.num_parameters == 0:
            return "its circuit has no free parameter"
        if isinstance(self.start, tuple) and len(self.start) != circuit.num_parameters:
            return f"start has {len(self.start)} parameters, and its circuit {circuit.num_parameters}"
        rows = np.zeros((1, circuit.num_parameters))
        return self.backend.unsuitable(Expectation(circuit, (problem.hamiltonian,), rows, self.precision))

    def _solve(self, problem: GroundState, run: Run) -> GateSequence:
        circuit = self.circuit(problem)
        self._look_for_plateau(circuit, problem, run)
        least = np.inf
        for k in run.steps(self.restarts, "start"):
            trained, x, value = self._descend(
                problem, first_parameters(self.start, circuit.num_parameters, run), run
            )
            run.record(step=k, objective=value, parameters=tuple(x.tolist()))
            if value < least:
                least = value
                run.offer(trained.bind(x), value)
        return run.best

    def _look_for_plateau(self, circuit: GateSequence, problem: GroundState, run: Run) -> None:
        energy = CircuitEnergy(run, self.backend, circuit, problem.hamiltonian)
        if self.points and energy.differentiable:
            seen = gradient_variance(circuit, problem.hamiltonian, self.backend, self.points, run.seed())
            run.spent(circuits=self.points)
            if seen.is_flat:
                run.note(seen.sentence)

    def _descend(self, problem: GroundState, start: Array, run: Run) -> tuple[GateSequence, Array, float]:
        """Train from a start ``[P]``; returns the circuit (of fewer layers if time was short), its parameters
        and their energy.
        """
        circuit = self.circuit(problem)
        if not self.layerwise:
            return circuit, *self._train(problem, circuit, start, run)
        assert isinstance(self.ansatz, AnsatzForm)
        x, value = np.zeros(0), np.inf
        for layers in range(1, self.ansatz.layers + 1):
            circuit = self.circuit(problem, layers)
            grown = np.concatenate([x, start[len(x) : circuit.num_parameters]])
            if len(x) and not run.out_of_time():
                grown, _ = self._train(problem, circuit, grown, run, fixed=len(x))
            x, value = self._train(problem, circuit, grown, run)
            run.record(layers=layers, objective=value)
            if run.out_of_time():
                break
        return circuit, x, value

    def _train(
        self, problem: GroundState, circuit: GateSequence, start: Array, run: Run, fixed: int = 0
    ) -> tuple[Array, float]:
        """Train all parameters but the first ``fixed``."""
        energy = CircuitEnergy(run, self.backend, circuit, problem.hamiltonian, precision=self.precision)
        if fixed:
            free = np.eye(len(start))[:, fixed:]
            origin = np.concatenate([start[:fixed], np.zeros(len(start) - fixed)])
            energy = replace(energy, scale=free, origin=origin)
        trained = run.solve(self.optimizer, replace(energy, start=start[fixed:]))
        x = energy.parameters(trained.solution)
        value = energy.evaluate(np.asarray(trained.solution)[None], run.seed()).mean[0]
        return x, float(value) + problem.energy_shift


def first_parameters(start: tuple[float, ...] | str | None, width: int, run: Run) -> Array:
    """Return parameters ``[P]`` to begin with: those given, or drawn as the field ``start`` says."""
    if isinstance(start, tuple):
        return np.array(start, dtype=float)
    if start == "uniform":
        return run.rng.uniform(-np.pi, np.pi, width)
    return run.rng.normal(scale=KICK, size=width)
