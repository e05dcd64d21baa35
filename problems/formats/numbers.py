"""Reading text files word by word: every word knows its line, and whatever is wrong becomes one sentence."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from problems.errors import ProblemError

MOST_NODES = 10**7  # a header that asks for more is a slip, and would fill the memory before it shows


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


@dataclass(frozen=True)
class Line:
    """A line of a file that is not blank, as words."""

    words: tuple[Word, ...]
    file: str
    number: int

    def error(self, expected: str) -> ProblemError:
        """Return the error that names this line."""
        text = " ".join(word.text for word in self.words)
        return ProblemError(f"{self.file}, line {self.number}", repr(text), expected)


def lines_of(path: str | os.PathLike[str]) -> Iterator[Line]:
    """Yield the lines of a file that hold words."""
    name = Path(path).name
    for number, text in enumerate(read_text(path).splitlines(), start=1):
        words = tuple(Word(word, name, number) for word in text.split())
        if words:
            yield Line(words, name, number)


class NumberStream:
    """The numbers of a file in order, where line breaks carry no meaning."""

    def __init__(self, path: str | os.PathLike[str]):
        self._file = Path(path).name
        self._words = [word for line in lines_of(path) for word in line.words]
        self._next = 0

    def __len__(self) -> int:
        return len(self._words)

    @property
    def left(self) -> int:
        """How many words are still to come."""
        return len(self._words) - self._next

    def ahead(self, count: int) -> list[float]:
        """Look at the first words of the file without taking them; stops where one is no finite number."""
        numbers = []
        for word in self._words[:count]:
            value = finite(word.text)
            if value is None:
                break
            numbers.append(value)
        return numbers

    def word(self, what: str) -> Word:
        """Take the next word.

        Raises:
            ProblemError: If the file has ended.
        """
        if self.left == 0:
            last = self._words[-1].line if self._words else 1
            raise ProblemError(
                f"{self._file}, line {last}", "the end of the file", f"{what}: it is cut short"
            )
        self._next += 1
        return self._words[self._next - 1]

    def number(self, what: str, low: float = -math.inf) -> float:
        """Take the next word as a finite number, at least ``low``."""
        word = self.word(what)
        value = word.number(what)
        if value < low:
            raise word.error(f"{what}, a number ≥ {low:g}")
        return value

    def numbers(self, count: int, what: str, low: float = -math.inf) -> list[float]:
        """Take the next ``count`` words as finite numbers; ``what`` may hold {k} for the position from 1."""
        return [self.number(what.format(k=k), low) for k in range(1, count + 1)]

    def end(self, what: str) -> None:
        """Refuse anything that is left."""
        if self.left:
            raise self._words[self._next].error(f"the end of the file after {what}")


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
