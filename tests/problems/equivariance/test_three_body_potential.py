"""The three-body potential: exact forces, symmetry, its minimum, and how it ends."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.equivariance import ethanol
from problems.equivariance.three_body_potential import BONDS, LEAST, REACH, energies_and_forces
from problems.errors import ProblemError
from problems.numerics.rotations import random_rotations

SPECIES = np.array(ethanol.SPECIES)


def shaken(seed, count=1, sigma=0.08):
    rest = ethanol.geometry()
    return rest + sigma * np.random.default_rng(seed).normal(size=(count, *rest.shape))


@given(st.integers(0, 2**31 - 1))
@settings(max_examples=10, deadline=None)
def test_forces_are_central_differences_of_the_energy(seed):
    positions, step = shaken(seed), 1e-5
    _, forces = energies_and_forces(SPECIES, positions)
    moves = step * np.eye(positions.size).reshape(-1, *positions.shape[1:])
    rise = (
        energies_and_forces(SPECIES, positions + moves)[0]
        - energies_and_forces(SPECIES, positions - moves)[0]
    )
    assert np.allclose(forces.ravel(), -rise / (2 * step), rtol=0, atol=5e-7)


@given(st.integers(0, 2**31 - 1), st.booleans())
@settings(max_examples=20, deadline=None)
def test_energy_is_invariant_and_forces_turn(seed, reflect):
    positions = shaken(seed)
    turn = random_rotations(1, np.random.default_rng(seed))[0] * (-1 if reflect else 1)
    energy, forces = energies_and_forces(SPECIES, positions)
    turned_energy, turned = energies_and_forces(SPECIES, positions @ turn.T + 3.0)
    assert turned_energy == pytest.approx(energy, abs=1e-9)
    assert np.allclose(turned, forces @ turn.T, atol=1e-8)


def test_forces_and_torques_sum_to_zero():
    positions = shaken(5, count=20)
    _, forces = energies_and_forces(SPECIES, positions)
    assert np.abs(forces.sum(axis=1)).max() < 1e-11
    assert np.abs(np.cross(positions, forces).sum(axis=1)).max() < 1e-10


@pytest.mark.parametrize("pair", sorted(BONDS))
def test_a_pair_rests_at_its_bond_length_with_minus_epsilon(pair):
    length, depth = BONDS[pair]
    positions = np.array([[[0.0, 0.0, 0.0], [length, 0.0, 0.0]]])
    energy, forces = energies_and_forces(np.array(pair), positions)
    assert energy[0] == pytest.approx(-depth, rel=1e-8)
    assert np.abs(forces).max() < 1e-6 * depth / length


def test_beyond_its_reach_there_is_nothing():
    length, _ = BONDS[6, 6]
    edge = REACH * length / LEAST
    positions = np.array([[[0.0, 0, 0], [edge * (1 + d), 0, 0]] for d in (-1e-3, 0.0, 0.5)])
    energy, forces = energies_and_forces(np.array([6, 6]), positions)
    assert np.abs(energy).max() < 1e-100
    assert np.all(energy[1:] == 0)
    assert np.all(forces[1:] == 0)


def test_a_tetrahedron_of_bonds_has_no_angular_energy():
    corners = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / np.sqrt(3) * 1.09
    methane = np.concatenate([np.zeros((1, 3)), corners])[None]
    energy, forces = energies_and_forces(np.array([6, 1, 1, 1, 1]), methane)
    assert energy[0] == pytest.approx(-4 * BONDS[1, 6][1], rel=1e-8)
    assert np.abs(forces).max() < 1e-6


def test_ethanol_is_near_its_rest():
    rest = ethanol.geometry()
    _, forces = energies_and_forces(SPECIES, rest[None])
    _, shaken_forces = energies_and_forces(SPECIES, shaken(0, count=50, sigma=0.05))
    assert np.abs(forces).max() < 0.5
    assert np.abs(forces).mean() < 0.1 * np.abs(shaken_forces).mean()
    bonded = [(0, 1, 1.53), (1, 2, 1.43), (2, 3, 0.96), (1, 4, 1.09), (1, 5, 1.09)]
    for i, j, length in [*bonded, (0, 6, 1.09), (0, 7, 1.09), (0, 8, 1.09)]:
        assert np.linalg.norm(rest[i] - rest[j]) == pytest.approx(length)


def test_other_elements_are_refused():
    with pytest.raises(ProblemError, match="atomic number"):
        energies_and_forces(np.array([6, 7]), np.zeros((1, 2, 3)))
