"""What attackers send: closed forms for the deterministic ones, statistics for the drawn ones."""

import numpy as np
import pytest

from problems.distributed.attacks import (
    CoherentDirection,
    ConstantOffset,
    DroppedCoordinates,
    GaussianNoise,
    InnerProduct,
    LittleIsEnough,
    Reversal,
    UniformNoise,
)
from problems.errors import ProblemError

RNG = np.random.default_rng(0)
HONEST, OWN = RNG.normal(size=(7, 5000)) + 1.0, RNG.normal(size=(3, 5000)) + 1.0
ATTACKS = [
    UniformNoise(), GaussianNoise(), Reversal(), DroppedCoordinates(), LittleIsEnough(), InnerProduct(),
    CoherentDirection(), ConstantOffset(),
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: type(attack).__name__)
def test_attacks_depend_on_the_seed_alone_and_change_nothing(attack):
    honest, own = HONEST.copy(), OWN.copy()
    first = attack(honest, own, 4)
    assert first.shape == OWN.shape
    assert np.array_equal(first, attack(honest, own, 4))
    assert np.array_equal(honest, HONEST)
    assert np.array_equal(own, OWN)
    assert not np.allclose(first, OWN)


def test_closed_forms():
    assert Reversal(2.0)(HONEST, OWN, 0) == pytest.approx(-2 * OWN)
    assert InnerProduct(0.3)(HONEST, OWN, 0)[1] == pytest.approx(-0.3 * HONEST.mean(axis=0))
    little = LittleIsEnough(0.21)(HONEST, OWN, 0)
    assert little[2] == pytest.approx(HONEST.mean(axis=0) - 0.21 * HONEST.std(axis=0))
    offset = ConstantOffset()(HONEST, OWN, 0) - OWN
    assert offset[0] == pytest.approx(offset[2])
    assert offset == pytest.approx(ConstantOffset()(HONEST, 2 * OWN, 9) - 2 * OWN)


def test_drawn_ones_have_the_moments_they_name():
    count = OWN.size
    uniform = UniformNoise()(HONEST, OWN, 1)
    assert uniform.min() >= 0
    assert uniform.mean() == pytest.approx(0.5, abs=5 / np.sqrt(12 * count))
    assert GaussianNoise()(HONEST, OWN, 1).std() == pytest.approx(50, rel=5 / np.sqrt(2 * count))
    dropped = DroppedCoordinates()(HONEST, OWN, 1)
    assert np.mean(dropped == 0) == pytest.approx(0.1, abs=5 * np.sqrt(0.09 / count))
    assert dropped[dropped != 0] == pytest.approx(OWN[dropped != 0])


def test_a_coherent_minority_shares_one_direction_of_honest_length():
    sent = CoherentDirection(2.0)(HONEST, OWN, 1)
    assert sent[0] == pytest.approx(sent[1])
    assert np.linalg.norm(sent[0]) == pytest.approx(2 * np.median(np.linalg.norm(HONEST, axis=1)))
    later = CoherentDirection(2.0)(3 * HONEST, OWN, 8)
    assert later == pytest.approx(3 * sent)


@pytest.mark.parametrize("attack", [UniformNoise, GaussianNoise, ConstantOffset])
def test_scales_must_be_positive(attack):
    with pytest.raises(ProblemError, match="scale"):
        attack(scale=0.0)
