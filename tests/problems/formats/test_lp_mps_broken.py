"""LP and MPS files with everything in them: they survive, and broken ones end in one sentence, soon."""

import random
import time

import pytest

from problems.binary.integer import IntegerProgram
from problems.errors import ProblemError
from problems.formats.lp import read_lp, write_lp
from problems.formats.mps import read_mps, write_mps
from problems.storage import digest

FORMATS = {"lp": (write_lp, read_lp), "mps": (write_mps, read_mps)}
LP = r"""\ reference 3
\ variable v2 is "item 2"
Maximize
 obj: 3 x + 2y - 4 n + [ 2 x*y + n^2 - 4 v2 * v2 ] / 2 + 5
Subject To
 c1: 1 <= x + y + n <= 3
 x + [ y * n ] >= 2 x - 1
 - x + 3e1 y + e1 <= 4 z
 c9: x + y + bin - 3
 + z >= 4
Lazy Constraints
 l1: x = z
Bounds
 -2 <= n <= 2 free <= 3
 -inf <= w <= 2
 w >= -3
Generals
 n w free
Binaries
 x y z v2 e1 bin
End
"""
MPS = """* reference 3
* variable y is "item y"
NAME  t
OBJSENSE
    MAX
ROWS
 N  obj
 N  other
 L  r1
 G  r2
 E  r3
LAZYCONS
 L  q1
COLUMNS
    M1  'MARKER'  'INTORG'
    x   obj  1  r1  1
    x   other  3
    y   obj  2  r2  1
    z   r3   1  r1  2.5
    M2  'MARKER'  'INTEND'
    v   q1   1  r3  -2
RHS
    RHS  obj  5  r1  4
RANGES
    R  r1  2  r3  -3
BOUNDS
 UP  B  x  3
 LO  B  y  -3
 UP  B  y  -1
 BV  B  v
 FX  B  z  2
QUADOBJ
    x  x  4
    x  y  3
QCMATRIX  q1
    x  z  2
    z  x  2
ENDATA
"""


@pytest.mark.parametrize("text", [LP, MPS], ids=["lp", "mps"])
def test_a_file_with_everything_survives(tmp_path, text):
    for way in ("lp", "mps"):
        write, _ = FORMATS[way]
        source = tmp_path / ("source.lp" if text is LP else "source.mps")
        source.write_text(text)
        problem = (read_lp if text is LP else read_mps)(source)
        assert isinstance(problem, IntegerProgram)
        assert problem.reference == 3
        assert len(problem.quadratic_rows) == 1
        assert digest(FORMATS[way][1](write(problem, tmp_path / f"case.{way}"))) == digest(problem)


def mutated(text: str, rng: random.Random) -> str:
    """Return the text with a few words and lines lost, doubled, swapped or replaced."""
    words = [
        "-", "[", "]", "/ 2", "^ 2", "*", ":", "<=", ">=", "=", "->", "inf", "-inf", "free", "end", "bounds",
        "st", "bin", "gen", "9e999", "1e308", ".", "\\", "\n", "é", "\x00", "\t", "nan", "sos1", "e1",
        "'MARKER'", "RANGES", "BOUNDS", " UP B x -1", " MI B x", "QMATRIX", '* row r1 is "r3"', "0",
    ]  # fmt: skip
    for _ in range(rng.randint(1, 3)):
        kind, at = rng.randrange(5), rng.randrange(len(text))
        end = at + rng.randint(0, 8)
        lines = text.split("\n")
        line = rng.randrange(len(lines))
        if kind == 0:
            text = text[:at] + text[end:]
        elif kind == 1:
            text = text[:at] + f" {rng.choice(words)} " + text[at:]
        elif kind == 2:
            text = text[:at] + rng.choice(words) + text[end:]
        elif kind == 3:
            lines.insert(rng.randrange(len(lines)), lines.pop(line))
            text = "\n".join(lines)
        else:
            lines.insert(rng.randrange(len(lines)), lines[line])
            text = "\n".join(lines)
    return text


@pytest.mark.parametrize("way", FORMATS)
def test_broken_files_end_in_one_sentence(tmp_path, way):
    path, text = tmp_path / f"case.{way}", LP if way == "lp" else MPS
    read = FORMATS[way][1]
    refused = []
    for seed in range(200):
        path.write_text(mutated(text, random.Random(seed)), encoding="utf-8")
        begin = time.process_time()
        try:
            read(path)
        except ProblemError as error:
            refused.append(str(error))
        assert time.process_time() - begin < 2.0, seed
    assert all(f"case.{way}" in sentence for sentence in refused)
    assert 100 < len(refused) < 195  # some changes leave a file that means something


@pytest.mark.parametrize(
    ("way", "text"),
    [
        ("lp", "max\n x" + "[" * 100_000),
        ("lp", "max\n " + "x[a" * 50_000),
        ("lp", "max\n " + "-" * 100_000),
        ("lp", "max\n " + "1" * 100_000 + " x"),
        ("lp", "max x\nst\n c: y >= 3\n" + " + y\n" * 30_000),
        ("lp", "max x\nst " + "a:" * 50_000),
        ("mps", "NAME\nROWS\n N  obj\nCOLUMNS\n" + "    x  obj  1\n" * 30_000),
        ("mps", "NAME" + " x" * 100_000),
    ],
)
def test_no_text_keeps_the_reader_busy(tmp_path, way, text):
    path = tmp_path / f"case.{way}"
    path.write_text(text)
    begin = time.process_time()
    with pytest.raises(ProblemError):
        FORMATS[way][1](path)
    assert time.process_time() - begin < 2.0
