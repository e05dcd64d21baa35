"""The Gaunt product against exact tensors, function values, powers and convolutions."""

from fractions import Fraction
from math import pi, sqrt

import jax
import numpy as np
import pytest

from classical.equivariance import ClebschGordanProduct, GauntProduct, scale_degrees
from classical.equivariance import sphere_fourier as fourier
from problems.errors import ProblemError
from problems.numerics.precision import double_precision
from problems.numerics.rotations import random_rotations
from problems.numerics.spherical import (
    degrees,
    gaunt,
    harmonics,
    rotation_of_coefficients,
    size,
    sphere_grid,
)
from tests.classical.equivariance.operations import coefficients

METHODS = ("grid", "fourier", "fourier_direct", "reference")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape", [(0, 0, 0), (3, 1, 2), (3, 3, 6)])
def test_every_method_contracts_with_gaunt_coefficients(method, shape):
    x, y = coefficients(shape[0], 6), coefficients(shape[1], 6, seed=1)
    exact = np.einsum("bi,bj,ijk->bk", x, y, gaunt(*shape))
    found = GauntProduct(*shape, method=method).even(x, y)
    assert np.linalg.norm(found - exact) <= 1e-13 * np.linalg.norm(exact)


def test_it_is_the_clebsch_gordan_product_with_gaunt_scale():
    x, y = coefficients(3, 6), coefficients(3, 6, seed=1)
    found = ClebschGordanProduct(3, 3, normalization="gaunt").even(x, y)
    np.testing.assert_allclose(GauntProduct(3, 3, 6).even(x, y), found, atol=1e-12)


def test_a_rational_coefficient_by_hand():
    """The integral of (Y_10)² Y_20 is √(1/5π), from cos² θ = (2 P_2 + 1)/3."""
    share = Fraction(2, 3) * 3 / Fraction(4)  # of √(4π/5)/π
    vector = np.array([0.0, 0.0, 1.0, 0.0])
    found = GauntProduct(1, 1).even(vector, vector)
    assert found[6] == pytest.approx(float(share) * sqrt(4 * pi / 5) / pi, abs=1e-15)
    assert found[6] == pytest.approx(sqrt(1 / (5 * pi)), abs=1e-15)


@pytest.mark.parametrize("method", METHODS)
def test_the_result_is_the_product_of_the_functions(method):
    points = np.random.default_rng(2).normal(size=(20, 3))
    x, y = coefficients(3, 6), coefficients(3, 6, seed=1)
    values = (x @ harmonics(points, 3).T) * (y @ harmonics(points, 3).T)
    product = GauntProduct(3, 3, 6, method=method).even(x, y)
    np.testing.assert_allclose(product @ harmonics(points, 6).T, values, atol=1e-12)


def test_the_constant_function_fixes_the_normalisation():
    one, x = np.zeros((6, size(3))), coefficients(3, 6)
    one[:, 0] = sqrt(4 * pi)
    for method in METHODS:
        found = GauntProduct(3, 3, 6, method=method).even(one, x)
        np.testing.assert_allclose(found[:, :16], x, atol=1e-13)
        assert np.abs(found[:, 16:]).max() < 1e-13


@pytest.mark.parametrize("method", METHODS)
def test_parity_does_not_leak_by_a_single_bit(method):
    product, signs = GauntProduct(3, 3, 6, method=method), (-1.0) ** degrees(3)
    x, y = coefficients(3, 6), coefficients(3, 6, seed=1)
    mirrored = product.even(x * signs, y * signs) * (-1.0) ** degrees(6)
    np.testing.assert_array_equal(mirrored, product.even(x, y))


def test_series_of_functions_are_real_on_the_whole_sphere():
    x = coefficients(3)
    series = jax.jit(lambda x: fourier.full_spectrum(fourier.to_spectrum(x, (0, 1, 2, 3))))
    with double_precision():
        full = np.asarray(series(x[:, None]))[..., 0]
    directions, _ = sphere_grid(7, 9)
    polar = np.arccos(directions[..., 2])
    azimuth = np.arctan2(directions[..., 1], directions[..., 0])
    own = np.arange(-3, 4)
    waves = np.exp(1j * (own[:, None] * polar[..., None, None] + own * azimuth[..., None, None]))
    values = np.sum(full * waves, axis=(-1, -2))
    assert np.abs(values.imag).max() < 1e-14
    np.testing.assert_allclose(values.real, harmonics(directions, 3) @ x, atol=1e-13)


