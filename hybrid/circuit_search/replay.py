"""A ring of transitions over n steps; states are kept as lists of gates and are encoded when drawn."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np

from hybrid.circuit_search.alphabet import Alphabet
from hybrid.circuit_search.state_encoding import Encoding, StateEncoding
from problems.contract import Array


class Batch(NamedTuple):
    """Transitions as a network takes them.

    Attributes:
        states: ``[B, F]``, the encoded circuits.
        features: The scalar beside them, ``[B]``.
        actions: int32 ``[B]``.
        returns: Σ γ^i r over the steps of each, ``[B]``.
        discounts: γ^m of what the next state is worth, 0 where the episode ended, ``[B]``.
        next_states: ``[B, F]``.
        next_features: ``[B]``.
        next_legal: bool ``[B, A]``.
    """

    states: Array
    features: Array
    actions: Array
    returns: Array
    discounts: Array
    next_states: Array
    next_features: Array
    next_legal: Array


class Replay:
    """The last ``capacity`` transitions.

    A transition is a circuit after m gates more and how many it had before, so both states and the action
    are in one list of gates; where the encoding shows angles, those of both states are kept too.

    Attributes:
        encoding: How states are shown.
        size: Transitions kept.
        arrays: The columns: ``actions [capacity, max_gates]``, ``counts [capacity, 2]`` (before and after),
            ``features [capacity, 2]``, ``targets [capacity, 2]`` (return and discount), and maybe
            ``angles [capacity, 2, max_gates]``.
    """

    def __init__(self, capacity: int, max_gates: int, encoding: Encoding = "tensor"):
        self.arrays = {
            "actions": np.zeros((capacity, max_gates), dtype=np.int16),
            "counts": np.zeros((capacity, 2), dtype=np.int64),
            "features": np.zeros((capacity, 2), dtype=np.float32),
            "targets": np.zeros((capacity, 2), dtype=np.float32),
        }
        if encoding != "tensor":
            self.arrays["angles"] = np.zeros((capacity, 2, max_gates), dtype=np.float32)
        self.encoding: Encoding = encoding
        self.size, self.place = 0, 0

    @property
    def capacity(self) -> int:
        """The most that is kept."""
        return len(self.arrays["counts"])

    def add(
        self,
        actions: Array,
        counts: tuple[int, int],
        features: tuple[float, float],
        targets: tuple[float, float],
        angles: Array | None = None,
    ) -> None:
        """Keep a transition; the oldest makes room.

        Args:
            actions: ``[max_gates]``.
            counts: Gates before and after.
            features: The scalar before and after.
            targets: Return and discount.
            angles: Of the rotations before and after, ``[2, max_gates]``, where the encoding shows them.
        """
        k, columns = self.place, self.arrays
        columns["actions"][k] = actions
        columns["counts"][k] = counts
        columns["features"][k] = features
        columns["targets"][k] = targets
        if "angles" in columns:
            columns["angles"][k] = angles
        self.place = (k + 1) % self.capacity
        self.size = min(self.size + 1, self.capacity)

    def add_episode(
        self,
        actions: Array,
        features: list[float],
        rewards: list[float],
        n_step: int,
        discount: float,
        angles: list[Array] | None = None,
    ) -> None:
        """Keep the transitions over up to ``n_step`` steps of an episode that has ended.

        No value is expected beyond its end; windows never reach from one episode into the next.

        Args:
            actions: All gates of the episode, ``[max_gates]``.
            features: The scalar before each step and after the last.
            rewards: Of each step.
            n_step: n.
            discount: γ.
            angles: Before each step and after the last, ``[max_gates]`` each, where the encoding shows them.
        """
        length = len(rewards)
        for start in range(length):
            end = min(start + n_step, length)
            gained = sum(discount**i * reward for i, reward in enumerate(rewards[start:end]))
            ahead = 0.0 if end == length else discount ** (end - start)
            both = None if angles is None else np.array([angles[start], angles[end]])
            self.add(actions, (start, end), (features[start], features[end]), (gained, ahead), both)

    def draw(self, size: int, alphabet: Alphabet, allowed: Array, mask: bool, rng: np.random.Generator):
        """Return a ``Batch`` drawn uniformly with replacement; repeats are illegal next if ``mask``."""
        rows = rng.integers(0, self.size, size)
        columns = {name: column[rows] for name, column in self.arrays.items()}
        actions, counts, angles = columns["actions"], columns["counts"], columns.get("angles")
        encoding = StateEncoding(self.encoding, alphabet, actions.shape[1])
        before, after = (
            encoding.rows(actions, counts[:, k].copy(), None if angles is None else angles[:, k].copy())
            for k in (0, 1)
        )
        legal = np.empty((size, alphabet.size), dtype=np.bool_)
        fill_legal(actions, counts[:, 1].copy(), alphabet.table, allowed, mask, legal)
        return Batch(
            before, columns["features"][:, 0],
            np.take_along_axis(actions, counts[:, :1], axis=1)[:, 0].astype(np.int32),
            columns["targets"][:, 0], columns["targets"][:, 1],
            after, columns["features"][:, 1], legal,
        )  # fmt: skip


@numba.njit(cache=True, nogil=True)
def fill_legal(actions, counts, table, allowed, mask, legal):  # pragma: no cover - compiled
    """Write which actions ``[B, A]`` may follow circuits ``[B, G]`` of ``counts [B]`` gates."""
    last = np.empty(table.shape[0], dtype=np.int64)
    for b in range(len(counts)):
        legal[b] = allowed
        if not mask:
            continue
        last[:] = -1
        for k in range(counts[b]):
            action = actions[b, k]
            last[table[action, 1]] = last[table[action, 2]] = action
        for action in range(len(allowed)):
            if last[table[action, 1]] == action and last[table[action, 2]] == action:
                legal[b, action] = False
