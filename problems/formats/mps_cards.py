"""The cards of an MPS file: heads of sections, which begin in column 1, and data cards, which are indented.

Free files separate fields by blanks. Fixed files have them in columns 2–3, 5–12, 15–22, 25–36, 40–47 and
50–61, where names may hold blanks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from problems.errors import ProblemError
from problems.formats.numbers import finite

SECTIONS = (
    "NAME", "OBJSENSE", "OBJNAME", "ROWS", "LAZYCONS", "USERCUTS", "COLUMNS", "RHS", "RANGES", "BOUNDS",
    "QUADOBJ", "QMATRIX", "QSECTION", "QCMATRIX", "ENDATA",
)  # fmt: skip
REFUSED = (
    "SOS", "SOS1", "SOS2", "SETS", "INDICATORS", "GENCONS", "PWLOBJ", "PWLNAM", "PWLCON", "CSECTION",
    "SCENARIOS", "BRANCH", "REFROW", "MULTIOBJ",
)  # fmt: skip
# How many words the head of a section may have at most; a data card that is not indented has more.
_LONGEST_HEAD = {"OBJSENSE": 2, "OBJNAME": 2, "QSECTION": 2, "QCMATRIX": 2}
COLUMNS = ((1, 3), (4, 12), (14, 22), (24, 36), (39, 47), (49, 61))  # from 0, ends excluded


@dataclass(frozen=True)
class Card:
    """A line of the file that is neither blank nor a comment.

    Attributes:
        fields: Its words, or what stands in its columns.
        file: Name of the file.
        line: Counted from 1.
        is_head: Whether it begins a section.
    """

    fields: list[str]
    file: str
    line: int
    is_head: bool

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.file}, line {self.line}"

    def error(self, expected: str, remedy: str = "") -> ProblemError:
        """Return the error that names this card."""
        return ProblemError(self.place, repr(" ".join(self.fields)), expected, remedy)

    def number(self, k: int, what: str) -> float:
        """Read field k as a finite number.

        Raises:
            ProblemError: Naming the card and ``what`` was expected.
        """
        value = finite(self.fields[k])
        if value is None:
            raise ProblemError(self.place, repr(self.fields[k]), f"{what}, a finite number")
        return value


def free_cards(lines: list[str], file: str) -> Iterator[Card]:
    """Yield the cards of a file whose fields stand between blanks."""
    for number, line in enumerate(lines, start=1):
        fields = line.split()
        if fields and not line.startswith("*"):
            yield Card(fields, file, number, _is_head(line, fields))


def fixed_cards(lines: list[str], file: str) -> list[Card] | None:
    """Return the cards of a file whose fields stand in columns, None where a line does not keep to them."""
    cards = []
    for card, line in zip(free_cards(lines, file), _card_lines(lines), strict=True):
        if card.is_head or (len(card.fields) > 1 and card.fields[1] == "'MARKER'"):
            cards.append(card)
            continue
        fields = _in_columns(line.rstrip())
        if fields is None:
            return None
        cards.append(Card(fields, file, card.line, False))
    return cards


def _card_lines(lines: list[str]) -> Iterator[str]:
    return (line for line in lines if line.split() and not line.startswith("*"))


def _in_columns(line: str) -> list[str] | None:
    covered = [line[start:end] for start, end in COLUMNS]
    between = line[0:1] + line[3:4] + line[12:14] + line[22:24] + line[36:39] + line[47:49] + line[61:]
    if between.strip() or "\t" in line:
        return None
    return [text.strip() for text in covered if text.strip()]


def _is_head(line: str, fields: list[str]) -> bool:
    if line[0].isspace():
        return False
    word = fields[0].upper()
    if word == "NAME" or word in REFUSED:
        return True
    return word in SECTIONS and len(fields) <= _LONGEST_HEAD.get(word, 1)
