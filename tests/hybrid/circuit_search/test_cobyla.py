"""COBYLA on angles: minima of one and of many angles, beside SciPy's, and within its budget."""

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.optimize import minimize

from hybrid.circuit_search import CobylaDescent
from hybrid.circuit_search.setting import Setting
from problems.errors import ProblemError
from problems.ground_state import Gate, GroundState
from tests.hybrid.circuit_search.cases import HYDROGEN, LOPSIDED, legal_circuits


def trained(optimizer, setting, actions, angles, fresh=-1):
    growth = setting.growth()
    growth.rebuild(actions, angles, 0.0)
    used = optimizer.train(growth, fresh, np.random.default_rng(0))
    return growth, used


@settings(max_examples=30, deadline=None)
@given(legal_circuits())
def test_it_never_ends_above_its_start_and_says_what_it_reached(case):
    setting, actions, angles = case
    energies = setting.energies
    growth, used = trained(CobylaDescent(60), setting, actions, angles)
    reached = energies.energy(actions, growth.angles[: growth.width])
    assert growth.energy == pytest.approx(reached, abs=1e-12)
    assert reached <= energies.energy(actions, angles) + 1e-12
    assert 1 <= used <= 60


def test_one_angle_goes_to_its_minimum_from_a_point_without_slope():
    setting = Setting.of(LOPSIDED, 4)
    turn = setting.energies.alphabet.action(Gate("rx", (1,)))
    growth, used = trained(CobylaDescent(), setting, [turn], np.zeros(1), 0)
    grid = [setting.energies.energy(np.array([turn]), np.array([a])) for a in np.linspace(-np.pi, np.pi, 721)]
    assert growth.energy <= min(grid) + 1e-6
    assert used < 60


def test_a_circuit_without_angles_costs_one_energy():
    setting = Setting.of(HYDROGEN, 4)
    growth, used = trained(CobylaDescent(), setting, [0], np.zeros(0))
    assert used == 1
    assert growth.energy == pytest.approx(setting.energies.energy(np.array([0]), np.zeros(0)))


def test_it_reaches_what_scipy_reaches():
    problem = GroundState.random(4, 10, seed=3)
    setting, ours, theirs = Setting.of(problem, 10), [], []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        actions = setting.random_actions(7, rng)
        start = rng.uniform(-np.pi, np.pi, setting.width(actions))

        def energy(x, actions=actions):
            return setting.energies.energy(actions, x)

        found = minimize(energy, start, method="COBYLA", tol=1e-4, options={"maxiter": 150, "rhobeg": 1.0})
        growth, _ = trained(CobylaDescent(150), setting, actions, start)
        ours.append(growth.energy)
        theirs.append(found.fun)
    # of the same method: most circuits end at the same minimum, none far above
    assert np.sum(np.abs(np.array(ours) - theirs) < 1e-3) >= 3
    assert np.median(np.array(ours) - theirs) < 1e-2


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_small_budgets_are_kept(limit):
    setting = Setting.of(LOPSIDED, 8)
    actions = setting.random_actions(8, np.random.default_rng(1))
    _, used = trained(CobylaDescent(limit), setting, actions, np.ones(setting.width(actions)))
    assert used == limit


@pytest.mark.parametrize(
    "fields", [{"evaluations": 0}, {"radius": 0.0}, {"least": -1.0}, {"least": 2.0}], ids=str
)
def test_fields_are_checked(fields):
    with pytest.raises(ProblemError, match=next(iter(fields))):
        CobylaDescent(**fields)
