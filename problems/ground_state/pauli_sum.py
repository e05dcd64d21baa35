"""Pauli sums: observables as data. Letter q of a string acts on qubit q, which is bit q of a basis index."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from problems.checking import check_integer, frozen_array
from problems.errors import ProblemError
from problems.ground_state.dense import PAULI, refuse_wide

if TYPE_CHECKING:
    from problems.binary.qubo import Ising

Array = np.ndarray
MASK_QUBITS = 63  # bits of a mask without its sign


@dataclass(frozen=True, eq=False)
class PauliSum:
    """A real combination of Pauli strings; equal strings are merged, in order of first appearance.

    Attributes:
        num_qubits: Width.
        strings: K strings over I, X, Y, Z; letter q acts on qubit q.
        coefficients: ``[K]``.
    """

    num_qubits: int
    strings: tuple[str, ...]
    coefficients: Array

    def __post_init__(self):
        check_integer("num_qubits", self.num_qubits, 1)
        coefficients = frozen_array("coefficients", self.coefficients, shape=(len(self.strings),))
        merged: dict[str, float] = {}
        for k, (string, value) in enumerate(zip(self.strings, coefficients.tolist(), strict=True)):
            if not isinstance(string, str) or len(string) != self.num_qubits or set(string) - set("IXYZ"):
                raise ProblemError(f"strings[{k}]", string, f"{self.num_qubits} letters of I, X, Y, Z")
            merged[string] = merged.get(string, 0.0) + value
        object.__setattr__(self, "strings", tuple(merged))
        object.__setattr__(self, "coefficients", frozen_array("coefficients", list(merged.values())))

    @classmethod
    def from_ising(cls, ising: Ising) -> PauliSum:
        """Return the same energy as a sum of Z strings; spin k is the eigenvalue of Z on qubit k."""
        form, n = ising.form, ising.n
        terms = {"I" * n: form.offset} if form.offset else {}
        for k in np.flatnonzero(form.linear):
            terms[_letters(n, (int(k),))] = float(form.linear[k])
        for i, j, value in zip(form.first, form.second, form.coupling, strict=True):
            terms[_letters(n, (int(i), int(j)))] = float(value)
        return cls(n, tuple(terms), np.array(list(terms.values()), dtype=float))

    @cached_property
    def masks(self) -> tuple[Array, Array]:
        """The X and Z bit masks ``[K]`` of the strings; Y sets both.

        Raises:
            ProblemError: Above 63 qubits.
        """
        if self.num_qubits > MASK_QUBITS:
            raise ProblemError("num_qubits", self.num_qubits, f"at most {MASK_QUBITS} for bit masks")
        places = range(self.num_qubits)
        x = [sum(1 << q for q in places if string[q] in "XY") for string in self.strings]
        z = [sum(1 << q for q in places if string[q] in "ZY") for string in self.strings]
        return np.array(x, dtype=np.int64), np.array(z, dtype=np.int64)

    @property
    def is_diagonal(self) -> bool:
        """Whether only I and Z occur."""
        return not any(set(string) & set("XY") for string in self.strings)

    def matrix(self) -> Array:
        """Return the dense matrix ``[2^n, 2^n]``; the slow exact reference.

        Raises:
            ProblemError: Above 12 qubits.
        """
        refuse_wide(self.num_qubits)
        total = np.zeros((2**self.num_qubits,) * 2, dtype=complex)
        for string, value in zip(self.strings, self.coefficients, strict=True):
            term = np.ones((1, 1), dtype=complex)
            for letter in string:  # qubit 0 is the lowest bit, so later letters go to the left
                term = np.kron(PAULI[letter], term)
            total += value * term
        return total

    def apply(self, state: Array) -> Array:
        """Return H|state⟩ ``[2^n]`` without a matrix: P|i⟩ = i^(number of Y) (−1)^(ones of i & z) |i ⊕ x⟩."""
        vector, places = np.asarray(state, dtype=complex), np.arange(2**self.num_qubits)
        if vector.shape != places.shape:
            raise ProblemError("the shape of state", vector.shape, f"({len(places)},)")
        total = np.zeros_like(vector)
        for x, z, value in zip(*self.masks, self.coefficients, strict=True):
            signs = 1.0 - 2.0 * (np.bitwise_count(places & z) & 1)
            total[places ^ x] += value * 1j ** np.bitwise_count(x & z) * signs * vector
        return total

    def expectation(self, state: Array) -> float:
        """Return ⟨state|H|state⟩ of a state ``[2^n]`` by the dense matrix."""
        matrix = self.matrix()
        if np.shape(state) != matrix.shape[:1]:
            raise ProblemError("the shape of state", np.shape(state), f"({len(matrix)},)")
        return float(np.real(np.vdot(state, matrix @ state)))


def _letters(n: int, qubits: tuple[int, ...]) -> str:
    return "".join("Z" if q in qubits else "I" for q in range(n))
