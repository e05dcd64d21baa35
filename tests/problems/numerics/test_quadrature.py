"""Quadrature rules and barycentric matrices against exact integrals and polynomials."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.polynomial import Polynomial

from problems.errors import ProblemError
from problems.numerics.quadrature import (
    cumulative_matrix,
    differentiation_matrix,
    gauss_jacobi,
    gauss_legendre,
    gauss_lobatto_legendre,
    interpolation_matrix,
)


def monomial_integral(degree, exponent=0.0):
    """∫ (1 + x)^(degree + exponent) dx over [-1, 1]."""
    return 2.0 ** (degree + exponent + 1) / (degree + exponent + 1)


@given(st.integers(1, 40), st.data())
def test_gauss_legendre_is_exact_to_its_degree(points, data):
    degree = data.draw(st.integers(0, 2 * points - 1))
    nodes, weights = gauss_legendre(points)
    assert weights @ (1 + nodes) ** degree == pytest.approx(monomial_integral(degree), rel=1e-12)


def test_gauss_legendre_is_wrong_one_degree_further():
    nodes, weights = gauss_legendre(4)
    assert abs(weights @ (1 + nodes) ** 8 - monomial_integral(8)) > 1e-3


@given(st.integers(2, 40), st.data())
def test_lobatto_is_exact_to_its_degree_and_holds_the_ends(points, data):
    degree = data.draw(st.integers(0, 2 * points - 3))
    nodes, weights = gauss_lobatto_legendre(points)
    assert nodes[0] == -1
    assert nodes[-1] == 1
    assert np.all(np.diff(nodes) > 0)
    assert weights @ (1 + nodes) ** degree == pytest.approx(monomial_integral(degree), rel=1e-12)


@given(st.integers(1, 40), st.floats(-0.6, 12.0), st.data())
def test_jacobi_integrates_a_broken_power_exactly(points, exponent, data):
    degree = data.draw(st.integers(0, 2 * points - 1))
    nodes, weights = gauss_jacobi(points, exponent)
    assert weights @ (1 + nodes) ** degree == pytest.approx(monomial_integral(degree, exponent), rel=1e-10)


@given(st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_interpolation_and_slopes_reproduce_polynomials(degree, seed):
    rng = np.random.default_rng(seed)
    polynomial = Polynomial(rng.normal(size=degree + 1))
    nodes = gauss_lobatto_legendre(degree + 1)[0]
    targets = np.concatenate([rng.uniform(-1, 1, 7), nodes[:2]])
    scale = np.sum(np.abs(polynomial.coef))
    values = interpolation_matrix(nodes, targets) @ polynomial(nodes)
    assert np.allclose(values, polynomial(targets), rtol=0, atol=1e-12 * scale)
    slopes = differentiation_matrix(nodes) @ polynomial(nodes)
    assert np.allclose(slopes, polynomial.deriv()(nodes), rtol=0, atol=1e-12 * scale * (degree + 1) ** 2)


def test_high_degree_interpolation_converges_where_equal_spacing_diverges():
    targets = np.linspace(-1, 1, 201)
    runge = 1 / (1 + 25 * targets**2)

    def error(nodes):
        return np.max(np.abs(interpolation_matrix(nodes, targets) @ (1 / (1 + 25 * nodes**2)) - runge))

    assert error(gauss_lobatto_legendre(61)[0]) < 2e-5
    assert error(np.linspace(-1, 1, 61)) > 1e3


@given(st.integers(2, 40))
def test_running_integrals_agree_with_the_antiderivative(points):
    nodes, _ = gauss_legendre(points)
    degree = points - 1
    found = cumulative_matrix(points) @ (1 + nodes) ** degree
    assert np.allclose(found, (1 + nodes) ** points / points, rtol=0, atol=1e-12 * 2.0**points)


def test_rules_refuse_what_they_cannot_be():
    for wrong in (
        lambda: gauss_legendre(0),
        lambda: gauss_lobatto_legendre(1),
        lambda: gauss_jacobi(3, -1.0),
    ):
        with pytest.raises(ProblemError):
            wrong()
