"""Noise from a device's calibration: fidelities as reported, energies as those of Aer's model of it."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.library import CXGate, Measure, RZGate, SXGate
from qiskit.providers import BackendV2, QubitProperties
from qiskit.quantum_info import PTM, SparsePauliOp, average_gate_fidelity
from qiskit.transpiler import InstructionProperties, Target
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel as AerNoiseModel
from qiskit_aer.noise.device import basic_device_gate_errors

from problems.errors import ProblemError
from problems.ground_state import Gate, GateSequence, GroundState, NoiseModel
from problems.ground_state.density import noisy_expectation

T1, T2 = (80e-6, 120e-6, 60e-6), (50e-6, 200e-6, 90e-6)
ERRORS = {(0, 1): 0.012, (1, 2): 0.018}
DURATION = 3e-7


class Device(BackendV2):
    """A line of three qubits with sx, rz and cx, whose figures are known to the test."""

    def __init__(self, t1=T1, t2=T2, single=0.001, errors=ERRORS, readout=(0.02, 0.03, 0.05)):
        super().__init__(name="line")
        n = len(t1)
        relaxing = [QubitProperties(t1=a, t2=b) for a, b in zip(t1, t2, strict=True)]
        made = Target(num_qubits=n, qubit_properties=relaxing)
        made.add_instruction(SXGate(), {(q,): InstructionProperties(3.5e-8, single) for q in range(n)})
        made.add_instruction(RZGate(0.0), {(q,): InstructionProperties(0.0, 0.0) for q in range(n)})
        both = {pair: e for (a, b), e in errors.items() for pair in ((a, b), (b, a))}
        made.add_instruction(CXGate(), {k: InstructionProperties(DURATION, e) for k, e in both.items()})
        made.add_instruction(Measure(), {(q,): InstructionProperties(5e-6, p) for q, p in enumerate(readout)})
        self._target = made

    @property
    def target(self):
        return self._target

    @property
    def max_circuits(self):
        return None

    @classmethod
    def _default_options(cls):
        return None

    def run(self, run_input, **options):
        raise NotImplementedError


def aer_energy(device, circuit, hamiltonian):
    """The energy by Aer's density matrix and its own model of the device, readout as factors."""
    n = circuit.num_qubits
    made = QuantumCircuit(n)
    for gate in circuit.gates:
        angles = (gate.angle,) if gate.kind == "rz" else ()
        getattr(made, {"rx": "sx"}.get(gate.kind, gate.kind))(*angles, *gate.qubits)
    readout = [device.target["measure"][(q,)].error for q in range(n)]
    values = [
        c * np.prod([1 - 2 * readout[q] for q, letter in enumerate(string) if letter != "I"])
        for string, c in zip(hamiltonian.strings, hamiltonian.coefficients, strict=True)
    ]
    made.save_expectation_value(SparsePauliOp([s[::-1] for s in hamiltonian.strings], values), range(n))
    model = AerNoiseModel.from_backend(device)
    simulator = AerSimulator(method="density_matrix", noise_model=model)
    return simulator.run(made, shots=1).result().data()["expectation_value"]


def drawn(seed, gates=14, kinds=("rx", "cx")):
    """A circuit of gates that the device has: sx, written as its rotation, and cx along the line."""
    rng, placed = np.random.default_rng(seed), []
    for _ in range(gates):
        if rng.choice(kinds) == "cx":
            pair = [(0, 1), (1, 2), (1, 0), (2, 1)][rng.integers(4)]
            placed.append(Gate("cx", pair))
        else:
            placed.append(Gate("rx", (int(rng.integers(3)),), None, np.pi / 2))
    return GateSequence(3, tuple(placed))


def test_gates_have_the_fidelity_that_the_device_reports():
    noise = NoiseModel.from_backend(Device())
    single, _ = noise.transfer(3)
    for q in range(3):
        assert 1 - average_gate_fidelity(PTM(single[q])) == pytest.approx(0.001, abs=1e-12)
    for pair, error in ERRORS.items():  # two qubits alone: no mean over pairs
        _, after = NoiseModel.from_backend(Device(), pair).transfer(2)
        product = PTM(after[1]).tensor(PTM(after[0]))
        assert 1 - average_gate_fidelity(product) == pytest.approx(error, abs=1e-12)


