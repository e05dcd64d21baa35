"""One-hot blocks: disjoint groups of variables of which exactly one is 1, kept apart from any penalty."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from problems.checking import check_integer
from problems.errors import ProblemError

if TYPE_CHECKING:
    from problems.binary.program import BinaryProgram
    from problems.binary.quadratic import QuadraticForm

Array = np.ndarray
Blocks = tuple[tuple[int, ...], ...]
DEMAND = "one-hot blocks"


def check_blocks(field: str, blocks: Iterable[Iterable[int]], n: int | None = None) -> Blocks:
    """Return blocks as tuples of integers.

    Args:
        field: The name to report.
        blocks: The groups.
        n: The number of variables, if it is known.

    Raises:
        ProblemError: If a block has less than two members, a member is no index below n, or blocks overlap.
    """
    checked = tuple(tuple(block) for block in blocks)
    for k, block in enumerate(checked):
        for member in block:
            check_integer(f"{field}[{k}]", member, 0, None if n is None else n - 1)
        if len(block) < 2:
            raise ProblemError(f"{field}[{k}]", block, "at least two members")
    members = [member for block in checked for member in block]
    if len(set(members)) < len(members):
        twice = next(member for member in members if members.count(member) > 1)
        raise ProblemError(field, checked, "disjoint blocks", f"{twice} is named twice")
    return tuple(tuple(map(int, block)) for block in checked)


def broken(blocks: Blocks, bits: Array) -> Array:
    """Return |Σx − 1| of every block, ``[..., blocks]``, at bits ``[..., n]``."""
    totals = [np.sum(bits[..., list(block)], axis=-1, dtype=np.int64) for block in blocks]
    return np.abs(np.stack(totals, axis=-1) - 1)


def disjoint_one_hot_rows(program: BinaryProgram) -> tuple[tuple[int, ...], Blocks]:
    """Choose one-hot rows of a program that share no variable: their places, and their variables as blocks.

    Longer rows go first, then earlier ones: of the rows and columns of an assignment all of one kind are
    taken.
    """
    rows = program.constraints
    candidates = [r for r, kind in enumerate(rows.classes) if kind == "one_hot"]
    members = {r: tuple(int(i) for i in rows.entries(r)[0]) for r in candidates}
    chosen, seen = [], set()
    for r in sorted(candidates, key=lambda r: (-len(members[r]), r)):
        if len(members[r]) >= 2 and seen.isdisjoint(members[r]):
            chosen.append(r)
            seen.update(members[r])
    chosen.sort()
    return tuple(chosen), tuple(members[r] for r in chosen)


def spread_in_blocks(form: QuadraticForm, blocks: Blocks) -> float:
    """Return the standard deviation of a form over uniform bits whose blocks hold exactly one 1.

    With independent groups of mean m and covariance C, products within a block being 0, the variance of
    lᵀx + xᵀQx/2 is gᵀCg + tr(CQCQ)/2, where g = l + Qm.
    """
    mean, cov = np.full(form.n, 0.5), np.diag(np.full(form.n, 0.25))
    upper = form.dense()
    coupling = upper + upper.T
    for block in blocks:
        inside = np.ix_(block, block)
        mean[list(block)] = 1 / len(block)
        cov[inside] = np.eye(len(block)) / len(block) - 1 / len(block) ** 2
        coupling[inside] = 0.0
    slope = form.linear + coupling @ mean
    product = cov @ coupling
    return float(np.sqrt(max(0.0, slope @ cov @ slope + np.sum(product * product.T) / 2)))
