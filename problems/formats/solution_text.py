"""Solutions as the solvers of the field write them: a line per variable with its name and value.

Taken are plain ``name value`` lines with ``#`` comments (Gurobi), those of SCIP with two head lines and the
objective coefficient behind, of CBC with a number before and the reduced cost behind, and both layouts of
HiGHS. Variables that are left out are 0, as those formats say. Names that are numbers are not recognised: two
numbers on a line may be two labels.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from problems.formats.numbers import Word, finite

ROUNDING = 1e-5  # solvers keep integers within about a tenth of this
HEADS = ("solution status:", "objective value:", "Optimal", "Feasible", "Integer optimal", "Stopped on")


def values_by_name(text: str, path: str, names: Collection[str]) -> dict[str, int] | None:
    """Return ``{name: integer}`` of a solution file, or None if it is none.

    Args:
        text: The content.
        path: The file, for errors.
        names: The variables of the problem.

    Raises:
        ProblemError: If a value is no integer within 1e-5, or a variable stands twice.
    """
    known, found = {name for name in names if finite(name) is None}, {}
    for number, words in _rows(text.splitlines()):
        pair = _pair(words, known)
        if pair is None:
            return None
        name, value = pair
        word = Word(value, Path(path).name, number)
        amount = word.number(f"the value of {name}")
        if abs(amount - round(amount)) > ROUNDING:
            raise word.error(f"an integer value of {name}")
        if name in found:
            raise word.error(f"the value of {name} once")
        found[name] = round(amount)
    return found if found else None


def _rows(lines: list[str]) -> list[tuple[int, list[str]]]:
    """Return the numbers and words of the lines that can say a value."""
    columns, pretty = _sections(lines)
    rows = []
    for number, line in columns:
        words = line.split()
        if not words or line.lstrip().startswith("#") or line.strip().startswith(HEADS):
            continue
        rows.append((number, _primal(words) if pretty else words))
    return rows


def _sections(lines: list[str]) -> tuple[list[tuple[int, str]], bool]:
    """Return the numbered lines about variables, and whether they are a table of HiGHS."""
    numbered = list(enumerate(lines, start=1))
    starts = [k for k, line in numbered if line.split()[:2] == ["#", "Columns"]]
    if starts:
        return [(k, line) for k, line in numbered[starts[0] :] if k < _end(lines, starts[0], "# Rows")], False
    if lines and lines[0].strip() == "Columns":
        return [(k, line) for k, line in numbered[2:] if k < _end(lines, 2, "Rows")], True
    return numbered, False


def _end(lines: list[str], start: int, mark: str) -> int:
    return next(
        (k for k, line in enumerate(lines[start:], start + 1) if line.startswith(mark)), len(lines) + 1
    )


def _primal(words: list[str]) -> list[str]:
    """Return name and value of a row ``index [status] lower upper primal [dual] type name``."""
    kinds = [k for k, word in enumerate(words) if word in ("Integer", "Continuous")]
    if not kinds:
        return words
    values = [
        word for word in words[1 : kinds[-1]] if word.lstrip("-+")[:1].isdigit() or "inf" in word.lower()
    ]
    return [words[-1], values[2]] if len(values) > 2 else words


def _pair(words: list[str], known: set[str]) -> tuple[str, str] | None:
    """Return name and value of a line, wherever the format puts them."""
    if words[0] in known and len(words) >= 2 and finite(words[1]) is not None:
        further = words[2:]
        return (words[0], words[1]) if not further or further[0].startswith("(obj:") else None
    if len(words) == 4 and words[0].isdigit() and words[1] in known:
        return words[1], words[2]
    return None
