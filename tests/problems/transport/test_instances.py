"""Generators of bridges: closed forms, identities of the truth, and laws of the samples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.errors import ProblemError
from problems.numerics.two_sample import energy_coefficient
from problems.transport import Bridge
from problems.transport.mixture_benchmark import adjusted_potential

MAKERS = [
    lambda seed: Bridge.gaussian_pair(n=20, seed=seed),
    lambda seed: Bridge.mixture_benchmark(n=20, test_points=5, seed=seed),
    lambda seed: Bridge.mixture_benchmark(3, n=20, test_points=5, rotated=True, seed=seed),
    lambda seed: Bridge.swiss_roll(n=20, seed=seed),
    lambda seed: Bridge.synthetic_cells(n=20, seed=seed),
]


@pytest.mark.parametrize("make", MAKERS)
def test_seeds_decide(make):
    assert make(0).digest == make(0).digest != make(1).digest


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from([0.1, 1.0, 10.0]), st.booleans())
def test_the_benchmarks_truth_is_the_potential_it_is_made_of(seed, epsilon, rotated):
    """log v(y) + |y|²/2ε − log Σ_k N(y; b_k, Σ_k)/K is one constant, for all y."""
    from scipy.special import logsumexp
    from scipy.stats import multivariate_normal

    rng = np.random.default_rng(seed)
    centres, variances = rng.normal(size=(4, 3)), rng.uniform(0.5, 2, size=(4, 3))
    rotations = (
        np.linalg.qr(rng.normal(size=(4, 3, 3)))[0] if rotated else np.repeat(np.eye(3)[None], 4, axis=0)
    )
    truth = adjusted_potential(centres, variances, rotations if rotated else None, epsilon)
    y = rng.normal(size=(8, 3))
    parts = [
        multivariate_normal(centres[k], (rotations[k] * variances[k]) @ rotations[k].T).logpdf(y)
        for k in range(4)
    ]
    rest = truth.log_potential(y) + (y**2).sum(axis=1) / (2 * epsilon) - logsumexp(parts, axis=0)
    assert np.ptp(rest) < 1e-10 * max(1.0, np.abs(rest).max())


def test_the_benchmarks_target_is_what_the_truth_makes_of_the_source():
    problem = Bridge.mixture_benchmark(2, 1.0, n=3000)
    again = problem.truth.sample(problem.source, 77)
    assert energy_coefficient(again, problem.target) < 0.002
    assert problem.source.std() == pytest.approx(4.0, rel=0.05)


@given(st.integers(0, 100), st.sampled_from([0.05, 1.0, 20.0]))
@settings(max_examples=20)
def test_the_gaussian_pairs_plan_has_the_targets_moments(seed, epsilon):
    """ε S + S² = σ² in each coordinate, which is ε C + C² = σ₀² σ² with the covariance C = S of the ends."""
    problem = Bridge.gaussian_pair(3, epsilon, n=2, seed=seed)
    scales = problem.truth.scales[0]
    rng = np.random.default_rng(seed)
    mean, variances = rng.normal(size=3), rng.uniform(0.5, 2.0, size=3)
    assert np.allclose(epsilon * scales + scales**2, variances, rtol=1e-12)
    assert np.array_equal(problem.truth.centres[0], mean)


def test_the_swiss_roll_has_the_usual_law():
    datasets = pytest.importorskip("sklearn.datasets")
    usual = datasets.make_swiss_roll(3000, noise=0.8, random_state=0)[0][:, [0, 2]] / 7.5
    ours = Bridge.swiss_roll(n=3000).target
    assert energy_coefficient(usual, ours) < 0.002
    mirrored = usual * [-1, 1]
    assert energy_coefficient(mirrored, ours) > 0.01


def test_cells_move_on_and_part():
    problem = Bridge.synthetic_cells(days=4, first_day=1, n=800)
    middle = problem.snapshots[0].points
    apart = [energy_coefficient(points, problem.target) for points in (problem.source, middle)]
    assert apart[0] > apart[1] > 0.01
    assert problem.dimension == 5
    assert problem.snapshots[0].time == 0.5
    centred = problem.target - problem.target.mean(axis=0)
    along = centred @ np.linalg.svd(centred, full_matrices=False)[2][0]
    kurtosis = np.mean(along**4) / np.mean(along**2) ** 2
    assert kurtosis < 2.5  # two branches: below a normal's 3


@pytest.mark.parametrize(
    "make",
    [
        lambda: Bridge.gaussian_pair(0),
        lambda: Bridge.gaussian_pair(epsilon=-1.0),
        lambda: Bridge.mixture_benchmark(components=0),
        lambda: Bridge.mixture_benchmark(n=1),
        lambda: Bridge.swiss_roll(noise=-1.0),
        lambda: Bridge.synthetic_cells(dimension=1),
        lambda: Bridge.synthetic_cells(days=4, first_day=2),
        lambda: Bridge.synthetic_cells(seed=-1),
    ],
)
def test_bad_parameters_are_refused(make):
    with pytest.raises(ProblemError):
        make()
