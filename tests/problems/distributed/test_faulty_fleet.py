"""A fleet with faulty workers: what arrives, who knows, and what the judge counts."""

import numpy as np
import pytest

from problems.distributed.attacks import LittleIsEnough, Reversal
from problems.distributed.fleet import Fleet
from problems.errors import BackendError, ProblemError
from problems.minimisation import Landscape, NetworkLoss

X = np.array([0.4, -1.1, 0.2])
HONEST = np.sin(X)  # the gradient of the cosines


def fleet(**fields):
    return Fleet((Landscape("cosines", 3),) * 4, **fields)


def test_only_the_faulty_rows_are_attacked():
    sent = fleet(faulty=(2, 0), attack=Reversal(10.0)).gradients(X, 3)
    assert sent[[1, 3]] == pytest.approx(np.array([HONEST, HONEST]))
    assert sent[[0, 2]] == pytest.approx(-10 * np.array([HONEST, HONEST]))


def test_workers_measure_with_seeds_of_their_own():
    rows = np.zeros((30, 4)), np.arange(30) % 2
    network = NetworkLoss(
        rows[0] + np.random.default_rng(0).normal(size=(30, 4)), rows[1], classes=2, batch=5
    )
    workers = Fleet((network,) * 3)
    sent = workers.gradients(network.start, 5)
    assert np.array_equal(sent, workers.gradients(network.start, 5))
    assert not np.allclose(sent, workers.gradients(network.start, 6))
    assert not np.allclose(sent[0], sent[1])


def test_lost_coordinates_arrive_as_zeros():
    wide = Fleet((Landscape("cosines", 4000),) * 3, drop_rate=0.25)
    sent = wide.gradients(np.full(4000, 0.7), 1)
    kept = sent != 0
    spread = np.sqrt(0.25 * 0.75 / kept.size)
    assert np.mean(~kept) == pytest.approx(0.25, abs=5 * spread)
    assert sent[kept] == pytest.approx(np.sin(0.7))


def test_the_judge_counts_the_honest_workers_alone():
    mixed = Fleet((Landscape("sphere", 3), Landscape("rastrigin", 3)), faulty=(1,), attack=Reversal())
    assert mixed.judge(X).objective == pytest.approx(np.sum(X**2))
    assert Fleet(mixed.workers, Landscape("cosines", 3)).judge(X).objective == pytest.approx(
        np.sum(1 - np.cos(X))
    )


def test_alignment_is_a_cosine_with_the_honest_mean():
    attacked = fleet(faulty=(0,), attack=Reversal())
    assert attacked.alignment(3 * HONEST, X, 1) == pytest.approx(1.0)
    assert attacked.alignment(-HONEST, X, 1) == pytest.approx(-1.0)
    assert attacked.alignment(np.zeros(3), X, 1) == 0.0


def test_detection_is_the_share_of_pairs_in_order():
    attacked = fleet(faulty=(0, 1), attack=Reversal())
    assert attacked.detection(np.array([0.1, 0.2, 0.8, 0.9])) == 1.0
    assert attacked.detection(np.array([0.9, 0.8, 0.2, 0.1])) == 0.0
    assert attacked.detection(np.array([0.5, 0.2, 0.5, 0.1])) == pytest.approx((0.5 + 1 + 0 + 0) / 4)
    assert np.isnan(fleet().detection(np.zeros(4)))
    with pytest.raises(ProblemError, match="scores"):
        attacked.detection(np.zeros(3))


def test_gradients_say_how_they_are_had_and_what_they_cost():
    assert fleet().gradient_rules == ("exact",) * 4
    assert fleet().gradient_evaluations == 4


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"faulty": (0,)}, "attack"),
        ({"faulty": (4,), "attack": Reversal()}, "faulty"),
        ({"faulty": (1, 1), "attack": Reversal()}, "faulty"),
        ({"faulty": (0, 1, 2, 3), "attack": Reversal()}, "faulty"),
        ({"attack": "reverse"}, "attack"),
        ({"drop_rate": 1.5}, "drop_rate"),
    ],
)
def test_faults_that_make_no_sense_are_refused(fields, field):
    with pytest.raises(ProblemError, match=field):
        fleet(**fields)


class Offline(Landscape):
    """A landscape whose machine is down."""

    def evaluate(self, x, seed, gradient=False):
        raise BackendError("the machine is down")


def test_a_lost_worker_leaves_a_row_of_nan_and_a_warning():
    workers = (Landscape("cosines", 3), Offline("cosines", 3), Landscape("cosines", 3))
    broken = Fleet(workers, faulty=(0,), attack=LittleIsEnough(1.0))
    with pytest.warns(UserWarning, match="worker 1 gave no gradient: the machine is down"):
        sent = broken.gradients(X, 1)
    assert np.isnan(sent[1]).all()
    assert sent[[0, 2]] == pytest.approx(np.array([HONEST, HONEST]))  # one honest row: no deviation
    with pytest.raises(BackendError, match="down"):
        Fleet((Offline("cosines", 3),) * 2).gradients(X, 1)
