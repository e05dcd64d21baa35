from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.minimisation.composite_baselines import CompositeDescent
from classical.minimisation.inner_solvers import Armijo, descend, least_squares, quasi_newton
from classical.minimisation.schedules import scheduled
from classical.minimisation.surrogate import GEOMETRIES, Surrogate, metric_of
from classical.minimisation.target_oracle import TargetOracle
from classical.minimisation.target_surrogate import TargetSurrogate
from problems.conformance import SOLVER_CHECKS
from problems.contract import Evaluation, Problem, Solver
from problems.errors import ProblemError
from problems.minimisation import Landscape
from problems.minimisation.identity_composite import IdentityComposite
from problems.minimisation.imitation import Imitation
from problems.minimisation.logistic_composite import LogisticComposite
from problems.minimisation.matrix_factorisation import MatrixFactorisation
from problems.minimisation.network_to_circuit import NetworkToCircuit
from problems.minimisation.perceptron import Perceptron

LOGISTIC = LogisticComposite.ill_conditioned(60, 5, seed=2)
MILD = LogisticComposite.ill_conditioned(60, 5, condition=3.0, seed=2)
SOFTMAX = LogisticComposite(
    np.random.default_rng(4).normal(size=(30, 3)), np.random.default_rng(5).integers(0, 4, 30), classes=4
)
FACTORISATION = MatrixFactorisation.random(40, 3, 4, 2)
IMITATION = Imitation(hidden=(5,), trajectories=3, length=5)
CIRCUITS = NetworkToCircuit(np.array([[0.5], [1.5]]), (Landscape("cosines", 2),) * 2, (4,))


@dataclass(frozen=True)
class Within(Solver[Problem, None]):
    """Runs a function of the problem and the run, so that parts can be asked on their own."""

    work: object = None

    def _solve(self, problem, run):
        self.work(problem, run)
        run.offer(problem.start)
        return problem.start


def surrogate_at(problem, theta, geometry="euclid", eta=1.0, rows=None):
    """A surrogate outside any solver."""
    kept = []

    def build(problem, run):
        oracle = TargetOracle(problem, run, 10, None, 0)
        seen = np.arange(problem.count) if rows is None else rows
        centre = oracle.targets(theta, seen)
        slopes = oracle.gradient(centre, seen)
        metric = metric_of(geometry, oracle, centre, seen, slopes**2)
        kept.append(Surrogate(oracle, seen, theta, centre, slopes, eta, metric))

    Within(build).solve(problem, progress=False)
    return kept[0]


@pytest.mark.parametrize("check", SOLVER_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("solver", [TargetSurrogate(evaluations=12), CompositeDescent(evaluations=12)])
def test_keeps_what_every_solver_keeps(solver, check):
    check(solver, LOGISTIC)


@pytest.mark.parametrize("problem", [LOGISTIC, SOFTMAX, FACTORISATION, IMITATION, CIRCUITS])
@pytest.mark.parametrize("batch", [None, 2])
def test_one_plain_inner_step_is_gradient_descent(problem, batch):
    ours = TargetSurrogate(25, 1, eta=0.7, inner_length=0.2, batch=batch)
    theirs = CompositeDescent(25, "sgd", 0.2, batch=batch)
    a, b = (solver.solve(problem, seed=3, progress=False).solution for solver in (ours, theirs))
    assert a == pytest.approx(b, rel=1e-12, abs=1e-12)
    assert not np.allclose(a, problem.start, atol=1e-4)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([FACTORISATION, IMITATION]))
def test_the_surrogate_of_squared_loss_is_the_loss_difference(seed, problem):
    rng = np.random.default_rng(seed)
    theta, moved = problem.start, problem.start + rng.normal(scale=0.3, size=problem.dimension)
    surrogate = surrogate_at(problem, theta)
    z, zero = surrogate.targets(moved), surrogate.centre
    difference = problem.target_loss(z, surrogate.rows, 0) - problem.target_loss(zero, surrogate.rows, 0)
    assert surrogate.value(z) == pytest.approx(difference, rel=1e-11, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([LOGISTIC, SOFTMAX]))
def test_the_surrogate_with_the_losss_own_divergence_is_the_loss_difference(seed, problem):
    rng = np.random.default_rng(seed)
    theta, moved = rng.normal(size=(2, problem.dimension))
    surrogate = surrogate_at(problem, theta, "mirror")
    difference = problem.exact(moved) - problem.exact(theta)
    assert surrogate.value(surrogate.targets(moved)) == pytest.approx(difference, rel=1e-10, abs=1e-11)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([LOGISTIC, SOFTMAX, FACTORISATION]), st.floats(0.05, 1.0))
def test_the_surrogate_majorises_the_loss(seed, problem, share):
    rng = np.random.default_rng(seed)
    theta = problem.start + rng.normal(size=problem.dimension)
    moved = theta + rng.normal(scale=2, size=problem.dimension)
    surrogate = surrogate_at(problem, theta, eta=share / problem.smoothness)
    assert problem.exact(moved) <= problem.exact(theta) + surrogate.value(surrogate.targets(moved)) + 1e-12


