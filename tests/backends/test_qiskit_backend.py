"""Backends and primitives of Qiskit behind the door: order of qubits, errors, seeds, slow jobs."""

import pickle
import threading

import numpy as np
import pytest
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.circuit.library import PauliEvolutionGate
from qiskit.primitives import (
    BackendSamplerV2,
    BasePrimitiveJob,
    BaseSamplerV2,
    StatevectorEstimator,
    StatevectorSampler,
)
from qiskit.providers import BackendV2, Options
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import CouplingMap
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error
from qiskit_aer.primitives import EstimatorV2, SamplerV2

from backends import Aer, CircuitAnsatz, Expectation, QaoaAnsatz, Sampling, Statevector
from backends.qiskit_backend import Qiskit
from backends.qiskit_identity import described
from problems import BackendError, ProblemError
from problems.binary.qubo import Ising, Qubo
from problems.ground_state import Gate, GateSequence, PauliSum

ANSATZ = QaoaAnsatz(Qubo.random(4, seed=1, magnitude=2).ising, 2)
ROWS = np.array([[-0.4, -0.2, 0.3, 0.5], [-0.1, -0.3, 0.2, 0.4], [0.1, 0.2, 0.3, 0.4]])
OBSERVABLES = (ANSATZ.cost, PauliSum(4, ("XYIZ", "IXZI", "ZZII"), np.array([0.3, -0.7, 0.2])))
WORK = Expectation(ANSATZ, OBSERVABLES, ROWS, seed=3)
EXACT = Aer().run(WORK).mean
FLIP = GateSequence(3, (Gate("rx", (1,), angle=np.pi),))
SINGLES = tuple(PauliSum(3, ("I" * q + "Z" + "I" * (2 - q),), np.ones(1)) for q in range(3))


def line(seed: int = 3) -> GenericBackendV2:
    return GenericBackendV2(6, coupling_map=CouplingMap.from_line(6), seed=seed)


def kinds() -> dict[str, Qiskit]:
    return {
        "device": Qiskit(AerSimulator()),
        "routed": Qiskit(line()),
        "references": Qiskit(sampler=StatevectorSampler(seed=1), estimator=StatevectorEstimator()),
        "aer": Qiskit(sampler=SamplerV2(seed=1), estimator=EstimatorV2()),
        "aer on a device": Qiskit(line(), estimator=EstimatorV2(), sampler=SamplerV2(seed=1)),
    }


KINDS = tuple(kinds())
EXACT_KINDS = ("references", "aer", "aer on a device")


@pytest.mark.parametrize("kind", EXACT_KINDS)
def test_exact_estimators_give_exact_values(kind):
    backend = kinds()[kind]
    outcome = backend.submit(WORK).result()
    np.testing.assert_allclose(outcome.mean, EXACT, atol=1e-10)
    np.testing.assert_array_equal(outcome.error, 0.0)
    assert not backend.noisy
    assert "shots" not in outcome.usage


def test_a_device_estimates_by_shots_and_says_its_error():
    backend = kinds()["device"]
    outcome = backend.submit(WORK).result()
    assert backend.noisy
    assert np.all(outcome.error > 0)
    assert np.all(abs(outcome.mean - EXACT) < 5 * outcome.error)
    assert outcome.mean.shape == outcome.error.shape == (3, 2)


def test_the_noise_of_a_device_is_in_its_values():
    model = NoiseModel()
    model.add_all_qubit_quantum_error(depolarizing_error(0.2, 2), ["cx", "rzz"])
    outcome = Qiskit(AerSimulator(noise_model=model)).submit(WORK).result()
    assert np.any(abs(outcome.mean - EXACT) > 5 * outcome.error)


