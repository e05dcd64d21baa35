from dataclasses import replace

import numpy as np
import pytest

from problems.conformance import check_problem
from problems.distributed.attacks import Reversal
from problems.distributed.codecs import encode
from problems.distributed.decentralised import DecentralisedRun, DecentralisedTraining, WorkerSchedule
from problems.distributed.fleet import Fleet
from problems.distributed.message_log import MessageLog
from problems.distributed.protocol import Protocol
from problems.errors import ProblemError
from problems.minimisation import Landscape, NetworkLoss

LANDSCAPE = Landscape("sphere", dimension=3)
SCHEDULES = (WorkerSchedule(), WorkerSchedule(join=1, delay=2), WorkerSchedule(leave=3))


def training(**fields):
    return DecentralisedTraining(Fleet((LANDSCAPE,) * 3), **({"schedules": SCHEDULES} | fields))


def honest_run(problem, steps=6, **fields):
    """A run whose messages are random numbers: what the judge asks for is consistency, not progress."""
    rules = Protocol(seed=4, dimension=3, workers=(0, 1, 2), delays=(0, 2, 0), **fields)
    members = [problem.active(k) for k in range(steps)]
    values = np.random.default_rng(3).normal(size=sum(map(len, members)))
    payload = encode(rules.codec, values, 1.0, np.full(len(values), 0.5))
    table = np.array([[w in ids for w in rules.workers] for ids in members])
    log = MessageLog(rules, table, payload)
    theta = log.replay(LANDSCAPE.start).parameters
    return DecentralisedRun(theta, np.stack([theta, theta]), LANDSCAPE.start, log)


def test_an_honest_run_is_feasible_and_scored_by_the_noiseless_loss():
    verdict = training().judge(honest_run(training()))
    assert verdict.feasible
    assert verdict.objective == LANDSCAPE.exact(honest_run(training()).parameters[None])[0]
    assert verdict.metrics["bytes_per_worker_and_step"] == 1
    assert verdict.metrics["float32_gradients_over_bytes_sent"] == 12
    assert verdict.metrics["evaluations"] == 2 * 14


def test_the_problem_keeps_its_contract():
    check_problem(training(), honest_run(training()))


def test_one_bit_in_a_copy_is_a_violation():
    run = honest_run(training())
    copies = run.replicas.copy()
    copies[1, 2] = np.nextafter(copies[1, 2], 9)
    verdict = training().judge(replace(run, replicas=copies))
    assert set(verdict.violations) == {"parameter discrepancy"}
    assert 0 < verdict.violation < 1e-15


def test_parameters_that_the_log_does_not_give_are_a_violation():
    run = honest_run(training())
    better = np.zeros(3)
    verdict = training().judge(replace(run, parameters=better, replicas=np.stack([better, better])))
    assert verdict.objective == 0
    assert set(verdict.violations) == {"replay"}


def test_a_run_from_another_start_is_a_violation():
    run = honest_run(training())
    start = np.zeros(3)
    theta = run.log.replay(start).parameters
    moved = DecentralisedRun(theta, theta[None], start, run.log)
    assert "replay" in training().judge(moved).violations


def test_a_changed_byte_is_a_violation():
    run = honest_run(training())
    payload = run.log.payload.copy()
    payload[0] ^= 1
    forged = replace(run, log=replace(run.log, payload=payload))
    assert set(training().judge(forged).violations) == {"replay"}


def test_a_membership_that_is_not_the_schedules_is_a_violation():
    run = honest_run(training(schedules=()))
    verdict = training().judge(run)
    assert verdict.violations == {"membership": 1 + 3}  # worker 1 at step 0, worker 2 at steps 3 to 5


def test_membership_tells_the_changes():
    assert honest_run(training()).membership == ((0, (0, 2)), (1, (0, 1, 2)), (3, (0, 1)))


def test_the_bytes_are_counted_from_the_log():
    assert honest_run(training()).bytes_sent() == 14
    assert honest_run(training(), codec="f32").bytes_sent() == 4 * 14
    assert honest_run(training(), codec="f64").bytes_sent() == 8 * 14


def test_identities_key_the_messages():
    named = (WorkerSchedule(identity=7), WorkerSchedule(identity=3), WorkerSchedule())
    problem = training(schedules=named)
    assert problem.identities == (7, 3, 2)
    assert problem.active(0) == (2, 3, 7)
    assert problem.worker(3) is problem.fleet.workers[1]


@pytest.mark.parametrize(
    ("schedules", "field"),
    [
        ((WorkerSchedule(identity=1), WorkerSchedule(), WorkerSchedule()), "identities"),
        ((WorkerSchedule(),), "number of schedules"),
        ((WorkerSchedule(join=1),) * 3, "schedules"),
        ((WorkerSchedule(leave=2), WorkerSchedule(join=3), WorkerSchedule(leave=1)), "schedules"),
    ],
)
def test_impossible_schedules_are_refused(schedules, field):
    with pytest.raises(ProblemError, match=field):
        training(schedules=schedules)


@pytest.mark.parametrize("fields", [{"join": -1}, {"leave": 0}, {"delay": -1}, {"identity": -1}])
def test_wrong_schedules_are_refused(fields):
    with pytest.raises(ProblemError, match=next(iter(fields))):
        WorkerSchedule(**fields)


def test_a_fleet_with_faults_is_refused():
    fleet = Fleet((LANDSCAPE,) * 3, faulty=(1,), attack=Reversal())
    with pytest.raises(ProblemError, match="honest"):
        DecentralisedTraining(fleet)
    assert fleet.reduce((DecentralisedTraining,)) is None


def test_a_function_and_a_fleet_reduce_to_a_training():
    one = LANDSCAPE.reduce((DecentralisedTraining,))
    assert one is not None
    assert isinstance(one.problem, DecentralisedTraining)
    assert one.problem.active(0) == (0,)
    many = Fleet((LANDSCAPE,) * 3).reduce((DecentralisedTraining,))
    assert many is not None
    run = honest_run(training())
    np.testing.assert_array_equal(many.lift(run), run.parameters)
    assert LANDSCAPE.reduce((int,)) is None


def test_held_out_accuracy_stands_beside_the_loss():
    rng = np.random.default_rng(0)
    rows, labels = rng.normal(size=(12, 2)), rng.integers(0, 2, 12)
    task = NetworkLoss(rows, labels, classes=2, held_out=(rows, labels))
    problem = DecentralisedTraining(Fleet(task.shards(2)))
    rules = Protocol(seed=1, dimension=6, workers=(0, 1), delays=(0, 0))
    log = MessageLog.of(rules, [], [])
    verdict = problem.judge(DecentralisedRun(task.start, task.start[None], task.start, log))
    assert verdict.metrics["accuracy"] == task.accuracy(task.start)
    assert verdict.objective == pytest.approx(task.exact(task.start[None])[0])
