"""Hyperplanes part vectors as they should, and the relaxation's bound comes along."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.binary.exhaustive import Exhaustive
from classical.binary.goemans_williamson import GoemansWilliamson, descend, noise_of, sides_of_planes
from classical.binary.local_fields import couplings
from problems import ProblemError, UnsuitableProblem
from problems.binary.independent_set import IndependentSet
from problems.binary.maxcut import MaxCut
from problems.binary.qubo import Ising, Qubo
from problems.conformance import check_solver
from problems.contract import Array, Result

QUBOS = st.builds(
    Qubo.random, n=st.integers(1, 12), density=st.sampled_from([0.2, 1.0]), seed=st.integers(0, 10_000)
)
LIGHT = GoemansWilliamson(planes=64)


def bound(result: Result[Any]) -> float:
    assert result.bound is not None
    return result.bound


def candidates(result: Result[Any]) -> Array:
    assert result.candidates is not None
    return result.candidates


def ring(n: int) -> MaxCut:
    return MaxCut(n, np.array([(k, (k + 1) % n) for k in range(n)]))


@settings(deadline=None, max_examples=25)
@given(qubo=QUBOS)
def test_answers_and_bounds_enclose_the_optimum(qubo):
    optimum = Exhaustive().solve(qubo).objective
    for improve in (True, False):
        result = GoemansWilliamson(planes=64, improve=improve).solve(qubo, seed=1)
        assert bound(result) <= optimum <= result.objective
        assert result.objective == min(qubo.energies(candidates(result)))


def test_hyperplanes_part_two_vectors_as_often_as_their_angle_says():
    """Probability angle/π (Goemans and Williamson, lemma 3.2), within four standard deviations."""
    count, rng = 20_000, np.random.default_rng(5)
    for angle in (0.3, 1.5, 3.0):
        vectors = np.array([[1.0, 0.0], [math.cos(angle), math.sin(angle)]])
        bits = sides_of_planes(vectors, rng.normal(size=(count, 2)), 2)
        share = np.mean(bits[:, 0] != bits[:, 1])
        expected = angle / math.pi
        assert abs(share - expected) < 4 * math.sqrt(expected * (1 - expected) / count)


def test_the_last_vector_of_a_qubo_with_fields_is_on_the_side_of_bit_0():
    vectors = np.array([[1.0, 0.0], [-1.0, 0.0], [1.0, 0.0]])
    bits = sides_of_planes(vectors, np.array([[1.0, 0.3], [-1.0, 0.3]]), 2)
    np.testing.assert_array_equal(bits, [[0, 1], [0, 1]])
    np.testing.assert_array_equal(sides_of_planes(vectors, np.array([[-1.0, 0.3]]), 3), [[1, 0, 1]])


def test_plain_planes_reach_their_guarantee_on_average():
    """The mean cut is at least 0.878 of the relaxation, here without tolerance: the mean is well above."""
    problem = MaxCut.regular(3, 40, seed=2)
    result = GoemansWilliamson(planes=400, improve=False).solve(problem, seed=3)
    cuts = -np.array(problem.ranks(candidates(result)))[:, 1]
    assert cuts.mean() >= 0.87856 * bound(result)
    assert cuts.max() == result.objective


def test_bipartite_graphs_are_solved_by_every_plane_and_proved_optimal():
    result = GoemansWilliamson(planes=5, improve=False).solve(ring(12), seed=1)
    assert (result.objective, bound(result), result.status) == (12.0, 12.0, "optimal")


@settings(deadline=None, max_examples=20)
@given(qubo=QUBOS)
def test_a_descent_ends_where_no_flip_gains(qubo):
    rng = np.random.default_rng(4)
    net = couplings(qubo.form)
    for _ in range(3):
        bits = rng.integers(0, 2, qubo.n, dtype=np.uint8)
        before = qubo.energies(bits)
        descend(bits, noise_of(qubo.form), net)
        after = qubo.energies(bits)
        flipped = bits ^ np.eye(qubo.n, dtype=np.uint8)
        assert after <= before
        assert np.all(qubo.energies(flipped) >= after)


def test_improving_never_loses():
    problem = MaxCut.random(60, 0.3, seed=1)
    plain = GoemansWilliamson(planes=32, improve=False).solve(problem, seed=4)
    better = GoemansWilliamson(planes=32).solve(problem, seed=4)
    assert np.all(problem.ranks(candidates(better))[:, 1] <= problem.ranks(candidates(plain))[:, 1])
    assert bound(better) == bound(plain)


def test_more_planes_extend_fewer():
    problem = MaxCut.random(30, 0.5, seed=1)
    few, many = (GoemansWilliamson(planes=planes).solve(problem, seed=2) for planes in (20, 50))
    np.testing.assert_array_equal(candidates(many)[:20], candidates(few))
    assert (len(candidates(few)), len(candidates(many))) == (20, 50)


def test_an_ising_model_is_taken_and_its_spins_come_back():
    ising = Ising.random(12, seed=3)
    result = LIGHT.solve(ising, seed=1)
    assert set(np.unique(result.solution)) <= {-1, 1}
    assert bound(result) <= Exhaustive().solve(ising).objective <= result.objective


def test_with_no_time_there_is_still_an_answer_and_a_bound():
    problem = MaxCut.random(40, 0.5, seed=1)
    result = GoemansWilliamson().solve(problem, time_limit=0.0)
    assert result.ended == "time_limit"
    assert len(candidates(result)) == 16
    assert result.objective <= bound(result)


def test_it_keeps_what_every_solver_promises():
    check_solver(LIGHT, MaxCut.random(9, 0.5, seed=2))
    check_solver(LIGHT, Qubo.random(8, seed=2))


@pytest.mark.parametrize(
    ("field", "value"),
    [("planes", 0), ("improve", "yes"), ("rank", 0), ("tolerance", -1.0), ("tolerance", math.inf)],
)
def test_bad_fields_are_refused(field, value):
    with pytest.raises(ProblemError, match=field):
        GoemansWilliamson(**{field: value})


def test_what_it_cannot_take_is_refused():
    with pytest.raises(UnsuitableProblem, match="4000"):
        LIGHT.solve(MaxCut(4000, np.array([(0, 1)])))
    with pytest.raises(UnsuitableProblem):
        LIGHT.solve(IndependentSet.random(5, seed=1))
