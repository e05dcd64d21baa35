"""Harmonics, rotations, Clebsch–Gordan and Gaunt coefficients against each other and against closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import sph_harm_y

from problems.numerics.rotations import of_quaternions, random_rotations
from problems.numerics.spherical import (
    block,
    clebsch_gordan,
    complex_clebsch_gordan,
    degrees,
    gaunt,
    harmonics,
    rotation_of_coefficients,
    size,
    sphere_grid,
)

TRIPLES = st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 10))


def test_harmonics_are_the_textbook_ones():
    directions = np.random.default_rng(0).normal(size=(50, 3))
    x, y, z = (directions / np.linalg.norm(directions, axis=1, keepdims=True)).T
    ours, polar, azimuth = harmonics(directions, 9), np.arccos(z), np.arctan2(y, x)
    for degree in range(10):
        for m in range(-degree, degree + 1):
            value = sph_harm_y(degree, abs(m), polar, azimuth) * (-1) ** m
            part = value.real if m >= 0 else value.imag
            expected = part * (np.sqrt(2) if m else 1)
            np.testing.assert_allclose(ours[:, degree**2 + degree + m], expected, atol=1e-13)
    np.testing.assert_allclose(ours[:, 1:4], np.sqrt(3 / 4 / np.pi) * np.stack([y, z, x], axis=1))


def test_harmonics_are_orthonormal_and_finite_at_the_poles():
    directions, weights = sphere_grid(9, 17)
    values = harmonics(directions, 8).reshape(-1, 81)
    np.testing.assert_allclose((values * weights.reshape(-1, 1)).T @ values, np.eye(81), atol=1e-13)
    poles = harmonics(np.array([[0, 0, 1.0], [0, 0, -1.0]]), 8)
    expected = np.zeros((2, 81))
    for degree in range(9):
        expected[:, degree**2 + degree] = np.sqrt((2 * degree + 1) / 4 / np.pi) * np.array(
            [1, (-1) ** degree]
        )
    np.testing.assert_allclose(poles, expected, atol=1e-14)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_rotations_of_coefficients_are_an_orthogonal_representation(seed):
    rng = np.random.default_rng(seed)
    first, second = random_rotations(2, rng)
    one, two = rotation_of_coefficients(first, 5), rotation_of_coefficients(second, 5)
    np.testing.assert_allclose(rotation_of_coefficients(first @ second, 5), one @ two, atol=1e-12)
    np.testing.assert_allclose(one @ one.T, np.eye(36), atol=1e-12)
    vector = rng.normal(size=3)
    np.testing.assert_allclose(harmonics(first @ vector, 5), one @ harmonics(vector, 5), atol=1e-12)


def test_inversion_changes_the_sign_of_odd_degrees():
    np.testing.assert_allclose(
        rotation_of_coefficients(-np.eye(3), 4), np.diag((-1.0) ** degrees(4)), atol=1e-13
    )


def test_complex_coefficients_are_unitary():
    for l1, l2 in ((1, 1), (2, 3), (4, 4), (8, 8)):
        rows = [complex_clebsch_gordan(l1, l2, l3) for l3 in range(abs(l1 - l2), l1 + l2 + 1)]
        matrix = np.concatenate([row.reshape(-1, row.shape[2]) for row in rows], axis=1)
        np.testing.assert_allclose(matrix.T @ matrix, np.eye(len(matrix)), atol=1e-13)
    assert complex_clebsch_gordan(1, 1, 0)[0, 2, 0] == pytest.approx(1 / np.sqrt(3))
    assert complex_clebsch_gordan(2, 1, 1)[4, 0, 2] == pytest.approx(np.sqrt(3 / 5))


@settings(max_examples=60, deadline=None)
@given(TRIPLES)
def test_real_coefficients_are_invariant_and_of_unit_norm(triple):
    l1, l2, l3 = triple
    tensor = clebsch_gordan(l1, l2, l3)
    if not abs(l1 - l2) <= l3 <= l1 + l2:
        assert not tensor.any()
        return
    assert np.linalg.norm(tensor) == pytest.approx(1, abs=1e-13)
    rotation = random_rotations(1, np.random.default_rng(l1 + 7 * l2))[0]
    matrix = rotation_of_coefficients(rotation, max(triple))
    turned = np.einsum(
        "ijk,ai,bj,ck->abc", tensor, matrix[block(l1), block(l1)], matrix[block(l2), block(l2)],
        matrix[block(l3), block(l3)], optimize=True,
    )  # fmt: skip
    np.testing.assert_allclose(turned, tensor, atol=1e-12)


def test_vectors_couple_to_the_cross_product():
    tensor = clebsch_gordan(1, 1, 1)
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 3))
    to_components = [1, 2, 0]  # y, z, x
    product = np.einsum("ijk,i,j->k", tensor, a[to_components], b[to_components])
    cross = np.cross(a, b)[to_components]
    assert abs(product @ cross) == pytest.approx(np.linalg.norm(cross) ** 2 / np.sqrt(6))


def test_gaunt_is_clebsch_gordan_times_the_norm_of_the_path():
    whole = gaunt(4, 3, 7)
    assert whole.shape == (size(4), size(3), size(7))
    for l1 in range(5):
        for l2 in range(4):
            for l3 in range(8):
                own = whole[block(l1), block(l2), block(l3)]
                wigner = complex_clebsch_gordan(l1, l2, l3)[l1, l2, l3] ** 2 / (2 * l3 + 1)
                norm = np.sqrt((2 * l1 + 1) * (2 * l2 + 1) * (2 * l3 + 1) / 4 / np.pi * wigner)
                np.testing.assert_allclose(own, norm * clebsch_gordan(l1, l2, l3), atol=1e-13)


def test_products_of_functions_are_contractions_with_gaunt():
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=size(3)), rng.normal(size=size(2))
    points = rng.normal(size=(30, 3))
    product = np.einsum("ijk,i,j->k", gaunt(3, 2, 5), x, y)
    expected = (harmonics(points, 3) @ x) * (harmonics(points, 2) @ y)
    np.testing.assert_allclose(harmonics(points, 5) @ product, expected, atol=1e-12)


def test_quaternions_become_rotations():
    np.testing.assert_allclose(of_quaternions(np.array([1.0, 0, 0, 0])), np.eye(3))
    quarter = of_quaternions(np.array([np.sqrt(0.5), 0, 0, np.sqrt(0.5)]))
    np.testing.assert_allclose(quarter @ [1, 0, 0], [0, 1, 0], atol=1e-15)
    matrices = random_rotations(100, np.random.default_rng(3))
    np.testing.assert_allclose(np.linalg.det(matrices), 1)
    assert np.abs(matrices.mean(axis=0)).max() < 4 * np.sqrt(1 / 3 / 100)
