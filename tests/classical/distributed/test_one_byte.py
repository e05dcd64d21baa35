from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.distributed.measurement import measure
from classical.distributed.one_byte import OneByteSpsa
from problems.conformance import SOLVER_CHECKS
from problems.contract import ProblemError, UnsuitableProblem
from problems.distributed.codecs import width
from problems.distributed.decentralised import DecentralisedTraining, WorkerSchedule
from problems.distributed.fleet import Fleet
from problems.distributed.perturbations import Perturbations, batch_seed
from problems.distributed.protocol import Protocol
from problems.distributed.replica import Replica
from problems.minimisation import Landscape, Minimisation, NetworkLoss
from tests.classical.distributed.counted import Counted

NOISY = Landscape("cosines", dimension=4, noise=0.05)
CHURN = (WorkerSchedule(), WorkerSchedule(delay=3), WorkerSchedule(join=20), WorkerSchedule(leave=50))
MANY = 10**6


def fleet(count: int = 4, function: Minimisation = NOISY, schedules: tuple[WorkerSchedule, ...] = ()):
    return DecentralisedTraining(Fleet((function,) * count), schedules)


@pytest.mark.parametrize("schedules", [(), CHURN], ids=["fixed", "churn"])
@pytest.mark.parametrize("codec", ["log8", "log8s", "e4m3", "f64"])
def test_all_copies_are_equal_to_the_last_bit(schedules, codec):
    problem = fleet(schedules=schedules)
    result = OneByteSpsa(evaluations=MANY, steps=70, learning_rate=0.1, codec=codec).solve(problem, seed=3)
    run = result.solution
    assert result.feasible
    assert len(run.replicas) == len(problem.active(69))
    for copy in run.replicas:
        assert copy.tobytes() == run.parameters.tobytes() == run.replay(NOISY.start).tobytes()
    assert "resynchronisations" not in result.resources
    assert result.objective < 0.3 * NOISY.exact(NOISY.start[None])[0]


def test_one_worker_with_floats_is_plain_spsa():
    """The textbook loop, written out: two mirrored values on one seed, a step against the direction."""
    result = OneByteSpsa(evaluations=80, learning_rate=0.1, epsilon=0.2, codec="f64").solve(NOISY, seed=5)
    seed = OneByteSpsa(codec="f64").solve(fleet(1), seed=5).solution.log.protocol.seed
    theta, drawn = NOISY.start.copy(), Perturbations(seed, 4)
    for k in range(40):
        z = drawn.direction(k, 0, 0)
        points = np.stack([theta + 0.2 * z, theta - 0.2 * z])
        up, down = NOISY.evaluate(points, batch_seed(seed, k, 0)).mean
        theta = theta - 0.1 * ((up - down) / 0.4 * z)
    np.testing.assert_array_equal(result.solution, theta)
    assert result.resources["evaluations"] == 80


def test_mirrored_points_share_their_population():
    asked: list = []
    OneByteSpsa(evaluations=40, samples_per_worker=2).solve(Counted(asked), seed=1)
    assert [len(x) for x, _ in asked] == [4] * 10
    assert len({seed for _, seed in asked}) == 10
    for x, _ in asked:
        np.testing.assert_allclose(x[0] + x[2], x[1] + x[3], atol=1e-12)


@pytest.mark.parametrize(("workers", "samples"), [(1, 1), (3, 1), (2, 3)])
def test_the_evaluations_are_never_passed(workers, samples):
    asked: list = []
    solver = OneByteSpsa(evaluations=100, samples_per_worker=samples)
    result = solver.solve(fleet(workers, Counted(asked)))
    spent = sum(len(x) for x, _ in asked)
    assert spent == result.resources["evaluations"] <= 100
    assert spent > 100 - 2 * workers * samples
    assert result.resources["bytes_sent"] == spent / 2 == result.solution.bytes_sent()


def test_too_few_evaluations_for_a_step_are_refused():
    with pytest.raises(UnsuitableProblem, match="first step takes 8"):
        OneByteSpsa(evaluations=7).solve(fleet(4))


def test_a_training_ends_when_the_last_worker_leaves():
    result = OneByteSpsa(evaluations=MANY).solve(fleet(2, schedules=(WorkerSchedule(leave=5),) * 2))
    assert result.solution.log.steps == 5
    assert len(result.solution.replicas) == 2


def test_bounds_hold_for_points_and_parameters():
    @dataclass(frozen=True, eq=False)
    class Boxed(Counted):
        bounds = (np.full(3, 0.5), np.full(3, 0.7))

    asked: list = []
    result = OneByteSpsa(evaluations=100).solve(fleet(2, Boxed(asked)))
    assert result.feasible
    assert all(np.all((x >= 0.5) & (x <= 0.7)) for x, _ in asked)
    np.testing.assert_allclose(result.solution.parameters, 0.5, atol=0.05)


