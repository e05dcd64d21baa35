"""Reading text files word by word: every word knows its line, and whatever is wrong becomes one sentence."""

from __future__ import annotations

import io
import math
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from problems.errors import ProblemError

Array = np.ndarray
MOST_NODES = 10**6  # a header that asks for more is a slip, and would fill the memory before it shows


def read_text(path: str | os.PathLike[str]) -> str:
    """Return the text of a file in UTF-8, or in UTF-16 where it begins with that mark.

    Raises:
        ProblemError: If it cannot be opened or is no text.
    """
    file = Path(path)
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise ProblemError(str(file), error.strerror or str(error), "a file that can be read") from None
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise ProblemError(
            f"{file.name}, byte {error.start + 1}", "no text", "a file in UTF-8 or UTF-16"
        ) from None


def write_text(path: str | os.PathLike[str], text: str) -> Path:
    """Write a text file and return its path.

    Raises:
        ProblemError: If it cannot be written.
    """
    target = Path(path)
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ProblemError(str(target), error.strerror or str(error), "a file that can be written") from None
    return target


@contextmanager
def naming(path: str | os.PathLike[str]) -> Iterator[None]:
    """Put the file's name before the field of errors that the problem's own checks raise."""
    try:
        yield
    except ProblemError as error:
        where = f"{Path(path).name}, {error.field}"
        raise ProblemError(where, error.value, error.expected, error.remedy) from None


@dataclass(frozen=True)
class Word:
    """A word of a file and the line it stands in.

    Attributes:
        text: The word.
        file: Name of the file.
        line: Counted from 1.
    """

    text: str
    file: str
    line: int

    def number(self, what: str) -> float:
        """Read a finite number.

        Raises:
            ProblemError: Naming file, line and ``what`` was expected.
        """
        value = finite(self.text)
        if value is None:
            raise self.error(what + ", a finite number")
        return value

    def integer(self, what: str, low: float = -math.inf, high: float = math.inf) -> int:
        """Read an integer in ``[low, high]``.

        Raises:
            ProblemError: Naming file, line and ``what`` was expected.
        """
        value = self.number(what)
        if value != round(value):
            raise self.error(what + ", an integer")
        if not low <= value <= high:
            wanted = f"≥ {low:g}" if high == math.inf else f"in [{low:g}, {high:g}]"
            raise self.error(f"{what}, an integer {wanted}")
        return int(value)

    def error(self, expected: str) -> ProblemError:
        """Return the error that names this word's place."""
        return ProblemError(f"{self.file}, line {self.line}", repr(self.text), expected)


class Line(NamedTuple):
    """A line of a file that is not blank.

    Attributes:
        texts: Its words as they stand.
        file: Name of the file.
        number: Counted from 1.
    """

    texts: list[str]
    file: str
    number: int

    @property
    def words(self) -> tuple[Word, ...]:
        """The words, which know their place."""
        return tuple(Word(text, self.file, self.number) for text in self.texts)

    def error(self, expected: str) -> ProblemError:
        """Return the error that names this line."""
        return ProblemError(f"{self.file}, line {self.number}", repr(" ".join(self.texts)), expected)


def lines_of(path: str | os.PathLike[str]) -> Iterator[Line]:
    """Yield the lines of a file that hold words."""
    return lines_of_text(read_text(path), Path(path).name)


def lines_of_text(text: str, file: str) -> Iterator[Line]:
    """Yield the lines of a text that hold words, counted as an editor counts them."""
    for number, line in enumerate(io.StringIO(text, newline=None), start=1):
        words = line.split()
        if words:
            yield Line(words, file, number)


def split_lines(text: str) -> list[str]:
    """Return the lines as an editor counts them; Python's own ``splitlines`` also breaks at form feeds."""
    return io.StringIO(text, newline=None).read().split("\n")


