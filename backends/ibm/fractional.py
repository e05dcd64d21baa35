"""Rotations e^(−iθZZ/2) whose angle a device takes only in [0, π/2], for any angle and without rebinding.

With X on one qubit ZZ changes its sign, and e^(−iπZZ/2) is Z⊗Z up to a phase. So any angle is an angle in
range, two rotations by 0 or π about x on one qubit around it, and two by 0 or π about z, which are virtual.
The angles in range, the flips and the turns are bound for each row of parameters: one circuit serves all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from qiskit.circuit.library import RXGate, RZGate, RZZGate

from problems.contract import Array


def folded(angles: Array) -> dict[str, Array]:
    """Split angles ``[B]`` into parts, each ``[B]``.

    Returns:
        ``rest`` in [0, π/2]; ``flip``, 0 or π, about x around it; ``turn``, 0 or π, about z on both qubits.
        With s = −1 where flipped, else 1: angle = s · rest + turn (mod 2π).
    """
    turns = np.round(angles / np.pi)
    within = angles - np.pi * turns  # in [−π/2, π/2]
    return {
        "rest": np.clip(np.abs(within), 0.0, np.pi / 2),
        "flip": np.where(within < 0, np.pi, 0.0),
        "turn": np.where(turns % 2 == 1, np.pi, 0.0),
    }


def steps(qubits: tuple[Any, ...], rest: Any, flip: Any, turn: Any) -> Iterator[tuple[Any, list[Any]]]:
    """Yield the gates, in order, with their qubits."""
    first, second = qubits
    yield RXGate(flip), [first]
    yield RZZGate(rest), [first, second]
    yield RXGate(flip), [first]
    yield RZGate(turn), [first]
    yield RZGate(turn), [second]
