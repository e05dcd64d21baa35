import numpy as np
import pytest

from classical.minimisation import Cobyla
from problems.errors import ProblemError
from problems.minimisation import Landscape


@pytest.mark.parametrize("function", ["sphere", "cosines"])
def test_smooth_bowls_are_solved_to_the_tolerance(function):
    result = Cobyla(tolerance=1e-4).solve(Landscape(function), progress=False)
    assert result.ended == "converged"
    assert result.solution == pytest.approx(np.zeros(4), abs=1e-3)


@pytest.mark.parametrize("fields", [{"evaluations": 0}, {"initial_step": 0.0}, {"tolerance": 0.0}])
def test_fields_out_of_range_are_refused(fields):
    with pytest.raises(ProblemError):
        Cobyla(**fields)
