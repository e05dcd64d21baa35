"""Names that a format has no way to write: written under others, which comments translate back.

A variable that cannot keep its name is written as ``variable_3``, by its position, a row as ``row_3``; where
that is another's name, with underscores behind it. A comment says ``variable variable_3 is "item 1"``, with
the name as a JSON string, and the reader gives it back: what is which is never lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from problems.errors import ProblemError
from problems.formats.numbers import finite, shown

_TRANSLATION = re.compile(r'\s*(variable|row) (\S+) is ("[^\n]*")\s*')
_REFERENCE = re.compile(r"\s*reference (\S+)\s*")


@dataclass
class Labels:
    """What comments say: the true names of variables and rows, and the best known objective.

    Attributes:
        variables: True names by written ones.
        rows: True names by written ones.
        reference: The best known objective, if any.
    """

    variables: dict[str, str] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)
    reference: float | None = None

    @classmethod
    def of(cls, file: str, comments: Iterable[tuple[int, str]]) -> Labels:
        """Read ``(line, text)`` of comments; those that speak of other things are skipped.

        Raises:
            ProblemError: If a name is translated twice.
        """
        labels = cls()
        for line, text in comments:
            if found := _TRANSLATION.fullmatch(text):
                labels._translate(f"{file}, line {line}", *found.groups())
            elif (found := _REFERENCE.fullmatch(text)) and (value := finite(found[1])) is not None:
                labels.reference = value
        return labels

    def _translate(self, place: str, kind: str, written: str, quoted: str) -> None:
        try:
            name = json.loads(quoted)
        except ValueError:
            return
        table = self.variables if kind == "variable" else self.rows
        if written in table:
            raise ProblemError(place, repr(written), "each written name once")
        table[written] = name


def written_names(
    names: Sequence[str], kind: str, short: str, is_legal: Callable[[str], bool]
) -> tuple[list[str], list[str]]:
    """Return the names as a file has them, and the comments that translate them back.

    Args:
        names: The true names.
        kind: "variable" or "row".
        short: What the names of those begin with that cannot keep theirs.
        is_legal: Whether the format can hold a name.
    """
    taken = {name for name in names if is_legal(name)}
    written, comments = [], []
    for k, name in enumerate(names):
        substitute = name
        if name not in taken:
            substitute = f"{short}{k}"
            while substitute in taken:
                substitute += "_"
            taken.add(substitute)
            comments.append(f"{kind} {substitute} is {json.dumps(name)}")
        written.append(substitute)
    return written, comments


def unused(name: str, taken: Sequence[str]) -> str:
    """Return the name, with underscores behind it until it is none of those taken."""
    while name in taken:
        name += "_"
    return name


def reference_comment(reference: float | None) -> list[str]:
    """Return the comment that keeps the best known objective."""
    return [] if reference is None else [f"reference {shown(reference)}"]
