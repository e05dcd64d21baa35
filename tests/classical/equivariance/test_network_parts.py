"""Harmonics of bonds, radial functions and channel mixing against references in numpy."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.equivariance.channel_mixing import channel_mixing, scaled_by_degree
from classical.equivariance.directions import bonds, harmonics_of_units
from classical.equivariance.radial_basis import bessel, perceptron, polynomial_cutoff
from problems.numerics.precision import double_precision
from problems.numerics.rotations import random_rotations
from problems.numerics.spherical import degrees, harmonics, rotation_of_coefficients


@given(st.integers(0, 2**31 - 1))
@settings(max_examples=10, deadline=None)
def test_harmonics_are_those_of_numpy(seed):
    lmax, directions = 6, np.random.default_rng(seed).normal(size=(20, 3))
    units = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    with double_precision():
        found = jax.jit(harmonics_of_units, static_argnums=1)(jnp.asarray(units), lmax)
    assert np.allclose(found, harmonics(directions, lmax), atol=1e-12)


@pytest.mark.parametrize("pole", [1.0, -1.0])
def test_the_pole_has_harmonics_and_a_derivative(pole):
    with double_precision():
        at = jnp.asarray([0.0, 0.0, pole])
        values = jax.jit(harmonics_of_units, static_argnums=1)(at, 4)
        slopes = jax.jit(jax.jacobian(lambda unit: harmonics_of_units(unit, 4)))(at)
    assert np.allclose(values, harmonics(np.array([0.0, 0.0, pole]), 4), atol=1e-12)
    assert np.isfinite(slopes).all()


def test_bonds_point_from_first_to_second_and_ignore_what_is_apart():
    positions = np.random.default_rng(0).normal(size=(2, 3, 3))
    connected = ~np.eye(3, dtype=bool)
    with double_precision():
        units, distances = jax.jit(bonds)(jnp.asarray(positions), jnp.asarray(connected))
        slope = jax.jit(jax.grad(lambda p: bonds(p, jnp.asarray(connected))[1].sum()))
        slopes = slope(jnp.asarray(positions))
    away = positions[:, 2] - positions[:, 0]
    assert np.allclose(units[:, 0, 2] * distances[:, 0, 2, None], away)
    assert np.allclose(units[:, 1, 1], [0.0, 0.0, 1.0])
    assert np.isfinite(slopes).all()


def test_bessel_waves_are_orthonormal_over_the_ball():
    r, weights = np.polynomial.legendre.leggauss(60)
    r, weights = 2.5 * (r + 1), 2.5 * weights
    with double_precision():
        waves = np.asarray(bessel(jnp.asarray(r), 6, 5.0))
    gram = np.einsum("ra,rb,r->ab", waves, waves, weights * r**2)
    assert np.allclose(gram, np.eye(6), atol=1e-12)


@pytest.mark.parametrize("power", [3, 5, 6])
def test_the_cutoff_ends_with_two_vanishing_derivatives(power):
    def value(r):
        return polynomial_cutoff(r, 4.0, power)

    with double_precision():
        near = 4.0 - 1e-9
        assert float(value(jnp.asarray(1e-6))) == pytest.approx(1.0, abs=1e-9)
        assert float(value(jnp.asarray(4.5))) == 0.0
        for derivative in (value, jax.grad(value), jax.grad(jax.grad(value))):
            assert abs(float(jax.jit(derivative)(jnp.asarray(near)))) < 1e-6


def test_mixing_commutes_with_rotations_and_reflections():
    rng = np.random.default_rng(3)
    turn = -random_rotations(1, rng)[0]
    wigner, x = rotation_of_coefficients(turn, 3), rng.normal(size=(5, 4, 16))
    with double_precision():
        mixing = jax.tree.map(jnp.float64, channel_mixing(3, 4, 6, jax.random.key(0)))
        mix = jax.jit(lambda x: mixing(x))
        after = np.asarray(mix(jnp.asarray(x))) @ wigner.T
        before = np.asarray(mix(jnp.asarray(x @ wigner.T)))
    assert before.shape == (5, 6, 16)
    assert np.allclose(after, before, atol=1e-12)


def test_a_factor_reaches_all_orders_of_its_degree():
    factors = np.array([[1.0, 2.0, 3.0]])
    scaled = scaled_by_degree(jnp.ones((1, 9)), jnp.asarray(factors))
    assert np.array_equal(scaled[0], factors[0][degrees(2)])


def test_a_perceptron_without_hidden_layers_is_linear():
    net = perceptron((3, 2), jax.random.key(1))
    x = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    assert np.allclose(net(x), x @ np.asarray(net.weights[0]), atol=1e-6)
