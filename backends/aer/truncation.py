"""What a matrix product state has lost: the discarded weight, read from Aer's log.

Aer has one log for the whole process. It grows with every logged run, is never emptied, and comes whole with
every result; concurrent runs write into each other's. So runs of matrix product states wait for one another,
each is bracketed by the log before it, and past a size nothing more is logged.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable
from typing import Any

from qiskit import QuantumCircuit
from qiskit.quantum_info import Pauli
from qiskit_aer import AerSimulator

LOG_LIMIT = 1 << 26  # 64 MiB; a run then spends longer on carrying the log than on a small simulation
ALONE = threading.RLock()  # the log is Aer's, one for the process, so what guards it must be one as well
_DISCARDED = re.compile(r"discarded_value=([^,}\s]+)")
Run = Callable[[AerSimulator], Any]


class TruncationLog:
    """Reads off what is discarded in single runs on a simulator of matrix product states.

    Args:
        simulator: Runs without logging.
    """

    def __init__(self, simulator: AerSimulator):
        self._plain, self._full = simulator, False
        self._logging = AerSimulator(**simulator.options.__dict__)
        self._logging.set_options(mps_log_data=True)

    def run(self, run: Run) -> tuple[Any, float]:
        """Return the result of one circuit's run, and the weight discarded in it.

        The weight is the sum over all truncations of the squared Schmidt coefficients that were cut off, each
        a share of the state of its moment. It is NaN, for unknown, where the log has passed its limit.

        Args:
            run: Runs the circuit on the simulator that it is given.
        """
        with ALONE:
            before = "" if self._full else _log(self._logging.run(_nothing(), shots=1).result())
            self._full = self._full or len(before) > LOG_LIMIT
            if self._full:
                return run(self._plain), math.nan
            result = run(self._logging)
            if not result.success:
                return result, math.nan
            added = _log(result)[len(before) - 1 :]  # the brace that closed the earlier log is written over
        return result, math.fsum(float(found) for found in _DISCARDED.findall(added))


def _log(result: Any) -> str:
    return str(result.results[0].metadata["MPS_log_data"])


def _nothing() -> QuantumCircuit:
    """A circuit that logs nothing itself; without anything to save, Aer would not run it."""
    circuit = QuantumCircuit(1)
    circuit.save_expectation_value(Pauli("Z"), [0])  # pyright: ignore[reportAttributeAccessIssue]
    return circuit
