"""Seeded damage to small files of every kind; reading them may answer, or say what is wrong and where."""

from __future__ import annotations

import importlib
import re
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from problems.binary.integer import IntegerProgram
from problems.binary.polynomial import QuadraticPolynomial
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo
from problems.errors import ProblemError
from problems.formats import KINDS, read, read_solution
from problems.formats.numbers import read_text, split_lines
from problems.minimisation import Landscape

SECONDS = 2.0  # of the processor, for one file read in every way
NUMBERS = (
    b"0", b"-1", b"1", b"2", b"3", b"7", b"1e9", b"1000000000", b"99999999999999999999", b"1e308", b"-1e308",
    b"1e400", b"nan", b"inf", b"1_0", b"0.5", b".5e-3", b"1e-320", b"0x10", b"--1", b"1,2", "٣".encode(),
)  # fmt: skip
WORDS = (
    b"e", b"c", b"p", b"p edge", b"p qubo 0 2 2 1", b"EOF", b"NAME", b"NAME :", b"TYPE : TSP",
    b"DIMENSION : 3", b"EDGE_WEIGHT_SECTION", b"NODE_COORD_SECTION", b"ROWS", b"COLUMNS", b"RHS", b"RANGES",
    b"BOUNDS", b"ENDATA", b"QUADOBJ", b"Minimize", b"st", b"Bounds", b"General", b"Binary", b"free", b"end",
    b"<=", b"=", b"[", b"]", b"/2", b"^2", b"{", b"}", b'"', b":", b",", b"\\", b"*", b"null", b"true",
)  # fmt: skip
GLYPHS = tuple(text.encode() for text in ("\x00", "\x0c", "\u2028", "\ufeff", "é", "𝄞", "\u200b", "\r", "\t"))
MORE = {
    "mdkp": ["3 2 9\n5 4 3\n2 3 1\n4 1 2\n5 6\n", "2\n1 1 5 5 1 1\n2 1 0\n5 6 1.5 1\n1\n"],
    "mdkp-multi": ["2\n1 1 5 5 1 1\n2 1 0\n5 6 1.5 1\n1\n"],
    "qap": ["2,0,1,1,0,\n0,3,3,0\n"],
    "tsp": [
        "NAME: p\nCOMMENT: a: b\nTYPE: TSP\nDIMENSION: 3\nEDGE_WEIGHT_TYPE: GEO\nNODE_COORD_SECTION\n"
        "1 16.47 96.10\n2 16.47 94.44\n3 20.09 92.54\nEOF\n",
        "TYPE : TSP\nDIMENSION : 3\nEDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : LOWER_DIAG_ROW\n"
        "DISPLAY_DATA_TYPE : TWOD_DISPLAY\nEDGE_WEIGHT_SECTION\n0 1 0 2 3 0\nDISPLAY_DATA_SECTION\n"
        "1 0 0\n2 1 0\n3 0 1e2\nEOF\n",
        "TYPE : ATSP\nDIMENSION : 2\nEDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : FULL_MATRIX\n"
        "EDGE_WEIGHT_SECTION\n0 1\n2 0\n",
    ],
    "maxcut": ["3 2\n1 2\n2 3 -1.5\n", "c words\np edge 3 2\ne 1 2 5\ne 2 3\n"],
    "mis": ["3 2\ne 1 2\ne 3 2\n"],
    "qubo": ["c offset 2\np qubo unconstrained 3 1 2\n0 0 1\n0 1 -2\n2 1 .5\n"],
    "lp": [
        "\\ words\nmax\n obj: 3 x + 2 y - 4 n + [ 2 x*y + n^2 ] / 2 + 5\nst\n c1: 1 <= x + y + n <= 3\n"
        " x + [ y * n ] >= 2 x - 1\nbounds\n -2 <= n <= 2\ngenerals\n n\nbinaries\n x y\nend\n"
    ],
    "mps": [
        "* words\nNAME p\nOBJSENSE\n MAX\nROWS\n N obj\n L c1\n E c2\nCOLUMNS\n MARKER 'MARKER' 'INTORG'\n"
        " x obj 1 c1 2\n y obj 2 c2 1\n MARKER 'MARKER' 'INTEND'\nRHS\n RHS c1 3 c2 1\nRANGES\n RNG c1 2\n"
        "BOUNDS\n UP BND x 3\n BV BND y\nQUADOBJ\n x y 2\nENDATA\n"
    ],
}
SOLUTIONS = {
    "qap": ["3 17\n2 3 1\n", "3, 17.5,\n1, 3, 2\n"],
    "tsp": [
        "NAME : t\nTYPE : TOUR\nDIMENSION : 3\nTOUR_SECTION\n1\n3\n2\n-1\nEOF\n",
        "TOUR_SECTION\n1 2 3 -1\n",
    ],
    "ground-state": [
        '[["ry", 0, 0.4], ["cx", 0, 2], ["h", 1]]',
        '{"problem": "GroundState", "objective": -1, "solution": [["rx", 2, -3], ["cz", 1, 0]]}',
    ],
}


@cache
def samples(kind: str) -> tuple[bytes, ...]:
    """Return small files of a kind: those that its writer makes, and some by hand."""
    texts = [text.encode() for text in MORE.get(kind, ())]
    with TemporaryDirectory() as folder:
        for k, problem in enumerate(_problems(kind)):
            _load(KINDS[kind].writer)(problem, Path(folder) / str(k))
            texts.append((Path(folder) / str(k)).read_bytes())
    return tuple(texts)


