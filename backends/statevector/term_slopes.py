"""All slopes by the terms of a cost from one Walsh–Hadamard transform a layer."""

from __future__ import annotations

import numpy as np

from backends.compiling import kernel
from backends.qaoa_ansatz import QaoaAnsatz
from problems.contract import Array


def term_slopes(differences: Array, ansatz: QaoaAnsatz) -> Array:
    """Return dE/dγ ``[p, terms]`` of every term of the cost.

    A term's slope is its weight times Σ_y ±d(y), with the sign of its spins: an entry of the transform of d
    whose index has one or two ones.

    Args:
        differences: 2 (λ_re ψ_im − λ_im ψ_re) ``[p, 2^N]`` at each layer; used up.
        ansatz: Whose terms.
    """
    form = ansatz.cost.form
    places = np.concatenate([1 << ansatz.fields, (1 << form.first) | (1 << form.second)]).astype(np.int64)
    slopes = np.empty((len(differences), len(places)))
    for layer, values in enumerate(differences):
        walsh_hadamard(values)
        slopes[layer] = values[places]
    return slopes * ansatz.weights


@kernel
def walsh_hadamard(values):  # pragma: no cover - compiled
    """Transform ``[2^n]`` in place: entry z becomes Σ_y (−1)^(ones of y & z) v(y)."""
    step = 1
    while step < len(values):
        for start in range(0, len(values), 2 * step):
            lower, upper = values[start : start + step], values[start + step : start + 2 * step]
            for x in range(step):
                a, b = lower[x], upper[x]
                lower[x], upper[x] = a + b, a - b
        step *= 2
