"""The atom and its judge: closed-form energies of given orbitals, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from problems.chemistry import Atom, AtomicStructure
from problems.chemistry.atom_audit import AtomAudit
from problems.chemistry.exact_levels import SPEED_OF_LIGHT, asymptotic_exponent, sommerfeld_level
from problems.chemistry.exchange_correlation import exchange_correlation
from problems.chemistry.piecewise_polynomial import PiecewisePolynomial
from problems.chemistry.reference_energies import reference_decimals, reference_energy
from problems.conformance import check_problem
from problems.errors import ProblemError
from tests.problems.chemistry.exact_functions import NODES, hydrogenic, on_elements, relativistic_ground_state


def helium_of(exponent, electrons=2.0):
    """Two electrons in one hydrogen-like orbital, in the very potential of their density."""
    states = hydrogenic(exponent, ((1, 0),))
    ends = states.large.ends

    def screened(r):
        density = electrons * exponent**3 / np.pi * np.exp(-2 * exponent * r)
        hartree = electrons * (1 - (1 + exponent * r) * np.exp(-2 * exponent * r))
        near = electrons * exponent
        hartree = np.where(r > 0, hartree / np.maximum(r, 1e-300), near)
        return hartree + exchange_correlation(density)[1]

    field = PiecewisePolynomial(ends, NODES[None], on_elements(ends, screened))
    return AtomicStructure(states, np.array([electrons]), 2, field, 0.0)


def test_energies_of_hydrogen_like_orbitals_are_exact():
    zeta = 1.7
    audit = AtomAudit.of(helium_of(zeta), SPEED_OF_LIGHT)
    assert audit.kinetic_energy == pytest.approx(zeta**2, rel=1e-12)
    assert audit.nuclear_energy == pytest.approx(-4 * zeta, rel=1e-12)
    assert audit.hartree_energy == pytest.approx(5 / 4 * zeta, rel=1e-12)
    assert audit.electrons == pytest.approx(2, rel=1e-12)
    assert audit.potential_residual < 1e-8
    r = audit.grid.r.ravel()
    exact = 2 * (1 - (1 + zeta * r) * np.exp(-2 * zeta * r)) / r
    assert np.allclose(audit.hartree.ravel(), exact, rtol=0, atol=1e-9)


def test_virial_is_what_stretching_the_orbital_costs():
    """E(ζ) of a scaled density obeys ζ dE/dζ = 2 T + E_en + E_H − ∫ n r V_xc' for any local functional."""
    zeta, step = 1.6, 1e-3
    low, high = (AtomAudit.of(helium_of(zeta + s), SPEED_OF_LIGHT).total_energy for s in (-step, step))
    virial = AtomAudit.of(helium_of(zeta), SPEED_OF_LIGHT).virial
    assert abs(virial) > 0.1
    assert virial == pytest.approx(zeta * (high - low) / (2 * step), rel=1e-5)


def test_relativistic_parts_are_exact():
    charge, c = 80, SPEED_OF_LIGHT
    states = relativistic_ground_state(charge, c)
    nothing = PiecewisePolynomial(states.large.ends, NODES[None], np.zeros((6, len(NODES))))
    audit = AtomAudit.of(AtomicStructure(states, np.array([1.0]), charge, nothing, 0.0), c)
    beta = asymptotic_exponent(-1, charge, c)
    assert audit.nuclear_energy == pytest.approx(-(charge**2) / beta, rel=1e-11)
    kinetic = sommerfeld_level(1, -1, charge, c) + charge**2 / beta
    assert audit.kinetic_energy == pytest.approx(kinetic, rel=1e-11)
    bare = audit.virial - audit.hartree_energy + audit._exchange_force
    assert abs(bare) < 1e-8 * charge**2


def test_judge_counts_what_is_wrong():
    problem = Atom(2)
    verdict = problem.judge(helium_of(1.7))
    assert verdict.feasible
    assert verdict.objective > -2.834
    assert verdict.metrics["energy_error"] == verdict.objective + 2.83483562
    wrong = problem.judge(helium_of(1.7, electrons=1.5))
    assert wrong.violations["wrong_shells"] == 1
    assert wrong.violations["charge_error"] == pytest.approx(0.5)
    off = replace(
        helium_of(1.7), screened=replace(helium_of(1.5).screened, ends=helium_of(1.7).screened.ends)
    )
    assert problem.judge(off).violations["potential_residual"] > 0.01


def test_beyond_the_last_element_the_ion_remains():
    far = np.array([100.0])
    assert helium_of(1.7, electrons=1.5).potential(far) == pytest.approx(-0.5 / 100)


def test_a_picture_has_its_units():
    axes = Atom(2).plot(helium_of(1.7))
    assert "Bohr" in axes.get_xlabel()
    assert len(axes.lines) == 2


def test_battery():
    check_problem(Atom(2), helium_of(1.7))


def test_references_hold_for_ground_states_alone():
    assert Atom(92, "dirac").reference == reference_energy(92, True)
    assert Atom(92).reference == pytest.approx(-25658.417889, abs=1e-6)
    assert Atom(3, "dirac").reference is None
    assert reference_decimals(3, True) is None
    assert Atom(10, speed_of_light=137.036).reference is None
    assert Atom(2, occupations=(((1, 0), 1.0), ((2, 0), 1.0))).reference is None
    assert Atom(2, occupations=(((1, 0), 2.0),)).reference == Atom(2).reference


def test_listed_energies_fall_from_atom_to_atom_and_relativity_binds_the_heavy():
    energies = np.array([reference_energy(z, False) for z in range(1, 93)])
    assert np.all(np.diff(energies) < 0)
    for z in (10, 18, 36, 54, 92):
        assert reference_energy(z, True) < energies[z - 1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"charge": 0},
        {"charge": 93},
        {"charge": 2.5},
        {"relativity": "full"},
        {"exchange_correlation": "pbe"},
        {"speed_of_light": -1.0},
        {"charge": 92, "relativity": "dirac", "speed_of_light": 90.0},
        {"charge": 2, "occupations": (((1, 0), 1.0),)},
        {"charge": 3, "occupations": (((1, 0), 3.0),)},
        {"charge": 2, "occupations": (((1, 1), 2.0),)},
        {"charge": 2, "occupations": (((1, 0), 1.0), ((1, 0), 1.0))},
        {"charge": 2, "occupations": (), "allow_ion": True},
    ],
)
def test_refuses_what_is_no_atom(wrong):
    with pytest.raises(ProblemError):
        Atom(**wrong)


def test_ions_must_be_wanted():
    assert Atom(2, occupations=(((1, 0), 1.0),), allow_ion=True).electrons == 1


def test_judge_refuses_another_atom():
    with pytest.raises(ProblemError, match="charge"):
        Atom(3).judge(helium_of(1.7))
    with pytest.raises(ProblemError, match="equation"):
        Atom(2, "dirac").judge(helium_of(1.7))
