"""``hybrid solve`` and ``hybrid estimate``: what is chosen, what is said, how it ends."""

import json

import pytest

from classical.binary.mixed_integer import MixedInteger
from problems.binary import BinaryProgram, MultidimensionalKnapsack
from problems.errors import BackendError, BudgetExceeded, NothingFound
from problems.formats.program_json import write_json
from problems.ground_state import GroundState
from tests.hybrid.cli.conftest import Command

FIELDS = [
    "problem", "solver", "backend", "seed", "status", "message", "objective", "sense", "feasible",
    "violations", "bound", "gap", "reference", "gap_to_reference", "qubits", "qubits_with_slack",
    "two_qubit_gates", "depth", "shots", "circuits", "jobs", "seconds", "solution",
]  # fmt: skip
SMALL_QAOA = ["--set", "layers=1", "--set", "optimizer.evaluations=5", "--set", "shots=64"]


def test_without_a_solver_milp_answers_and_it_says_so(hybrid: Command, knapsack_file):
    said = hybrid("solve", knapsack_file, "--problem", "mdkp")
    assert said.status == 0
    assert said.err == ""
    assert "milp" in said.out.splitlines()[0]
    assert "optimal" in said.out


def test_a_named_solver_needs_no_remark(hybrid: Command, knapsack_file):
    said = hybrid("solve", knapsack_file, "--problem", "mdkp", "--solver", "milp")
    assert said.out.splitlines()[0].split() == ["problem", "MultidimensionalKnapsack"]


@pytest.mark.parametrize("solver", ["milp", "exhaustive", "penalty", "greedy", "random", "annealing", "tabu"])
def test_every_short_name_solves_a_knapsack(hybrid: Command, knapsack_file, solver):
    said = hybrid("solve", knapsack_file, "--problem", "mdkp", "--solver", solver, "--json", "-")
    assert said.status == 0
    assert said.json["feasible"] is True
    assert solver in said.json["solver"]


def test_entry_point_names_mean_the_same_as_short_names(hybrid: Command, knapsack_file):
    words = ["solve", knapsack_file, "--problem", "mdkp", "--json", "-", "--solver"]
    short, entry = hybrid(*words, "exhaustive").json, hybrid(*words, "binary.Exhaustive").json
    assert {**short, "seconds": 0} == {**entry, "seconds": 0}


def test_a_qubo_solver_for_a_constrained_problem_goes_through_penalty(hybrid: Command, knapsack_file):
    said = hybrid("solve", knapsack_file, "--problem", "mdkp", "--solver", "annealing", "--json", "-")
    assert "annealing" in said.err.splitlines()[0]
    assert "penalty" in said.err.splitlines()[0]
    assert said.json["solver"] == "penalty(annealing)"
    assert said.json["bound"] >= said.json["objective"]


def test_a_qubo_solver_takes_a_cut_as_it_is(hybrid: Command, cut_file):
    said = hybrid("solve", cut_file, "--problem", "maxcut", "--solver", "tabu", "--json", "-")
    assert said.json["solver"] == "tabu"
    best = hybrid("solve", cut_file, "--problem", "maxcut", "--solver", "exhaustive", "--json", "-")
    assert said.json["objective"] == best.json["objective"]


def test_the_message_says_whether_a_repaired_sample_won(hybrid: Command, knapsack_file):
    said = hybrid("solve", knapsack_file, "--problem", "mdkp", "--solver", "qaoa", *SMALL_QAOA, "--json", "-")
    assert "repair" in said.json["message"]


def test_json_has_the_fields_of_an_answer_first_and_in_order(hybrid: Command, knapsack_file):
    said = hybrid("solve", knapsack_file, "--problem", "mdkp", "--solver", "qaoa", *SMALL_QAOA, "--json", "-")
    assert list(said.json)[: len(FIELDS)] == FIELDS
    assert said.json["backend"] == "statevector"
    assert said.json["qubits"] == 8
    assert said.json["qubits_with_slack"] > 8
    assert said.json["shots"] >= 64
    assert {"items", "fullest_capacity", "evaluations"} <= said.json.keys()


def test_json_is_null_for_what_there_is_not(hybrid: Command, qubo_file):
    answer = hybrid("solve", qubo_file, "--solver", "tabu", "--json", "-").json
    for name in ("backend", "bound", "gap", "reference", "gap_to_reference", "qubits", "shots"):
        assert answer[name] is None


def test_the_solution_stands_in_the_labels_of_the_file(hybrid: Command, knapsack, knapsack_file, qubo_file):
    answer = hybrid("solve", knapsack_file, "--problem", "mdkp", "--json", "-").json
    assert knapsack.judge(knapsack.encode(answer["solution"])).objective == answer["objective"]
    answer = hybrid("solve", qubo_file, "--solver", "exhaustive", "--json", "-").json
    assert answer["solution"] == {"a": 1, "b": 0, "c": 0}
    assert answer["objective"] == -3


def test_the_gap_to_a_reference_is_told(hybrid: Command, knapsack, tmp_path):
    known = MultidimensionalKnapsack(knapsack.profits, knapsack.weights, knapsack.capacities, 2000.0)
    answer = hybrid("solve", known.write(tmp_path / "known.dat"), "--problem", "mdkp", "--json", "-").json
    assert answer["reference"] == 2000
    assert answer["gap_to_reference"] == pytest.approx(abs(answer["objective"] - 2000) / 2000, rel=1e-15)


