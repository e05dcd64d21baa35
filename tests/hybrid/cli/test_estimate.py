"""``hybrid estimate``: the same words as a solve, and nothing sent."""

import pytest

from backends.rehearsal import Rehearsal
from backends.statevector import Statevector
from tests.hybrid.cli.conftest import Command

QUICK = ["--solver", "qaoa", "--set", "layers=1", "--set", "optimizer=none", "--set", "shots=64"]


def test_nothing_reaches_the_backend(hybrid: Command, knapsack_file, monkeypatch):
    monkeypatch.setattr(Statevector, "run", lambda backend, workload: pytest.fail("a workload was sent"))
    said = hybrid("estimate", knapsack_file, "--problem", "mdkp", *QUICK, "--json", "-")
    assert said.status == 0
    assert "penalty" in said.err.splitlines()[0]
    assert said.json["solver"] == "penalty(qaoa)"
    assert said.json["shots"] == 64


def test_part_of_a_rehearsal_is_no_estimate(hybrid: Command, knapsack_file, tmp_path, monkeypatch):
    def interrupt(backend, workload, tag=""):
        raise KeyboardInterrupt

    monkeypatch.setattr(Rehearsal, "submit", interrupt)
    path = tmp_path / "estimate.json"
    said = hybrid("estimate", knapsack_file, "--problem", "mdkp", *QUICK, "--json", path)
    assert said.status == 130
    assert said.err.startswith("hybrid: interrupted")
    assert not path.exists()


def test_an_interruption_after_an_incumbent_is_no_estimate_either(hybrid: Command, qubo_file, monkeypatch):
    from classical.binary.annealing import SimulatedAnnealing

    def interrupt(solver, problem, run):
        run.offer([0, 1, 0])
        raise KeyboardInterrupt

    monkeypatch.setattr(SimulatedAnnealing, "_solve", interrupt)
    assert hybrid("estimate", qubo_file, "--solver", "annealing").status == 130


def test_a_solver_that_cannot_take_the_file_is_bad_input_as_in_a_solve(hybrid: Command, knapsack_file):
    words = [knapsack_file, "--problem", "mdkp", "--solver", "spsa"]
    estimate, solve = hybrid("estimate", *words), hybrid("solve", *words)
    assert estimate == solve
    assert estimate.status == 2
