"""Shrinking with a remote inside: killed processes lose and repeat nothing, and the cost is foretold."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from backends import Journal
from hybrid.graph_shrinking import Recalculation
from hybrid.graph_shrinking.correlations import AutomaticCorrelation, SampledCorrelation
from problems.binary import IndependentSet, MaxCut
from tests.backends.journal.kills import survive
from tests.backends.journal.scripted import ScriptedRemote
from tests.claims.graph_shrinking.killed_runs import CASES, COUNTED, inside, inside_and_in_the_source, sampler

CUT = MaxCut.random(n=6, seed=0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL and no fork server")
@pytest.mark.parametrize("solver", CASES.values(), ids=CASES)
def test_a_killed_shrinking_loses_nothing_pays_nothing_twice_and_ends_alike(tmp_path, solver):
    toll = survive(tmp_path, kills=2, seed=2, solver=solver, longest_life=2.0)
    assert toll.kills == 2
    assert (toll.lost, toll.twice, toll.differing) == (0, 0, 0)


def test_a_second_run_in_the_same_journal_sends_nothing_and_ends_alike(tmp_path):
    def run():
        with Journal(ScriptedRemote(tmp_path), tmp_path / "journal.sqlite") as journal:
            return inside_and_in_the_source(journal).solve(CUT, seed=3, progress=False)

    first, second = run(), run()
    assert second.resources["replayed"] == first.resources["jobs"] > 8
    assert second.history == first.history
    np.testing.assert_array_equal(second.candidates, first.candidates)


def test_the_estimate_of_a_remote_sampler_is_what_it_sends(tmp_path):
    solver = inside(ScriptedRemote(tmp_path))
    expected, spent = solver.estimate(CUT, seed=1), solver.solve(CUT, seed=1, progress=False).resources
    assert all(expected[name] == spent[name] for name in COUNTED)
    assert expected["qpu_seconds"] >= spent["qpu_seconds"]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("plan", [Recalculation(), Recalculation(every=2, decay=0.0, stale=None)], ids=str)
@pytest.mark.parametrize("problem", [CUT, IndependentSet.random(7, 0.4, seed=1)], ids=["cut", "set"])
def test_the_estimate_of_remote_correlations_is_a_bound(tmp_path, problem, plan, seed):
    backend = ScriptedRemote(tmp_path)
    solver = replace(inside_and_in_the_source(backend), target_qubits=3, recalculation=plan)
    expected, result = solver.estimate(problem, seed=seed), solver.solve(problem, seed=seed, progress=False)
    assert not any(row.get("kind") == "undone" for row in result.history)
    assert all(expected[name] >= result.resources[name] for name in (*COUNTED, "qpu_seconds", "qubits"))


def test_the_estimate_counts_every_restart_and_the_source_within_the_automatic_one(tmp_path):
    solver = inside_and_in_the_source(ScriptedRemote(tmp_path))
    once = solver.estimate(CUT)
    twice = replace(solver, restarts=2).estimate(CUT)
    assert twice["shots"] == 2 * once["shots"]
    held = AutomaticCorrelation(plain=SampledCorrelation(sampler(ScriptedRemote(tmp_path), 3)))
    assert replace(solver, source=held).estimate(CUT)["shots"] == once["shots"]


def test_an_estimate_sends_nothing(tmp_path):
    backend = ScriptedRemote(tmp_path)
    inside_and_in_the_source(backend).estimate(CUT)
    assert not backend.accepted()
