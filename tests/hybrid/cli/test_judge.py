"""``hybrid judge``: every form of a candidate, one verdict."""

import json

import numpy as np
import pytest

from problems.binary import BinaryProgram, Ising, MultidimensionalKnapsack
from problems.formats.program_json import write_json
from tests.hybrid.cli.conftest import Command

PACKED = "[2, 5]"


@pytest.fixture
def candidate(tmp_path):
    """Write a candidate; returns its path."""

    def write(text: str):
        path = tmp_path / "candidate.txt"
        path.write_text(text)
        return path

    return write


@pytest.mark.parametrize(
    "text",
    [
        "01001000",
        "0 1 0 0 1 0 0 0\n",
        "0,1,0,0,1,0,0,0",
        "[0, 1, 0, 0, 1, 0, 0, 0]",
        "0100\n1000",
        "2 5",
        "2, 5",
        "5\n2\n",
        PACKED,
        '["2", "5"]',
        '{"item 2": 1, "item 5": 1}',
        '{"2": 1, "5": 1, "7": 0}',
        '{"problem": "x", "objective": 1, "solution": [2, 5]}',
    ],
)
def test_every_form_of_a_candidate_gets_the_same_verdict(
    hybrid: Command, knapsack, knapsack_file, candidate, text
):
    said = hybrid("judge", knapsack_file, candidate(text), "--problem", "mdkp", "--json", "-")
    assert said.status == 0
    assert said.json["objective"] == knapsack.profits[1] + knapsack.profits[4]
    assert said.json["feasible"] is True
    assert said.json["solution"] == [2, 5]
    assert said.json["items"] == 2


def test_an_answer_of_solve_is_judged_as_it_said(hybrid: Command, knapsack_file, tmp_path):
    path = tmp_path / "answer.json"
    assert hybrid("solve", knapsack_file, "--problem", "mdkp", "--json", path).status == 0
    answer = json.loads(path.read_text())
    verdict = hybrid("judge", knapsack_file, path, "--problem", "mdkp", "--json", "-").json
    for name in ("problem", "objective", "sense", "feasible", "violations", "solution", "fullest_capacity"):
        assert verdict[name] == answer[name]


def test_broken_rows_are_named_with_their_amounts(hybrid: Command, tmp_path, candidate):
    sack = MultidimensionalKnapsack(np.array([4, 5]), np.array([[3, 4], [1, 1]]), np.array([5, 2]), 5.0)
    said = hybrid("judge", sack.write(tmp_path / "two.dat"), candidate("11"), "--problem", "mdkp")
    assert said.status == 1
    assert said.out.splitlines() == [
        "objective  9 (max)",
        "feasible   no",
        "violated   capacity 1 by 2",
        "reference  5",
    ]


def test_the_gap_to_the_reference_is_told(hybrid: Command, tmp_path, candidate):
    sack = MultidimensionalKnapsack(np.array([4, 5]), np.array([[3, 4]]), np.array([5]), 5.0)
    said = hybrid("judge", sack.write(tmp_path / "two.dat"), candidate("[1]"), "--problem", "mdkp")
    assert said.status == 0
    assert "20 %" in said.out


def test_a_program_is_judged_by_the_names_of_its_variables(hybrid: Command, tmp_path, candidate):
    program = BinaryProgram.from_arrays([1, 2, 4], [[1, 1, 1]], [2], names=("a", "b", "c"))
    file = write_json(program, tmp_path / "program.json")
    for text in ('{"a": 1, "c": 1}', '["a", "c"]', "a c", "101", '{"a": 1, "b": 0, "c": 1}'):
        assert hybrid("judge", file, candidate(text), "--json", "-").json["objective"] == 5


def test_spins_and_bits_of_an_ising_model_are_the_same_candidate(hybrid: Command, tmp_path, candidate):
    ising = Ising.random(n=3, seed=2)
    file = write_json(ising, tmp_path / "ising.json")
    spins = dict(zip(ising.names, [-1, 1, -1], strict=True))
    by_name = hybrid("judge", file, candidate(json.dumps(spins)), "--json", "-").json
    assert by_name["objective"] == hybrid("judge", file, candidate("101"), "--json", "-").json["objective"]
    assert by_name["objective"] == pytest.approx(float(ising.energies(np.array([-1, 1, -1]))), rel=1e-15)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("9", "9"),
        ("2 2", "2"),
        ("item", "item"),
        ('{"item 2": 2}', "0 or 1"),
        ('{"item 12": 1}', "item 12"),
        ('{"item 2": 1', "line 1"),
        ('{"problem": "x", "objective": null, "solution": null}', "solution"),
    ],
)
def test_a_candidate_that_is_none_is_bad_input(hybrid: Command, knapsack_file, candidate, text, said):
    answer = hybrid("judge", knapsack_file, candidate(text), "--problem", "mdkp")
    assert answer.status == 2
    assert answer.err.startswith("hybrid: ")
    assert answer.err.count("\n") == 1
    assert "candidate.txt" in answer.err
    assert said in answer.err


def test_a_missing_candidate_is_bad_input(hybrid: Command, knapsack_file, tmp_path):
    said = hybrid("judge", knapsack_file, tmp_path / "nowhere", "--problem", "mdkp")
    assert said.status == 2
    assert "nowhere" in said.err
