"""One-hot rows left to the mixer: every sample keeps them, and only the other rows are priced."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.binary import Exhaustive
from hybrid import Qaoa
from hybrid.lagrangian import SlackFree
from hybrid.lagrangian.sampling import null_moments
from problems.binary.blocks import broken
from problems.binary.knapsack import MultidimensionalKnapsack
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo
from problems.binary.tour import TravellingSalesman
from problems.contract import UnsuitableProblem
from problems.errors import ProblemError

CHOICE = BinaryProgram.from_arrays(
    [9, 4, 6, 7, 3, 8, 2, 5], [[1, 1, 1, 0, 0, 0, 0, 0], [0, 0, 0, 1, 1, 1, 0, 0], [5, 2, 3, 4, 1, 6, 2, 3]],
    [1, 1, 9], ["==", "==", "<="], sense="max",
)  # fmt: skip
SOLVER = SlackFree(Qaoa(layers=2, optimizer=None), iterations=3, patience=50, one_hot="mixer")


def test_every_sample_keeps_the_blocks():
    result = SOLVER.solve(CHOICE, seed=1, progress=False)
    assert result.candidates is not None
    assert not broken(((0, 1, 2), (3, 4, 5)), result.candidates).any()
    assert result.objective == Exhaustive().solve(CHOICE, progress=False).objective
    assert result.bound is not None
    assert result.bound >= result.objective
    assert all(row["active"][:2] == (0, 0) and row["active"][2] for row in result.history)
    assert "did nothing" not in result.message


def test_the_mixer_raises_the_feasible_share_of_a_round_trip():
    problem = TravellingSalesman.random(4, seed=2)
    shares = []
    for one_hot in ("multipliers", "mixer"):
        solver = SlackFree(Qaoa(layers=2, optimizer=None), iterations=2, one_hot=one_hot)
        shares.append(solver.solve(problem, seed=1, progress=False).history[0]["feasible_share"])
    assert shares[1] > 2 * shares[0]


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_moments_over_blocks_are_those_of_all_their_states(seed):
    form, blocks = Qubo.random(7, seed=seed).form, ((0, 3, 5), (1, 6))
    states = []
    for first, second, third, fourth in itertools.product((0, 3, 5), (1, 6), (0, 1), (0, 1)):
        bits = np.zeros(7, dtype=np.uint8)
        bits[[first, second]] = 1
        bits[2], bits[4] = third, fourth
        states.append(bits)
    values = form.values(np.array(states))
    assert null_moments(form, blocks) == pytest.approx((values.mean(), values.std()))


def test_without_blocks_the_moments_are_those_of_all_bits():
    form = Qubo.random(6, seed=3).form
    values = form.values(((np.arange(64)[:, None] >> np.arange(6)) & 1).astype(np.uint8))
    assert null_moments(form, ()) == pytest.approx((values.mean(), values.std()))


def test_what_has_no_block_or_no_mixer_is_refused():
    with pytest.raises(UnsuitableProblem, match="one-hot"):
        SOLVER.solve(MultidimensionalKnapsack.random(5, 2, seed=1), progress=False)
    with pytest.raises(UnsuitableProblem, match="inner SimulatedAnnealing"):
        SlackFree(one_hot="mixer").solve(CHOICE, progress=False)
    with pytest.raises(ProblemError, match="fix"):
        SlackFree(one_hot="mixer", fix=True)
    with pytest.raises(ProblemError, match="one_hot"):
        SlackFree(one_hot="xy")  # pyright: ignore[reportArgumentType]
