"""Ground states: the judge against dense algebra, exact energies, and what a device forbids."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems.errors import ProblemError
from problems.ground_state import Gate, GateSequence, GroundState, NoiseModel, PauliSum
from problems.ground_state.density import density_matrix
from problems.storage import load, save
from tests.problems.ground_state.drawing import dense_state, random_circuit, random_noise


@given(n=st.integers(1, 5), seed=st.integers(0, 10**6))
def test_the_judge_is_dense_algebra(n, seed):
    problem = GroundState(GroundState.random(n, 9, seed).hamiltonian, energy_shift=0.7)
    circuit = random_circuit(n, seed)
    state = dense_state(circuit)
    energy = 0.7 + np.vdot(state, problem.hamiltonian.matrix() @ state).real
    verdict = problem.judge(circuit)
    assert verdict.objective == pytest.approx(energy, abs=1e-12)
    assert problem.lower_bound - 1e-12 <= problem.ground_energy <= energy + 1e-12
    np.testing.assert_allclose(problem.diagonal, 0.7 + np.diag(problem.hamiltonian.matrix()).real, atol=1e-12)
    assert verdict.metrics["gates"] == 20


@given(n=st.integers(1, 3), seed=st.integers(0, 10**6))
def test_the_noisy_energy_is_dense_algebra_on_channels(n, seed):
    clean, circuit, noise = GroundState.random(n, 9, seed), random_circuit(n, seed), random_noise(n, seed)
    problem = GroundState(clean.hamiltonian, 0.7, noise=noise, reference=clean.lower_bound + 1)
    verdict = problem.judge(circuit)
    energy = 0.7 + np.trace(noise.measured(clean.hamiltonian).matrix() @ density_matrix(circuit, noise)).real
    assert verdict.metrics["noisy_energy"] == pytest.approx(energy, abs=1e-12)
    assert verdict.metrics["noisy_error_in_thousandths"] == pytest.approx(
        1000 * abs(energy - clean.lower_bound - 1), abs=1e-9
    )
    assert verdict.objective == problem.energy(circuit.state())
    quiet = GroundState(clean.hamiltonian, 0.7, noise=NoiseModel()).judge(circuit)
    assert quiet.metrics["noisy_energy"] == pytest.approx(quiet.objective, abs=1e-12)


@given(n=st.integers(2, 4), seed=st.integers(0, 10**6))
def test_gates_out_of_place_are_counted(n, seed):
    circuit = random_circuit(n, seed)
    line = tuple((k, k + 1) for k in range(n - 1))
    problem = GroundState(GroundState.random(n).hamiltonian, couplings=line, gate_set=("cx", "ry", "rz"))
    verdict = problem.judge(circuit)
    far = [g for g in circuit.gates if len(g.qubits) == 2 and abs(g.qubits[0] - g.qubits[1]) > 1]
    strange = [g for g in circuit.gates if g.kind in ("cz", "h", "rx")]
    assert verdict.violations == {"couplings": len(far), "gate_set": len(strange)}
    assert verdict.feasible == (not far and not strange)
    kept = GateSequence(n, tuple(g for g in circuit.gates if g not in far and g not in strange))
    assert problem.judge(kept).feasible


def test_a_problem_with_everything_is_saved(tmp_path):
    problem = GroundState(
        GroundState.random(4).hamiltonian, 0.5, "all", -1.5,
        NoiseModel.ibmq_ourense(), ((0, 1), (1, 2), (1, 3)), ("cx", "ry"),
    )  # fmt: skip
    back = load(save(problem, tmp_path / "problem.npz"))
    assert back.digest == problem.digest
    circuit = random_circuit(4, 1)
    assert back.judge(circuit) == problem.judge(circuit)
    assert dataclasses.replace(problem, noise=None).digest != problem.digest


@pytest.mark.parametrize(
    ("solution", "message"),
    [
        (np.zeros(2), "GateSequence"),
        (GateSequence(3), "width"),
        (GateSequence(2, (Gate("rx", (0,), 0),)), "bind"),
    ],
)
def test_what_is_no_solution_is_refused(solution, message):
    with pytest.raises(ProblemError, match=message):
        GroundState(PauliSum(2, ("ZZ",), np.ones(1))).judge(solution)


PAIR = PauliSum(2, ("ZZ", "XI"), [1.0, 0.5])


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda: GroundState("ZZ"), "hamiltonian"),
        (lambda: GroundState(PAIR, energy_shift=np.nan), "energy_shift"),
        (lambda: GroundState(PAIR, 1.0, reference=-0.6), "reference is -0.6; expected at least .* -0.5"),
        (lambda: GroundState(PAIR, noise=0.1), "noise is float"),
        (lambda: GroundState(PAIR, noise=NoiseModel.ibmq_ourense()), "noise is for 4 qubits"),
        (lambda: GroundState(PauliSum(11, ("Z" * 11,), [1.0]), noise=NoiseModel()), "num_qubits is 11"),
        (lambda: GroundState(PAIR, couplings=((0, 0),)), r"couplings\[0\]"),
        (lambda: GroundState(PAIR, couplings=((0, 2),)), r"couplings\[0\] is 2"),
        (lambda: GroundState(PAIR, couplings=()), "a way from qubit 0 to qubit 1"),
        (lambda: GroundState(PAIR, couplings="01"), "couplings"),
        (lambda: GroundState(PAIR, gate_set=("cx", "swap")), r"gate_set\[1\]"),
        (lambda: GroundState(PAIR, gate_set="cx"), "gate_set"),
        (lambda: GroundState(PAIR).noisy_energy(GateSequence(2)), "noise is None"),
        (lambda: GroundState(PauliSum(15, ("Z" * 15,), [1.0])).judge(GateSequence(15)), "at most 14"),
        (lambda: GroundState(PauliSum(25, ("Z" * 25,), [1.0])).diagonal, "at most 24"),
        (lambda: GroundState(PauliSum(21, ("Z" * 21,), [1.0])).ground_energy, "at most 20"),
        (lambda: GroundState.transverse_field_ising(1), "n is 1"),
    ],
)
def test_bad_input_is_named(build, named):
    with pytest.raises(ProblemError, match=named):
        build()


def test_a_plot_names_its_axes():
    problem = GroundState(GroundState.random(2).hamiltonian, noise=NoiseModel.ibmq_mumbai())
    (axes,) = problem.plot(random_circuit(2, 1)).axes
    assert axes.get_xlabel() == "state"
    assert axes.get_ylabel().startswith("energy")
    assert "circuit under noise" in [tick.get_text() for tick in axes.get_xticklabels()]


def test_of_equal_basis_states_the_first_is_taken():
    # 001 and 111 both have −1 − 0.1 − 0.3, in whatever order the terms are added
    values = [-1.0, 0.1, 0.3]
    for order in ([0, 1, 2], [2, 0, 1], [1, 2, 0]):
        strings = [("ZZI", "IIZ", "ZZZ")[k] for k in order]
        paulis = PauliSum(3, tuple(strings), [values[k] for k in order])
        assert GroundState(paulis).starting_bits.tolist() == [0, 0, 1]
