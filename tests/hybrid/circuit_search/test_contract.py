"""Every search keeps the contract of solvers, with little work."""

import pytest

from hybrid.circuit_search import AdaptVqe, CircuitAnnealing, Crlqas, DoubleDqn, GreedyGrowth, RandomCircuits
from problems.conformance import SOLVER_CHECKS
from problems.ground_state import GroundState

CHAIN = GroundState.transverse_field_ising(2)
SOLVERS = [
    RandomCircuits(evaluations=30, max_gates=6),
    GreedyGrowth(restarts=1, beam=1, block=2, candidates=20, max_gates=4),
    CircuitAnnealing(evaluations=300, max_gates=6, start_gates=2),
    AdaptVqe(rounds=2),
    Crlqas(max_gates=5, episodes=12, learner=DoubleDqn(hidden=(8,), batch=8, capacity=50)),
]


@pytest.mark.parametrize("check", SOLVER_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("solver", SOLVERS, ids=lambda solver: type(solver).__name__)
def test_searches_keep_the_contract(solver, check):
    if isinstance(solver, Crlqas):
        pytest.importorskip("jax", reason='the extra "learning" is not installed')
    check(solver, CHAIN)
