"""Half the states of a cost without fields give the plain way's figures, for every width and both paths."""

import numpy as np
import pytest

from backends import Expectation, QaoaAnsatz, Sampling, Statevector
from backends.statevector import transverse
from backends.statevector.folded import FoldedSimulator, folds
from backends.statevector.transverse import TransverseSimulator
from problems.binary import Qubo
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Ising
from problems.ground_state import PauliSum


def cut_like(n: int, seed: int) -> Ising:
    first, second = np.triu_indices(n, 1)
    coupling = np.random.default_rng(seed).normal(size=len(first))
    return Ising(QuadraticForm(np.zeros(n), first, second, coupling, 0.7))


@pytest.mark.parametrize("n", [9, 10, 11, 12, 13, 14, 15, 16])
@pytest.mark.parametrize("passes", [False, True])
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_folding_changes_nothing(n, passes, layers, monkeypatch):
    if passes:
        if n < 13:
            pytest.skip("passes take at least 12 bits")
        monkeypatch.setattr(transverse, "RESIDENT", 11)
    ansatz = QaoaAnsatz(cut_like(n, n), layers)
    assert folds(ansatz)
    rows = np.random.default_rng(n).uniform(-0.75, 0.75, (2, 2 * layers))
    folded, plain = FoldedSimulator(ansatz), TransverseSimulator(ansatz)
    np.testing.assert_allclose(folded.state(rows[0]), plain.state(rows[0]), atol=1e-12)
    one, two = (s.expectations(rows, (ansatz.cost,), gradient=True) for s in (folded, plain))
    np.testing.assert_allclose(one[0], two[0], atol=1e-11)
    np.testing.assert_allclose(one[1], two[1], atol=1e-9)
    np.testing.assert_allclose(folded.expectations(rows, (ansatz.cost,))[0], two[0], atol=1e-11)


def test_other_observables_and_far_angles_go_the_plain_way():
    ansatz = QaoaAnsatz(cut_like(9, 1), 2)
    folded, plain = FoldedSimulator(ansatz), TransverseSimulator(ansatz)
    rows = np.random.default_rng(3).uniform(-2, 2, (3, 4))
    others = (Qubo.random(9, seed=1).ising, PauliSum(9, ("XXIIIIIII", "ZIIIIIIII"), np.ones(2)))
    for observables, share in ((others, 1.0), ((ansatz.cost,), 0.3), ((ansatz.cost,), 1.0)):
        one, two = (s.expectations(rows, observables, True, share) for s in (folded, plain))
        np.testing.assert_allclose(one[0], two[0], atol=1e-10)
        np.testing.assert_allclose(one[1], two[1], atol=1e-8)
    np.testing.assert_allclose(folded.state(rows[0]), plain.state(rows[0]), atol=1e-12)


def test_shots_follow_the_distribution_with_both_signs_of_the_last_spin():
    ansatz = QaoaAnsatz(cut_like(9, 2), 2)
    row = np.array([[-0.5, -0.3, 0.2, 0.4]])
    bits = Statevector().run(Sampling(ansatz, row, 100_000, seed=1)).bits[0]
    probability = np.abs(Statevector(symmetry=False).state(ansatz, row[0])) ** 2
    counts = np.bincount(bits @ (1 << np.arange(9)), minlength=512)
    often = probability * 100_000 > 10
    distance = np.sum((counts - 100_000 * probability)[often] ** 2 / (100_000 * probability[often]))
    assert abs(distance - often.sum()) < 6 * np.sqrt(2 * often.sum())


def test_singles_fold_too_and_fields_do_not():
    ansatz = QaoaAnsatz(cut_like(17, 4), 2)
    row = np.array([[-0.5, -0.3, 0.2, 0.4]])
    double = Statevector().run(Expectation(ansatz, (ansatz.cost,), row)).mean[0, 0]
    single = Statevector(precision="single").run(Expectation(ansatz, (ansatz.cost,), row)).mean[0, 0]
    assert single == pytest.approx(double, abs=1e-3)
    assert not folds(QaoaAnsatz(Qubo.random(9).ising, 1))
    assert not folds(QaoaAnsatz(cut_like(9, 1), 1, multi_angle=True))
