"""Frames on a stream: what a fleet's processes say to each other, each with its kind, step and length."""

from __future__ import annotations

import struct
from enum import IntEnum

HEADER = struct.Struct("<BII")  # kind, step, bytes of the body
OBSERVED = struct.Struct("<dI")  # mean loss, estimates without a value: for the observer alone
WORKER = struct.Struct("<I")


class Kind(IntEnum):
    """What a frame is."""

    HELLO = 0  # a worker says who it is
    JOIN = 1  # the log up to now; the worker rebuilds its copy
    MEASURE = 2  # the ids of this step's members; answered by a message
    MESSAGE = 3  # the observed figures, and the payload
    DELIVER = 4  # the payloads that arrive at this step, in order
    FINGERPRINT = 5  # answered by the hash of the copy
    PARAMETERS = 6  # answered by the copy
    STOP = 7
    FAILURE = 8  # a sentence


def frame(kind: Kind, step: int = 0, body: bytes = b"") -> bytes:
    """Return a frame as bytes."""
    return HEADER.pack(kind, step, len(body)) + body


def ids_to_bytes(ids: tuple[int, ...]) -> bytes:
    """Write ids, four bytes each."""
    return b"".join(WORKER.pack(identity) for identity in ids)


def ids_from_bytes(body: bytes) -> tuple[int, ...]:
    """Read back what ``ids_to_bytes`` wrote."""
    return tuple(identity for (identity,) in WORKER.iter_unpack(body))
