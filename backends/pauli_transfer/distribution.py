"""What is read at the end: probabilities from the strings of I and Z, samples, and lowest shares."""

from __future__ import annotations

import numpy as np

from backends.pauli_transfer.batch import run_energies
from backends.pauli_transfer.observables import Strings
from backends.pauli_transfer.operations import Operations
from backends.workload import Observable
from problems.contract import Array
from problems.ground_state import PauliSum
from problems.ground_state.noise import NoiseModel

ROUNDING = 1e-12  # of a cumulative probability


def probabilities(operations: Operations, rows: Array, n: int, noise: NoiseModel | None) -> Array:
    """Return how likely each outcome is to be read, ``[B, 2^n]``.

    p(b) = 2^-n Σ_z (−1)^(b·z) r_z over the strings of I and Z. Z is flipped alike in both modes of readout,
    so each Z loses 1 − 2p of its qubit.
    """
    ones = np.arange(1 << n)[:, None] >> np.arange(n) & 1
    scales = np.ones(n) if noise is None else noise.readout_scales(n)
    weights = np.prod(np.where(ones == 1, scales, 1.0), axis=1)
    bounds = np.arange((1 << n) + 1, dtype=np.int64)  # each string is an observable of its own
    strings = Strings(np.ascontiguousarray(3 * ones, dtype=np.int64), bounds, weights)
    means = run_energies(operations, np.zeros(len(rows), dtype=np.int64), rows, strings)
    found = np.maximum(hadamard(means) / (1 << n), 0.0)  # rounding may go below
    return found / np.sum(found, axis=1, keepdims=True)


def hadamard(values: Array) -> Array:
    """Return Σ_z (−1)^(b·z) v_z along the last axis ``[…, 2^n]``; twice over it multiplies by 2^n."""
    shape, size = values.shape, values.shape[-1]
    out, step = values, 1
    while step < size:
        pairs = out.reshape(*shape[:-1], -1, 2, step)
        out = np.stack([pairs[..., 0, :] + pairs[..., 1, :], pairs[..., 0, :] - pairs[..., 1, :]], axis=-2)
        step *= 2
    return out.reshape(shape)


def bits_from(distributions: Array, shots: int, seed: int) -> Array:
    """Draw bits uint8 ``[B, S, n]``; row k draws its uniform numbers from (seed, k)."""
    n = distributions.shape[1].bit_length() - 1
    bits = np.empty((len(distributions), shots, n), dtype=np.uint8)
    for k, distribution in enumerate(distributions):
        reached = np.cumsum(distribution)
        heights = np.random.default_rng([seed, k]).random(shots) * reached[-1]
        last = np.searchsorted(reached, reached[-1])  # beyond it rounding alone could lead
        index = np.minimum(np.searchsorted(reached, heights, side="right"), last)
        bits[k] = index[:, None] >> np.arange(n) & 1
    return bits


def tail_observable(observable: Observable, distribution: Array, share: float) -> tuple[float, PauliSum]:
    """Return the mean over the lowest share of outcomes, and the diagonal observable with its slopes.

    With q the quantile the mean is q + ⟨min(E − q, 0)⟩ / share, and its derivative is that at fixed q
    (Rockafellar, Uryasev 2002).
    """
    paulis = observable if isinstance(observable, PauliSum) else PauliSum.from_ising(observable)
    n = paulis.num_qubits
    spectrum = np.zeros(1 << n)
    np.add.at(spectrum, paulis.masks[1], paulis.coefficients)
    levels = hadamard(spectrum)
    order = np.argsort(levels, kind="stable")
    reached = np.cumsum(distribution[order])
    quantile = levels[order[np.searchsorted(reached, (share - ROUNDING) * reached[-1])]]
    below = np.minimum(levels - quantile, 0.0) / share
    strings = ["".join("Z" if z >> q & 1 else "I" for q in range(n)) for z in range(1 << n)]
    return float(quantile + distribution @ below), PauliSum(n, tuple(strings), hadamard(below) / (1 << n))
