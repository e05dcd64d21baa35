"""Electrons on qubits: integrals over orbitals become a Pauli sum by Jordan and Wigner or by parities.

References: Jordan, Wigner, Z. Phys. 47, 631 (1928); Seeley, Richard, Love, arXiv 1208.5986, for the parity
basis; Bravyi, Gambetta, Mezzacapo, Temme, arXiv 1701.08213, for the two qubits that it saves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from problems.checking import check_choice, check_integer
from problems.errors import ProblemError
from problems.ground_state.pauli_sum import PauliSum

Array = np.ndarray
Terms = dict[tuple[int, int], complex]  # (X mask, Z mask) of i^(number of Y) X^x Z^z, and its coefficient
Mapping = Literal["jordan_wigner", "parity"]
Spins = Literal["blocked", "interleaved"]
DROPPED = 1e-12  # coefficients below this, in units of the largest, are rounding


@dataclass(frozen=True)
class Orbitals:
    """Which orbitals are on qubits, and how.

    "jordan_wigner" takes a qubit for each spin orbital: first all of spin up and then all of spin down
    ("blocked"), or in turn ("interleaved"). "parity" is blocked and leaves out the last qubit of each spin,
    which only holds whether the electrons of spin up, and of both, are even or odd.

    Attributes:
        frozen: Orbitals that stay doubly occupied.
        active: Orbitals that are kept; None keeps all that are not frozen.
        mapping: See above.
        spins: See above.

    Raises:
        ProblemError: If an orbital is none or is named twice, or parities are asked for in turn.
    """

    frozen: tuple[int, ...] = ()
    active: tuple[int, ...] | None = None
    mapping: Mapping = "jordan_wigner"
    spins: Spins = "blocked"

    def __post_init__(self):
        check_choice("mapping", self.mapping, ("jordan_wigner", "parity"))
        check_choice("spins", self.spins, ("blocked", "interleaved"))
        if self.mapping == "parity" and self.spins != "blocked":
            raise ProblemError("spins", self.spins, '"blocked" for parities')
        for name in ("frozen", "active"):
            for k, orbital in enumerate(getattr(self, name) or ()):
                check_integer(f"{name}[{k}]", orbital, 0)
        named = (*self.frozen, *(self.active or ()))
        if len(set(named)) < len(named) or self.active == ():
            expected = "at least one orbital, none twice and none that is frozen"
            raise ProblemError("active", self.active, expected)

    def kept(self, m: int) -> tuple[int, ...]:
        """Return the active ones of m orbitals.

        Raises:
            ProblemError: If one of those named is not there, or none is left.
        """
        rest = tuple(k for k in range(m) if k not in self.frozen)
        kept = rest if self.active is None else self.active
        if not kept or max((*kept, *self.frozen)) >= m:
            raise ProblemError("orbitals", (self.frozen, kept), f"orbitals among 0 … {m - 1}, one active")
        return kept


def molecular_sum(one: Array, two: Array, electrons: tuple[int, int], orbitals: Orbitals) -> PauliSum:
    """Return Σ h_pq a†_p a_q + ½ Σ (pq|rs) a†_p a†_r a_s a_q over both spins as a Pauli sum.

    Args:
        one: h ``[m, m]`` over the active orbitals.
        two: (pq|rs) in chemists' order, ``[m, m, m, m]``.
        electrons: Of spin up and down in them; parities alone go by them.
        orbitals: How they are encoded.

    Raises:
        ProblemError: If parities are asked for with a single orbital.
    """
    m = len(one)
    blocked = orbitals.spins == "blocked"
    place = np.arange(2 * m).reshape(2, m) if blocked else np.arange(2 * m).reshape(m, 2).T
    moves = {(p, q): _moves(place, p, q) for p in range(m) for q in range(m)}
    total: Terms = {}
    for (p, q), move in moves.items():
        # a†_p a†_r a_s a_q summed over spins is E_pq E_rs − δ_qr E_ps
        _add(total, move, complex(one[p, q] - 0.5 * np.trace(two[p, :, :, q])))
        for (r, s), other in moves.items():
            if two[p, q, r, s]:
                _add(total, _product(move, other), 0.5 * complex(two[p, q, r, s]))
    if orbitals.mapping == "jordan_wigner":
        return _as_sum(total, 2 * m)
    if m < 2:
        raise ProblemError("active", m, "at least two orbitals for parities")
    return _as_sum(_without_parities(_to_parities(total, 2 * m), m, electrons), 2 * m - 2)


def frozen_integrals(
    one: Array, two: Array, frozen: tuple[int, ...], kept: tuple[int, ...]
) -> tuple[float, Array, Array]:
    """Return the energy of doubly occupied orbitals, and the integrals of others in their field.

    Reference: Helgaker, Jørgensen, Olsen, Molecular Electronic-Structure Theory, chapter 12.
    """
    field = np.array(one)
    for c in frozen:
        field += 2 * two[:, :, c, c] - two[:, c, c, :]
    energy = sum(float(one[c, c] + field[c, c]) for c in frozen)
    rows = list(kept)
    return energy, field[np.ix_(rows, rows)], two[np.ix_(rows, rows, rows, rows)]


def _moves(place: Array, p: int, q: int) -> Terms:
    """E_pq: an electron goes from orbital q to p and keeps its spin."""
    total: Terms = {}
    for orbitals in place.tolist():
        _add(total, _product(_ladder(orbitals[p], -1), _ladder(orbitals[q], 1)), 1.0)
    return total


def _ladder(place: int, sign: int) -> Terms:
    """(X + i sign Y)/2 behind a string of Z on all lower qubits: sign 1 annihilates, −1 creates."""
    bit, string = 1 << place, (1 << place) - 1
    return {(bit, string): 0.5, (bit, string | bit): 0.5j * sign}


def _product(left: Terms, right: Terms) -> Terms:
    """Multiply two sums; Y is i X Z, so that phases follow from the masks alone."""
    total: Terms = {}
    for (x, z), a in left.items():
        for (u, w), b in right.items():
            key = (x ^ u, z ^ w)
            ys = (x & z).bit_count() + (u & w).bit_count() - (key[0] & key[1]).bit_count()
            phase = 1j ** (ys % 4) * (-1) ** (z & u).bit_count()
            total[key] = total.get(key, 0.0) + a * b * phase
    return total


def _add(total: Terms, terms: Terms, factor: complex) -> None:
    for key, value in terms.items():
        total[key] = total.get(key, 0.0) + factor * value


def _to_parities(terms: Terms, n: int) -> Terms:
    """Conjugate by the CX of each qubit on the next: qubit k then holds the parity of qubits 0 … k."""
    for control in range(n - 1):
        turned: Terms = {}
        for (x, z), value in terms.items():
            u = x ^ ((x >> control & 1) << (control + 1))
            w = z ^ ((z >> (control + 1) & 1) << control)
            # CX sends XZ of the pair to −YY and YY to −XZ; all other strings keep their sign
            pair = tuple((mask >> k & 1) for mask in (x, z) for k in (control, control + 1))
            sign = -1 if pair in ((1, 0, 0, 1), (1, 1, 1, 1)) else 1
            turned[u, w] = sign * value
        terms = turned
    return terms


def _without_parities(terms: Terms, m: int, electrons: tuple[int, int]) -> Terms:
    """Put in what the qubits m − 1 and 2m − 1 hold in the sector of these electrons, and take them out."""
    held = {m - 1: (-1) ** electrons[0], 2 * m - 1: (-1) ** sum(electrons)}
    total: Terms = {}
    for (x, z), value in terms.items():
        for qubit, eigenvalue in held.items():
            value = value * eigenvalue if z >> qubit & 1 else value
        _add(total, {(_cut(x, m), _cut(z, m)): value}, 1.0)
    return total


def _cut(mask: int, m: int) -> int:
    low = mask & ((1 << (m - 1)) - 1)
    return low | (mask >> m & ((1 << (m - 1)) - 1)) << (m - 1)


def _as_sum(terms: Terms, n: int) -> PauliSum:
    """Drop what is rounding; no coefficient of real integrals is imaginary beyond it."""
    most = max((abs(value) for value in terms.values()), default=0.0)
    kept = {key: value.real for key, value in sorted(terms.items()) if abs(value) > DROPPED * most}
    strings = ["".join("IXZY"[(x >> q & 1) + 2 * (z >> q & 1)] for q in range(n)) for x, z in kept]
    return PauliSum(n, tuple(strings), np.array(list(kept.values()), dtype=float))
