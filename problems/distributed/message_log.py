"""The log of a decentralised training: who was there, and every byte that was sent."""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from problems.contract import Array
from problems.distributed.codecs import as_payload
from problems.distributed.protocol import Protocol
from problems.distributed.replica import Replica
from problems.errors import ProblemError

MAGIC = b"DTL1"
HEADER = struct.Struct("<4sIQQ")  # magic, bytes of the protocol, steps, bytes of payload


@dataclass(frozen=True, eq=False)
class MessageLog:
    """All messages of a run in the order of step, worker id and sample; ids and steps are implied by it.

    With the parameters at the start it is the whole run: ``replay`` gives every later state.

    Attributes:
        protocol: The shared rules.
        members: ``[K, W]``: whether each worker of ``protocol.workers`` sent at each step.
        payload: uint8, ``protocol.message_bytes`` for every message.
    """

    protocol: Protocol
    members: Array
    payload: Array

    def __post_init__(self):
        members = np.array(self.members, dtype=bool).reshape(-1, len(self.protocol.workers))
        if members.shape != np.shape(self.members):
            raise ProblemError("the shape of members", np.shape(self.members), "(steps, workers)")
        size = int(members.sum()) * self.protocol.message_bytes
        payload = as_payload("payload", self.payload, size).copy()
        for name, array in (("members", members), ("payload", payload)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @classmethod
    def of(cls, protocol: Protocol, members: list[tuple[int, ...]], payloads: list[bytes]) -> MessageLog:
        """Build from the ids and the bytes of each step."""
        table = np.array([[w in ids for w in protocol.workers] for ids in members], dtype=bool)
        table = table.reshape(len(members), len(protocol.workers))
        return cls(protocol, table, np.frombuffer(b"".join(payloads), dtype=np.uint8))

    @property
    def steps(self) -> int:
        """K."""
        return len(self.members)

    @property
    def messages(self) -> int:
        """How many directional derivatives were sent."""
        return int(self.members.sum()) * self.protocol.samples

    def active(self, step: int) -> tuple[int, ...]:
        """Return the ids, ascending, of the workers that sent at a step."""
        return tuple(w for w, there in zip(self.protocol.workers, self.members[step], strict=True) if there)

    def sent(self, step: int, worker: int) -> Array:
        """Return the bytes that a worker sent at a step."""
        size = self.protocol.message_bytes
        place = self.active(step).index(worker) + int(self._before[step])
        return self.payload[place * size : (place + 1) * size]

    @cached_property
    def _before(self) -> Array:
        """How many messages were sent before each step."""
        return np.concatenate([[0], np.cumsum(self.members.sum(axis=1))])

    def replay(self, start: Array, steps: int | None = None) -> Replica:
        """Rebuild the state after so many steps (all by default) from the parameters ``[P]`` at the start.

        Raises:
            ProblemError: If ``start`` has another shape or ``steps`` is more than were logged.
        """
        steps = self.steps if steps is None else steps
        if not 0 <= steps <= self.steps:
            raise ProblemError("steps", steps, f"0 to {self.steps}, the steps in the log")
        replica = Replica(self.protocol, start)
        for step in range(steps):
            members = self.active(step)
            for worker in members:
                replica.receive(step, worker, self.sent(step, worker))
            replica.advance(members)
        return replica

    def to_bytes(self) -> bytes:
        """Write as one string of bytes: header, protocol, members a bit each, payload."""
        rules = self.protocol.to_bytes()
        header = HEADER.pack(MAGIC, len(rules), self.steps, len(self.payload))
        return header + rules + np.packbits(self.members).tobytes() + self.payload.tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> MessageLog:
        """Read back what ``to_bytes`` wrote.

        Raises:
            ProblemError: If it is cut short or something else.
        """
        if len(data) < HEADER.size or data[:4] != MAGIC:
            raise ProblemError("the log", data[:4], f"bytes that begin with {MAGIC!r}")
        _, rules, steps, size = HEADER.unpack_from(data)
        protocol = Protocol.from_bytes(data[HEADER.size : HEADER.size + rules])
        cells = steps * len(protocol.workers)
        at = HEADER.size + rules
        middle = at + (cells + 7) // 8
        if len(data) != middle + size:
            raise ProblemError("the length of the log", len(data), f"{middle + size} bytes")
        bits = np.unpackbits(np.frombuffer(data[at:middle], dtype=np.uint8), count=cells)
        members = bits.astype(bool).reshape(steps, len(protocol.workers))
        return cls(protocol, members, np.frombuffer(data[middle:], dtype=np.uint8))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write to a file and return its path."""
        target = Path(path)
        target.write_bytes(self.to_bytes())
        return target

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> MessageLog:
        """Read a file that ``save`` wrote."""
        return cls.from_bytes(Path(path).read_bytes())
