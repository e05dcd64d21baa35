"""Aer's own options: which may be passed on, and whether this build and launch can honour them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator

from problems.errors import ProblemError

Options = tuple[tuple[str, bool | int | float | str], ...]
OURS = {
    "method": "method",
    "device": "device",
    "precision": "precision",
    "max_parallel_threads": "threads",
    "noise_model": "noise",
    "matrix_product_state_max_bond_dimension": "max_bond_dimension",
    "matrix_product_state_truncation_threshold": "truncation_threshold",
    "shots": "shots of a workload",
    "seed_simulator": "seed of a workload",
}
INNER = ("memory", "mps_log_data", "executor", "max_shot_size")  # they change what a result looks like
CHUNKED = ("blocking_enable", "blocking_qubits")


def checked_options(options: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Options:
    """Return options as sorted pairs.

    Raises:
        ProblemError: If one is unknown to Aer, has a field of its own here, or has no plain value.
    """
    try:
        pairs = dict(options)
    except (TypeError, ValueError):
        raise ProblemError(
            "options", options, "a mapping of Aer's options, or pairs of name and value"
        ) from None
    known = set(vars(AerSimulator().options)) - set(OURS) - set(INNER)
    for name, value in pairs.items():
        if name in OURS:
            raise ProblemError(f"options[{name!r}]", value, "an option without a field", f"use {OURS[name]}")
        if name not in known:
            raise ProblemError("options", str(name), "one of " + ", ".join(sorted(known)))
        if not isinstance(value, bool | int | float | str):
            raise ProblemError(f"options[{name!r}]", value, "a truth value, a number or a word")
    return tuple(sorted(pairs.items()))


def options_refusal(device: str, options: Options | Mapping[str, Any]) -> str | None:
    """Say in a sentence why this build of Aer, or this launch, cannot honour a device and options."""
    chosen, available = dict(options), tuple(AerSimulator().available_devices() or ())
    if device not in available:
        return (
            f"this build of Aer runs on {', '.join(available)} and not on {device}; "
            "install a build with it (qiskit-aer-gpu for CUDA)"
        )
    for name in ("batched_shots_gpu", "cuStateVec_enable"):
        if chosen.get(name) and device != "GPU":
            return f'{name} is for graphics processors; set device="GPU" or leave it out'
    if chosen.get("blocking_enable") and not chosen.get("blocking_qubits"):
        return "blocking_enable needs blocking_qubits, the qubits of a chunk"
    if chosen.get("accept_distributed_results") and mpi_processes() < 2:
        return (
            "accept_distributed_results needs several MPI processes and Aer sees one; "
            "build Aer from source with AER_MPI=True and launch under mpirun"
        )
    return None


@lru_cache(maxsize=1)
def mpi_processes() -> int:
    """Return the number of MPI processes that Aer itself reports; 1 where it was built without MPI."""
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    metadata = AerSimulator(method="statevector").run(circuit, shots=1).result().metadata
    return int(metadata.get("num_mpi_processes", 1))
