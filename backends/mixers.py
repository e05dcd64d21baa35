"""How QAOA starts and what it mixes with, as data.

Each start is a state, each mixer a unitary for an angle β; a mixer names the start that belongs to it. A
one-hot block is a group of qubits of which exactly one is 1; its uniform superposition is a W state.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from problems.checking import check_choice, check_integer, frozen_array
from problems.errors import ProblemError

Array = np.ndarray
Blocks = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class PlusStart:
    """|+⟩ on every qubit."""

    def check(self, n: int) -> None:
        """Fit any width."""


@dataclass(frozen=True)
class OneHotStart:
    """A W state on every block, |+⟩ on the qubits outside.

    Attributes:
        blocks: Disjoint groups of at least two qubits.
    """

    blocks: Blocks

    def __post_init__(self):
        object.__setattr__(self, "blocks", check_blocks(self.blocks))

    def check(self, n: int) -> None:
        """Refuse blocks beyond n qubits."""
        _within(self.blocks, n)


@dataclass(frozen=True)
class DickeStart:
    """The uniform superposition of all states with a given number of ones.

    Attributes:
        weight: The number of ones.
    """

    weight: int = 1

    def __post_init__(self):
        check_integer("weight", self.weight, 0)

    def check(self, n: int) -> None:
        """Refuse more ones than qubits."""
        check_integer("weight", self.weight, 0, n)


@dataclass(frozen=True, eq=False)
class ProductStart:
    """√(1 − c_q)|0⟩ + √c_q|1⟩ on qubit q.

    Attributes:
        probabilities: c ``[n]``, each in [0, 1].
    """

    probabilities: Array

    def __post_init__(self):
        object.__setattr__(self, "probabilities", _probabilities(self.probabilities))

    def check(self, n: int) -> None:
        """Refuse any other width."""
        _same_width(self.probabilities, n)


Start = PlusStart | OneHotStart | DickeStart | ProductStart


@dataclass(frozen=True)
class XMixer:
    """The transverse-field mixer e^(−iβ ΣX), which starts from |+⟩."""

    def check(self, n: int) -> None:
        """Fit any width."""

    def start(self) -> Start:
        """|+⟩."""
        return PlusStart()


@dataclass(frozen=True)
class XYMixer:
    """Partial swaps e^(−iβ (XX + YY)/2) within blocks, one pair after the other; the number of ones stays.

    The order of the pairs is part of the ansatz. A ring takes the even bonds (0,1), (2,3), …, then the odd
    ones (1,2), (3,4), …, and where the number of sites is odd the closing bond last (else it is an odd one).
    "complete" takes all pairs by the round-robin schedule. Qubits outside the blocks get e^(−iβX).
    Reference: Hadfield et al., arXiv 1709.03489; Wang et al., arXiv 1904.09314.

    Attributes:
        blocks: Disjoint groups of at least two qubits.
        graph: Which pairs of a block are mixed.
    """

    blocks: Blocks
    graph: Literal["ring", "complete"] = "ring"

    def __post_init__(self):
        object.__setattr__(self, "blocks", check_blocks(self.blocks))
        check_choice("graph", self.graph, ("ring", "complete"))

    def check(self, n: int) -> None:
        """Refuse blocks beyond n qubits."""
        _within(self.blocks, n)

    def start(self) -> Start:
        """W states on the blocks."""
        return OneHotStart(self.blocks)

    def bonds(self, sites: int) -> tuple[tuple[int, int], ...]:
        """Return the ordered pairs of sites of a block with ``sites`` qubits."""
        if self.graph == "complete":
            return _round_robin(sites)
        even = [(k, k + 1) for k in range(0, sites - 1, 2)]
        odd = [(k, (k + 1) % sites) for k in range(1, sites - (sites % 2), 2)] if sites > 2 else []
        closing = [(sites - 1, 0)] if sites % 2 and sites > 2 else []
        return tuple(even + odd + closing)

    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Return the ordered pairs of qubits of all blocks."""
        return tuple((block[a], block[b]) for block in self.blocks for a, b in self.bonds(len(block)))


@dataclass(frozen=True)
class GroverMixer:
    """e^(−iβ|s⟩⟨s|) with s the ansatz's own start; states of equal cost keep equal amplitudes.

    Reference: Bärtschi, Eidenbenz, arXiv 2006.00354.
    """

    def check(self, n: int) -> None:
        """Fit any width."""

    def start(self) -> Start:
        """|+⟩; an ansatz usually names another."""
        return PlusStart()


@dataclass(frozen=True, eq=False)
class WarmStartMixer:
    """e^(−iβH) per qubit, where H has the qubit's start √(1−c)|0⟩ + √c|1⟩ as its eigenvector of value +1.

    H = (1 − 2c) Z + 2√(c(1−c)) X. At c = ½ it is the X mixer. Reference: Egger, Mareček, Woerner, "Warm-
    starting quantum optimization", Quantum 5, 479 (2021).

    Attributes:
        probabilities: c ``[n]`` of the start, each in [0, 1].
    """

    probabilities: Array

    def __post_init__(self):
        object.__setattr__(self, "probabilities", _probabilities(self.probabilities))

    def check(self, n: int) -> None:
        """Refuse any other width."""
        _same_width(self.probabilities, n)

    def start(self) -> Start:
        """The product state with these probabilities."""
        return ProductStart(self.probabilities)


