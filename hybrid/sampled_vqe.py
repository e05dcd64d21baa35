"""A QUBO sampled from any trained circuit, the cost's own or not: VQE and CVaR-VQE for optimisation.

Reference: Barkoutsos et al., "Improving variational quantum optimization using CVaR", arXiv 1907.04769.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from backends.circuits import CircuitAnsatz
from backends.workload import Ansatz
from hybrid.ansatz_forms import AnsatzForm, HamiltonianVariational, HardwareEfficient
from hybrid.sampling_loop import SamplingLoop
from hybrid.variational import CircuitEnergy
from problems.binary.qubo import Qubo
from problems.checking import frozen_array
from problems.contract import Array
from problems.errors import ProblemError
from problems.ground_state import GateSequence, PauliSum
from problems.run import Run


@dataclass(frozen=True)
class SampledVqe(SamplingLoop):
    """Prepare low-energy samples by a circuit that need not know the cost, and judge every sample.

    ``SampledVqe(HardwareEfficient(layers=1), cvar=0.1)`` is CVaR-VQE.

    Attributes:
        form: A recipe, a ``GateSequence``, or a ``CircuitAnsatz`` that holds any Qiskit circuit.
        start: Parameters to begin with; None draws them from [−π, π].
    """

    form: AnsatzForm | GateSequence | CircuitAnsatz = field(
        default_factory=lambda: HardwareEfficient(layers=1)
    )
    start: tuple[float, ...] | None = None

    def __post_init__(self):
        super().__post_init__()
        if not isinstance(self.form, AnsatzForm | GateSequence | CircuitAnsatz):
            raise ProblemError("form", self.form, "an AnsatzForm, a GateSequence or a CircuitAnsatz")
        if self.start is not None:
            frozen_array("start", self.start, shape=(None,))

    def ansatz(self, problem: Qubo, seed: int = 0) -> Ansatz:
        """Return the circuit as data; qubit k is variable k."""
        if not isinstance(self.form, AnsatzForm):
            return self.form
        return self.form.build(_width_alone(self.form, problem))

    def unsuitable(self, problem: Qubo) -> str | None:
        """Refuse a circuit of another width or number of parameters than the start, and ask the backends."""
        ansatz = self.ansatz(problem)
        if ansatz.num_qubits != problem.n:
            return f"its circuit has {ansatz.num_qubits} qubits, and the problem {problem.n} variables"
        if self.start is not None and len(self.start) != ansatz.num_parameters:
            return f"start has {len(self.start)} parameters, and its circuit {ansatz.num_parameters}"
        return super().unsuitable(problem)

    def _population(self) -> int:
        return 0

    def _energy(self, problem: Qubo, run: Run) -> CircuitEnergy:
        ansatz = self.ansatz(problem)
        shots = self._shots_in_training(problem, ansatz)
        return CircuitEnergy(run, self.trained_on, ansatz, problem.ising, None, None, shots, self.cvar)

    def _first(self, problem: Qubo, energy: CircuitEnergy, run: Run) -> Array:
        if self.start is not None:
            return np.array(self.start, dtype=float)
        return run.rng.uniform(-np.pi, np.pi, energy.dimension)


def _width_alone(form: AnsatzForm, problem: Qubo) -> PauliSum:
    """The cost as a Pauli sum; for recipes that only look at the width, one string is enough."""
    if isinstance(form, HamiltonianVariational):
        return PauliSum.from_ising(problem.ising)
    return PauliSum(problem.n, ("I" * problem.n,), np.ones(1))
