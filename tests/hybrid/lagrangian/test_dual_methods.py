"""Every dual method with an exact oracle against the linear relaxation by HiGHS."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hybrid.lagrangian import (
    AugmentedLagrangian,
    DualAveraging,
    DualFunction,
    ExactOracle,
    Kelley,
    LagrangianModel,
    ProximalBundle,
    StochasticSubgradient,
    Subgradient,
    Volume,
    maximise_dual,
)
from hybrid.lagrangian.dual.simplex_qp import minimise_on_simplex
from problems.binary.knapsack import MultidimensionalKnapsack
from problems.binary.linear_form import linear_form
from problems.binary.program import BinaryProgram
from problems.binary.relaxation import solve_relaxation
from problems.errors import ProblemError
from tests.claims.table import INSTANCES

METHODS = [
    (ProximalBundle(), 60, 1e-3),
    (Kelley(), 80, 1e-6),
    (Subgradient(), 400, 1e-2),
    (Subgradient("deflected"), 400, 1e-2),
    (Subgradient("diminishing"), 600, 1e-2),
    (DualAveraging(), 600, 1e-2),
    (StochasticSubgradient(), 600, 1e-2),
    (Volume(), 600, 1e-2),
]
IDS = [
    "bundle", "kelley", "polyak", "deflected", "diminishing", "dual_averaging", "stochastic", "volume",
]  # fmt: skip


def relaxation(program):
    form = linear_form(program)
    _, point = solve_relaxation(form)
    return float(form.cost @ point + form.offset)


@pytest.mark.parametrize(("method", "calls", "tolerance"), METHODS, ids=IDS)
@pytest.mark.parametrize("seed", [0, 1])
def test_reaches_the_linear_relaxation_from_below(method, calls, tolerance, seed):
    program = MultidimensionalKnapsack.random(25, 4, seed=seed).program
    oracle = ExactOracle(LagrangianModel.of(program))
    result = maximise_dual(method, oracle, np.zeros(4), range(calls))
    exact = relaxation(program)
    value = result.value * oracle.model.unit
    assert exact * (1 + tolerance) <= value <= exact + 1e-9 * abs(exact)  # both are negative: a profit
    assert all(np.diff(result.values) >= 0)
    assert oracle.calls == len(result.values)


@pytest.mark.parametrize("method", [ProximalBundle(), Kelley(tolerance=1e-8)], ids=["bundle", "kelley"])
@pytest.mark.parametrize("seed", range(4))
def test_mixed_rows_reach_the_convex_hull_bound(method, seed):
    """With products the best dual value is at least the linear relaxation, and at most the optimum."""
    program = BinaryProgram.random(9, 4, seed=seed)
    oracle = ExactOracle(LagrangianModel.of(program))
    value = maximise_dual(method, oracle, np.zeros(4), range(200)).value * oracle.model.unit
    bits = (np.arange(2**9)[:, None] >> np.arange(9)) & 1
    ranks = program.ranks(bits.astype(np.uint8))
    optimum = ranks[ranks[:, 0] == 0, 1].min()
    assert relaxation(program) - 0.02 * abs(optimum) - 1e-6 <= value <= optimum + 1e-6


def test_volume_recovers_the_fractional_point():
    program = MultidimensionalKnapsack.random(25, 3, seed=2).program
    oracle = ExactOracle(LagrangianModel.of(program))
    point = maximise_dual(Volume(), oracle, np.zeros(3), range(1500)).primal
    assert point is not None
    assert np.all(oracle.model.excess(point) <= 0.05)
    assert float(program.minimised.linear @ point) == pytest.approx(relaxation(program), rel=0.01)


def test_augmented_multipliers_give_a_value_below_the_relaxation():
    program = MultidimensionalKnapsack.random(20, 3, seed=1).program
    oracle = ExactOracle(LagrangianModel.of(program))
    result = maximise_dual(AugmentedLagrangian(penalty=0.05), oracle, np.zeros(3), range(200))
    exact = relaxation(program)
    assert 1.3 * exact <= result.value * oracle.model.unit <= exact + 1e-9 * abs(exact)


def test_the_sign_with_one_item():
    """One item too heavy to pack: at price 0 it is taken, at a high price it is not."""
    program = MultidimensionalKnapsack(np.array([5.0]), np.array([[3.0]]), np.array([2.0])).program
    oracle = ExactOracle(LagrangianModel.of(program))
    assert oracle.ask(np.array([0.0])).bits[0] == 1
    assert oracle.ask(np.array([10.0])).bits[0] == 0
    best = maximise_dual(Kelley(), oracle, np.zeros(1), range(20))
    assert best.value * oracle.model.unit == pytest.approx(-5 * 2 / 3)


@given(st.integers(0, 10_000), st.sampled_from(["weight", "capacity"]))
@settings(max_examples=40, deadline=None)
def test_scaled_rows_say_the_same(seed, scale):
    program = BinaryProgram.random(8, 4, seed=seed)
    model = LagrangianModel.of(program, scale)
    rng = np.random.default_rng(seed)
    bits = rng.integers(0, 2, (5, 8)).astype(np.uint8)
    excess = model.excess(bits)
    broken = np.where(model.equality, np.abs(excess), excess) * model.size
    assert np.allclose(np.maximum(broken, 0), program.constraints.violations(bits), atol=1e-9)
    multipliers = model.projected(rng.normal(size=4))
    assert np.allclose(model.from_prices(model.prices(multipliers)), multipliers)
    assert np.allclose(
        model.lagrangian(multipliers).values(bits), model.form.values(bits) + excess @ multipliers
    )


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_certified_values_bound_the_optimum(seed):
    program = BinaryProgram.random(8, 3, seed=seed)
    model = LagrangianModel.of(program)
    bits = ((np.arange(2**8)[:, None] >> np.arange(8)) & 1).astype(np.uint8)
    multipliers = model.projected(np.random.default_rng(seed).normal(size=3))
    least = model.lagrangian(multipliers).values(bits).min() * model.unit
    exact, relaxed = DualFunction(model), DualFunction(model, exhaustive=0)
    assert exact.value(multipliers).tier == "exact"
    assert exact.value(multipliers).value == pytest.approx(least, abs=1e-6)
    if not relaxed.separable:
        assert relaxed.value(multipliers).tier == "relaxed"
    assert relaxed.value(multipliers).value <= least + 1e-9 * abs(least)
    ranks = program.ranks(bits)
    assert exact.value(multipliers).value <= ranks[ranks[:, 0] == 0, 1].min()


@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(0, 4))
@settings(max_examples=30, deadline=None)
def test_the_quadratic_program_meets_its_optimality_conditions(seed, cuts, sides):
    rng = np.random.default_rng(seed)
    directions = rng.normal(size=(cuts + sides, 4))
    directions[cuts:] = np.eye(4)[:sides]
    linear = rng.normal(size=cuts + sides)
    linear[cuts:] = np.abs(linear[cuts:]) + 0.01
    z = minimise_on_simplex(directions, linear, 0.7, cuts)
    slope = 0.7 * directions @ (directions.T @ z) + linear
    price = slope[:cuts].min()
    assert np.all(z >= 0)
    assert z[:cuts].sum() == pytest.approx(1, abs=1e-6)
    assert z[:cuts] @ (slope[:cuts] - price) == pytest.approx(0, abs=1e-5)
    assert np.all(slope[cuts:] >= -1e-5)
    assert abs(z[cuts:] @ slope[cuts:]) < 1e-5


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda: Subgradient("newton"), "step"),
        (lambda: Subgradient(length=0), "length"),
        (lambda: DualAveraging(0), "scale"),
        (lambda: StochasticSubgradient(shots=0), "shots"),
        (lambda: Volume(share=2.0), "share"),
        (lambda: Kelley(box=-1), "box"),
        (lambda: ProximalBundle(accept=0.9), "accept"),
        (lambda: AugmentedLagrangian(growth=0.5), "growth"),
    ],
)
def test_settings_out_of_range(build, field):
    with pytest.raises(ProblemError, match=field):
        build()


@pytest.mark.skipif(not (INSTANCES / "mdkp").exists(), reason="public benchmark files are not at hand")
@pytest.mark.parametrize("name", ["pb1", "pet3", "pet7", "hp1"])
@pytest.mark.parametrize(("method", "calls"), [(ProximalBundle(), 25), (Kelley(), 40)], ids=IDS[:2])
def test_public_instances_within_few_calls(name, method, calls):
    program = MultidimensionalKnapsack.read(INSTANCES / "mdkp" / f"{name}.dat").program
    oracle = ExactOracle(LagrangianModel.of(program))
    result = maximise_dual(method, oracle, np.zeros(oracle.model.num_rows), range(calls))
    assert result.value * oracle.model.unit == pytest.approx(relaxation(program), rel=1e-3)
