"""The symmetric Clebsch–Gordan basis: completeness by counting, equivariance, orthonormality."""

from itertools import combinations_with_replacement
from math import comb

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.equivariance.many_body_product import ManyBodyProduct
from classical.equivariance.symmetric_contraction import monomials, symmetric_couplings
from problems.numerics.precision import double_precision
from problems.numerics.rotations import random_rotations
from problems.numerics.spherical import block, rotation_of_coefficients, size


@given(st.integers(1, 5), st.integers(1, 4))
@settings(max_examples=15, deadline=None)
def test_monomials_come_in_lexicographic_order(n, order):
    x = np.random.default_rng(n + 10 * order).normal(size=(n, 2))
    keys = list(combinations_with_replacement(range(n), order))
    assert np.allclose(monomials(x, order), [np.prod(x[list(key)], axis=0) for key in keys])


@pytest.mark.parametrize(("lmax", "order"), [(1, 2), (1, 3), (1, 4), (2, 2), (2, 3), (3, 2)])
def test_all_degrees_and_parities_together_span_all_symmetric_tensors(lmax, order):
    dimension = sum(
        len(symmetric_couplings(lmax, degree, order, pseudo)) * (2 * degree + 1)
        for degree in range(order * lmax + 1)
        for pseudo in (False, True)
    )
    assert dimension == comb(size(lmax) + order - 1, order)


@pytest.mark.parametrize(("degree", "pseudo"), [(0, False), (1, False), (2, False), (1, True), (2, True)])
def test_polynomials_turn_with_their_variables(degree, pseudo):
    rng = np.random.default_rng(degree)
    turn, x = -random_rotations(1, rng)[0], rng.normal(size=(9, 4))
    wigner = rotation_of_coefficients(turn, 2)
    basis = symmetric_couplings(2, degree, 3, pseudo)
    own = wigner[block(degree), block(degree)] * (-1 if pseudo else 1)
    turned = basis @ monomials(wigner @ x, 3)
    assert len(basis) > 0
    assert np.allclose(turned, own @ (basis @ monomials(x, 3)), atol=1e-11)


def test_polynomials_are_orthonormal_as_symmetric_tensors():
    basis = symmetric_couplings(1, 1, 3)
    keys = list(combinations_with_replacement(range(4), 3))
    index = {key: at for at, key in enumerate(keys)}
    tensors = np.zeros((len(basis), 3, 4, 4, 4))
    for where in np.ndindex(4, 4, 4):
        at = index[tuple(sorted(where))]
        count = sum(tuple(sorted(other)) == keys[at] for other in np.ndindex(4, 4, 4))
        tensors[(slice(None), slice(None), *where)] = basis[:, :, at] / count
    gram = np.einsum("pmabc,qmabc->pq", tensors, tensors) / 3
    assert np.allclose(gram, np.eye(len(basis)), atol=1e-12)


def test_the_invariants_of_a_vector_are_powers_of_its_length():
    # of coefficients of degrees 0 and 1, (s, v): orders 3 give s³ and s |v|²
    basis = symmetric_couplings(1, 0, 3)
    rng = np.random.default_rng(1)
    x = rng.normal(size=(4, 30))
    values = (basis @ monomials(x, 3))[:, 0]
    length = np.sum(x[1:] ** 2, axis=0)
    expected = np.stack([x[0] ** 3, x[0] * length])
    fitted, residual, _, _ = np.linalg.lstsq(expected.T, values.T, rcond=None)
    assert len(basis) == 2
    assert np.abs(expected.T @ fitted - values.T).max() < 1e-11


@pytest.mark.parametrize("product", ["gaunt", "cg"])
def test_many_body_products_are_equivariant(product):
    operation = ManyBodyProduct(2, 1, 3, product)
    rng = np.random.default_rng(2)
    turn, x = -random_rotations(1, rng)[0], rng.normal(size=(3, 2, 9))
    weights = rng.normal(size=(2, operation.weights))
    before, after = rotation_of_coefficients(turn, 2), rotation_of_coefficients(turn, 1)
    with double_precision():
        apply = jax.jit(operation)
        plain = np.asarray(apply(jnp.asarray(x), jnp.asarray(weights)))
        turned = np.asarray(apply(jnp.asarray(x @ before.T), jnp.asarray(weights)))
    assert np.abs(plain).max() > 0.1
    assert np.allclose(turned, plain @ after.T, atol=1e-10)


def test_gaunt_powers_are_among_the_clebsch_gordan_polynomials():
    rng = np.random.default_rng(3)
    x, gaunt, full = rng.normal(size=(60, 1, 9)), ManyBodyProduct(2, 1, 3), ManyBodyProduct(2, 1, 3, "cg")
    with double_precision():
        target = np.asarray(jax.jit(gaunt)(jnp.asarray(x), jnp.asarray(rng.normal(size=(1, gaunt.weights)))))
        # a channel for each polynomial alone
        copies = np.repeat(x, full.weights, axis=1)
        rows = np.asarray(jax.jit(full)(jnp.asarray(copies), jnp.asarray(np.eye(full.weights))))
    columns = rows.transpose(0, 2, 1).reshape(-1, full.weights)
    fitted = np.linalg.lstsq(columns, target[:, 0].ravel(), rcond=None)[0]
    assert np.abs(columns @ fitted - target[:, 0].ravel()).max() < 1e-9 * np.abs(target).max()
    assert full.weights == 17 > gaunt.weights == 6


@pytest.mark.parametrize("method", [pytest.param("fourier", marks=pytest.mark.slow), "reference"])
def test_all_ways_to_take_powers_agree(method):
    rng = np.random.default_rng(4)
    x, weights = rng.normal(size=(5, 9)), rng.normal(size=6)
    with double_precision():
        grid, other = (
            np.asarray(jax.jit(ManyBodyProduct(2, 1, 3, "gaunt", kind))(jnp.asarray(x), jnp.asarray(weights)))
            for kind in ("grid", method)
        )
    assert np.allclose(grid, other, atol=1e-11 * np.abs(grid).max())
