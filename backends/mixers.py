"""How QAOA starts and what it mixes with, as data.

Each start is a state, each mixer a unitary for an angle β; a mixer names the start that belongs to it. A
one-hot block is a group of qubits of which exactly one is 1; its uniform superposition is a W state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from backends.mixer_checks import (
    Blocks,
    check_blocks,
    check_states_width,
    check_width,
    check_within,
    checked_probabilities,
    checked_states,
    checked_symmetric,
    checked_terms,
)
from problems.checking import check_choice, check_integer

Array = np.ndarray


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
        check_within(self.blocks, n)


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
        object.__setattr__(self, "probabilities", checked_probabilities(self.probabilities))

    def check(self, n: int) -> None:
        """Refuse any other width."""
        check_width(self.probabilities, n)


@dataclass(frozen=True, eq=False)
class FeasibleStart:
    """The uniform superposition of states that are listed.

    Attributes:
        states: Bits uint8 ``[F, n]``, each state once; column q is qubit q.
    """

    states: Array

    def __post_init__(self):
        object.__setattr__(self, "states", checked_states(self.states))

    def check(self, n: int) -> None:
        """Refuse any other width."""
        check_states_width(self.states, n)


Start = PlusStart | OneHotStart | DickeStart | ProductStart | FeasibleStart


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
        check_within(self.blocks, n)

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
        object.__setattr__(self, "probabilities", checked_probabilities(self.probabilities))

    def check(self, n: int) -> None:
        """Refuse any other width."""
        check_width(self.probabilities, n)

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
        object.__setattr__(self, "terms", checked_terms(self.terms))

    def check(self, n: int) -> None:
        """Refuse qubits beyond n."""
        check_within(tuple(qubits for qubits, _ in self.terms), n)

    def start(self) -> Start:
        """|+⟩; an ansatz may name another."""
        return PlusStart()


@dataclass(frozen=True, eq=False)
class FeasibleMixer:
    """e^(−iβH) on a set of feasible states that is listed; simulated in the span of those alone.

    It starts from all of them alike and takes no other start.

    Attributes:
        states: Bits uint8 ``[F, n]``, each state once; column q is qubit q.
        matrix: H ``[F, F]``, real and symmetric, as an array or sparse: matrices of scipy become
            ``SparseRows``.
    """

    states: Array
    matrix: Any

    def __post_init__(self):
        states = checked_states(self.states)
        object.__setattr__(self, "states", states)
        object.__setattr__(self, "matrix", checked_symmetric(self.matrix, len(states)))

    def check(self, n: int) -> None:
        """Refuse states of another width."""
        check_states_width(self.states, n)

    def start(self) -> Start:
        """All feasible states alike."""
        return FeasibleStart(self.states)


Mixer = XMixer | XYMixer | GroverMixer | WarmStartMixer | TermMixer | FeasibleMixer


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


__all__ = [
    "Blocks",
    "DickeStart",
    "FeasibleMixer",
    "FeasibleStart",
    "GroverMixer",
    "Mixer",
    "OneHotStart",
    "PlusStart",
    "ProductStart",
    "Start",
    "TermMixer",
    "WarmStartMixer",
    "XMixer",
    "XYMixer",
    "check_blocks",
]
