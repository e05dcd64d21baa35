"""The words of an LP file: numbers, names and operators with their lines; comments are kept apart."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from problems.errors import ProblemError
from problems.formats.numbers import finite, read_text, split_lines

TokenKind = Literal["number", "name", "sign", "relation", "operator", "end", "unknown"]

# A name holds any visible character but the operators; brackets only glued to it, as in x[1,2]. A number ends
# where it can no longer go on, so that 2x is two words, and 2e1x the number 20 and a name.
_FREE = r"\s\x00-\x1f\x7f+\-*^<>=:\[\]\\"
_WORD = re.compile(
    rf"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
    rf"|[^{_FREE}0-9./][^{_FREE}]*(?:\[[^\s\[\]\\]*\][^{_FREE}]*)*"
    rf"|<->|->|<=|=<|>=|=>|==|\S|[\x1c-\x1f]"
)
RELATIONS = {"<": "<=", "<=": "<=", "=<": "<=", ">": ">=", ">=": ">=", "=>": ">=", "=": "==", "==": "=="}
_KINDS: dict[str, TokenKind] = {
    **dict.fromkeys("0123456789.", "number"),
    **dict.fromkeys("+-", "sign"),
    **dict.fromkeys("*^/:[]", "operator"),
    **dict.fromkeys("<>=", "relation"),
    **dict.fromkeys(map(chr, [*range(32), 127]), "unknown"),
    "": "end",
}


@dataclass(frozen=True)
class Tokens:
    """The words of a file in order; the last one is empty and stands for the end.

    Attributes:
        file: Name of the file.
        texts: The words.
        lines: The line of each, counted from 1.
        comments: ``(line, text)`` of what stands behind backslashes.
    """

    file: str
    texts: list[str]
    lines: list[int]
    comments: list[tuple[int, str]]

    @classmethod
    def of(cls, path: str | os.PathLike[str]) -> Tokens:
        """Read a file."""
        texts: list[str] = []
        lines: list[int] = []
        comments = []
        number = 1
        for number, line in enumerate(split_lines(read_text(path)), start=1):
            code, mark, comment = line.partition("\\")
            if mark:
                comments.append((number, comment))
            words = _WORD.findall(code)
            texts += words
            lines += [number] * len(words)
        return cls(Path(path).name, [*texts, ""], [*lines, lines[-1] if lines else number], comments)

    @cached_property
    def kinds(self) -> list[TokenKind]:
        """The kind of each word."""
        kinds: list[TokenKind] = [_KINDS.get(text[:1], "name") for text in self.texts]
        for k, text in enumerate(self.texts):
            if text in ("->", "<->"):
                kinds[k] = "operator"
        return kinds

    def place(self, k: int) -> str:
        """Return file and line of word k."""
        return f"{self.file}, line {self.lines[k]}"

    def error(self, k: int, expected: str, remedy: str = "") -> ProblemError:
        """Return the error that names the place of word k and what should stand there."""
        found = repr(self.texts[k]) if self.texts[k] else "the end of the file"
        return ProblemError(self.place(k), found, expected, remedy)

    def number(self, k: int) -> float:
        """Read word k as a finite number."""
        value = finite(self.texts[k])
        if value is None:
            raise self.error(k, "a finite number")
        return value

    def begins_line(self, k: int) -> bool:
        """Whether word k is the first of its line."""
        return k == 0 or self.lines[k - 1] != self.lines[k]

    def ends_line(self, k: int) -> bool:
        """Whether word k is the last of its line."""
        return self.texts[k + 1] == "" or self.lines[k + 1] != self.lines[k]
