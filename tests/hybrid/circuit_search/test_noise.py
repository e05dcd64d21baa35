"""Circuits trained on what a noisy device shows, and answers judged without noise."""

from dataclasses import replace

import numpy as np
import pytest

from hybrid.circuit_search import Crlqas, DoubleDqn, Environment, NoisyDescent
from hybrid.circuit_search.noisy_descent import free_circuit
from hybrid.circuit_search.setting import Setting
from problems.errors import UnsuitableProblem
from problems.ground_state import NoiseModel
from tests.hybrid.circuit_search.cases import HYDROGEN

NOISY = replace(HYDROGEN, noise=NoiseModel.ibmq_mumbai("10max"))


def test_energies_in_training_are_the_judges_noisy_ones():
    setting, rng = Setting.of(NOISY, 8), np.random.default_rng(0)
    game = Environment(setting.growth(), NoisyDescent(), 1e-9)
    game.reset(1e-9)
    growth = game.growth
    assert growth.energy == pytest.approx(
        NOISY.noisy_energy(setting.energies.alphabet.circuit([], [])), abs=1e-10
    )
    levels = [growth.energy]
    for action in setting.random_actions(8, rng):
        game.step(int(action), rng)
        circuit = free_circuit(growth).bind(growth.angles[: growth.width])
        assert growth.energy == pytest.approx(NOISY.noisy_energy(circuit), abs=1e-10)
        levels.append(growth.energy)
    assert min(levels) < levels[0] - 0.3


def test_a_new_angle_and_a_descent_reach_the_least_noisy_energy_of_a_rotation():
    setting = Setting.of(NOISY, 3)
    growth = setting.growth()
    action = 2 + 3 + 1  # ry on qubit 1
    NoisyDescent(kick=0.0).train(growth, growth.place(action), np.random.default_rng(0))
    alphabet = setting.energies.alphabet
    grid = [NOISY.noisy_energy(alphabet.circuit([action], [x])) for x in np.linspace(-np.pi, np.pi, 181)]
    assert growth.energy <= min(grid) + 1e-9


def test_the_answer_of_a_noisy_search_is_judged_without_noise():
    pytest.importorskip("jax", reason='the extra "learning" is not installed')
    learner = DoubleDqn(hidden=(16,), batch=16, capacity=100, decay=200)
    search = Crlqas(max_gates=6, episodes=60, optimizer=NoisyDescent(), learner=learner)
    result = search.solve(NOISY, seed=3, progress=False)
    assert result.objective >= NOISY.ground_energy - 1e-9
    assert result.evaluation.metrics["noisy_energy"] > result.objective
    lowest_shown = min(row["lowest"] for row in result.history)
    assert lowest_shown > NOISY.ground_energy + 0.05  # no circuit shows so little under this noise
    assert result.objective < lowest_shown
    with pytest.raises(UnsuitableProblem, match="under noise"):
        search.solve(HYDROGEN, progress=False)
