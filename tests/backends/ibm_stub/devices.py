"""Devices that the server offers: snapshots that the client's package ships, under names of our own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qiskit.transpiler import Target

from backends.device_noise import snapshot
from problems.errors import ProblemError
from tests.backends.ibm_stub.noise import DeviceErrors


@dataclass(frozen=True)
class Device:
    """A device with its figures.

    Attributes:
        name: As the service lists it, ``stub_torino``.
        configuration: The JSON of ``GET /backends/NAME/configuration``.
        properties: The JSON of ``GET /backends/NAME/properties``.
        target: The same figures as Qiskit's ``Target``.
        errors: The errors that follow from them.
    """

    name: str
    configuration: dict[str, Any]
    properties: dict[str, Any]
    target: Target
    errors: DeviceErrors

    @property
    def repetition_delay(self) -> float:
        """Seconds between two shots, where the job does not say otherwise."""
        return self.configuration["default_rep_delay"] * 1e-6

    def listed(self, queue_length: int) -> dict[str, Any]:
        """Return the entry of the list of devices."""
        return {
            "name": self.name,
            "class": "real",
            "qubits": self.configuration["n_qubits"],
            "physical_qubits": self.configuration["n_qubits"],
            "status": {"name": "online", "reason": "available"},
            "queue_length": queue_length,
        }

    def status(self, queue_length: int) -> dict[str, Any]:
        """Return the JSON of ``GET /backends/NAME/status``."""
        return {
            "state": True,
            "status": "active",
            "message": "",
            "length_queue": queue_length,
            "backend_version": self.configuration["backend_version"],
        }


def load_device(short: str) -> Device:
    """Return the snapshot of a device by its short name, such as ``torino``.

    Raises:
        ProblemError: If there is no snapshot of this name, or it has no error rates.
        MissingExtra: If qiskit-ibm-runtime is not installed.
    """
    # one snapshot has a class whose name is longer than the device's
    backend: Any = snapshot("fake_fractional_backend" if short == "fractional" else f"fake_{short}")
    folder, name = Path(backend.dirname), f"stub_{short}"
    if backend.props_filename is None:
        raise ProblemError("devices", short, "a snapshot with error rates")
    configuration = json.loads((folder / backend.conf_filename).read_text())
    properties = json.loads((folder / backend.props_filename).read_text())
    configuration["backend_name"] = properties["backend_name"] = name
    configuration.setdefault("default_rep_delay", 250.0)  # microseconds; the oldest snapshots lack it
    return Device(name, configuration, properties, backend.target, DeviceErrors(backend.target))
