"""The radial Schrödinger equation in high-order finite elements.

Reference: Čertík et al., Comput. Phys. Commun. 297 (2024) 109051, section 2. The overlap is taken by the
quadrature at the nodes, which makes it diagonal and the eigenproblem an ordinary symmetric one. Its energies
carry the round-off of a matrix of norm 1e8; Rayleigh quotients summed at the quadrature points do not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from scipy.linalg import eigh, get_lapack_funcs

from classical.chemistry.mesh import QuadraturePoints, assemble, assemble_vector, legendre_basis, scatter
from problems.contract import Array, NothingFound
from problems.numerics.quadrature import gauss_lobatto_legendre

WORK = 40  # numbers of work space a row, enough for the blocked reduction


@dataclass(frozen=True, eq=False)
class Channel:
    """The lowest states of one angular momentum.

    Attributes:
        energies: ``[k]``.
        large: P̃ at the nodes ``[k, E, p + 1]``, normalised, of either sign.
        small: Q̃ likewise, or None.
        density: P² + Q² ``[k, E, Q]`` at the points where potentials are given.
        exponent: a in P = r^a P̃.
    """

    energies: Array
    large: Array
    small: Array | None
    density: Array
    exponent: float


@dataclass(frozen=True, eq=False)
class SchroedingerElements:
    """Matrices that depend on the mesh alone, and the eigensolver.

    Attributes:
        ends: ``[E + 1]``.
        degree: p.
        quadrature: Gauss–Legendre points of an element.
    """

    ends: Array
    degree: int
    quadrature: int

    @cached_property
    def points(self) -> QuadraturePoints:
        """Where potentials are given."""
        return QuadraturePoints.legendre(self.ends, self.quadrature)

    @property
    def unknowns(self) -> int:
        """The size of the eigenproblem."""
        return self.degree * (len(self.ends) - 1) - 1

    @cached_property
    def _scaling(self) -> Array:
        """1/√ of the overlap by quadrature at the inner nodes ``[unknowns]``."""
        weights = gauss_lobatto_legendre(self.degree + 1)[1]
        return 1 / np.sqrt(assemble_vector(np.diff(self.ends)[:, None] / 2 * weights)[1:-1])

    @cached_property
    def _kinetic(self) -> Array:
        """½ ∫ B' B' without the first and the last function."""
        slopes = legendre_basis(self.degree, self.quadrature).slopes
        scale = 2 / np.diff(self.ends)[:, None]
        weights = 0.5 * self.points.weights * scale**2
        return assemble(_weighted(slopes, weights))[1:-1, 1:-1]

    def channel(self, potential: Array, momentum: int, count: int) -> Channel:
        """Return the lowest ``count`` states of angular momentum l in a potential ``[E, Q]``.

        Raises:
            NothingFound: If the matrices are not finite or the eigensolver fails.
        """
        well = potential + momentum * (momentum + 1) / (2 * self.points.r**2)
        values = legendre_basis(self.degree, self.quadrature).values
        matrix = self._kinetic + assemble(_weighted(values, self.points.weights * well))[1:-1, 1:-1]
        matrix *= self._scaling[:, None] * self._scaling
        vectors = lowest_vectors(matrix, None, count)
        inner = np.zeros((count, self.unknowns + 2))
        inner[:, 1:-1] = (vectors * self._scaling[:, None]).T
        return self._normalised(scatter(inner, len(self.ends) - 1), well)

    def _normalised(self, nodal: Array, well: Array) -> Channel:
        basis, weights = legendre_basis(self.degree, self.quadrature), self.points.weights.ravel()
        count, elements, size = nodal.shape
        flat = nodal.reshape(-1, size)
        squares = (flat @ basis.values.T).reshape(count, -1) ** 2
        scale = np.repeat(2 / np.diff(self.ends), self.quadrature)
        slopes = (flat @ basis.slopes.T).reshape(count, -1) ** 2
        norms = squares @ weights
        energies = (slopes @ (0.5 * weights * scale**2) + squares @ (weights * well.ravel())) / norms
        density = (squares / norms[:, None]).reshape(count, elements, -1)
        return Channel(energies, nodal / np.sqrt(norms)[:, None, None], None, density, 0.0)


def lowest_vectors(matrix: Array, overlap: Array | None, count: int) -> Array:
    """Return the lowest eigenvectors ``[n, count]`` of a symmetric pencil.

    Raises:
        NothingFound: If it is not finite or the eigensolver fails.
    """
    if not np.all(np.isfinite(matrix)):
        raise NothingFound("the Hamiltonian's matrix is not finite; the potential has run away")
    if overlap is None:  # the plain driver: these matrices are so small that a wrapper's checks would show
        size = len(matrix)
        _, vectors, _, _, failed = _plain_driver()(matrix, range="I", il=1, iu=count, lwork=WORK * size)
        if failed:
            raise NothingFound(f"the eigensolver failed with status {failed}")
        return vectors[:, :count]
    try:
        return eigh(matrix, overlap, subset_by_index=[0, count - 1], check_finite=False)[1]
    except np.linalg.LinAlgError as error:
        raise NothingFound(f"the eigensolver failed: {error}") from error


@cache
def _plain_driver() -> Callable:
    return get_lapack_funcs(("syevr",), dtype=np.float64)[0]


def outward_sign(values: Array) -> Array:
    """Return ±1 ``[k]`` that makes each function ``[k, E, q]`` positive next to the nucleus."""
    flat = values.reshape(len(values), -1)
    visible = np.abs(flat) > 1e-3 * np.max(np.abs(flat), axis=1, keepdims=True)
    return np.sign(flat[np.arange(len(flat)), np.argmax(visible, axis=1)])


def _weighted(functions: Array, weights: Array) -> Array:
    """Return Fᵀ diag(w_e) F for each element ``[E, p + 1, p + 1]``."""
    return np.matmul(functions.T[None] * weights[:, None, :], functions)
