"""Limits hold before anything is sent, and outcomes correct what estimates promised."""

import pickle
import threading
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.backend import Backend, FinishedJob, Job, usage_of
from backends.budget import LIMITS, Budget
from backends.journal.journal import Journal
from backends.qaoa_ansatz import QaoaAnsatz
from backends.statevector import Statevector
from backends.workload import Estimate, Expectation, Samples, Sampling
from problems.binary import MaxCut
from problems.binary.qubo import Ising, Qubo
from problems.contract import Solver
from problems.errors import BackendError, BudgetExceeded, ProblemError

COST = Ising.random(n=2, seed=0)


def work(shots: int = 10, seed: int = 0) -> Sampling:
    return Sampling(QaoaAnsatz(COST, 1), np.zeros((1, 2)), shots, seed)


class Machine(Backend):
    """A remote one that charges ``factor`` times its estimate, and keeps what it was sent."""

    local: ClassVar[bool] = False

    def __init__(self, factor: float = 1.0, error: Exception | None = None, estimates_time: bool = True):
        object.__setattr__(self, "factor", factor)
        object.__setattr__(self, "error", error)
        object.__setattr__(self, "estimates_time", estimates_time)
        object.__setattr__(self, "taken", [])

    factor: float
    error: Exception | None
    estimates_time: bool
    taken: list[Any]

    @property
    def identity(self) -> str:
        return "machine"

    def estimate(self, workload):
        return usage_of(workload, **({"qpu_seconds": 2.0} if self.estimates_time else {}))

    def submit(self, workload: Any, tag: str = "") -> Job:
        if self.error is not None:
            raise self.error
        self.taken.append(workload)
        usage = usage_of(workload) | {"qpu_seconds": 2.0 * self.factor}
        return FinishedJob("job", Samples(np.zeros((1, workload.shots, 2), np.uint8), None, usage))


@pytest.mark.parametrize(
    ("limits", "fitting"),
    [({"shots": 25}, 2), ({"circuits": 3}, 3), ({"jobs": 1}, 1), ({"qpu_seconds": 8}, 4)],
)
def test_every_limit_is_held_and_nothing_is_sent_beyond_it(limits, fitting):
    machine = Machine()
    budget = Budget(machine, **limits)
    for seed in range(fitting):
        budget.submit(work(seed=seed)).result()
    with pytest.raises(BudgetExceeded, match="nothing was sent"):
        budget.submit(work(seed=fitting))
    assert len(machine.taken) == fitting


@given(st.lists(st.integers(1, 50), max_size=12), st.integers(0, 200))
def test_exactly_the_submissions_that_fit_are_sent(shots, limit):
    """The reference is the sum by hand."""
    machine, left = Machine(), limit
    budget = Budget(machine, shots=limit)
    for amount in shots:
        if amount <= left:
            budget.submit(work(amount)).result()
            left -= amount
        else:
            with pytest.raises(BudgetExceeded):
                budget.submit(work(amount))
    assert budget.spent["shots"] == limit - left == sum(workload.shots for workload in machine.taken)


def test_tenths_add_up_to_the_limit():
    budget = Budget(Machine(factor=0.05), qpu_seconds=2.2)  # 2 are estimated, 0.1 is charged, three times
    for seed in range(3):
        budget.submit(work(seed=seed)).result()
    assert budget.spent["qpu_seconds"] == pytest.approx(0.3, rel=1e-12)
    with pytest.raises(BudgetExceeded, match=r"needs 2 qpu seconds and 1\.9 of the budget of 2\.2"):
        budget.submit(work(seed=3))


def test_work_under_way_counts_by_its_estimate_and_once_by_its_usage():
    budget = Budget(Machine(factor=0.5), qpu_seconds=10)
    first, second = budget.submit(work()), budget.submit(work(seed=1))
    assert budget.spent == {"qpu_seconds": 4.0}
    first.result()
    first.result()
    assert budget.spent == {"qpu_seconds": 3.0}
    second.result()
    assert budget.spent == {"qpu_seconds": 2.0}


def test_a_refusal_costs_nothing_and_a_doubtful_end_counts():
    refused = Budget(Machine(error=BackendError("no")), jobs=1)
    doubtful = Budget(Machine(error=BackendError("lost", retryable=True)), jobs=1)
    for budget, spent in ((refused, 0.0), (doubtful, 1.0)):
        with pytest.raises(BackendError):
            budget.submit(work())
        assert budget.spent == {"jobs": spent}


