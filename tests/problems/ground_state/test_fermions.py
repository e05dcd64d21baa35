"""Electrons on qubits: against matrices over occupations and other makers; the qubits that are saved."""

import itertools
import sys
import types

import numpy as np
import pennylane as qml
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.errors import MissingExtra, NothingFound, ProblemError
from problems.ground_state import GroundState, Orbitals
from tests.claims.table import INSTANCES

BOHR = 0.529177210903  # angstrom


def drawn_integrals(m, seed):
    """Integrals over real orbitals with all their symmetries."""
    rng = np.random.default_rng(seed)
    one, two = rng.normal(size=(m, m)), 0.3 * rng.normal(size=(m,) * 4)
    one, two = one + one.T, two + two.transpose(1, 0, 2, 3)
    two = two + two.transpose(0, 1, 3, 2)
    return one, two + two.transpose(2, 3, 0, 1)


def over_occupations(one, two, place):
    """H ``[4^m, 4^m]`` by creating and annihilating in occupation numbers; bit k is spin orbital k."""
    m, size = len(one), 4 ** len(one)
    ladders = []
    for k in range(2 * m):
        matrix = np.zeros((size, size))
        for state in range(size):
            if state >> k & 1:
                matrix[state ^ 1 << k, state] = (-1) ** (state & ((1 << k) - 1)).bit_count()
        ladders.append(matrix)
    down = [[ladders[place[spin][p]] for p in range(m)] for spin in (0, 1)]
    total = np.zeros((size, size))
    for p, q in itertools.product(range(m), repeat=2):
        for spin in (0, 1):
            total += one[p, q] * down[spin][p].T @ down[spin][q]
    for p, q, r, s in itertools.product(range(m), repeat=4):
        for a, b in itertools.product((0, 1), repeat=2):
            total += 0.5 * two[p, q, r, s] * down[a][p].T @ down[b][r].T @ down[b][s] @ down[a][q]
    return total


def places(m, spins):
    return np.arange(2 * m).reshape(2, m) if spins == "blocked" else np.arange(2 * m).reshape(m, 2).T


@pytest.mark.parametrize("spins", ["blocked", "interleaved"])
@pytest.mark.parametrize("m", [1, 2, 3])
def test_jordan_and_wigner_keep_every_matrix_element(m, spins):
    one, two = drawn_integrals(m, seed=m)
    problem = GroundState.from_integrals(one, two, 1, Orbitals(spins=spins))
    np.testing.assert_allclose(
        problem.hamiltonian.matrix(), over_occupations(one, two, places(m, spins)), atol=1e-11
    )


@settings(max_examples=8, deadline=None)
@given(m=st.integers(2, 3), pairs=st.integers(0, 2), seed=st.integers(0, 999))
def test_parities_keep_the_levels_of_their_sector(m, pairs, seed):
    one, two = drawn_integrals(m, seed)
    reduced = GroundState.from_integrals(one, two, pairs, Orbitals(mapping="parity"))
    assert reduced.n == 2 * m - 2
    whole = over_occupations(one, two, places(m, "blocked"))
    up = np.bitwise_count(np.arange(4**m) & ((1 << m) - 1)) % 2
    both = np.bitwise_count(np.arange(4**m)) % 2
    sector = np.flatnonzero((up == pairs % 2) & (both == 0))
    expected = np.linalg.eigvalsh(whole[np.ix_(sector, sector)])
    np.testing.assert_allclose(np.linalg.eigvalsh(reduced.hamiltonian.matrix()), expected, atol=1e-10)


def test_frozen_orbitals_leave_the_levels_in_which_they_are_full():
    one, two = drawn_integrals(3, seed=5)
    kept = GroundState.from_integrals(one, two, 2, Orbitals(frozen=(1,), active=(0, 2)), energy_shift=0.5)
    # the same Hamiltonian over all orbitals, between states in which orbital 1 holds both its electrons
    whole, place = over_occupations(one, two, places(3, "blocked")), places(3, "blocked")
    full = (1 << place[0][1]) | (1 << place[1][1])
    inside = [state for state in range(64) if state & full == full]
    block = whole[np.ix_(inside, inside)] + 0.5 * np.eye(16)
    ours = kept.hamiltonian.matrix() + kept.energy_shift * np.eye(16)
    np.testing.assert_allclose(np.linalg.eigvalsh(ours), np.linalg.eigvalsh(block), atol=1e-11)


@pytest.fixture(scope="module")
def hydrogen():
    """PennyLane's hydrogen, and its integrals in chemists' order."""
    molecule = qml.qchem.Molecule(["H", "H"], np.array([[0, 0, 0], [0, 0, 0.7414 / BOHR]]))
    core, one, two = qml.qchem.electron_integrals(molecule)()
    return molecule, float(np.sum(core)), np.array(one), np.swapaxes(np.array(two), 1, 3)


def test_integrals_give_the_molecule_that_pennylane_makes(hydrogen):
    molecule, core, one, two = hydrogen
    theirs = GroundState.from_pennylane(molecule)
    ours = GroundState.from_integrals(one, two, 1, Orbitals(spins="interleaved"), energy_shift=core)
    shifted = ours.hamiltonian.matrix() + ours.energy_shift * np.eye(16)
    np.testing.assert_allclose(shifted, theirs.hamiltonian.matrix(), atol=1e-10)
    assert ours.ground_energy == pytest.approx(-1.1372701747, abs=1e-8)  # full configuration interaction


