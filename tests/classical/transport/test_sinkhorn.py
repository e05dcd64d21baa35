"""Sinkhorn's iteration against linear programming, an independent package's rule and closed forms."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import logsumexp

from classical.transport import IndependentCoupling, Sinkhorn
from classical.transport.sinkhorn import SinkhornPlan, half_squares, iterate, iterate_in_logarithms
from problems.conformance import check_solver
from problems.errors import ProblemError
from problems.transport import Bridge


def clouds(seed=0, n=40, m=30):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 2)), rng.normal(1.0, 0.5, size=(m, 2))


@pytest.mark.parametrize("epsilon", [1.0, 0.05, 0.002])
def test_scaling_between_logarithms_is_the_plain_iteration(epsilon):
    x, y = clouds()
    cost = half_squares(x, y) / epsilon
    f, g, _ = iterate_in_logarithms(cost, np.zeros(len(y)), 1)
    found = iterate(cost, f, g, 24)
    g = np.zeros(len(y))
    for _ in range(25):
        f = -logsumexp(g - cost, axis=1) - np.log(len(x))
        g = -logsumexp(f[:, None] - cost, axis=0) - np.log(len(y))
    plan = np.exp(f[:, None] + g - cost)
    assert np.allclose(found[0], f, rtol=1e-8, atol=1e-8)
    assert np.allclose(found[1], g, rtol=1e-8, atol=1e-8)
    assert found[2] == pytest.approx(np.abs(plan.sum(axis=1) - 1 / len(x)).sum(), abs=1e-9)


def test_vanishing_sums_fall_back_to_logarithms():
    x, y = clouds()
    cost = half_squares(100 * x, 100 * y + 500)
    found = iterate(cost, np.zeros(len(x)), np.zeros(len(y)), 20)  # the kernel of this start is zero
    wanted = iterate_in_logarithms(cost, np.zeros(len(y)), 20)
    assert np.array_equal(found[1], wanted[1])
    assert np.isfinite(wanted[1]).all()
    assert np.isfinite(wanted[2])


def test_the_converged_plan_has_both_marginals_and_its_rows_are_the_conditionals():
    x, y = clouds(n=40, m=40)
    problem = Bridge(x, y, 0.5, test_points=20)
    plan = Sinkhorn(samples=40, tolerance=1e-9).solve(problem, progress=False).solution
    weights, atoms, covariances = plan.conditional(plan.sources[0])
    assert np.allclose(weights.mean(axis=0), 1 / 40, atol=1e-8)
    assert np.array_equal(atoms[0], plan.targets[0])
    assert not covariances.any()
    # The logarithm of the plan is a function of x plus one of y, less the cost.
    rest = np.log(weights) + half_squares(plan.sources[0], plan.targets[0]) / 0.5
    rest = rest - rest.mean(axis=1, keepdims=True)
    assert np.allclose(rest, rest[0], atol=1e-9)


def test_as_epsilon_vanishes_it_matches_the_best_assignment():
    from scipy.optimize import linear_sum_assignment

    x, y = clouds(1, 12, 12)
    problem = Bridge(x, y, 0.002)
    plan = Sinkhorn(samples=12, iterations=5000, tolerance=1e-6).solve(problem, progress=False).solution
    weights = plan.conditional(plan.sources[0])[0]
    cost = half_squares(plan.sources[0], plan.targets[0])
    rows, columns = linear_sum_assignment(cost)
    assert np.sum(weights * cost) == pytest.approx(cost[rows, columns].sum(), rel=0.01)


def test_it_approaches_the_gaussian_bridge_with_more_samples():
    problem = Bridge.gaussian_pair(2, 1.0, n=4000)
    few, many = (
        np.mean([Sinkhorn(samples=n).solve(problem, seed=k, progress=False).objective for k in range(3)])
        for n in (100, 1500)
    )
    assert many < 0.3 * few
    null = IndependentCoupling().solve(problem, progress=False).objective
    assert many < 0.1 * null


def test_extensions_are_what_they_say():
    x, y = clouds(n=30, m=30)
    problem = Bridge(x, y, 0.5, test_points=20)
    plain = Sinkhorn(samples=30).solve(problem, progress=False).solution
    asked = x[:7] + 0.001
    weights = plain.conditional(asked)[0]
    mean = replace(plain, extension="barycentric")
    assert np.allclose(mean.sample(asked, 0), weights @ plain.targets[0])
    assert np.allclose(mean.conditional(asked)[1][:, 0], weights @ plain.targets[0])
    nearest = replace(plain, extension="nearest").conditional(asked)[0]
    owners = plain.sources[0][half_squares(asked, plain.sources[0]).argmin(axis=1)]
    assert np.array_equal(nearest, plain.conditional(owners)[0])
    drawn = plain.sample(np.repeat(asked[:1], 20_000, axis=0), 3)
    assert np.allclose(drawn.mean(axis=0), weights[0] @ plain.targets[0], atol=5 * 0.5 / np.sqrt(20_000))


def test_batches_count_alike():
    x, y = clouds(n=60, m=60)
    problem = Bridge(x, y, 0.5)
    both = Sinkhorn(samples=20, batches=2).solve(problem, progress=False).solution
    ones = [
        SinkhornPlan(both.sources[k : k + 1], both.targets[k : k + 1], both.potentials[k : k + 1], 0.5)
        for k in range(2)
    ]
    halves = np.concatenate([plan.conditional(x)[0] for plan in ones], axis=1) / 2
    assert np.allclose(both.conditional(x)[0], halves)


def test_convergence_is_told():
    problem = Bridge(*clouds(), 1.0)
    found = Sinkhorn(samples=30, tolerance=1e-3).solve(problem, progress=False)
    assert found.ended == "converged"
    assert found.history[-1]["marginal_error"] <= 1e-3
    assert (
        Sinkhorn(samples=30, iterations=3, tolerance=0.0).solve(problem, progress=False).ended == "finished"
    )


@pytest.mark.parametrize("solver", [Sinkhorn(samples=20, iterations=30), IndependentCoupling()])
def test_the_contract_is_kept(solver):
    check_solver(solver, Bridge.gaussian_pair(2, n=60))


@pytest.mark.parametrize(
    "fields",
    [{"samples": 1}, {"batches": 0}, {"iterations": 0}, {"tolerance": -1.0}, {"extension": "linear"}],
)
def test_bad_fields_are_refused(fields):
    with pytest.raises(ProblemError):
        Sinkhorn(**fields)
