"""The judge of circuits: exact energies by its own simulator, what they cost, and which limits they break."""

from __future__ import annotations

from typing import TYPE_CHECKING

from problems.contract import Array, Evaluation
from problems.errors import ProblemError
from problems.ground_state.gate_sequence import ROTATIONS, GateSequence, reference_state

if TYPE_CHECKING:
    from problems.ground_state.problem import GroundState

JUDGED = 14  # qubits up to which the judge simulates
MILLI = 1000.0  # Hartree to milli-Hartree


def judged(problem: GroundState, circuit: GateSequence) -> Evaluation:
    """Score a circuit; ``GroundState`` tells of the objective and the metrics.

    Raises:
        ProblemError: If it is no circuit of the right width without free parameters, or too wide.
    """
    _check(problem, circuit)
    energy = problem.energy(reference_state(circuit))
    metrics: dict[str, float | Array] = {
        "gates": float(len(circuit.gates)),
        "two_qubit_gates": float(circuit.num_entangling),
        "rotations": float(sum(gate.kind in ROTATIONS for gate in circuit.gates)),
        "depth": float(circuit.depth),
    }
    if problem.reference is not None:
        metrics["error_in_thousandths"] = MILLI * abs(energy - problem.reference)
    if problem.noise is not None:
        noisy = problem.noisy_energy(circuit)
        metrics["noisy_energy"] = noisy
        if problem.reference is not None:
            metrics["noisy_error_in_thousandths"] = MILLI * abs(noisy - problem.reference)
    return Evaluation(energy, problem.violations(circuit), metrics)


def _check(problem: GroundState, circuit: GateSequence) -> None:
    if not isinstance(circuit, GateSequence):
        raise ProblemError("the solution", type(circuit).__name__, "a GateSequence")
    if circuit.num_qubits != problem.n:
        raise ProblemError("the width of the solution", circuit.num_qubits, f"{problem.n} qubits")
    if circuit.num_parameters:
        raise ProblemError(
            "the parameters of the solution",
            circuit.num_parameters,
            "none",
            "bind(parameters) puts them in",
        )
    if problem.n > JUDGED:
        raise ProblemError("num_qubits", problem.n, f"at most {JUDGED} for the judge's own simulation")
