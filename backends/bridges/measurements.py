"""Measured circuits of Qiskit taken apart: the gates alone, and which qubit each classical bit reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from qiskit import QuantumCircuit

from problems.contract import Array
from problems.errors import ProblemError

FREE = ("barrier", "delay")  # what may follow a measurement without acting on its qubit


@dataclass(frozen=True, eq=False)
class MeasuredCircuit:
    """A circuit whose measurements all come last.

    Attributes:
        circuit: The gates, without classical bits.
        registers: Per classical register, the qubit int64 ``[bits]`` that each of its bits reads; −1 for a
            bit that nothing is written to, which stays 0.
    """

    circuit: QuantumCircuit
    registers: Mapping[str, Array]

    @classmethod
    def of(cls, circuit: QuantumCircuit) -> MeasuredCircuit:
        """Take a circuit apart.

        Raises:
            ProblemError: If a qubit is used after its measurement, or the circuit acts by classical bits.
        """
        bare = QuantumCircuit(*circuit.qregs, global_phase=circuit.global_phase, name=circuit.name)
        loose = [qubit for qubit in circuit.qubits if not circuit.find_bit(qubit).registers]
        bare.add_bits(loose)
        for value in circuit.iter_input_vars() if circuit.num_input_vars else ():
            raise ProblemError("circuit", f"the classical variable {value.name}", "gates and measurements")
        reads, measured = dict.fromkeys(circuit.clbits, -1), set()
        for entry in circuit.data:
            name, places = entry.operation.name, [circuit.find_bit(qubit).index for qubit in entry.qubits]
            if name == "measure":
                measured.add(places[0])
                reads[entry.clbits[0]] = places[0]
                continue
            if entry.clbits or name in ("if_else", "while_loop", "for_loop", "switch_case", "store", "box"):
                raise ProblemError("circuit", f"a circuit with {name}", "gates, and measurements at the end")
            again = [place for place in places if place in measured]
            if again and name not in FREE:
                raise ProblemError(
                    "circuit", f"{name} on qubit {again[0]} after its measurement",
                    "measurements at the end", "put each measurement after the last gate of its qubit",
                )  # fmt: skip
            if name not in FREE or not again:
                bare.append(entry.operation, places)
        registers = {
            register.name: np.array([reads[bit] for bit in register], dtype=np.int64)
            for register in circuit.cregs
        }
        return cls(bare, registers)

    def read(self, bits: Array) -> dict[str, Array]:
        """Return what each register holds, booleans ``[..., bits]``, from bits ``[..., n]`` of the qubits."""
        padded = np.concatenate([bits, np.zeros((*bits.shape[:-1], 1), dtype=bits.dtype)], axis=-1)
        return {name: padded[..., qubits].astype(bool) for name, qubits in self.registers.items()}
