"""Angles for MaxCut on d-regular graphs without training: the best ones on the infinite tree.

Wurtz and Lykov, "Fixed-angle conjectures for the quantum approximate optimization algorithm on regular
MaxCut graphs", PRA 104, 052419 (2021): with the angles of the tree, no regular graph does worse in the
approximation ratio than the tree does in the share of edges cut. The angles are stored as
``optimise_on_tree`` finds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hybrid.qaoa_angles.table import ANGLES
from hybrid.starts import AngleStart, Stage
from problems.binary.qubo import Qubo
from problems.checking import check_integer
from problems.contract import Array
from problems.errors import ProblemError


def fixed_angles(degree: int, layers: int) -> tuple[Array, Array]:
    """Return β ``[p]`` and γ ``[p]`` for the Ising model of a cut with edges of weight 1 (couplings ½).

    Other couplings J take γ · ½/J. Degree 2 and those above the table follow no stored angles.

    Raises:
        ProblemError: If the degree or the depth is not in the table.
    """
    check_integer("degree", degree, 2)
    check_integer("layers", layers, 1)
    depths = stored().get(degree)
    if depths is None:
        raise ProblemError("degree", degree, "one of " + ", ".join(map(str, stored())))
    if layers not in depths:
        wanted = f"at most {max(depths)} for degree {degree}"
        raise ProblemError("layers", layers, wanted, "optimise_on_tree(degree, layers) computes more")
    betas, gammas = np.split(np.array(depths[layers]), 2)
    return betas, gammas


def stored() -> Mapping[int, Mapping[int, tuple[float, ...]]]:
    """Return the angles that are stored, by degree and depth."""
    return ANGLES


@dataclass(frozen=True)
class FixedAngles(AngleStart):
    """Start from the angles of the infinite tree; with ``optimizer=None`` they are all there is.

    Attributes:
        degree: d; None for the mean degree of the cost, rounded.
    """

    degree: int | None = None

    def angles(self, stage: Stage) -> Array:
        """Return the stored angles, γ in units of the couplings' root mean square."""
        betas, gammas = fixed_angles(self._degree(stage.cost.qubo), stage.layers)
        size = float(np.sqrt(np.mean(stage.cost.form.coupling**2)))
        return np.concatenate([betas, gammas * 0.5 / size])

    def refusal(self, problem: Qubo) -> str | None:
        """Refuse costs with fields, and degrees that are not stored."""
        form = problem.ising.form
        if np.any(np.abs(form.linear) > 1e-9 * np.abs(form.coupling).max(initial=0.0)):
            return "fixed angles are for cuts, and this cost has fields"
        if not np.any(form.coupling):
            return "fixed angles are for cuts, and this cost has no coupling"
        degree = self._degree(problem)
        return None if degree in stored() else f"no fixed angles are stored for degree {degree}"

    def _degree(self, problem: Qubo) -> int:
        if self.degree is not None:
            return self.degree
        return round(2 * np.count_nonzero(problem.ising.form.coupling) / problem.n)
