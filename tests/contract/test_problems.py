"""Every problem passes the one battery."""

import pytest

from problems.conformance import PROBLEM_CHECKS
from tests.contract.catalogue import PROBLEMS


@pytest.mark.parametrize("check", PROBLEM_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", PROBLEMS)
def test_problem_keeps_the_contract(name, check):
    check(*PROBLEMS[name])


def test_a_reference_is_never_beaten_by_the_optimum():
    from classical.binary.exhaustive import Exhaustive
    from problems.binary.knapsack import MultidimensionalKnapsack

    free = MultidimensionalKnapsack.random(n=9, m=3, seed=2)
    best = Exhaustive().solve(free).objective
    known = MultidimensionalKnapsack(free.profits, free.weights, free.capacities, reference=best)
    assert Exhaustive().solve(known).objective == known.reference
