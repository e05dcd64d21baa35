"""Circuits as rows of plain values, and as JSON files of such rows."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from problems.checking import check_integer, check_number
from problems.errors import ProblemError
from problems.formats.documents import parse
from problems.formats.numbers import naming, read_text, write_text
from problems.ground_state.gate_sequence import ROTATIONS, WIDTHS, Gate, GateKind, GateSequence

if TYPE_CHECKING:
    from problems.ground_state.problem import GroundState

Row = tuple[Any, ...]  # kind, then its qubits, then the angle of a rotation: ("ry", 0, 0.4), ("cx", 0, 2)


def rows_of(circuit: GateSequence) -> tuple[Row, ...]:
    """Return kind, qubits and the angle of a rotation of every gate of a circuit without free parameters.

    Raises:
        ProblemError: If a parameter is free.
    """
    if circuit.num_parameters:
        raise ProblemError("the parameters", circuit.num_parameters, "none", "bind(parameters) puts them in")
    angled = [(gate.angle,) if gate.kind in ROTATIONS else () for gate in circuit.gates]
    return tuple((gate.kind, *gate.qubits, *angle) for gate, angle in zip(circuit.gates, angled, strict=True))


def circuit_of_rows(num_qubits: int, rows: Any) -> GateSequence:
    """Return the circuit of such rows.

    Raises:
        ProblemError: Naming the row and what was expected.
    """
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise ProblemError("the circuit", rows, 'a list of gates such as ["ry", 0, 0.4] and ["cx", 0, 2]')
    gates = tuple(_gate(f"gates[{k}]", row, num_qubits) for k, row in enumerate(rows))
    return GateSequence(num_qubits, gates)


def read_circuit(problem: GroundState, path: str | os.PathLike[str]) -> GateSequence:
    """Read a JSON list of rows, alone or as the ``solution`` of an object, as a circuit for a problem.

    Raises:
        ProblemError: Naming the file, the row and what was expected.
    """
    text = read_text(path)
    with naming(path):
        document = parse(text)
        rows = document.get("solution") if isinstance(document, dict) else document
        return circuit_of_rows(problem.n, rows)


def write_circuit(circuit: GateSequence, path: str | os.PathLike[str]) -> Path:
    """Write a circuit without free parameters as a JSON list of rows; angles read back as the same floats.

    Raises:
        ProblemError: If a parameter is free, or the file cannot be written.
    """
    lines = ",\n".join(json.dumps(row, allow_nan=False) for row in rows_of(circuit))
    return write_text(path, f"[\n{lines}\n]\n")


def _gate(where: str, row: Any, num_qubits: int) -> Gate:
    if not isinstance(row, Sequence) or isinstance(row, str) or not row:
        raise ProblemError(where, row, "a kind of gate, its qubits, and the angle of a rotation")
    kind, *figures = row
    if not isinstance(kind, str) or kind not in WIDTHS:
        raise ProblemError(where, kind, "one of " + ", ".join(WIDTHS))
    width, turns = WIDTHS[kind], kind in ROTATIONS
    if len(figures) != width + turns:
        told = ("a qubit", "two qubits")[width - 1] + (" and an angle" if turns else "")
        raise ProblemError(f"{where}, {kind}", tuple(figures), told)
    for qubit in figures[:width]:
        check_integer(f"{where}, {kind}", qubit, 0, num_qubits - 1)
    if width == 2 and figures[0] == figures[1]:
        raise ProblemError(f"{where}, {kind}", tuple(figures), "two different qubits")
    if turns:
        check_number(f"{where}, {kind}", figures[width])
    return Gate(cast(GateKind, kind), tuple(figures[:width]), None, float(figures[width]) if turns else 0.0)
