"""A worker's copy of the parameters, moved by messages alone: the one routine that every copy goes through.

Addition of floats is not associative, so the order and the type of every operation belong to the protocol:
float64, messages by worker id and sample, one product and one sum after another. All operations are
elementwise and IEEE-exact (no reductions, no library logarithms), so that copies agree to the last bit.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from problems.checking import frozen_array
from problems.contract import Array
from problems.distributed.codecs import FLOATS, as_payload, decode
from problems.distributed.perturbations import Perturbations
from problems.distributed.protocol import Protocol
from problems.errors import ProblemError

CHUNK = 64  # directions that are held at once
MOMENTUM = 0.9
ADAM_FIRST, ADAM_SECOND, ADAM_FLOOR = 0.9, 0.999, 1e-8


class Replica:
    """The state of one worker: parameters ``[P]``, optimizer memory, gain, and messages still on their way.

    Args:
        protocol: The shared rules.
        start: Parameters ``[P]`` before the first step, moved into the bounds.
    """

    def __init__(self, protocol: Protocol, start: Array):
        start = frozen_array("start", start, shape=(protocol.dimension,))
        self.protocol, self.step = protocol, 0
        self.parameters: Array = np.array(protocol.clipped(start))
        self.perturbations = Perturbations(protocol.seed, protocol.dimension)
        self._delays = dict(zip(protocol.workers, protocol.delays, strict=True))
        self._gains = {0: protocol.first_gain}
        self._inbox: dict[tuple[int, int], Array] = {}
        self._awaited: dict[int, list[tuple[int, int]]] = {}
        self._memory = _Memory(protocol.dimension)
        self._size = protocol.message_bytes

    @property
    def gain(self) -> float:
        """What messages of the present step are relative to."""
        return self._gains[self.step]

    def receive(self, step: int, worker: int, codes: object) -> None:
        """Take the message that a worker sent at a step: bytes, or integers from 0 to 255.

        Raises:
            ProblemError: If it is of a future step, came before, is too late, or is no message at all.
        """
        if worker not in self._delays:
            raise ProblemError("worker", worker, f"one of the ids {self.protocol.workers}")
        if step > self.step:
            raise ProblemError("step", step, f"at most {self.step}: a message cannot be of a future step")
        if step < 0 or step + self._delays[worker] < self.step:
            raise ProblemError("step", step, f"{self.step - self._delays[worker]} or later")
        if (step, worker) in self._inbox:
            raise ProblemError("worker", worker, f"one message from each at step {step}, not two")
        self._inbox[step, worker] = as_payload("codes", codes, self._size)

    def holds(self, step: int, worker: int) -> bool:
        """Whether the message that a worker sent at a step has been received and not yet been applied."""
        return (step, worker) in self._inbox

    def arriving(self, members: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
        """Return (worker, step of origin), in order, of all that is applied now if ``members`` send."""
        instant = [(worker, self.step) for worker in members if not self._delays[worker]]
        return tuple(sorted([*self._awaited.get(self.step, []), *instant]))

    def advance(self, members: tuple[int, ...]) -> None:
        """Apply what arrives at this step and go to the next.

        Args:
            members: Ids, ascending, of the workers that send at this step.

        Raises:
            ProblemError: If a message that is due has not been received.
        """
        due = self.arriving(members)
        for worker, origin in due:
            if (origin, worker) not in self._inbox:
                raise ProblemError(
                    f"the message of worker {worker} at step {origin}", None, "received by now"
                )
        for worker in members:
            self._awaited.setdefault(self.step + self._delays[worker], []).append((worker, self.step))
        self._awaited.pop(self.step, None)
        values = self._values(due)
        self._gains[self.step + 1] = self._next_gain(values)
        if due:
            with np.errstate(over="ignore", invalid="ignore"):  # whoever hands in the answer looks at it
                mean = self._mean(due, _cut(values, self.protocol.clip))
                moved = self.parameters - self._memory.move(self.protocol, mean)
            self.parameters = self.protocol.clipped(moved)
        for worker, origin in due:
            del self._inbox[origin, worker]
        self._gains.pop(self.step - max(self._delays.values()), None)
        self.step += 1

    def fingerprint(self) -> bytes:
        """Return 64 bits that depend on every bit of the parameters, on their type and on the step."""
        mixed = blake2b(digest_size=8)
        mixed.update(f"{self.parameters.dtype.str} {self.step} ".encode() + self.parameters.tobytes())
        return mixed.digest()

    def _values(self, due: tuple[tuple[int, int], ...]) -> Array:
        """Decode what is due, ``[messages * samples]``, each by the gain of the step it was sent at."""
        if not due:
            return np.zeros(0)
        payload = np.concatenate([self._inbox[origin, worker] for worker, origin in due])
        gains = np.repeat([self._gains[origin] for _, origin in due], self.protocol.samples)
        return decode(self.protocol.codec, payload, gains)

    def _mean(self, due: tuple[tuple[int, int], ...], values: Array) -> Array:
        """The mean of g z over messages; directions are drawn again in chunks and added in order."""
        samples = self.protocol.samples
        keys = [(origin, worker, sample) for worker, origin in due for sample in range(samples)]
        directions = np.empty((min(CHUNK, len(keys)), self.protocol.dimension))
        total = np.zeros(self.protocol.dimension)
        for first in range(0, len(keys), CHUNK):
            chunk = keys[first : first + CHUNK]
            for row, key in zip(directions, chunk, strict=False):
                self.perturbations.direction(*key, out=row)
            for row, value in zip(directions[: len(chunk)], values[first : first + CHUNK], strict=True):
                np.multiply(row, value, out=row)
                np.add(total, row, out=total)
        return total / len(keys)

    def _next_gain(self, values: Array) -> float:
        """A power of two: the lower median of the binary exponents of what arrived."""
        sizes = np.abs(values[values != 0])
        if self.protocol.gain != "auto" or self.protocol.codec in FLOATS or len(sizes) == 0:
            return self.gain
        exponents = np.sort(np.frexp(sizes)[1]) - 1
        return float(np.ldexp(1.0, int(exponents[(len(exponents) - 1) // 2])))


class _Memory:
    """What the update rule remembers, a function of the messages like all else."""

    def __init__(self, dimension: int):
        self.first, self.second = np.zeros(dimension), np.zeros(dimension)
        self.first_share, self.second_share = 1.0, 1.0

    def move(self, protocol: Protocol, mean: Array) -> Array:
        """Return how far the parameters move back, and remember."""
        if protocol.update == "sgd":
            return protocol.learning_rate * mean
        if protocol.update == "momentum":
            self.first = MOMENTUM * self.first + mean
            return protocol.learning_rate * self.first
        self.first = ADAM_FIRST * self.first + (1 - ADAM_FIRST) * mean
        self.second = ADAM_SECOND * self.second + (1 - ADAM_SECOND) * (mean * mean)
        # powers by running products: the library's pow may differ in its last bit between machines
        self.first_share, self.second_share = self.first_share * ADAM_FIRST, self.second_share * ADAM_SECOND
        scale = np.sqrt(self.second / (1 - self.second_share)) + ADAM_FLOOR
        return protocol.learning_rate * (self.first / (1 - self.first_share)) / scale


def _cut(values: Array, clip: float | None) -> Array:
    """Cut sizes at ``clip`` times their lower median, zeros left out of it."""
    sizes = np.sort(np.abs(values[values != 0]))
    if clip is None or len(sizes) == 0:
        return values
    limit = clip * sizes[(len(sizes) - 1) // 2]
    return np.clip(values, -limit, limit)
