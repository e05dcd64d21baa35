"""Exported circuits against the embedded simulator and against their own re-reading."""

import numpy as np
import pennylane as qml
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pennylane import numpy as pnp
from qiskit import QuantumCircuit, qasm3
from qiskit.circuit import Parameter
from qiskit.quantum_info import Operator, Statevector

from backends import (
    CircuitAnsatz,
    DickeStart,
    Expectation,
    FeasibleMixer,
    GroverMixer,
    OneHotStart,
    ProductStart,
    QaoaAnsatz,
    TermMixer,
    WarmStartMixer,
    XMixer,
    XYMixer,
)
from backends import Statevector as Embedded
from backends.bridges.export import to_openqasm3, to_pennylane, to_qiskit
from problems import ProblemError
from problems.binary import Ising, Qubo
from problems.binary.quadratic import QuadraticForm
from problems.ground_state import Gate, GateSequence, PauliSum

COST = Ising(
    QuadraticForm(
        np.array([0.5, 0.0, -1.5, 0.25]),
        np.array([0, 0, 1]),
        np.array([1, 3, 2]),
        np.array([1.0, 0.5, -0.75]),
        2.0,
    )
)
BLOCKS = ((0, 1), (2, 3))
HOP = np.array([[0, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0]], dtype=float)
GATES = GateSequence(
    3,
    (
        Gate("h", (0,)),
        Gate("rx", (1,), 1, 0.3, -2.0),
        Gate("cx", (0, 2)),
        Gate("ry", (2,), 0),
        Gate("rz", (0,), 1, 0.0, 0.5),
        Gate("rz", (1,), None, 0.7),
        Gate("cz", (1, 2)),
        Gate("rx", (0,), 0, -0.1),
    ),
)


def circuit_ansatz():
    a, b = Parameter("a"), Parameter("b")
    circuit = QuantumCircuit(2, global_phase=0.4)
    circuit.h(0)
    circuit.rzz(2 * b - 0.5, 0, 1)
    circuit.u(a, b / 3, 0.2, 1)
    circuit.crx(a - b, 1, 0)
    return CircuitAnsatz(circuit)


ANSATZE = {
    "x": QaoaAnsatz(COST, 2),
    "multi-angle": QaoaAnsatz(COST, 2, multi_angle=True),
    "xy": QaoaAnsatz(COST, 1, XYMixer(BLOCKS), OneHotStart(BLOCKS)),
    "grover": QaoaAnsatz(COST, 1, GroverMixer(), DickeStart(2)),
    "warm": QaoaAnsatz(COST, 2, WarmStartMixer([0.2, 0.5, 0.7, 0.9])),
    "terms": QaoaAnsatz(COST, 1, TermMixer((((0, 2), HOP), ((1,), np.array([[0, 1], [1, 0.5]]))))),
    "product": QaoaAnsatz(COST, 1, XMixer(), ProductStart([0.2, 0.5, 0.7, 0.9])),
    "gates": GATES,
    "circuit": circuit_ansatz(),
}


def row_of(ansatz, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, ansatz.num_parameters)


def same_state(found, wanted):
    """Whether two states agree to the global phase, which a QAOA state may lack."""
    return abs(abs(np.vdot(found, wanted)) - 1) < 1e-10


@pytest.mark.parametrize("name", ANSATZE)
def test_free_and_bound_circuits_prepare_the_state_of_the_embedded_simulator(name):
    ansatz, row = ANSATZE[name], row_of(ANSATZE[name])
    wanted = Embedded().state(ansatz, row)
    free = to_qiskit(ansatz)
    assert free.num_parameters == ansatz.num_parameters
    bound = to_qiskit(ansatz, row)
    assert bound.num_parameters == 0
    for circuit in (free.assign_parameters(row), bound):
        assert same_state(Statevector(circuit).data, wanted)