def test_series_are_sparse():
    with double_precision():
        spectra = np.asarray(jax.jit(lambda x: fourier.to_spectrum(x, (0, 1, 2, 3)))(np.eye(size(3))))
    assert 0 < np.count_nonzero(spectra) <= 0.15 * spectra.size


def test_too_few_nodes_would_be_wrong_and_are_refused():
    with pytest.raises(ProblemError, match="alias"):
        GauntProduct(2, 2, polar=4, azimuthal=9)
    fine = GauntProduct(2, 2, polar=8, azimuthal=12).even(coefficients(2), coefficients(2, seed=1))
    np.testing.assert_allclose(
        fine, GauntProduct(2, 2).even(coefficients(2), coefficients(2, seed=1)), atol=1e-13
    )


@pytest.mark.parametrize("nu", [4])
@pytest.mark.parametrize(
    "method", ["grid", "fourier", pytest.param("fourier_direct", marks=pytest.mark.slow)]
)
def test_powers_are_repeated_products(method, nu):
    x, lmax = coefficients(1, 3), 1
    expected = x
    for k in range(1, nu):
        expected = GauntProduct(k * lmax, lmax, method="reference").even(expected, x)
    found = GauntProduct(lmax, lmax, method=method).apply_power(x, nu)
    np.testing.assert_allclose(found, expected, atol=1e-11)


@pytest.mark.parametrize("method", ["grid", pytest.param("fourier", marks=pytest.mark.slow)])
def test_weighted_powers_keep_the_asked_degrees(method):
    product = GauntProduct(2, 2, 3, method=method)
    x, weights = coefficients(2, 4), np.random.default_rng(3).normal(size=(4, 3, 4))
    whole = GauntProduct(2, 2, method=method)
    expected = sum(
        scale_degrees(np.pad(whole.apply_power(x, nu), ((0, 0), (0, 12)))[:, :16], weights[:, nu - 1])
        for nu in (1, 2, 3)
    )
    np.testing.assert_allclose(product.apply_power(x, 3, weights), expected, atol=1e-11)


def test_convolution_is_the_product_with_harmonics_even_at_the_poles():
    directions = np.random.default_rng(4).normal(size=(40, 3))
    directions[:4] = [[0, 0, 2], [0, 0, -1], [1e-3, 0, 1], [0, -3, 0]]
    x = coefficients(3, 40)
    product = GauntProduct(3, 4, 5)
    expected = product.even(x, harmonics(directions, 4))
    np.testing.assert_allclose(product.convolve(x, directions), expected, atol=1e-12)
    weights = np.random.default_rng(5).normal(size=(40, 5))
    weighted = product.even(x, scale_degrees(harmonics(directions, 4), weights))
    np.testing.assert_allclose(product.convolve(x, directions, weights), weighted, atol=1e-12)


def test_convolution_turns_with_its_direction():
    turn = random_rotations(1, np.random.default_rng(6))[0]
    x, directions, product = coefficients(3, 40), np.ones((40, 3)) * [0.3, -0.2, 0.9], GauntProduct(3, 4, 5)
    turned = product.convolve(x @ rotation_of_coefficients(turn, 3).T, directions @ turn.T)
    expected = product.convolve(x, directions) @ rotation_of_coefficients(turn, 5).T
    np.testing.assert_allclose(turned, expected, atol=1e-12)


@pytest.mark.slow
def test_convolution_has_derivatives_in_its_direction_even_at_the_poles():
    product, x = GauntProduct(2, 2), coefficients(2)
    directions = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, -2.0], [0.3, 0.5, -0.1], [0.0, 0.4, 0.9]])
    slope_of = jax.jit(jax.vmap(jax.jacfwd(product.convolve, argnums=1), in_axes=(None, 0)))
    with double_precision():
        slope = np.asarray(slope_of(x, directions))
    steps = 1e-6 * np.eye(3)[:, None]
    ahead, back = (product.convolve(x, directions + sign * steps) for sign in (1, -1))
    np.testing.assert_allclose(slope, np.moveaxis(ahead - back, 0, -1) / 2e-6, atol=1e-8)


@pytest.mark.parametrize("method", ["grid", "fourier"])
def test_counted_work_grows_with_the_third_power(method):
    counts = [GauntProduct(lmax, lmax, method=method).multiply_adds() for lmax in (8, 16)]
    assert counts[1] / counts[0] < 2**3.3


def test_counted_work_of_tables_grows_with_the_sixth_power():
    small, large = (
        ClebschGordanProduct(lmax, lmax, normalization="gaunt", allow_large=True).multiply_adds()
        for lmax in (8, 16)
    )
    assert large / small > 2**5.3