@pytest.mark.parametrize("name", ["H2_2q_r0.7414", "H2_4q_r0.7414"])
def test_hydrogen_is_the_published_hamiltonian(hydrogen, name):
    path = INSTANCES / "chem" / f"{name}.json"
    if not path.exists():
        pytest.skip(f"{name} is not at hand")
    _, core, one, two = hydrogen
    published = GroundState.read(path)
    options = {2: Orbitals(mapping="parity"), 4: Orbitals()}[published.n]
    ours = GroundState.from_integrals(one, two, 1, options, energy_shift=core)
    levels = [np.linalg.eigvalsh(p.hamiltonian.matrix()) + p.energy_shift for p in (ours, published)]
    np.testing.assert_allclose(*levels, atol=1e-6)


def test_hydrogen_by_pyscf():
    pytest.importorskip("pyscf", reason='the extra "chemistry" is not installed')
    problem = GroundState.from_geometry("H 0 0 0; H 0 0 0.7414", orbitals=Orbitals(mapping="parity"))
    assert problem.n == 2
    assert problem.ground_energy == pytest.approx(-1.1372701747, abs=1e-7)
    assert problem.name == "H 0 0 0; H 0 0 0.7414 in sto-3g"


def test_lithium_hydride_by_pyscf():
    pytest.importorskip("pyscf", reason='the extra "chemistry" is not installed')
    active = Orbitals(frozen=(0,), active=(1, 2, 5), mapping="parity")
    problem = GroundState.from_geometry("Li 0 0 0; H 0 0 2.2", orbitals=active)
    assert problem.n == 4
    assert problem.ground_energy == pytest.approx(-7.844879, abs=1e-5)


def stand_in(monkeypatch, one, two, electrons=2, converged=True):
    """PySCF in name: a molecule of given integrals over orbitals that are turned by a right angle."""
    turned = np.array([[0.0, 1.0], [-1.0, 0.0]])
    seen = {}

    class Mole:
        nelectron = electrons

        def build(self, **options):
            seen.update(options)

        def energy_nuc(self):
            return 0.7

    class Field:
        mo_coeff = turned

        def __init__(self, atoms):
            self.converged = False

        def kernel(self):
            self.converged = converged

        def get_hcore(self):
            return turned @ one @ turned.T

    packed = types.SimpleNamespace(kernel=lambda atoms, c: two, restore=lambda symmetry, eri, m: eri)
    made = types.ModuleType("pyscf")
    made.gto, made.ao2mo = types.SimpleNamespace(Mole=Mole), packed  # pyright: ignore
    made.scf = types.SimpleNamespace(RHF=Field)  # pyright: ignore
    monkeypatch.setitem(sys.modules, "pyscf", made)
    return seen


def test_what_pyscf_computes_is_put_together(monkeypatch, hydrogen):
    _, _, one, two = hydrogen
    seen = stand_in(monkeypatch, one, two)
    problem = GroundState.from_geometry("H 0 0 0; H 0 0 1.4", unit="bohr", name="H2")
    expected = GroundState.from_integrals(one, two, 1, energy_shift=0.7, name="H2")
    np.testing.assert_allclose(problem.hamiltonian.matrix(), expected.hamiltonian.matrix(), atol=1e-12)
    assert (problem.energy_shift, problem.name) == (0.7, "H2")
    assert (seen["unit"], seen["spin"], seen["parse_arg"]) == ("bohr", None, False)
    stand_in(monkeypatch, one, two, electrons=3)
    with pytest.raises(ProblemError, match="pairs the electrons, which are 3"):
        GroundState.from_geometry("H 0 0 0")
    stand_in(monkeypatch, one, two, converged=False)
    with pytest.raises(NothingFound, match="did not converge"):
        GroundState.from_geometry("H 0 0 0")


def test_a_missing_pyscf_is_said_in_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyscf", None)
    with pytest.raises(MissingExtra, match='needs the extra "chemistry"'):
        GroundState.from_geometry("H 0 0 0; H 0 0 0.74")


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda one, two: GroundState.from_integrals(one[:1], two, 1), "the shape of one"),
        (lambda one, two: GroundState.from_integrals(one[:1, :1], two, 1), "the shape of two"),
        (lambda one, two: GroundState.from_integrals(np.triu(one), two, 1), "one is .*transpose"),
        (lambda one, two: GroundState.from_integrals(one, two.transpose(0, 2, 1, 3), 1), "chemists' order"),
        (lambda one, two: GroundState.from_integrals(one, two, 4), "pairs is 4"),
        (lambda one, two: GroundState.from_integrals(one, two, 0, Orbitals(frozen=(0,))), "pairs is 0"),
        (lambda one, two: GroundState.from_integrals(one, two, 1, Orbitals(active=(3,))), "orbitals is"),
        (lambda one, two: GroundState.from_integrals(one, two, 1, Orbitals(frozen=(0, 1, 2))), "orbitals is"),
        (lambda one, two: GroundState.from_integrals(one, two, 1, "parity"), "orbitals is str"),
        (lambda one, two: GroundState.from_integrals(
            one, two, 1, Orbitals(active=(0,), mapping="parity")), "two orbitals"),
        (lambda one, two: Orbitals(frozen=(1,), active=(1, 2)), "active is"),
        (lambda one, two: Orbitals(active=()), "active is"),
        (lambda one, two: Orbitals(mapping="bravyi_kitaev"), "mapping is"),
        (lambda one, two: Orbitals(mapping="parity", spins="interleaved"), "spins is"),
        (lambda one, two: GroundState.from_geometry("H 0 0 0", unit="metre"), "unit is"),
    ],
)  # fmt: skip
def test_bad_input_is_named(build, named):
    with pytest.raises(ProblemError, match=named):
        build(*drawn_integrals(3, 0))
