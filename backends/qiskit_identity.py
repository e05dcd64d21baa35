"""What a journal and a budget must know of Qiskit's objects: what they are, where they run, how exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

import numpy as np
from qiskit.primitives import StatevectorEstimator, StatevectorSampler
from qiskit.providers import BackendV2, Options
from qiskit.providers.basic_provider import BasicSimulator
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator
from qiskit_aer.backends.aerbackend import AerBackend
from qiskit_aer.noise import NoiseModel
from qiskit_aer.primitives import EstimatorV2 as AerEstimator
from qiskit_aer.primitives import SamplerV2 as AerSampler

from backends.device_noise import figures_digest

SIMULATED = (StatevectorEstimator, StatevectorSampler, AerEstimator, AerSampler)
DEVICES = (AerBackend, BasicSimulator, GenericBackendV2)
SNAPSHOTS = "qiskit_ibm_runtime.fake_provider."
SETTINGS = ("default_shots", "default_precision", "seed", "options")


def described(part: Any) -> tuple[Any, ...]:
    """Return what tells a backend or a primitive from others, in plain values, the same in every process.

    A simulated device counts with its error rates and times. A machine's change with every calibration, and
    its jobs are still its own: it counts with its name and version.
    """
    if part is None:
        return ()
    kind = f"{type(part).__module__}:{type(part).__qualname__}"
    if isinstance(part, BackendV2):
        figures = figures_digest(part.target) if answers_in_process(part) and part.target is not None else ""
        return kind, part.name, part.backend_version, figures, plain(getattr(part, "options", None))
    inner = device_of(part)
    settings = {name: plain(getattr(part, name, None)) for name in SETTINGS}
    return kind, settings, () if inner is None else described(inner)


def answers_in_process(part: Any) -> bool:
    """Whether an object is known to simulate in this process; what is not known counts as remote."""
    if isinstance(part, SIMULATED):
        return True
    if isinstance(part, BackendV2):
        return isinstance(part, DEVICES) or type(part).__module__.startswith(SNAPSHOTS)
    inner = device_of(part)
    return inner is not None and answers_in_process(inner)


def is_exact(estimator: Any) -> bool:
    """Whether an estimator is known to give a circuit's own expectation values unless asked otherwise."""
    if isinstance(estimator, StatevectorEstimator):
        return estimator.default_precision == 0
    if not isinstance(estimator, AerEstimator) or estimator.options.default_precision > 0:
        return False
    inner = device_of(estimator)
    if not isinstance(inner, AerSimulator):
        return False
    options: Any = inner.options
    truncated = options.matrix_product_state_max_bond_dimension is not None
    return (
        options.noise_model is None and not truncated and "noise_model" not in estimator.options.run_options
    )


def plain(value: Any) -> Any:
    """Return a value as plain data without addresses; what has no such form counts with its type alone."""
    if value is None or isinstance(value, bool | int | float | complex | str | np.ndarray):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, NoiseModel):
        return plain(value.to_dict(serializable=True))
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        parts = [plain(part) for part in value]
        return sorted(parts, key=repr) if isinstance(value, set | frozenset) else parts
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Options):
        return plain(vars(value))
    return f"{type(value).__module__}:{type(value).__qualname__}"


def device_of(primitive: Any) -> BackendV2 | None:
    """Return the device that a primitive runs on, where it names one."""
    for name in ("backend", "_backend"):  # Aer's primitives show their simulator by no public name
        inner = getattr(primitive, name, None)
        inner = inner() if callable(inner) and not isinstance(inner, BackendV2) else inner
        if isinstance(inner, BackendV2):
            return inner
    return None