class NumberStream:
    """The numbers of a text in order, where line breaks carry no meaning.

    They are parsed at once as an array; which line a number stands in is only looked up for an error.

    Args:
        text: The text.
        file: Name of the file, for errors.
        commas: Whether they count as blanks.
        part: What ends with the text.
        first_line: The line of the file in which the text begins.
    """

    def __init__(
        self, text: str, file: str, commas: bool = False, part: str = "the file", first_line: int = 1
    ):
        self._file, self._text = file, text.replace(",", " ") if commas else text
        self._part, self._first_line = part, first_line
        self._words = self._text.split()
        self._values = parsed(self._words)
        self._next = 0

    @classmethod
    def of(cls, path: str | os.PathLike[str], commas: bool = False) -> NumberStream:
        """Read a file; ``commas`` count as blanks where a format says so."""
        return cls(read_text(path), Path(path).name, commas)

    def __len__(self) -> int:
        return len(self._words)

    @property
    def left(self) -> int:
        """How many words are still to come."""
        return len(self._words) - self._next

    def again(self) -> NumberStream:
        """Return to the first word."""
        self._next = 0
        return self

    def ahead(self, count: int) -> list[float]:
        """Look at the first words of the file without taking them; stops where one is no finite number."""
        first = self._values[:count]
        wrong = np.flatnonzero(np.isnan(first))
        return first[: wrong[0] if len(wrong) else count].tolist()

    def integer(self, what: str, low: float = -math.inf, high: float = math.inf) -> int:
        """Take the next word as an integer in ``[low, high]``."""
        value = self.number(what)
        if value != round(value) or not low <= value <= high:
            self._word(self._next - 1).integer(what, low, high)
        return int(value)

    def number(self, what: str, low: float = -math.inf) -> float:
        """Take the next word as a finite number, at least ``low``."""
        return float(self.numbers(1, what, low)[0])

    def numbers(self, count: int, what: str, low: float = -math.inf) -> Array:
        """Take the next ``count`` words as finite numbers; ``what`` may hold {k} for the position from 1.

        Raises:
            ProblemError: If the file ends before, or a word is no number or less than ``low``.
        """
        values = self._values[self._next : self._next + count]
        wrong = np.flatnonzero(~(values >= low))
        if len(wrong):
            k = int(wrong[0])
            word, wanted = self._word(self._next + k), what.format(k=k + 1)
            word.number(wanted)
            raise word.error(f"{wanted}, a number ≥ {low:g}")
        if len(values) < count:
            place = f"{self._file}, line {self._line(len(self._words) - 1)}"
            wanted = what.format(k=len(values) + 1)
            raise ProblemError(place, f"the end of {self._part}", f"{wanted}: it is cut short")
        self._next += count
        return values

    def end(self, what: str) -> None:
        """Refuse anything that is left."""
        if self.left:
            raise self._word(self._next).error(f"the end of {self._part} after {what}")

    def refusal(self, expected: str, back: int = 1) -> ProblemError:
        """Return the error that names the place of the word taken last, or as many words ``back``."""
        return self._word(self._next - back).error(expected)

    def _word(self, position: int) -> Word:
        return Word(self._words[position], self._file, self._line(position))

    def _line(self, position: int) -> int:
        before = int(np.searchsorted(self._passed, position, side="right")) if self._words else 0
        return self._first_line + before

    @cached_property
    def _passed(self) -> Array:
        """How many words have been read at the end of each line that does not end the text."""
        return np.cumsum([len(line.split()) for line in split_lines(self._text)[:-1]], dtype=np.int64)


def check_index(path: str | os.PathLike[str], index: int | None, count: int) -> int:
    """Return the position from 0 of the problem that ``index`` (from 1) names among ``count``.

    Raises:
        ProblemError: If there are several and none is named, or the named one is not there.
    """
    name = Path(path).name
    if index is None and count > 1:
        expected = f"one; the file holds {count}"
        raise ProblemError(f"the problem in {name}", "not named", expected, f"--index 1 … {count} names it")
    if index is not None and not 1 <= index <= count:
        raise ProblemError("index", index, f"1 … {count}, the problems in {name}")
    return 0 if index is None else index - 1


def shown(value: float) -> str:
    """Write a number so that it reads back as the same float; integers without a point."""
    return str(int(value)) if value == round(value) and abs(value) < 2**53 else repr(float(value))


def finite(text: str) -> float | None:
    """Read a finite decimal number; Python alone would also take 1_000 and the digits of other scripts."""
    try:
        value = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def parsed(words: Sequence[str]) -> Array:
    """Return words ``[n]`` as ``finite`` reads them, NaN where one is no finite number."""
    letters = "".join(words)
    if letters.isascii() and "_" not in letters:
        try:
            values = np.fromiter(map(float, words), float, len(words))
        except ValueError:
            pass
        else:
            values[np.isinf(values)] = math.nan
            return values
    read = map(finite, words)
    return np.array([math.nan if value is None else value for value in read], dtype=float)
