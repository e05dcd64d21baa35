import numpy as np
import pytest

from classical.minimisation.target_surrogate import TargetSurrogate
from problems.conformance import PROBLEM_CHECKS
from problems.errors import ProblemError
from problems.minimisation.jax_composite import JaxComposite, compiled
from problems.minimisation.logistic_composite import LogisticComposite

jax = pytest.importorskip("jax")

LOGISTIC = LogisticComposite.ill_conditioned(40, 4, condition=10.0, seed=1)
SOFTMAX = LogisticComposite(
    np.random.default_rng(4).normal(size=(12, 3)), np.random.default_rng(5).integers(0, 4, 12), classes=4
)


def one_logit(theta, inputs):
    return (inputs @ theta)[:, None]


def four_logits(theta, inputs):
    return inputs @ theta.reshape(3, 4)


def bent(theta, inputs):
    return jax.numpy.tanh(inputs @ theta.reshape(4, 2))


def flat(theta, inputs):
    return inputs @ theta


def twin(problem, model, loss):
    return JaxComposite(model, problem.inputs, problem.labels, problem.start, loss)


PAIRS = [
    (LOGISTIC, twin(LOGISTIC, one_logit, "logistic")),
    (SOFTMAX, twin(SOFTMAX, four_logits, "softmax")),
]


@pytest.mark.parametrize("check", PROBLEM_CHECKS, ids=lambda check: check.__name__)
def test_keeps_what_every_problem_keeps(check):
    if check.__name__ != "problem_is_stored":  # files name functions of this distribution alone
        check(PAIRS[0][1], PAIRS[0][1].start + 0.1)


@pytest.mark.parametrize(("ours", "other"), PAIRS)
def test_a_linear_model_written_in_jax_is_the_one_in_closed_form(ours, other):
    rng, rows = np.random.default_rng(1), np.arange(5)
    theta = rng.normal(size=ours.dimension)
    weights = rng.normal(size=(5, ours.width))
    assert other.targets(theta, rows) == pytest.approx(ours.targets(theta, rows), abs=1e-13)
    assert other.pull_back(theta, rows, weights) == pytest.approx(
        ours.pull_back(theta, rows, weights), abs=1e-13
    )
    assert other.smoothness == ours.smoothness
    assert other.judge(theta).objective == pytest.approx(ours.judge(theta).objective, abs=1e-13)
    solver = TargetSurrogate(10, 5, batch=6)
    mine, theirs = (solver.solve(problem, seed=2, progress=False).solution for problem in (ours, other))
    assert mine == pytest.approx(theirs, abs=1e-10)


def test_a_bent_model_has_its_own_slope():
    rng = np.random.default_rng(3)
    problem = JaxComposite(bent, rng.normal(size=(9, 4)), rng.normal(size=(9, 2)), rng.normal(size=8))
    nudges = 1e-6 * np.eye(8)
    slope = [(problem.exact(problem.start + d) - problem.exact(problem.start - d)) / 2e-6 for d in nudges]
    assert problem.exact_gradient(problem.start) == pytest.approx(np.array(slope), abs=1e-8)


def test_a_run_compiles_once_whatever_its_steps():
    problem = PAIRS[0][1]
    forward, back = compiled(one_logit)
    TargetSurrogate(5, 3, batch=7).solve(problem, progress=False)
    before = forward._cache_size(), back._cache_size()
    TargetSurrogate(30, 9, batch=7).solve(problem, progress=False)
    assert (forward._cache_size(), back._cache_size()) == before


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"loss": "hinge"}, "loss"),
        ({"model": 3}, "model"),
        ({"model": flat}, "targets"),
        ({"labels": np.full(40, 2)}, "labels"),
        ({"labels": np.zeros(3)}, "labels"),
        ({"start": np.full(4, np.inf)}, "start"),
        ({"target_cost": 0.0}, "target_cost"),
        ({"loss": "squared", "labels": np.zeros((40, 2))}, "targets"),
    ],
)
def test_bad_input_is_told(fields, word):
    sound = {
        "model": one_logit, "inputs": LOGISTIC.inputs, "labels": LOGISTIC.labels, "start": LOGISTIC.start,
        "loss": "logistic",
    }  # fmt: skip
    with pytest.raises(ProblemError, match=word):
        JaxComposite(**(sound | fields))