def test_free_parameters_are_the_ansatz_s_own_in_the_order_of_its_rows():
    names = [free.name for free in to_qiskit(ANSATZE["x"]).parameters]
    assert names == ["beta[0]", "beta[1]", "gamma[0]", "gamma[1]"]
    assert [free.name for free in to_qiskit(GATES).parameters] == ["theta[0]", "theta[1]"]
    assert [free.name for free in to_qiskit(ANSATZE["circuit"]).parameters] == ["a", "b"]
    assert to_qiskit(ANSATZE["multi-angle"]).num_parameters == 2 * (4 + ANSATZE["x"].num_terms)
    many = to_qiskit(QaoaAnsatz(COST, 12)).parameters
    assert [free.name for free in many][9:14] == ["beta[9]", "beta[10]", "beta[11]", "gamma[0]", "gamma[1]"]


@settings(deadline=None, max_examples=20)
@given(
    angles=st.lists(st.tuples(st.floats(-6, 6), st.floats(0.01, 3)), min_size=1, max_size=5),
    seed=st.integers(0, 99),
)
def test_each_angle_is_offset_plus_factor_times_parameter(angles, seed):
    gates = [Gate("h", (0,))]
    gates += [Gate("rx" if k % 2 else "rz", (0,), 0, *pair) for k, pair in enumerate(angles)]
    ansatz, row = GateSequence(1, tuple(gates)), row_of(GATES, seed)[:1]
    circuit = to_qiskit(ansatz).assign_parameters(row)
    turns = [float(entry.operation.params[0]) for entry in circuit.data[1:]]
    np.testing.assert_allclose(turns, ansatz.angles(row[None])[0], atol=1e-12)
    np.testing.assert_allclose(Statevector(circuit).data, ansatz.state(row), atol=1e-10)


def test_parameters_that_turn_nothing_do_not_occur():
    ansatz = QaoaAnsatz(Qubo.from_matrix(np.zeros((2, 2))).ising, 1)
    assert [free.name for free in to_qiskit(ansatz).parameters] == ["beta[0]"]
    assert same_state(Statevector(to_qiskit(ansatz, [0.3, 0.9])).data, np.full(4, 0.5))

    @qml.qnode(qml.device("default.qubit", wires=2))
    def state(row):
        to_pennylane(ansatz)(row)
        return qml.state()

    assert same_state(state(np.array([0.3, 0.9])), np.full(4, 0.5))


@pytest.mark.parametrize("name", ANSATZE)
def test_bound_openqasm_is_read_again_as_the_same_unitary(name):
    pytest.importorskip("qiskit_qasm3_import")
    ansatz, row = ANSATZE[name], row_of(ANSATZE[name], 1)
    read = qasm3.loads(to_openqasm3(ansatz, row))
    assert Operator(read).equiv(Operator(to_qiskit(ansatz, row)), atol=1e-9)


@pytest.mark.parametrize("name", ["x", "xy", "grover", "gates", "circuit"])
def test_free_parameters_are_inputs_of_the_openqasm_program(name):
    pytest.importorskip("qiskit_qasm3_import")
    ansatz, row = ANSATZE[name], row_of(ANSATZE[name], 2)
    program = to_openqasm3(ansatz)
    assert program.startswith("OPENQASM 3")
    assert (
        name == "circuit" or "input float[64] _beta_0_;" in program or "input float[64] _theta_0_;" in program
    )
    assert program.count("input float[64]") == ansatz.num_parameters
    read = qasm3.loads(program)
    values = dict(zip(declared(program), row, strict=True))
    bound = read.assign_parameters({free: values[free.name] for free in read.parameters})
    assert same_state(Statevector(bound).data, Embedded().state(ansatz, row))


def test_gates_of_one_s_own_are_opened_whatever_they_are_called():
    pytest.importorskip("qiskit_qasm3_import")
    a = Parameter("a")
    inner = QuantumCircuit(2, name="h", global_phase=a)
    inner.rzx(2 * a - 1, 0, 1)
    circuit = QuantumCircuit(3)
    circuit.h(0)
    circuit.append(inner.to_gate().control(1), [1, 2, 0])
    circuit.append(inner.to_gate(), [2, 1])
    circuit.mcp(-a, [0, 2], 1)
    circuit.cx(0, 2, ctrl_state=0)
    ansatz = CircuitAnsatz(circuit)
    read = qasm3.loads(to_openqasm3(ansatz))
    assert Operator(read.assign_parameters([0.7])).equiv(
        Operator(circuit.assign_parameters([0.7])), atol=1e-9
    )


