"""What goes wrong in a fleet, and what is left of it then."""

from dataclasses import dataclass

import numpy as np
import pytest

from classical.distributed.one_byte import OneByteSpsa
from classical.distributed.simulated_fleet import SimulatedFleet
from problems.contract import NothingFound
from problems.distributed.decentralised import DecentralisedTraining
from problems.distributed.fleet import Fleet
from problems.minimisation import Landscape
from tests.classical.distributed.counted import Counted

NOISY = Landscape("cosines", dimension=4, noise=0.05)
MANY = 10**6


def fleet(count: int = 4) -> DecentralisedTraining:
    return DecentralisedTraining(Fleet((NOISY,) * count))


class _SlippedFleet(SimulatedFleet):
    """A fleet in which the copy of worker 1 loses its last bits at step 7."""

    def step(self, members):
        if self.replicas[1].step == 7:
            self.replicas[1].parameters = self.replicas[1].parameters + 1e-9
        return super().step(members)


class _NarrowFleet(SimulatedFleet):
    """A fleet in which worker 1 keeps its copy in another type, however often it rebuilds it."""

    def join(self, worker, log):
        super().join(worker, log)
        if worker == 1:
            self.replicas[1].parameters = self.replicas[1].parameters.astype(np.float32)


@dataclass(frozen=True)
class Slipping(OneByteSpsa):
    """One copy goes astray."""

    def _fleet(self, problem, protocol, start):
        return _SlippedFleet(problem, start, self.epsilon)


@dataclass(frozen=True)
class Narrow(OneByteSpsa):
    """One worker has another type."""

    def _fleet(self, problem, protocol, start):
        return _NarrowFleet(problem, start, self.epsilon)


def test_a_copy_astray_is_rebuilt_from_the_log():
    result = Slipping(evaluations=MANY, steps=40, hash_every=10).solve(fleet(3), seed=2)
    assert result.feasible
    assert result.resources["resynchronisations"] == 1
    assert "workers [1] differed at step 10" in result.message


def test_another_type_of_number_is_caught_before_the_first_message():
    with pytest.raises(NothingFound, match=r"workers \[1\] differ even when rebuilt"):
        Narrow(evaluations=MANY, steps=40).solve(fleet(3), seed=2)


def test_losses_without_a_value_are_counted_and_sent_as_zero():
    asked: list = []
    start_at = Counted(asked, limit=3.0)
    solver = OneByteSpsa(evaluations=400, learning_rate=1e-9, epsilon=0.4)
    result = solver.solve(DecentralisedTraining(Fleet((start_at, Landscape("sphere", 3)))), seed=4)
    missing = result.resources["estimates_without_value"]
    log = result.solution.log
    zeros = sum(log.sent(k, 0)[0] == 0 for k in range(log.steps))
    assert 0 < missing == zeros < log.messages / 2


def test_a_training_without_values_fails():
    with pytest.raises(NothingFound, match="no value"):
        OneByteSpsa(evaluations=200).solve(Counted([], limit=-1.0))
    mostly = (Landscape("sphere", 3), *[Counted([], limit=-1.0)] * 2)
    result = OneByteSpsa(evaluations=600, hash_every=10).solve(DecentralisedTraining(Fleet(mostly)))
    assert result.status == "failed"
    assert "20 of 30 estimates had no value" in result.message
    assert result.solution.log.steps == 10


def test_ctrl_c_leaves_what_the_log_gives():
    def interrupt(row):
        if row["step"] == 9:
            raise KeyboardInterrupt

    result = OneByteSpsa().solve(fleet(), progress=interrupt)
    assert result.status == "interrupted"
    assert result.solution.log.steps == 10
    assert result.feasible


def test_no_time_leaves_the_start():
    result = OneByteSpsa().solve(fleet(), time_limit=0.0)
    assert result.status == "time_limit"
    np.testing.assert_array_equal(result.solution.parameters, NOISY.start)
    assert result.solution.log.steps == 0


def test_parameters_that_overflow_are_no_answer():
    with pytest.raises(NothingFound, match="overflowed"):
        OneByteSpsa(evaluations=2, learning_rate=1e308, codec="f64").solve(Landscape("sphere", 40))
