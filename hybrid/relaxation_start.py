"""Where a relaxation of the problem says to begin: probabilities for a warm-started QAOA.

Reference: Egger, Mareček, Woerner, "Warm-starting quantum optimization", Quantum 5, 479 (2021).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from problems.binary.bounds import qubo_bound
from problems.binary.qubo import Qubo
from problems.checking import check_choice, check_integer, check_number
from problems.contract import Array

EDGE = 0.45  # a margin of ½ would start from |+⟩ everywhere


@dataclass(frozen=True)
class WarmStart:
    """Turn the solution of a relaxation into the probability of a one for every qubit.

    "continuous" minimises the QUBO over the box [0, 1]ⁿ after x² = x has made it convex by the least uniform
    shift of its diagonal. "semidefinite" takes (1 − ⟨v_0, v_i⟩)/2 of the unit vectors, v_0 the one that
    stands for spin +1; without fields nothing tells a spin from its opposite, so the best of a number of
    random hyperplanes is taken.

    Attributes:
        relaxation: "continuous" or "semidefinite".
        margin: Probabilities are kept this far from 0 and 1: at the ends a qubit would never move.
        planes: Hyperplanes for a semidefinite relaxation without fields.
    """

    relaxation: Literal["continuous", "semidefinite"] = "continuous"
    margin: float = 0.25
    planes: int = 50

    def __post_init__(self):
        check_choice("relaxation", self.relaxation, ("continuous", "semidefinite"))
        check_number("margin", self.margin, 0.0, EDGE, open_low=True)
        check_integer("planes", self.planes, 1)

    def probabilities(self, problem: Qubo, seed: int = 0) -> Array:
        """Return c ``[n]``, each in [margin, 1 − margin]."""
        relaxed = _convex(problem) if self.relaxation == "continuous" else self._vectors(problem, seed)
        return np.clip(relaxed, self.margin, 1 - self.margin)

    def _vectors(self, problem: Qubo, seed: int) -> Array:
        vectors = qubo_bound(problem, seed=seed).vectors
        if len(vectors) > problem.n:
            return (1 - vectors[: problem.n] @ vectors[problem.n]) / 2
        planes = np.random.default_rng(seed).normal(size=(vectors.shape[1], self.planes))
        bits = (vectors @ planes < 0).T.astype(np.uint8)
        return bits[int(np.argmin(problem.energies(bits)))].astype(float)


def _convex(problem: Qubo) -> Array:
    """Minimise the convexified form over the box, to the accuracy of L-BFGS-B on a convex function."""
    from scipy.optimize import minimize

    upper = problem.form.dense()
    bends, slopes = upper + upper.T, np.array(problem.form.linear)
    shift = max(0.0, -float(np.linalg.eigvalsh(bends)[0])) if problem.n else 0.0
    bends = bends + shift * np.eye(problem.n)  # ½ shift (x² − x) is 0 on bits
    slopes = slopes - shift / 2
    scale = max(1e-300, float(np.abs(bends).max(initial=0.0)), float(np.abs(slopes).max(initial=0.0)))

    def value(x: Array) -> tuple[float, Array]:
        pull = bends @ x
        return float(slopes @ x + x @ pull / 2) / scale, (slopes + pull) / scale

    found = minimize(
        value, np.full(problem.n, 0.5), jac=True, method="L-BFGS-B", bounds=[(0.0, 1.0)] * problem.n,
        options={"maxiter": 10_000, "maxfun": 100_000, "ftol": 1e-14, "gtol": 1e-9},
    )  # fmt: skip
    return np.asarray(found.x)
