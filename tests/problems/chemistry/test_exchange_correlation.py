"""The functional against limits, an identity and numerical derivatives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems.chemistry.exact_levels import SPEED_OF_LIGHT
from problems.chemistry.exchange_correlation import (
    SERIES_BELOW,
    correlation_of,
    exchange_correlation,
    relativistic_factors,
)

densities = st.floats(-6, 8).map(lambda power: 10.0**power)


@given(densities, st.sampled_from([None, SPEED_OF_LIGHT]))
def test_potential_is_the_derivative_of_the_energy(density, c):
    step = 1e-4 * density
    n = np.array([density - step, density + step])
    energy = n * exchange_correlation(n, c)[0]
    slope = (energy[1] - energy[0]) / (2 * step)
    potential = exchange_correlation(np.array([density]), c)[1][0]
    assert slope == pytest.approx(potential, rel=1e-6, abs=1e-9)


def test_nothing_where_there_is_no_density():
    energy, potential = exchange_correlation(np.array([0.0, 1.0]))
    assert energy[0] == potential[0] == 0
    assert energy[1] < 0


def test_correlation_of_the_electron_gas_matches_quantum_monte_carlo():
    """Ceperley and Alder 1980, in Rydberg there and in Hartree here."""
    spacing = np.array([1.0, 5.0, 10.0, 20.0])
    energy, _ = correlation_of(3 / (4 * np.pi * spacing**3))
    assert np.allclose(energy, -np.array([0.1196, 0.0563, 0.0372, 0.0230]) / 2, atol=3e-4)


def test_exchange_of_a_uniform_gas():
    spacing = 2.0
    energy, _ = exchange_correlation(np.array([3 / (4 * np.pi * spacing**3)]))
    correlation, _ = correlation_of(np.array([3 / (4 * np.pi * spacing**3)]))
    assert energy[0] - correlation[0] == pytest.approx(-0.458165 / spacing, rel=1e-5)


def test_relativistic_factors_reach_their_limits():
    energy, potential = relativistic_factors(np.array([0.0, 1e8]))
    assert energy == pytest.approx([1.0, -0.5])
    assert potential == pytest.approx([1.0, -0.5])


def test_series_meets_the_closed_form():
    below, above = SERIES_BELOW * (1 - 1e-12), SERIES_BELOW * (1 + 1e-12)
    for factor in relativistic_factors(np.array([below, above])):
        assert abs(factor[1] - factor[0]) < 1e-11
