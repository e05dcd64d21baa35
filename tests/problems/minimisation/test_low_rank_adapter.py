import numpy as np
import pytest

from problems.conformance import check_problem
from problems.errors import ProblemError
from problems.minimisation import NetworkLoss
from problems.minimisation.low_rank_adapter import LowRankAdapter


def adapter(rank=2, batch=None, seed=0):
    rng = np.random.default_rng(seed)
    rows, labels = rng.normal(size=(20, 5)), rng.integers(0, 3, 20)
    loss = NetworkLoss(rows, labels, (4,), classes=3, batch=batch, held_out=(rows, labels), decay=0.1)
    return LowRankAdapter(loss, rng.normal(size=loss.dimension), rank)


def test_at_the_start_nothing_has_changed():
    one = adapter()
    np.testing.assert_array_equal(one.adapted(one.start), one.weights)
    assert one.exact(one.start[None])[0] == one.loss.exact(one.weights[None])[0]
    assert one.dimension == 2 * (5 + 4) + 2 * (4 + 3) == len(one.start)
    assert np.any(one.start != 0)


def test_weights_change_by_the_product_and_biases_do_not():
    one, x = adapter(), np.random.default_rng(1).normal(size=32)
    change = one.adapted(x) - one.weights
    first, second = x[:10].reshape(5, 2), x[10:18].reshape(2, 4)
    np.testing.assert_allclose(change[:20].reshape(5, 4), first @ second)
    np.testing.assert_allclose(change[20:24], 0, atol=1e-15)
    assert np.linalg.matrix_rank(change[:20].reshape(5, 4)) == 2


def test_full_rank_reaches_any_weights():
    one = adapter(rank=9)
    assert one.layer_ranks == (4, 3)
    target = np.random.default_rng(2).normal(size=(5, 4))
    (a, _), *_ = one.factors(one.start)
    u, s, v = np.linalg.svd(target, full_matrices=False)
    x = np.concatenate([(u * s).ravel(), v.ravel(), one.start[36:]])
    np.testing.assert_allclose((one.adapted(x) - one.weights)[:20].reshape(5, 4), target)
    assert a.shape == (5, 4)


def test_the_gradient_is_that_of_central_differences():
    one = adapter(batch=7)
    x = np.random.default_rng(3).normal(size=(2, one.dimension))
    slopes = one.evaluate(x, 5, gradient=True).gradient
    assert slopes is not None
    for k in range(one.dimension):
        shift = np.zeros(one.dimension)
        shift[k] = 1e-5
        numeric = (one.evaluate(x + shift, 5).mean - one.evaluate(x - shift, 5).mean) / 2e-5
        np.testing.assert_allclose(slopes[:, k], numeric, atol=1e-7)


def test_the_problem_keeps_its_contract():
    check_problem(adapter(), adapter().start)
    assert adapter(batch=7).noisy


@pytest.mark.parametrize(("field", "value"), [("rank", 0), ("weights", np.zeros(3)), ("initial_seed", -1)])
def test_wrong_fields_are_refused(field, value):
    one = adapter()
    fields = {"loss": one.loss, "weights": one.weights} | {field: value}
    with pytest.raises(ProblemError, match=field):
        LowRankAdapter(**fields)
