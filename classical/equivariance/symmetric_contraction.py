"""All rotation-equivariant polynomials of one set of coefficients: the symmetric Clebsch–Gordan basis.

A polynomial of order ν in the coefficients A is a vector over the monomials A_i A_j …, i <= j <= …; couplings
are built by multiplying with A once more and coupling by Clebsch–Gordan coefficients, intermediate degrees
and parities free. What remains after symmetrisation is linearly dependent; singular vectors give a basis.

Reference: Batatia, Kovács, Simm, Ortner, Csányi, "MACE: higher order equivariant message passing neural
networks for fast and accurate force fields", NeurIPS 2022, arXiv 2206.07697, equations 10 and 11.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations_with_replacement
from math import factorial
from typing import Any

import numpy as np

from problems.contract import Array
from problems.numerics.spherical import block, clebsch_gordan, size

SAME = 1e-9  # singular values below it belong to couplings that vanish or depend on others

Coupled = dict[tuple[int, int], list[Array]]  # (degree, parity change) -> polynomials [monomials, 2l + 1]


def monomials(x: Any, order: int, concatenate: Any = np.concatenate) -> Any:
    """Return all monomials of one order ``[count, ...]`` of variables ``[n, ...]``, indices in rising order.

    Those that begin with x_i are x_i times the monomials of one order less that begin with x_i or later, a
    suffix, so that no index is gathered.
    """
    found, starts = x, list(range(len(x)))
    for _ in range(order - 1):
        parts = [x[i : i + 1] * found[start:] for i, start in enumerate(starts)]
        starts = [int(at) for at in np.cumsum([0, *(part.shape[0] for part in parts[:-1])])]
        found = concatenate(parts)
    return found


@lru_cache(maxsize=32)
def symmetric_couplings(lmax: int, degree: int, order: int, pseudo: bool = False) -> Array:
    """Return an orthonormal basis ``[paths, 2l + 1, monomials]`` of the equivariant polynomials of one order.

    Args:
        lmax: Highest degree of the variables, which have natural parity (−1)^l.
        degree: l of the result.
        order: How many factors each monomial has.
        pseudo: Whether the result has the other parity, −(−1)^l.

    As symmetric tensors they have unit norm and are orthogonal to each other.
    """
    candidates = _coupled(lmax, order).get((degree, int(pseudo)), [])
    multiplicity = _multiplicities(size(lmax), order)
    if not candidates:
        return np.zeros((0, 2 * degree + 1, len(multiplicity)))
    rows = np.array([polynomial.T for polynomial in candidates]) / np.sqrt(multiplicity)
    _, values, vectors = np.linalg.svd(rows.reshape(len(rows), -1), full_matrices=False)
    kept = vectors[values > SAME].reshape(-1, 2 * degree + 1, len(multiplicity))
    # rows of one equivariant map have equal norms: the unit norm is that of one component's tensor
    basis = kept * np.sqrt(2 * degree + 1) * np.sqrt(multiplicity)
    basis[np.abs(basis) < 1e-13] = 0.0
    basis.setflags(write=False)
    return basis


@lru_cache(maxsize=16)
def _coupled(lmax: int, order: int) -> Coupled:
    """Polynomials of one order by degree and parity change, enough to span, one order at a time."""
    n = size(lmax)
    if order == 1:
        return {(degree, 0): [np.eye(n)[:, block(degree)]] for degree in range(lmax + 1)}
    found: Coupled = {}
    place = _products(n, order)
    for (degree, flag), rows in _coupled(lmax, order - 1).items():
        for polynomial in _independent(rows):
            for other in range(lmax + 1):
                for out in range(abs(degree - other), degree + other + 1):
                    tensor = clebsch_gordan(degree, other, out)
                    key = (out, (flag + degree + other + out) % 2)
                    terms = np.einsum("ma,abc->mbc", polynomial, tensor)
                    made = np.zeros((place.max() + 1, 2 * out + 1))
                    np.add.at(made, place[:, block(other)].ravel(), terms.reshape(-1, 2 * out + 1))
                    found.setdefault(key, []).append(made)
    return found


def _independent(rows: list[Array]) -> list[Array]:
    """A basis of the span of polynomials of one kind."""
    stacked = np.array(rows)
    _, values, vectors = np.linalg.svd(stacked.reshape(len(rows), -1), full_matrices=False)
    return list(vectors[values > SAME].reshape(-1, *stacked.shape[1:]))


@lru_cache(maxsize=16)
def _products(n: int, order: int) -> Array:
    """The index ``[monomials of order − 1, n]`` of each monomial of one order less times each variable."""
    index = {key: at for at, key in enumerate(combinations_with_replacement(range(n), order))}
    rows = combinations_with_replacement(range(n), order - 1)
    return np.array([[index[tuple(sorted((*row, k)))] for k in range(n)] for row in rows])


@lru_cache(maxsize=16)
def _multiplicities(n: int, order: int) -> Array:
    """In how many orders the factors of each monomial can be written."""
    found = []
    for key in combinations_with_replacement(range(n), order):
        repeats = np.prod([factorial(key.count(k)) for k in set(key)])
        found.append(factorial(order) / repeats)
    return np.array(found)
