"""Repair of samples: the problem's own, but for permutations one that all samples have a say in."""

from __future__ import annotations

from typing import Any

import numpy as np

from problems.binary.permutations import PermutationProblem

Array = np.ndarray


def repaired_samples(problem: Any, bits: Array, counts: Array) -> Array:
    """Return the samples ``[S, n]``, each repaired; of permutations there are further rows.

    Args:
        problem: It ranks and repairs bits.
        bits: ``[S, n]``.
        counts: ``[S]`` how often each was drawn.
    """
    if isinstance(problem, PermutationProblem):
        return assigned(bits, counts, problem.size)
    return problem.repair(bits)


def assigned(bits: Array, counts: Array, size: int) -> Array:
    """Return permutations ``[S + 1, size²]``: one for each sample, and one for their marginals.

    Each shares as many ones with its sample as a permutation can, and among those it has the greatest sum of
    marginals, the shares of samples in which a bit is 1: what a sample leaves open, the others decide. The
    last one has the greatest sum of marginals of all. Found by the assignment algorithm, Kuhn, Naval Research
    Logistics Quarterly 2 (1955).
    """
    from scipy.optimize import linear_sum_assignment

    marginals = (counts @ bits / counts.sum()).reshape(size, size)
    tables = np.concatenate([bits.reshape(-1, size, size), np.zeros((1, size, size))])
    weights = tables + marginals / (size + 1.0)  # all marginals of a permutation together stay below one bit
    repaired = np.zeros(tables.shape, dtype=np.uint8)
    for weight, better in zip(weights, repaired, strict=True):
        better[linear_sum_assignment(weight, maximize=True)] = 1
    return repaired.reshape(len(tables), size * size)
