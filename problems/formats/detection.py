"""Which kind of problem a file holds, told by its content: marks and keywords first, then what numbers fit.

Line breaks carry no meaning in streams of numbers, so that these are tried by each grammar they could have;
rudy is told by its lines. Where two grammars fit nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import PurePath

from problems.errors import ProblemError
from problems.formats.dimacs import is_dimacs
from problems.formats.knapsack_layouts import LAYOUTS, error_of, readings, settled
from problems.formats.lp_keywords import SENSES
from problems.formats.numbers import Line, NumberStream, finite, lines_of_text
from problems.formats.or_library import OURS, nearest_error
from problems.formats.qaplib import assignment_of
from problems.formats.rudy import parse_lines
from problems.formats.tsplib_document import KEYS

Lines = Callable[[], Iterator[Line]]  # the lines of a file from its beginning, as far as they are asked for
ROWS_OF_LP = (["subject", "to"], ["such", "that"], ["st"], ["st."], ["s.t."])  # a file may have no objective
MPS_WORDS = ("NAME", "ROWS", "OBJSENSE", "OBJNAME")
_KEY = re.compile(r"(\w+)\s*:|\w+_SECTION\b", re.ASCII)
BEGINNINGS = (
    "{ (our JSON), minimize or maximize (LP), NAME or ROWS (MPS), KEY : value (TSPLIB), p edge (DIMACS), "
    "p qubo, or a number"
)


def detect(text: str, name: str) -> str:
    """Return the word of ``KINDS`` for a file with this text.

    Args:
        text: The content.
        name: The file's name; a DIMACS graph in a file .clq asks for a clique, else for an independent set.

    Raises:
        ProblemError: If it is empty, several kinds fit (it names their words), or none does (it says why).
    """
    if not text.strip():
        raise ProblemError(name, "empty", "a file that begins with " + BEGINNINGS)
    if text.lstrip().startswith("{"):
        return "ground-state" if '"qubits"' in text and '"hybrid-program"' not in text else "program"
    marked = [kind for kind, speaks in SIGNATURES.items() if speaks(lambda: lines_of_text(text, name))]
    if len(marked) == 1:
        return _of_graph(name) if marked[0] == "mis" else marked[0]
    if len(marked) > 1:
        raise _uncertain(name, marked)
    told = (line for line in lines_of_text(text, name) if line.texts[0] != "c")
    first = next(told, next(lines_of_text(text, name)))
    if finite(first.texts[0].split(",")[0]) is None:
        raise first.error("a beginning of a problem file: " + BEGINNINGS)
    return _of_numbers(text, name)


def _told(lines: Lines, comment: str) -> list[str]:
    """Return the words of the first line that does not begin with the sign of a comment."""
    return next((line.texts for line in lines() if not line.texts[0].startswith(comment)), [""])


def _is_lp(lines: Lines) -> bool:
    words = [word.lower() for word in _told(lines, "\\")]
    return words[0].split(":")[0] in SENSES or words[:1] in ROWS_OF_LP or words[:2] in ROWS_OF_LP


def _is_mps(lines: Lines) -> bool:
    words = _told(lines, "*")
    return words[0].upper() in MPS_WORDS and words[1:2] != [":"] and not _is_tsplib(lines)


def _is_tsplib(lines: Lines) -> bool:
    found = _KEY.match(" ".join(next(lines()).texts))
    return found is not None and (found[1] is None or found[1].upper() in KEYS)


def _is_qubo(lines: Lines) -> bool:
    return next((line.texts[:2] for line in lines() if line.texts[0] != "c"), []) == ["p", "qubo"]


SIGNATURES: dict[str, Callable[[Lines], bool]] = {
    "lp": _is_lp,
    "mps": _is_mps,
    "tsp": _is_tsplib,
    "qubo": _is_qubo,
    "mis": lambda lines: is_dimacs(lines()),
}


def _of_graph(name: str) -> str:
    return "clique" if PurePath(name).suffix.lower() == ".clq" else "mis"


def _of_numbers(text: str, name: str) -> str:
    stream, lines = NumberStream(text, name), list(lines_of_text(text, name))
    found = readings(stream, LAYOUTS)
    knapsacks, others, errors = settled(found), list[str](), dict[str, ProblemError]()
    blanks = NumberStream(text, name, commas=True) if "," in text else stream
    attempts = {"qap": lambda: assignment_of(blanks.again()), "maxcut": lambda: parse_lines(name, lines)}
    for kind, attempt in attempts.items():
        try:
            attempt()
        except ProblemError as error:
            errors[kind] = error
        else:
            others.append(kind)
    if others:
        knapsacks = [reading for reading in knapsacks if not reading.doubt]
    if others == ["maxcut"] and len(lines) == 1:
        others += ["mis", "clique", "vertex-cover"]  # a graph without edges has the marks of none
    kinds = _words([reading.kind for reading in knapsacks]) + others
    if len(kinds) > 1:
        raise _uncertain(name, kinds)
    if kinds:
        return kinds[0]
    errors = {"mdkp": nearest_error(stream, found), "sac94": error_of(found["sac94"]), **errors}
    reasons = "; ".join(_reason(name, kind, error) for kind, error in errors.items())
    raise ProblemError(f"the kind of problem in {name}", "not known", f"a file that one kind fits: {reasons}")


def _words(layouts: list[str]) -> list[str]:
    """Return the words of layouts: one of OR-Library's is plain ``mdkp`` where the other does not fit."""
    if set(OURS) <= set(layouts):
        return layouts
    return ["mdkp" if layout in OURS else layout for layout in layouts]


def _reason(name: str, kind: str, error: ProblemError) -> str:
    place = error.field.removeprefix(f"{name}, ")
    return f"as {kind}, {place} is {error.value}, not {error.expected}"


def _uncertain(name: str, kinds: list[str]) -> ProblemError:
    wanted = "named, one of " + ", ".join(kinds)
    return ProblemError(f"the kind of problem in {name}", "not certain", wanted, "--problem names it")
