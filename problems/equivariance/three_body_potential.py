"""A three-body potential of Stillinger–Weber form for molecules of hydrogen, carbon and oxygen, with forces.

A pair within reach has the energy ε A (B s⁻⁴ − 1) e^{1/(s − a)} with s = r/σ, least at s = 2^{1/6}, where it
is −ε. A triplet i; j, k has ε_i λ (cos θ − cos θ_i)² e^{γ/(s_ij − a)} e^{γ/(s_ik − a)}. Both end smoothly at
s = a, about 1.6 bond lengths, so that bonds and angles count and pairs farther apart do not.

Reference: Stillinger, Weber, "Computer simulation of local order in condensed phases of silicon", Physical
Review B 31, 5262 (1985), equations 2.3 to 2.5 and 2.7. Bond lengths are round textbook values; ε and λ are
such that stretching and bending are about as stiff as in organic molecules (5 times the paper's λ), so ε is
no dissociation energy.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from problems.contract import Array
from problems.errors import ProblemError

A, B, REACH, DECAY = 7.049556277, 0.6022245584, 1.8, 1.2  # A, B, a, γ of the paper
STIFFNESS = 105.0  # λ
LEAST = 2 ** (1 / 6)  # where the pair term is least, in σ

# length in Å and ε in eV of single bonds, by atomic numbers in rising order
BONDS = {
    (1, 1): (0.74, 0.3), (1, 6): (1.09, 0.5), (1, 8): (0.96, 0.6),
    (6, 6): (1.53, 0.9), (6, 8): (1.43, 0.9), (8, 8): (1.47, 0.7),
}  # fmt: skip
COSINES = {1: -1.0, 6: -1 / 3, 8: -0.25}  # of the angle that an atom prefers


def check_species(field: str, species: Array) -> None:
    """Refuse atomic numbers that the potential has no parameters for."""
    unknown = [int(number) for number in species if int(number) not in COSINES]
    if unknown:
        raise ProblemError(field, unknown[0], "the atomic number 1, 6 or 8", "other atoms need a calculation")


def energies_and_forces(species: Array, positions: Array) -> tuple[Array, Array]:
    """Return energies ``[B]`` in eV and forces ``[B, n, 3]`` in eV/Å of positions ``[B, n, 3]`` in Å.

    Args:
        species: Atomic numbers ``[n]``, of hydrogen, carbon and oxygen.
        positions: Coordinates; no two atoms in one place.
    """
    check_species("species", species)
    species, positions = np.asarray(species), np.asarray(positions, dtype=float)
    energies, slopes = np.zeros(len(positions)), np.zeros_like(positions)
    for i, j in combinations(range(len(species)), 2):
        _add_pair(species, positions, energies, slopes, i, j)
    for i in range(len(species)):
        for j, k in combinations([other for other in range(len(species)) if other != i], 2):
            _add_triplet(species, positions, energies, slopes, i, j, k)
    return energies, -slopes


def _bond(species: Array, i: int, j: int) -> tuple[float, float]:
    """σ and ε of a pair."""
    first, second = sorted((int(species[i]), int(species[j])))
    length, energy = BONDS[first, second]
    return length / LEAST, energy


def _ending(s: Array, rate: float) -> tuple[Array, Array]:
    """e^{rate/(s − a)} and its derivative by s; both 0 from s = a on."""
    inside = s < REACH
    gap = np.where(inside, s - REACH, -1.0)
    value = np.where(inside, np.exp(rate / gap), 0.0)
    return value, -rate / gap**2 * value


def _add_pair(species: Array, positions: Array, energies: Array, slopes: Array, i: int, j: int) -> None:
    sigma, epsilon = _bond(species, i, j)
    away = positions[:, j] - positions[:, i]
    r = np.linalg.norm(away, axis=1)
    s = r / sigma
    ending, ending_slope = _ending(s, 1.0)
    shape, shape_slope = A * (B * s**-4 - 1), -4 * A * B * s**-5
    energies += epsilon * shape * ending
    slope = epsilon * (shape_slope * ending + shape * ending_slope) / sigma
    along = (slope / r)[:, None] * away
    slopes[:, j] += along
    slopes[:, i] -= along


def _add_triplet(
    species: Array, positions: Array, energies: Array, slopes: Array, i: int, j: int, k: int
) -> None:
    sigma_u, epsilon_u = _bond(species, i, j)
    sigma_v, epsilon_v = _bond(species, i, k)
    u, v = positions[:, j] - positions[:, i], positions[:, k] - positions[:, i]
    ru, rv = np.linalg.norm(u, axis=1), np.linalg.norm(v, axis=1)
    gu, gu_slope = _ending(ru / sigma_u, DECAY)
    gv, gv_slope = _ending(rv / sigma_v, DECAY)
    if not np.any(gu * gv):
        return
    strength = STIFFNESS * np.sqrt(epsilon_u * epsilon_v)
    cosine = np.sum(u * v, axis=1) / (ru * rv)
    off = cosine - COSINES[int(species[i])]
    energies += strength * off**2 * gu * gv
    by_cosine = 2 * strength * off * gu * gv
    by_ru, by_rv = (
        strength * off**2 * gu_slope * gv / sigma_u,
        strength * off**2 * gu * gv_slope / sigma_v,
    )
    unit_u, unit_v = u / ru[:, None], v / rv[:, None]
    along_u = (by_cosine / ru)[:, None] * (unit_v - cosine[:, None] * unit_u) + by_ru[:, None] * unit_u
    along_v = (by_cosine / rv)[:, None] * (unit_u - cosine[:, None] * unit_v) + by_rv[:, None] * unit_v
    slopes[:, j] += along_u
    slopes[:, k] += along_v
    slopes[:, i] -= along_u + along_v
