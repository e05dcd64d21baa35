"""High-order elements against exact levels, and what they refuse."""

import numpy as np
import pytest

from classical.chemistry import ExponentialMesh, RadialFiniteElements
from classical.chemistry.mesh import QuadraturePoints, exponential_ends
from classical.chemistry.squared_dirac import SquaredDiracElements, WeightedPoints
from problems.chemistry import RadialEigenproblem
from problems.chemistry.exact_levels import SPEED_OF_LIGHT, asymptotic_exponent, sommerfeld_level
from problems.conformance import check_solver
from problems.errors import ProblemError

KAPPAS = (-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5)
PAIRS = tuple((n, k) for k in KAPPAS for n in range(k + 1 if k > 0 else -k, 8))


def screened_nucleus(r):
    """−(1 + 9 e^{−r})/r, as a pseudo-atom has it."""
    return -(1 + 9 * np.exp(-r)) / r


def test_coulomb_levels_of_uranium_by_schroedinger():
    problem = RadialEigenproblem("coulomb", 92, n_max=7)
    result = RadialFiniteElements(26, ExponentialMesh(4, 200.0), 53).solve(problem)
    assert len(result.solution) == 28
    assert result.feasible
    assert result.objective < 1e-9
    assert result.evaluation.metrics["orthonormality"] < 1e-9


def test_coulomb_levels_of_uranium_by_dirac():
    problem = RadialEigenproblem("coulomb", 92, "dirac", wanted=PAIRS)
    result = RadialFiniteElements(23, ExponentialMesh(7, 100.0), 53).solve(problem)
    assert len(result.solution) == 47
    assert result.feasible
    assert result.objective < 5e-9
    assert result.evaluation.metrics["orthonormality"] < 1e-9


def test_light_atoms_keep_their_digits():
    problem = RadialEigenproblem("coulomb", 1, "dirac", n_max=2)
    result = RadialFiniteElements(25, ExponentialMesh(6, 600.0, 0.005), 64).solve(problem)
    assert result.objective < 1e-11


def test_harmonic_levels_by_both_equations():
    assert RadialFiniteElements().solve(RadialEigenproblem.harmonic(n_max=6)).objective < 1e-9
    published = {
        (1, -1): 1.4999950078, (2, 1): 2.4999351051, (3, -1): 5.4997154776, (3, 2): 3.4998752033,
        (4, -4): 4.4998951661, (7, -1): 13.4981983940,
    }  # fmt: skip
    problem = RadialEigenproblem("harmonic", 0.0, "dirac", wanted=tuple(published), r_max=10.0)
    states = RadialFiniteElements(23, ExponentialMesh(7, 100.0), 53).solve(problem).solution
    for (n, kappa), energy in published.items():
        assert states.energy(n, kappa) == pytest.approx(energy, abs=2e-9)


def test_a_potential_of_the_user():
    problem = RadialEigenproblem(screened_nucleus, 10.0, n_max=3)
    result = RadialFiniteElements(26, ExponentialMesh(6, 600.0), 53).solve(problem)
    finer = RadialFiniteElements(36, ExponentialMesh(6, 600.0), 73).solve(problem)
    assert np.allclose(result.solution.energies, finer.solution.energies, rtol=0, atol=1e-9)
    assert result.feasible
    assert result.objective < 1e-3
    heavy_light = RadialEigenproblem(screened_nucleus, 10.0, "dirac", n_max=3, speed_of_light=1e5)
    slow = RadialFiniteElements(26, ExponentialMesh(6, 600.0), 64, shift=0.0).solve(heavy_light).solution
    assert slow.energy(1, -1) == pytest.approx(finer.solution.energy(1, 0), abs=1e-4)


def test_errors_fall_exponentially_with_the_degree():
    problem = RadialEigenproblem("coulomb", 2, n_max=2, r_max=30.0)
    errors = [
        RadialFiniteElements(p, ExponentialMesh(3, 20.0), 2 * p + 1).solve(problem).objective
        for p in (6, 9, 12, 15)
    ]
    assert all(later < earlier / 8 for earlier, later in zip(errors, errors[1:], strict=False))


def test_without_the_asymptotic_exponent_heavy_levels_are_far_off():
    ends = ExponentialMesh(7, 100.0).ends(50.0)
    for exponent, low, high in ((None, 0.0, 1e-8), (1.0, 100.0, 300.0)):
        mesh = SquaredDiracElements(ends, 23, 53, 92, SPEED_OF_LIGHT, 500.0, exponent)
        channel = mesh.channel(-92 / mesh.points.r, -1, 1)
        assert low <= abs(channel.energies[0] - sommerfeld_level(1, -1, 92)) <= high


@pytest.mark.parametrize("power", [-0.5, 0.0, 1.3])
def test_weighted_points_integrate_broken_powers(power):
    points = WeightedPoints.jacobi(np.array([0.0, 0.5, 2.0]), 20, power)
    exact = 2.0 ** (power + 4) / (power + 4)
    assert points.integral(points.r ** (power + 3)) == pytest.approx(exact, rel=1e-12)
    assert np.sum(points.smooth * points.r**3) == pytest.approx(exact, rel=1e-12)


def test_meshes():
    ends = exponential_ends(0.0, 50.0, 4, 200.0)
    lengths = np.diff(ends)
    assert ends[0] == 0
    assert ends[-1] == 50
    assert lengths[-1] / lengths[0] == pytest.approx(200)
    assert np.allclose(np.diff(ExponentialMesh(5, 1.0).ends(10.0)), 2)
    assert np.allclose(ExponentialMesh(3, 9.0, 0.5).ends(10.5), [0, 0.5, 1.5, 10.5])
    points = QuadraturePoints.legendre(ends, 9)
    assert points.integral(points.r**3) == pytest.approx(50**4 / 4, rel=1e-12)


def test_a_deadline_leaves_nothing_or_a_part():
    check_solver(RadialFiniteElements(20, ExponentialMesh(3, 50.0), 41), RadialEigenproblem(n_max=2))
    check_solver(RadialFiniteElements(), RadialEigenproblem(equation="dirac", n_max=2))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: RadialFiniteElements(degree=1),
        lambda: RadialFiniteElements(degree=20, quadrature=20),
        lambda: RadialFiniteElements(shift=np.inf),
        lambda: ExponentialMesh(grading=0.0),
        lambda: ExponentialMesh(elements=0),
        lambda: ExponentialMesh(elements=1, first=0.1),
        lambda: ExponentialMesh(3, 10.0, 60.0).ends(50.0),
    ],
)
def test_refuses_fields_out_of_range(wrong):
    with pytest.raises(ProblemError):
        wrong()


def test_says_why_a_problem_does_not_fit():
    few = RadialFiniteElements(2, ExponentialMesh(2, 1.0), 5)
    assert "unknowns" in str(few.unsuitable(RadialEigenproblem(n_max=5)))
    wide = RadialFiniteElements(mesh=ExponentialMesh(3, 10.0, 6.0))
    assert "first element" in str(wide.unsuitable(RadialEigenproblem(r_max=5.5)))
    assert asymptotic_exponent(-1, 0.0) == 1