def test_precision_becomes_shots():
    backend = kinds()["device"]
    coarse, fine = (
        backend.submit(Expectation(ANSATZ, OBSERVABLES, ROWS, precision, seed=1)).result()
        for precision in (0.1, 0.02)
    )
    np.testing.assert_allclose(coarse.error / fine.error, 5, rtol=0.25)
    groups = 3  # the diagonal, XYIZ, IXZI
    assert coarse.usage["shots"] == 3 * groups * 100
    assert fine.usage["shots"] == 3 * groups * 2500


def test_gaussian_noise_counts_with_its_width():
    for estimator in (StatevectorEstimator(seed=2), EstimatorV2()):
        backend = Qiskit(estimator=estimator)
        outcome = backend.submit(Expectation(ANSATZ, OBSERVABLES, ROWS, precision=0.1)).result()
        np.testing.assert_allclose(outcome.error, 0.1)
        assert np.all(abs(outcome.mean - EXACT) < 0.6)
    assert Qiskit(estimator=StatevectorEstimator(default_precision=0.2)).noisy


@pytest.mark.parametrize("kind", KINDS)
def test_column_k_is_qubit_k(kind):
    backend = kinds()[kind]
    bits = backend.submit(Sampling(FLIP, np.zeros((2, 0)), 200)).result().bits
    assert bits.dtype == np.uint8
    assert bits.shape == (2, 200, 3)
    np.testing.assert_array_equal(bits.mean(axis=1) > 0.5, [[False, True, False]] * 2)
    means = backend.submit(Expectation(FLIP, SINGLES, np.zeros((2, 0)))).result().mean
    np.testing.assert_allclose(means, [[1, -1, 1]] * 2, atol=0.1)


@pytest.mark.parametrize("kind", KINDS)
def test_samples_have_the_energies_of_their_rows(kind):
    backend = kinds()[kind]
    bits = backend.submit(Sampling(ANSATZ, ROWS, 3000, seed=1)).result().bits
    energies = ANSATZ.cost.energies(1.0 - 2.0 * bits)
    error = energies.std(axis=1) / np.sqrt(3000)
    bias = 0.3 if kind == "routed" else 0.0  # the device's noise
    assert np.all(abs(energies.mean(axis=1) - EXACT[:, 0]) < 5 * error + bias)


