"""What every operation promises: equivariance, its own tensor, shapes, precision, derivatives, refusals."""

from dataclasses import replace

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.equivariance import ClebschGordanProduct, GauntProduct, MatrixProduct, VectorProduct
from problems.equivariance.coupling_measures import allowed_paths
from problems.equivariance.operation_errors import equivariance_error, reference_error
from problems.errors import ProblemError
from problems.numerics.precision import double_precision
from problems.numerics.rotations import random_rotations
from problems.storage import load, save
from tests.classical.equivariance.operations import KINDS, coefficients, name

PAIRS = 36  # as many as basis pairs of degrees 1 and 2, so that one compilation serves all
SLOW_FOURIER = pytest.param(KINDS[4], marks=pytest.mark.slow)
EACH = pytest.mark.parametrize("operation", KINDS, ids=name)


@EACH
def test_equivariance_and_own_tensor_with_unequal_degrees(operation):
    own = replace(operation, lmax1=1, lmax2=2, lmax_out=3)
    x, y = coefficients(1, PAIRS), coefficients(2, PAIRS)
    turns = random_rotations(2, np.random.default_rng(1))
    assert equivariance_error(own, x, y, turns) < 1e-13
    assert reference_error(own, x, y) < 1e-13


@pytest.mark.parametrize("operation", [KINDS[3], KINDS[7], KINDS[9]], ids=name)
def test_swapped_inputs_give_plus_the_even_and_minus_the_odd_part(operation):
    own = replace(operation, lmax1=2, lmax2=2)
    x, y = coefficients(2, 3), coefficients(2, 3, seed=5)
    (even, odd), (even_back, odd_back) = own.apply(x, y), own.apply(y, x)
    np.testing.assert_allclose(even, even_back, atol=1e-13)
    assert (odd is None) is not own.couples_odd
    if odd is not None:
        np.testing.assert_allclose(odd, -odd_back, atol=1e-13)
        assert np.abs(odd).max() > 1e-3


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**16), scale=st.floats(-3, 3))
def test_operations_are_bilinear(seed, scale):
    x, y, z = (coefficients(2, 3, seed=seed + k) for k in range(3))
    for operation in (GauntProduct(2, 2), MatrixProduct(2, 2)):
        whole, first, second = operation.even(x + scale * z, y), operation.even(x, y), operation.even(z, y)
        np.testing.assert_allclose(whole, first + scale * second, atol=1e-12)


@pytest.mark.parametrize("operation", [KINDS[1], KINDS[3], KINDS[7], SLOW_FOURIER], ids=name)
def test_missing_degrees_read_as_zero_and_are_written_as_zero(operation):
    whole = replace(operation, lmax1=2, lmax2=2, lmax_out=3)
    x, y = coefficients(2, 2), coefficients(2, 2, seed=3)
    part = replace(whole, degrees1=(2,), degrees2=(0, 2), degrees_out=(0, 2))
    kept_x, kept_y = np.zeros_like(x), y.copy()
    kept_x[:, 4:], kept_y[:, 1:4] = x[:, 4:], 0.0
    expected = whole.even(kept_x, kept_y)
    expected[:, 1:4] = expected[:, 9:] = 0.0
    assert np.any(expected)
    np.testing.assert_allclose(part.even(x, y), expected, atol=1e-13)


def test_leading_axes_broadcast_and_one_pair_is_enough():
    own = GauntProduct(1, 2)
    x, y = coefficients(1, 3, 1), coefficients(2, 5)
    found = own.even(x, y)
    assert found.shape == (3, 5, 16)
    np.testing.assert_allclose(found[1, 4], own.even(x[1, 0], y[4]), atol=1e-14)


@pytest.mark.parametrize("operation", [KINDS[3], KINDS[7], SLOW_FOURIER], ids=name)
def test_precision_follows_the_input(operation):
    own = replace(operation, lmax1=1, lmax2=2, lmax_out=3)
    x, y = coefficients(1, PAIRS), coefficients(2, PAIRS)
    exact, rough = own.even(x, y), own.even(x.astype(np.float32), y.astype(np.float32))
    assert exact.dtype == np.float64
    assert rough.dtype == np.float32
    assert 1e-9 < np.abs(exact - rough).max() < 2e-5 * np.abs(exact).max() + 2e-6


@pytest.mark.parametrize("operation", [KINDS[3], SLOW_FOURIER], ids=name)
def test_traced_derivatives_agree_with_bilinearity(operation):
    own = replace(operation, lmax1=2, lmax2=1)

    @jax.jit
    def derivatives(x, y, step):
        forward = jax.jvp(lambda a: own.even(a, y), (x,), (step,))
        return *forward, jax.grad(lambda a: jax.numpy.sum(own.even(a, y) ** 2))(x)

    x, y, step = (coefficients(k, 2, seed=4 + k) for k in (2, 1, 2))
    with double_precision():
        value, slope, back = map(np.asarray, derivatives(x, y, step))
    np.testing.assert_allclose(slope, own.even(step, y), atol=1e-13)
    assert np.sum(back * x) == pytest.approx(2 * np.sum(value**2), abs=1e-10)


