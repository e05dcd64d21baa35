"""Circuits by recipe: what a variational method builds for a Hamiltonian of any width."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import numpy as np

from problems.checking import check_choice, check_integer
from problems.contract import Array
from problems.errors import ProblemError
from problems.ground_state import Gate, GateSequence, PauliSum
from problems.ground_state.gate_sequence import ROTATIONS

Connection = Literal["linear", "reverse_linear", "ring", "full"]


class AnsatzForm(ABC):
    """A recipe for circuits; parameters are ordered by layer, so fewer layers are a prefix.

    Attributes:
        layers: How often the recipe repeats.
    """

    layers: int

    @abstractmethod
    def build(self, hamiltonian: PauliSum, reference: Array | None = None) -> GateSequence:
        """Return the circuit.

        Args:
            hamiltonian: What it is for; some recipes only look at its width.
            reference: Bits ``[n]`` of the basis state that it starts from; None for the recipe's own.
        """

    def shallower(self, layers: int) -> AnsatzForm:
        """Return the recipe with another number of layers."""
        return replace(self, layers=layers)  # pyright: ignore[reportArgumentType]


@dataclass(frozen=True)
class HardwareEfficient(AnsatzForm):
    """Rotations on every qubit, then entanglers, repeated, with rotations at the end.

    The defaults with ``layers=r`` are Qiskit's ``efficient_su2(reps=r)``; ``rotations=("ry",)`` are its
    ``real_amplitudes``. Reference: Kandala et al., Nature 549, 242 (2017).

    Attributes:
        layers: How many entangling layers.
        rotations: The rotations of each qubit in a layer, in order.
        entangler: "cx" or "cz".
        connection: Which qubits are entangled: neighbours from the first ("linear") or from the last pair on
            ("reverse_linear"), a ring, or all pairs.
    """

    layers: int = 2
    rotations: tuple[str, ...] = ("ry", "rz")
    entangler: Literal["cx", "cz"] = "cx"
    connection: Connection = "reverse_linear"

    def __post_init__(self):
        check_integer("layers", self.layers, 0)
        check_choice("entangler", self.entangler, ("cx", "cz"))
        check_choice("connection", self.connection, ("linear", "reverse_linear", "ring", "full"))
        if not self.rotations or set(self.rotations) - set(ROTATIONS):
            raise ProblemError("rotations", self.rotations, "some of rx, ry, rz")

    def pairs(self, n: int) -> list[tuple[int, int]]:
        """Return the entangled pairs of n qubits, in order."""
        line = [(q, q + 1) for q in range(n - 1)]
        if self.connection == "full":
            return list(combinations(range(n), 2))
        if self.connection == "ring" and n > 2:
            return [(n - 1, 0), *line]
        return line[::-1] if self.connection == "reverse_linear" else line

    def build(self, hamiltonian: PauliSum, reference: Array | None = None) -> GateSequence:
        """Return the circuit on the Hamiltonian's qubits; n · rotations · (layers + 1) parameters."""
        n, gates, parameter = hamiltonian.num_qubits, _prepared(reference), 0
        for layer in range(self.layers + 1):
            for kind in self.rotations:
                gates += [Gate(kind, (q,), parameter + q) for q in range(n)]  # pyright: ignore[reportArgumentType]
                parameter += n
            if layer < self.layers:
                gates += [Gate(self.entangler, pair) for pair in self.pairs(n)]
        return GateSequence(n, tuple(gates))


@dataclass(frozen=True)
class HamiltonianVariational(AnsatzForm):
    """Evolve under commuting groups of the Hamiltonian's own strings, one parameter per group and layer.

    Each group is e^(−iθ Σ c_k P_k / max|c|), exact as its strings commute. Reference: Wecker, Hastings,
    Troyer, PRA 92, 042303 (2015).

    Attributes:
        layers: How often all groups are gone through.
    """

    layers: int = 2

    def __post_init__(self):
        check_integer("layers", self.layers, 1)

    def build(self, hamiltonian: PauliSum, reference: Array | None = None) -> GateSequence:
        """Return the circuit, from |+…+⟩ unless a reference is given."""
        n = hamiltonian.num_qubits
        gates = [Gate("h", (q,)) for q in range(n)] if reference is None else _prepared(reference)
        groups = commuting_groups(hamiltonian)
        if not groups:
            raise ProblemError("hamiltonian", "a multiple of the identity", "at least one other string")
        scale = max(abs(c) for group in groups for _, c in group)
        for layer in range(self.layers):
            for k, group in enumerate(groups):
                for string, c in group:
                    gates += evolution(string, 2 * c / scale, layer * len(groups) + k)
        return GateSequence(n, tuple(gates))


