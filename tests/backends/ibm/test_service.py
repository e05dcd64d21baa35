"""Through the real client against the loopback server: jobs, tags, modes, faults, and no token in texts."""

import logging
import socket
import time
import traceback

import numpy as np
import pytest

from backends import Expectation, QaoaAnsatz, Sampling
from backends.ibm import IBMQuantum, Retries, devices
from problems import BackendError
from problems.binary.qubo import Qubo
from tests.backends.ibm_stub import (
    Answer,
    JobFails,
    LateListing,
    LostAnswer,
    NoDevices,
    Stub,
    UsageLimit,
    bad_gateway,
    expired_token,
    time_limit,
    too_many_requests,
)

ANSATZ = QaoaAnsatz(Qubo.random(3, seed=1, magnitude=2).ising, 1)
WORK = Sampling(ANSATZ, np.array([[-0.4, 0.3], [-0.1, 0.2]]), 64)
QUICK = Retries(first_pause=0.05, longest_pause=0.2, grace=0.5)
TOKEN = "planted-token-4711"


@pytest.fixture
def stub(monkeypatch):
    with Stub(devices=("manila",), token=TOKEN) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


def remote(**fields) -> IBMQuantum:
    return IBMQuantum("stub_manila", **({"retries": QUICK, "resilience_level": 0} | fields))


def test_the_devices_of_the_account_are_listed(stub):
    (found,) = devices()
    assert (found.name, found.num_qubits, found.operational) == ("stub_manila", 5, True)
    assert remote().devices() == (found,)


def test_a_job_runs_and_another_process_reads_it_by_id_and_by_tag(stub):
    job = remote().submit(WORK, "my tag")
    outcome = job.result(60)
    assert outcome.bits.shape == (2, 64, 3)
    assert stub.jobs[0].id == job.id
    assert stub.jobs[0].tags == ["my tag"]
    stranger = remote()
    for again in (stranger.attach(job.id), stranger.find("my tag")):
        np.testing.assert_array_equal(again.result(60).bits, outcome.bits)
        assert again.result(60).usage == outcome.usage
    assert stranger.attach("unknown-id") is None
    assert stranger.find("unknown tag") is None
    assert stub.count("POST", "/jobs") == 1


@pytest.mark.parametrize("work", [WORK, Expectation(ANSATZ, (ANSATZ.cost,), WORK.parameters, precision=0.05)])
@pytest.mark.parametrize("level", [0, 1])
def test_the_estimate_is_what_the_service_measures(stub, work, level):
    backend = remote(resilience_level=level)
    told, used = backend.estimate(work), backend.submit(work).result(60).usage
    assert told["shots"] == used["shots"] == stub.jobs[0].executions
    assert 1 / 1.5 < used["qpu_seconds"] / told["qpu_seconds"] < 1.5


def test_least_busy_takes_what_is_wide_enough(stub):
    backend = IBMQuantum(retries=QUICK)
    assert backend.submit(WORK).result(60).bits.shape == (2, 64, 3)
    wide = IBMQuantum(min_num_qubits=6, retries=QUICK)
    with pytest.raises(BackendError, match="no operational device with 6 qubits"):
        wide.submit(WORK)


@pytest.mark.parametrize("mode", ["batch", "session"])
@pytest.mark.filterwarnings("ignore:a session is billed by the clock")
def test_batch_and_session_are_opened_once_and_closed(stub, mode):
    with remote(mode=mode, max_time=300) as backend:
        for _ in range(2):
            backend.submit(WORK).result(60)
        with backend:  # a solver inside opens it again: nothing happens
            pass
        backend.submit(WORK).result(60)
    assert stub.count("POST", "/sessions") == 1
    assert stub.count("PATCH", "/sessions/*") == 1


def test_a_session_says_that_waiting_is_billed(stub):
    with pytest.warns(UserWarning, match="billed by the clock"), remote(mode="session"):
        pass
    assert stub.count("POST", "/sessions") == 0  # nothing ran, nothing was opened


