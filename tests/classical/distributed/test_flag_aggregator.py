"""The flag aggregator: its algorithm on products equals the dense one, descends, and has its symmetries."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classical.distributed.flag_aggregator import FlagAggregator, PublishedFlagAggregator, default_size
from classical.distributed.flag_subspace import Span
from problems.errors import ProblemError


def dense(gradients, size, pairwise_weight, iterations, epsilon=1e-7):
    """The basis [P, m] and the objective of each step, straight from the stacked columns."""
    units = gradients / np.linalg.norm(gradients, axis=1)[:, None]
    p = len(units)
    pairs = [(i, j) for i in range(p) for j in range(p) if i != j and np.any(units[i] != units[j])]
    apart = np.array([(units[i] - units[j]) / np.linalg.norm(units[i] - units[j]) for i, j in pairs])
    share = pairwise_weight / (p * (p - 1))
    basis, values = None, []
    for _ in range(iterations):
        inner, outer = np.ones(p), np.ones(len(pairs))
        if basis is not None:
            inner = (1 - np.sum((units @ basis) ** 2, axis=1) + epsilon) ** -0.25
            outer = (1 - np.sum((apart @ basis) ** 2, axis=1) + epsilon) ** -0.25
        columns = np.vstack([inner[:, None] * units, np.sqrt(share) * outer[:, None] * apart]).T
        basis = np.linalg.svd(columns, full_matrices=False)[0][:, :size]
        residual = 1 - np.sum((units @ basis) ** 2, axis=1)
        between = 1 - np.sum((apart @ basis) ** 2, axis=1)
        values.append(np.sum(np.sqrt(residual + epsilon)) + share * np.sum(np.sqrt(between + epsilon)))
    assert basis is not None
    return basis, values


@given(
    seed=st.integers(0, 10**6),
    p=st.integers(3, 12),
    weight=st.sampled_from([0.0, 0.5, 3.0]),
    iterations=st.integers(1, 4),
)
def test_products_give_the_dense_subspace(seed, p, weight, iterations):
    rng = np.random.default_rng(seed)
    gradients = rng.normal(size=(p, 40)) + 2 * rng.normal(size=40)
    size = int(rng.integers(1, p))
    span = Span.of(gradients / np.linalg.norm(gradients, axis=1)[:, None])
    subspace, objectives = FlagAggregator(size, weight, iterations).fit(span, size)
    basis, values = dense(gradients, size, weight, len(objectives))
    found = span.basis(subspace)
    assert np.abs(found @ found.T - basis @ basis.T).max() < 1e-8
    assert objectives == pytest.approx(values, rel=1e-9)
    assert np.all(np.diff(objectives) <= 1e-9)


@given(seed=st.integers(0, 10**6), weight=st.sampled_from([0.0, 1.0]), size=st.sampled_from([None, 1, 2, 5]))
def test_order_and_scale_of_workers_do_not_matter(seed, weight, size):
    rng = np.random.default_rng(seed)
    gradients = rng.normal(size=(7, 30)) + rng.normal(size=30)
    rule = FlagAggregator(size, weight, rescale="none")
    direction, scores = rule(gradients)
    assert scores is not None
    order, scales = rng.permutation(7), np.exp(rng.normal(size=7))
    moved, rescored = rule((scales[:, None] * gradients)[order])
    assert moved == pytest.approx(direction, abs=1e-8)
    assert rescored == pytest.approx(scores[order], abs=1e-8)
    longer, _ = FlagAggregator(size, weight)(gradients)
    assert longer == pytest.approx(np.median(np.linalg.norm(gradients, axis=1)) * direction, abs=1e-7)


def test_the_whole_span_gives_the_normalised_mean():
    gradients = np.random.default_rng(2).normal(size=(5, 20))
    direction, scores = FlagAggregator(5, rescale="none")(gradients)
    units = gradients / np.linalg.norm(gradients, axis=1)[:, None]
    assert direction == pytest.approx(units.mean(axis=0), abs=1e-10)
    assert scores == pytest.approx(np.ones(5), abs=1e-10)


def test_one_dimension_finds_the_honest_direction_among_attackers():
    rng = np.random.default_rng(5)
    truth = np.zeros(200)
    truth[0] = 1.0
    gradients = truth + rng.normal(size=(9, 200)) / (np.sqrt(200) * 3)
    gradients[:3] = 50 * rng.normal(size=(3, 200))
    direction, scores = FlagAggregator(1)(gradients)
    assert direction @ truth / np.linalg.norm(direction) > 0.98
    assert scores is not None
    assert scores[:3].max() < 0.1 < 0.8 < scores[3:].min()


@pytest.mark.parametrize("weight", [0.0, 2.0])
def test_identical_rows_and_zero_rows_have_an_answer(weight):
    gradients = np.random.default_rng(1).normal(size=(6, 12))
    gradients[1] = gradients[0]
    gradients[2] = 4 * gradients[0]  # the same direction
    gradients[5] = 0.0
    direction, scores = FlagAggregator(2, weight)(gradients)
    assert np.all(np.isfinite(direction))
    assert scores is not None
    assert scores[5] == 0.0
    same, _ = FlagAggregator(1, weight)(np.repeat(gradients[:1], 4, axis=0))
    assert same == pytest.approx(gradients[0])


def test_published_formula_is_a_principal_component_analysis_over_m():
    rng = np.random.default_rng(3)
    gradients = rng.normal(size=(7, 20_000)) + 2 * rng.normal(size=20_000)
    theirs, _ = PublishedFlagAggregator(4)(gradients)
    ours, _ = FlagAggregator(4, iterations=1, rescale="none")(gradients)
    assert theirs == pytest.approx(ours * 7 / 4, abs=1e-4 * float(np.linalg.norm(ours)))
    assert not np.allclose(theirs, PublishedFlagAggregator(4, pairwise_weight=5.0)(gradients)[0], rtol=1e-3)


def test_default_size_is_that_of_the_experiments():
    assert [default_size(p) for p in (3, 4, 7, 9, 15)] == [2, 3, 4, 5, 8]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"subspace": 0}, "subspace"),
        ({"pairwise_weight": -1.0}, "pairwise_weight"),
        ({"iterations": 0}, "iterations"),
        ({"epsilon": 0.0}, "epsilon"),
        ({"rescale": "mean"}, "rescale"),
    ],
)
def test_fields_out_of_range_are_refused(fields, field):
    with pytest.raises(ProblemError, match=field):
        FlagAggregator(**fields)


def test_a_subspace_larger_than_the_fleet_is_refused():
    with pytest.raises(ProblemError, match="no subspace of 5"):
        FlagAggregator(5)(np.eye(4))


def test_a_subspace_as_large_as_the_fleet_shrinks_with_lost_workers():
    gradients = np.random.default_rng(1).normal(size=(7, 30))
    broken = gradients.copy()
    broken[[2, 4]] = np.nan
    with pytest.warns(UserWarning, match="workers 2, 4"):
        direction, scores = FlagAggregator(7)(broken)
    expected, _ = FlagAggregator(5)(np.delete(gradients, [2, 4], axis=0))
    assert direction == pytest.approx(expected)
    assert scores is not None
    assert scores[[2, 4]] == pytest.approx([0.0, 0.0])
