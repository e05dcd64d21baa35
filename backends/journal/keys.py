"""What a workload is known by in a journal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from backends.backend import Backend
from backends.workload import Workload
from problems.storage import digest

DECIMALS = 10  # parameters that agree to 1e-10 are the same work


def key_of(backend: Backend, workload: Workload) -> str:
    """Return 32 hexadecimal digits of the backend's identity and the workload with its seed.

    Parameters count to 1e-10; that is far below what any machine or optimiser resolves, and far above the
    last digits in which two builds of one library may differ.

    Raises:
        StorageError: If the workload holds what has no content digest.
    """
    rounded = np.round(workload.parameters, DECIMALS) + 0.0  # −0 and 0 are the same angle
    return digest((backend.identity, replace(workload, parameters=rounded)))


def tag_of(journal: str, key: str, attempt: int) -> str:
    """Return the text under which an attempt is sent: no other journal and no other attempt has it."""
    return f"{journal}-{key}" + (f"-{attempt}" if attempt else "")
