"""Quantum channels by Kraus operators, and their other forms: Choi, superoperator, Pauli transfer matrix.

Operators are stacks ``[k, d, d]`` on d = 2^m levels. Reference: Nielsen and Chuang, Quantum Computation and
Quantum Information, section 8.3.
"""

from __future__ import annotations

from functools import reduce
from itertools import product

import numpy as np

from problems.ground_state.dense import PAULI

Array = np.ndarray
ROUNDING = 1e-14  # an eigenvalue of a Choi matrix below this is the rounding of a zero


def thermal_relaxation(time_over_t1: float, time_over_t2: float, excited_population: float) -> Array:
    """Return the Kraus operators ``[k, 2, 2]`` of relaxation to an equilibrium.

    Populations decay with T1 towards ``excited_population``, coherences with T2. The operators come from the
    Choi matrix, so that T2 may be anything up to 2 T1.
    """
    reset = -np.expm1(-time_over_t1)
    rise, fall = reset * excited_population, reset * (1 - excited_population)
    choi = np.diag([1 - rise, rise, fall, 1 - fall]).astype(complex)
    choi[0, 3] = choi[3, 0] = np.exp(-time_over_t2)
    return kraus_of_choi(choi)


def depolarizing(p: float) -> Array:
    """Return the Kraus operators ``[4, 2, 2]`` of ρ → (1 − p) ρ + p I/2."""
    weights = np.sqrt([1 - 3 * p / 4, p / 4, p / 4, p / 4])
    return np.array([weight * PAULI[letter] for weight, letter in zip(weights, "IXYZ", strict=True)])


def bit_flip(p: float) -> Array:
    """Return the Kraus operators ``[2, 2, 2]`` of an X that happens with probability p."""
    return np.array([np.sqrt(1 - p) * PAULI["I"], np.sqrt(p) * PAULI["X"]])


def kraus_of_choi(choi: Array) -> Array:
    """Return Kraus operators ``[k, d, d]`` of Σ |i⟩⟨j| ⊗ Λ(|i⟩⟨j|) ``[d², d²]`` by its eigenvectors.

    Raises:
        ValueError: If the map is not completely positive, with its lowest eigenvalue.
    """
    values, vectors = np.linalg.eigh(choi)
    if values[0] < -1e-9:
        raise ValueError(f"the lowest eigenvalue is {values[0]:.3g}; a channel has none below 0")
    d = round(np.sqrt(len(choi)))
    kept = values > ROUNDING
    stacked = (vectors[:, kept] * np.sqrt(values[kept])).T.reshape(-1, d, d)
    return stacked.transpose(0, 2, 1)  # entry (i, a) of an eigenvector is what ⟨a|K|i⟩ is made of


def choi_matrix(kraus: Array) -> Array:
    """Return Σ |i⟩⟨j| ⊗ Λ(|i⟩⟨j|) ``[d², d²]``."""
    columns = kraus.transpose(0, 2, 1).reshape(len(kraus), -1)
    return columns.T @ columns.conj()


def superoperator(kraus: Array) -> Array:
    """Return the matrix ``[d², d²]`` that acts on a density matrix written row after row."""
    return np.sum([np.kron(k, k.conj()) for k in kraus], axis=0)


def transfer_matrix(kraus: Array) -> Array:
    """Return R_ij = tr(P_i Λ(P_j))/d ``[4^m, 4^m]``; letter q of a string is digit q of an index in base 4.

    The digits 0 … 3 are I, X, Y, Z; qubit q is bit q of a level.
    """
    d = kraus.shape[-1]
    strings = product("IXYZ", repeat=d.bit_length() - 1)  # the last letter runs fastest: it is qubit 0
    paulis = [reduce(np.kron, (PAULI[letter] for letter in letters)) for letters in strings]
    images = [sum(k @ pauli @ k.conj().T for k in kraus) for pauli in paulis]
    return np.array([[np.trace(left @ image).real / d for image in images] for left in paulis])
