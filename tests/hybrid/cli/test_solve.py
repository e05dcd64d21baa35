"""``hybrid solve`` on files: what is chosen, what comes out, and how it ends."""

import numpy as np
import pytest

from classical.binary.annealing import SimulatedAnnealing
from classical.binary.penalty import Penalty
from hybrid.cli.record import FIELDS
from problems.binary.independent_set import IndependentSet
from problems.binary.knapsack import MultidimensionalKnapsack
from problems.binary.maxcut import MaxCut
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo
from problems.errors import BackendError, NothingFound

from .conftest import strict_json

QUICK_QAOA = ("--solver", "qaoa", "--set", "layers=1", "--set", "optimizer=none", "--set", "shots=64")


def test_milp_is_taken_and_named_where_no_solver_is(hybrid, knapsack_file):
    ended = hybrid("solve", knapsack_file, "--problem", "mdkp")
    assert ended.status == 0
    assert ended.out.startswith("no solver was named: taking milp\n")
    assert "optimal" in ended.out
    assert ended.err == ""


def test_json_holds_every_field_in_order_and_null_for_what_there_is_not(hybrid, knapsack_file):
    record = hybrid("solve", knapsack_file, "--problem", "mdkp", "--json", "-").json
    assert tuple(record)[: len(FIELDS)] == FIELDS
    assert record["solution"] == [2, 4]
    assert (record["objective"], record["bound"], record["reference"]) == (15, 15, 15)
    assert (record["gap"], record["gap_to_reference"]) == (0, 0)
    assert (record["solver"], record["status"], record["seed"]) == ("milp", "optimal", 0)
    assert record["feasible"] is True
    assert record["violations"] == {}
    assert record["items"] == 2  # a metric of the judge
    for name in ("backend", "qubits", "two_qubit_gates", "depth", "shots", "circuits", "jobs"):
        assert record[name] is None


def test_a_qubo_solver_of_a_constrained_problem_gets_its_slack_free_qubo(hybrid, knapsack_file):
    ended = hybrid("solve", knapsack_file, "--problem", "mdkp", *QUICK_QAOA, "--json", "-")
    assert "the problem is constrained: qaoa gets its slack-free QUBO from penalty" in ended.err
    record = ended.json
    assert record["solver"] == "penalty(qaoa)"
    assert record["backend"] == "statevector"
    assert (record["qubits"], record["shots"], record["feasible"]) == (4, 64, True)
    assert record["qubits_with_slack"] > 4


def test_a_qubo_solver_of_an_unconstrained_problem_is_not_wrapped(hybrid, tmp_path):
    path = MaxCut.random(n=6, seed=2).write(tmp_path / "graph.txt")
    ended = hybrid("solve", path, "--problem", "maxcut", "--solver", "tabu", "--json", "-")
    assert ended.status == 0
    assert "penalty" not in ended.err
    assert ended.json["solver"] == "tabu"


def test_the_command_does_what_the_library_does(hybrid, tmp_path):
    problem = MultidimensionalKnapsack.random(n=12, m=3, seed=5)
    path = problem.write(tmp_path / "twelve.dat")
    words = ("--solver", "annealing", "--set", "restarts=4", "--set", "sweeps=20", "--seed", 9)
    record = hybrid("solve", path, "--problem", "mdkp", *words, "--json", "-").json
    result = Penalty(inner=SimulatedAnnealing(restarts=4, sweeps=20)).solve(problem, seed=9)
    assert record["objective"] == result.objective
    assert tuple(record["solution"]) == problem.decode(result.solution)


@pytest.mark.parametrize("solver", ["milp", "exhaustive", "annealing", "tabu", "greedy", "random", "penalty"])
def test_the_same_command_twice_differs_in_seconds_alone(hybrid, knapsack_file, solver):
    words = ("solve", knapsack_file, "--problem", "mdkp", "--solver", solver, "--seed", 4, "--json", "-")
    first, second = ([line for line in hybrid(*words).out.splitlines()] for _ in range(2))
    differing = [a for a, b in zip(first, second, strict=True) if a != b]
    assert all(line.startswith(' "seconds":') for line in differing)


def test_an_entry_point_name_works_like_a_short_name(hybrid, knapsack_file):
    ended = hybrid(
        "solve", knapsack_file, "--problem", "mdkp", "--solver", "binary.Exhaustive", "--json", "-"
    )
    assert ended.json["solver"] == "exhaustive"


def test_backend_reaches_the_solver_inside_the_wrapper(hybrid, knapsack_file):
    words = ("solve", knapsack_file, "--problem", "mdkp", *QUICK_QAOA, "--json", "-")
    record = hybrid(*words, "--backend", "aer:automatic").json
    assert record["backend"] == "aer(method=automatic)"
    assert record["depth"] > 0


def test_a_program_is_answered_by_the_names_of_its_variables(hybrid, tmp_path):
    program = BinaryProgram.from_arrays([3, 2], [[1, 1]], [1], sense="max", names=("left", "right"))
    ended = hybrid("solve", program.write(tmp_path / "program.json"), "--json", "-")
    assert ended.json["solution"] == {"left": 1, "right": 0}


