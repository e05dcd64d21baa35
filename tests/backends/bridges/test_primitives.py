"""Qiskit's primitives on our backends against Qiskit's own reference."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter
from qiskit.circuit.library import efficient_su2
from qiskit.primitives import StatevectorEstimator, StatevectorSampler
from qiskit.quantum_info import SparsePauliOp
from scipy.stats import chi2_contingency

from backends import Aer, Statevector
from backends.bridges import HybridEstimator, HybridSampler
from problems import BackendError, ProblemError


@pytest.fixture(scope="module")
def circuit():
    return efficient_su2(3, reps=1)


@settings(deadline=None, max_examples=12)
@given(
    shapes=st.sampled_from(
        [((), ()), ((5,), ()), ((), (3,)), ((5,), (2, 1)), ((2, 1), (4,)), ((3, 1, 2), (5, 2)), ((4,), (4,)),
         ((0,), (2, 1))]
    ),
    seed=st.integers(0, 99),
)  # fmt: skip
def test_values_and_shapes_are_those_of_the_reference(shapes, seed):
    rng, (values_shape, observables_shape) = np.random.default_rng(seed), shapes
    circuit = efficient_su2(3, reps=1)
    values = rng.normal(size=(*values_shape, circuit.num_parameters))
    labels = ["".join(rng.choice(list("IXYZ"), 3)) for _ in range(2)]
    observables = np.empty(observables_shape, dtype=object)
    for index in np.ndindex(*observables_shape):
        observables[index] = SparsePauliOp(labels, rng.normal(size=2))
    observables = observables.tolist() if observables_shape else observables[()]
    pub = (circuit, observables, values)
    ours, reference = (
        estimator.run([pub]).result()[0] for estimator in (HybridEstimator(), StatevectorEstimator())
    )
    assert ours.data.evs.shape == reference.data.evs.shape
    np.testing.assert_allclose(ours.data.evs, reference.data.evs, atol=1e-10)
    assert not ours.data.stds.any()


def test_bindings_by_name_and_projectors():
    a, b = Parameter("z"), Parameter("a")  # names in another order than the gates
    circuit = QuantumCircuit(2)
    circuit.ry(a, 0)
    circuit.rx(b, 1)
    values = {a: [0.3, 0.7], b: [1.1, -0.4]}
    pub = (circuit, [{"0Z": 1.0, "+I": 0.5}], values)
    plain = (circuit, [SparsePauliOp(["IZ", "ZZ", "II", "XI"], [0.5, 0.5, 0.25, 0.25])], values)
    found = HybridEstimator().run([pub]).result()[0].data.evs
    np.testing.assert_allclose(found, StatevectorEstimator().run([plain]).result()[0].data.evs, atol=1e-12)


def test_pairs_are_not_computed_as_a_product(circuit):
    values, rng = np.zeros((6, circuit.num_parameters)), np.random.default_rng(0)
    labels = ["".join(rng.choice(list("XYZ"), 3)) for _ in range(6)]
    result = HybridEstimator().run([(circuit, labels, values)]).result()[0]
    assert result.metadata["usage"]["circuits"] == 6
    assert result.metadata["target_precision"] == 0.0


def test_precision_scatters_by_what_it_reports_and_seeds_repeat(circuit):
    pub = (circuit, "ZZZ", np.zeros((400, circuit.num_parameters)))
    first, again = (HybridEstimator(seed=3).run([pub], precision=0.1).result()[0].data for _ in range(2))
    np.testing.assert_array_equal(first.evs, again.evs)
    assert np.all(first.stds == 0.1)
    assert 0.08 < np.std(first.evs - 1) < 0.12
    estimator = HybridEstimator(seed=3, default_precision=0.1)
    runs = [estimator.run([pub]).result()[0].data.evs for _ in range(2)]
    np.testing.assert_array_equal(runs[0], first.evs)
    assert not np.array_equal(runs[0], runs[1])


def scattered_circuit():
    """Two registers, out of order, with a bit that nothing writes and a qubit that nothing reads."""
    qubits, one, two = QuantumRegister(3, "q"), ClassicalRegister(2, "one"), ClassicalRegister(3, "two")
    circuit, theta = QuantumCircuit(qubits, one, two), Parameter("t")
    circuit.ry(theta, 0)
    circuit.cx(0, 1)
    circuit.rx(0.9, 2)
    circuit.barrier()
    circuit.measure(2, one[1])
    circuit.measure(0, two[2])
    circuit.measure(1, two[0])
    return circuit


def test_registers_hold_the_bits_that_the_circuit_puts_there():
    circuit, shots = scattered_circuit(), 4000
    pub = (circuit, np.array([[0.7], [1.9]]))
    ours, reference = (
        sampler.run([pub], shots=shots).result()[0]
        for sampler in (HybridSampler(seed=1), StatevectorSampler(seed=2))
    )
    for name, bits in (("one", 2), ("two", 3)):
        mine, theirs = getattr(ours.data, name), getattr(reference.data, name)
        assert mine.shape == theirs.shape == (2,)
        assert mine.num_bits == theirs.num_bits == bits
        for row in range(2):
            counts = [array.get_int_counts(row) for array in (mine, theirs)]
            assert set(counts[0]) == set(counts[1])
            table = [[count[key] for key in sorted(counts[0])] for count in counts]
            assert chi2_contingency(table).pvalue > 1e-4
    assert ours.metadata["shots"] == shots
    joint = [pub.join_data(["two", "one"]).num_bits for pub in (ours, reference)]
    assert joint[0] == joint[1] == 5


def test_shapes_of_samples_and_circuits_without_parameters(circuit):
    measured = circuit.copy()
    measured.measure_all()
    result = (
        HybridSampler(default_shots=7).run([(measured, np.zeros((2, 3, circuit.num_parameters)))]).result()
    )
    assert result[0].data.meas.shape == (2, 3)
    assert result[0].data.meas.num_shots == 7
    bell = QuantumCircuit(2)
    bell.h(0)
    bell.cx(0, 1)
    bell.measure_all()
    job = HybridSampler(seed=1).run([bell, (bell, None, 50)], shots=200)
    first, second = job.result()
    assert set(first.data.meas.get_counts()) == {"00", "11"}
    assert sum(second.data.meas.get_counts().values()) == 50
    assert job.done()


def test_seeds_of_samples_advance_and_repeat(circuit):
    measured = circuit.copy()
    measured.measure_all()
    pub = (measured, np.full(circuit.num_parameters, 0.4))
    sampler = HybridSampler(seed=5)
    runs = [sampler.run([pub]).result()[0].data.meas for _ in range(2)]
    assert runs[0] != runs[1]
    assert HybridSampler(seed=5).run([pub]).result()[0].data.meas == runs[0]


def test_other_backends_serve_too(circuit):
    values = np.full(circuit.num_parameters, 0.3)
    evs = [
        HybridEstimator(b).run([(circuit, "ZIX", values)]).result()[0].data.evs
        for b in (Statevector(), Aer())
    ]
    assert evs[0] == pytest.approx(evs[1], abs=1e-10)


def test_what_they_cannot_run_is_refused_with_a_sentence(circuit):
    middle = QuantumCircuit(1, 1)
    middle.measure(0, 0)
    middle.h(0)
    branching = QuantumCircuit(2, 1)
    branching.measure(0, 0)
    with branching.if_test((branching.clbits[0], 1)):
        branching.x(1)
    for bad, named in (
        (middle, "after its measurement"),
        (branching, "if_else"),
        (QuantumCircuit(1), "register"),
    ):
        with pytest.raises(ProblemError, match=named):
            HybridSampler().run([bad])
    measured = QuantumCircuit(1)
    measured.measure_all()
    with pytest.raises(ProblemError, match="remove_final_measurements"):
        HybridEstimator().run([(measured, "Z")])
    with pytest.raises(ValueError, match="Hermitian"):
        HybridEstimator().run([(QuantumCircuit(1), SparsePauliOp(["Z"], [1j]))])
    wide = QuantumCircuit(60)
    wide.measure_all()
    with pytest.raises(BackendError, match="60 qubits"):
        HybridSampler().run([wide])
    for wrong in ({"backend": 3}, {"seed": -1}, {"default_shots": 0}):
        with pytest.raises(ProblemError, match=next(iter(wrong))):
            HybridSampler(**wrong)
    with pytest.raises(ProblemError, match="default_precision"):
        HybridEstimator(default_precision=-1.0)
