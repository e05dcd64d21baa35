"""Files of Hamiltonians: published molecules where they are at hand, our own ones, damaged ones."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems.errors import ProblemError
from problems.ground_state import Gate, GateSequence, GroundState, NoiseModel
from problems.ground_state.files import read_ground_state, write_ground_state
from tests.claims.table import INSTANCES
from tests.problems.formats.fuzz import answers, damaged
from tests.problems.ground_state.drawing import random_noise

CHEM = INSTANCES / "chem"
PUBLISHED = {  # ground energy, energy of |0…0⟩, error of the best basis state in mHa, shift − Σ|c|, or ""
    "H2_2q_r0.7414": ("-1.137270", "0.459", "20.6", "-1.320446"),
    "H2_3q_r0.7414": ("-1.137270", "0.714", "20.6", "-1.983914"),
    "H2_4q_r0.70": ("-1.136189", "0.756", "18.8", "-1.990097"),
    "H2_4q_r0.7414": ("-1.137270", "0.714", "20.6", "-1.983914"),
    "LiH_4q_r1.2": ("-7.850698", "-7.240", "15.1", ""),
    "LiH_4q_r2.2": ("-7.844879", "-7.482", "36.9", ""),
    "LiH_4q_r3.4": ("-7.789089", "-7.527", "119.0", "-10.0718"),
    "LiH_6q_r2.2": ("-7.844879", "-6.895", "36.9", "-10.134828"),
    "H2O_8q_bohr": ("-73.294107", "-66.200", "2.63", "-77.891067"),
    "H2O_8q_angstrom": ("-74.972336", "-68.827", "7.81", ""),
}
PLAIN = {"qubits": 2, "terms": {"XZ": 0.5, "ZI": 1.0}}


def as_published(value: float, figure: str) -> str:
    """The value with as many decimals as the published figure has."""
    return f"{value:.{len(figure.partition('.')[2])}f}"


@pytest.mark.skipif(not CHEM.exists(), reason="the molecules' files are not at hand")
@pytest.mark.parametrize("path", sorted(CHEM.glob("*.json")), ids=lambda path: path.stem)
def test_files_of_molecules_are_read_as_published(path):
    problem, known = GroundState.read(path), json.loads(path.read_text())["reference"]
    assert problem.name == path.stem
    assert problem.reference == known["E0"]
    assert problem.ground_energy == pytest.approx(known["E0"], abs=1e-8)
    zero = problem.judge(GateSequence(problem.n)).objective
    assert zero == pytest.approx(known["zero_state_energy"], abs=1e-8)
    flips = tuple(Gate("rx", (int(q),), None, np.pi) for q in np.flatnonzero(problem.starting_bits))
    best = problem.judge(GateSequence(problem.n, flips))
    assert best.objective == pytest.approx(known["best_basis_energy"], abs=1e-8)
    if path.stem in PUBLISHED:
        energy, start, error, bound = PUBLISHED[path.stem]
        assert as_published(problem.ground_energy, energy) == energy
        assert as_published(zero, start) == start
        assert as_published(float(best.metrics["error_in_thousandths"]), error) == error
        if bound:
            assert as_published(problem.lower_bound, bound) == bound


@pytest.mark.skipif(not CHEM.exists(), reason="the molecules' files are not at hand")
def test_a_molecule_with_its_qubits_reversed_is_found_out(tmp_path):
    content = json.loads((CHEM / "LiH_4q_r2.2.json").read_text())
    content["terms"] = {string[::-1]: value for string, value in content["terms"].items()}
    path = tmp_path / "reversed.json"
    path.write_text(json.dumps(content))
    with pytest.raises(ProblemError, match=r"^reversed.json, reference, best_basis_energy is -7.80"):
        GroundState.read(path)


@given(n=st.integers(1, 4), seed=st.integers(0, 10**6), mode=st.sampled_from(["measured", "state_flip"]))
def test_what_is_written_reads_back_as_it_is(tmp_path_factory, n, seed, mode):
    drawn = GroundState.random(n, 6, seed)
    line = tuple((k, k + 1) for k in range(n - 1))
    problem = GroundState(
        drawn.hamiltonian, 0.1 * seed, "name", drawn.lower_bound + 0.1 * seed + 0.3,
        random_noise(n, seed, mode), line, ("cx", "rx"),
    )  # fmt: skip
    path = write_ground_state(problem, tmp_path_factory.mktemp("own") / "own.json")
    assert read_ground_state(path).digest == problem.digest
    drawn.write(path)
    assert GroundState.read(path).digest == drawn.digest


def test_a_file_by_hand_needs_qubits_and_terms(tmp_path):
    path = tmp_path / "hand.json"
    path.write_text(
        json.dumps({**PLAIN, "reference": {"E0": -1.1}, "noise": {"readout": 0.1}, "author": "me"})
    )
    problem = GroundState.read(path)
    assert problem.name == "hand"
    assert problem.hamiltonian.strings == ("XZ", "ZI")
    assert problem.ground_energy == pytest.approx(-np.sqrt(1.25))
    assert problem.reference == -1.1
    assert problem.noise == NoiseModel(readout=0.1)
    path.write_text(json.dumps({**PLAIN, "reference": -1.1}))
    assert GroundState.read(path).reference == -1.1


def test_a_missing_file_says_what_the_system_says(tmp_path):
    with pytest.raises(ProblemError, match="No such file"):
        GroundState.read(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("{", "line 1 is .*expected JSON"),
        ("[1]", r"the content is \[1\]; expected a JSON object"),
        ('{"terms": {"X": 1}}', "qubits is None"),
        ('{"qubits": true, "terms": {"X": 1}}', "qubits is True"),
        ('{"qubits": 2}', "terms is missing"),
        ('{"qubits": 2, "terms": ["XX"]}', "terms is"),
        ('{"qubits": 2, "terms": {}}', "terms is empty"),
        ('{"qubits": 2, "terms": {"XQ": 1}}', r"strings\[0\] is XQ"),
        ('{"qubits": 2, "terms": {"XX": 1, "XYZ": 1}}', r"strings\[1\] is XYZ; expected 2 letters"),
        ('{"qubits": 2, "terms": {"XX": "a"}}', "terms, XX is a"),
        ('{"qubits": 2, "terms": {"XX": NaN}}', "terms, XX is nan"),
        ('{"qubits": 2, "terms": {"XX": [0, 1]}}', "terms, XX"),
        ('{"qubits": 2, "terms": {"XX": 1, "XX": 2}}', "the key 'XX' is given twice"),
        ('{"qubits": 1, "terms": {"X": 1' + "0" * 5000 + "}}", "terms, X is inf"),
        ('{"a":' + "[" * 100_000, "the JSON is nested too deeply"),
        (json.dumps({**PLAIN, "energy_shift": "1"}), "energy_shift is 1"),
        (json.dumps({**PLAIN, "name": 3}), "name is 3; expected a text"),
        (json.dumps({**PLAIN, "reference": {"E0": "low"}}), "reference is low"),
        (json.dumps({**PLAIN, "reference": -2}), "reference is -2"),
        (
            json.dumps({**PLAIN, "reference": {"zero_state_energy": 0.9}}),
            "reference, zero_state_energy is 0.9; expected 1,",
        ),
        (
            json.dumps({**PLAIN, "reference": {"lower_bound": -1}}),
            "reference, lower_bound is -1; expected -1.5,",
        ),
        (
            json.dumps({**PLAIN, "reference": {"best_basis_state": "1"}}),
            "reference, best_basis_state is 1; expected 2 zeros",
        ),
        (
            json.dumps({**PLAIN, "reference": {"best_basis_state": "01", "best_basis_energy": -1}}),
            "reference, best_basis_energy is -1; expected 1,",
        ),
        (json.dumps({**PLAIN, "couplings": [[0, 2]]}), r"couplings\[0\] is 2"),
        (json.dumps({**PLAIN, "gate_set": [["cx"]]}), r"gate_set\[0\]"),
        (json.dumps({**PLAIN, "noise": {"readout": [[0.1], [0.1, 0.2]]}}), r"readout\[0\]"),
        (json.dumps({"qubits": 1, "terms": {"X": 1e308, "Z": 1e308}}), "hamiltonian is Σ|c|"),
        (json.dumps({**PLAIN, "gate_set": ["cy"]}), r"gate_set\[0\] is cy"),
        (json.dumps({**PLAIN, "noise": 0.1}), "noise is 0.1; expected a JSON object"),
        (json.dumps({**PLAIN, "noise": {"t1": 0.1}}), "noise, t1 is no key of it"),
        (json.dumps({**PLAIN, "noise": {"pair": {"p": 0.1}}}), "noise, pair, p is no key of it"),
        (json.dumps({**PLAIN, "noise": {"pair": {"depolarizing": 2}}}), "depolarizing is 2"),
        (json.dumps({**PLAIN, "noise": {"readout": [0.1]}}), "noise is for 1 qubits"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bad_files_are_named(tmp_path, content, named):
    path = tmp_path / "bad.json"
    path.write_text(content)
    with pytest.raises(ProblemError, match=f"^bad.json, {named}"):
        GroundState.read(path)


def test_a_damaged_file_is_an_answer_or_a_sentence(tmp_path):
    everything = GroundState(
        GroundState.random(3).hamiltonian,
        0.5,
        "all",
        -1.5,
        random_noise(3, 1),
        ((0, 1), (1, 2)),
        ("cx", "ry"),
    )
    files = [
        everything.write(tmp_path / "0").read_bytes(),
        GroundState.random(4).write(tmp_path / "1").read_bytes(),
    ]
    stated = {"E0": -1.2, "best_basis_state": "01", "best_basis_energy": 1.0, "lower_bound": -1.5}
    files.append(json.dumps({**PLAIN, "reference": stated}).encode())
    path, count = tmp_path / "damaged.json", 0
    for number in range(300):
        count += answers(path, damaged(tuple(files), tuple(files), number), lambda: GroundState.read(path))
    assert 0 < count < 300
