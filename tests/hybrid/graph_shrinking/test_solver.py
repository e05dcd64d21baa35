"""The solver: answers judged by the problem, the null beside, what it says about itself, refusals."""

import numpy as np
import pytest

from backends import Statevector
from classical.binary import Exhaustive, SimulatedAnnealing
from hybrid.graph_shrinking import GraphShrinking, Recalculation, ScatteredEncoding, Trace
from hybrid.graph_shrinking.correlations import RandomCorrelation, SampledCorrelation, SemidefiniteCorrelation
from hybrid.graph_shrinking.samples import uniform_bits, worth_of
from hybrid.qaoa import Qaoa
from problems.binary import (
    BinaryProgram,
    IndependentSet,
    MaxCut,
    MultidimensionalKnapsack,
    QuadraticAssignment,
    Qubo,
    SlackFreeEncoding,
)
from problems.conformance import SOLVER_CHECKS
from problems.errors import Infeasible, ProblemError, UnsuitableProblem
from tests.hybrid.graph_shrinking.test_spin_graph import every_state


def solved(solver, problem, seed=1):
    return solver.solve(problem, seed=seed, progress=False)


def best_value(problem):
    program = problem.program
    bits = every_state(program.n)
    good = bits[program.constraints.violations(bits).sum(axis=1) == 0]
    values = program.objective.values(good)
    return values.min() if program.sense == "min" else values.max()


@pytest.mark.parametrize("check", SOLVER_CHECKS, ids=lambda check: check.__name__)
def test_keeps_what_every_solver_promises(check):
    check(GraphShrinking(target_qubits=4), IndependentSet.random(9, 0.3, seed=1))


@pytest.mark.parametrize(
    "problem",
    [
        IndependentSet.random(14, 0.3, seed=3),
        QuadraticAssignment.random(4, seed=2),
        MaxCut.regular(3, 12, seed=2),
    ],
    ids=lambda problem: type(problem).__name__,
)
def test_reaches_the_optimum_of_small_problems(problem):
    result = solved(GraphShrinking(target_qubits=6), problem)
    assert result.feasible
    assert result.objective == best_value(problem)
    assert result.resources["qubits"] <= 6
    assert result.candidates.shape[1] == problem.n


def test_a_program_and_a_qubo_are_taken_too():
    program = BinaryProgram.random(n=8, rows=2, seed=4)
    assert solved(GraphShrinking(target_qubits=4), program).feasible
    qubo = Qubo.random(10, seed=2)
    result = solved(GraphShrinking(target_qubits=7), qubo)
    assert result.objective == solved(Exhaustive(), qubo).objective


def test_the_history_holds_the_trace_and_sets_the_null_beside():
    problem = MultidimensionalKnapsack.random(14, 3, seed=3)
    result = solved(GraphShrinking(target_qubits=8, restarts=2), problem)
    last = result.history[-1]
    assert last["samples"] == 1024
    assert last["objective"] <= result.objective
    assert {"null_objective", "null_violation", "null_repaired_objective"} <= set(last)
    first = [row for row in result.history if row.get("restart") == 0]
    trace = Trace.from_rows(first, last["width"])
    assert trace.steps[-1].qubits == first[-1]["qubits"] <= 8
    assert "Qaoa" in result.message
    assert result.bound >= result.objective


def test_the_wide_solver_takes_over_and_is_named():
    problem = MaxCut.regular(3, 30, seed=1)
    solver = GraphShrinking(
        target_qubits=25, inner=Qaoa(layers=1, optimizer=None), wide=SimulatedAnnealing(4, 50)
    )
    result = solved(solver, problem)
    assert "SimulatedAnnealing" in result.message
    assert "shots" not in result.resources


def test_figures_before_repair_are_resources():
    problem = QuadraticAssignment.random(4, seed=1)
    solver = GraphShrinking(
        target_qubits=6,
        source=RandomCorrelation(),
        veto="off",
        propagate=False,
        wide=None,
        inner=Exhaustive(),
    )
    result = solved(solver, problem)
    assert result.feasible
    assert result.resources["raw_violations"] > 0
    assert result.resources["repair_edits"] > 0
    raw = solved(GraphShrinking(target_qubits=6, repair="none"), problem)
    assert raw.resources["repair_edits"] == 0


def test_polish_is_counted_apart():
    problem = QuadraticAssignment.random(5, seed=3)
    plain = GraphShrinking(target_qubits=3, source=RandomCorrelation())
    gains = []
    for seed in range(4):
        rough = solved(plain, problem, seed)
        polished = solved(
            GraphShrinking(target_qubits=3, source=RandomCorrelation(), polish="local"), problem, seed
        )
        assert rough.objective - polished.objective == polished.resources["polish_gain"]
        gains.append(polished.resources["polish_gain"])
    assert max(gains) > 0


def test_qaoa_correlations_run_on_a_backend_and_are_charged():
    solver = GraphShrinking(
        target_qubits=4,
        source=SampledCorrelation(Qaoa(layers=2, optimizer=None, shots=256, backend=Statevector())),
        recalculation=Recalculation(every=2),
    )
    result = solved(solver, MaxCut.regular(3, 10, seed=1))
    assert result.resources["shots"] > 1024
    assert result.resources["qubits"] == 10


def test_scattered_encoding_moves_prices_and_centres_only():
    program = MultidimensionalKnapsack.random(10, 4, seed=2).program
    plain = SlackFreeEncoding().encode(program).problem.form
    same = ScatteredEncoding(price_spread=0.0, centre_spread=0.0).encode(program).problem.form
    moved = ScatteredEncoding(seed=1).encode(program).problem.form
    assert np.allclose(plain.linear, same.linear)
    assert np.allclose(plain.coupling, moved.coupling)  # ρ is left alone, and with it all products
    assert not np.allclose(plain.linear, moved.linear)
    with pytest.raises(ProblemError, match="price_spread"):
        ScatteredEncoding(price_spread=2.0)


def test_worth_of_samples_counts_shares_and_edits():
    problem = IndependentSet(3, [(0, 1)])
    bits = np.array([[1, 1, 0], [0, 0, 1]], dtype=np.uint8)
    worth = worth_of(problem, bits, np.array([3, 1]), repair=True)
    assert worth.feasible_share == 0.25
    assert worth.raw.tolist() == [0, 0, 1]
    assert problem.judge(worth.repaired).objective == 2
    assert worth.repair_edits in (1, 2)
    assert uniform_bits(3, 5, 1).shape == (5, 3)


def test_bad_fields_and_infeasible_programs_are_refused():
    with pytest.raises(ProblemError, match="target_qubits"):
        GraphShrinking(target_qubits=0)
    with pytest.raises(ProblemError, match="restarts"):
        GraphShrinking(restarts=0)
    with pytest.raises(ProblemError, match="source"):
        GraphShrinking(source="sdp")
    program = BinaryProgram.from_arrays([1.0, 1.0], [[1, 1]], [3], [">="], row_names=["three"])
    with pytest.raises(Infeasible, match="three"):
        solved(GraphShrinking(), program)
    wide = GraphShrinking(target_qubits=60, wide=None)
    with pytest.raises(UnsuitableProblem, match="Qaoa"):
        solved(wide, Qubo.random(80, density=0.1, seed=1))


def test_semidefinite_shrinking_with_exact_inner_is_close_on_knapsacks():
    problem = MultidimensionalKnapsack.random(14, 3, seed=5)
    solver = GraphShrinking(target_qubits=8, source=SemidefiniteCorrelation(), restarts=3)
    assert solved(solver, problem).objective >= 0.98 * best_value(problem)
