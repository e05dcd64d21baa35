"""Forces of a molecule: the data, the judge, and the two sources of energies."""

import importlib.util
import sys
import types

import numpy as np
import pytest

from problems.equivariance import hartree_fock, three_body_potential
from problems.equivariance.hartree_fock import BOHR, HARTREE
from problems.equivariance.molecule import MoleculeForces
from problems.errors import MissingExtra, NothingFound, ProblemError
from problems.storage import load, save


def small(**changes):
    settings = {"count": 12, "training": 6, "validation": 3, "potential": "three_body", **changes}
    return MoleculeForces.ethanol(**settings)


class Exact:
    """The potential itself as a candidate."""

    def __init__(self, species):
        self.species = species

    def energy(self, positions):
        return three_body_potential.energies_and_forces(self.species, positions)[0]

    def forces(self, positions):
        return three_body_potential.energies_and_forces(self.species, positions)[1]


class Still(Exact):
    """No forces and no energy."""

    def energy(self, positions):
        return np.zeros(len(positions))

    def forces(self, positions):
        return np.zeros_like(positions)


class Wind(Still):
    """A force along x: neither equivariant nor a gradient of its energy."""

    def forces(self, positions):
        return np.broadcast_to([1.0, 0.0, 0.0], positions.shape)


def test_the_split_is_200_50_50():
    problem = MoleculeForces.ethanol(potential="three_body")
    assert problem.positions.shape == (300, 9, 3)
    assert (problem.training, problem.validation, len(problem.positions[problem.test])) == (200, 50, 50)


def test_the_truth_has_no_error():
    problem = small()
    verdict = problem.judge(Exact(problem.species))
    assert verdict.objective == 0.0
    assert verdict.metrics["energy_mae"] == 0.0
    assert verdict.metrics["equivariance_error"] < 1e-10
    assert verdict.metrics["gradient_error"] < 1e-5


def test_no_forces_err_by_the_mean_force_of_the_test_part():
    problem = small()
    expected = np.abs(problem.forces[9:]).mean()
    assert problem.judge(Still(problem.species)).objective == pytest.approx(expected)


def test_asymmetry_and_work_without_energy_are_seen():
    metrics = small().judge(Wind(None)).metrics
    assert metrics["equivariance_error"] > 0.5
    assert metrics["gradient_error"] > 0.05


def test_seeds_make_the_data():
    assert small(seed=1).digest == small(seed=1).digest != small(seed=2).digest


def test_displacements_have_the_deviation_asked_for():
    problem = MoleculeForces.ethanol(count=300, sigma=0.02, potential="three_body", seed=4)
    lengths = np.linalg.norm(problem.positions[:, 0] - problem.positions[:, 1], axis=1)
    assert lengths.std() == pytest.approx(0.02 * np.sqrt(2), rel=0.15)


def test_without_pyscf_it_says_that_it_takes_the_analytic_potential(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.warns(UserWarning, match="analytic three-body potential"):
        problem = small(potential="auto")
    assert problem.potential == "three_body"
    assert problem.digest == small().digest


def test_without_pyscf_hartree_fock_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyscf", None)
    monkeypatch.setitem(sys.modules, "pyscf.gto", None)
    with pytest.raises(MissingExtra, match="chemistry"):
        small(potential="hartree_fock")


class SpringField:
    """Stands in for a calculation: E = Σ |r|²/2 in Hartree with r in Bohr."""

    def __init__(self, molecule):
        self.molecule, self.converged = molecule, molecule["basis"] != "none"

    def kernel(self):
        return 0.5 * float(np.sum(self.places() ** 2))

    def places(self):
        assert self.molecule["unit"] == "Angstrom"
        return np.array([place for _, place in self.molecule["atom"]]) / BOHR

    def nuc_grad_method(self):
        return types.SimpleNamespace(kernel=self.places)


@pytest.fixture
def stand_in(monkeypatch):
    parent = types.ModuleType("pyscf")
    gto, scf = types.ModuleType("pyscf.gto"), types.ModuleType("pyscf.scf")
    vars(gto)["M"] = lambda **fields: fields
    vars(scf)["RHF"] = SpringField
    for module in (parent, gto, scf):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(hartree_fock.importlib.util, "find_spec", lambda name: parent)


def test_hartree_fock_is_asked_in_angstrom_and_answers_in_electronvolts(stand_in):
    problem = small(potential="auto")
    assert problem.potential == "hartree_fock"
    bohr = problem.positions / BOHR
    assert np.allclose(problem.energies, HARTREE * 0.5 * np.sum(bohr**2, axis=(1, 2)))
    assert np.allclose(problem.forces, -bohr * HARTREE / BOHR)
    # units fit together: forces are the slope of energies in eV per Å
    step = 1e-4 * np.ones_like(problem.positions)
    ahead, _ = hartree_fock.energies_and_forces(problem.species, problem.positions + step)
    behind, _ = hartree_fock.energies_and_forces(problem.species, problem.positions - step)
    assert np.allclose((behind - ahead) / 2e-4, problem.forces.sum(axis=(1, 2)), rtol=1e-6, atol=1e-6)


def test_a_calculation_that_does_not_converge_is_an_error(stand_in):
    problem = small()
    with pytest.raises(NothingFound, match="geometry 0"):
        hartree_fock.energies_and_forces(problem.species, problem.positions, basis="none")


def test_it_is_stored(tmp_path):
    problem = small()
    assert load(save(problem, tmp_path / "molecule.npz")).digest == problem.digest


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"count": 2}, "count"),
        ({"training": 0}, "training"),
        ({"training": 10, "validation": 2}, "training"),
        ({"sigma": 0.0}, "sigma"),
        ({"potential": "guess"}, "potential"),
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_settings_are_refused(changes, word):
    with pytest.raises(ProblemError, match=word):
        small(**changes)


class Misshapen(Still):
    def forces(self, positions):
        return np.zeros((len(positions), 2, 3))


class NotFinite(Still):
    def energy(self, positions):
        return np.full(len(positions), np.inf)


@pytest.mark.parametrize(
    ("bad", "word"), [(Misshapen(None), "shape"), (NotFinite(None), "energy"), (3.0, "force field")]
)
def test_bad_candidates_are_refused(bad, word):
    with pytest.raises(ProblemError, match=word):
        small().judge(bad)


def test_the_plot_names_its_axes():
    axes = small().plot(Still(None))
    assert "eV/Å" in axes.get_xlabel()
    assert "eV/Å" in axes.get_ylabel()