@pytest.mark.parametrize("solver", ["milp", "annealing", "random", "qaoa"])
def test_the_same_command_writes_the_same_bytes_but_for_seconds(
    hybrid: Command, knapsack_file, tmp_path, solver
):
    def written(name: str) -> list[str]:
        path = tmp_path / name
        more = SMALL_QAOA if solver == "qaoa" else []
        words = ["--problem", "mdkp", "--solver", solver, "--seed", "5", *more]
        assert hybrid("solve", knapsack_file, *words, "--json", path).status == 0
        return [line for line in path.read_text().splitlines() if '"seconds"' not in line]

    assert written("first.json") == written("second.json")


def test_the_seed_reaches_the_solver(hybrid: Command, knapsack_file):
    words = ["solve", knapsack_file, "--problem", "mdkp", "--solver", "random", "--set", "samples=1"]
    answers = [hybrid(*words, "--seed", seed, "--json", "-").json for seed in range(4)]
    assert [answer["seed"] for answer in answers] == [0, 1, 2, 3]
    assert len({json.dumps(answer["solution"]) for answer in answers}) > 1


def test_a_proof_of_infeasibility_ends_with_1_and_one_sentence(hybrid: Command, impossible_file):
    said = hybrid("solve", impossible_file, "--json", "-")
    assert said.status == 1
    assert said.json["status"] == "infeasible"
    assert said.json["solution"] is None
    assert said.err.splitlines()[-1].startswith("hybrid: ")
    assert "no feasible solution" in said.err


def test_an_infeasible_answer_ends_with_1(hybrid: Command, tmp_path):
    """A penalty that is far too small: taking both, against the row, is the best of the QUBO."""
    program = BinaryProgram.from_arrays([1, 1], [[1, 1]], [1], "==", quadratic=[[0, -9], [0, 0]])
    words = ["--solver", "penalty", "--set", "inner=exhaustive", "--set", "repair=none"]
    words += ["--set", "encoding=slack", "--set", "encoding.penalty=0.001"]
    said = hybrid("solve", write_json(program, tmp_path / "both.json"), *words, "--json", "-")
    assert said.status == 1
    assert said.json["feasible"] is False
    assert said.json["violations"] == {"r0": 1}
    assert said.json["gap"] is None


def test_without_any_time_there_is_no_answer_and_one_sentence(hybrid: Command, cut_file):
    words = ["--problem", "maxcut", "--solver", "tabu", "--time-limit", "0", "--json", "-"]
    said = hybrid("solve", cut_file, *words)
    assert said.status == 1
    assert said.json["status"] == "failed"
    assert said.err.startswith("hybrid: ")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "status", "ended"),
    [
        (BackendError("the queue is closed"), 1, "failed"),
        (NothingFound("all branches died"), 1, "failed"),
        (BudgetExceeded("1024 shots are left"), 1, "budget"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_an_end_without_an_answer_is_one_sentence_and_a_record(
    hybrid: Command, knapsack_file, tmp_path, monkeypatch, error, status, ended
):
    def fail(solver, problem, run):
        raise error

    monkeypatch.setattr(MixedInteger, "_solve", fail)
    path = tmp_path / "answer.json"
    said = hybrid("solve", knapsack_file, "--problem", "mdkp", "--solver", "milp", "--json", path)
    assert said.status == status
    assert said.err.startswith("hybrid: ")
    assert said.err.count("\n") == 1
    assert str(error) in said.err
    record = json.loads(path.read_text())
    assert record["status"] == ended
    assert record["objective"] is None
    assert list(record) == FIELDS


def test_a_bug_is_not_dressed_as_bad_input(hybrid: Command, knapsack_file, monkeypatch):
    def fail(solver, problem, run):
        raise IndexError("off by one")

    monkeypatch.setattr(MixedInteger, "_solve", fail)
    with pytest.raises(IndexError, match="off by one"):
        hybrid("solve", knapsack_file, "--problem", "mdkp", "--solver", "milp")


def test_estimate_foretells_what_a_solve_spends(hybrid: Command, knapsack_file):
    words = [knapsack_file, "--problem", "mdkp", "--solver", "qaoa", *SMALL_QAOA, "--json", "-"]
    spent, foretold = hybrid("solve", *words), hybrid("estimate", *words)
    assert foretold.status == 0
    assert "solution" not in foretold.json
    for name in ("qubits", "qubits_with_slack", "shots", "circuits", "jobs"):
        assert foretold.json[name] == spent.json[name]


def test_a_hamiltonian_goes_to_vqe_and_its_circuit_to_the_judge(hybrid: Command, tmp_path):
    path, answer = tmp_path / "chain.json", tmp_path / "answer.json"
    chain = GroundState.transverse_field_ising(2)
    chain.write(path)
    said = hybrid("solve", path, "--set", "ansatz.layers=1", "--json", answer)
    assert said.status == 0
    assert "no solver was named: taking vqe" in said.out
    written = json.loads(answer.read_text())
    assert written["objective"] == pytest.approx(chain.ground_energy, abs=1e-4)
    judged = hybrid("judge", path, answer, "--json", "-").json
    assert judged["objective"] == pytest.approx(written["objective"], abs=1e-9)
