"""Every registered solver passes the one battery."""

import pytest

from problems.conformance import SOLVER_CHECKS
from tests.contract.catalogue import case, small, solver_classes


@pytest.mark.parametrize("check", SOLVER_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", sorted(solver_classes()))
def test_solver_keeps_the_contract(name, check):
    solver = solver_classes()[name]
    check(small(solver), case(solver))
