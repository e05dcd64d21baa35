"""Surrogates against their formulas on all bits, and the priced repair against its definition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hybrid.lagrangian import (
    ActiveAugmented,
    Centred,
    LagrangianModel,
    Linear,
    PricedProducts,
    SlackFree,
    Terms,
)
from hybrid.lagrangian.priced_repair import can_price, order_by_price, repair_by_price
from hybrid.lagrangian.surrogates import packing_rows
from problems.binary.encodings import SlackFreeEncoding
from problems.binary.independent_set import IndependentSet
from problems.binary.knapsack import MultidimensionalKnapsack
from problems.binary.program import BinaryProgram
from problems.binary.relaxation import linear_bound


def all_bits(n):
    return ((np.arange(2**n)[:, None] >> np.arange(n)) & 1).astype(np.uint8)


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_centred_is_its_formula(seed):
    program = BinaryProgram.random(7, 4, seed=seed)
    model, rng = LagrangianModel.of(program), np.random.default_rng(seed)
    terms = Terms(
        model.projected(rng.normal(size=4)), rng.random(4), rng.random(4) * ~model.equality,
        ~packing_rows(model) & (rng.random(4) < 0.7),
    )  # fmt: skip
    bits = all_bits(7)
    excess = model.excess(bits)
    added = terms.multipliers * excess + terms.penalties / 2 * (excess + terms.centres) ** 2
    packing = [r for r in range(4) if packing_rows(model)[r]]
    found = Centred().form(model, terms).values(bits) - model.form.values(bits)
    if not packing:
        assert np.allclose(found, (added * terms.active).sum(axis=1))
    else:  # products cost where a packing row is broken, and nothing elsewhere
        kept = np.all(excess[:, packing] <= 0, axis=1)
        assert np.allclose(found[kept], (added * terms.active).sum(axis=1)[kept])
        assert np.all(found[~kept] > (added * terms.active).sum(axis=1)[~kept])


def test_linear_has_every_row_and_no_penalty():
    program = BinaryProgram.random(7, 4, seed=3)
    model = LagrangianModel.of(program)
    terms = Linear().begin(model, np.ones(4), np.zeros(4))
    bits = all_bits(7)
    assert np.allclose(
        Linear().form(model, terms).values(bits), model.form.values(bits) + model.excess(bits).sum(axis=1)
    )


def test_the_recipe_agrees_with_the_one_shot_encoding():
    """On a knapsack the first centred QUBO is the slack-free encoding up to scale, centre apart."""
    problem = MultidimensionalKnapsack.random(10, 2, seed=2)
    model = LagrangianModel.of(problem.program)
    relaxed = linear_bound(problem.program)
    rounded = problem.program.repair((relaxed.point > 1 - 1e-6).astype(np.uint8))
    slack = -model.excess(rounded)
    terms = Centred().begin(model, model.from_prices(relaxed.prices), slack)
    form = Centred().form(model, terms).scaled(model.unit)
    encoded = SlackFreeEncoding().encode(problem.program).problem
    bits = all_bits(10)
    difference = form.values(bits) - encoded.form.values(bits)  # pyright: ignore[reportAttributeAccessIssue]
    assert np.ptp(difference) < 1e-6 * np.ptp(form.values(bits))


def test_the_augmented_piece_follows_the_incumbent():
    problem = MultidimensionalKnapsack.random(10, 3, seed=2)
    model = LagrangianModel.of(problem.program)
    terms = ActiveAugmented().begin(model, np.array([0.5, 0.0, 0.2]), np.zeros(3))
    excess = np.array([-10.0, 0.1, 0.0])
    moved = ActiveAugmented().refocus(model, terms, np.zeros(3), excess)
    assert moved.active.tolist() == [False, True, True]


@pytest.mark.parametrize("seed", range(4))
def test_a_price_of_one_is_exact_for_independent_sets(seed):
    problem = IndependentSet.random(9, 0.4, seed=seed)
    model = LagrangianModel.of(problem.program)
    terms = PricedProducts(first=1.01).begin(model, np.zeros(model.num_rows), np.zeros(model.num_rows))
    bits = all_bits(9)
    lowest = bits[PricedProducts().form(model, terms).values(bits).argmin()]
    ranks = problem.program.ranks(bits)
    assert problem.judge(lowest).feasible
    assert problem.program.minimised.values(lowest) == ranks[ranks[:, 0] == 0, 1].min()


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_priced_repair_is_feasible_and_leaves_nothing_that_fits(seed):
    problem = MultidimensionalKnapsack.random(12, 3, seed=seed)
    relaxed = linear_bound(problem.program)
    order = order_by_price(problem.program, relaxed.prices, relaxed.point)
    bits = np.random.default_rng(seed).integers(0, 2, (8, 12)).astype(np.uint8)
    repaired = repair_by_price(problem.program, order, bits)
    used = repaired @ problem.weights.T
    assert np.all(used <= problem.capacities)
    for row, load in zip(repaired, used, strict=True):
        for j in np.flatnonzero(row == 0):
            assert np.any(load + problem.weights[:, j] > problem.capacities)


def test_what_can_be_priced():
    assert can_price(MultidimensionalKnapsack.random(6, 2).program)
    assert not can_price(BinaryProgram.random(6, 3, seed=1))
    assert not can_price(BinaryProgram.from_arrays([1, 2]))


def test_the_first_qubo_has_spread_one():
    qubo = SlackFree().qubo(MultidimensionalKnapsack.random(10, 2, seed=2))
    assert qubo.form.spread_on_bits() == pytest.approx(1.0)
    assert qubo.n == 10
