"""Slack-free runs from end to end: an LP file through the command, compiled circuits, kills, estimates."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backends import Journal
from backends.statevector import Statevector
from classical.binary import MixedInteger
from classical.minimisation import Cobyla
from hybrid import Qaoa
from hybrid.cli import main
from hybrid.lagrangian import SlackFree
from hybrid.sampling_loop import SamplingLoop
from problems import read
from problems.binary import BinaryProgram, MultidimensionalKnapsack
from tests.backends.journal.kills import survive
from tests.backends.journal.scripted import ScriptedRemote
from tests.hybrid.lagrangian.killed import JOBS, on_a_knapsack, slack_free

TASKS = Path(__file__).parents[2] / "notebooks" / "instances" / "tasks_30.lp"
KNAPSACK = MultidimensionalKnapsack.random(6, 2, seed=3)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_lp_file_with_mixed_rows_is_solved_bounded_and_its_gap_printed(capsys, tmp_path, seed):
    words = ["solve", str(TASKS), "--solver", "slack-free", "--seed", str(seed)]
    assert main([*words, "--json", str(tmp_path / "answer.json")]) == 0
    answer = json.loads((tmp_path / "answer.json").read_text())
    program = read(TASKS)
    assert isinstance(program, BinaryProgram)
    assert program.n == 30
    assert {*program.constraints.relation} == {"<=", ">=", "=="}
    optimum = MixedInteger().solve(program, progress=False).objective
    assert program.judge(program.encode(answer["solution"])).feasible
    assert 0.97 * optimum <= answer["objective"] <= optimum <= answer["bound"]
    assert answer["gap"] == pytest.approx(
        (answer["bound"] - answer["objective"]) / abs(answer["bound"]), rel=0.1
    )
    assert f"{100 * answer['gap']:.4g} %" in capsys.readouterr().out
    assert answer["qubits"] == 30 < answer["qubits_with_slack"]


def test_bounds_of_mixed_rows_are_certified_at_every_iteration():
    program = read(TASKS)
    assert isinstance(program, BinaryProgram)
    optimum = MixedInteger().solve(program, progress=False).objective
    result = SlackFree().solve(program, seed=1, progress=False)
    assert all(row["bound"] >= optimum and row["bound_tier"] == "exact" for row in result.history)


@pytest.mark.parametrize("optimizer", [None, Cobyla(evaluations=6)], ids=["ramp", "trained"])
def test_circuits_are_transpiled_once_for_all_multipliers(monkeypatch, optimizer):
    from qiskit.providers.fake_provider import GenericBackendV2

    from backends.qiskit_backend import Qiskit

    transpiled, whole = [], Qiskit._transpiled

    def counted(backend, ansatz, measured):
        transpiled.append((ansatz.structure, measured))
        return whole(backend, ansatz, measured)

    monkeypatch.setattr(Qiskit, "_transpiled", counted)
    device = GenericBackendV2(KNAPSACK.n, seed=0)
    inner = Qaoa(layers=1, optimizer=optimizer, backend=Qiskit(device), training=Statevector())
    result = SlackFree(inner, iterations=4, patience=50).solve(KNAPSACK, seed=1, progress=False)
    assert len(result.history) == 4
    assert len({row["multipliers"] for row in result.history}) == 4  # the coefficients did move
    assert len(transpiled) == 1


def test_every_training_begins_at_the_last_angles(monkeypatch):
    starts = []

    def watched(solver, problem, run):
        starts.append(solver.start)
        return SamplingLoop._solve(solver, problem, run)

    monkeypatch.setattr(Qaoa, "_solve", watched)
    inner = Qaoa(layers=2, optimizer=Cobyla(evaluations=10))
    result = SlackFree(inner, iterations=4, patience=50).solve(KNAPSACK, seed=1, progress=False)
    assert starts[0] == inner.start
    assert starts[1:] == [row["angles"] for row in result.history[:-1]]
    assert len(set(starts[1:])) > 1  # the multipliers have moved, and training with them


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL and no fork server")
def test_a_killed_run_sends_nothing_twice_and_ends_alike(tmp_path):
    toll = survive(tmp_path, kills=3, seed=3, solver=on_a_knapsack)
    assert toll.kills == 3
    assert (toll.lost, toll.twice, toll.differing) == (0, 0, 0)


def test_the_estimate_is_what_a_run_may_spend_at_most(tmp_path):
    solver = slack_free(ScriptedRemote(tmp_path), start=(-0.4, 0.9))
    told = solver.estimate(KNAPSACK, seed=1)
    assert not ScriptedRemote(tmp_path).accepted()  # asking costs nothing
    spent = solver.solve(KNAPSACK, seed=1, progress=False).resources
    for name in ("jobs", "shots", "qpu_seconds"):
        assert told[name] / 1.5 <= spent[name] <= told[name]


def test_an_early_end_spends_less_than_the_estimate_says(tmp_path):
    solver = replace(slack_free(ScriptedRemote(tmp_path)), iterations=40, patience=1)
    told = solver.estimate(KNAPSACK, seed=1)
    result = solver.solve(KNAPSACK, seed=1, progress=False)
    assert result.ended == "converged"
    assert result.resources["jobs"] < 41 == told["jobs"]  # one for the population of ramps


def test_a_second_run_in_the_same_journal_sends_nothing(tmp_path):
    answers = []
    for _ in range(2):
        with Journal(ScriptedRemote(tmp_path), tmp_path / "journal.sqlite") as journal:
            answers.append(slack_free(journal).solve(KNAPSACK, seed=1, progress=False))
    assert len(ScriptedRemote(tmp_path).accepted()) == JOBS
    assert answers[1].resources["replayed"] == JOBS
    assert answers[0].history == answers[1].history
    np.testing.assert_array_equal(answers[0].solution, answers[1].solution)
