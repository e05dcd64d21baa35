"""What an agent in training builds when it does not explore, from time to time."""

from __future__ import annotations

import numpy as np

from hybrid.circuit_search import Crlqas
from hybrid.circuit_search.agent import Agent
from hybrid.circuit_search.setting import Setting
from hybrid.circuit_search.state_encoding import StateEncoding
from hybrid.circuit_search.training import Rules, Training
from problems.ground_state import GroundState
from tests.claims.circuit_search.molecules import exact


def rollout_errors(search: Crlqas, problem: GroundState, every: int, seed: int) -> list[float]:
    """Return the lowest error in Hartree on the way of one greedy circuit before, and after each ``every``
    episodes; the training goes on as if nobody had looked.
    """
    training = _training(search, problem, seed)
    found = [_greedy(training, seed) - exact(problem)]
    for episode in range(1, search.episodes + 1):
        training.episode()
        if episode % every == 0:
            found.append(_greedy(training, seed) - exact(problem))
    return found


def _training(search: Crlqas, problem: GroundState, seed: int) -> Training:
    import jax

    setting = Setting.of(problem, search.max_gates)
    alphabet = setting.energies.alphabet
    width = StateEncoding(search.encoding, alphabet, setting.max_gates).size
    agent = Agent(search.learner, width, alphabet.size, jax.random.key(seed))
    rules = Rules(
        search.learner, search.curriculum, search.halting, search.optimizer, search.mask,
        search.energy_feature, search.encoding,
    )  # fmt: skip
    return Training(setting, rules, agent, np.random.default_rng(seed))


def _greedy(training: Training, seed: int) -> float:
    """Build to success or to the last gate, with random numbers of its own."""
    environment, rng = training.environment, np.random.default_rng(seed)
    threshold, lowest, done = training.progress.threshold, np.inf, False
    environment.reset(threshold)
    while not done:
        feature = training.feature(threshold)
        action = training.agent.act(training.shown(), feature, environment.legal(), 0.0, rng)
        done = environment.step(action, rng).done
        lowest = min(lowest, environment.growth.energy)
    return lowest
