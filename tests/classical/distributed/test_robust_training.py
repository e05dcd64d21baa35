"""Robust training: plain descent where nobody fails, and what attackers do to it."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from classical.distributed.flag_aggregator import FlagAggregator
from classical.distributed.krum import Bulyan
from classical.distributed.means import Mean
from classical.distributed.robust_training import RobustTraining
from classical.distributed.step_rules import AdamStep, MomentumStep, PlainStep
from problems.conformance import check_solver
from problems.distributed.attacks import GaussianNoise, Reversal
from problems.distributed.fleet import Fleet
from problems.errors import BackendError, ProblemError, UnsuitableProblem
from problems.minimisation import Landscape, NetworkLoss

BOWL = Fleet((Landscape("sphere", 3),) * 5)


def test_a_plain_step_is_gradient_descent():
    result = RobustTraining(Mean(), PlainStep(0.1), evaluations=5 * 7).solve(BOWL, progress=False)
    assert result.solution == pytest.approx(1.3 * 0.8**7 * np.ones(3))
    assert result.resources["evaluations"] == 35
    assert result.resources["bytes_sent"] == 7 * 5 * 3 * 8
    assert "5 exact" in result.message


def test_momentum_and_adam_follow_their_recurrences():
    point, velocity = 1.3, 0.0
    for _ in range(6):
        velocity = 0.5 * velocity + 2 * point
        point -= 0.1 * velocity
    fast = RobustTraining(Mean(), MomentumStep(0.1, 0.5), evaluations=30).solve(BOWL, progress=False)
    assert fast.solution == pytest.approx(np.full(3, point))
    first = RobustTraining(Mean(), AdamStep(0.2), evaluations=5).solve(BOWL, progress=False)
    assert first.solution == pytest.approx(
        np.full(3, 1.3 - 0.2), abs=1e-6
    )  # a first step has the rate's length


@pytest.mark.parametrize(
    "rule", [PlainStep(), MomentumStep(), AdamStep()], ids=lambda rule: type(rule).__name__
)
def test_every_step_rule_survives_attackers_and_the_mean_does_not(rule):
    attacked = replace(BOWL, faulty=(1,), attack=Reversal())
    robust = RobustTraining(FlagAggregator(1), rule, evaluations=5 * 300).solve(attacked, progress=False)
    naive = RobustTraining(Mean(), rule, evaluations=5 * 60).solve(attacked, progress=False)
    assert robust.objective < 1e-3
    assert naive.objective > 10


def test_mean_scores_tell_the_attacker():
    network = NetworkLoss.digits((), batch=32, test_share=0.5)
    attacked = Fleet(network.shards(7), network, faulty=(3,), attack=GaussianNoise())
    result = RobustTraining(FlagAggregator(1), evaluations=70).solve(attacked, progress=False)
    assert len(result.history) == 10
    scores = np.array([row["scores"] for row in result.history])
    assert scores.shape == (10, 7)
    assert attacked.detection(scores.mean(axis=0)) == 1.0


def test_the_judge_watches_without_steering():
    network = NetworkLoss.digits((), batch=16, test_share=0.5)
    attacked = Fleet(network.shards(5), network, faulty=(0,), attack=Reversal())
    solver = RobustTraining(evaluations=5 * 30)
    silent = solver.solve(attacked, seed=3, progress=False)
    watched = replace(solver, judged_every=10).solve(attacked, seed=3, progress=False)
    assert np.array_equal(silent.solution, watched.solution)
    rows = [row for row in watched.history if "cosine" in row]
    assert [row["step"] for row in rows] == [0, 10, 20]
    assert all(row["cosine"] > 0.3 for row in rows)
    assert rows[-1]["accuracy"] > rows[0]["accuracy"]


def test_the_last_points_are_averaged():
    points = []
    for count in (4, 5, 6):
        short = RobustTraining(Mean(), PlainStep(0.1), evaluations=5 * count)
        points.append(short.solve(BOWL, progress=False).solution)
    solver = RobustTraining(Mean(), PlainStep(0.1), evaluations=30, averaged=3)
    assert solver.solve(BOWL, progress=False).solution == pytest.approx(np.mean(points, axis=0))


@dataclass(frozen=True, eq=False)
class Still(Landscape):
    """A landscape that begins at its optimum."""

    @property
    def start(self):
        return np.zeros(self.dimension)


def test_vanished_gradients_end_the_training():
    result = RobustTraining(evaluations=300).solve(Fleet((Still(),) * 3), progress=False)
    assert result.status == "converged"
    assert result.resources["evaluations"] == 3
    assert result.objective == 0.0


@dataclass(frozen=True, eq=False)
class Failing(Landscape):
    """A landscape on a machine that goes down once the first coordinate is below a limit."""

    limit: float = 0.0

    def evaluate(self, x, seed, gradient=False):
        if x[0, 0] < self.limit:
            raise BackendError("the machine is down")
        return super().evaluate(x, seed, gradient)


def test_training_goes_on_without_lost_workers_and_ends_when_too_many_are_lost():
    whole = (Landscape("sphere", 3),) * 4
    solver = RobustTraining(Mean(), PlainStep(0.1), evaluations=200)
    with pytest.warns(UserWarning, match="is down|left out"):
        result = solver.solve(Fleet((*whole, Failing("sphere", 3, limit=1.0))), progress=False)
    assert result.objective < 1e-5
    with pytest.warns(UserWarning, match="is down|left out"):
        result = solver.solve(Fleet((*whole[:2], *(Failing("sphere", 3, limit=0.5),) * 3)), progress=False)
    assert result.status == "failed"
    assert "3 of 5 rows" in result.message
    assert result.solution[0] < 0.5


def test_it_keeps_the_contract():
    check_solver(RobustTraining(evaluations=30), Fleet((Landscape("cosines", 2),) * 5))


def test_what_cannot_work_is_refused():
    with pytest.raises(UnsuitableProblem, match="takes 5 evaluations"):
        RobustTraining(evaluations=4).solve(BOWL, progress=False)
    with pytest.raises(UnsuitableProblem, match="needs 7 workers"):
        RobustTraining(Bulyan(), faulty=1).solve(BOWL, progress=False)
    with pytest.raises(UnsuitableProblem, match="no subspace of 9"):
        RobustTraining(FlagAggregator(9)).solve(BOWL, progress=False)
    with pytest.raises(ProblemError, match="evaluations"):
        RobustTraining(evaluations=0)
