"""Ground states: the judge against dense algebra, exact energies, published files where they are at hand."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems.errors import ProblemError
from problems.ground_state import Gate, GateSequence, GroundState, PauliSum
from problems.ground_state.problem import depth
from tests.claims.table import INSTANCES

CHEM = INSTANCES / "chem"
ERRORS = {  # of the best basis state, in mHa
    "H2_2q_r0.7414": 20.6, "H2_4q_r0.70": 18.8, "LiH_4q_r1.2": 15.1, "LiH_4q_r2.2": 36.9,
    "LiH_4q_r3.4": 119.0, "LiH_6q_r2.2": 36.9, "H2O_8q_bohr": 2.63, "H2O_8q_angstrom": 7.81,
}  # fmt: skip
BOUNDS = {
    "H2_2q_r0.7414": -1.320446, "H2_3q_r0.7414": -1.983914, "H2_4q_r0.7414": -1.983914,
    "H2_4q_r0.70": -1.990097, "LiH_4q_r3.4": -10.0718, "LiH_6q_r2.2": -10.134828, "H2O_8q_bohr": -77.891067,
}  # fmt: skip


def random_circuit(n: int, seed: int, gates: int = 20) -> GateSequence:
    rng, drawn = np.random.default_rng(seed), []
    for _ in range(gates):
        if n > 1 and rng.random() < 0.4:
            drawn.append(
                Gate(("cx", "cz")[rng.integers(2)], tuple(map(int, rng.choice(n, 2, replace=False))))
            )
        else:
            kind = ("h", "rx", "ry", "rz")[rng.integers(4)]
            angle = 0.0 if kind == "h" else float(rng.uniform(-3, 3))
            drawn.append(Gate(kind, (int(rng.integers(n)),), None, angle))
    return GateSequence(n, tuple(drawn))


@given(n=st.integers(1, 5), seed=st.integers(0, 10**6))
def test_the_judge_is_dense_algebra(n, seed):
    problem = GroundState(GroundState.random(n, 9, seed).hamiltonian, energy_shift=0.7)
    circuit = random_circuit(n, seed)
    state = circuit.state()
    energy = 0.7 + np.vdot(state, problem.hamiltonian.matrix() @ state).real
    verdict = problem.judge(circuit)
    assert verdict.objective == pytest.approx(energy, abs=1e-12)
    assert problem.lower_bound - 1e-12 <= problem.ground_energy <= energy + 1e-12
    np.testing.assert_allclose(problem.diagonal, 0.7 + np.diag(problem.hamiltonian.matrix()).real, atol=1e-12)
    assert verdict.metrics["gates"] == 20


@given(n=st.integers(1, 5), seed=st.integers(0, 10**6))
def test_applying_a_sum_is_its_matrix(n, seed):
    paulis = GroundState.random(n, 7, seed).hamiltonian
    rng = np.random.default_rng(seed)
    vector = rng.normal(size=2**n) + 1j * rng.normal(size=2**n)
    np.testing.assert_allclose(paulis.apply(vector), paulis.matrix() @ vector, atol=1e-12)


@pytest.mark.parametrize("n", [4, 11])
def test_a_critical_chain_has_its_known_energy(n):
    # free fermions: at J = h the open chain's energy is 1 − 1/sin(π/(2(2n + 1)))
    problem = GroundState.transverse_field_ising(n)
    assert problem.ground_energy == pytest.approx(1 - 1 / np.sin(np.pi / (2 * (2 * n + 1))), abs=1e-9)


def test_depth_packs_gates_as_early_as_they_can_be():
    gates = (Gate("h", (0,)), Gate("h", (1,)), Gate("cx", (0, 1)), Gate("h", (2,)), Gate("cz", (1, 2)))
    assert depth(GateSequence(3, gates)) == 3
    assert depth(GateSequence(2)) == 0


@pytest.mark.skipif(not CHEM.exists(), reason="the molecules' files are not at hand")
@pytest.mark.parametrize("path", sorted(CHEM.glob("*.json")), ids=lambda path: path.stem)
def test_files_of_molecules_are_read_as_published(path):
    problem, content = GroundState.read(path), json.loads(path.read_text())
    assert problem.ground_energy == pytest.approx(content["reference"]["E0"], abs=1e-8)
    assert problem.reference == content["reference"]["E0"]
    assert problem.judge(GateSequence(problem.n)).objective == pytest.approx(
        content["reference"]["zero_state_energy"], abs=1e-8
    )
    flips = tuple(Gate("rx", (int(q),), None, np.pi) for q in np.flatnonzero(problem.starting_bits))
    best = problem.judge(GateSequence(problem.n, flips))
    assert best.objective == pytest.approx(content["reference"]["best_basis_energy"], abs=1e-8)
    if path.stem in ERRORS:
        assert best.metrics["error_in_thousandths"] == pytest.approx(ERRORS[path.stem], abs=0.06)
    if path.stem in BOUNDS:
        assert problem.lower_bound == pytest.approx(BOUNDS[path.stem], abs=5e-5)


def test_our_own_file_is_read_back(tmp_path):
    path = tmp_path / "own.json"
    path.write_text(json.dumps({"qubits": 2, "terms": {"XZ": 0.5, "II": 1}, "reference": {"E0": 0.5}}))
    problem = GroundState.read(path)
    assert problem.hamiltonian.strings == ("XZ", "II")
    assert problem.ground_energy == pytest.approx(0.5)
    problem.plot(GateSequence(2))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "JSON"), ("[1]", "JSON object"), ('{"qubits": 2}', "terms"), ('{"terms": {}}', "qubits"),
        ('{"qubits": 2, "terms": {"XQ": 1}}', r"strings\[0\]"),
        ('{"qubits": 2, "terms": {"XX": "a"}}', "coefficients"),
    ],
)  # fmt: skip
def test_bad_files_are_named(tmp_path, content, message):
    path = tmp_path / "bad.json"
    path.write_text(content)
    with pytest.raises(ProblemError, match=message):
        GroundState.read(path)


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
