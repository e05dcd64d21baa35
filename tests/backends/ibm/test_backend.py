"""The backend on simulated devices in this process: values, order of bits, figures, refusals."""

import pickle
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from qiskit.circuit import Parameter, QuantumCircuit

from backends import Aer, CircuitAnsatz, DeviceNoise, Expectation, QaoaAnsatz, Sampling, Statevector
from backends.ibm import IBMQuantum, Limits, Retries, Twirling
from backends.ibm.jobs import LABEL, outcome_of
from problems import BackendError, ProblemError
from problems.binary.qubo import Qubo
from problems.errors import MissingExtra
from problems.ground_state import Gate, GateSequence, PauliSum

ANSATZ = QaoaAnsatz(Qubo.random(4, seed=1, magnitude=2).ising, 1)
ROWS = np.array([[-0.4, 0.3], [-0.1, 0.2], [0.1, 0.3]])
OBSERVABLES = (ANSATZ.cost, PauliSum(4, ("XYIZ", "IXZI", "ZZII"), np.array([0.3, -0.7, 0.2])))
FLIP = GateSequence(3, (Gate("rx", (1,), angle=np.pi),))


def manila(**fields) -> IBMQuantum:
    return IBMQuantum("fake_manila", **({"resilience_level": 0} | fields))


@pytest.fixture(scope="module")
def noisy() -> np.ndarray:
    """What Aer gives with the noise of the device, each circuit on the qubits that Qiskit chose alike."""
    noise = DeviceNoise("fake_manila", optimization_level=3, seed=0)
    work = Expectation(ANSATZ, OBSERVABLES, ROWS)
    return Aer(noise=noise, method="density_matrix").submit(work).result().mean


@pytest.mark.parametrize("strategy", ["transpiler", "line"])
def test_values_are_those_of_the_device_noise(strategy, noisy):
    backend = manila(swap_strategy=strategy)
    outcome = backend.submit(Expectation(ANSATZ, OBSERVABLES, ROWS, precision=0.01, seed=5)).result()
    exact = Statevector().submit(Expectation(ANSATZ, OBSERVABLES, ROWS)).result().mean
    assert outcome.mean.shape == outcome.error.shape == (3, 2)
    assert np.all(outcome.error > 0)
    if strategy == "transpiler":  # the same circuit, so all that differs is shots: 5 standard errors
        np.testing.assert_array_less(abs(outcome.mean - noisy), 5 * outcome.error)
    # noise moves values towards those of the mixed state, which are 0 here: along the line they stay as near
    assert np.abs(outcome.mean - exact).max() < 1.5 * np.abs(noisy - exact).max() + 5 * outcome.error.max()


def test_error_bars_cover_the_scatter_of_repeats():
    work = [Expectation(ANSATZ, (ANSATZ.cost,), ROWS[:1], precision=0.05, seed=k) for k in range(8)]
    backend = manila()
    found = [backend.submit(one).result() for one in work]
    means = np.array([outcome.mean[0, 0] for outcome in found])
    claimed = np.mean([outcome.error[0, 0] for outcome in found])
    # the scatter of 8 draws: χ² with 7 degrees of freedom passes these bounds once in some hundred seeds
    assert 0.4 < means.std(ddof=1) / claimed < 2.0


@pytest.mark.parametrize("method", [None, "per_qubit", "subspace"])
def test_bit_k_is_qubit_k(method):
    outcome = manila(readout_mitigation=method).submit(Sampling(FLIP, np.zeros((2, 0)), 400)).result()
    assert outcome.bits.shape == (2, 400, 3)
    assert outcome.bits.dtype == np.uint8
    weights = np.full((2, 400), 1 / 400) if outcome.weights is None else outcome.weights
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    np.testing.assert_allclose((weights[:, :, None] * outcome.bits).sum(axis=1), [[0, 1, 0]] * 2, atol=0.1)


def test_mitigated_readout_is_nearer_the_truth():
    raw = manila().submit(Sampling(FLIP, np.zeros((1, 0)), 4000, seed=2)).result().bits[0].mean(axis=0)
    for method in ("per_qubit", "subspace"):
        outcome = manila(readout_mitigation=method).submit(Sampling(FLIP, np.zeros((1, 0)), 4000, seed=2))
        found = outcome.result()
        mean = (found.weights[0][:, None] * found.bits[0]).sum(axis=0)
        assert np.abs(mean - [0, 1, 0]).sum() < 0.5 * np.abs(raw - [0, 1, 0]).sum()


def test_samples_give_the_energy_that_the_estimator_gives():
    sampled = manila().submit(Sampling(ANSATZ, ROWS, 4000, seed=1)).result()
    energies = np.stack([ANSATZ.cost.energies(1 - 2 * bits.astype(int)) for bits in sampled.bits])
    estimated = manila().submit(Expectation(ANSATZ, (ANSATZ.cost,), ROWS, precision=0.016, seed=2)).result()
    error = np.hypot(energies.std(axis=1) / np.sqrt(4000), estimated.error[:, 0])
    np.testing.assert_array_less(abs(energies.mean(axis=1) - estimated.mean[:, 0]), 5 * error)