@pytest.mark.parametrize("geometry", GEOMETRIES)
@pytest.mark.parametrize("problem", [LOGISTIC, SOFTMAX])
def test_the_surrogates_gradient_is_its_slope_and_that_of_h_where_it_was_built(problem, geometry):
    theta = np.random.default_rng(1).normal(size=problem.dimension)
    surrogate = surrogate_at(problem, theta, geometry, 0.3)
    assert surrogate.value(surrogate.centre) == 0.0
    here = surrogate.gradient(theta, surrogate.centre)
    assert here == pytest.approx(problem.exact_gradient(theta), abs=1e-14)
    moved = theta + 0.4
    nudges = 1e-6 * np.eye(problem.dimension)
    slope = [
        (surrogate.value(surrogate.targets(moved + d)) - surrogate.value(surrogate.targets(moved - d))) / 2e-6
        for d in nudges
    ]
    assert surrogate.gradient(moved, surrogate.targets(moved)) == pytest.approx(np.array(slope), abs=1e-7)


@pytest.mark.parametrize("inner_steps", [1, 5, 20])
@pytest.mark.parametrize("inner", ["gd", "lbfgs", "exact"])
def test_full_batches_never_raise_h(inner_steps, inner):
    solver = TargetSurrogate(120, inner_steps, inner=inner, judged_every=1)
    for problem in (LOGISTIC, SOFTMAX) if inner == "exact" else (LOGISTIC, SOFTMAX, FACTORISATION):
        result = solver.solve(problem, progress=False)
        heights = [problem.exact(problem.start)] + [row["objective"] for row in result.history]
        assert np.all(np.diff(heights) <= 1e-13)
        assert heights[-1] < heights[0] - 0.01


@pytest.mark.parametrize("geometry", ["euclid", "newton", "adagrad"])
@pytest.mark.parametrize("problem", [MILD, SOFTMAX])
def test_the_exact_inner_step_is_where_the_others_end(problem, geometry):
    theta = np.random.default_rng(1).normal(size=problem.dimension)
    surrogate = surrogate_at(problem, theta, geometry, 0.3)
    exact, least = least_squares(surrogate)
    assert np.linalg.norm(surrogate.gradient(exact, surrogate.targets(exact))) < 1e-12
    near, reached = quasi_newton(surrogate, 500)
    assert reached == pytest.approx(least, rel=1e-6)
    slow, lowered, _ = descend(surrogate, 300, 10.0, Armijo())
    assert lowered == pytest.approx(least, rel=1e-3)
    assert least < 0


def test_a_batch_smaller_than_the_parameters_is_stepped_to_by_least_distance():
    theta = np.random.default_rng(1).normal(size=LOGISTIC.dimension)
    surrogate = surrogate_at(LOGISTIC, theta, eta=0.5, rows=np.array([3, 7]))
    moved, _ = least_squares(surrogate)
    aim = surrogate.centre - 0.5 * surrogate.slopes
    assert surrogate.targets(moved) == pytest.approx(aim)
    design = LOGISTIC.inputs[[3, 7]]
    off = (moved - theta) - design.T @ np.linalg.lstsq(design.T, moved - theta, rcond=None)[0]
    assert off == pytest.approx(np.zeros(LOGISTIC.dimension), abs=1e-12)


def test_more_inner_steps_reach_further_with_the_same_gradients():
    reached = [
        TargetSurrogate(60, m).solve(LOGISTIC, progress=False).evaluation.metrics["suboptimality"]
        for m in (1, 10, 100)
    ]
    assert reached[0] > reached[1] > 5 * reached[2]


def test_mirror_steps_of_logistic_loss_solve_it_in_one_gradient():
    result = TargetSurrogate(1, 500, eta=1.0, inner="lbfgs", geometry="mirror").solve(
        LOGISTIC, progress=False
    )
    assert result.evaluation.metrics["suboptimality"] < 1e-9


@pytest.mark.parametrize("geometry", ["newton", "adagrad"])
def test_other_metrics_descend(geometry):
    result = TargetSurrogate(80, 20, eta=1.0, geometry=geometry, line_search=True).solve(
        LOGISTIC, progress=False
    )
    assert result.evaluation.metrics["suboptimality"] < 0.01
    assert result.resources["target_value_calls"] > result.resources["target_gradient_calls"]


def test_the_line_search_finds_a_step_that_descends_enough_in_target_space():
    solver = TargetSurrogate(60, 5, eta=30.0, line_search=True)
    result = solver.solve(LOGISTIC, progress=False)
    theta = LOGISTIC.start
    rows, first = np.arange(LOGISTIC.count), result.history[0]["eta"]
    z = LOGISTIC.targets(theta, rows)
    g = LOGISTIC.target_gradient(z, rows, 0)

    def enough(eta):
        drop = 0.5 * eta * np.sum(g**2) / len(rows)
        return LOGISTIC.target_loss(z - eta * g, rows, 0) <= LOGISTIC.target_loss(z, rows, 0) - drop

    assert enough(first)
    assert not enough(first / 0.9)
    assert first >= 1 / LOGISTIC.smoothness
    assert result.resources["evaluations"] <= 60


