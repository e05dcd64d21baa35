"""Where JSON goes: strictly, whole or not at all, and never over what was read."""

import json
import math
import os

import numpy as np
import pytest

from hybrid.cli.output import Output, as_plain
from tests.hybrid.cli.conftest import Command


def test_strict_json_has_null_for_what_is_no_number():
    record = {
        "nan": math.nan,
        "infinite": -math.inf,
        "array": np.array([1.0, math.nan]),
        "bits": np.array([0, 1], dtype=np.uint8),
        "labels": (1, "b"),
        "whole": 3.0,
        "flag": np.bool_(True),
        "inner": {"half": np.float64(0.5)},
    }
    assert json.loads(json.dumps(as_plain(record), allow_nan=False)) == {
        "nan": None,
        "infinite": None,
        "array": [1, None],
        "bits": [0, 1],
        "labels": [1, "b"],
        "whole": 3,
        "flag": True,
        "inner": {"half": 0.5},
    }


def test_a_dash_puts_json_on_standard_output_and_text_on_standard_error(hybrid: Command, knapsack_file):
    said = hybrid("solve", knapsack_file, "--problem", "mdkp", "--json", "-")
    assert said.json["status"] == "optimal"
    assert "objective" in said.err


def test_a_file_is_replaced_in_whole_and_nothing_else_is_left(hybrid: Command, knapsack_file, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    target = folder / "answer.json"
    target.write_text("old")
    said = hybrid("solve", knapsack_file, "--problem", "mdkp", "--json", target)
    assert said.status == 0
    assert json.loads(target.read_text())["feasible"] is True
    assert os.listdir(folder) == ["answer.json"]


def test_a_failed_write_leaves_what_was_there(tmp_path):
    target = tmp_path / "answer.json"
    target.write_text("old")
    with pytest.raises(TypeError):
        Output(str(target)).write({"odd": object()})
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["answer.json"]


def test_a_link_stays_a_link(hybrid: Command, knapsack_file, tmp_path):
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    target.write_text("old")
    link.symlink_to(target)
    assert hybrid("solve", knapsack_file, "--problem", "mdkp", "--json", link).status == 0
    assert link.is_symlink()
    assert json.loads(target.read_text())["feasible"] is True


@pytest.mark.parametrize("place", ["no/such/folder/answer.json", "."])
def test_an_unwritable_place_is_refused_before_the_solve(hybrid: Command, knapsack_file, tmp_path, place):
    said = hybrid("solve", knapsack_file, "--problem", "mdkp", "--json", tmp_path / place)
    assert said.status == 2
    assert said.out == ""
    assert said.err.startswith("hybrid: --json")
    assert said.err.count("\n") == 1


def test_the_problem_is_never_overwritten(hybrid: Command, knapsack_file):
    before = knapsack_file.read_bytes()
    said = hybrid("solve", knapsack_file, "--problem", "mdkp", "--json", knapsack_file)
    assert said.status == 2
    assert knapsack_file.read_bytes() == before


def test_a_judged_candidate_is_never_overwritten(hybrid: Command, knapsack_file, tmp_path):
    candidate = tmp_path / "candidate.txt"
    candidate.write_text("10000000")
    said = hybrid("judge", knapsack_file, candidate, "--problem", "mdkp", "--json", candidate)
    assert said.status == 2
    assert candidate.read_text() == "10000000"