def test_equal_seeds_repeat_and_others_do_not():
    bits = [manila().submit(Sampling(ANSATZ, ROWS, 50, seed=seed)).result().bits for seed in (1, 1, 2)]
    np.testing.assert_array_equal(bits[0], bits[1])
    assert (bits[0] != bits[2]).any()


def test_a_population_is_one_job_of_one_circuit():
    backend = manila()
    job = backend.submit(Sampling(ANSATZ, np.tile(ROWS, (7, 1)), 10), "all at once")
    assert job.result().bits.shape == (21, 10, 4)
    assert len(job.job.inputs.items) == 1
    assert backend.find("all at once").id == job.id == backend.attach(job.id).id
    assert backend.find("another") is None


@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.filterwarnings("ignore:No positive, finite standard errors")
def test_the_estimate_counts_the_executions_that_are_sent(level):
    backend = manila(resilience_level=level)
    work = Expectation(ANSATZ, OBSERVABLES, ROWS[:2], precision=0.08)
    told = backend.estimate(work)
    job = backend.submit(work)
    sent = sum(int(np.prod(item.shape)) for item in job.job.inputs.items) * job.job.inputs.shots
    assert told["shots"] == sent
    assert told["jobs"] == 1
    job.result()


def test_twirled_samplings_return_all_shots_and_count_them():
    backend = manila(twirling=Twirling(gates=True, measurements=True, randomizations=8))
    work = Sampling(ANSATZ, ROWS[:2], 100)
    outcome = backend.submit(work).result()
    assert outcome.bits.shape == (2, 104, 4)
    assert outcome.usage["shots"] == backend.estimate(work)["shots"] == 208


def test_the_estimate_follows_the_rule_of_the_service():
    work = Sampling(ANSATZ, ROWS, 1000)
    told = manila(price_per_second=2.0, limits=Limits(overhead_seconds=3.0)).estimate(work)
    assert told["shots"] == 3000
    assert told["circuits"] == 3
    assert 3 + 3000 * 250e-6 < told["qpu_seconds"] < 3 + 3000 * 280e-6
    assert told["money"] == pytest.approx(2 * told["qpu_seconds"])
    assert told["depth"] > 0
    assert manila(plan="open").estimate(work)["money"] == 0


def test_a_rehearsal_charges_the_estimate():
    work = Sampling(ANSATZ, ROWS, 10)
    backend = manila()
    assert backend.rehearsal().submit(work).result().usage == backend.estimate(work)


def test_empty_workloads_send_nothing():
    assert manila().submit(Sampling(ANSATZ, np.zeros((0, 2)), 10)).result().bits.shape == (0, 10, 4)
    assert manila().submit(Expectation(ANSATZ, (), ROWS)).result().mean.shape == (3, 0)


def test_fractional_gates_run_out_of_range_angles():
    backend = IBMQuantum("fake_fractionalbackend", fractional_gates=True, resilience_level=0)
    rows = np.array([[-0.4, -5.0], [0.3, 4.0]])
    outcome = backend.submit(Expectation(ANSATZ, (ANSATZ.cost,), rows, precision=0.02)).result()
    exact = Statevector().submit(Expectation(ANSATZ, (ANSATZ.cost,), rows)).result().mean
    assert np.corrcoef(outcome.mean[:, 0], exact[:, 0])[0, 1] > 0.9


REFUSED = [
    ({}, Expectation(ANSATZ, (ANSATZ.cost,), ROWS, gradient=True), "gradient-free"),
    ({}, Expectation(ANSATZ, (ANSATZ.cost,), ROWS, share=0.5), "sample, or use Statevector"),
    ({}, Sampling(QaoaAnsatz(Qubo.random(6, seed=1).ising), ROWS, 10), "6 qubits, and fake_manila has 5"),
    ({"limits": Limits(executions=20)}, Sampling(ANSATZ, ROWS, 10), "30 executions .* fewer rows"),
    ({"limits": Limits(payload_bytes=100)}, Sampling(ANSATZ, ROWS, 10), "bytes of input"),
    ({"limits": Limits(instructions=100)}, Sampling(ANSATZ, ROWS, 10), "instructions on one qubit"),
    ({"limits": Limits(job_seconds=1.0)}, Sampling(ANSATZ, ROWS, 10), "seconds of the machine"),
    ({"initial_layout": (0, 1)}, Sampling(ANSATZ, ROWS, 10), "4 qubits in the circuit"),
    ({"initial_layout": (0, 1, 2, 9)}, Sampling(ANSATZ, ROWS, 10), "the device has qubits 0 to 4"),
]