def declared(program):
    """The inputs in the order in which they are declared."""
    lines = program.splitlines()
    return [line.split()[-1].rstrip(";") for line in lines if line.startswith("input float[64]")]


@pytest.mark.filterwarnings("ignore:Casting complex values")  # autograd on the phases of default.qubit
@pytest.mark.parametrize("name", ANSATZE)
def test_pennylane_functions_have_the_value_and_gradient_of_the_embedded_simulator(name):
    ansatz, row = ANSATZE[name], row_of(ANSATZE[name], 3)
    n, wires = ansatz.num_qubits, ["d", 7, "a", 0][: ansatz.num_qubits]
    observable = PauliSum(n, ("Z" + "I" * (n - 1), "X" * n), [0.7, -0.4])
    apply = to_pennylane(ansatz)

    @qml.qnode(qml.device("default.qubit", wires=wires[::-1]))
    def energy(parameters):
        apply(parameters, wires)
        whole = qml.prod(*[qml.PauliX(wire) for wire in wires])
        return qml.expval(0.7 * qml.PauliZ(wires[0]) - 0.4 * whole)

    exact = Embedded().run(Expectation(ansatz, (observable,), row[None]))
    assert float(energy(row)) == pytest.approx(exact.mean[0, 0], abs=1e-10)
    slopes = qml.grad(energy)(pnp.array(row, requires_grad=True))
    np.testing.assert_allclose(slopes, central_differences(ansatz, observable, row), atol=1e-7)


def central_differences(ansatz, observable, row, step=1e-4):
    """Of fourth order, from exact values."""
    steps = step * np.concatenate([k * np.eye(len(row)) for k in (1, -1, 2, -2)])
    means = Embedded().run(Expectation(ansatz, (observable,), row + steps)).mean.reshape(4, -1)
    return (8 * (means[0] - means[1]) - (means[2] - means[3])) / (12 * step)


def test_pennylane_functions_broadcast_over_rows():
    rows = np.random.default_rng(4).uniform(-1, 1, (3, 4))

    @qml.qnode(qml.device("default.qubit", wires=4))
    def energy(parameters):
        to_pennylane(ANSATZE["x"])(parameters)
        return qml.expval(qml.PauliZ(2))

    observable = PauliSum(4, ("IIZI",), [1.0])
    exact = Embedded().run(Expectation(ANSATZE["x"], (observable,), rows)).mean[:, 0]
    np.testing.assert_allclose(energy(rows), exact, atol=1e-10)


def test_the_global_phase_of_gates_is_kept():
    @qml.qnode(qml.device("default.qubit", wires=[1, 0]))
    def state(row):
        to_pennylane(ANSATZE["circuit"])(row)
        return qml.state()

    row = np.array([0.4, -0.9])
    wanted = Statevector(to_qiskit(ANSATZE["circuit"], row)).data
    np.testing.assert_allclose(state(row), wanted, atol=1e-10)


def test_plain_lists_are_rows_too():
    @qml.qnode(qml.device("default.qubit", wires=3))
    def state(row):
        to_pennylane(GATES)(row, wires=[2, 1, 0])
        return qml.state()

    np.testing.assert_allclose(state([0.2, -0.7]), GATES.state([0.2, -0.7]), atol=1e-10)


def test_wrong_rows_wires_and_mixers_are_refused():
    with pytest.raises(ProblemError, match="parameters"):
        to_qiskit(GATES, [0.1])
    with pytest.raises(ProblemError, match="shape of parameters"):
        to_pennylane(GATES)(np.zeros(3))
    with pytest.raises(ProblemError, match="wires"):
        to_pennylane(GATES)(np.zeros(2), [0, 1])
    feasible = np.array([[1, 0, 0, 1], [0, 1, 0, 1]], dtype=np.uint8)
    with pytest.raises(ProblemError, match="FeasibleMixer"):
        to_openqasm3(QaoaAnsatz(COST, 1, FeasibleMixer(feasible, np.ones((2, 2)))))
