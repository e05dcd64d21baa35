"""What is known of PennyLane's devices: which are installed, how they are seeded, what they need."""

from __future__ import annotations

import inspect
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec

import numpy as np

# packages that bring a device or without which it does not start, by the beginning of its name
PACKAGES = {
    "lightning.qubit": "pennylane-lightning", "lightning.gpu": "pennylane-lightning-gpu",
    "lightning.kokkos": "pennylane-lightning-kokkos", "lightning.tensor": "pennylane-lightning-tensor",
    "lightning.amdgpu": "pennylane-lightning-amdgpu", "default.tensor": "quimb", "default.clifford": "stim",
    "qiskit.": "pennylane-qiskit", "cirq.": "pennylane-cirq", "qulacs.": "pennylane-qulacs",
    "braket.": "amazon-braket-pennylane-plugin", "ionq.": "pennylane-ionq", "catalyst.": "pennylane-catalyst",
}  # fmt: skip
NEEDED = {"default.tensor": "quimb", "default.clifford": "stim"}  # modules behind devices of PennyLane itself
NO_CIRCUITS = {
    "null.qubit": "it answers zero to everything",
    "default.gaussian": "its modes are oscillators",
    "default.qutrit": "its wires have three levels",
    "default.qutrit.mixed": "its wires have three levels",
}
IN_PROCESS = ("default.", "lightning.", "reference.", "hybrid.", "qulacs.")
BY_SUMS = ("lightning.", "hybrid.")  # devices that measure a sum of words at the cost of a few states


def installed_devices() -> dict[str, EntryPoint]:
    """Return the devices that installed distributions offer, by name."""
    return {entry.name: entry for entry in entry_points(group="pennylane.plugins")}


@lru_cache(maxsize=32)
def device_refusal(name: str) -> str | None:
    """Say in a sentence why a device can't be used here, and what to install; None if it can."""
    if name in NO_CIRCUITS:
        return f"{name} runs no circuits of qubits: {NO_CIRCUITS[name]}; use lightning.qubit"
    devices = installed_devices()
    package = next((package for start, package in PACKAGES.items() if name.startswith(start)), None)
    missing = name in NEEDED and find_spec(NEEDED[name]) is None
    if name in devices and not missing:
        return None
    if package is not None:
        return f"the device {name} is not installed; pip install {package} brings it"
    usable = sorted(
        known for known in devices if known not in NO_CIRCUITS
        and (known not in NEEDED or find_spec(NEEDED[known]) is not None)
    )  # fmt: skip
    return f"PennyLane knows no device {name}; installed are {', '.join(usable)}"


@lru_cache(maxsize=32)
def takes_seed(name: str) -> bool:
    """Whether the device can be told a seed."""
    found = inspect.signature(installed_devices()[name].load().__init__).parameters
    return "seed" in found


def place_seed(seed: int, *place: int) -> int:
    """Return a seed below 2^32 for one row of a workload, or one part of it."""
    return int(np.random.SeedSequence([seed, *place]).generate_state(1)[0])


def value_bytes(name: str, n: int, observables: int) -> int:
    """Return an upper bound of the bytes that expectation values take, 0 where it is not known."""
    if name.startswith("lightning.qubit"):
        return 16 * (5 + observables) << n
    return _copies(name, n, 6, 3)


def gradient_bytes(name: str, n: int, gates: int, words: int, observables: int) -> int:
    """Return the bytes at the peak of a gradient: all states of the way where it is retraced from a tape."""
    if name.startswith("lightning.qubit"):
        return 16 * (5 + 2 * observables) << n
    taped = 8 + gates + 2 * words
    return _copies(name, n, taped, taped)


def sampling_bytes(name: str, n: int) -> int:
    """Return the bytes that a row of samples takes beside the samples."""
    return _copies(name, n, 5, 3)


def _copies(name: str, n: int, states: int, matrices: int) -> int:
    if name in ("default.qubit", "lightning.qubit", "hybrid.statevector"):
        return 16 * states << n
    if name in ("default.mixed", "reference.qubit"):  # the latter writes each gate as a dense matrix
        return 16 * max(matrices, 4) << 2 * n
    return 0
