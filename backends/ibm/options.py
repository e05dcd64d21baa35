"""Error suppression and mitigation as the client's primitives take it, and how it multiplies executions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from problems.checking import check_integer

SEEDS = 2**31 - 1  # simulators take signed 32-bit seeds
AUTOMATIC_SHOTS, AUTOMATIC_RANDOMIZATIONS = 64, 32  # TwirlingOptions of qiskit-ibm-runtime: "auto"


@dataclass(frozen=True)
class Twirling:
    """Random Pauli gates around two-qubit gates and measurements, undone in software (Wallman, Emerson 2016).

    Attributes:
        gates: Twirl two-qubit gates; None: as the resilience level has it (samplings: no).
        measurements: Twirl measurements; None: as the resilience level has it (samplings: no).
        randomizations: Circuits drawn per setting; None: the client's choice.
        shots_per_randomization: None: the client's choice.

    Raises:
        ProblemError: If a number is below 1.
    """

    gates: bool | None = None
    measurements: bool | None = None
    randomizations: int | None = None
    shots_per_randomization: int | None = None

    def __post_init__(self):
        for name in ("randomizations", "shots_per_randomization"):
            if getattr(self, name) is not None:
                check_integer(name, getattr(self, name), 1)

    @property
    def asked(self) -> bool:
        """Whether samplings are twirled."""
        return bool(self.gates or self.measurements)

    def split(self, shots: int) -> tuple[int, int]:
        """Return randomizations and shots of each; their product may pass ``shots``."""
        many, each = self.randomizations, self.shots_per_randomization
        if many is None:
            if each is None:
                each = max(AUTOMATIC_SHOTS, math.ceil(shots / AUTOMATIC_RANDOMIZATIONS))
            return math.ceil(shots / each), each
        return many, each if each is not None else math.ceil(shots / many)

    def as_options(self) -> dict[str, Any]:
        """Return the client's options."""
        options: dict[str, Any] = {
            "num_randomizations": self.randomizations or "auto",
            "shots_per_randomization": self.shots_per_randomization or "auto",
        }
        named = {"enable_gates": self.gates, "enable_measure": self.measurements}
        return options | {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True)
class Mitigation:
    """All choices that reach the client's options.

    Attributes:
        twirling: See ``Twirling``.
        dynamical_decoupling: The pulse sequence on waiting qubits, or None.
        resilience_level: Of expectation values: 0 none, 1 readout (TREX), 2 also zero-noise extrapolation.
        noise_factors: Of the extrapolation; each multiplies the executions by one more.
        max_execution_time: Seconds of the machine after which the service ends a job.
    """

    twirling: Twirling
    dynamical_decoupling: Literal["XX", "XpXm", "XY4"] | None
    resilience_level: int
    noise_factors: tuple[float, ...]
    max_execution_time: int | None

    def sampling(self) -> dict[str, Any]:
        """Return the options of the Sampler."""
        options: dict[str, Any] = {"twirling": self.twirling.as_options()}
        if self.dynamical_decoupling is not None:
            sequence = self.dynamical_decoupling
            options["dynamical_decoupling"] = {"enable": True, "sequence_type": sequence}
        if self.max_execution_time is not None:
            options["max_execution_time"] = self.max_execution_time
        return options

    def expectation(self) -> dict[str, Any]:
        """Return the options of the Estimator."""
        options = self.sampling() | {"resilience_level": self.resilience_level}
        if self.resilience_level == 2:
            options["resilience"] = {"zne": {"noise_factors": list(self.noise_factors)}}
        return options

    def executions(self, settings: int, shots: int, sampling: bool) -> int:
        """Return how often circuits run: settings (rows × measurement bases) times all multiplications."""
        if sampling:
            many, each = self.twirling.split(shots) if self.twirling.asked else (1, shots)
            return settings * many * each
        twirled = self.resilience_level > 0 or self.twirling.asked
        many, each = self.twirling.split(shots) if twirled else (1, shots)
        folded = len(self.noise_factors) if self.resilience_level == 2 else 1
        learnt = many * each if self.resilience_level > 0 else 0  # one calibration circuit for the readout
        return settings * many * each * folded + learnt


def tagged(options: Mapping[str, Any], tag: str) -> dict[str, Any]:
    """Return options whose job carries a tag."""
    return dict(options) | {"environment": {"job_tags": [tag]}}


def seeded(options: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Return options under which a simulated device repeats its outcome."""
    return dict(options) | {"simulator": {"seed_simulator": seed % SEEDS}}
