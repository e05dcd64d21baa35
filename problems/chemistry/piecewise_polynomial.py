"""Functions of the radius that are polynomials on each of a row of elements."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from problems.checking import frozen_array, refuse_elements
from problems.contract import Array
from problems.errors import ProblemError
from problems.numerics.quadrature import differentiation_matrix, interpolation_matrix


@dataclass(frozen=True, eq=False)
class PiecewisePolynomial:
    """One or more functions given by their values at nodes; beyond the last element they are zero.

    Attributes:
        ends: ``[E + 1]``, increasing radii in Bohr, from the nucleus outwards.
        nodes: ``[E, q]``, distinct reference nodes in [-1, 1] of each element, or ``[1, q]`` for all alike.
        values: ``[..., E, q]``.
    """

    ends: Array
    nodes: Array
    values: Array

    def __post_init__(self):
        ends = frozen_array("ends", self.ends, shape=(None,))
        if len(ends) < 2:
            raise ProblemError("ends", ends.tolist(), "two radii or more")
        wrong = np.concatenate([[ends[0] < 0], np.diff(ends) <= 0])
        refuse_elements("ends", ends, wrong, "increasing radii from 0 on")
        nodes = frozen_array("nodes", self.nodes, shape=(None, None))
        if len(nodes) not in (1, len(ends) - 1):
            raise ProblemError("the shape of nodes", nodes.shape, f"(1 or {len(ends) - 1}, q)")
        values = frozen_array("values", self.values)
        if values.ndim < 2 or values.shape[-2:] != (len(ends) - 1, nodes.shape[1]):
            wanted = f"(..., {len(ends) - 1}, {nodes.shape[1]})"
            raise ProblemError("the shape of values", values.shape, wanted)
        for name, array in (("ends", ends), ("nodes", nodes), ("values", values)):
            object.__setattr__(self, name, array)

    def __call__(self, r: Array) -> Array:
        """Return the functions ``[..., R]`` at radii ``[R]``."""
        return self._at(np.asarray(r, dtype=float), self.values)

    def slope(self, r: Array) -> Array:
        """Return the derivatives ``[..., R]`` by the radius; at an element's end the inner one."""
        return self._at(np.asarray(r, dtype=float), self._slopes)

    def curvature(self, r: Array) -> Array:
        """Return the second derivatives ``[..., R]`` inside the elements."""
        return self._at(np.asarray(r, dtype=float), self._differentiated(self._slopes))

    @property
    def degree(self) -> int:
        """The degree on an element."""
        return self.nodes.shape[1] - 1

    @cached_property
    def _slopes(self) -> Array:
        return self._differentiated(self.values)

    def _differentiated(self, values: Array) -> Array:
        scale = 2.0 / np.diff(self.ends)[:, None]
        if len(self.nodes) == 1:
            return values @ differentiation_matrix(self.nodes[0]).T * scale
        matrices = np.stack([differentiation_matrix(row) for row in self.nodes])
        return np.einsum("...ej,eij->...ei", values, matrices) * scale

    def _at(self, r: Array, values: Array) -> Array:
        found = np.zeros((*values.shape[:-2], *r.shape))
        element = np.searchsorted(self.ends, r, side="left") - 1
        element[r == self.ends[0]] = 0
        for e in np.unique(element[(element >= 0) & (element < len(self.ends) - 1)]):
            here = element == e
            low, high = self.ends[e], self.ends[e + 1]
            reference = 2.0 * (r[here] - low) / (high - low) - 1.0
            nodes = self.nodes[0 if len(self.nodes) == 1 else e]
            found[..., here] = values[..., e, :] @ interpolation_matrix(nodes, reference).T
        return found
