"""Self-consistent atoms against published energies, theorems and each other."""

import numpy as np
import pytest
from scipy.special import gamma, gammainc, gammaincc

from classical.chemistry import AtomFiniteElements, ExponentialMesh, LinearMixing, PeriodicPulay
from classical.chemistry.mesh import QuadraturePoints
from classical.chemistry.poisson import PotentialPoisson, ScaledPoisson
from classical.chemistry.squared_dirac import WeightedPoints
from classical.chemistry.thomas_fermi import effective_charge
from problems.chemistry import Atom
from problems.chemistry.reference_energies import reference_decimals
from problems.conformance import check_solver
from problems.contract import NothingFound
from problems.errors import ProblemError


@pytest.mark.parametrize(
    ("charge", "relativity", "bar"),
    [(2, "none", 1e-8), (10, "none", 1e-8), (36, "none", 1e-8), (92, "none", 3e-8)]
    + [(1, "dirac", 1e-8), (10, "dirac", 1e-8), (18, "dirac", 1e-8)],
)
def test_total_energies_match_the_published_ones(charge, relativity, bar):
    problem = Atom(charge, relativity)
    result = AtomFiniteElements().solve(problem)
    assert result.status == "converged"
    assert result.feasible
    metrics = result.evaluation.metrics
    decimals = reference_decimals(charge, problem.relativistic)
    assert decimals is not None
    rounding = 0.5 * 10.0**-decimals
    assert abs(metrics["energy_error"]) < bar + rounding
    assert abs(metrics["reported_error"]) < bar
    assert abs(metrics["virial"]) < 1e-6
    assert metrics["charge_error"] < 1e-10
    assert metrics["orthonormality"] < 1e-9


@pytest.mark.parametrize("charge", [26, 66, 69])
def test_atoms_with_open_inner_shells_settle(charge):
    result = AtomFiniteElements().solve(Atom(charge))
    assert result.status == "converged"
    assert abs(result.evaluation.metrics["virial"]) < 1e-6
    assert abs(result.evaluation.metrics["energy_error"]) < 1.5e-6


@pytest.mark.slow
def test_uranium_relativistic():
    result = AtomFiniteElements().solve(Atom(92, "dirac"))
    assert abs(result.evaluation.metrics["energy_error"]) < 1e-7
    assert result.solution.states.energy(1, -1) == pytest.approx(-4223.4190205, abs=1e-6)
    assert result.solution.states.energy(7, -1) == pytest.approx(-0.1609472826, abs=1e-7)


def test_orbital_energies_of_neon():
    states = AtomFiniteElements().solve(Atom(10)).solution.states
    expected = {(1, 0): -30.3058546888, (2, 0): -1.3228085658, (2, 1): -0.4980341289}
    for pair, energy in expected.items():
        assert states.energy(*pair) == pytest.approx(energy, abs=1e-9)


def test_large_speed_of_light_gives_schroedingers_atom():
    slow = AtomFiniteElements(tolerance=1e-6).solve(Atom(10, "dirac", speed_of_light=2000.0)).solution
    ratio = (137.0359895 / 2000.0) ** 2
    difference = slow.total_energy - AtomFiniteElements().solve(Atom(10)).solution.total_energy
    assert difference == pytest.approx(ratio * (-128.336403251 + 128.23348127), rel=0.01)


def test_mixings_find_the_same_atom():
    energies = [
        AtomFiniteElements(mixing=mixing).solve(Atom(10)).solution.total_energy
        for mixing in (LinearMixing(0.5), PeriodicPulay(0.5, 4, 2))
    ]
    assert energies[0] == pytest.approx(energies[1], abs=1e-9)


def test_pulay_solves_a_linear_fixed_point_once_its_history_spans_the_space():
    rng = np.random.default_rng(5)
    matrix, shift = 0.4 * rng.normal(size=(3, 3)), rng.normal(size=3)
    mixing = PeriodicPulay(0.3, history=3, period=1)
    inputs, residuals, x = [], [], np.zeros(3)
    for _ in range(5):
        inputs.append(x)
        residuals.append(matrix @ x + shift - x)
        x = mixing.next_input(inputs, residuals)
    assert np.allclose(x, np.linalg.solve(np.eye(3) - matrix, shift), atol=1e-10)


def test_an_ion_and_an_excited_atom():
    ion = AtomFiniteElements().solve(Atom(3, occupations=(((1, 0), 2.0),), allow_ion=True))
    atom = AtomFiniteElements().solve(Atom(3))
    excited = AtomFiniteElements().solve(Atom(3, occupations=(((1, 0), 2.0), ((2, 1), 1.0))))
    assert ion.feasible
    assert excited.feasible
    assert atom.objective < excited.objective < ion.objective
    assert ion.solution.potential(np.array([60.0])) == pytest.approx(-1 / 60)
    assert ion.solution.potential(np.array([40.0])) == pytest.approx(-1 / 40, rel=1e-6)


def test_a_field_that_does_not_settle_says_so_and_keeps_its_best():
    result = AtomFiniteElements(iterations=4).solve(Atom(10))
    assert result.status == "failed"
    assert "did not settle in 4 iterations" in result.message
    assert len(result.history) == 4
    assert result.solution.iterations == 4


def test_no_time_finds_nothing():
    with pytest.raises(NothingFound):
        AtomFiniteElements().solve(Atom(10), time_limit=0.0)


@pytest.mark.parametrize("relativity", ["none", "dirac"])
def test_battery(relativity):
    small = AtomFiniteElements(14, ExponentialMesh(4, 100.0, 0.02), 29, 30.0, tolerance=1e-6)
    check_solver(small, Atom(2, relativity))


@pytest.mark.parametrize("power", [0.0, -0.3])
def test_poisson_of_charges_with_a_broken_power_at_the_nucleus(power):
    """4π r² n = r^s e^{−2r} has its potential in incomplete gamma functions."""
    ends, s = ExponentialMesh(7, 100.0, 0.005).ends(40.0), power + 2
    points = WeightedPoints.jacobi(ends, 41, power)
    r = points.r
    inside = gammainc(s + 1, 2 * r) * gamma(s + 1) / 2 ** (s + 1) / r
    exact = inside + gammaincc(s, 2 * r) * gamma(s) / 2**s
    charge = r**s * np.exp(-2 * r)
    assert np.allclose(ScaledPoisson.of(points).potential(charge), exact, rtol=0, atol=1e-9)
    if power == 0:
        smooth = QuadraturePoints.legendre(ends, 41)
        assert np.allclose(PotentialPoisson.of(smooth, 20).potential(charge), exact, rtol=0, atol=1e-11)


def test_thomas_fermi_falls_from_the_nucleus_to_one_charge():
    found = effective_charge(np.geomspace(1e-6, 100, 50), 92)
    assert found[0] == pytest.approx(92, rel=2e-2)
    assert np.all(np.diff(found) <= 1e-12)
    assert found[-1] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"degree": 1},
        {"degree": 30, "quadrature": 30},
        {"r_max": 4.0},
        {"tolerance": 0.0},
        {"iterations": 0},
        {"mixing": 0.5},
        {"mesh": ExponentialMesh(3, 10.0, 40.0)},
    ],
)
def test_refuses_fields_out_of_range(wrong):
    with pytest.raises(ProblemError):
        AtomFiniteElements(**wrong)


def test_mixing_refuses_what_never_settles():
    for wrong in (lambda: LinearMixing(0.0), lambda: PeriodicPulay(1.5), lambda: PeriodicPulay(history=0)):
        with pytest.raises(ProblemError):
            wrong()