@pytest.mark.parametrize("fault", [LostAnswer("POST", "/jobs"), bad_gateway()])
def test_an_uncertain_submission_ends_in_one_job(stub, fault):
    backend = remote()
    backend.estimate(WORK)
    stub.script(fault)
    assert backend.submit(WORK, "once").result(60).bits.shape == (2, 64, 3)
    assert len(stub.jobs) == 1


def test_a_list_that_lags_is_waited_for(stub):
    backend = remote(retries=Retries(first_pause=0.05, longest_pause=0.2, grace=10.0))
    backend.estimate(WORK)
    stub.script(LostAnswer("POST", "/jobs"), LateListing(1.0))
    backend.submit(WORK, "late").result(60)
    assert len(stub.jobs) == 1


def test_too_many_requests_while_polling_are_met_with_patience(stub):
    job = remote().submit(WORK)
    stub.script(too_many_requests(3))
    assert job.result(60).bits.shape == (2, 64, 3)
    assert len(stub.jobs) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_service_that_asks_to_wait_is_given_that_time(stub, status):
    backend = remote()
    backend.estimate(WORK)
    stub.script(Answer("POST", "/jobs", status=status, retry_after=2))
    start = time.monotonic()
    job = backend.submit(WORK)
    assert time.monotonic() - start >= 2
    stub.script(Answer("GET", "/jobs/*", status=status, retry_after=1))
    assert job.result(60).bits.shape == (2, 64, 3)
    assert len(stub.jobs) == 1


def test_an_outage_while_waiting_loses_nothing(stub):
    job = remote().submit(WORK)
    stub.outage(1.5)
    assert job.result(60).bits.shape == (2, 64, 3)
    assert len(stub.jobs) == 1


def test_a_job_is_looked_at_as_often_as_the_fields_say(monkeypatch):
    with Stub(devices=("manila",), token=TOKEN, queue_seconds=2) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        looks = {}
        for first, longest in ((0.05, 0.1), (1.0, 1.0)):
            patience = Retries(first_look=first, longest_look=longest)
            before = server.count("GET", "/jobs/*")
            remote(retries=patience).submit(WORK).result(60)
            looks[first] = server.count("GET", "/jobs/*") - before
        assert looks[1.0] < 8 < looks[0.05]


def test_a_failure_on_the_server_is_told_with_its_reason(stub):
    stub.script(JobFails(1, "the qubits were on holiday"))
    job = remote().submit(WORK)
    with pytest.raises(BackendError, match="the qubits were on holiday") as caught:
        job.result(60)
    assert not caught.value.retryable
    assert job.status() == "failed"
    assert len(stub.jobs) == 1


def test_a_failed_job_is_sent_again_only_if_the_user_says_so(stub):
    stub.script(JobFails(1, "the qubits were on holiday"))
    again = Retries(first_pause=0.05, longest_pause=0.2, grace=0.5, resubmit_failed=1)
    assert remote(retries=again).submit(WORK).result(60).bits.shape == (2, 64, 3)
    assert len(stub.jobs) == 2


def test_the_time_limit_is_a_failure_with_its_reason(stub):
    stub.script(time_limit())
    with pytest.raises(BackendError, match="(?i)time|1305"):
        remote().submit(WORK).result(60)


def test_a_cancelled_job_says_so_and_cancelling_twice_is_harmless(monkeypatch):
    with Stub(devices=("manila",), token=TOKEN, queue_seconds=30) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        job = remote().submit(WORK)
        with pytest.raises(TimeoutError, match="keeps running"):
            job.result(0.2)
        job.cancel()
        assert job.status() == "cancelled"
        job.cancel()
        with pytest.raises(BackendError, match="was cancelled"):
            job.result(5)


def test_a_spent_quota_refuses_before_anything_is_sent(stub):
    stub.script(UsageLimit())
    with pytest.raises(BackendError, match="quota"):
        remote().submit(WORK)
    assert stub.count("POST", "/jobs") == 0


