"""Greedy ends where no feasible flip gains, from the best of its starts."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.binary.greedy import Greedy, plain_starts
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo


@settings(deadline=None, max_examples=30)
@given(n=st.integers(1, 12), seed=st.integers(0, 10_000))
def test_no_flip_improves_its_answer_to_a_qubo(n, seed):
    qubo = Qubo.random(n, seed=seed)
    result = Greedy().solve(qubo)
    assert np.all(qubo.energies(result.solution ^ np.eye(n, dtype=np.uint8)) >= result.objective)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000))
def test_no_repaired_start_beats_its_answer(seed):
    program = BinaryProgram.random(10, 3, seed=seed)
    result = Greedy().solve(program)
    best = min(map(tuple, program.ranks(program.repair(plain_starts(program)))))
    assert result.evaluation.rank(program.sense) == best


def test_the_seed_does_not_matter():
    program = BinaryProgram.random(10, 3, seed=1)
    np.testing.assert_array_equal(
        Greedy().solve(program, seed=1).solution, Greedy().solve(program, seed=2).solution
    )


def test_items_of_best_value_for_their_share_of_the_slack_come_first():
    program = BinaryProgram.from_arrays([6, 5, 5], [[6, 5, 5]], [10], "<=", sense="max")
    assert Greedy().solve(program).objective == 10
