"""The lowest eigenvalue of a Pauli sum: the whole spectrum of a small one, Lanczos for the others."""

from __future__ import annotations

from typing import Any

import numpy as np

from problems.errors import NothingFound
from problems.ground_state.dense import refuse_wide
from problems.ground_state.pauli_sum import PauliSum

DENSE_QUBITS = 9  # up to here a full diagonalisation takes less than a second
LANCZOS_QUBITS = 20  # twenty vectors of 2^20 entries are 320 MiB
RESIDUAL = 1e-7  # of ‖Hv − Ev‖ in units of Σ|c|; the energy is good to its square over the gap


def lowest_eigenvalue(hamiltonian: PauliSum) -> float:
    """Return the lowest eigenvalue, matrix-free above 9 qubits.

    Raises:
        NothingFound: If Lanczos does not converge.
        ProblemError: Above 20 qubits.
    """
    n = hamiltonian.num_qubits
    refuse_wide(n, LANCZOS_QUBITS)
    if n <= DENSE_QUBITS:
        return float(np.linalg.eigvalsh(hamiltonian.matrix())[0])
    scale = float(np.abs(hamiltonian.coefficients).sum())
    if scale == 0:
        return 0.0
    from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

    lanczos: Any = eigsh
    operator: Any = LinearOperator((2**n, 2**n), matvec=hamiltonian.apply, dtype=complex)  # pyright: ignore
    # a start drawn at random shares a part with every sector: a symmetric one may never meet the ground state
    start = np.random.default_rng(0).normal(size=(2, 2**n)).T @ np.array([1, 1j])
    try:
        values, vectors = lanczos(operator, k=1, which="SA", v0=start, tol=1e-10)
    except ArpackNoConvergence as error:
        raise NothingFound(f"Lanczos did not converge on a Hamiltonian of {n} qubits: {error}") from error
    energy, vector = float(values[0]), vectors[:, 0]
    residual = float(np.linalg.norm(hamiltonian.apply(vector) - energy * vector)) / scale
    if not residual <= RESIDUAL:
        raise NothingFound(
            f"Lanczos stopped at a residual of {residual:.1e} Σ|c|; {RESIDUAL:.0e} was asked for"
        )
    return energy