@dataclass(frozen=True, eq=False)
class TermMixer:
    """e^(−iβ M₁), then e^(−iβ M₂), … for Hermitian matrices on a few qubits each.

    Attributes:
        terms: Pairs of the qubits and the matrix ``[2^k, 2^k]``; the first qubit is the lowest bit.
    """

    terms: tuple[tuple[tuple[int, ...], Array], ...]

    def __post_init__(self):
        object.__setattr__(self, "terms", tuple(_term(k, *term) for k, term in enumerate(self.terms)))
        if not self.terms:
            raise ProblemError("terms", (), "at least one pair of qubits and a matrix")

    def check(self, n: int) -> None:
        """Refuse qubits beyond n."""
        _within(tuple(qubits for qubits, _ in self.terms), n)

    def start(self) -> Start:
        """|+⟩; an ansatz may name another."""
        return PlusStart()


@dataclass(frozen=True, eq=False)
class FeasibleMixer:
    """e^(−iβH) on a set of feasible states that is listed; simulated in the span of those alone.

    Attributes:
        states: Bits uint8 ``[F, n]``, each state once; the start is their uniform superposition.
        matrix: H ``[F, F]``, real and symmetric.
    """

    states: Array
    matrix: Array

    def __post_init__(self):
        states = frozen_array("states", self.states, shape=(None, None), dtype=np.int64)
        if states.size == 0 or np.any((states != 0) & (states != 1)):
            raise ProblemError("states", states.shape, "bits of at least one state")
        if len(np.unique(states, axis=0)) < len(states):
            raise ProblemError("states", "a state that is listed twice", "each state once")
        matrix = frozen_array("matrix", self.matrix, shape=(len(states), len(states)))
        if not np.allclose(matrix, matrix.T, rtol=0, atol=1e-12):
            raise ProblemError("matrix", "not symmetric", "a symmetric matrix")
        object.__setattr__(self, "states", frozen_array("states", states, dtype=np.uint8))
        object.__setattr__(self, "matrix", matrix)

    def check(self, n: int) -> None:
        """Refuse states of another width."""
        if self.states.shape[1] != n:
            raise ProblemError("the width of states", self.states.shape[1], f"{n} qubits")

    def start(self) -> Start:
        """All feasible states alike, which the mixer itself knows; |+⟩ stands for it."""
        return PlusStart()


Mixer = XMixer | XYMixer | GroverMixer | WarmStartMixer | TermMixer | FeasibleMixer


def check_blocks(blocks: Iterable[Iterable[int]]) -> Blocks:
    """Return blocks as tuples, refusing overlaps and blocks of one."""
    checked = tuple(tuple(block) for block in blocks)
    for k, block in enumerate(checked):
        for qubit in block:
            check_integer(f"blocks[{k}]", qubit, 0)
        if len(block) < 2:
            raise ProblemError(f"blocks[{k}]", block, "at least two qubits")
    members = [qubit for block in checked for qubit in block]
    if len(set(members)) < len(members):
        twice = next(qubit for qubit in members if members.count(qubit) > 1)
        raise ProblemError("blocks", checked, "disjoint groups", f"qubit {twice} is named twice")
    if not checked:
        raise ProblemError("blocks", (), "at least one group of qubits")
    return checked


def _round_robin(sites: int) -> tuple[tuple[int, int], ...]:
    """All pairs in rounds of disjoint ones: the circle method, site 0 fixed."""
    players = list(range(sites)) + ([-1] if sites % 2 else [])
    half, rounds = len(players) // 2, []
    for _ in range(len(players) - 1):
        rounds += [
            (min(a, b), max(a, b)) for a, b in zip(players[:half], reversed(players[half:]), strict=True)
        ]
        players = [players[0], players[-1], *players[1:-1]]
    return tuple(pair for pair in rounds if pair[0] >= 0)


def _within(groups: Blocks, n: int) -> None:
    for k, group in enumerate(groups):
        for qubit in group:
            if qubit >= n:
                raise ProblemError(f"the qubits of block {k}", qubit, f"a qubit in [0, {n - 1}]")


def _probabilities(value: Array) -> Array:
    array = frozen_array("probabilities", value, shape=(None,))
    outside = np.flatnonzero((array < 0) | (array > 1))
    if len(outside):
        raise ProblemError(f"probabilities[{outside[0]}]", float(array[outside[0]]), "a number in [0, 1]")
    return array


def _same_width(probabilities: Array, n: int) -> None:
    if len(probabilities) != n:
        raise ProblemError("the number of probabilities", len(probabilities), f"{n}, one per qubit")


def _term(k: int, qubits: tuple[int, ...], matrix: Array) -> tuple[tuple[int, ...], Array]:
    qubits = tuple(qubits)
    for qubit in qubits:
        check_integer(f"the qubits of terms[{k}]", qubit, 0)
    if len(set(qubits)) != len(qubits) or not qubits:
        raise ProblemError(f"the qubits of terms[{k}]", qubits, "different qubits, at least one")
    array, size = np.array(matrix, dtype=complex), 2 ** len(qubits)
    if array.shape != (size, size) or not np.all(np.isfinite(array)):
        raise ProblemError(f"the matrix of terms[{k}]", array.shape, f"a finite ({size}, {size})")
    if not np.allclose(array, array.conj().T, rtol=0, atol=1e-12):
        raise ProblemError(f"the matrix of terms[{k}]", "not Hermitian", "a Hermitian matrix")
    array.setflags(write=False)
    return qubits, array