def test_a_qubo_is_solved_as_it_is(hybrid, tmp_path):
    path = Qubo.from_matrix(np.array([[-1.0, 3.0], [0.0, -2.0]])).write(tmp_path / "two.qubo")
    record = hybrid("solve", path, "--problem", "qubo", "--solver", "exhaustive", "--json", "-").json
    assert (record["objective"], record["sense"], record["bound"]) == (-2, "min", -2)


def test_index_counts_from_one(hybrid, tmp_path):
    many = tmp_path / "many.txt"
    many.write_text("2\n 1 1 0\n 5\n 1\n 1\n 1 1 0\n 7\n 1\n 1\n")
    words = ("solve", many, "--problem", "mdkp", "--json", "-")
    assert hybrid(*words, "--index", 1).json["objective"] == 5
    assert hybrid(*words, "--index", 2).json["objective"] == 7
    assert "many.txt" in hybrid(*words).sentence
    assert hybrid(*words, "--index", 3).status == 2


def test_a_proof_of_infeasibility_ends_with_one_and_a_record(hybrid, tmp_path):
    program = BinaryProgram.from_arrays([1, 1], [[1, 1]], [3], ">=")
    path, answer = program.write(tmp_path / "none.json"), tmp_path / "answer.json"
    ended = hybrid("solve", path, "--json", answer)
    assert ended.status == 1
    assert "none.json" in ended.sentence
    assert "no feasible solution" in ended.sentence
    record = strict_json(answer.read_text())
    assert (record["status"], record["solution"], record["objective"]) == ("infeasible", None, None)


def test_an_infeasible_answer_ends_with_one(hybrid, tmp_path):
    program = BinaryProgram.from_arrays([1, 1], [[1, 1]], [1], "==", quadratic=[[0, -9], [0, 0]])
    words = ("--solver", "penalty", "--set", "repair=none", "--set", "encoding=slack")
    path = program.write(tmp_path / "program.json")
    forced = ("--set", "encoding.penalty=0.001", "--set", "inner=exhaustive")
    ended = hybrid("solve", path, *words, *forced, "--json", "-")
    assert ended.status == 1
    assert ended.json["feasible"] is False
    assert sum(ended.json["violations"].values()) == 1
    assert ended.json["gap"] is None


@pytest.mark.parametrize("error", [BackendError("the machine is down"), NothingFound("nothing came")])
def test_a_failure_without_an_answer_ends_with_one_and_a_record(hybrid, tmp_path, monkeypatch, error):
    def fail(self, problem, run):
        raise error

    monkeypatch.setattr(SimulatedAnnealing, "_solve", fail)
    path, answer = Qubo.random(4).write(tmp_path / "q.qubo"), tmp_path / "answer.json"
    ended = hybrid("solve", path, "--problem", "qubo", "--solver", "annealing", "--json", answer)
    assert (ended.status, ended.sentence) == (1, f"hybrid: {error}")
    record = strict_json(answer.read_text())
    assert (record["status"], record["message"], record["feasible"]) == ("failed", str(error), None)


def test_a_time_limit_closes_the_solve_with_an_answer(hybrid, tmp_path):
    path = Qubo.random(40, seed=1).write(tmp_path / "forty.qubo")
    words = ("--solver", "annealing", "--set", "restarts=100000000", "--time-limit", "0.2")
    ended = hybrid("solve", path, "--problem", "qubo", *words, "--json", "-")
    assert ended.status == 0
    assert ended.json["status"] == "time_limit"


def test_estimate_says_what_a_solve_then_spends(hybrid, knapsack_file):
    words = (knapsack_file, "--problem", "mdkp", *QUICK_QAOA, "--json", "-")
    estimate, solved = hybrid("estimate", *words), hybrid("solve", *words)
    assert estimate.status == 0
    for name in ("qubits", "qubits_with_slack", "shots", "circuits", "jobs", "two_qubit_gates"):
        assert estimate.json[name] == solved.json[name]
    assert estimate.json["solver"] == "penalty(qaoa)"
    assert "slack-free QUBO" in estimate.err


def test_estimate_sends_nothing(hybrid, knapsack_file, monkeypatch):
    from backends.statevector import Statevector

    monkeypatch.setattr(Statevector, "run", lambda self, workload: pytest.fail("a workload was sent"))
    assert hybrid("estimate", knapsack_file, "--problem", "mdkp", *QUICK_QAOA).status == 0


def test_independent_sets_are_answered_in_the_labels_of_the_file(hybrid, tmp_path):
    path = IndependentSet(4, [[0, 1], [1, 2], [2, 3]], reference=2.0).write(tmp_path / "path.col")
    record = hybrid("solve", path, "--problem", "mis", "--json", "-").json
    assert record["objective"] == 2
    assert len(record["solution"]) == 2
    assert set(record["solution"]) <= {1, 2, 3, 4}
