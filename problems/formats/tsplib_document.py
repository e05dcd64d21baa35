"""The frame of TSPLIB files: ``KEY : value`` lines, then sections of numbers, and ``EOF`` if it is there."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from problems.errors import ProblemError
from problems.formats.numbers import NumberStream, Word, read_text, split_lines

KEYS = (
    "NAME", "TYPE", "COMMENT", "DIMENSION", "CAPACITY", "EDGE_WEIGHT_TYPE", "EDGE_WEIGHT_FORMAT",
    "EDGE_DATA_FORMAT", "NODE_COORD_TYPE", "DISPLAY_DATA_TYPE",
)  # fmt: skip
PARTS = "a line 'KEY : value' or the name of a section"
_KEYWORD = re.compile(r"\s*([A-Za-z_]\w*)\s*(:?)(.*)", re.ASCII)


class Entry(NamedTuple):
    """A value of the header, or the heading of a section, and the line it stands in."""

    text: str
    line: int


@dataclass(frozen=True)
class Document:
    """A file in its parts.

    Attributes:
        file: Its name.
        header: Values by key; comments are left out.
        headings: The headings of the sections by name.
        bodies: Their texts by name.
    """

    file: str
    header: dict[str, Entry]
    headings: dict[str, Entry]
    bodies: dict[str, str]

    def choice(self, key: str, choices: Sequence[str], default: str | None = None) -> str:
        """Return a value of the header that is one of some.

        Raises:
            ProblemError: If it is another one, or missing where there is no default.
        """
        if key not in self.header:
            if default is not None:
                return default
            raise ProblemError(self.file, f"without {key}", "a line with it, one of " + ", ".join(choices))
        value = self.header[key].text.upper()
        if value not in choices:
            raise self.error(key, f"{key} one of " + ", ".join(choices))
        return value

    def integer(self, key: str, low: int, high: int) -> int:
        """Return a value of the header that is an integer.

        Raises:
            ProblemError: If it is none in ``[low, high]``, or missing.
        """
        if key not in self.header:
            raise ProblemError(self.file, f"without {key}", f"a line '{key} : ' with an integer ≥ {low}")
        entry = self.header[key]
        return Word(entry.text, self.file, entry.line).integer(key, low, high)

    def refuse_but(self, keys: Sequence[str], sections: Sequence[str]) -> None:
        """Refuse every key and every section that means something but is not among those asked for.

        Raises:
            ProblemError: Naming the first of them and its line.
        """
        foreign = [(self.header[key].line, key) for key in self.header if key not in keys]
        foreign += [(entry.line, name) for name, entry in self.headings.items() if name not in sections]
        if foreign:
            line, name = min(foreign)
            wanted = "none of its kind here, only " + ", ".join(sections)
            raise ProblemError(f"{self.file}, line {line}", name, wanted)

    def section(self, name: str) -> NumberStream:
        """Return the numbers of a section.

        Raises:
            ProblemError: If it is missing.
        """
        if name not in self.bodies:
            raise ProblemError(self.file, f"without {name}", "that section")
        body = "\n" + self.bodies[name]  # begins with the line of the heading, whose words are none of them
        return NumberStream(body, self.file, part=name, first_line=self.headings[name].line)

    def error(self, key: str, expected: str) -> ProblemError:
        """Return the error that names the line of a key or of a section."""
        entry = self.header[key] if key in self.header else self.headings[key]
        return ProblemError(f"{self.file}, line {entry.line}", repr(entry.text), expected)


def read_document(path: str | os.PathLike[str]) -> Document:
    """Read the frame of a file; sections are not looked into.

    Raises:
        ProblemError: Naming the first line that has no place in the format.
    """
    frame, ended = Document(Path(path).name, {}, {}, {}), False
    bodies: dict[str, list[str]] = {}
    body: list[str] | None = None
    for number, line in enumerate(split_lines(read_text(path)), start=1):
        found = _KEYWORD.match(line)
        if line.strip() and (ended or (found is None and body is None)):
            wanted = "the end of the file after EOF" if ended else PARTS
            raise ProblemError(f"{frame.file}, line {number}", repr(line.strip()), wanted)
        if found is None or (found[1].upper() == "COMMENT" and found[2]):
            if body is not None:
                body.append("" if found else line)  # an empty line keeps the count of lines
        elif found[1].upper() == "EOF" and not found[3].strip():
            ended = True
        else:
            body = _keyword(frame, line.strip(), number, found[1].upper(), found[2] != "", found[3].strip())
            if body is not None:
                bodies[found[1].upper()] = body
    return replace(frame, bodies={name: "\n".join(lines) for name, lines in bodies.items()})


def _keyword(frame: Document, line: str, number: int, key: str, colon: bool, value: str) -> list[str] | None:
    """Enter a key into the header, or a section into the headings and return its empty body."""
    where = f"{frame.file}, line {number}"
    section = key.endswith("_SECTION") and not value
    if not section and not (colon and value):
        raise ProblemError(where, repr(line), PARTS)
    if not section and key not in KEYS:
        raise ProblemError(where, repr(key), "a key, one of " + ", ".join(KEYS))
    entries = frame.headings if section else frame.header
    if key in entries:
        raise ProblemError(where, key, f"it once; line {entries[key].line} has it")
    entries[key] = Entry(line if section else value, number)
    return [] if section else None
