"""Saved problems, results and solutions on the command line, whatever their field."""

import json

import numpy as np
import pytest

from hybrid.cli import main
from problems import load, save
from problems.binary.qubo import Qubo
from problems.minimisation import Landscape


@pytest.fixture
def landscape(tmp_path):
    return save(Landscape("cosines", dimension=2), tmp_path / "landscape.npz")


def test_a_saved_problem_is_solved_saved_and_judged(landscape, tmp_path, capsys):
    saved, answer, verdict = tmp_path / "result.npz", tmp_path / "answer.json", tmp_path / "verdict.json"
    words = ["--solver", "nelder-mead", "--set", "evaluations=200", "--save", str(saved)]
    assert main(["solve", str(landscape), *words, "--json", str(answer)]) == 0
    result, told = load(saved), json.loads(answer.read_text())
    assert told["solution"] == pytest.approx(list(result.solution))
    assert told["objective"] == result.problem.judge(result.solution).objective
    for file in (saved, save(result.solution, tmp_path / "solution.npz")):
        assert main(["judge", str(landscape), str(file), "--json", str(verdict)]) == 0
        assert json.loads(verdict.read_text())["objective"] == told["objective"]
    assert main(["judge", str(saved), str(saved)]) == 0  # a result brings its problem


def test_solvers_are_listed_for_a_saved_problem(landscape, capsys):
    assert main(["solvers", "--for", str(landscape)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.split()[:2] == ["spsa", "yes"] for line in lines)
    assert any(line.split()[:2] == ["tabu", "no"] for line in lines)


def test_what_is_no_problem_is_refused(tmp_path, capsys):
    file = save(np.ones(3), tmp_path / "array.npz")
    assert main(["solve", str(file)]) == 2
    assert "a saved problem or result" in capsys.readouterr().err
    broken = tmp_path / "broken.npz"
    broken.write_bytes(b"PK\x03\x04 and nothing else")
    assert main(["solve", str(broken)]) == 2
    assert "broken.npz" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_refused_before_any_work(tmp_path, capsys):
    file = save(Qubo.random(4, seed=1), tmp_path / "qubo.npz")
    assert main(["solve", str(file), "--solver", "tabu", "--save", str(file)]) == 2
    assert main(["solve", str(file), "--solver", "tabu", "--save", str(tmp_path / "no" / "x.npz")]) == 2
    assert capsys.readouterr().err.count("--save") == 2
