"""Rewards, ends of episodes, the bound they count from, and horizons."""

import numpy as np
import pytest

from hybrid.circuit_search import Environment, ExactDescent, NegativeBinomial
from hybrid.circuit_search.environment import PRIZE
from hybrid.circuit_search.setting import Setting, default_gates
from problems.errors import ProblemError
from problems.ground_state import GroundState
from tests.claims.table import INSTANCES
from tests.hybrid.circuit_search.cases import HYDROGEN, LOPSIDED

BOUNDS = {
    "H2_2q_r0.7414": -1.320446,
    "H2_3q_r0.7414": -1.983914,
    "H2_4q_r0.70": -1.990097,
    "LiH_4q_r3.4": -10.0718,
    "LiH_6q_r2.2": -10.134828,
    "H2O_8q_bohr": -77.891067,
}


def environment(problem, gates=5):
    setting = Setting.of(problem, gates)
    return Environment(setting.growth(), ExactDescent(), threshold=1.0)


@pytest.mark.parametrize("name", BOUNDS)
def test_the_bound_needs_the_coefficients_alone_and_is_the_published_one(name):
    path = INSTANCES / "chem" / f"{name}.json"
    if not path.exists():
        pytest.skip(f"{path.name} is not at hand")
    problem = GroundState.read(path)
    game = environment(problem)
    # LiH at 3.4 angstrom is published to four digits after the point
    assert game.floor == pytest.approx(BOUNDS[name], abs=1e-4 if name == "LiH_4q_r3.4" else 1e-6)
    assert game.growth.energy == pytest.approx(problem.diagonal[0], abs=1e-10)


def test_a_gain_is_paid_by_its_share_of_the_distance():
    game, rng = environment(LOPSIDED), np.random.default_rng(0)
    game.reset(threshold=1e-9)
    for action in (9, 11, 14, 0):
        before = game.growth.energy
        step = game.step(action, rng)
        after = game.growth.energy
        assert step.reward == pytest.approx(np.clip((before - after) / abs(before - game.floor), -1, 1))
        assert not step.done
        assert not step.success
        assert step.evaluations > 0
    last = game.step(10, rng)
    assert last.reward == -PRIZE
    assert last.done
    assert not last.success


def test_success_ends_an_episode_with_the_prize_even_at_the_last_gate():
    game, rng = environment(LOPSIDED, gates=1), np.random.default_rng(0)
    game.reset(threshold=100.0)
    step = game.step(3, rng)
    assert (step.reward, step.success, step.done) == (PRIZE, True, True)


def test_a_halted_episode_keeps_its_ordinary_reward():
    game, rng = environment(HYDROGEN), np.random.default_rng(0)
    game.reset(threshold=1e-9, horizon=2)
    assert not game.step(3, rng).done
    halted = game.step(6, rng)
    assert halted.done
    assert not halted.success
    assert -1 <= halted.reward <= 1


def test_reset_returns_to_the_empty_circuit_with_all_gates_legal():
    game, rng = environment(HYDROGEN), np.random.default_rng(0)
    start = game.growth.energy
    game.reset(1e-9)
    game.step(3, rng)
    assert not game.legal()[3]
    game.reset(1e-9)
    assert game.growth.count == game.growth.width == 0
    assert game.growth.energy == start
    assert game.legal().all()
    unmasked = Environment(game.growth, ExactDescent(), 1.0, mask=False)
    unmasked.reset(1e-9)
    unmasked.step(3, rng)
    assert unmasked.legal().all()


def test_horizons_are_a_cut_negative_binomial():
    rng = np.random.default_rng(0)
    drawn = np.array([NegativeBinomial(p=0.6).draw(40, rng) for _ in range(4000)])
    assert drawn.min() >= 1
    assert drawn.max() == 40
    exact = np.random.default_rng(1).negative_binomial(40, 0.6, 100_000).clip(1, 40).mean()
    assert drawn.mean() == pytest.approx(exact, abs=6 * drawn.std() / 4000**0.5)
    six = np.array([NegativeBinomial(p=0.573, least=25).draw(70, rng) for _ in range(2000)])
    assert six.min() == 25
    assert six.mean() == pytest.approx(52, abs=1)
    with pytest.raises(ProblemError, match="least"):
        NegativeBinomial(least=9).draw(5, rng)


def test_room_is_the_references():
    assert [default_gates(n) for n in (2, 4, 5, 6, 8)] == [40, 40, 70, 70, 250]