def damaged(files: tuple[bytes, ...], others: tuple[bytes, ...], number: int) -> bytes:
    """Return the file of that number: one of ``files`` damaged one to three times, with pieces of others."""
    rng = np.random.default_rng(number)
    data = files[int(rng.integers(len(files)))]
    for _ in range(int(rng.integers(1, 4))):
        change = CHANGES[int(rng.integers(len(CHANGES)))]
        data = change(rng, data, others[int(rng.integers(len(others)))])
    return data


def answers(path: Path, data: bytes, *reads: Callable[[], object]) -> int:
    """Return how often reading a file that holds ``data`` gave an answer; else it must say why, and where.

    Raises:
        AssertionError: If a sentence does not name the file, or names a line that is not there, or reading
            took long.
    """
    path.write_bytes(data)
    count, start = 0, time.process_time()
    for act in reads:
        try:
            act()
        except ProblemError as error:
            _check_sentence(path, str(error))
        else:
            count += 1
    assert time.process_time() - start < SECONDS
    return count


def read_either_way(path: Path, data: bytes, kind: str) -> int:
    """Read a damaged file by its kind and by its content alone; return how often it was an answer."""
    return answers(path, data, lambda: read(path, kind), lambda: read(path))


def read_damaged_solution(path: Path, data: bytes, kind: str) -> int:
    """Read a damaged solution file; return whether it was one."""
    problem = _load(KINDS[kind].problem).random(3)
    return answers(path, data, lambda: read_solution(problem, path))


def _check_sentence(path: Path, sentence: str) -> None:
    assert path.name in sentence, sentence
    named = [int(number) for number in re.findall(re.escape(path.name) + r", line (\d+)", sentence)]
    if named:
        assert 1 <= min(named) <= max(named) <= len(split_lines(read_text(path))), sentence


def _problems(kind: str) -> list[object]:
    if kind in ("lp", "mps"):
        return [BinaryProgram.random(3, seed=1), _integers()]
    if kind == "stored":
        return [Qubo.random(3), Landscape("cosines", dimension=2)]
    problem = _load(KINDS[kind].problem)
    return [problem.random(3), problem.random(4, seed=1)]


def _integers() -> IntegerProgram:
    objective = QuadraticPolynomial(
        np.array([1.0, -2.0]), np.array([0, 0]), np.array([0, 1]), np.array([3.0, 0.5]), 1.0
    )
    return IntegerProgram(objective, np.array([-2, 0]), np.array([3, 1]))


def _load(name: str):
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


def _cut(rng: np.random.Generator, count: int, longest: int) -> slice:
    """Return a piece of a sequence."""
    start = int(rng.integers(0, max(1, count)))
    return slice(start, start + int(rng.integers(1, longest + 1)))


def _edited(pieces: list[bytes], rng: np.random.Generator, longest: int) -> list[bytes]:
    """Leave out, double or exchange pieces."""
    here, there = _cut(rng, len(pieces), longest), _cut(rng, len(pieces), longest)
    action = rng.integers(3)
    if action == 0:
        return pieces[: here.start] + pieces[here.stop :]
    if action == 1:
        return pieces[: here.stop] + pieces[here.start :]
    first, second = sorted((here, there), key=lambda piece: piece.start)
    between = pieces[first.stop : second.start]
    return pieces[: first.start] + pieces[second] + between + pieces[first] + pieces[second.stop :]


def _bytes(rng: np.random.Generator, data: bytes, _: bytes) -> bytes:
    return b"".join(_edited([data[k : k + 1] for k in range(len(data))], rng, 3))


def _words(rng: np.random.Generator, data: bytes, _: bytes) -> bytes:
    return b"".join(_edited(re.split(rb"(?<=\s)(?=\S)", data), rng, 2))


def _lines(rng: np.random.Generator, data: bytes, _: bytes) -> bytes:
    return b"".join(_edited(data.splitlines(keepends=True), rng, 2))


def _flip(rng: np.random.Generator, data: bytes, _: bytes) -> bytes:
    at = int(rng.integers(0, max(1, len(data))))
    return data[:at] + bytes([int(rng.integers(256))]) + data[at + 1 :]


def _digit(rng: np.random.Generator, data: bytes, _: bytes) -> bytes:
    places = [k for k, byte in enumerate(data) if chr(byte).isdigit()]
    at = places[int(rng.integers(len(places)))] if places else 0
    return data[:at] + str(rng.integers(10)).encode() + data[at + int(rng.integers(2)) :]


def _number(rng: np.random.Generator, data: bytes, _: bytes) -> bytes:
    """Put another number in the place of a word."""
    return _inserted(rng, data, NUMBERS)


def _word(rng: np.random.Generator, data: bytes, _: bytes) -> bytes:
    return _inserted(rng, data, WORDS)


def _inserted(rng: np.random.Generator, data: bytes, words: tuple[bytes, ...]) -> bytes:
    pieces = re.split(rb"(\s+)", data)
    at = int(rng.integers(len(pieces)))
    new = words[int(rng.integers(len(words)))]
    pieces[at : at + int(rng.integers(2))] = [new] if rng.integers(2) else [b" ", new, b"\n"]
    return b"".join(pieces)


def _glyph(rng: np.random.Generator, data: bytes, _: bytes) -> bytes:
    at = int(rng.integers(0, len(data) + 1))
    return data[:at] + GLYPHS[int(rng.integers(len(GLYPHS)))] + data[at:]


def _truncated(rng: np.random.Generator, data: bytes, _: bytes) -> bytes:
    return data[: int(rng.integers(0, len(data) + 1))]


def _spliced(rng: np.random.Generator, data: bytes, other: bytes) -> bytes:
    return data[: int(rng.integers(0, len(data) + 1))] + other[int(rng.integers(0, len(other) + 1)) :]


CHANGES = (_bytes, _words, _lines, _flip, _digit, _number, _word, _glyph, _truncated, _spliced)
