"""Shared randomness: directions that every worker draws alike from a few integers, so that none is sent.

The generator is counter-based (Philox 4x64, Salmon et al. 2011): a direction is a function of the run's seed,
the step, the worker and the sample, with no state in between and in whatever order they are asked for.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np

from problems.contract import Array

DIRECTION, ROUNDING = 0, 1  # the purposes a key is for
BATCH = b"batch"


class Perturbations:
    """Standard normal directions ``[P]`` and rounding draws, keyed by (seed, step, worker, sample).

    Normals are numpy's: workers that share a run must share its major version, and the comparison of
    fingerprints catches it where they do not. One object belongs to one thread.

    Args:
        seed: Of the run; 64 bits count.
        dimension: P.
    """

    def __init__(self, seed: int, dimension: int):
        self.seed, self.dimension = seed, dimension
        self._philox = np.random.Philox(key=np.zeros(2, dtype=np.uint64))
        self._generator = np.random.Generator(self._philox)
        self._state: dict[str, Any] = dict(self._philox.state)
        self._key, self._counter = self._state["state"]["key"], self._state["state"]["counter"]
        self._key[0] = seed % 2**64

    def direction(self, step: int, worker: int, sample: int, out: Array | None = None) -> Array:
        """Return z ~ N(0, I) ``[P]``, written into ``out`` if it is given."""
        self._turn(DIRECTION, step, worker, sample)
        return self._generator.standard_normal(self.dimension if out is None else None, out=out)  # pyright: ignore[reportReturnType]

    def rounding(self, step: int, worker: int, sample: int) -> float:
        """Return a uniform draw in [0, 1) that is independent of the directions."""
        self._turn(ROUNDING, step, worker, sample)
        return self._generator.random()

    def _turn(self, purpose: int, step: int, worker: int, sample: int) -> None:
        """Set the counter; its first word counts the draws, so that no two directions overlap."""
        self._key[1], self._counter[:] = purpose, (0, sample, worker, step)
        self._philox.state = self._state  # pyright: ignore[reportAttributeAccessIssue]


def batch_seed(seed: int, step: int, worker: int) -> int:
    """Return the seed, of 63 bits, by which a worker draws its own mini-batch or shots at a step."""
    mixed = blake2b(b"%s %d %d %d" % (BATCH, seed, step, worker), digest_size=8).digest()
    return int.from_bytes(mixed, "little") >> 1
