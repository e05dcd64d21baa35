"""Expectation values from measured bits: words of Paulis that share a basis are read off the same shots."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pennylane as qml
from pennylane.operation import Operator

from problems.contract import Array
from problems.ground_state import PauliSum


@dataclass(frozen=True, eq=False)
class MeasuredGroup:
    """Words that are measured together, each qubit in one basis.

    Attributes:
        basis: X, Y, Z or I per qubit.
        support: Qubits of each word as 0 and 1, ``[W, n]``.
        coefficients: ``[W]``.
    """

    basis: str
    support: Array
    coefficients: Array

    def rotations(self) -> list[Operator]:
        """Return the operations that turn the basis into that of Z."""
        turns: list[Operator] = []
        for wire, letter in enumerate(self.basis):
            if letter == "X":
                turns.append(qml.Hadamard(wire))
            elif letter == "Y":
                turns.append(qml.RX(math.pi / 2, wire))
        return turns

    def read(self, bits: Array) -> Array:
        """Return the group's part of the observable for each shot, ``[S]``, from bits ``[S, n]``."""
        odd = bits.astype(float) @ self.support.T % 2
        return (1.0 - 2.0 * odd) @ self.coefficients


def measured_groups(paulis: PauliSum) -> tuple[tuple[MeasuredGroup, ...], float]:
    """Return the groups of an observable, largest coefficients first, and the weight of its identity."""
    groups: list[tuple[list[str], list[tuple[str, float]]]] = []
    constant, coefficients = 0.0, paulis.coefficients.tolist()
    for k in np.argsort(-np.abs(paulis.coefficients), kind="stable"):
        string, value = paulis.strings[k], coefficients[k]
        if set(string) == {"I"}:
            constant += value
            continue
        for basis, words in groups:
            if all(a == b or "I" in (a, b) for a, b in zip(basis, string, strict=True)):
                basis[:] = [b if a == "I" else a for a, b in zip(basis, string, strict=True)]
                words.append((string, value))
                break
        else:
            groups.append((list(string), [(string, value)]))
    return tuple(_group(basis, words) for basis, words in groups), constant


def shots_per_group(paulis: PauliSum, precision: float) -> int:
    """Return the shots with which the standard error is ``precision`` where all words have mean 0.

    Of an observable with independent words the variance is then Σ c², and each group adds that of its words:
    correlated words may scatter more, which the standard error of the outcome tells.
    """
    weights = [c for string, c in zip(paulis.strings, paulis.coefficients.tolist(), strict=True)
               if set(string) != {"I"}]  # fmt: skip
    return max(2, math.ceil(sum(c * c for c in weights) / precision**2))


def mean_and_error(parts: list[Array]) -> tuple[float, float]:
    """Return the sum of the groups' means and its standard error; each part holds one group's shots."""
    mean = sum(float(part.mean()) for part in parts)
    return mean, math.sqrt(sum(float(part.var(ddof=1)) / len(part) for part in parts))


def _group(basis: list[str], words: list[tuple[str, float]]) -> MeasuredGroup:
    support = np.array([[letter != "I" for letter in string] for string, _ in words], dtype=float)
    return MeasuredGroup("".join(basis), support, np.array([value for _, value in words]))
