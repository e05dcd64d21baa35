r"""LP files as CPLEX, Gurobi, HiGHS and SCIP write them: what bits and integers need, read and written.

```
Maximize
  obj: 3 x + 2 y - 4 n + [ 2 x*y + n^2 ] / 2 + 5
Subject To
  c1: 1 <= x + y + n <= 3
  x + [ y * n ] >= 2 x - 1
Bounds
  -2 <= n <= 2
Generals
  n
Binaries
  x y
End
```

- **Words.** Keywords count in any case, and none is reserved: see ``lp_keywords``. ``\`` begins a comment.
  A number ends where it cannot go on: ``2x`` is 2 x, ``2e1x`` is 20 x; a variable may be called ``e1`` but
  then not be glued to a number.
- **Sums.** Numbers, variables and brackets may stand on both sides of a relation; what stands twice is
  added. A bracket in the objective is divided by 2, one in a row is not.
- **Rows.** A row with two sides becomes ``name (lower)`` and ``name (upper)``. Without a name rows are r0,
  r1, …. Lazy constraints are constraints and user cuts are implied by them: both are read as rows. A right
  side ends with its line where the next line can begin a row.
- **Bounds.** 0 and ∞ unless given; the last one given holds. A negative upper bound leaves the lower one at
  0, as CPLEX has it, and therefore no room, which is refused. Binaries are bits within their bounds.
- **Refused, by line**: SOS, indicators (``->``), semi-continuous variables, general constraints,
  piecewise-linear and several objectives. Refused by name: continuous variables, and integers without
  finite bounds.

Sources: IBM ILOG CPLEX and Gurobi, the LP file format in their reference manuals.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np

from problems.binary.integer import IntegerProgram
from problems.binary.program import BinaryProgram
from problems.formats.lp_keywords import KEYWORDS
from problems.formats.lp_labels import reference_comment, unused, written_names
from problems.formats.lp_parts import Parts, Writable, check_twice
from problems.formats.lp_ranges import Row
from problems.formats.lp_sections import SectionReader
from problems.formats.lp_tokens import Tokens
from problems.formats.numbers import check_index, shown, write_text

WIDTH = 200  # of a line; CPLEX reads 560 characters, older readers 255
LONGEST_NAME = 255
# What every reader takes for a name: no operator, no keyword, no exponent such as e9.
_LEGAL = re.compile(r"(?![eE](?:[0-9]|$))[A-Za-z_][A-Za-z0-9_.]*")
_SIGNS = {"<=": "<=", ">=": ">=", "==": "="}


def read_lp(path: str | os.PathLike[str], index: int | None = None) -> BinaryProgram | IntegerProgram:
    """Read a program; one of bits and linear rows alone comes as a ``BinaryProgram``.

    Variables are numbered in the order in which they appear.

    Args:
        path: The file.
        index: 1 or None: a file holds one program.

    Raises:
        ProblemError: Naming file, line, what stands there and what was expected.
    """
    check_index(path, index, 1)
    return SectionReader(Tokens.of(path)).problem()


def write_lp(problem: Writable, path: str | os.PathLike[str]) -> Path:
    """Write a program; numbers read back as the same floats, variables and rows in the same order.

    Names that are illegal in an LP file are translated in comments, which the reader takes back; other
    programs see ``variable_3``. The best known objective stands in a comment. A ``Qubo`` is read back as
    the program without rows. How integers become bits is not kept.

    Raises:
        ProblemError: If a variable is a spin, or the file cannot be written.
    """
    parts = Parts.of(problem)
    names, comments = written_names(parts.names, "variable", "variable_", _is_legal)
    labels, more = written_names([row.name or "" for row in parts.rows], "row", "row_", _is_legal)
    lines = [f"\\ {text}" for text in (*reference_comment(parts.reference), *comments, *more)]
    lines += ["Maximize" if parts.sense == "max" else "Minimize"]
    lines += _wrapped(f"{unused('obj', labels)}:", _objective(parts, names))
    lines += ["Subject To"]
    for row, label in zip(parts.rows, labels, strict=True):
        lines += _row(row, label, names)
    lines += _domains(parts, names)
    return write_text(path, "\n".join([*lines, "End"]) + "\n")


def _is_legal(name: str) -> bool:
    fits = len(name) <= LONGEST_NAME and _LEGAL.fullmatch(name) is not None
    return fits and name.lower() not in KEYWORDS


def _objective(parts: Parts, names: list[str]) -> Iterator[str]:
    """Write all variables, also those that cost nothing: the order in which they stand is theirs."""
    for name, value in zip(names, parts.linear.tolist(), strict=True):
        yield _term(value, name)
    if parts.quadratic:
        doubled = {
            (i, j): check_twice(value, f"the objective's coefficient of {names[i]} * {names[j]}")
            for (i, j), value in parts.quadratic.items()
        }
        yield from _bracket(doubled, names, "] / 2")
    if parts.offset:
        yield _term(parts.offset, "")


def _row(row: Row, label: str, names: list[str]) -> list[str]:
    terms = [_term(value, names[k]) for k, value in row.linear.items()]
    if row.quadratic:
        terms += _bracket(row.quadratic, names, "]")
    if not terms:
        terms = [_term(0.0, names[0] if names else "")]
    if row.is_range:
        return _wrapped(f"{label}: {shown(row.low)} <=", [*terms, f"<= {shown(row.high)}"])
    right = row.high if row.relation == "<=" else row.low
    return _wrapped(f"{label}:", [*terms, f"{_SIGNS[row.relation]} {shown(right)}"])


def _bracket(products: Mapping[tuple[int, int], float], names: list[str], end: str) -> Iterator[str]:
    yield "+ ["
    for (i, j), value in products.items():
        yield _term(value, f"{names[i]} ^ 2" if i == j else f"{names[i]} * {names[j]}")
    yield end


def _term(value: float, name: str) -> str:
    """Write a term with its sign; without a name it is a constant."""
    sign, size = "-" if value < 0 else "+", abs(value)
    if name and size == 1:
        return f"{sign} {name}"
    return f"{sign} {shown(size)} {name}".rstrip()


def _wrapped(begin: str, terms: Iterable[str]) -> list[str]:
    """Return indented lines of at most ``WIDTH`` characters where terms allow."""
    lines = [" " + begin]
    for term in terms:
        if len(lines[-1]) + 1 + len(term) > WIDTH:
            lines.append("  ")
        lines[-1] += " " + term
    return lines


def _domains(parts: Parts, names: list[str]) -> list[str]:
    """Write bounds and kinds; a bit needs no bounds."""
    bits, wide = np.flatnonzero(parts.is_bit), np.flatnonzero(~parts.is_bit)
    lines = ["Bounds"] * bool(len(wide))
    for k in wide:
        fixed = parts.low[k] == parts.high[k]
        between = f"{parts.low[k]} <= {names[k]} <= {parts.high[k]}"
        lines.append(f" {names[k]} = {parts.low[k]}" if fixed else f" {between}")
    for head, chosen in (("Generals", wide), ("Binaries", bits)):
        if len(chosen):
            lines += [head, *_wrapped("", (names[k] for k in chosen))]
    return lines
