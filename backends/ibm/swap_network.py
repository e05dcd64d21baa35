"""A fixed network of swaps on a line, for QAOA costs that couple most pairs.

On a line, layers of swaps between neighbours, odd and even in turn, bring each pair together once in n layers
and end in the reversed order (Kivlichan et al., Phys. Rev. Lett. 120, 110501; for QAOA Weidenfeller et al.,
Quantum 6, 870). A coupling and the swap after it merge into three entangling gates. The next layer of the
ansatz starts from the order that the last one has left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.transpiler import Target

from backends.mixers import XMixer
from backends.qaoa_ansatz import QaoaAnsatz
from backends.qaoa_circuits import prepare
from backends.workload import Ansatz
from problems.errors import ProblemError

DENSE = 0.25  # share of pairs from which a network is worth comparing with the transpiler's routing
BEAM = 64  # lines kept while the best one is looked for


@dataclass(frozen=True)
class Network:
    """A circuit on a line of wires.

    Attributes:
        circuit: Its parameters, in order, are the ansatz's angles.
        where: The wire on which each qubit ends.
    """

    circuit: QuantumCircuit
    where: tuple[int, ...]


def wants_network(ansatz: Ansatz, asked: bool) -> bool:
    """Whether a swap network is worth a try.

    Raises:
        ProblemError: If it was asked for and the ansatz is none that it can serve.
    """
    if not (isinstance(ansatz, QaoaAnsatz) and isinstance(ansatz.mixer, XMixer)):
        if asked:
            expected = "'auto' or 'transpiler' for anything but a QaoaAnsatz with the X mixer"
            raise ProblemError("swap_strategy", "line", expected)
        return False
    n = ansatz.num_qubits
    return n > 1 and (asked or (n > 3 and ansatz.cost.form.num_couplings >= DENSE * n * (n - 1) / 2))


def network(ansatz: Ansatz) -> Network:
    """Write a QAOA ansatz with the X mixer for a line, which only couples neighbours."""
    assert isinstance(ansatz, QaoaAnsatz)
    form, n = ansatz.cost.form, ansatz.num_qubits
    fields, pairs = ansatz.fields.tolist(), list(zip(form.first.tolist(), form.second.tolist(), strict=True))
    mixing = n if ansatz.multi_angle else 1
    per_layer = ansatz.num_terms + mixing
    theta = ParameterVector("theta", ansatz.layers * per_layer)
    circuit = QuantumCircuit(n)
    prepare(circuit, ansatz.first)
    on = list(range(n))  # the qubit on each wire
    for layer in range(ansatz.layers):
        free = theta[layer * per_layer : (layer + 1) * per_layer]
        wire = {qubit: w for w, qubit in enumerate(on)}
        for qubit, angle in zip(fields, free, strict=False):
            circuit.rz(2 * angle, wire[qubit])
        left = dict(zip(map(frozenset, pairs), free[len(fields) :], strict=False))
        _couple(circuit, on, left)
        for w, qubit in enumerate(on):
            circuit.rx(2 * free[ansatz.num_terms + (qubit if ansatz.multi_angle else 0)], w)
    return Network(circuit, tuple(on.index(qubit) for qubit in range(n)))


def _couple(circuit: QuantumCircuit, on: list[int], left: dict[frozenset[int], Any]) -> None:
    """Apply every coupling that is left, moving qubits along the line; the last layer does not move them."""
    n = len(on)
    for layer in range(n):
        neighbours = range(layer % 2, n - 1, 2)
        angles = {a: left.pop(frozenset(on[a : a + 2]), None) for a in neighbours}
        for a, angle in angles.items():
            if left:
                _swap(circuit, a, angle)
                on[a], on[a + 1] = on[a + 1], on[a]
            elif angle is not None:
                circuit.rzz(2 * angle, a, a + 1)
        if not left:
            return


def _swap(circuit: QuantumCircuit, a: int, angle: Any) -> None:
    """Swap two neighbours, with a coupling if there is an angle, by three entangling gates."""
    circuit.cx(a, a + 1)
    if angle is not None:
        circuit.rz(2 * angle, a + 1)
    circuit.cx(a + 1, a)
    circuit.cx(a, a + 1)


def best_line(target: Target, n: int) -> tuple[int, ...] | None:
    """Return n qubits in a row with little error by the device's figures, or None if none was found.

    A beam search over simple paths by −log of the success of their couplings and readouts.
    """
    step = _steps(target)
    read = {q: _loss(target, "measure", (q,)) for q in step}
    beam = sorted((read[q], (q,)) for q in step)
    for _ in range(n - 1):
        longer = {}
        for cost, path in beam:
            for q, loss in step[path[-1]].items():
                if q not in path:
                    key = (frozenset(path), q)
                    found = (cost + loss + read[q], (*path, q))
                    longer[key] = min(longer.get(key, found), found)
        beam = sorted(longer.values())[: BEAM * n]
    return beam[0][1] if beam else None


def _steps(target: Target) -> dict[int, dict[int, float]]:
    step: dict[int, dict[int, float]] = {}
    for name in target.operation_names:
        for qubits in target.qargs_for_operation_name(name) or ():
            if len(qubits) == 2:
                loss = _loss(target, name, qubits)
                for a, b in (qubits, qubits[::-1]):
                    known = step.setdefault(a, {})
                    known[b] = min(known.get(b, math.inf), loss)
    return {a: {b: loss for b, loss in ends.items() if math.isfinite(loss)} for a, ends in step.items()}


def _loss(target: Target, name: str, qubits: tuple[int, ...]) -> float:
    figures = target[name].get(qubits) if name in target.operation_names and target[name] else None
    error = getattr(figures, "error", None) or 0.0
    return math.inf if error >= 1 else -math.log1p(-error)
