"""Circuits in plain values and in files."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems.errors import ProblemError
from problems.ground_state import Gate, GateSequence, GroundState
from problems.ground_state.circuit_files import read_circuit, write_circuit
from tests.problems.ground_state.drawing import random_circuit

PROBLEM = GroundState.random(2)


@given(n=st.integers(1, 4), seed=st.integers(0, 10**6))
def test_a_circuit_survives_the_way_through_rows_and_files(tmp_path_factory, n, seed):
    problem, circuit = GroundState.random(n), random_circuit(n, seed)
    assert problem.encode(problem.decode(circuit)) == circuit
    path = write_circuit(circuit, tmp_path_factory.mktemp("circuit") / "circuit.json")
    assert read_circuit(problem, path) == circuit


def test_rows_are_kind_qubits_and_angle():
    circuit = GateSequence(3, (Gate("ry", (0,), None, 0.4), Gate("cx", (0, 2)), Gate("h", (1,))))
    assert GroundState.random(3).decode(circuit) == (("ry", 0, 0.4), ("cx", 0, 2), ("h", 1))


def test_the_answer_of_a_solve_is_read_by_its_solution(tmp_path):
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"problem": "GroundState", "objective": -1, "solution": [["cz", 1, 0]]}))
    assert read_circuit(PROBLEM, path).gates == (Gate("cz", (1, 0)),)


def test_an_empty_circuit_is_one(tmp_path):
    assert read_circuit(PROBLEM, write_circuit(GateSequence(2), tmp_path / "none.json")) == GateSequence(2)


def test_free_parameters_have_no_rows():
    with pytest.raises(ProblemError, match="bind"):
        PROBLEM.decode(GateSequence(2, (Gate("rx", (0,), 0),)))


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("[", "line 1"),
        ("3", "the circuit is 3"),
        ('"ry"', "the circuit is ry"),
        ('{"gates": []}', "the circuit is None"),
        ("[3]", r"gates\[0\] is 3"),
        ("[[]]", r"gates\[0\] is \[\]"),
        ('[["h", 0], ["swap", 0, 1]]', r"gates\[1\] is swap; expected one of h, rx"),
        ("[[[0], 0]]", r"gates\[0\]"),
        ('[["h", 2]]', r"gates\[0\], h is 2; expected an integer in \[0, 1\]"),
        ('[["h", 0, 0.5]]', r"gates\[0\], h is \(0, 0.5\); expected a qubit$"),
        ('[["rx", 0]]', r"gates\[0\], rx is \(0,\); expected a qubit and an angle"),
        ('[["rx", 0, "pi"]]', r"gates\[0\], rx is pi; expected a number"),
        ('[["rx", 0, NaN]]', r"gates\[0\], rx is nan"),
        ('[["cx", 0]]', r"gates\[0\], cx is \(0,\); expected two qubits"),
        ('[["cx", 0, 0]]', r"gates\[0\], cx is \(0, 0\); expected two different"),
        ('[["cx", 0, 0.5]]', r"gates\[0\], cx is 0.5"),
    ],
)
def test_bad_rows_are_named(tmp_path, content, named):
    path = tmp_path / "bad.json"
    path.write_text(content)
    with pytest.raises(ProblemError, match=f"^bad.json, {named}"):
        read_circuit(PROBLEM, path)
