"""Shares of the lowest outcomes: the exact distribution's, and their gradients."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends import Aer, Expectation, QaoaAnsatz, Statevector
from problems.binary import Qubo
from problems.errors import BackendError, ProblemError
from problems.ground_state import PauliSum

QUBO = Qubo.random(5, seed=3)
ANSATZ = QaoaAnsatz(QUBO.ising, 2)
ROW = np.array([-0.5, -0.2, 0.004, 0.009])
BITS = (np.arange(32)[:, None] >> np.arange(5) & 1).astype(np.uint8)


def lowest_by_hand(share: float, row=ROW) -> float:
    """Fill the share with the lowest outcomes, the last one in part."""
    probability = np.abs(Statevector().state(ANSATZ, row)) ** 2
    energies = QUBO.energies(BITS)
    total, left = 0.0, share
    for x in np.argsort(energies, kind="stable"):
        taken = min(left, probability[x])
        total, left = total + taken * energies[x], left - taken
    return (total + left * energies.max()) / share


def lowest(share: float, row=ROW, gradient=False):
    work = Expectation(ANSATZ, (QUBO.ising,), row[None], share=share, gradient=gradient)
    return Statevector().submit(work).result()


@given(share=st.floats(0.01, 1.0))
def test_a_share_is_the_mean_of_the_lowest_outcomes(share):
    assert lowest(share).mean[0, 0] == pytest.approx(lowest_by_hand(share), rel=1e-9, abs=1e-9)


def test_the_whole_is_the_expectation_and_shares_only_lower_it():
    values = [lowest(share).mean[0, 0] for share in (0.05, 0.2, 0.5, 0.9, 1.0)]
    assert np.all(np.diff(values) >= -1e-9)
    assert values[-1] > values[0] + 1
    assert values[0] >= QUBO.energies(BITS).min() - 1e-9


@pytest.mark.parametrize("share", [0.13, 0.5])
def test_the_gradient_of_a_share_is_its_difference(share):
    slopes = lowest(share, gradient=True).gradient[0, 0]
    for k in range(4):
        step = np.zeros(4)
        step[k] = 1e-6
        rise = lowest(share, ROW + step).mean[0, 0] - lowest(share, ROW - step).mean[0, 0]
        assert slopes[k] == pytest.approx(rise / 2e-6, rel=1e-4, abs=1e-4)


def test_a_diagonal_pauli_sum_is_taken_and_others_are_refused():
    paulis = PauliSum.from_ising(QUBO.ising)
    work = Expectation(ANSATZ, (paulis,), ROW[None], share=0.3)
    assert Statevector().submit(work).result().mean[0, 0] == pytest.approx(lowest_by_hand(0.3))
    with pytest.raises(ProblemError, match="diagonal"):
        Expectation(ANSATZ, (PauliSum(5, ("XIIII",), np.ones(1)),), ROW[None], share=0.3)


def test_bad_shares_are_named_and_backends_without_the_distribution_refuse():
    with pytest.raises(ProblemError, match="share"):
        Expectation(ANSATZ, (QUBO.ising,), ROW[None], share=0.0)
    with pytest.raises(BackendError, match="share"):
        Aer().submit(Expectation(ANSATZ, (QUBO.ising,), ROW[None], share=0.5))
