"""What the dense reference shares: Pauli matrices, and the width at which it stops."""

from __future__ import annotations

import numpy as np

from problems.errors import ProblemError

REFERENCE_QUBITS = 12  # the dense reference stops here: 2^24 matrix entries

PAULI = {
    "I": np.eye(2, dtype=complex),
    "X": np.array([[0, 1], [1, 0]], dtype=complex),
    "Y": np.array([[0, -1j], [1j, 0]], dtype=complex),
    "Z": np.diag([1, -1]).astype(complex),
}


def refuse_wide(n: int, most: int = REFERENCE_QUBITS) -> None:
    """Raise a ``ProblemError`` above a number of qubits, 12 by default."""
    if n > most:
        raise ProblemError("num_qubits", n, f"at most {most} for the dense reference", "use a backend")
