"""Hybrid runs through the client against the loopback service: physics, kept work, budgets, estimates."""

from importlib.util import find_spec

import numpy as np
import pytest

from backends import Budget, Journal
from backends.ibm import IBMQuantum
from classical.binary import Penalty
from classical.minimisation import Spsa
from hybrid import Qaoa
from problems import BackendError
from problems.binary import MaxCut, MultidimensionalKnapsack

if find_spec("qiskit_ibm_runtime") is None:
    pytest.skip("qiskit-ibm-runtime (the extra ibm) is not installed", allow_module_level=True)

from tests.backends.ibm_stub import JobFails, LostAnswer, Stub, bad_gateway
from tests.claims.ibm.environment import remote
from tests.claims.ibm.physics import ground_state, knapsack

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of the client's package
    pytest.mark.filterwarnings("ignore:.*no more time available:UserWarning"),
]
CUT = MaxCut.random(n=4, seed=0)
LOOP = {"layers": 1, "optimizer": Spsa(evaluations=6), "evaluation_shots": 64, "shots": 64}


@pytest.fixture
def stub(monkeypatch):
    with Stub(devices=("manila",)) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


def test_a_penalised_qaoa_brings_back_the_samples_of_the_device(stub):
    """5 sigma from Aer under the same noise, and farther than that from the ideal state."""
    found = knapsack(remote("manila"), "manila", n=4)
    assert found.sigmas < 5 < found.shift
    assert found.result.feasible
    assert len(stub.jobs) == stub.count("POST", "/jobs") == 1  # training stayed on the simulator
    assert found.result.resources["qpu_seconds"] == pytest.approx(stub.jobs[0].quantum_seconds)


def test_a_vqe_whose_whole_loop_runs_on_the_device_ends_at_the_energy_of_its_noise(stub):
    found = ground_state(remote("manila"), "manila", evaluations=6)
    assert found.sigmas < 5 < found.shift
    loop, again = stub.jobs[:-1], stub.jobs[-1]
    assert again.status == "Completed"
    assert found.result.resources["jobs"] == len(loop) > 2
    assert found.result.resources["qpu_seconds"] == pytest.approx(sum(job.quantum_seconds for job in loop))
    assert found.result.objective == pytest.approx(found.ideal, abs=1e-9)  # the judge is without noise


def test_a_second_run_in_the_same_journal_sends_nothing_and_ends_alike(stub, tmp_path):
    def run():
        with Journal(remote("manila"), tmp_path / "journal.sqlite") as journal:
            return Qaoa(**LOOP, backend=journal).solve(CUT, seed=1, progress=False)

    first = run()
    sent = len(stub.jobs)
    second = run()
    assert len(stub.jobs) == sent == first.resources["jobs"]
    assert second.resources["replayed"] == sent
    assert (second.objective, second.history) == (first.objective, first.history)
    np.testing.assert_array_equal(second.candidates, first.candidates)
    np.testing.assert_array_equal(second.counts, first.counts)


def test_a_run_that_failed_on_the_server_goes_on_where_it_was(stub, tmp_path):
    stub.script(JobFails(3, "the qubits were on holiday"))
    path = tmp_path / "journal.sqlite"
    with Journal(remote("manila"), path) as journal:
        broken = _outcome_of(lambda: Qaoa(**LOOP, backend=journal).solve(CUT, seed=1, progress=False))
    assert "the qubits were on holiday" in broken
    with Journal(remote("manila"), path, resend_failed=True) as journal:
        result = Qaoa(**LOOP, backend=journal).solve(CUT, seed=1, progress=False)
    assert result.status in ("finished", "converged")
    assert result.resources["replayed"] == 2
    assert len(stub.jobs) == result.resources["jobs"] + 1  # the failed one alone was sent twice


def _outcome_of(act) -> str:
    """Return what was said about a failure, whether it rose or ended the run with its incumbent."""
    try:
        return act().message
    except BackendError as error:
        return str(error)


def test_uncertain_submissions_inside_a_loop_are_not_paid_twice(stub, tmp_path):
    stub.script(LostAnswer("POST", "/jobs", (2,)), bad_gateway(1))
    with Journal(remote("manila"), tmp_path / "journal.sqlite") as journal:
        result = Qaoa(**LOOP, backend=journal).solve(CUT, seed=1, progress=False)
    assert len(stub.jobs) == len({job.tags[0] for job in stub.jobs}) == result.resources["jobs"]


def test_the_estimate_of_a_run_is_what_the_service_measures(stub):
    solver = Penalty(Qaoa(**LOOP, backend=remote("manila")))
    problem = MultidimensionalKnapsack.random(n=4, m=2, seed=3)
    told = solver.estimate(problem, seed=1)
    assert stub.count("POST", "/jobs") == 0
    solver.solve(problem, seed=1, progress=False)
    measured = sum(job.quantum_seconds for job in stub.jobs)
    assert 1 / 1.5 < measured / told["qpu_seconds"] < 1.5
    assert told["jobs"] == len(stub.jobs)
    assert told["shots"] == sum(job.executions for job in stub.jobs)


def test_a_budget_of_seconds_stops_before_it_is_exceeded(stub):
    with Budget(remote("manila"), qpu_seconds=7.0) as budget:
        result = Qaoa(**LOOP, backend=budget).solve(CUT, seed=1, progress=False)
    assert result.status == "budget"
    assert result.solution is not None
    spent = sum(job.quantum_seconds for job in stub.jobs)
    assert 0 < spent <= 7.0
    assert result.resources["qpu_seconds"] == pytest.approx(spent)


def test_the_local_mode_estimates_without_an_account(monkeypatch):
    for name in ("QISKIT_IBM_TOKEN", "QISKIT_IBM_URL", "HYBRID_IBM_GATEWAY", "QISKIT_IBM_INSTANCE"):
        monkeypatch.delenv(name, raising=False)
    solver = Qaoa(**LOOP, backend=IBMQuantum("fake_manila", resilience_level=0))
    told, spent = solver.estimate(CUT, seed=1), solver.solve(CUT, seed=1, progress=False).resources
    assert told["jobs"] == spent["jobs"]
    assert told["shots"] == spent["shots"]
    assert told["qpu_seconds"] > 2.0 * told["jobs"]
