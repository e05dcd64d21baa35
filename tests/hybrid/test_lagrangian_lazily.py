"""Slack-free solving of programs whose rows are found as samples break them: tours by their edges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.binary.mixed_integer import MixedInteger
from hybrid.lagrangian import SlackFree, plot_multipliers
from problems.binary.tour import TravellingSalesman
from problems.errors import UnsuitableProblem


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_tours_of_eight_cities_are_found_and_proved_on_their_edges(seed):
    tour = TravellingSalesman.random(8, seed=seed)
    result = SlackFree().solve(tour.edges, seed=seed, progress=False)
    shortest = MixedInteger().solve(tour, progress=False).objective
    assert result.status == "optimal"
    assert result.objective == result.bound == shortest
    assert result.resources["qubits"] == 28
    assert tour.edges.tour(result.solution) is not None


def test_rows_join_as_samples_break_them_and_the_bound_stays_on_its_side():
    tour = TravellingSalesman.random(10, seed=2)
    result = SlackFree(iterations=4).solve(tour.edges, seed=2, progress=False)
    shortest = MixedInteger().solve(tour, progress=False).objective
    counts = [row["rows"] for row in result.history]
    assert counts[0] == 10
    assert counts == sorted(counts)
    assert result.resources["rows_added"] == counts[-1] - 10 > 0
    assert all(len(row["multipliers"]) == row["rows"] for row in result.history)
    assert all(row["bound"] <= shortest + 1e-9 for row in result.history)
    assert result.objective >= shortest >= result.bound
    figure = plot_multipliers(result).figure
    assert len(figure.axes[0].lines) == counts[-1]


@settings(deadline=None, max_examples=30)
@given(st.integers(3, 9), st.integers(0, 10_000))
def test_repair_makes_tours_of_anything_and_leaves_tours_alone(cities, seed):
    edges = TravellingSalesman.random(cities, seed=seed % 7).edges
    rng = np.random.default_rng(seed)
    repaired = edges.repair(rng.integers(0, 2, (5, edges.n)).astype(np.uint8))
    assert all(edges.judge(bits).feasible and edges.tour(bits) is not None for bits in repaired)
    np.testing.assert_array_equal(edges.repair(repaired), repaired)


def test_what_needs_all_rows_is_refused():
    edges = TravellingSalesman.random(5, seed=1).edges
    with pytest.raises(UnsuitableProblem, match="rows are all known"):
        SlackFree(one_hot="mixer").solve(edges, progress=False)