@dataclass(frozen=True)
class QubitExcitations(AnsatzForm):
    """Single and double excitations from a reference state, one parameter each.

    A double excitation moves two ones of the reference to two of its zeros. The strings of one excitation
    commute, so each is exact; the number of ones stays. Reference: Yordanov et al., Communications Physics 4,
    228 (2021).

    Attributes:
        layers: How often all excitations are gone through.
        singles: Whether single ones are among them.
        doubles: Whether double ones are.
    """

    layers: int = 1
    singles: bool = True
    doubles: bool = True

    def __post_init__(self):
        check_integer("layers", self.layers, 1)
        if not (self.singles or self.doubles):
            raise ProblemError("singles", False, "singles or doubles")

    def build(self, hamiltonian: PauliSum, reference: Array | None = None) -> GateSequence:
        """Return the circuit from the reference.

        Raises:
            ProblemError: If there is no reference, or it has no one or no zero to move.
        """
        if reference is None:
            raise ProblemError(
                "reference", None, "bits of the state to excite from", "starting_bits has them"
            )
        ones, zeros = np.flatnonzero(reference).tolist(), np.flatnonzero(np.asarray(reference) == 0).tolist()
        moves = [((i,), (a,)) for i in ones for a in zeros] if self.singles else []
        if self.doubles:
            moves += [(pair, to) for pair in combinations(ones, 2) for to in combinations(zeros, 2)]
        if not moves:
            raise ProblemError("reference", list(map(int, reference)), "a state with ones and zeros to move")
        gates = _prepared(reference)
        for layer in range(self.layers):
            for k, (source, target) in enumerate(moves):
                for string, c in excitation(hamiltonian.num_qubits, source, target):
                    gates += evolution(string, 2 * c, layer * len(moves) + k)
        return GateSequence(hamiltonian.num_qubits, tuple(gates))


def evolution(string: str, factor: float, parameter: int) -> Iterator[Gate]:
    """Yield the gates of e^(−iφP/2), φ = factor · parameter: into Z's basis, a ladder, a rotation, back."""
    support = [q for q, letter in enumerate(string) if letter != "I"]
    if not support:
        return
    into, back = [], []
    for q in support:
        if string[q] == "X":
            into.append(Gate("h", (q,)))
            back.append(Gate("h", (q,)))
        elif string[q] == "Y":
            into.append(Gate("rx", (q,), None, np.pi / 2))
            back.append(Gate("rx", (q,), None, -np.pi / 2))
    ladder = [Gate("cx", pair) for pair in zip(support[:-1], support[1:], strict=True)]
    yield from into
    yield from ladder
    yield Gate("rz", (support[-1],), parameter, 0.0, factor)
    yield from reversed(ladder)
    yield from back


def excitation(n: int, source: tuple[int, ...], target: tuple[int, ...]) -> list[tuple[str, float]]:
    """Return the Hermitian generator i(T − T†) of T = |target ones⟩⟨source ones| as strings and coefficients.

    T is the product of σ⁻ = (X + iY)/2 on the sources, which empties them, and σ⁺ = (X − iY)/2 on the
    targets.
    """
    qubits = [*source, *target]
    signs = [1.0] * len(source) + [-1.0] * len(target)
    strings = []
    for code in range(2 ** len(qubits)):
        letters, coefficient = ["I"] * n, 1.0 + 0j
        for k, (qubit, sign) in enumerate(zip(qubits, signs, strict=True)):
            is_y = code >> k & 1
            letters[qubit] = "Y" if is_y else "X"
            coefficient *= (1j * sign if is_y else 1.0) / 2
        real = (1j * coefficient - 1j * np.conj(coefficient)).real
        if real != 0:
            strings.append(("".join(letters), float(real)))
    return strings


def commuting_groups(hamiltonian: PauliSum) -> list[list[tuple[str, float]]]:
    """Split the strings, the identity aside, into groups that commute, each into the first that takes it."""
    groups: list[list[tuple[str, float]]] = []
    for string, c in zip(hamiltonian.strings, hamiltonian.coefficients.tolist(), strict=True):
        if set(string) == {"I"} or c == 0:
            continue
        home = next((group for group in groups if all(commute(string, other) for other, _ in group)), None)
        if home is None:
            groups.append([(string, c)])
        else:
            home.append((string, c))
    return groups


def commute(left: str, right: str) -> bool:
    """Whether two Pauli strings commute: they differ, neither being I, in an even number of places."""
    return sum(a != b and "I" not in (a, b) for a, b in zip(left, right, strict=True)) % 2 == 0


def _prepared(reference: Array | None) -> list[Gate]:
    ones = [] if reference is None else np.flatnonzero(reference).tolist()
    return [Gate("rx", (q,), None, np.pi) for q in ones]  # −iX: a flip up to a phase