@pytest.mark.parametrize(("fields", "work", "why"), REFUSED)
def test_what_a_machine_would_refuse_is_refused_before_it_is_sent(fields, work, why):
    backend = manila(**fields)
    with pytest.raises(BackendError, match=why):
        backend.submit(work, "never sent")
    assert backend.find("never sent") is None


def test_batch_and_session_need_a_block():
    backend = manila(mode="batch")
    work = Sampling(ANSATZ, ROWS, 10)
    with pytest.raises(BackendError, match="with block"):
        backend.submit(work)
    with backend:
        assert backend.submit(work).result().bits.shape == (3, 10, 4)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"name": "ibm kingston"}, "name"),
        ({"mode": "bulk"}, "mode"),
        ({"optimization_level": 4}, "optimization_level"),
        ({"seed_transpiler": -1}, "seed_transpiler"),
        ({"initial_layout": (1, 1)}, "initial_layout"),
        ({"swap_strategy": "ring"}, "swap_strategy"),
        ({"dynamical_decoupling": "YY"}, "dynamical_decoupling"),
        ({"twirling": True}, "twirling"),
        ({"resilience_level": 3}, "resilience_level"),
        ({"noise_factors": (1.0,)}, "noise_factors"),
        ({"noise_factors": (0.5, 1.0)}, "noise_factors"),
        ({"readout_mitigation": "m3"}, "readout_mitigation"),
        ({"default_precision": 0.0}, "default_precision"),
        ({"max_time": 0}, "max_time"),
        ({"min_num_qubits": 0}, "min_num_qubits"),
        ({"plan": "free"}, "plan"),
        ({"price_per_second": -1.0}, "price_per_second"),
        ({"gateway": "not a url"}, "gateway"),
        ({"gateway": "https://me:secret-word@host/api"}, "gateway"),
        ({"fractional_gates": True, "resilience_level": 2}, "fractional_gates"),
        ({"retries": 3}, "retries"),
    ],
)
def test_fields_out_of_range_are_named(fields, name):
    with pytest.raises(ProblemError, match=name) as caught:
        IBMQuantum(**fields)
    assert "secret-word" not in str(caught.value)


@pytest.mark.parametrize(
    "fields", [{"attempts": 0}, {"grace": -1.0}, {"first_pause": 5.0, "longest_pause": 1.0}]
)
def test_retries_out_of_range_are_refused(fields):
    with pytest.raises(ProblemError, match=next(iter(fields)) + "|longest_pause"):
        Retries(**fields)


def test_an_unknown_snapshot_lists_the_known_ones():
    with pytest.raises(ProblemError, match="fake_manila"):
        IBMQuantum("fake_abacus").estimate(Sampling(ANSATZ, ROWS, 1))


def test_fractional_gates_are_refused_where_there_are_none():
    with pytest.raises(BackendError, match="fractional_gates=False"):
        manila(fractional_gates=True).estimate(Sampling(ANSATZ, ROWS, 1))


def test_identity_depends_on_what_changes_an_outcome_alone():
    assert manila().identity == manila(mode="batch", gateway="http://x/api", plan="open").identity
    assert manila().identity != manila(optimization_level=1).identity
    assert manila().identity != IBMQuantum("fake_lima", resilience_level=0).identity


def test_it_goes_to_another_process_without_its_connection():
    backend = manila()
    backend.estimate(Sampling(ANSATZ, ROWS, 1))
    assert pickle.loads(pickle.dumps(backend)) == backend


def test_any_circuit_of_qiskit_runs():
    angle, circuit = Parameter("a"), QuantumCircuit(2)
    circuit.ry(2 * angle, 0)
    circuit.cx(0, 1)
    work = Expectation(CircuitAnsatz(circuit), (PauliSum(2, ("ZI", "ZZ"), np.ones(2)),), np.array([[0.3]]))
    outcome = manila().submit(work).result()
    assert abs(outcome.mean[0, 0] - (np.cos(0.6) + 1)) < 0.2


def test_without_the_client_one_sentence_names_the_extra(monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "qiskit_ibm_runtime"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "qiskit_ibm_runtime", None)
    with pytest.raises(MissingExtra, match=r'pip install "hybrid-optimization\[ibm\]"'):
        IBMQuantum("fake_manila")


def test_values_that_the_extrapolation_lost_are_said_aloud():
    data = SimpleNamespace(evs=np.array([[0.5, 0.25]]), stds=np.array([[0.1, np.inf]]))
    label = {"kind": "estimate", "observables": 1, "rows": 2, "usage": {}}
    found = [SimpleNamespace(metadata={"circuit_metadata": {LABEL: label}}, data=data)]
    with pytest.warns(UserWarning, match="1 of 2 values came without a standard error"):
        outcome = outcome_of(found, 1.0)
    np.testing.assert_array_equal(outcome.error, [[0.1], [np.inf]])
