"""How results print: what is chosen by name, what is broken by how much, long solutions cut and counted."""

import numpy as np

from classical.binary.exhaustive import Exhaustive
from problems.binary.model import Model
from problems.binary.program import BinaryProgram
from problems.contract import Result
from problems.report import LINES, WIDTH, html, table


def _shown(problem, solution):
    return Result(problem, Exhaustive(), np.asarray(solution))


def test_only_what_is_not_zero_is_named():
    model = Model()
    lots = model.integer("lots", 0, 9, shape=["bonds", "shares"])
    model.maximise(lots.sum())
    text = table(_shown(model.problem(), [0, 7]))
    assert "lots[shares] = 7" in text
    assert "bonds" not in text


def test_broken_rows_stand_with_their_amounts():
    program = BinaryProgram.from_arrays([1, 1], [[3, 4]], [5], row_names=["budget"])
    assert "no: budget by 2" in table(_shown(program, [1, 1]))


def test_a_long_solution_is_cut_and_the_rest_counted():
    program = BinaryProgram.from_arrays(np.ones(200))
    lines = table(_shown(program, np.ones(200))).splitlines()
    solution = lines[-LINES:]
    assert solution[0].startswith("solution")
    assert max(map(len, solution)) <= WIDTH + 30
    shown = sum(line.count(" = 1") for line in solution)
    assert solution[-1].endswith(f"and {200 - shown} more")
    assert html(_shown(program, np.ones(200))).count("<br>") == LINES - 1


def test_all_zero_says_so():
    assert table(_shown(BinaryProgram.from_arrays([1, 1]), [0, 0])).endswith("all 0")