def test_threads_never_pass_the_limit_together():
    machine = Machine()
    budget, refusals, gate = Budget(machine, shots=70), [], threading.Barrier(16)

    def send(seed: int) -> None:
        gate.wait()
        try:
            budget.submit(work(seed=seed))
        except BudgetExceeded as error:
            refusals.append(error)

    threads = [threading.Thread(target=send, args=(seed,)) for seed in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(machine.taken), len(refusals)) == (7, 9)


def test_it_counts_anew_when_it_is_entered_again():
    budget = Budget(Machine(), jobs=1)
    for _ in range(2):
        with budget:
            budget.submit(work())
            with budget, pytest.raises(BudgetExceeded):
                budget.submit(work())


def test_two_backends_share_the_limits_side_by_side():
    first = Budget(Machine(), jobs=2)
    second = first.beside(Machine())
    first.submit(work())
    second.submit(work())
    for budget in (first, second):
        with pytest.raises(BudgetExceeded):
            budget.submit(work())


def test_a_limit_that_a_machine_does_not_estimate_is_refused():
    budget = Budget(Machine(estimates_time=False), qpu_seconds=5)
    with pytest.raises(BackendError, match="does not estimate qpu_seconds"):
        budget.submit(work())
    assert budget.spent == {"qpu_seconds": 0.0}
    assert Budget(Statevector(), qpu_seconds=0).unsuitable(work()) is None


def test_replays_count_so_that_a_resumed_run_stops_where_the_first_one_did(tmp_path):
    for replayed in (0.0, 3.0):
        machine = Machine()
        with Budget(Journal(machine, tmp_path / "j.sqlite"), shots=30) as budget:
            usages = [budget.submit(work(seed=seed)).result().usage for seed in range(3)]
            with pytest.raises(BudgetExceeded):
                budget.submit(work(seed=3))
        assert sum(usage.get("replayed", 0.0) for usage in usages) == replayed
        assert len(machine.taken) == 3 - replayed


@dataclass(frozen=True)
class FiveSamplings(Solver[Qubo, np.ndarray]):
    """Ten shots five times."""

    backend: Backend = field(default_factory=Statevector)

    def _solve(self, problem: Qubo, run):
        ansatz = QaoaAnsatz(problem.ising, 1)
        for _ in run.steps(5):
            sampling = Sampling(ansatz, np.full((1, 2), 0.3), 10, run.seed())
            run.offer_all(run.execute(self.backend, sampling).bits[0])
        return run.best


def test_a_solve_ends_with_the_best_so_far_and_the_next_one_counts_anew():
    budget, problem = Budget(Statevector(), shots=25), MaxCut.random(n=6, seed=0)
    for _ in range(2):
        result = FiveSamplings(budget).solve(problem, seed=0)
        assert result.status == "budget"
        assert "budget of 25" in result.message
        assert result.resources["shots"] == 20
    assert FiveSamplings().solve(problem, seed=0).resources["shots"] == 50


def test_an_estimate_of_a_solve_is_not_cut_short_by_the_budget():
    solver = FiveSamplings(Budget(Statevector(), shots=25))
    assert solver.estimate(MaxCut.random(n=6, seed=0))["shots"] == 50


def test_it_stands_for_its_backend():
    budget = Budget(Machine(), jobs=1)
    assert (budget.local, budget.noisy, budget.identity) == (False, False, "machine")
    assert budget.estimate(work()) == Machine().estimate(work())
    rehearsal = budget.rehearsal()
    for seed in range(3):
        rehearsal.submit(work(seed=seed)).result()
    assert budget.spent == {"jobs": 0.0}
    assert budget.attach("job") is None
    assert budget.find("tag") is None
    exact = Expectation(QaoaAnsatz(COST, 1), (COST,), np.zeros((1, 2)))
    outcome = Budget(Statevector(), shots=0).submit(exact).result()
    assert isinstance(outcome, Estimate)
    assert outcome.mean.shape == (1, 1)


def test_it_does_not_travel_to_another_process():
    with pytest.raises(BackendError, match="one process"):
        pickle.dumps(Budget(Statevector(), jobs=1))


@pytest.mark.parametrize("fields", [{}, *({name: bad} for name in LIMITS for bad in (-1, float("nan"), "5"))])
def test_wrong_limits_are_refused(fields):
    with pytest.raises(ProblemError):
        Budget(Statevector(), **fields)


def test_what_is_no_backend_is_refused():
    with pytest.raises(ProblemError, match="inner"):
        Budget("statevector", jobs=1)  # pyright: ignore[reportArgumentType]
