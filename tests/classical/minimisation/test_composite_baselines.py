import numpy as np
import pytest

from classical.minimisation.composite_baselines import RULES, CompositeDescent, rate_of
from problems.minimisation.logistic_composite import LogisticComposite

LOGISTIC = LogisticComposite.ill_conditioned(60, 5, seed=2)


@pytest.mark.parametrize("rule", RULES)
def test_every_baseline_descends(rule):
    rates = {"sgd": 1.0, "armijo": 1.0, "adam": 0.1, "adagrad": 0.3, "svrg": 0.5}
    batch = None if rule == "armijo" else 20  # on batches its step follows each batch's own loss
    result = CompositeDescent(300, rule, rates[rule], batch=batch).solve(LOGISTIC, progress=False)
    start = LOGISTIC.exact(LOGISTIC.start) - LOGISTIC.reference
    assert result.evaluation.metrics["suboptimality"] < 0.2 * start
    assert result.resources["evaluations"] <= 300


def test_full_gradient_descent_at_one_over_l_never_raises_h():
    result = CompositeDescent(200, "sgd", "1/L", judged_every=1).solve(LOGISTIC, progress=False)
    heights = [row["objective"] for row in result.history]
    assert np.all(np.diff(heights) <= 1e-14)
    hessian = LOGISTIC.inputs.T @ LOGISTIC.inputs / 4 / LOGISTIC.count
    assert 1 / rate_of(LOGISTIC) == pytest.approx(np.linalg.eigvalsh(hessian)[-1])


def test_svrg_with_the_anchor_on_every_step_is_gradient_descent():
    whole = CompositeDescent(31, "sgd", 0.5).solve(LOGISTIC, progress=False)
    anchored = CompositeDescent(93, "svrg", 0.5).solve(LOGISTIC, progress=False)
    assert anchored.solution == pytest.approx(whole.solution, abs=1e-12)


def test_adam_and_adagrad_first_step_by_the_rate_along_every_slope():
    signs = np.sign(LOGISTIC.exact_gradient(LOGISTIC.start))
    for rule in ("adam", "adagrad"):
        moved = CompositeDescent(1, rule, 0.2).solve(LOGISTIC, progress=False).solution
        assert moved == pytest.approx(-0.2 * signs, rel=1e-5)
