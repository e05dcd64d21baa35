"""Ground-state configurations of the neutral atoms from hydrogen to uranium.

Reference: NIST, Atomic Reference Data for Electronic Structure Calculations (Kotochigova et al. 1997): shells
fill by n + l, then n, but for the atoms listed here.
"""

from __future__ import annotations

from problems.checking import check_integer
from problems.chemistry.exact_levels import orbital_momentum

LETTERS = "spdf"
HEAVIEST = 92
_FILLING = (
    "1s", "2s", "2p", "3s", "3p", "4s", "3d", "4p", "5s", "4d", "5p", "6s",
    "4f", "5d", "6p", "7s", "5f", "6d",
)  # fmt: skip
_EXCEPTIONS = {
    24: "3d5 4s1", 29: "3d10 4s1", 41: "4d4 5s1", 42: "4d5 5s1", 44: "4d7 5s1", 45: "4d8 5s1", 46: "4d10 5s0",
    47: "4d10 5s1", 57: "4f0 5d1", 58: "4f1 5d1", 64: "4f7 5d1", 78: "5d9 6s1", 79: "5d10 6s1",
    89: "5f0 6d1", 90: "5f0 6d2", 91: "5f2 6d1", 92: "5f3 6d1",
}  # fmt: skip

Shell = tuple[int, int, float]


def ground_state_shells(charge: int) -> tuple[Shell, ...]:
    """Return ``(n, l, electrons)`` of the neutral atom, by n, then l.

    Raises:
        ProblemError: If the charge is no integer from 1 to 92.
    """
    check_integer("charge", charge, 1, HEAVIEST)
    left, filled = int(charge), {}
    for name in _FILLING:
        shell = read_shell(name)
        filled[shell] = min(left, capacity(shell[1]))
        left -= filled[shell]
    for word in _EXCEPTIONS.get(int(charge), "").split():
        filled[read_shell(word[:2])] = int(word[2:])
    return tuple((*shell, float(f)) for shell, f in sorted(filled.items()) if f > 0)


def split_by_kappa(shells: tuple[Shell, ...]) -> tuple[Shell, ...]:
    """Return ``(n, κ, electrons)``: a shell's electrons go to κ = l and κ = −l − 1 as 2 l to 2 l + 2."""
    split = []
    for n, momentum, electrons in shells:
        for kappa in (momentum, -momentum - 1):
            if kappa != 0:
                split.append((n, kappa, electrons * abs(kappa) / (2 * momentum + 1)))
    return tuple(split)


def read_shell(name: str) -> tuple[int, int]:
    """Return (n, l) of a name such as "3d"."""
    return int(name[:-1]), LETTERS.index(name[-1])


def shell_name(n: int, angular: int, relativistic: bool = False) -> str:
    """Return a name such as "3d", or "3d3/2" where ``angular`` is κ."""
    if not relativistic:
        return f"{n}{_letter(angular)}"
    return f"{n}{_letter(orbital_momentum(angular))}{2 * abs(angular) - 1}/2"


def capacity(momentum: int) -> int:
    """Return how many electrons a shell of angular momentum l holds: 2 (2 l + 1)."""
    return 2 * (2 * momentum + 1)


def _letter(momentum: int) -> str:
    letters = LETTERS + "ghik"
    return letters[momentum] if momentum < len(letters) else f"[l={momentum}]"
