"""The whole search: its answer, its checkpoint, its ends."""

import json
from dataclasses import replace

import numpy as np
import pytest

from hybrid.circuit_search import CobylaDescent, Crlqas, DoubleDqn, ExactDescent, QuantileThreshold
from problems.errors import ProblemError
from problems.ground_state import GroundState
from tests.hybrid.circuit_search.cases import HYDROGEN, LOPSIDED

pytest.importorskip("jax", reason='the extra "learning" is not installed')

SMALL = Crlqas(
    max_gates=8,
    episodes=40,
    curriculum=QuantileThreshold(every=5, window=20),
    learner=DoubleDqn(hidden=(16,), batch=16, capacity=100, refresh=10, decay=200),
    checkpoint_every=7,
)


def solved(solver, problem=HYDROGEN, seed=1, **options):
    return solver.solve(problem, seed=seed, progress=False, **options)


def with_fields(**fields):
    return replace(SMALL, **fields)


def test_the_answer_is_the_shortest_near_the_lowest_energy_found():
    result = solved(with_fields(episodes=150))
    lowest = min(row["lowest"] for row in result.history)
    assert result.objective <= lowest + SMALL.tolerance + 1e-9
    assert result.objective >= HYDROGEN.ground_energy - 1e-9
    assert result.evaluation.metrics["gates"] <= 4
    assert result.objective - HYDROGEN.ground_energy < 1.6e-3
    assert len(result.history) == 150
    spent = sum(row["evaluations"] for row in result.history)
    assert result.resources["evaluations"] > spent
    assert result.resources["updates"] > 20


def test_a_search_goes_on_from_its_file_bit_for_bit(tmp_path):
    whole = solved(SMALL)
    path = tmp_path / "search.npz"
    for episodes in (9, 9, 23, 40, 40):  # ended early, called again, finished, called again
        last = solved(with_fields(episodes=episodes, checkpoint=path))
        assert len(last.history) == episodes
    assert last.solution == whole.solution
    assert last.history == whole.history
    assert last.objective == whole.objective
    assert last.resources == whole.resources


def test_a_killed_search_goes_on_from_the_last_whole_file(tmp_path):
    path = tmp_path / "search.npz"

    def kill(row):
        if row.get("step") == 24:
            raise SystemExit  # not caught by the run: as if the process had died

    with pytest.raises(SystemExit):
        SMALL.__class__.solve(with_fields(checkpoint=path), HYDROGEN, seed=1, progress=kill)
    assert path.exists()
    resumed, whole = solved(with_fields(checkpoint=path)), solved(SMALL)
    assert resumed.solution == whole.solution
    assert resumed.history == whole.history


def test_files_of_other_searches_are_refused(tmp_path):
    path = tmp_path / "search.npz"
    solver = with_fields(episodes=3, checkpoint=path)
    solved(solver)
    with pytest.raises(ProblemError, match="this very search"):
        solved(solver, seed=2)
    with pytest.raises(ProblemError, match="this very search"):
        solved(solver, problem=LOPSIDED)
    with pytest.raises(ProblemError, match="this very search"):
        solved(with_fields(episodes=3, checkpoint=path, mask=False))
    path.write_bytes(b"no such file")
    with pytest.raises(ProblemError, match="a file that a search wrote"):
        solved(solver)
    with pytest.raises(ProblemError, match="folder that exists"):
        with_fields(checkpoint=tmp_path / "missing" / "search.npz")


def test_no_time_still_gives_an_answer():
    result = solved(SMALL, time_limit=0.0)
    assert result.status == "time_limit"
    assert result.solution.gates == ()
    assert result.objective == pytest.approx(HYDROGEN.diagonal[0])


def test_couplings_and_gates_of_a_device_are_kept():
    problem = GroundState(
        LOPSIDED.hamiltonian, couplings=((0, 1), (1, 2)), gate_set=("cz", "rx", "rz"), energy_shift=0.25
    )
    result = solved(with_fields(episodes=10), problem)
    assert result.feasible
    assert {gate.kind for gate in result.solution.gates} <= {"cz", "rx", "rz"}


@pytest.mark.parametrize("fields", [{"mask": False}, {"halting": None}, {"energy_feature": "raw"}], ids=str)
def test_each_piece_can_be_left_out(fields):
    result = solved(with_fields(episodes=12, **fields))
    assert np.isfinite(result.objective)
    assert len(result.history) == 12


def test_the_papers_profile():
    four, six = Crlqas.paper(4), Crlqas.paper(6, episodes=5)
    assert four.learner.hidden == (1000,) * 5
    assert four.max_gates == 40
    assert four.optimizer == CobylaDescent(evaluations=1000)
    assert (six.max_gates, six.episodes, six.learner.n_step) == (70, 5, 6)
    assert six.learner.gamma(70) == 0.93
    assert Crlqas.paper(8).learner.hidden == (5000,) * 5


def test_a_profile_fills_in_what_is_not_set():
    assert Crlqas().settled(4) == Crlqas()
    for n in (2, 4, 6, 8):
        assert Crlqas(profile="paper").settled(n) == Crlqas.paper(n)
    mixed = Crlqas(profile="paper", episodes=5, learner=DoubleDqn(n_step=2), mask=False).settled(4)
    paper = Crlqas.paper(4)
    assert mixed == with_fields_of(paper, episodes=5, mask=False, learner_n_step=2)
    other = Crlqas(profile="paper", optimizer=ExactDescent(evaluations=7)).settled(4)
    assert other.optimizer == ExactDescent(evaluations=7)


def with_fields_of(search, learner_n_step, **fields):
    return replace(search, learner=replace(search.learner, n_step=learner_n_step), **fields)


def test_the_profile_is_reached_from_the_command_line(tmp_path, capsys):
    from hybrid.cli import main

    path = HYDROGEN.write(tmp_path / "hydrogen.json")
    words = [
        "profile=paper", "episodes=3", "max_gates=4", "learner.hidden=8", "learner.batch=4",
        "encoding=list_with_angles",
    ]  # fmt: skip
    arguments = [
        "solve",
        str(path),
        "--solver",
        "crlqas",
        "--seed",
        "1",
        "--json",
        str(tmp_path / "out.json"),
    ]
    for word in words:
        arguments += ["--set", word]
    assert main(arguments) == 0
    written = json.loads((tmp_path / "out.json").read_text())
    fields = {
        "episodes": 3,
        "max_gates": 4,
        "learner": replace(Crlqas.paper(2).learner, hidden=(8,), batch=4),
        "encoding": "list_with_angles",
    }
    expected = solved(Crlqas.paper(2, **fields))
    assert written["objective"] == expected.objective
    capsys.readouterr()


@pytest.mark.parametrize(
    "fields",
    [
        {"episodes": 0},
        {"max_gates": 0},
        {"tolerance": -1.0},
        {"energy_feature": "log"},
        {"profile": "slow"},
        {"learner": None},
        {"curriculum": 3},
        {"halting": 0.6},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_fields_are_checked(fields):
    with pytest.raises(ProblemError, match=next(iter(fields))):
        Crlqas(**fields)
