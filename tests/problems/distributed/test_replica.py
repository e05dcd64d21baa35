import numpy as np
import pytest

from problems.distributed.codecs import decode, encode
from problems.distributed.perturbations import Perturbations
from problems.distributed.protocol import Protocol
from problems.distributed.replica import Replica
from problems.errors import ProblemError

START = np.array([0.4, -1.0, 2.0])


def protocol(**fields):
    return Protocol(**{"seed": 9, "dimension": 3, "workers": (2, 5), "delays": (0, 0)} | fields)


def play(rules, values, start=START):
    """A replica after steps at which both workers send given numbers ``[K, 2]``, gain one."""
    replica = Replica(rules, start)
    for row in values:
        for worker, value in zip(rules.workers, row, strict=True):
            replica.receive(replica.step, worker, encode(rules.codec, np.array([value]), replica.gain))
        replica.advance(rules.workers)
    return replica


def means(values, seed=9):
    """The mean of g z over both workers at every step, in the order of the protocol."""
    drawn = Perturbations(seed, 3)
    return [
        (0.0 + g[0] * drawn.direction(k, 2, 0) + g[1] * drawn.direction(k, 5, 0)) / 2
        for k, g in enumerate(values)
    ]


VALUES = np.random.default_rng(1).normal(size=(6, 2))


def test_plain_descent_is_the_mean_of_slope_times_direction():
    expected = START
    for mean in means(VALUES):
        expected = expected - 0.1 * mean
    replica = play(protocol(codec="f64", learning_rate=0.1), VALUES)
    np.testing.assert_array_equal(replica.parameters, expected)


def test_momentum_sums_with_decay():
    expected, velocity = START, np.zeros(3)
    for mean in means(VALUES):
        velocity = 0.9 * velocity + mean
        expected = expected - 0.1 * velocity
    replica = play(protocol(codec="f64", learning_rate=0.1, update="momentum"), VALUES)
    np.testing.assert_array_equal(replica.parameters, expected)


def test_adam_is_that_of_the_paper():
    expected, first, second = START, np.zeros(3), np.zeros(3)
    for k, mean in enumerate(means(VALUES), start=1):
        first, second = 0.9 * first + 0.1 * mean, 0.999 * second + 0.001 * mean**2
        expected = expected - 0.1 * (first / (1 - 0.9**k)) / (np.sqrt(second / (1 - 0.999**k)) + 1e-8)
    replica = play(protocol(codec="f64", learning_rate=0.1, update="adam"), VALUES)
    np.testing.assert_allclose(replica.parameters, expected, rtol=1e-12)


def test_bounds_hold_for_every_copy():
    bounds = (np.array([0.0, -1.0, -np.inf]), np.array([0.5, 0.0, np.inf]))
    replica = play(protocol(codec="f64", learning_rate=5.0, bounds=bounds), VALUES)
    assert np.all(replica.parameters[:2] >= bounds[0][:2])
    assert np.all(replica.parameters[:2] <= bounds[1][:2])


def test_the_gain_is_the_power_of_two_below_the_lower_median():
    replica = Replica(protocol(codec="log8", delays=(0, 0)), START)
    assert replica.gain == 1.0
    for worker, value in ((2, 0.3), (5, 100.0)):
        replica.receive(0, worker, encode("log8", np.array([value]), 1.0))
    replica.advance((2, 5))
    assert replica.gain == 0.25
    for worker in (2, 5):
        replica.receive(1, worker, [0])
    replica.advance((2, 5))
    assert replica.gain == 0.25, "nothing was sent, so nothing is known"


def test_the_gain_finds_numbers_far_outside_the_first_range():
    rules, tiny = protocol(codec="log8"), 3e-12
    replica = play(rules, np.full((6, 2), tiny))
    decoded = decode("log8", encode("log8", np.array([tiny]), replica.gain), replica.gain)[0]
    assert abs(decoded / tiny - 1) < 0.065


