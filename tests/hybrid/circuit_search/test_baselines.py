"""Random circuits, greedy growth, annealing and ADAPT-VQE on the same problems."""

import numpy as np
import pytest

from hybrid.circuit_search import (
    AdaptVqe,
    CircuitAnnealing,
    ExactDescent,
    GreedyGrowth,
    RandomCircuits,
    prune,
)
from hybrid.circuit_search.adapt_vqe import extended, operator_pool, start_gates
from hybrid.circuit_search.batch_training import Candidate
from hybrid.circuit_search.circuit_annealing import changed_circuit, is_legal
from hybrid.circuit_search.setting import Setting
from problems.errors import ProblemError, UnsuitableProblem
from problems.ground_state import Gate, GateSequence, GroundState
from tests.hybrid.circuit_search.cases import HYDROGEN, LOPSIDED, PAIR

SEARCHES = [
    RandomCircuits(evaluations=3000, max_gates=12),
    RandomCircuits(evaluations=2000, max_gates=8, training="grown"),
    GreedyGrowth(restarts=1, beam=2, block=3, candidates=300, max_gates=9),
    CircuitAnnealing(evaluations=4000, max_gates=12, start_gates=4),
]


@pytest.mark.parametrize("search", SEARCHES, ids=lambda one: f"{type(one).__name__} {one.max_gates}")
def test_searches_solve_hydrogen_within_their_tolerance(search):
    result = search.solve(HYDROGEN, seed=1, progress=False)
    assert result.objective - HYDROGEN.ground_energy < 1.6e-3
    assert result.objective >= HYDROGEN.ground_energy - 1e-9
    assert result.evaluation.metrics["gates"] <= 5
    again = search.solve(HYDROGEN, seed=1, progress=False)
    assert again.solution == result.solution


@pytest.mark.parametrize("search", SEARCHES, ids=lambda one: f"{type(one).__name__} {one.max_gates}")
def test_searches_keep_couplings_and_gate_set(search):
    problem = GroundState(LOPSIDED.hamiltonian, couplings=((0, 1), (1, 2)), gate_set=("cz", "rx", "rz"))
    result = search.solve(problem, seed=2, progress=False)
    assert result.feasible
    assert result.objective < problem.diagonal.min()


def test_the_null_spends_what_it_is_given():
    result = RandomCircuits(evaluations=2000, max_gates=10).solve(LOPSIDED, seed=0, progress=False)
    shares = [row["step"] for row in result.history]
    assert shares[-1] >= 2000
    assert shares[-33] < 2000  # the batch before the last one had some left
    assert all(row["gates"] == 10 for row in result.history)
    assert result.resources["evaluations"] >= shares[-1]


def test_changes_stay_legal_and_keep_the_angles_of_the_gates_that_stay():
    setting, rng = Setting.of(LOPSIDED, 9), np.random.default_rng(0)
    actions = setting.random_actions(6, rng)
    circuit = Candidate(actions, rng.uniform(1, 3, setting.width(actions)))
    lengths = set()
    for _ in range(300):
        changed = changed_circuit(setting, circuit, rng)
        assert is_legal(setting, changed.actions)
        assert len(changed.angles) == setting.width(changed.actions)
        assert set(changed.angles) <= {*circuit.angles, 0.0}
        assert abs(changed.gates - circuit.gates) <= 1
        assert changed.gates <= 9
        lengths.add(changed.gates)
        if rng.random() < 0.5:
            circuit = Candidate(changed.actions, rng.uniform(1, 3, len(changed.angles)))
    assert len(lengths) > 3


def test_pruning_takes_out_what_is_not_needed():
    needed = (Gate("ry", (0,), None, 2.9), Gate("cx", (0, 1)), Gate("ry", (1,), None, 0.3))
    idle = (Gate("rz", (0,), None, 0.4), Gate("cx", (1, 0)), Gate("cx", (1, 0)))
    longer = GateSequence(2, (*idle, *needed))
    shorter = prune(longer, HYDROGEN)
    assert len(shorter.gates) <= 3
    assert HYDROGEN.judge(shorter).objective <= HYDROGEN.judge(longer).objective + 1e-6
    empty = prune(GateSequence(2, (Gate("cx", (0, 1)),)), HYDROGEN)
    assert empty.gates == ()
    assert prune(empty, HYDROGEN) == empty


def test_adapt_reaches_the_ground_state_by_steepest_operators():
    result = AdaptVqe().solve(PAIR, progress=False)
    assert result.objective == pytest.approx(PAIR.ground_energy, abs=1e-7)
    assert result.status == "converged"
    energies = [row["objective"] for row in result.history if "slope" in row]
    assert len(energies) >= 1
    assert all(b <= a + 1e-9 for a, b in zip(energies, energies[1:], strict=False))
    strings = AdaptVqe(pool="strings").solve(PAIR, progress=False)
    assert strings.objective == pytest.approx(PAIR.ground_energy, abs=1e-7)
    assert len(strings.solution.gates) < len(result.solution.gates)
    tapered = AdaptVqe(pool="strings").solve(HYDROGEN, progress=False)
    assert tapered.objective == pytest.approx(HYDROGEN.ground_energy, abs=1e-7)


def test_slopes_of_the_pool_are_those_of_the_commutator():
    problem = GroundState.random(3, terms=9, seed=4)
    start = start_gates(problem)
    state = GateSequence(3, tuple(start)).state()
    matrix = problem.hamiltonian.matrix()
    from problems.ground_state import PauliSum

    for operator in operator_pool(3, "excitations"):
        generator = PauliSum(3, tuple(s for s, _ in operator), np.array([c for _, c in operator])).matrix()
        commutator = 1j * (generator @ matrix - matrix @ generator)  # d/dθ of e^(iθG) H e^(−iθG)
        exact = float(np.vdot(state, commutator @ state).real)
        circuit = GateSequence(3, tuple(extended(start, operator, 0)))
        ends = [problem.judge(circuit.bind([sign * 1e-4])).objective for sign in (1, -1)]
        assert (ends[0] - ends[1]) / 2e-4 == pytest.approx(exact, abs=1e-6)


def test_pools_count_pairs_and_both_ways_of_fours():
    assert len(operator_pool(4, "excitations")) == 6 + 3
    assert all(len(one) == 1 and one[0][0].count("Y") == 1 for one in operator_pool(4, "strings"))


def test_adapt_says_what_it_cannot_take():
    bound = GroundState(HYDROGEN.hamiltonian, gate_set=("cz", "rx", "rz"))
    with pytest.raises(UnsuitableProblem, match="gate_set"):
        AdaptVqe().solve(bound, progress=False)


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda: RandomCircuits(evaluations=0), "evaluations"),
        (lambda: RandomCircuits(training="twice"), "training"),  # pyright: ignore[reportArgumentType]
        (lambda: GreedyGrowth(block=5, max_gates=4), "block"),
        (lambda: GreedyGrowth(beam=0), "beam"),
        (lambda: CircuitAnnealing(temperatures=(1.0, 0.0)), "temperatures"),
        (lambda: CircuitAnnealing(descent=None), "descent"),  # pyright: ignore[reportArgumentType]
        (lambda: AdaptVqe(pool="all"), "pool"),  # pyright: ignore[reportArgumentType]
        (lambda: ExactDescent(evaluations=0), "evaluations"),
    ],
    ids=["evaluations", "training", "block", "beam", "temperatures", "descent", "pool", "angles"],
)
def test_fields_are_checked(build, field):
    with pytest.raises(ProblemError, match=field):
        build()
