"""Two-sample distances against closed forms, and against one another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from problems.errors import ProblemError
from problems.numerics.two_sample import (
    earth_movers_distance,
    energy_coefficient,
    energy_distance,
    maximum_mean_discrepancy,
    mean_distance,
    neighbour_entropy,
)


def samples(seed, n=12, m=9, dimension=2):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, dimension)), rng.normal(0.3, 1.4, size=(m, dimension))


@given(st.integers(0, 10_000))
def test_energy_distance_is_its_double_sum(seed):
    x, y = samples(seed)
    between = np.mean([[np.linalg.norm(a - b) for b in y] for a in x])
    within = [np.mean([[np.linalg.norm(a - b) for b in z] for a in z]) for z in (x, y)]
    assert energy_distance(x, y) == pytest.approx(2 * between - sum(within))
    assert energy_distance(x, y) >= -1e-12
    assert energy_coefficient(x, y) == pytest.approx(max(energy_distance(x, y), 0) / (2 * between), abs=1e-12)


@given(st.integers(0, 10_000))
def test_the_distance_kernels_discrepancy_is_half_the_energy_distance_squared(seed):
    x, y = samples(seed)

    def kernel(a, b):
        return 0.5 * (np.linalg.norm(a) + np.linalg.norm(b) - np.linalg.norm(a - b))

    def mean(p, q):
        return np.mean([[kernel(a, b) for b in q] for a in p])

    square = mean(x, x) + mean(y, y) - 2 * mean(x, y)
    assert maximum_mean_discrepancy(x, y) ** 2 == pytest.approx(square, abs=1e-12)


def test_equal_samples_are_at_no_distance():
    x, _ = samples(0)
    assert energy_distance(x, x) == pytest.approx(0, abs=1e-14)
    assert energy_coefficient(x, x) == pytest.approx(0, abs=1e-14)
    assert energy_coefficient(np.ones((3, 2)), np.ones((4, 2))) == 0
    assert maximum_mean_discrepancy(x, x, "gaussian") == pytest.approx(0, abs=1e-7)
    assert earth_movers_distance(x, x[::-1]) == 0


def test_the_unbiased_estimate_is_centred_where_the_laws_are_equal():
    values = [energy_distance(*(np.random.default_rng((k, s)).normal(size=(40, 2)) for s in (0, 1)),
                              unbiased=True) for k in range(200)]  # fmt: skip
    assert abs(np.mean(values)) < 4 * np.std(values) / np.sqrt(len(values))
    biased = [energy_distance(*(np.random.default_rng((k, s)).normal(size=(40, 2)) for s in (0, 1)))
              for k in range(20)]  # fmt: skip
    assert np.mean(biased) > 4 * np.std(biased) / np.sqrt(len(biased))


def test_energy_distance_of_normals_has_a_closed_form():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(4000, 1)), rng.normal(1.0, size=(4000, 1))
    from scipy.stats import norm

    between = 2 / np.sqrt(np.pi) * np.exp(-0.25) + (2 * norm.cdf(1 / np.sqrt(2)) - 1)  # E|N(1, 2)|
    exact = 2 * between - 4 / np.sqrt(np.pi)
    assert energy_distance(x, y, unbiased=True) == pytest.approx(exact, abs=5 / np.sqrt(4000))


def test_gaussian_kernel_of_two_points_has_a_closed_form():
    x, y = np.zeros((2, 1)), np.full((2, 1), 2.0)
    assert maximum_mean_discrepancy(x, y, "gaussian", 2.0) == pytest.approx(np.sqrt(2 - 2 * np.exp(-0.5)))


@given(st.integers(0, 10_000))
def test_the_best_matching_on_a_line_is_the_sorted_one(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, 15))
    assert earth_movers_distance(x[:, None], y[:, None]) == pytest.approx(wasserstein_distance(x, y))


def test_neighbour_entropy_of_a_gaussian_and_of_atoms():
    points = np.random.default_rng(2).normal(0, 3.0, size=(5000, 2))
    assert neighbour_entropy(points) == pytest.approx(np.log(2 * np.pi * np.e * 9), abs=0.05)
    assert neighbour_entropy(np.repeat(points[:50], 10, axis=0)) == -np.inf


def test_blocks_do_not_change_the_mean_distance():
    x, y = samples(3, n=5000, m=3)
    assert mean_distance(x, y) == pytest.approx(
        np.mean([mean_distance(x[:2500], y), mean_distance(x[2500:], y)])
    )


def test_bad_samples_are_refused():
    x, y = samples(0)
    for call in (
        lambda: energy_distance(x, y[:, :1]),
        lambda: energy_distance(x[:1], y),
        lambda: energy_distance(np.full((2, 2), np.nan), y),
        lambda: earth_movers_distance(x, y),
        lambda: maximum_mean_discrepancy(x, y, "linear"),  # pyright: ignore[reportArgumentType]
        lambda: maximum_mean_discrepancy(x, y, "gaussian", 0.0),
        lambda: neighbour_entropy(x[:3]),
    ):
        with pytest.raises(ProblemError):
            call()
