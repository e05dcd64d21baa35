"""Which gates a device allows: coupled pairs and kinds, checked, and counted where a circuit breaks them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from problems.checking import check_integer
from problems.errors import ProblemError
from problems.ground_state.gate_sequence import WIDTHS, GateKind, GateSequence

Couplings = tuple[tuple[int, int], ...]


def broken_limits(
    circuit: GateSequence, couplings: Couplings | None, gate_set: tuple[GateKind, ...] | None
) -> dict[str, float]:
    """Return how many gates act where they may not, and how many are of a kind that is not allowed."""
    broken: dict[str, float] = {}
    if couplings is not None:
        allowed = {frozenset(pair) for pair in couplings}
        pairs = [frozenset(gate.qubits) for gate in circuit.gates if len(gate.qubits) == 2]
        broken["couplings"] = float(sum(pair not in allowed for pair in pairs))
    if gate_set is not None:
        broken["gate_set"] = float(sum(gate.kind not in gate_set for gate in circuit.gates))
    return broken


def checked_couplings(given: Any, n: int) -> Couplings:
    """Return pairs of different qubits.

    Raises:
        ProblemError: Naming the pair that is none, or a qubit that cannot be reached.
    """
    if not isinstance(given, Iterable) or isinstance(given, str):
        raise ProblemError("couplings", given, "pairs of qubits")
    pairs = []
    for k, pair in enumerate(given):
        if not isinstance(pair, tuple | list) or len(pair) != 2 or pair[0] == pair[1]:
            raise ProblemError(f"couplings[{k}]", pair, "two different qubits")
        for qubit in pair:
            check_integer(f"couplings[{k}]", qubit, 0, n - 1)
        pairs.append((int(pair[0]), int(pair[1])))
    reached, before = {0}, 0
    while len(reached) > before:
        before = len(reached)
        reached |= {qubit for pair in pairs if reached & set(pair) for qubit in pair}
    if len(reached) < n:
        missing = min(set(range(n)) - reached)
        raise ProblemError("couplings", pairs, f"a way from qubit 0 to qubit {missing}")
    return tuple(pairs)


def checked_gate_set(given: Any) -> tuple[GateKind, ...]:
    """Return kinds of gates as a tuple.

    Raises:
        ProblemError: Naming the one that is none.
    """
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise ProblemError("gate_set", given, "a tuple of kinds of gates")
    kinds = tuple(given)
    for k, kind in enumerate(kinds):
        if not isinstance(kind, str) or kind not in WIDTHS:
            raise ProblemError(f"gate_set[{k}]", kind, "one of " + ", ".join(WIDTHS))
    return kinds
