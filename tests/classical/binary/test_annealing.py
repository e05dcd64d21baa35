"""Annealing finds small optima, keeps the best it met, and does not depend on how its work is cut."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.binary.annealing import SimulatedAnnealing, anneal, begin, smallest_rise, spread_of_flips
from classical.binary.exhaustive import Exhaustive
from classical.binary.local_fields import couplings, streams
from problems import ProblemError, UnsuitableProblem
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo

QUBOS = st.builds(
    Qubo.random, n=st.integers(1, 14), density=st.sampled_from([0.1, 0.5, 1.0]), seed=st.integers(0, 10_000)
)


@settings(deadline=None, max_examples=25)
@given(qubo=QUBOS)
def test_small_optima_are_found(qubo):
    assert SimulatedAnnealing().solve(qubo, seed=1).objective == Exhaustive().solve(qubo).objective


@settings(deadline=None, max_examples=20)
@given(qubo=QUBOS, sweeps=st.integers(1, 20))
def test_walkers_know_their_energies_to_the_last_bit(qubo, sweeps):
    walkers, net = begin(streams(3, 0, 5), couplings(qubo.form)), couplings(qubo.form)
    anneal(walkers, np.geomspace(0.001, 1.0, sweeps), net)
    np.testing.assert_array_equal(walkers.energy + qubo.form.offset, qubo.energies(walkers.bits))
    np.testing.assert_array_equal(walkers.best_energy + qubo.form.offset, qubo.energies(walkers.best))
    assert np.all(walkers.best_energy <= walkers.energy)


def test_cutting_restarts_and_sweeps_changes_nothing():
    qubo = Qubo.random(30, density=0.3, seed=1)
    net, betas = couplings(qubo.form), np.geomspace(0.001, 1.0, 40)
    whole = begin(streams(9, 0, 6), net)
    anneal(whole, betas, net)
    for first, last in ((0, 1), (1, 4), (4, 6)):
        part = begin(streams(9, first, last), net)
        for at in range(0, 40, 7):
            anneal(part, betas[at : at + 7], net)
        np.testing.assert_array_equal(part.best, whole.best[first:last])
        np.testing.assert_array_equal(part.bits, whole.bits[first:last])


def test_more_restarts_extend_fewer():
    qubo = Qubo.random(25, seed=6)
    few, many = (SimulatedAnnealing(restarts=r, sweeps=5, snapshots=0).solve(qubo, seed=2) for r in (3, 8))
    np.testing.assert_array_equal(many.candidates[:3], few.candidates)


def test_the_same_seed_gives_the_same_result_and_another_another():
    qubo = Qubo.random(40, seed=3)
    solver = SimulatedAnnealing(restarts=4, sweeps=3)
    assert solver.solve(qubo, seed=1).digest == solver.solve(qubo, seed=1).digest
    assert not np.array_equal(solver.solve(qubo, seed=1).candidates, solver.solve(qubo, seed=2).candidates)


def test_snapshots_are_candidates_at_the_same_sweeps_however_the_work_is_cut():
    qubo = Qubo.random(20, seed=6)
    plain = SimulatedAnnealing(restarts=3, sweeps=40, snapshots=0).solve(qubo, seed=2)
    more = SimulatedAnnealing(restarts=3, sweeps=40, snapshots=4).solve(qubo, seed=2)
    assert more.candidates.shape == (3 * 5, 20)
    np.testing.assert_array_equal(more.candidates[:3], plain.candidates)
    assert more.objective == plain.objective


def test_a_restart_never_ends_behind_its_start():
    qubo = Qubo.random(30, seed=8)
    best = SimulatedAnnealing().solve(qubo).solution
    start = tuple(int(bit) for bit in best)
    again = SimulatedAnnealing(restarts=2, sweeps=3, snapshots=0, start=start).solve(qubo)
    assert np.all(qubo.energies(again.candidates) <= qubo.energies(best))


def test_the_spread_of_flips_is_their_root_mean_square_over_all_bits():
    qubo = Qubo.random(8, density=0.6, seed=4)
    bits = ((np.arange(2**8)[:, None] >> np.arange(8)) & 1).astype(np.uint8)
    changes = np.stack([qubo.energies(bits ^ row) - qubo.energies(bits) for row in np.eye(8, dtype=np.uint8)])
    assert spread_of_flips(qubo.form) == pytest.approx(np.sqrt((changes**2).mean(axis=1)).max())


def test_the_smallest_rise_is_that_of_the_only_minimum():
    qubo = Qubo.from_matrix(np.diag([-5.0, 3.0, -2.0]))
    assert smallest_rise(couplings(qubo.form), seed=1) == 2.0


@pytest.mark.parametrize("qubo", [Qubo.from_matrix(np.zeros((3, 3))), Qubo.from_matrix([[-2.0]])])
def test_degenerate_problems_are_solved(qubo):
    assert SimulatedAnnealing(restarts=2, sweeps=5).solve(qubo).objective == min(0.0, qubo.form.linear.min())


def test_no_time_at_all_cuts_the_work_short():
    result = SimulatedAnnealing(restarts=10**6).solve(Qubo.random(60), time_limit=0.5)
    assert result.status == "time_limit"
    assert result.history[-1]["restarts"] < 10**6


def test_rows_and_misfitting_starts_are_refused():
    constrained = BinaryProgram.from_arrays([1, 1], [[1, 1]], [1], "<=")
    with pytest.raises(UnsuitableProblem):
        SimulatedAnnealing().solve(constrained)
    with pytest.raises(UnsuitableProblem, match="start has 2 bits, the problem 3"):
        SimulatedAnnealing(start=(0, 1)).solve(Qubo.random(3))


@pytest.mark.parametrize(
    "fields",
    [
        {"restarts": 0},
        {"sweeps": 0},
        {"hot": 0.0},
        {"cold": -1.0},
        {"hot": 1.0, "cold": 2.0},
        {"start": (0, 2)},
    ],
)
def test_fields_out_of_range_are_named(fields):
    with pytest.raises(ProblemError, match=list(fields)[-1]):
        SimulatedAnnealing(**fields)
