"""Searches over permutations: every move's change is exact, small optima are found, starts are taken."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classical.binary import Greedy, LocalSearch, SimulatedAnnealing, Tabu, Uniform
from classical.binary.permutation_moves import cost_of, exchange, exchange_delta, fill_deltas
from classical.binary.round_trip_moves import length_of, reversal_delta, reverse, transfer, transfer_delta
from classical.binary.tour_moves import (
    city_after,
    edges_change,
    exchange_edges,
    exchange_segments,
    lay_out,
    new_trip,
    segments_change,
    trip_length,
)
from problems.binary.assignment import QuadraticAssignment
from problems.binary.tour import TravellingSalesman

SEEDS = st.integers(0, 10_000)
SOLVERS = [
    Tabu(restarts=20, iterations=200),
    SimulatedAnnealing(restarts=16, sweeps=60),
    LocalSearch(restarts=4, iterations=60),
]


def _matrices(n, seed):
    rng = np.random.default_rng(seed)
    return rng.integers(-9, 10, (n, n)).astype(float), rng.integers(-9, 10, (n, n)).astype(float), rng


@given(seed=SEEDS, n=st.integers(2, 8))
def test_exchanges_change_the_cost_as_they_say(seed, n):
    flows, distances, rng = _matrices(n, seed)
    order, deltas = rng.permutation(n), np.zeros((n, n))
    fill_deltas(deltas, order, flows, distances)
    for _ in range(6):
        r, s = sorted(rng.choice(n, 2, replace=False).tolist())
        before, change = cost_of(order, flows, distances), deltas[r, s]
        exchange(r, s, order, deltas, flows, distances)
        assert cost_of(order, flows, distances) == pytest.approx(before + change)
        for u in range(n):
            for v in range(u + 1, n):
                assert deltas[u, v] == pytest.approx(exchange_delta(u, v, order, flows, distances))
    assert cost_of(order, flows, distances) == QuadraticAssignment(flows, distances).cost(order)


@given(seed=SEEDS, n=st.integers(5, 12))
def test_reversals_and_transfers_change_the_length_as_they_say(seed, n):
    distances, _, rng = _matrices(n, seed)
    symmetric, tour = distances + distances.T, rng.permutation(n)
    i, j = sorted(rng.choice(n, 2, replace=False).tolist())
    if j - i + 1 < n - 1:
        moved = tour.copy()
        reverse(i, j, moved)
        expected = length_of(tour, symmetric) + reversal_delta(i, j, tour, symmetric)
        assert length_of(moved, symmetric) == pytest.approx(expected)
        assert sorted(moved) == list(range(n))
    size, k = int(rng.integers(1, min(3, n - 3) + 1)), int(rng.integers(n))
    if (k - i) % n >= size and (k + 1) % n != i:
        for turned, table in ((False, distances), (True, symmetric)):
            moved = tour.copy()
            transfer(i, size, k, turned, moved)
            expected = length_of(tour, table) + transfer_delta(i, size, k, turned, tour, table)
            assert length_of(moved, table) == pytest.approx(expected)
            assert sorted(moved) == list(range(n))


@given(seed=SEEDS, n=st.integers(6, 12))
def test_exchanged_edges_and_segments_change_the_length_as_they_say(seed, n):
    distances, _, rng = _matrices(n, seed)
    symmetric, trip = distances + distances.T, new_trip(n)
    np.fill_diagonal(symmetric, 0.0)
    lay_out(rng.permutation(n), trip)
    i, j, k = sorted(rng.choice(n, 3, replace=False).tolist())
    a, c, e = (int(trip.order[p]) for p in (i, j, k))
    before, change = trip_length(trip, distances), segments_change(a, c, e, trip, distances)
    exchange_segments(a, c, e, trip)
    assert trip_length(trip, distances) == pytest.approx(before + change)
    a, c = int(trip.order[i]), int(trip.order[j])
    b, d = city_after(a, trip), city_after(c, trip)
    before, change = trip_length(trip, symmetric), edges_change(a, b, c, d, symmetric)
    exchange_edges(a, b, c, d, trip)
    assert trip_length(trip, symmetric) == pytest.approx(before + change)
    np.testing.assert_array_equal(trip.position[trip.order], np.arange(n))


@pytest.mark.parametrize("solver", SOLVERS, ids=lambda s: type(s).__name__)
@pytest.mark.parametrize("seed", range(4))
def test_small_assignments_are_solved(solver, seed):
    flows, distances, _ = _matrices(6, seed)
    problem = QuadraticAssignment(flows, distances)
    best = problem.cost(np.array(list(permutations(range(6))))).min()
    result = solver.solve(problem, seed=seed, progress=False)
    assert result.objective == best
    assert result.feasible
    assert np.all(problem.ranks(result.candidates)[:, 0] == 0)


@pytest.mark.parametrize("solver", SOLVERS[1:], ids=lambda s: type(s).__name__)
@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("n", [2, 3, 4, 7])
def test_small_tours_are_solved(solver, symmetric, n):
    table = np.random.default_rng(n).integers(1, 50, (n, n))
    problem = TravellingSalesman(table + table.T if symmetric else table)
    tours = np.array([(0, *order) for order in permutations(range(1, n))])
    result = solver.solve(problem, seed=1, progress=False)
    assert result.objective == problem.length(tours).min()
    assert result.feasible


@pytest.mark.parametrize("solver", [LocalSearch, SimulatedAnnealing, Tabu])
def test_a_start_is_where_the_search_begins(solver):
    problem = QuadraticAssignment.random(7, seed=1)
    best = LocalSearch(restarts=6, iterations=100).solve(problem, seed=1, progress=False)
    bits = tuple(best.solution.tolist())
    shorter = {"restarts": 1, "start": bits}
    shorter |= {"sweeps": 1, "hot": 1e-9, "cold": 1e-9} if solver is SimulatedAnnealing else {"iterations": 1}
    assert solver(**shorter).solve(problem, seed=2, progress=False).objective == best.objective


@pytest.mark.parametrize(
    "problem", [QuadraticAssignment.random(9, seed=2), TravellingSalesman.random(20, seed=2)]
)
def test_greedy_is_a_permutation_better_than_chance(problem):
    greedy = Greedy().solve(problem, progress=False)
    null = Uniform(samples=64).solve(problem, seed=1, progress=False)
    assert greedy.feasible
    assert greedy.objective < null.objective


def test_large_tours_do_not_need_their_program():
    problem = TravellingSalesman.random(450, seed=1)
    result = LocalSearch(restarts=1, iterations=200).solve(problem, seed=1, progress=False)
    assert result.objective < Greedy().solve(problem, progress=False).objective
    assert "program" not in vars(problem)