def test_chunks_change_nothing_even_where_the_last_is_not_full():
    x, y = coefficients(1, 7, 5), coefficients(2, 7, 1)
    found = GauntProduct(1, 2, chunk=8).even(x, y)
    np.testing.assert_allclose(found, GauntProduct(1, 2).even(x, y), atol=1e-15)


def test_vmap_is_the_same_as_leading_axes():
    x, y, own = coefficients(2, 4, 3), coefficients(2, 4, 3, seed=1), GauntProduct(2, 2)
    with double_precision():
        mapped = np.asarray(jax.jit(jax.vmap(own.even))(x, y))
    np.testing.assert_allclose(mapped, own.even(x, y), atol=1e-14)


@EACH
def test_operations_are_stored_and_hashed(operation, tmp_path):
    own = replace(operation, lmax1=2, lmax2=1, degrees_out=(1, 3))
    again = load(save(own, tmp_path / "operation.npz"))
    assert again == own
    assert hash(again) == hash(own)


@pytest.mark.parametrize("lmax", [1, pytest.param(5, marks=pytest.mark.slow)])
def test_counts_of_paths_and_ranks(lmax):
    inputs, outputs = tuple(range(lmax + 1)), tuple(range(2 * lmax + 1))
    every = frozenset(allowed_paths(inputs, inputs, outputs))
    even = frozenset(path for path in every if sum(path) % 2 == 0)
    assert len(every) == (lmax + 1) * (2 * lmax**2 + 4 * lmax + 3) // 3
    assert len(even) == (lmax + 1) * (lmax + 2) * (2 * lmax + 3) // 6
    kinds = (
        (ClebschGordanProduct(lmax, lmax), every, len(every)),
        (GauntProduct(lmax, lmax), even, 4 * lmax + 1),
        (MatrixProduct(lmax, lmax), every, 4 * lmax + 1),
        (VectorProduct(lmax, lmax), every, 4 * lmax + 1),
    )
    for operation, paths, rank in kinds:
        assert operation.paths() == paths
        assert operation.expressivity() == rank


def test_weights_of_paths_scale_their_own_part():
    product = ClebschGordanProduct(1, 1)
    x, y = coefficients(1, 3), coefficients(1, 3, seed=1)
    paths, even, odd = product.weighted_paths, 0.0, 0.0
    for k in range(len(paths)):
        parts = product.apply_weighted(x, y, np.eye(len(paths))[k])
        assert np.any(parts[sum(paths[k]) % 2])
        assert not np.any(parts[1 - sum(paths[k]) % 2])
        even, odd = even + parts[0], odd + parts[1]
    expected = product.apply(x, y)
    np.testing.assert_allclose(even, expected[0], atol=1e-13)
    np.testing.assert_allclose(odd, expected[1], atol=1e-13)


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda: GauntProduct(-1), "lmax1"),
        (lambda: GauntProduct(1.5), "lmax1"),  # pyright: ignore[reportArgumentType]
        (lambda: GauntProduct(1, 1, 3), "lmax_out"),
        (lambda: GauntProduct(2, 2, polar=4), "polar"),
        (lambda: GauntProduct(2, 2, azimuthal=8), "azimuthal"),
        (lambda: GauntProduct(2, 2, method="fourier", polar=9), "polar"),
        (lambda: GauntProduct(chunk=0), "chunk"),
        (lambda: GauntProduct(method="quick"), "method"),  # pyright: ignore[reportArgumentType]
        (lambda: MatrixProduct(degrees1=(2,)), "degrees1"),
        (lambda: ClebschGordanProduct(13, 13), "lmax"),
        (lambda: GauntProduct(1, 1).even(np.ones(5), np.ones(4)), "shape of x"),
        (lambda: GauntProduct(1, 1).even(np.ones(4), np.ones(4) * 1j), "type of y"),
        (lambda: GauntProduct(1, 1).even(np.ones(4), np.full(4, np.nan)), "y"),
        (lambda: GauntProduct(1, 1).odd(np.ones(4), np.ones(4)), "odd"),
        (lambda: GauntProduct(1, 1).apply_power(np.ones(4), 0), "nu"),
        (lambda: GauntProduct(1, 1).apply_power(np.ones(4), 2, np.ones((2, 2))), "weights"),
        (lambda: GauntProduct(1, 1).convolve(np.ones(4), np.zeros(3)), "rhat"),
    ],
)
def test_refusals_name_the_field(build, field):
    with pytest.raises(ProblemError, match=field):
        build()


def test_integers_are_promoted():
    ones = np.ones(4, dtype=int)
    found = GauntProduct(1, 1).even(ones, ones)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, GauntProduct(1, 1).even(ones.astype(float), ones.astype(float)))


@EACH
def test_single_precision_first_leaves_double_precision_whole(operation):
    own = replace(operation, lmax1=1, lmax2=1, degrees_out=(0, 2))
    x, y = coefficients(1, 4), coefficients(1, 4, seed=5)
    single = jax.jit(own.even)(x.astype(np.float32), y.astype(np.float32))
    double = own.even(x, y)
    assert (single.dtype, double.dtype) == (np.float32, np.float64)
    np.testing.assert_allclose(single, double, atol=1e-5)
