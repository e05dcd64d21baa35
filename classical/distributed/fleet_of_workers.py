"""What a decentralised method asks of a fleet, whether it lives in one process or in many."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Self

from classical.distributed.measurement import Report
from problems.contract import Array
from problems.distributed.message_log import MessageLog


class FleetOfWorkers(ABC):
    """What the protocol asks of a fleet, whether it lives in one process or in many."""

    def __enter__(self) -> Self:
        return self

    @abstractmethod
    def __exit__(self, *error: Any) -> None:
        """Let everybody go."""

    @abstractmethod
    def join(self, worker: int, log: MessageLog) -> None:
        """Let a worker rebuild the parameters from the start and the log."""

    @abstractmethod
    def leave(self, worker: int) -> None:
        """Let a worker go."""

    @abstractmethod
    def step(self, members: tuple[int, ...]) -> Report:
        """Let all members measure, send, and apply what arrives."""

    @abstractmethod
    def fingerprints(self, members: tuple[int, ...]) -> dict[int, bytes]:
        """Return the fingerprint of each member's copy."""

    @abstractmethod
    def parameters(self, members: tuple[int, ...]) -> Array:
        """Return the members' copies ``[A, P]``."""
