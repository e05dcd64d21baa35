"""Transpiled circuits of one backend, made once per structure of an ansatz, measured or not."""

from __future__ import annotations

from collections.abc import Callable

from qiskit.transpiler import Target, TranspilerError

from backends.ibm.compile import Compiled, Placement, compiled
from backends.workload import Sampling, Workload
from problems.errors import BackendError, ProblemError

PREPARED = 256  # circuits kept; a search over circuits would pile up any number


class Transpiler:
    """Compiles workloads for a device and remembers what it has compiled.

    Args:
        placement: How circuits are laid out.
        target: Gives the device's target, which is wide enough for a number of qubits.
    """

    def __init__(self, placement: Placement, target: Callable[[int], Target]):
        self._placement, self._target = placement, target
        self._kept: dict[tuple[str, bool], Compiled | str] = {}

    def attempt(self, workload: Workload) -> Compiled | str:
        """Return the transpiled circuit, or a sentence about why there is none."""
        measured = isinstance(workload, Sampling)
        key = (workload.ansatz.structure, measured)
        if key not in self._kept:
            while len(self._kept) >= PREPARED:
                del self._kept[next(iter(self._kept))]
            target = self._target(workload.ansatz.num_qubits)
            try:
                self._kept[key] = compiled(workload.ansatz, measured, target, self._placement)
            except (ProblemError, TranspilerError) as error:
                self._kept[key] = str(error)
        return self._kept[key]

    def compiled(self, workload: Workload) -> Compiled:
        """Return the transpiled circuit.

        Raises:
            BackendError: If there is none.
        """
        found = self.attempt(workload)
        if isinstance(found, str):
            raise BackendError(f"IBMQuantum cannot run this circuit: {found}")
        return found