def test_a_small_quota_refuses_a_large_job(monkeypatch):
    with Stub(devices=("manila",), token=TOKEN, usage_limit=2.0) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(BackendError, match="2.0 are left"):
            remote().submit(Sampling(ANSATZ, WORK.parameters, 2000))
        assert server.count("POST", "/jobs") == 0


def test_no_devices_and_no_network_are_told_apart_within_seconds(stub, monkeypatch):
    stub.script(NoDevices())
    with pytest.raises(BackendError, match="no device at all") as empty:
        remote().submit(WORK)
    assert not empty.value.retryable
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}/api/v1"
        start = time.monotonic()
        with pytest.raises(BackendError, match="cannot be reached") as dead:
            remote(gateway=nowhere).submit(WORK)
    assert time.monotonic() - start < 10
    assert dead.value.retryable


def test_an_unknown_device_lists_the_known_ones(stub):
    with pytest.raises(BackendError, match="no device ibm_nowhere; it has stub_manila"):
        IBMQuantum("ibm_nowhere", retries=QUICK).submit(WORK)


def test_what_a_machine_would_refuse_sends_no_job(stub):
    with pytest.raises(BackendError, match="6 qubits"):
        remote().submit(Sampling(QaoaAnsatz(Qubo.random(6, seed=1).ising), WORK.parameters, 8))
    assert stub.count("POST", "/jobs") == 0


def test_ctrl_c_leaves_the_job_and_says_how_to_come_back(stub, monkeypatch, caplog):
    job = remote().submit(WORK)
    monkeypatch.setattr("backends.ibm.jobs.time.sleep", _interrupt)
    monkeypatch.setattr(type(job), "status", lambda _: "running")
    with pytest.raises(KeyboardInterrupt):
        job.result()
    assert f"attach('{job.id}')" in caplog.text
    assert stub.count("POST", "/jobs/*/cancel") == 0


def _interrupt(_: float) -> None:
    raise KeyboardInterrupt


def test_a_wrong_key_is_told_within_seconds(stub, monkeypatch):
    monkeypatch.setenv("QISKIT_IBM_TOKEN", "another-key")
    start = time.monotonic()
    with pytest.raises(BackendError, match="does not accept the API key") as caught:
        remote().submit(WORK)
    assert time.monotonic() - start < 10
    assert not caught.value.retryable
    assert stub.count("POST", "/jobs") == 0


def test_no_token_is_in_any_text(stub, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    backend = remote()
    texts = [repr(backend), backend.identity, str(backend.estimate(WORK))]
    job = backend.submit(WORK)
    job.result(60)
    texts += [repr(job), repr(vars(job)), repr(backend.__getstate__())]
    brief = Retries(attempts=1, request_timeout=6.0, grace=0.5)
    stub.script(expired_token(30))
    for act in (lambda: backend.submit(WORK), lambda: backend.attach("any"), lambda: backend.find("any")):
        with pytest.raises(BackendError) as caught:
            act()
        texts += [str(caught.value), repr(caught.value), "".join(traceback.format_exception(caught.value))]
    stub.clear_faults()
    monkeypatch.setenv("QISKIT_IBM_TOKEN", TOKEN + "-wrong")
    with pytest.raises(BackendError, match="key|account|401|token|answered") as caught:
        remote(retries=brief).submit(WORK)
    texts += ["".join(traceback.format_exception(caught.value)), caplog.text]
    assert sum(TOKEN in text for text in texts) == 0
    assert len(texts) > 8


@pytest.mark.parametrize("status", [400, 403])
def test_what_the_service_refuses_is_final(stub, status):
    backend = remote()
    backend.estimate(WORK)
    stub.script(Answer("POST", "/jobs", status=status))
    with pytest.raises(BackendError, match=f"{status}|refused|may not") as caught:
        backend.submit(WORK)
    assert not caught.value.retryable
    assert stub.count("POST", "/jobs") == 1
