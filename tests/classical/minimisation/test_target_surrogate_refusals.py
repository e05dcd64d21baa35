from dataclasses import replace

import numpy as np
import pytest

from classical.minimisation.composite_baselines import CompositeDescent
from classical.minimisation.inner_solvers import Armijo
from classical.minimisation.target_surrogate import TargetSurrogate
from problems.errors import ProblemError, UnsuitableProblem
from problems.minimisation import Landscape
from problems.minimisation.imitation import Imitation
from problems.minimisation.logistic_composite import LogisticComposite
from problems.minimisation.matrix_factorisation import MatrixFactorisation
from problems.minimisation.network_to_circuit import NetworkToCircuit

LOGISTIC = LogisticComposite.ill_conditioned(60, 5, seed=2)
FACTORISATION = MatrixFactorisation.random(40, 3, 4, 2)
IMITATION = Imitation(hidden=(5,), trajectories=3, length=5)
CIRCUITS = NetworkToCircuit(np.array([[0.5], [1.5]]), (Landscape("cosines", 2),) * 2, (4,))


@pytest.mark.parametrize("solver", [TargetSurrogate, CompositeDescent])
@pytest.mark.parametrize(
    "fields",
    [
        {"evaluations": 0}, {"batch": 0}, {"judged_every": -1}, {"schedule": "cosine"}, {"inner_steps": 0},
        {"eta": 0.0}, {"eta": "1/M"}, {"eta": -1.0}, {"inner": "adam"}, {"geometry": "sphere"},
        {"inner_length": 0.0}, {"geometry": "newton"}, {"geometry": "mirror", "eta": 1.0, "inner": "exact"},
        {"geometry": "mirror", "eta": 1.0, "line_search": True}, {"rule": "momentum"}, {"rate": 0.0},
        {"rate": "L"}, {"first": 1.0},
    ],
)  # fmt: skip
def test_bad_fields_are_told(solver, fields):
    known = solver.__dataclass_fields__
    if not set(fields) <= set(known):
        return
    with pytest.raises(ProblemError, match=r"expected"):
        solver(**fields)


@pytest.mark.parametrize("fields", [{"sufficient": 0.0}, {"shrink": 1.0}, {"expand": 0.5}])
def test_bad_backtracking_is_told(fields):
    with pytest.raises(ProblemError, match=next(iter(fields))):
        Armijo(**fields)


@pytest.mark.parametrize(
    ("solver", "problem", "word"),
    [
        (TargetSurrogate(batch=61), LOGISTIC, "61"),
        (CompositeDescent(batch=61), LOGISTIC, "61"),
        (TargetSurrogate(), CIRCUITS, "smoothness"),
        (TargetSurrogate(inner="exact"), FACTORISATION, "linear"),
        (TargetSurrogate(geometry="newton", eta=1.0), CIRCUITS, "second derivatives"),
        (TargetSurrogate(geometry="mirror", eta=1.0), FACTORISATION, "softmax"),
        (TargetSurrogate(geometry="adagrad", eta=1.0), IMITATION, "rows change"),
        (CompositeDescent(rate="1/L"), FACTORISATION, "linear"),
        (CompositeDescent(rule="svrg"), IMITATION, "rows change"),
        (CompositeDescent(3, "svrg", batch=20), LOGISTIC, "anchor"),
        (TargetSurrogate(), replace(LOGISTIC, model_cost=1.0), "own angles"),
    ],
)
def test_what_does_not_suit_is_refused(solver, problem, word):
    with pytest.raises(UnsuitableProblem, match=word):
        solver.solve(problem, progress=False)