@pytest.mark.parametrize("line_search", [False, True])
@pytest.mark.parametrize("evaluations", [1, 7, 30])
def test_the_budget_is_honoured_and_the_ledger_adds_up(evaluations, line_search):
    solver = TargetSurrogate(evaluations, 3, line_search=line_search, batch=20)
    spent = solver.solve(LOGISTIC, progress=False).resources
    calls = spent["target_gradient_calls"] + spent.get("target_value_calls", 0.0)
    assert calls == spent["evaluations"] <= evaluations
    assert spent["target_gradients"] == 20 * spent["target_gradient_calls"]
    if not line_search:
        assert spent["evaluations"] == evaluations
        assert "target_values" not in spent


def test_inner_steps_pay_no_target_gradient():
    few, many = (TargetSurrogate(9, m).solve(LOGISTIC, progress=False).resources for m in (1, 50))
    assert few["target_gradients"] == many["target_gradients"] == 9 * 60
    assert many["model_gradients"] == 50 * few["model_gradients"]
    assert few["model_gradients"] == 9 * 60


def test_batches_cover_every_row_in_an_epoch():
    seen = []

    def watch(problem, run):
        oracle = TargetOracle(problem, run, 10, 15, 0)
        seen.extend(oracle.begin(problem.start) for _ in range(8))

    Within(watch).solve(LOGISTIC, progress=False)
    for epoch in (seen[:4], seen[4:]):
        assert sorted(np.concatenate(epoch)) == list(range(60))
    assert not np.array_equal(seen[0], seen[4])


def test_imitation_pays_for_its_new_states_alone():
    problem = replace(IMITATION, window=3)
    spent = TargetSurrogate(6, 5).solve(problem, progress=False).resources
    assert spent["expert_queries"] == 6 * 15
    assert spent["target_gradients"] == 15 + 30 + 4 * 45


def test_circuits_are_counted_by_parameter_shift():
    spent = TargetSurrogate(5, 4, eta=0.5).solve(CIRCUITS, progress=False).resources
    assert spent["circuits"] == 5 * 2 * 2 * 2
    values = TargetSurrogate(5, 4, eta=0.5, line_search=True).solve(CIRCUITS, progress=False).resources
    gradients = values["target_gradient_calls"]
    assert values["circuits"] == 8 * gradients + 2 * (5 - gradients)


def test_a_circuits_network_learns_the_angles():
    result = TargetSurrogate(40, 30, eta=1.0).solve(CIRCUITS, progress=False)
    assert result.objective < 1e-4


def test_schedules_fall_as_they_say():
    assert [scheduled(2.0, "constant", k, 10) for k in (0, 9)] == [2.0, 2.0]
    assert scheduled(2.0, "sqrt", 3, 10) == 1.0
    assert scheduled(2.0, "exp", 0, 10) == 2.0
    assert scheduled(2.0, "exp", 5, 100) == pytest.approx(2.0 * 0.01**0.05)
    assert scheduled(2.0, "exp", 10, 10) == pytest.approx(0.2)


def test_an_identity_model_is_said_to_be_pointless():
    problem = IdentityComposite(Landscape("cosines", 3))
    many = TargetSurrogate(60, 5, eta=0.8).solve(problem, progress=False)
    one = TargetSurrogate(60, 1, eta=0.8).solve(problem, progress=False)
    assert "identity" in many.message
    assert "identity" not in one.message
    assert many.objective < 1e-6


class WrongShape(LogisticComposite):
    def target_gradient(self, z, rows, seed):
        return super().target_gradient(z, rows, seed)[:, 0]


class Infinite(LogisticComposite):
    def target_gradient(self, z, rows, seed):
        return np.full_like(z, np.inf)

    def exact_gradient(self, theta):
        return np.ones(self.dimension)


def test_a_target_gradient_of_the_wrong_shape_is_told():
    with pytest.raises(ProblemError, match=r"shape of the target gradient is \(60,\)"):
        TargetSurrogate().solve(WrongShape(LOGISTIC.inputs, LOGISTIC.labels), progress=False)


def test_slopes_without_a_value_end_as_failed_at_the_last_sound_parameters():
    result = TargetSurrogate().solve(Infinite(LOGISTIC.inputs, LOGISTIC.labels), progress=False)
    assert result.status == "failed"
    assert np.array_equal(result.solution, LOGISTIC.start)


def test_inner_steps_that_diverge_end_as_failed():
    solver = TargetSurrogate(20, 400, eta=1e-3, inner_length=50.0)
    with np.errstate(over="ignore", invalid="ignore"):
        result = solver.solve(FACTORISATION, progress=False)
    assert result.status == "failed"
    assert "surrogate" in result.message
    assert isinstance(result.evaluation, Evaluation)


def test_a_deep_network_is_a_model_as_any_other():
    problem = replace(IMITATION, hidden=(6, 5), trajectories=10)
    assert problem.network == Perceptron((4, 6, 5, 2))
    before = problem.exact(problem.start)
    assert TargetSurrogate(15, 30).solve(problem, progress=False).objective < 0.2 * before
