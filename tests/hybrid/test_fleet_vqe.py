"""VQE on a fleet: one job per backend and step, the same gradient from every rule, faulty devices borne."""

from dataclasses import replace

import numpy as np
import pytest

from backends import Statevector
from classical.distributed.flag_aggregator import FlagAggregator
from classical.distributed.means import Mean
from classical.distributed.robust_training import RobustTraining
from classical.distributed.step_rules import PlainStep
from hybrid import HardwareEfficient
from hybrid.fleet_vqe import FleetVqe
from problems.conformance import check_solver
from problems.distributed.attacks import Reversal
from problems.errors import ProblemError, UnsuitableProblem
from problems.ground_state import GroundState

CHAIN = GroundState.transverse_field_ising(2)
FORM = HardwareEfficient(1, ("ry",), "cz", "linear")
START = (0.3, -0.2, 0.5, 0.1)


def fleet(steps, aggregator, **fields):
    cost = 1 if "precision" not in fields else 8
    backends = (Statevector(),) * 5
    training = RobustTraining(aggregator, PlainStep(0.2), evaluations=5 * cost * steps)
    return FleetVqe(FORM, training, backends, START, False, **fields)


def test_an_honest_fleet_descends_as_one_device_does():
    circuit = fleet(1, Mean()).circuit(CHAIN)
    x = np.array(START)
    for _ in range(4):
        shifts = np.pi / 2 * np.eye(4)
        slope = [
            (CHAIN.judge(circuit.bind(x + s)).objective - CHAIN.judge(circuit.bind(x - s)).objective) / 2
            for s in shifts
        ]
        x = x - 0.2 * np.array(slope)
    result = fleet(4, Mean()).solve(CHAIN, progress=False)
    assert result.objective == pytest.approx(CHAIN.judge(circuit.bind(x)).objective, abs=1e-10)
    assert "5 exact" in result.message


def test_noisy_devices_take_parameter_shifts_in_one_job_each():
    result = fleet(6, FlagAggregator(), precision=0.05).solve(CHAIN, progress=False)
    assert "5 by parameter shift" in result.message
    assert result.resources["jobs"] == 6 * 5
    assert result.resources["circuits"] == 6 * 5 * 8
    assert len([row for row in result.history if "scores" in row]) == 6


def test_a_faulty_device_is_borne_by_the_flag_and_not_by_the_mean():
    fields = {"precision": 0.1, "faulty": (2,), "attack": Reversal()}
    flag = fleet(60, FlagAggregator(), **fields).solve(CHAIN, progress=False)
    mean = fleet(60, Mean(), **fields).solve(CHAIN, progress=False)
    assert flag.objective < CHAIN.ground_energy + 0.1
    assert mean.objective > CHAIN.ground_energy + 1.0


def test_jobs_are_all_sent_before_any_is_awaited():
    sent: list[str] = []

    class Watching(Statevector):
        def submit(self, workload, tag=""):
            sent.append("sent")
            job = super().submit(workload, tag)
            return Watched(job)

    class Watched:
        def __init__(self, job):
            self._job = job

        def result(self, timeout=None):
            sent.append("awaited")
            return self._job.result(timeout)

    solver = replace(fleet(1, Mean(), precision=0.1), backends=tuple(Watching() for _ in range(3)))
    solver = replace(solver, optimizer=RobustTraining(Mean(), evaluations=3 * 8))
    solver.solve(CHAIN, progress=False)
    assert sent == ["sent"] * 3 + ["awaited"] * 3


def test_it_keeps_the_contract():
    check_solver(FleetVqe(optimizer=RobustTraining(evaluations=30)), CHAIN)


def test_what_cannot_work_is_refused():
    with pytest.raises(ProblemError, match="backends"):
        FleetVqe(backends=())
    with pytest.raises(ProblemError, match="attack"):
        FleetVqe(faulty=(0,))
    with pytest.raises(ProblemError, match="faulty"):
        FleetVqe(faulty=(3,), attack=Reversal())
    with pytest.raises(ProblemError, match="precision"):
        FleetVqe(precision=0.0)
    with pytest.raises(UnsuitableProblem, match="start has 3"):
        FleetVqe(start=(0.1, 0.2, 0.3)).solve(CHAIN, progress=False)
    with pytest.raises(UnsuitableProblem, match="fewer than 3"):
        FleetVqe(backends=(Statevector(),) * 2).solve(CHAIN, progress=False)
