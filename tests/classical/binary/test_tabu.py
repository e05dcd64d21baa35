"""Tabu search finds small optima, knows its energies, and does not depend on how its work is cut."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.binary.exhaustive import Exhaustive
from classical.binary.local_fields import couplings
from classical.binary.tabu import BEST, HERE, Tabu, begin, conclude, new_chain, perturb, search
from problems import ProblemError, UnsuitableProblem
from problems.binary.qubo import Qubo

QUBOS = st.builds(
    Qubo.random, n=st.integers(1, 14), density=st.sampled_from([0.1, 0.5, 1.0]), seed=st.integers(0, 10_000)
)
LIGHT = Tabu(restarts=60, iterations=200)


@settings(deadline=None, max_examples=25)
@given(qubo=QUBOS)
def test_small_optima_are_found(qubo):
    assert LIGHT.solve(qubo, seed=1).objective == Exhaustive().solve(qubo).objective


@settings(deadline=None, max_examples=20)
@given(qubo=QUBOS, iterations=st.integers(1, 50))
def test_a_chain_knows_its_energies_to_the_last_bit(qubo, iterations):
    net, chain = couplings(qubo.form), new_chain(qubo.n, seed=2)
    begin(chain, net)
    for _ in range(3):
        search(chain, iterations, 3, net)
        assert chain.energy[HERE] + qubo.form.offset == qubo.energies(chain.bits)
        assert chain.energy[BEST] + qubo.form.offset == qubo.energies(chain.best)
        conclude(chain)
        perturb(chain, net)


def test_the_first_move_is_the_steepest_and_is_not_taken_back_at_once():
    net, chain = couplings(Qubo.from_matrix(np.diag([-1.0, -5.0, -3.0, 1.0])).form), new_chain(4, seed=1)
    begin(chain, net, (0, 0, 0, 0))
    states = []
    for _ in range(4):
        search(chain, 1, 4, net)
        states.append(chain.bits.tolist())
    assert states == [[0, 1, 0, 0], [0, 1, 1, 0], [1, 1, 1, 0], [1, 1, 1, 1]]
    assert chain.best.tolist() == [1, 1, 1, 0]


def test_cutting_a_restart_changes_nothing():
    qubo = Qubo.random(30, density=0.3, seed=1)
    net = couplings(qubo.form)
    whole, cut = new_chain(30, seed=4), new_chain(30, seed=4)
    for chain, parts in ((whole, [500]), (cut, [1, 99, 250, 150])):
        begin(chain, net)
        for part in parts:
            search(chain, part, 7, net)
    np.testing.assert_array_equal(whole.bits, cut.bits)
    np.testing.assert_array_equal(whole.best, cut.best)


def test_more_restarts_extend_fewer():
    qubo = Qubo.random(25, seed=6)
    few, many = (Tabu(restarts=r, iterations=5).solve(qubo, seed=2) for r in (3, 8))
    np.testing.assert_array_equal(many.candidates[:3], few.candidates)


def test_perturbing_flips_a_connected_region_of_the_elite():
    """On two rings without a bond between them, what changes lies in one ring."""
    matrix = np.zeros((40, 40))
    for k in range(20):
        matrix[k, (k + 1) % 20] = matrix[20 + k, 20 + (k + 1) % 20] = 1.0
    net, chain = couplings(Qubo.from_matrix(matrix).form), new_chain(40, seed=3)
    begin(chain, net)
    conclude(chain)
    for _ in range(20):
        perturb(chain, net)
        changed = np.flatnonzero(chain.bits != chain.elite)
        assert 1 <= len(changed) <= 10
        assert len(set(changed // 20)) == 1


def test_the_same_seed_gives_the_same_result_and_another_another():
    qubo = Qubo.random(40, seed=3)
    solver = Tabu(restarts=4, iterations=10)
    assert solver.solve(qubo, seed=1).digest == solver.solve(qubo, seed=1).digest
    assert not np.array_equal(solver.solve(qubo, seed=1).candidates, solver.solve(qubo, seed=2).candidates)


def test_the_first_chain_begins_at_the_start():
    qubo = Qubo.random(30, seed=8)
    best = LIGHT.solve(qubo).solution
    again = Tabu(restarts=1, iterations=3, start=tuple(int(bit) for bit in best)).solve(qubo)
    assert again.objective <= qubo.energies(best)


@pytest.mark.parametrize("qubo", [Qubo.from_matrix(np.zeros((3, 3))), Qubo.from_matrix([[-2.0]])])
def test_degenerate_problems_are_solved(qubo):
    assert LIGHT.solve(qubo).objective == min(0.0, qubo.form.linear.min())


def test_a_misfitting_start_is_refused():
    with pytest.raises(UnsuitableProblem, match="start has 2 bits, the problem 3"):
        Tabu(start=(0, 1)).solve(Qubo.random(3))


@pytest.mark.parametrize(
    "fields", [{"restarts": 0}, {"iterations": 0}, {"tenure": -1}, {"patience": 0}, {"start": (0, 2)}]
)
def test_fields_out_of_range_are_named(fields):
    with pytest.raises(ProblemError, match=list(fields)[-1]):
        Tabu(**fields)
