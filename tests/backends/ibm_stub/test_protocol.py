"""The offline stand-in for IBM Quantum, through the service's own client: the protocol."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from importlib.util import find_spec

import pytest
from qiskit import QuantumCircuit

if find_spec("qiskit_ibm_runtime") is None:
    pytest.skip("qiskit-ibm-runtime (the extra ibm) is not installed", allow_module_level=True)

from qiskit_ibm_runtime import Batch, QiskitRuntimeService, Session
from qiskit_ibm_runtime.exceptions import (
    IBMRuntimeError,
    RuntimeInvalidStateError,
    RuntimeJobFailureError,
    RuntimeJobNotFound,
)
from qiskit_ibm_runtime.executor_sampler import Sampler
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from problems.errors import MissingExtra, ProblemError
from tests.backends.ibm_stub import Answer, JobFails, Stub
from tests.backends.ibm_stub.serving import outcome, submit

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of the client's package
    pytest.mark.filterwarnings("ignore:.*no more time available:UserWarning"),
]


def test_a_job_is_served_from_submission_to_deletion(serve):
    stub, service = serve()
    job = submit(service, tags=["one", "two"])
    counts = job.result(timeout=30, poll_interval=0.1)[0].data.meas.get_counts()
    assert sum(counts.values()) == 64
    assert counts["00"] + counts["11"] > 48
    assert job.status() == "DONE"
    assert job.usage() == job.metrics()["usage"]["qpu_charge_time_seconds"] > 1.8
    assert job.logs().startswith(f"job {job.job_id()}: Completed")
    assert job.update_tags(["three"]) == ["three"]
    again = service.job(job.job_id())
    assert again.result()[0].data.meas.get_counts() == counts
    assert [it.tags for it in stub.jobs] == [["three"]]
    with pytest.raises(RuntimeInvalidStateError):
        job.cancel()
    service.delete_job(job.job_id())
    with pytest.raises(RuntimeJobNotFound):
        service.job(job.job_id())
    assert stub.count("POST", "/jobs") == 1


def test_backends_have_the_figures_of_the_snapshot(serve):
    _, service = serve()
    backend, reference = service.backend("stub_manila"), FakeManilaV2()
    assert service.least_busy(min_num_qubits=5).name == "stub_manila"
    assert backend.status().operational
    assert set(backend.coupling_map.get_edges()) == set(reference.coupling_map.get_edges())
    error = backend.target["cx"][(0, 1)].error
    assert error == pytest.approx(reference.target["cx"][(0, 1)].error)
    assert backend.properties().t1(2) == pytest.approx(reference.target.qubit_properties[2].t1)


def test_lists_filter_by_tags_and_go_page_by_page(serve):
    _, service = serve(queue_seconds=60)  # nothing is executed
    ids = [submit(service, tags=["all", f"job{k % 3}"]).job_id() for k in range(5)]
    assert [job.job_id() for job in service.jobs(limit=None, job_tags=["all"])] == ids[::-1]
    assert [job.job_id() for job in service.jobs(job_tags=["all", "job1"], descending=False)] == [
        ids[1],
        ids[4],
    ]
    assert [job.job_id() for job in service.jobs(limit=2, skip=1)] == [ids[3], ids[2]]
    assert service.jobs(pending=False) == []
    assert service.jobs(job_tags=["none"]) == []


def test_a_queued_job_can_be_cancelled(serve):
    stub, service = serve(queue_seconds=60)
    job = submit(service)
    assert job.status() == "QUEUED"
    job.cancel()
    assert job.status() == "CANCELLED"
    with pytest.raises(RuntimeInvalidStateError):
        job.result()
    assert [it.quantum_seconds for it in stub.jobs] == [0.0]


def test_delays_are_kept_and_states_follow_each_other(serve):
    _, service = serve(queue_seconds=0.3, run_seconds=0.3)
    job, seen = submit(service), []
    while not seen or seen[-1] != "DONE":
        status = job.status()
        if status not in seen:
            seen.append(status)
        time.sleep(0.02)
    assert seen == ["QUEUED", "RUNNING", "DONE"]


@pytest.mark.parametrize(("mode", "name"), [(Session, "dedicated"), (Batch, "batch")])
def test_sessions_and_batches_open_and_close(serve, mode, name):
    stub, service = serve()
    with mode(service.backend("stub_manila"), max_time=60) as session:
        job = submit(service, mode=session)
        job.result(timeout=30, poll_interval=0.1)
        details = session.details()
        assert details["mode"] == name
        assert details["accepting_jobs"]
        if name == "batch":
            assert details["usage_time"] == pytest.approx(job.usage())
    assert session.status() == "Closed"
    assert stub.jobs[0].session == session.session_id
    with pytest.raises(IBMRuntimeError, match="closed"):
        submit(service, mode=session)


def test_equal_servers_give_equal_results_and_other_seeds_others(serve):
    def bits(seed):
        _, service = serve(seed=seed)
        return submit(service).result(poll_interval=0.1)[0].data.meas.get_bitstrings()

    assert bits(1) == bits(1) != bits(2)


def test_time_of_the_device_follows_the_rule(serve):
    stub, service = serve()
    job = submit(service, shots=1000)
    job.result(poll_interval=0.1)
    estimate = job.usage_estimation["quantum_seconds"]
    assert 2 + 1000 * 250e-6 < estimate < 2 + 1000 * 260e-6
    assert job.usage() == pytest.approx(estimate, rel=0.1)
    assert service.usage()["usage_consumed_seconds"] == pytest.approx(job.usage())
    assert stub.jobs[0].executions == 1000


def test_a_circuit_that_the_device_cannot_run_fails_after_the_queue(serve):
    _, service = serve()
    backend = service.backend("stub_manila")
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.measure_all()
    sampler = Sampler(backend)
    with pytest.raises(RuntimeJobFailureError, match="instruction h on qubits"):
        outcome(sampler, [circuit], shots=10)


def test_a_restarted_server_goes_on_with_its_jobs(serve, tmp_path, monkeypatch):
    stub, service = serve(state=tmp_path, queue_seconds=60)
    name = submit(service, tags=["kept"]).job_id()
    stub.stop()
    again, service = serve(state=tmp_path)
    kept = service.jobs(job_tags=["kept"])[0]
    assert kept.job_id() == name
    bits = kept.result(poll_interval=0.1)[0].data.meas.get_bitstrings()
    again.stop()
    third, service = serve(state=tmp_path)
    assert service.job(name).result()[0].data.meas.get_bitstrings() == bits
    assert third.count("POST", "/jobs") == 1
    fresh, service = serve()
    assert submit(service).result(poll_interval=0.1)[0].data.meas.get_bitstrings() == bits


def test_discovery_through_a_proxy_finds_the_instance(serve, monkeypatch):
    stub, _ = serve()
    monkeypatch.delenv("QISKIT_FUNCTIONS_EXPERIMENTAL")
    service = QiskitRuntimeService(
        token=stub.token, url="http://cloud.example.test", proxies={"urls": {"http": stub.url}}
    )
    assert [entry["name"] for entry in service.instances()] == ["stub"]
    assert service.backend("stub_manila").num_qubits == 5
    assert stub.count("POST", "/v3/resources/search") >= 1


def test_nothing_that_is_kept_holds_the_key(serve, tmp_path):
    stub, service = serve(state=tmp_path, token="planted-secret")
    submit(service).result(poll_interval=0.1)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"executor" in written
    assert b"planted-secret" not in written
    assert "planted-secret" not in repr(stub.log) + repr(stub.jobs)


def test_the_command_serves_until_it_is_interrupted():
    command = [sys.executable, "-m", "tests.backends.ibm_stub", "--device", "manila"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(15)]
            exports = dict(line.removeprefix("export ").strip().split("=", 1) for line in lines)
            assert exports["HYBRID_IBM_GATEWAY"] == exports["QISKIT_IBM_URL"] + "/api/v1"
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0


@pytest.mark.parametrize(
    ("field", "make"),
    [
        ("device", lambda: Stub(("nowhere",))),
        ("seed", lambda: Stub(("manila",), seed=-1)),
        (
            "faults",
            lambda: Stub(("manila",), faults=("flood",)),  # pyright: ignore[reportArgumentType]
        ),
        ("run_seconds", lambda: Stub(("manila",), run_seconds=-1.0)),
        ("status", lambda: Answer(status=200)),
        ("status", lambda: JobFails(status="Completed")),
    ],
)
def test_what_makes_no_sense_is_refused(field, make):
    with pytest.raises(ProblemError) as caught:
        make()
    assert caught.value.field == field


def test_without_the_client_the_extra_is_named(monkeypatch):
    monkeypatch.setattr("backends.device_noise.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match="ibm"):
        Stub(("manila",))
