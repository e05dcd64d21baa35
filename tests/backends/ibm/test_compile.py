"""Circuits on a device: one state by every way of routing, bits in the order of qubits, angles in range."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.circuit.library import RXGate, RZGate, RZZGate
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import Operator, SparsePauliOp
from qiskit.quantum_info import Statevector as State
from qiskit.transpiler import CouplingMap

from backends import Expectation, QaoaAnsatz, Statevector
from backends.circuits import circuit_of
from backends.device_noise import snapshot
from backends.ibm.compile import Placement, compiled
from backends.ibm.fractional import folded
from backends.ibm.preflight import angles_out_of_range
from backends.ibm.swap_network import best_line, network
from problems import ProblemError
from problems.binary.qubo import Ising
from problems.ground_state import Gate, GateSequence, PauliSum

LINE = GenericBackendV2(6, coupling_map=CouplingMap.from_line(6), seed=3).target
PAULIS = PauliSum(5, ("XYIZI", "IXZIY", "ZZIIX"), np.array([0.3, -0.7, 0.2]))


def ansatz(layers: int = 2, multi_angle: bool = False, n: int = 5) -> QaoaAnsatz:
    return QaoaAnsatz(Ising.random(n, seed=4), layers, multi_angle=multi_angle)


def rows(of: QaoaAnsatz, count: int = 2) -> np.ndarray:
    return np.random.default_rng(5).uniform(-1, 1, (count, of.num_parameters))


def values_of(ready, of, parameters, observables) -> np.ndarray:
    """Exact expectation values of a transpiled circuit, whose qubits are the device's."""
    found = []
    for row in ready.values(of.angles(parameters)):
        state = State(ready.circuit.assign_parameters(row))
        found.append([state.expectation_value(ready.operator(o)).real for o in observables])
    return np.array(found)


@pytest.mark.parametrize("strategy", ["line", "transpiler", "auto"])
@pytest.mark.parametrize(("layers", "multi_angle"), [(1, False), (2, False), (3, False), (2, True)])
def test_routing_changes_no_expectation_value(strategy, layers, multi_angle):
    of = ansatz(layers, multi_angle)
    ready = compiled(of, False, LINE, Placement(swap_strategy=strategy))
    observables = (of.cost, PAULIS)
    exact = Statevector().submit(Expectation(of, observables, rows(of))).result().mean
    np.testing.assert_allclose(values_of(ready, of, rows(of), observables), exact, atol=1e-9)


@pytest.mark.parametrize("n", range(2, 8))
@pytest.mark.parametrize("layers", [1, 2])
def test_a_network_couples_neighbours_alone_and_gives_the_ansatz(n, layers):
    of = ansatz(layers, n=n)
    net, angles = network(of), of.angles(rows(of, 1))[0]
    assert all(
        abs(net.circuit.find_bit(a).index - net.circuit.find_bit(b).index) == 1
        for a, b in (entry.qubits for entry in net.circuit.data if len(entry.qubits) == 2)
    )
    wanted = State(circuit_of(of).assign_parameters(angles)).probabilities()
    found = State(net.circuit.assign_parameters(angles)).probabilities(list(net.where))
    np.testing.assert_allclose(found, wanted, atol=1e-12)


