"""Each fault of the offline stand-in for IBM Quantum, as the service's own client sees it."""

from __future__ import annotations

import time
from importlib.util import find_spec

import pytest
import requests

if find_spec("qiskit_ibm_runtime") is None:
    pytest.skip("qiskit-ibm-runtime (the extra ibm) is not installed", allow_module_level=True)

from qiskit_ibm_runtime.api.exceptions import RequestsApiError
from qiskit_ibm_runtime.exceptions import (
    IBMNotAuthorizedError,
    IBMRuntimeError,
    RuntimeJobFailureError,
    RuntimeJobMaxTimeoutError,
)

from tests.backends.ibm_stub import (
    BadAnswer,
    JobFails,
    LateListing,
    LostAnswer,
    NoDevices,
    Outage,
    Slow,
    UsageLimit,
    bad_gateway,
    expired_token,
    time_limit,
    too_many_requests,
)
from tests.backends.ibm_stub.serving import submit

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of the client's package
    pytest.mark.filterwarnings("ignore:.*no more time available:UserWarning"),
]


def test_a_refused_submission_is_repeated_by_the_client_and_accepted_once(serve):
    stub, service = serve(bad_gateway(2))
    submit(service)
    assert [entry.status for entry in stub.log if entry.path == "/jobs"] == [502, 502, 200]
    assert len(stub.jobs) == 1


def test_a_lost_answer_leaves_a_job_that_its_tag_finds(serve):
    stub, service = serve(LostAnswer(), queue_seconds=60)
    with pytest.raises(IBMRuntimeError, match="Failed to run program"):
        submit(service, tags=["lost"])
    assert stub.count("POST", "/jobs") == len(stub.jobs) == 1
    assert [job.job_id() for job in service.jobs(job_tags=["lost"])] == [it.id for it in stub.jobs]


def test_a_lost_answer_behind_a_gateway_makes_the_client_submit_twice(serve):
    """What a unique tag cannot prevent: the client repeats a submission by itself that was answered 502."""
    stub, service = serve(BadAnswer(), queue_seconds=60)
    submit(service, tags=["twice"])
    assert stub.count("POST", "/jobs") == len(stub.jobs) == 2
    assert len(service.jobs(job_tags=["twice"])) == 2


def test_too_many_polls_are_refused_without_harm(serve):
    stub, service = serve()
    job = submit(service)
    stub.script(too_many_requests(2))
    for _ in range(2):
        with pytest.raises(RequestsApiError) as caught:
            job.status()
        assert caught.value.status_code == 429
    assert job.result(poll_interval=0.1)[0].data.meas.num_shots == 64


def test_an_expired_token_is_said(serve):
    stub, service = serve()
    job = submit(service)
    stub.script(expired_token())
    with pytest.raises(IBMNotAuthorizedError):
        job.status()
    assert job.status() in ("QUEUED", "RUNNING", "DONE")


def test_a_wrong_key_is_refused(serve):
    stub, _ = serve()
    asked = requests.post(f"{stub.url}/identity/token", data={"apikey": "wrong"}, timeout=5)
    assert (asked.status_code, asked.json()["errorCode"]) == (400, "BXNIM0415E")
    for given in ("apikey wrong", "Bearer a.b.c", ""):
        refused = requests.get(f"{stub.gateway}/backends", headers={"Authorization": given}, timeout=5)
        assert refused.status_code == 401


def test_an_account_without_devices_has_an_empty_list(serve):
    _, service = serve(NoDevices())
    assert service.backends() == []


def test_jobs_wait_while_the_time_of_the_account_is_used_up(serve):
    stub, service = serve(UsageLimit())
    assert service.usage()["usage_limit_reached"]
    job = submit(service)
    time.sleep(0.3)
    assert job.status() == "QUEUED"
    stub.clear_faults()
    assert job.result(timeout=30, poll_interval=0.1)[0].data.meas.num_shots == 64


def test_the_time_of_the_account_is_used_up_by_jobs(serve):
    _, service = serve(usage_limit=3.0)
    assert not service.usage()["usage_limit_reached"]
    for _ in range(2):
        submit(service).result(poll_interval=0.1)
    assert service.usage()["usage_limit_reached"]


def test_a_failed_job_has_its_reason(serve):
    stub, service = serve(JobFails(1, "the fridge is warm", 8042))
    job = submit(service)
    with pytest.raises(RuntimeJobFailureError, match=r"8042.*the fridge is warm"):
        job.result(poll_interval=0.1)
    assert job.status() == "ERROR"
    assert submit(service).result(poll_interval=0.1)[0].data.meas.num_shots == 64
    assert [it.status for it in stub.jobs] == ["Failed", "Completed"]


@pytest.mark.parametrize("own", [False, True])
def test_a_time_limit_cancels(serve, own):
    _, service = serve(*(() if own else (time_limit(),)))
    job = submit(service, max_execution_time=1) if own else submit(service)
    with pytest.raises(RuntimeJobMaxTimeoutError, match="1305"):
        job.result(poll_interval=0.1)
    assert job.status() == "ERROR"


def test_slow_answers_are_late(serve):
    stub, service = serve()
    job = submit(service)
    stub.script(Slow("GET", "/jobs/*", seconds=0.5))
    start = time.perf_counter()
    job.status()
    assert time.perf_counter() - start >= 0.5


def test_lists_show_a_job_late(serve):
    _, service = serve(LateListing(4.0))
    job = submit(service, tags=["late"])
    assert service.jobs(job_tags=["late"]) == []
    assert service.job(job.job_id()).job_id() == job.job_id()
    found, patience = [], 60
    while not found and patience:
        time.sleep(0.5)
        found, patience = service.jobs(job_tags=["late"]), patience - 1
    assert [it.job_id() for it in found] == [job.job_id()]


@pytest.mark.parametrize("scripted", [False, True])
def test_the_client_finds_its_job_after_an_outage(serve, scripted):
    stub, service = serve()
    job = submit(service)
    if scripted:
        stub.script(Outage("GET", "/jobs/*", seconds=0.3))
    else:
        stub.outage(0.3)
    assert job.result(timeout=60, poll_interval=0.1)[0].data.meas.num_shots == 64
    assert len(stub.jobs) == 1