def test_relaxation_is_that_of_the_duration():
    noise = NoiseModel.from_backend(Device())
    np.testing.assert_allclose(noise.pair.time_over_t1, DURATION / np.array(T1))
    np.testing.assert_allclose(noise.pair.time_over_t2, DURATION / np.array(T2))
    np.testing.assert_allclose(noise.single.time_over_t1, 3.5e-8 / np.array(T1))
    assert noise.readout == (0.02, 0.03, 0.05)
    first, middle, last = np.array(noise.pair.depolarizing)
    assert middle == pytest.approx((first + last) / 2, abs=1e-15)  # the mean over its two pairs


def test_chosen_qubits_are_renumbered():
    noise, whole = NoiseModel.from_backend(Device(), (2, 1)), NoiseModel.from_backend(Device())
    assert noise.readout == (0.05, 0.03)
    assert noise.single.time_over_t1 == whole.single.time_over_t1[2:0:-1]
    assert NoiseModel.from_backend(Device(), [1]).pair.depolarizing == 0.0


@pytest.mark.parametrize("seed", range(5))
def test_without_relaxation_gates_on_one_qubit_are_those_of_aer(seed):
    device = Device(t1=(None,) * 3, t2=(None,) * 3, single=0.02)
    circuit, hamiltonian = drawn(seed, kinds=("rx",)), GroundState.random(3, 8, seed).hamiltonian
    ours = noisy_expectation(circuit, hamiltonian, NoiseModel.from_backend(device))
    assert ours == pytest.approx(aer_energy(device, circuit, hamiltonian), abs=1e-12)


def test_pure_relaxation_is_that_of_aer():
    device = Device(single=0.0, errors=dict.fromkeys(ERRORS, 0.0))
    noise = NoiseModel.from_backend(device)
    assert not np.any(noise.pair.depolarizing)
    for seed in range(5):
        circuit, hamiltonian = drawn(seed), GroundState.random(3, 8, seed).hamiltonian
        ours = noisy_expectation(circuit, hamiltonian, noise)
        assert ours == pytest.approx(aer_energy(device, circuit, hamiltonian), abs=1e-12)


def test_energies_are_near_those_of_aers_model_of_the_device():
    device = Device()
    noise = NoiseModel.from_backend(device)
    off, moved = [], []
    for seed in range(20):
        circuit, hamiltonian = drawn(seed), GroundState.random(3, 8, seed).hamiltonian
        ours, theirs = (
            noisy_expectation(circuit, hamiltonian, noise),
            aer_energy(device, circuit, hamiltonian),
        )
        clean = hamiltonian.expectation(circuit.state())
        off.append(abs(ours - theirs))
        moved.append(abs(clean - theirs))
    # both depolarize a pair by the same fidelity, Aer as a whole and we qubit by qubit
    assert np.mean(off) < 0.15 * np.mean(moved)


def test_a_snapshot_of_a_device():
    provider = pytest.importorskip(
        "qiskit_ibm_runtime.fake_provider", reason='the extra "ibm" is not installed'
    )
    device = provider.FakeManilaV2()
    noise = NoiseModel.from_backend(device, (0, 1, 2))
    single, _ = noise.transfer(3)
    names = {(name, tuple(where)): one for name, where, one in basic_device_gate_errors(target=device.target)}
    for q in range(3):  # on qubit 0 relaxation alone exceeds what the device reports
        theirs = PTM(names["sx", (q,)].to_quantumchannel()).data.real
        np.testing.assert_allclose(single[q], theirs, atol=1e-6)  # relaxation and mixing, in either order
    off = []
    for seed in range(10):
        circuit, hamiltonian = drawn(seed), GroundState.random(3, 8, seed).hamiltonian
        scale = np.abs(hamiltonian.coefficients).sum()
        ours, theirs = (
            noisy_expectation(circuit, hamiltonian, noise),
            aer_energy(device, circuit, hamiltonian),
        )
        off.append(abs(ours - theirs) / scale)
    assert max(off) < 3e-3


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda: NoiseModel.from_backend("fake_manila"), "backend is str"),
        (lambda: NoiseModel.from_backend(Device(), (0, 3)), r"qubits\[1\] is 3"),
        (lambda: NoiseModel.from_backend(Device(), (0, 0)), "none twice"),
        (lambda: NoiseModel.from_backend(Device(), ()), "at least one qubit"),
        (lambda: NoiseModel.from_backend(Device(), (0, 2)), "figures of one of cx"),
        (lambda: NoiseModel.from_backend(Device(errors={(0, 1): 0.01})), "a cx with qubit 2"),
    ],
)
def test_bad_input_is_named(build, named):
    with pytest.raises(ProblemError, match=named):
        build()
