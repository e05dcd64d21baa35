"""Variable names: defaults, checks, and bits by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from problems.checking import check_bits
from problems.errors import ProblemError


def check_names(names: Sequence[str], n: int, prefix: str = "x") -> tuple[str, ...]:
    """Return n distinct names; by default x0, x1, ….

    Raises:
        ProblemError: If there are too few or too many, or one twice.
    """
    if not len(names):
        return tuple([f"{prefix}{k}" for k in range(n)])
    names = tuple(map(str, names))
    if len(names) != n:
        raise ProblemError("the number of names", len(names), f"{n}, one per variable")
    if len(set(names)) != n:
        twice = next(name for k, name in enumerate(names) if name in names[:k])
        raise ProblemError("names", twice, "each name once")
    return names


def named_bits(bits: np.ndarray, names: tuple[str, ...]) -> dict[str, int]:
    """Return ``{name: bit}`` of bits ``[n]``."""
    return dict(zip(names, check_bits("the solution", bits, len(names)).tolist(), strict=True))


def bits_by_name(values: Mapping[str, int], names: tuple[str, ...]) -> np.ndarray:
    """Return uint8 bits ``[n]`` from ``{name: bit}``; names left out are 0.

    Raises:
        ProblemError: On an unknown name or a value that is no bit.
    """
    place = {name: k for k, name in enumerate(names)}
    bits = np.zeros(len(names), dtype=np.uint8)
    for name, value in values.items():
        if str(name) not in place:
            known = f", such as {names[0]}" if names else ""
            raise ProblemError("the solution's variable", str(name), "a name of the problem" + known)
        if value not in (0, 1):
            raise ProblemError(f"the value of {name}", value, "0 or 1")
        bits[place[str(name)]] = value
    return bits
