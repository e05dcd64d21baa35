"""1-trees against brute force, the bound against the subtour relaxation, and the published bounds."""

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from classical.binary.held_karp import HeldKarp, nearest_neighbour_tour, one_tree, two_opt
from problems.binary.tour import TravellingSalesman
from problems.contract import UnsuitableProblem
from problems.errors import ProblemError
from tests.claims.table import INSTANCES

BOUNDS = {
    "burma14": 3323.0, "ulysses16": 6859.0, "gr17": 2085.0, "gr21": 2707.0, "gr24": 1272.0, "fri26": 937.0,
    "bays29": 2013.5, "bayg29": 1608.0, "dantzig42": 697.0, "swiss42": 1272.0, "att48": 10604.0,
    "eil51": 422.5, "berlin52": 7542.0,
}  # fmt: skip
CLOSED = {"burma14", "ulysses16", "gr17", "gr21", "gr24", "fri26", "berlin52"}  # bound = optimum


def shortest(problem):
    tours = [(0, *rest) for rest in permutations(range(1, problem.num_cities))]
    return float(problem.length(np.array(tours)).min())


def subtour_relaxation(distances):
    """The linear relaxation with a row for every proper set of cities: what the 1-tree bound equals."""
    n = len(distances)
    edges = list(combinations(range(n), 2))
    degree = np.array([[float(v in edge) for edge in edges] for v in range(n)])
    sets = [s for k in range(2, n - 1) for s in combinations(range(n), k)]
    inside = np.array([[float(u in s and v in s) for u, v in edges] for s in sets])
    cost = [distances[u, v] for u, v in edges]
    solved = linprog(
        cost, A_ub=inside, b_ub=[len(s) - 1.0 for s in sets], A_eq=degree, b_eq=np.full(n, 2.0), bounds=(0, 1)
    )
    return float(solved.fun)


def cheapest_one_tree(distances):
    n = len(distances)
    inner = list(combinations(range(1, n), 2))
    best = np.inf
    for tree in combinations(inner, n - 2):
        label = list(range(n))
        for u, v in tree:
            label = [label[u] if x == label[v] else x for x in label]
        if len(set(label[1:])) == 1:
            best = min(best, sum(distances[e] for e in tree))
    return best + np.sort(distances[0, 1:])[:2].sum()


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_a_one_tree_is_the_cheapest(seed):
    rng = np.random.default_rng(seed)
    half = np.triu(rng.integers(1, 50, (6, 6)).astype(float), 1)
    edges, lengths = one_tree(half + half.T, np.zeros(6))
    assert lengths.sum() == cheapest_one_tree(half + half.T)
    assert np.array_equal(lengths, (half + half.T)[edges[:, 0], edges[:, 1]])


@given(st.integers(0, 10_000), st.integers(3, 7))
@settings(max_examples=20, deadline=None)
def test_the_bound_never_passes_the_shortest_tour(seed, cities):
    problem = TravellingSalesman.random(cities, seed=seed)
    result = HeldKarp(trees=200).solve(problem, progress=False)
    best = shortest(problem)
    assert result.bound is not None
    assert all(row["bound"] <= best + 1e-9 for row in result.history)
    assert result.bound <= best <= result.objective
    assert result.objective == problem.length(problem.tour(result.solution))


@pytest.mark.parametrize("seed", range(5))
def test_the_bound_is_that_of_the_subtour_relaxation(seed):
    points = np.random.default_rng(seed).random((8, 2))
    problem = TravellingSalesman(np.linalg.norm(points[:, None] - points[None], axis=-1))
    result = HeldKarp(trees=3000).solve(problem, progress=False)
    assert result.history[-1]["computed"] == pytest.approx(subtour_relaxation(problem.distances), rel=1e-3)
    assert result.history[-1]["computed"] <= subtour_relaxation(problem.distances) * (1 + 1e-9)


def test_two_opt_leaves_no_crossing():
    points = np.random.default_rng(3).random((20, 2))
    distances = np.linalg.norm(points[:, None] - points[None], axis=-1)
    tour = nearest_neighbour_tour(distances, 4)
    before = distances[tour, np.roll(tour, -1)].sum()
    two_opt(tour, distances)
    assert sorted(tour) == list(range(20))
    assert distances[tour, np.roll(tour, -1)].sum() <= before
    for i, j in combinations(range(20), 2):
        other = tour.copy()
        other[i + 1 : j + 1] = other[i + 1 : j + 1][::-1]
        assert distances[other, np.roll(other, -1)].sum() >= distances[tour, np.roll(tour, -1)].sum() - 1e-9


def test_what_it_does_not_take():
    one_way = TravellingSalesman(np.array([[0, 1, 2], [3, 0, 1], [1, 2, 0]]))
    with pytest.raises(UnsuitableProblem, match="both ways"):
        HeldKarp().solve(one_way, progress=False)
    with pytest.raises(ProblemError, match="trees"):
        HeldKarp(trees=0)


@pytest.mark.skipif(not (INSTANCES / "tsp").exists(), reason="public benchmark files are not at hand")
@pytest.mark.parametrize("name", BOUNDS)
def test_published_bounds(name):
    problem = TravellingSalesman.read(INSTANCES / "tsp" / f"{name}.tsp")
    result = HeldKarp().solve(problem, progress=False)
    computed = result.history[-1]["computed"]
    assert BOUNDS[name] * (1 - 5e-4) <= computed <= BOUNDS[name] * (1 + 1e-6)
    if name in CLOSED:
        assert result.status == "optimal"
