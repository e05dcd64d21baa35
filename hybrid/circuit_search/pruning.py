"""Shortening a circuit: gates that the energy does not need are taken out, one at a time."""

from __future__ import annotations

import numpy as np

from hybrid.circuit_search.angles import ExactDescent
from hybrid.circuit_search.batch_training import Candidate, train_candidates
from hybrid.circuit_search.energies import CircuitEnergies
from problems.ground_state import GateSequence, GroundState

POLISH = ExactDescent(evaluations=400, kick=0.0, flat=1e-9, little=1e-14)
RETRAIN = ExactDescent(evaluations=80, kick=0.0, flat=1e-6, little=1e-11)


def prune(circuit: GateSequence, problem: GroundState, loss: float = 1e-6) -> GateSequence:
    """Return a shorter circuit whose energy is at most ``loss`` above that of the given one.

    The gate that is missed least after all angles are trained anew goes first, until every further one would
    be missed too much. Couplings and gate set stay kept: no gate is ever added.

    Raises:
        ProblemError: If the circuit has free parameters, or gates that no search places.
    """
    from hybrid.circuit_search.alphabet import Alphabet

    entangler = "cz" if any(gate.kind == "cz" for gate in circuit.gates) else "cx"
    energies = CircuitEnergies(problem, Alphabet(circuit.num_qubits, entangler))
    actions, angles = energies.alphabet.actions(circuit)
    start = Candidate(actions.astype(np.int16), angles, energies.energy(actions, angles))
    shorter, _ = prune_candidate(energies, start, start.energy + loss)
    if shorter.gates == start.gates:
        return circuit
    return energies.alphabet.circuit(shorter.actions, shorter.angles)


def prune_candidate(energies: CircuitEnergies, candidate: Candidate, ceiling: float) -> tuple[Candidate, int]:
    """Take gates out while the energy stays at or below ``ceiling``; returns the rest, its angles trained to
    the end, and the energies that took.
    """
    rng, used = np.random.default_rng(0), 0  # nothing is drawn: the descents here have no kick
    while candidate.gates:
        shorter = [_without(energies, candidate, k) for k in range(candidate.gates)]
        trained, more = train_candidates(energies, shorter, RETRAIN, rng)
        used += more
        best = min(trained, key=lambda one: one.energy)
        if not best.energy <= ceiling:
            break
        candidate = best
    polished, more = train_candidates(energies, [candidate], POLISH, rng) if candidate.gates else ([], 0)
    better = polished and polished[0].energy < candidate.energy
    return (polished[0] if better else candidate), used + more


def _without(energies: CircuitEnergies, candidate: Candidate, k: int) -> Candidate:
    """The circuit without gate k, and without its angle if it has one."""
    turns = candidate.actions >= energies.alphabet.num_pairs
    angles = candidate.angles
    if turns[k]:
        angles = np.delete(angles, int(turns[:k].sum()))
    return Candidate(np.delete(candidate.actions, k), angles)
