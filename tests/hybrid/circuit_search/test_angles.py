"""Energies, slopes, exact minima of one angle, descents and shots."""

import numpy as np
import pytest
from hypothesis import given, settings

from hybrid.circuit_search import ExactDescent, ShotDescent
from hybrid.circuit_search import descent_kernels as kernels
from hybrid.circuit_search.batch_training import Candidate, train_candidates
from hybrid.circuit_search.energies import plain_turns
from hybrid.circuit_search.setting import Setting
from problems.errors import ProblemError
from tests.hybrid.circuit_search.cases import HYDROGEN, LOPSIDED, legal_circuits


def gate_of(setting, kind, *qubits):
    from problems.ground_state import Gate

    return setting.energies.alphabet.action(Gate(kind, qubits))


@settings(max_examples=40)
@given(legal_circuits())
def test_energies_are_the_judges_and_slopes_are_differences(case):
    setting, actions, angles = case
    energies = setting.energies
    judged = energies.problem.judge(energies.alphabet.circuit(actions, angles)).objective
    assert energies.energy(actions, angles) == pytest.approx(judged, abs=1e-12)
    gates, width = energies.gates(actions)
    slope, turns = np.empty(width), plain_turns(len(actions))
    level = kernels.energy_and_slope(gates, turns, angles, energies.groups, energies.size, slope)
    assert level + energies.problem.energy_shift == pytest.approx(judged, abs=1e-12)
    for k in range(width):
        step = np.zeros(width)
        step[k] = np.pi / 2  # the shift rule is exact for one rotation
        difference = energies.energy(actions, angles + step) - energies.energy(actions, angles - step)
        assert slope[k] == pytest.approx(difference / 2, abs=1e-10)


@settings(max_examples=30)
@given(legal_circuits())
def test_one_angle_goes_to_its_exact_minimum(case):
    setting, actions, angles = case
    energies = setting.energies
    gates, width = energies.gates(actions)
    for k in range(width):
        x = angles.copy()
        kernels.rotosolve(gates, plain_turns(len(gates)), x, k, energies.groups, energies.size)
        grid = np.repeat(angles[None], 73, axis=0)
        grid[:, k] = np.linspace(-np.pi, np.pi, 73)
        least = min(energies.energy(actions, row) for row in grid)
        assert energies.energy(actions, x) <= least + 1e-12
        assert np.array_equal(np.delete(x, k), np.delete(angles, k))


def test_a_slope_alone_never_leaves_a_basis_state_and_the_exact_minimum_does():
    setting = Setting.of(LOPSIDED, 6)
    turn = gate_of(setting, "rx", 1)
    still, growth = setting.growth(), setting.growth()
    gates, _ = setting.energies.gates(np.array([turn], dtype=np.int16))
    slope = np.empty(1)
    kernels.energy_and_slope(
        gates, plain_turns(1), np.zeros(1), setting.energies.groups, setting.energies.size, slope
    )
    descent = ExactDescent(kick=0.0)
    descent.train(growth, growth.place(turn), np.random.default_rng(0))
    exact = min(
        setting.energies.energy(np.array([turn]), np.array([x])) for x in np.linspace(-np.pi, np.pi, 2001)
    )
    assert growth.energy <= exact + 1e-6
    flat = Setting.of(HYDROGEN, 6)
    turn = gate_of(flat, "ry", 0)
    gates, _ = flat.energies.gates(np.array([turn], dtype=np.int16))
    kernels.energy_and_slope(
        gates, plain_turns(1), np.zeros(1), flat.energies.groups, flat.energies.size, slope
    )
    assert abs(slope[0]) < 1e-15
    still = flat.growth()
    descent.train(still, still.place(turn), np.random.default_rng(0))
    assert still.energy < flat.energies.zero_energy - 0.7


def test_a_descent_finds_the_ground_state_of_a_circuit_that_holds_it():
    setting = Setting.of(HYDROGEN, 6)
    actions = np.array(
        [gate_of(setting, "ry", 0), gate_of(setting, "cx", 0, 1), gate_of(setting, "ry", 1)], dtype=np.int16
    )
    start = Candidate(actions, np.array([0.3, -0.2]))
    descent = ExactDescent(evaluations=200, kick=0.0, flat=1e-10, little=0.0)
    (found,), used = train_candidates(setting.energies, [start], descent, np.random.default_rng(0))
    assert found.energy == pytest.approx(HYDROGEN.ground_energy, abs=1e-10)
    assert used <= 200


@settings(max_examples=20)
@given(legal_circuits())
def test_a_descent_never_ends_above_its_start_nor_beyond_its_evaluations(case):
    setting, actions, angles = case
    start = setting.energies.energy(actions, angles)
    descent = ExactDescent(evaluations=9, kick=0.0)
    (found,), used = train_candidates(
        setting.energies, [Candidate(actions, angles)], descent, np.random.default_rng(0)
    )
    assert found.energy <= start + 1e-12
    assert used <= 9
    assert found.energy == pytest.approx(setting.energies.energy(actions, found.angles), abs=1e-12)


def grown(setting, rng, gates=12):
    growth = setting.growth()
    for action in setting.random_actions(gates, rng):
        growth.place(int(action))
    growth.angles[: growth.width] = rng.uniform(-3, 3, growth.width)
    return growth


def test_shots_lower_the_energy_and_count_what_they_use():
    setting = Setting.of(LOPSIDED, 20)
    gains = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        growth = grown(setting, rng)
        start = setting.energies.energy(growth.actions[:12], growth.angles[: growth.width])
        optimizer = ShotDescent(evaluations=(300, 90, 30), shots=(1e6, 1e7, 1e8))
        assert optimizer.train(growth, -1, rng) == 300 + 90 + 30 + 3
        exact = setting.energies.energy(growth.actions[:12], growth.angles[: growth.width])
        # six standard errors of the mean of three measurements with 1e8 shots, Σ c² = 1.68
        assert growth.energy == pytest.approx(exact, abs=6 * (1.68 / 3e8) ** 0.5)
        gains.append(start - exact)
    assert min(gains) > 0.3


def test_the_measured_energy_has_the_error_of_its_shots():
    setting = Setting.of(LOPSIDED, 4)
    growth, rng, shots = setting.growth(), np.random.default_rng(3), 100.0
    optimizer = ShotDescent(evaluations=(3,), shots=(shots,))
    seen = []
    for _ in range(2000):  # no angle: three measurements of the same energy
        optimizer.train(growth, -1, rng)
        seen.append(growth.energy)
    expected = (1.68 / (3 * shots)) ** 0.5  # the identity, 0.1, is not measured
    assert np.std(seen) == pytest.approx(expected, rel=6 / (2 * 2000) ** 0.5)
    assert np.mean(seen) == pytest.approx(setting.energies.zero_energy, abs=6 * expected / 2000**0.5)


def test_total_shots_are_those_of_the_reference():
    assert ShotDescent().total_shots == pytest.approx(1191e5 + 357e6 + 119e7, rel=0.02)


@pytest.mark.parametrize(
    "fields",
    [{"evaluations": 0}, {"kick": -1.0}, {"flat": float("nan")}],
    ids=["evaluations", "kick", "flat"],
)
def test_fields_of_the_descent_are_checked(fields):
    with pytest.raises(ProblemError, match=next(iter(fields))):
        ExactDescent(**fields)


def test_fields_of_the_shots_are_checked():
    with pytest.raises(ProblemError, match="one figure for each of 3 stages"):
        ShotDescent(shots=(1.0,))
    with pytest.raises(ProblemError, match="second"):
        ShotDescent(second=1.0)
