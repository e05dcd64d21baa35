"""The null: uniform bits, judged raw and repaired."""

import numpy as np
import pytest

from classical.binary.uniform import Uniform
from problems import ProblemError
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo

KNAPSACK = BinaryProgram.from_arrays(
    np.arange(1, 21), np.ones((1, 20)) * np.arange(20, 0, -1), [60], "<=", sense="max"
)


def test_candidates_are_the_raw_samples_and_the_history_counts_them():
    result = Uniform(samples=100).solve(KNAPSACK, seed=1)
    assert result.candidates is not None
    assert result.candidates.shape == (100, 20)
    ranks = KNAPSACK.ranks(result.candidates)
    row = result.history[-1]
    assert row["feasible_share"] == (ranks[:, 0] == 0).mean()
    best = ranks[np.lexsort((ranks[:, 1], ranks[:, 0]))[0]]
    assert (row["violation"], row["objective"]) == (best[0], -best[1])


def test_the_answer_is_the_best_of_samples_and_repaired_samples():
    result = Uniform(samples=100).solve(KNAPSACK, seed=1)
    repaired = KNAPSACK.ranks(KNAPSACK.repair(result.candidates))
    assert result.evaluation.rank("max") == min(map(tuple, repaired))
    assert result.history[-1]["repaired_objective"] == result.objective


def test_the_message_says_whether_a_repaired_sample_won():
    assert "a repaired sample won (best before repair: " in Uniform(samples=3).solve(KNAPSACK).message
    assert Uniform(samples=64).solve(Qubo.random(2)).message == "the best sample needed no repair"


def test_all_samples_are_drawn_however_they_are_cut():
    result = Uniform(samples=1000).solve(Qubo.random(400, density=0.01))
    assert len(result.history) > 1
    assert result.candidates is not None
    assert len(result.candidates) == 1000
    assert len(np.unique(result.candidates, axis=0)) == 1000


def test_bits_are_uniform():
    """50 000 bits: the mean of fair ones strays beyond 4 standard deviations, 0.009, once in 16 000 seeds."""
    drawn = Uniform(samples=2500).solve(Qubo.from_matrix(np.eye(20)), seed=3).candidates
    assert drawn is not None
    assert abs(drawn.mean() - 0.5) < 0.009


@pytest.mark.parametrize("samples", [0, -1, 2.5])
def test_samples_must_be_a_count(samples):
    with pytest.raises(ProblemError, match="samples"):
        Uniform(samples=samples)
