"""The rules that all workers of a decentralised training share, agreed on before the first message."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np

from problems.checking import check_choice, check_integer, check_number, frozen_array
from problems.contract import Array
from problems.distributed.codecs import CODECS, FLOATS, Codec, width
from problems.errors import ProblemError

Update = Literal["sgd", "momentum", "adam"]
UPDATES = ("sgd", "momentum", "adam")


@dataclass(frozen=True, eq=False)
class Protocol:
    """What must be common knowledge for a few bytes to carry a gradient.

    Attributes:
        seed: Of the run's shared randomness.
        dimension: P.
        workers: Their ids, ascending.
        delays: Steps that each worker's messages travel; all workers apply them when they arrive.
        samples: Directions that a worker measures per step.
        codec: How a directional derivative is written.
        learning_rate: λ of the update.
        update: "sgd" moves by −λ times the mean estimate, "momentum" by −λ times its sum with decay 0.9,
            "adam" by Kingma and Ba's rule (arXiv 1412.6980) with their constants.
        gain: What the codec is relative to; "auto" follows the median binary exponent of what arrived last.
        clip: Estimates are cut to this many times their median size; None leaves them.
        bounds: Lower and upper limits ``[P]`` each, or None.
    """

    seed: int
    dimension: int
    workers: tuple[int, ...] = (0,)
    delays: tuple[int, ...] = (0,)
    samples: int = 1
    codec: Codec = "log8"
    learning_rate: float = 0.05
    update: Update = "sgd"
    gain: float | Literal["auto"] = "auto"
    clip: float | None = None
    bounds: tuple[Array, Array] | None = None

    def __post_init__(self):
        check_integer("seed", self.seed, 0)
        check_integer("dimension", self.dimension, 1)
        check_integer("samples", self.samples, 1)
        for k, identity in enumerate(self.workers):
            check_integer(f"workers[{k}]", identity, 0)
        if list(self.workers) != sorted(set(self.workers)) or not self.workers:
            raise ProblemError("workers", self.workers, "one id or more, ascending, none of them twice")
        if len(self.delays) != len(self.workers):
            raise ProblemError("delays", self.delays, f"{len(self.workers)} delays, one per worker")
        for k, delay in enumerate(self.delays):
            check_integer(f"delays[{k}]", delay, 0)
        check_rules(self.codec, self.learning_rate, self.update, self.gain, self.clip)
        if self.bounds is not None:
            low, high = (
                np.broadcast_to(np.asarray(side, dtype=float), self.dimension) for side in self.bounds
            )
            object.__setattr__(self, "bounds", (_limits(low), _limits(high)))

    @property
    def message_bytes(self) -> int:
        """Payload of one worker at one step."""
        return self.samples * width(self.codec)

    @property
    def first_gain(self) -> float:
        """The gain of the first step."""
        return 1.0 if self.codec in FLOATS or self.gain == "auto" else float(self.gain)

    def clipped(self, x: Array) -> Array:
        """Move points ``[..., P]`` into the bounds."""
        return x if self.bounds is None else np.clip(x, *self.bounds)

    def to_bytes(self) -> bytes:
        """Write as JSON."""
        fields = asdict(self)
        if self.bounds is not None:
            fields["bounds"] = [side.tolist() for side in self.bounds]
        return json.dumps(fields).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Protocol:
        """Read back what ``to_bytes`` wrote."""
        fields = json.loads(data)
        for name in ("workers", "delays"):
            fields[name] = tuple(fields[name])
        if fields["bounds"] is not None:
            fields["bounds"] = tuple(np.array(side) for side in fields["bounds"])
        return cls(**fields)


def check_rules(codec: str, learning_rate: float, update: str, gain: float | str, clip: float | None) -> None:
    """Refuse rules that no fleet could follow."""
    check_choice("codec", codec, CODECS)
    check_number("learning_rate", learning_rate, 0.0, open_low=True)
    check_choice("update", update, UPDATES)
    if gain != "auto":
        check_number("gain", gain, 0.0, open_low=True)
    if clip is not None:
        check_number("clip", clip, 0.0, open_low=True)


def _limits(side: Array) -> Array:
    """Infinite limits are allowed, so the usual check of finiteness is made on the others."""
    frozen_array("bounds", np.where(np.isinf(side), 0.0, side))
    kept = side.copy()
    kept.setflags(write=False)
    return kept
