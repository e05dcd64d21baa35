"""Parts of a device's circuit that never meet, which can be simulated one by one.

Errors act on the qubits of one gate or on one measured qubit, so the outcomes of parts that share no gate and
no classical bit are independent, and the joint distribution is their product. A primitive that measures all
qubits of a wide device is thus as quick as its largest part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qiskit import ClassicalRegister, QuantumCircuit
from qiskit.circuit import Barrier, Delay


@dataclass(frozen=True)
class Component:
    """One part.

    Attributes:
        circuit: Its gates and measurements on renumbered qubits, with one register named "part".
        qubits: The place of each of its qubits on the device.
        clbits: The place of each of its bits among the bits of the whole circuit.
        columns: The place of each of its parameters among those of the whole circuit.
    """

    circuit: QuantumCircuit
    qubits: list[int]
    clbits: list[int]
    columns: list[int]


def components(circuit: QuantumCircuit) -> list[Component]:
    """Return the parts of a circuit that has gates, measurements, resets, delays and barriers."""
    working = [entry for entry in circuit.data if not isinstance(entry.operation, Barrier | Delay)]
    leaders: dict[Any, Any] = {}
    for entry in working:
        first, *others = [*entry.qubits, *entry.clbits]
        for bit in others:
            leaders[_leader(leaders, bit)] = _leader(leaders, first)
    parts: dict[Any, list[Any]] = {}
    for entry in working:
        parts.setdefault(_leader(leaders, entry.qubits[0]), []).append(entry)
    place = {parameter: k for k, parameter in enumerate(circuit.parameters)}
    return [_component(circuit, entries, place) for entries in parts.values()]


def _leader(leaders: dict[Any, Any], bit: Any) -> Any:
    while (above := leaders.setdefault(bit, bit)) is not bit:
        leaders[bit] = leaders[above]  # halve the path
        bit = leaders[bit]
    return bit


def _component(circuit: QuantumCircuit, entries: list[Any], place: dict[Any, int]) -> Component:
    qubits = sorted({circuit.find_bit(bit).index for entry in entries for bit in entry.qubits})
    clbits = sorted({circuit.find_bit(bit).index for entry in entries for bit in entry.clbits})
    register = ClassicalRegister(len(clbits), "part")
    part = QuantumCircuit(len(qubits))
    part.add_register(register)
    for entry in entries:
        where = [qubits.index(circuit.find_bit(bit).index) for bit in entry.qubits]
        bits = [clbits.index(circuit.find_bit(bit).index) for bit in entry.clbits]
        part.append(entry.operation, where, bits, copy=False)
    columns = [place[parameter] for parameter in part.parameters]
    return Component(part, qubits, clbits, columns)