def test_a_network_for_all_pairs_needs_three_gates_a_pair_at_most():
    n = 6
    of = ansatz(1, n=n)
    pairs = n * (n - 1) // 2
    assert of.cost.form.num_couplings == pairs
    count = sum(entry.name == "cx" for entry in network(of).circuit.decompose("rzz").data)
    assert count <= 3 * pairs - (n // 2 - 1)  # the last layer moves nothing


@pytest.mark.parametrize("strategy", ["line", "transpiler"])
@pytest.mark.parametrize("flipped", range(4))
def test_bit_k_is_qubit_k(strategy, flipped):
    """β = 0 leaves |+⟩: an asymmetric state needs one qubit told apart, here by an x rotation of its own."""
    linear = np.zeros(4)
    of = QaoaAnsatz(Ising.random(4, seed=2), 1, multi_angle=True)
    parameters = np.zeros((1, of.num_parameters))
    gates = (Gate("rx", (flipped,), angle=np.pi),)
    single = GateSequence(4, gates)
    ready = compiled(single, True, LINE, Placement(swap_strategy="transpiler"))
    counts = _probabilities(ready, single.angles(np.zeros((1, single.num_parameters))))
    assert counts == {"".join("1" if k == flipped else "0" for k in reversed(range(4))): pytest.approx(1)}
    if strategy == "line":
        ready = compiled(of, True, LINE, Placement(swap_strategy="line"))
        parameters[0, : of.num_qubits] = np.random.default_rng(flipped).uniform(0, 1, 4)
        parameters[0, of.num_qubits :] = 0.3
        angles = of.angles(parameters)
        wanted = State(circuit_of(of).assign_parameters(angles[0])).probabilities_dict()
        found = _probabilities(ready, angles)
        assert found == {key: pytest.approx(value, abs=1e-9) for key, value in wanted.items()}
    assert not linear.any()


def _probabilities(ready, angles) -> dict[str, float]:
    """Probabilities of the measured bits, keyed as Qiskit does: bit 0 on the right."""
    circuit = ready.circuit.assign_parameters(ready.values(angles)[0])
    measured = {
        circuit.find_bit(entry.clbits[0]).index: circuit.find_bit(entry.qubits[0]).index
        for entry in circuit.data
        if entry.name == "measure"
    }
    bare = circuit.remove_final_measurements(inplace=False)
    kept = State(bare).probabilities_dict([measured[k] for k in range(len(measured))])
    return {key: value for key, value in kept.items() if value > 1e-12}


def test_a_layout_is_kept():
    ready = compiled(ansatz(1, n=3), True, LINE, Placement(0, 0, (4, 3, 2), "line"))
    assert sorted(ready.qubits) == [2, 3, 4]
    plain = compiled(GateSequence(2, (Gate("h", (0,)),)), True, LINE, Placement(1, 0, (5, 1)))
    assert plain.qubits == (5, 1)


def test_the_line_has_neighbours_and_the_least_loss():
    device = snapshot("fake_manila")
    line = best_line(device.target, 3)
    assert line is not None
    edges = {tuple(sorted(edge)) for edge in device.coupling_map}
    assert all(tuple(sorted(edge)) in edges for edge in itertools.pairwise(line))

    def loss(path):
        kept = np.prod([1 - device.target["measure"][(q,)].error for q in path])
        for a, b in itertools.pairwise(path):
            kept *= 1 - min(device.target["cx"][edge].error for edge in ((a, b), (b, a)))
        return -np.log(kept)

    every = [
        path
        for path in itertools.permutations(range(5), 3)
        if all(tuple(sorted(edge)) in edges for edge in itertools.pairwise(path))
    ]
    assert loss(line) == pytest.approx(min(map(loss, every)))


def test_no_line_is_said():
    star = GenericBackendV2(4, coupling_map=CouplingMap([(0, 1), (0, 2), (0, 3)]), seed=1).target
    assert best_line(star, 4) is None
    with pytest.raises(ProblemError, match="no line of 4"):
        compiled(ansatz(1, n=4), False, star, Placement(swap_strategy="line"))


def test_a_network_is_refused_for_other_circuits():
    with pytest.raises(ProblemError, match="X mixer"):
        compiled(GateSequence(2, (Gate("h", (0,)),)), False, LINE, Placement(swap_strategy="line"))


def test_auto_takes_the_smaller_expected_error():
    of, ways = ansatz(2), {}
    for strategy in ("line", "transpiler", "auto"):
        ways[strategy] = compiled(of, False, LINE, Placement(swap_strategy=strategy)).error
    assert ways["auto"] == pytest.approx(min(ways["line"], ways["transpiler"]))


@given(st.floats(-30, 30))
@settings(max_examples=60, deadline=None)
def test_a_folded_angle_is_the_same_rotation(angle):
    parts = {name: float(value[0]) for name, value in folded(np.array([angle])).items()}
    assert 0 <= parts["rest"] <= np.pi / 2
    flip = np.kron(np.eye(2), RXGate(parts["flip"]).to_matrix())
    turn = np.kron(RZGate(parts["turn"]).to_matrix(), RZGate(parts["turn"]).to_matrix())
    made = Operator(turn @ flip @ RZZGate(parts["rest"]).to_matrix() @ flip)
    assert made.equiv(Operator(RZZGate(angle)))


def test_fractional_gates_give_the_ansatz_with_all_angles_in_range():
    target = snapshot("fake_fractionalbackend").target
    of = ansatz(2, n=4)
    ready = compiled(of, False, target, Placement())
    parameters = 3 * rows(of, 3)
    assert "rzz" in ready.circuit.count_ops()
    assert not list(angles_out_of_range(ready.circuit, ready.values(of.angles(parameters))))
    observables = (of.cost, PauliSum(4, ("XYIZ", "ZXZI"), np.ones(2)))
    exact = Statevector().submit(Expectation(of, observables, parameters)).result().mean
    np.testing.assert_allclose(values_of(ready, of, parameters, observables), exact, atol=1e-9)


def test_an_observable_lands_on_the_qubits_of_the_device():
    ready = compiled(GateSequence(2, (Gate("h", (0,)),)), False, LINE, Placement(1, 0, (4, 1)))
    found = ready.operator(PauliSum(2, ("XZ",), np.ones(1)))
    assert found == SparsePauliOp.from_sparse_list([("XZ", [4, 1], 1.0)], num_qubits=6)