def test_a_wild_estimate_is_cut_at_a_multiple_of_the_median():
    wild = np.array([[0.5, -80.0]])
    cut = play(protocol(codec="f64", clip=3.0), wild)
    np.testing.assert_array_equal(cut.parameters, play(protocol(codec="f64"), [[0.5, -1.5]]).parameters)


def test_a_late_message_is_applied_when_it_arrives_with_its_own_direction():
    rules = protocol(codec="f64", delays=(0, 2), learning_rate=1.0)
    replica, drawn, expected = Replica(rules, START), Perturbations(9, 3), START
    for k in range(4):
        for worker in (2, 5):
            replica.receive(k, worker, encode("f64", np.array([1.0 + k + worker])))
        replica.advance((2, 5))
        total = (3.0 + k) * drawn.direction(k, 2, 0)
        if k >= 2:
            total = (total + (4.0 + k) * drawn.direction(k - 2, 5, 0)) / 2
        expected = expected - total
    np.testing.assert_array_equal(replica.parameters, expected)


def test_samples_are_messages_of_their_own():
    rules = protocol(codec="f64", samples=70, workers=(1,), delays=(0,), learning_rate=1.0)
    values = np.arange(1.0, 71.0)
    replica, drawn = Replica(rules, START), Perturbations(9, 3)
    replica.receive(0, 1, encode("f64", values))
    replica.advance((1,))
    total = np.zeros(3)
    for sample, value in enumerate(values):
        total = total + value * drawn.direction(0, 1, sample)
    np.testing.assert_array_equal(replica.parameters, START - total / 70)


def test_the_order_of_receiving_does_not_matter():
    values = {2: 0.3, 5: -0.7}
    prints = []
    for order in ((2, 5), (5, 2)):
        replica = Replica(protocol(), START)
        for worker in order:
            replica.receive(0, worker, encode("log8", np.array([values[worker]])))
        replica.advance((2, 5))
        prints.append(replica.fingerprint())
    assert prints[0] == prints[1]


def test_a_fingerprint_sees_one_bit_the_type_and_the_step():
    one, other = Replica(protocol(), START), Replica(protocol(), START)
    assert one.fingerprint() == other.fingerprint()
    assert len(one.fingerprint()) == 8
    other.parameters[1] = np.nextafter(other.parameters[1], 0)
    assert one.fingerprint() != other.fingerprint()
    other.parameters = START.astype(np.float32).astype(np.float32)
    assert one.fingerprint() != other.fingerprint()
    one_step = Replica(protocol(), START)
    one_step.advance(())
    assert one_step.fingerprint() != one.fingerprint()


@pytest.mark.parametrize(
    ("message", "field"),
    [((1, 2, [3]), "step"), ((-1, 2, [3]), "step"), ((0, 4, [3]), "worker"), ((0, 2, [256]), "codes"),
     ((0, 2, [1, 2]), "codes"), ((0, 2, [-1]), "codes")],
)  # fmt: skip
def test_wrong_messages_are_refused(message, field):
    with pytest.raises(ProblemError, match=field):
        Replica(protocol(), START).receive(*message)


def test_a_second_message_and_a_stale_one_are_refused():
    replica = Replica(protocol(), START)
    replica.receive(0, 2, [70])
    with pytest.raises(ProblemError, match="not two"):
        replica.receive(0, 2, [70])
    with pytest.raises(ProblemError, match="the message of worker 5"):
        replica.advance((2, 5))
    replica.receive(0, 5, [70])
    replica.advance((2, 5))
    with pytest.raises(ProblemError, match="step"):
        replica.receive(0, 2, [70])


@pytest.mark.parametrize(
    "fields",
    [{"workers": (5, 2)}, {"workers": (2, 2)}, {"workers": ()}, {"delays": (0,)}, {"delays": (0, -1)},
     {"codec": "log9"}, {"learning_rate": 0.0}, {"update": "lion"}, {"gain": 0.0}, {"clip": -1.0},
     {"samples": 0}, {"seed": -1}],
)  # fmt: skip
def test_wrong_rules_are_refused(fields):
    with pytest.raises(ProblemError, match=next(iter(fields))):
        protocol(**fields)