def test_seeds_of_a_workload_repeat_and_tell_apart_on_a_device():
    backend = kinds()["device"]
    rows = np.repeat(ROWS[:1], 2, axis=0)
    first, again, other = (
        backend.submit(Sampling(ANSATZ, rows, 30, seed=seed)).result().bits for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert not np.array_equal(first[0], first[1])


def test_a_parameter_that_the_transpiler_cancels_keeps_its_column():
    circuit, (a, b) = QuantumCircuit(2), (Parameter("a"), Parameter("b"))
    circuit.rz(a, 0)
    circuit.rz(-a, 0)
    circuit.rx(b, 1)
    work = Expectation(CircuitAnsatz(circuit), (PauliSum(2, ("IZ",), np.ones(1)),), [[9.0, 0.4], [7.0, 1.1]])
    for kind in EXACT_KINDS:
        outcome = kinds()[kind].submit(work).result()
        np.testing.assert_allclose(outcome.mean[:, 0], np.cos([0.4, 1.1]), atol=1e-10)


def test_gates_that_a_primitive_does_not_know_are_decomposed():
    circuit = QuantumCircuit(2)
    circuit.h([0, 1])
    circuit.append(PauliEvolutionGate(SparsePauliOp(["ZZ", "XI"], [0.3, 0.4]), Parameter("t")), [0, 1])
    ansatz = CircuitAnsatz(circuit)
    work = Expectation(ansatz, (PauliSum(2, ("XZ", "YI"), np.array([1.0, 0.5])),), [[0.7]])
    expected = Aer().run(work).mean
    for kind in EXACT_KINDS:
        np.testing.assert_allclose(kinds()[kind].submit(work).result().mean, expected, atol=1e-10)


def test_nothing_is_sent_for_nothing():
    backend = kinds()["device"]
    none = np.zeros((0, 4))
    assert backend.submit(Expectation(ANSATZ, OBSERVABLES, none)).result().mean.shape == (0, 2)
    assert backend.submit(Expectation(ANSATZ, (), ROWS)).result().mean.shape == (3, 0)
    assert backend.submit(Sampling(ANSATZ, none, 5)).result().bits.shape == (0, 5, 4)


def test_usage_is_that_of_the_transpiled_circuit():
    routed, plain = kinds()["routed"], kinds()["references"]
    for backend in (routed, plain):
        for work in (WORK, Sampling(ANSATZ, ROWS, 10)):
            usage = backend.submit(work).result().usage
            assert usage == backend.estimate(work)
            assert usage["circuits"] == 3
    assert plain.estimate(WORK)["two_qubit_gates"] == ANSATZ.num_entangling
    assert routed.estimate(WORK)["two_qubit_gates"] > ANSATZ.num_entangling
    assert plain.estimate(Sampling(ANSATZ, ROWS, 10))["shots"] == 30


def test_one_transpilation_serves_all_weights(monkeypatch):
    import backends.qiskit_backend as module

    calls, real = [], module.generate_preset_pass_manager
    monkeypatch.setattr(
        module, "generate_preset_pass_manager", lambda *a, **k: calls.append(1) or real(*a, **k)
    )
    backend = kinds()["aer"]
    for seed in range(3):
        ansatz = QaoaAnsatz(Qubo.random(4, seed=seed, magnitude=1000).ising, 1)
        work = Expectation(ansatz, (ansatz.cost,), [[-0.3, 0.001]])
        expected = Statevector().run(work).mean
        np.testing.assert_allclose(backend.submit(work).result().mean, expected, rtol=1e-9)
    assert len(calls) == 1


def test_identities_are_those_of_what_stands_behind():
    assert Qiskit(line()).identity == Qiskit(line()).identity
    assert Qiskit(line()) == Qiskit(line())
    others = [
        Qiskit(line()), Qiskit(line(4)), Qiskit(line(), seed=1), Qiskit(AerSimulator()),
        Qiskit(AerSimulator(precision="single")), Qiskit(sampler=StatevectorSampler()),
        Qiskit(sampler=StatevectorSampler(seed=1)), Qiskit(estimator=StatevectorEstimator()),
        Qiskit(estimator=EstimatorV2()), Qiskit(sampler=BackendSamplerV2(backend=line())),
    ]  # fmt: skip
    assert len({backend.identity for backend in others}) == len(others)
    for part in (line(), AerSimulator(noise_model=NoiseModel()), SamplerV2(), StatevectorEstimator()):
        assert " at 0x" not in repr(described(part))


def test_it_survives_a_pickle():
    backend = Qiskit(line())
    again = pickle.loads(pickle.dumps(backend))
    assert again.identity == backend.identity
    np.testing.assert_array_equal(again.submit(WORK).result().mean, backend.submit(WORK).result().mean)


def test_circuits_are_transpiled_for_the_device_of_a_primitive():
    backend = Qiskit(sampler=BackendSamplerV2(backend=line()))
    assert backend.estimate(Sampling(ANSATZ, ROWS, 1)) == Qiskit(line()).estimate(Sampling(ANSATZ, ROWS, 1))
    assert backend.local


@pytest.mark.parametrize(
    ("backend", "work", "named"),
    [
        (kinds()["device"], Expectation(ANSATZ, OBSERVABLES, ROWS, gradient=True), "gradient"),
        (kinds()["device"], Expectation(ANSATZ, OBSERVABLES[:1], ROWS, share=0.5), "share"),
        (
            kinds()["routed"],
            Sampling(QaoaAnsatz(Ising.random(7), 1), [[0.1, 0.1]]),
            "generic_backend_6q has 6",
        ),
        (kinds()["references"], Sampling(QaoaAnsatz(Ising.random(60), 1), [[0.1, 0.1]]), "bytes"),
        (Qiskit(sampler=StatevectorSampler()), WORK, "no estimator"),
        (Qiskit(estimator=StatevectorEstimator()), Sampling(ANSATZ, ROWS), "no sampler"),
    ],
)
def test_what_it_cannot_take_is_said(backend, work, named):
    with pytest.raises(BackendError, match=named):
        backend.submit(work)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({}, "device is None"),
        ({"device": "fake_torino"}, "BackendV2"),
        ({"device": StatevectorSampler()}, "sampler="),
        ({"sampler": StatevectorEstimator()}, "BaseSamplerV2"),
        ({"estimator": 3}, "BaseEstimatorV2"),
        ({"device": AerSimulator(), "optimization_level": 5}, "optimization_level"),
        ({"device": AerSimulator(), "seed": -1}, "seed"),
    ],
)
def test_a_wrong_field_is_named(fields, named):
    with pytest.raises(ProblemError, match=named):
        Qiskit(**fields)


