"""Shooting, finite differences and unsound elements: exact where they are, and wrong where they must be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.chemistry import (
    AtomFiniteElements,
    AtomShooting,
    ExponentialMesh,
    FiniteDifferences,
    PlainDiracElements,
    RadialFiniteElements,
    RadialShooting,
)
from classical.chemistry.grid_field import running
from classical.chemistry.plain_dirac import spurious_levels
from classical.chemistry.radial_grid import RadialGrid
from classical.chemistry.shooting_integration import adams_moulton
from problems.chemistry import Atom, RadialEigenproblem
from problems.chemistry.exact_levels import sommerfeld_level
from problems.conformance import check_solver
from problems.errors import ProblemError

ELEMENTS = RadialFiniteElements(30, ExponentialMesh(4, 10.0), 61)


def test_adams_moulton_weights_are_the_known_ones():
    assert adams_moulton(4) * 24 == pytest.approx([9, 19, -5, 1])
    assert adams_moulton(6) * 1440 == pytest.approx([475, 1427, -798, 482, -173, 27])
    known = [36799, 139849, -121797, 123133, -88547, 41499, -11351, 1375]
    assert adams_moulton(8) * 120960 == pytest.approx(known)


@given(st.floats(1.5, 4.0), st.sampled_from([4, 6, 8]))
@settings(max_examples=20)
def test_running_integrals_of_what_rises_from_zero(power, order):
    grid = RadialGrid.of(30.0, 1200, 1e5)
    r, weights = grid.r[1:], grid.stretch[1:]
    found = running(r**power * np.exp(-r) * weights, adams_moulton(order))
    from scipy.special import gamma, gammainc

    assert np.allclose(found, gammainc(power + 1, r) * gamma(power + 1), rtol=0, atol=1e-6)


@pytest.mark.parametrize(("equation", "bar"), [("schroedinger", 1e-10), ("dirac", 1e-7)])
def test_shooting_finds_the_exact_levels(equation, bar):
    result = RadialShooting().solve(RadialEigenproblem("coulomb", 80, equation, n_max=4))
    assert result.feasible
    assert result.objective < bar
    assert RadialShooting().solve(RadialEigenproblem.harmonic(equation, 3)).feasible


@pytest.mark.parametrize("order", [4, 6])
def test_shooting_errors_fall_with_the_order_of_the_steps(order):
    problem = RadialEigenproblem("coulomb", 10, n_max=3)
    coarse, fine = (RadialShooting(n, 1e4, order).solve(problem).objective for n in (600, 1200))
    assert coarse / fine > 0.6 * 2**order


def test_shooting_and_elements_find_the_same_atoms():
    for relativity in ("none", "dirac"):
        atom = Atom(10, relativity)
        shot, elements = AtomShooting().solve(atom), AtomFiniteElements().solve(atom)
        assert shot.feasible
        assert shot.solution.total_energy == pytest.approx(elements.solution.total_energy, abs=1e-8)
        energies = shot.solution.states.energies - elements.solution.states.energies
        assert np.max(np.abs(energies)) < 1e-7


def test_shooting_follows_states_that_the_box_alone_holds():
    """On its way iron's 3d shell is unbound; a small box lifts hydrogen's 3s above zero."""
    assert AtomShooting().solve(Atom(26)).status == "converged"
    box = RadialEigenproblem("coulomb", 1, wanted=((3, 0),), r_max=10.0)
    shot, elements = (solver.solve(box).solution.energies[0] for solver in (RadialShooting(), ELEMENTS))
    assert elements > 0
    assert shot == pytest.approx(elements, abs=1e-4)


def test_finite_differences_are_of_second_order():
    problem = RadialEigenproblem("coulomb", 1, n_max=2, r_max=40.0)
    coarse, fine = (FiniteDifferences(n, 1.0).solve(problem).objective for n in (600, 1200))
    assert 3.6 < coarse / fine < 4.4
    assert FiniteDifferences().solve(problem).objective < 1e-5


def test_first_order_dirac_elements_bring_one_spurious_level_to_each_positive_kappa():
    for kappa in (-3, -2, 2, 3):
        pairs = tuple((n, kappa) for n in range(max(-kappa, kappa + 1), 8))
        problem = RadialEigenproblem("coulomb", 92, "dirac", wanted=pairs)
        energies, _, _ = PlainDiracElements().spectrum(problem, kappa)
        exact = np.array([sommerfeld_level(n, kappa, 92) for n, _ in pairs])
        found = spurious_levels(energies[energies > -(137.0**2)], exact)
        assert len(found) == (kappa > 0)
        verdict = PlainDiracElements().solve(problem).evaluation
        assert verdict.feasible == (kappa < 0)


def test_linear_behaviour_at_the_nucleus_costs_all_accuracy():
    problem = RadialEigenproblem("coulomb", 92, "dirac", wanted=((1, -1),))
    assert PlainDiracElements(form="squared_linear").solve(problem).objective > 100


def test_batteries():
    check_solver(RadialShooting(300), RadialEigenproblem(n_max=2))
    check_solver(FiniteDifferences(300), RadialEigenproblem(n_max=2))
    small = PlainDiracElements(10, ExponentialMesh(4, 100.0), 21)
    check_solver(small, RadialEigenproblem(equation="dirac", n_max=1))
    check_solver(AtomShooting(RadialShooting(300), tolerance=1e-5), Atom(2))


def test_says_what_does_not_fit():
    assert "Dirac" in str(FiniteDifferences().unsuitable(RadialEigenproblem(equation="dirac")))
    assert "Dirac" in str(PlainDiracElements().unsuitable(RadialEigenproblem()))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: RadialShooting(points=601),
        lambda: RadialShooting(order=5),  # pyright: ignore[reportArgumentType]
        lambda: RadialShooting(grading=0.5),
        lambda: RadialShooting(tolerance=0.0),
        lambda: FiniteDifferences(points=601),
        lambda: PlainDiracElements(form="cubed"),  # pyright: ignore[reportArgumentType]
        lambda: AtomShooting(r_max=1.0),
        lambda: AtomShooting(mixing="pulay"),  # pyright: ignore[reportArgumentType]
    ],
)
def test_refuses_fields_out_of_range(wrong):
    with pytest.raises(ProblemError):
        wrong()
