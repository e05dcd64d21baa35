"""Angles of one instance for another: γ follows the size of the weights and the degree, β stays.

Reference: Sureshbabu et al., "Parameter setting in quantum approximate optimization of weighted problems",
Quantum 8, 1231 (2024): γ is divided by the root-mean-square weight, and the degree enters by arctan(1/√(d −
1)), the best γ of one layer on a triangle-free regular graph.
"""

from __future__ import annotations

import numpy as np

from problems.binary.qubo import Ising
from problems.contract import Array
from problems.errors import ProblemError


def rescaled(angles: Array, source: Ising, target: Ising) -> Array:
    """Return angles ``[2p]`` that were trained on ``source``, for ``target``.

    Raises:
        ProblemError: If one of the costs has no term.
    """
    betas, gammas = np.split(np.asarray(angles, dtype=float), 2)
    factor = natural_gamma("target", target) / natural_gamma("source", source)
    return np.concatenate([betas, gammas * factor])


def natural_gamma(name: str, cost: Ising) -> float:
    """Return arctan(1/√(d − 1)) / (2 · root-mean-square weight): the scale of γ for a cost.

    Fields count as couplings to one spin that is fixed, so d is the mean number of terms at a spin.
    """
    form = cost.form
    fields = form.linear[form.linear != 0]
    weights = np.concatenate([fields, form.coupling])
    if not np.any(weights):
        raise ProblemError(name, "a constant cost", "at least one field or coupling")
    degree = max(1.0, (2 * np.count_nonzero(form.coupling) + len(fields)) / cost.n)
    angle = np.pi / 2 if degree == 1 else np.arctan(1 / np.sqrt(degree - 1))
    return float(angle / (2 * np.sqrt(np.mean(weights**2))))