def test_it_has_no_name_and_says_what_to_do():
    for argument in ("", "fake_torino"):
        with pytest.raises(ProblemError, match=r"Qiskit\(device\) takes any BackendV2"):
            Qiskit.from_name(argument)


class Slow(BackendV2):
    """A device of which nothing is known but its interface; it answers when it is let."""

    def __init__(self, fails: bool = False):
        super().__init__(name="slow", backend_version="1")
        self.simulator, self.gate, self.fails = AerSimulator(), threading.Event(), fails

    @property
    def target(self):
        return self.simulator.target

    @property
    def max_circuits(self):
        return None

    @classmethod
    def _default_options(cls):
        return Options()

    def run(self, run_input, **options):
        assert self.gate.wait(30)
        if self.fails:
            raise RuntimeError("the fridge is warm")
        return self.simulator.run(run_input, **options)


def test_a_job_is_waited_for_as_long_as_one_wants():
    device = Slow()
    backend = Qiskit(device)
    assert not backend.local
    job = backend.submit(WORK)
    assert job.status() in ("queued", "running")
    with pytest.raises(TimeoutError, match=job.id):
        job.result(timeout=0.02)
    device.gate.set()
    outcome = job.result(timeout=30)
    assert job.status() == "done"
    np.testing.assert_array_equal(outcome.mean, job.result().mean)
    assert np.all(abs(outcome.mean - EXACT) < 5 * outcome.error)


def test_a_failure_is_told():
    device = Slow(fails=True)
    device.gate.set()
    job = Qiskit(device).submit(Sampling(ANSATZ, ROWS, 5))
    with pytest.raises(BackendError, match="the fridge is warm"):
        job.result(timeout=30)
    assert job.status() == "failed"


class Queue(BaseSamplerV2):
    """A sampler whose jobs stay queued, with states as words."""

    def run(self, pubs, *, shots=None):
        if shots == 13:
            raise ValueError("thirteen")
        return Queued("job-7")


class Queued(BasePrimitiveJob):
    """A job that can be cancelled and nothing else."""

    state = "QUEUED"

    def status(self):
        return self.state

    def cancel(self):
        self.state = "CANCELLED"

    def result(self):
        raise RuntimeError("never ran")

    def done(self):
        return False

    def running(self):
        return False

    def cancelled(self):
        return self.state == "CANCELLED"

    def in_final_state(self):
        return self.cancelled()


def test_a_job_is_cancelled_where_it_runs():
    backend = Qiskit(sampler=Queue())
    assert not backend.local
    job = backend.submit(Sampling(ANSATZ, ROWS, 5))
    assert (job.id, job.status()) == ("job-7", "queued")
    with pytest.raises(TimeoutError):
        job.result(timeout=0.0)
    job.cancel()
    assert job.status() == "cancelled"
    with pytest.raises(BackendError, match="cancelled"):
        job.result()


def test_a_refusal_of_the_primitive_is_told():
    with pytest.raises(BackendError, match="thirteen"):
        Qiskit(sampler=Queue()).submit(Sampling(ANSATZ, ROWS, 13))