def test_a_late_joiner_costs_nothing_but_the_log():
    joined = OneByteSpsa(evaluations=MANY, steps=60).solve(fleet(schedules=CHURN), seed=8)
    assert joined.feasible
    assert joined.resources["bytes_sent"] == 60 + 60 + 40 + 50


def test_clipping_tames_one_wild_worker():
    wild = Landscape("cosines", dimension=4, noise=30.0)
    problem = DecentralisedTraining(Fleet((NOISY,) * 4 + (wild,), judged=NOISY))
    solver = OneByteSpsa(evaluations=MANY, steps=100, learning_rate=0.1)
    tame = replace(solver, clip=3.0)
    free = [solver.solve(problem, seed=s).objective for s in range(3)]
    cut = [tame.solve(problem, seed=s).objective for s in range(3)]
    assert np.median(cut) < 0.5 * np.median(free)


@pytest.mark.parametrize("update", ["momentum", "adam"])
def test_momentum_and_adam_are_shared_state(update):
    solver = OneByteSpsa(evaluations=MANY, steps=100, update=update, learning_rate=0.02)
    result = solver.solve(fleet(schedules=CHURN))
    assert result.feasible
    assert result.objective < 0.5 * NOISY.exact(NOISY.start[None])[0]


def test_the_code_hardly_matters_on_a_network():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(200, 5))
    task = NetworkLoss(rows, (rows[:, 0] > 0).astype(int), classes=2, batch=20)
    problem = DecentralisedTraining(Fleet(task.shards(4), judged=task))
    solver = OneByteSpsa(evaluations=MANY, steps=150, epsilon=1e-3, learning_rate=0.5)
    losses = {c: replace(solver, codec=c).solve(problem).objective for c in ("f64", "log8", "log8s")}
    assert losses["f64"] < 0.5 * task.exact(task.start[None])[0]
    assert losses["log8"] == pytest.approx(losses["f64"], rel=0.1)
    assert losses["log8s"] == pytest.approx(losses["f64"], rel=0.1)


@pytest.mark.parametrize("check", SOLVER_CHECKS, ids=lambda check: check.__name__)
def test_it_keeps_the_contract(check):
    solver = OneByteSpsa(evaluations=30)
    check(solver, fleet(2, schedules=(WorkerSchedule(), WorkerSchedule(join=2, delay=1))))
    check(solver, Landscape("cosines", dimension=2))


@pytest.mark.parametrize(
    "fields",
    [{"evaluations": 1}, {"steps": 0}, {"learning_rate": 0.0}, {"epsilon": 0.0}, {"samples_per_worker": 0},
     {"codec": "log9"}, {"update": "lion"}, {"gain": -1.0}, {"clip": 0.0}, {"hash_every": 0},
     {"transport": "udp"}, {"timeout": 0.0}],
)  # fmt: skip
def test_wrong_fields_are_refused(fields):
    with pytest.raises(ProblemError, match=next(iter(fields))):
        OneByteSpsa(**fields)


@st.composite
def trainings(draw):
    count = draw(st.integers(1, 4))
    others = []
    for _ in range(count - 1):
        join = draw(st.integers(0, 8))
        leave = draw(st.none() | st.integers(join + 1, 14))
        others.append(WorkerSchedule(join, leave, draw(st.integers(0, 4))))
    ids = draw(st.permutations(range(5, 5 + count)))
    schedules = (WorkerSchedule(delay=draw(st.integers(0, 3))), *others)
    named = tuple(replace(s, identity=i) for s, i in zip(schedules, ids, strict=True))
    solver = OneByteSpsa(
        MANY, 12, 0.05, samples_per_worker=draw(st.integers(1, 2)), hash_every=draw(st.integers(1, 5)),
        codec=draw(st.sampled_from(["log8", "log8s", "sign", "e4m3", "f32", "f64"])),
        update=draw(st.sampled_from(["sgd", "momentum", "adam"])),
        gain=draw(st.sampled_from(["auto", 0.3])), clip=draw(st.sampled_from([None, 2.0])),
    )  # fmt: skip
    return fleet(count, schedules=named), solver


@settings(max_examples=15, deadline=None)
@given(trainings(), st.integers(0, 99))
def test_whoever_comes_and_goes_the_copies_are_those_of_the_log(training, seed):
    problem, solver = training
    result = solver.solve(problem, seed=seed, progress=False)
    run = result.solution
    assert result.feasible
    assert "resynchronisations" not in result.resources
    assert len(run.replicas) == len(problem.active(11))
    assert {copy.tobytes() for copy in run.replicas} == {run.replay(NOISY.start).tobytes()}
    sent = sum(len(problem.active(k)) for k in range(12)) * solver.samples_per_worker
    assert run.bytes_sent() == sent * width(solver.codec)
    assert result.resources["evaluations"] == 2 * sent


def test_a_measurement_perturbs_copies():
    rules = Protocol(seed=1, dimension=4)
    replica = Replica(rules, NOISY.start)
    before = replica.fingerprint()
    for _ in range(100):
        measure(NOISY, replica, 0, 1e-3)
    assert replica.fingerprint() == before
