"""Our own JSON of binary programs, QUBOs and Ising models: everything by name, readable, exact."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from problems.binary.program import BinaryProgram
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Ising, Qubo
from problems.binary.rows import RELATIONS, Rows
from problems.checking import EXACT_INTEGER
from problems.errors import ProblemError
from problems.formats.documents import parse
from problems.formats.numbers import check_index, naming, read_text, write_text

FORMAT, VERSION = "hybrid-program", 1
KINDS = ("program", "qubo", "ising")
KEYS = (
    "format", "version", "kind", "sense", "names", "linear", "quadratic", "offset", "rows", "reference",
)  # fmt: skip
ROW_KEYS = ("name", "terms", "relation", "right")
_AS_PROGRAM = 'only the kind "program" has it'


def read_json(path: str | os.PathLike[str], index: int | None = None) -> BinaryProgram | Qubo | Ising:
    """Read what ``write_json`` wrote, or was written by hand in the same words.

    Raises:
        ProblemError: Naming the file, the key and what was expected.
    """
    check_index(path, index, 1)
    text = read_text(path)
    with naming(path):
        document = _document(text)
        if document.get("version") != VERSION:
            raise ProblemError("version", document.get("version"), f"{VERSION}")
        return _Reader(document).problem()


def write_json(problem: BinaryProgram | Qubo | Ising, path: str | os.PathLike[str]) -> Path:
    """Write a problem by name; numbers read back as the same floats."""
    form = problem.objective if isinstance(problem, BinaryProgram) else problem.form
    names = problem.names
    document: dict[str, Any] = {"format": FORMAT, "version": VERSION, "kind": _kind(problem)}
    if isinstance(problem, BinaryProgram):
        document["sense"] = problem.sense
    document |= {
        "names": list(names),
        "linear": {names[k]: _plain(form.linear[k]) for k in np.flatnonzero(form.linear)},
        "quadratic": [
            [names[i], names[j], _plain(value)]
            for i, j, value in zip(form.first, form.second, form.coupling, strict=True)
        ],
        "offset": _plain(form.offset),
    }
    if isinstance(problem, BinaryProgram):
        document["rows"] = [_row(problem, r) for r in range(len(problem.constraints))]
    if problem.reference is not None:
        document["reference"] = _plain(problem.reference)
    return write_text(path, json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


class _Reader:
    """The document being read: looks up names and says where something is wrong."""

    def __init__(self, document: dict[str, Any]):
        self._document = document
        self._names = tuple(self._text(f"names[{k}]", name) for k, name in enumerate(self._list("names")))
        self._place = {name: k for k, name in enumerate(self._names)}

    def problem(self) -> BinaryProgram | Qubo | Ising:
        kind = self._document.get("kind")
        if kind not in KINDS:
            raise ProblemError("kind", kind, "one of " + ", ".join(KINDS))
        self._keys("", self._document, KEYS, "a program")
        form, reference = self._form(), self._document.get("reference")
        if reference is not None:
            reference = self._number("reference", reference)
        rows, sense = self._list("rows", []), self._document.get("sense", "min")
        if kind != "program":
            if rows:
                raise ProblemError("rows", f"{len(rows)} rows", f"none in a {kind}", _AS_PROGRAM)
            if sense != "min":
                raise ProblemError("sense", sense, f"min, as of every {kind}", _AS_PROGRAM)
            return (Qubo if kind == "qubo" else Ising)(form, self._names, reference)
        terms = [self._row(k, row) for k, row in enumerate(rows)]
        labels = [self._text(f"rows[{k}], name", row.get("name", f"r{k}")) for k, row in enumerate(rows)]
        settled = Rows.from_rows(len(self._names), terms, labels)
        return BinaryProgram(form, settled, self._names, sense, reference)

    def _form(self) -> QuadraticForm:
        linear = np.zeros(len(self._names))
        for name, value in self._dict("linear", self._document.get("linear", {})).items():
            linear[self._variable("linear", name)] += self._number(f"linear, {name}", value)
        first, second, coupling = [], [], []
        for k, entry in enumerate(self._list("quadratic", [])):
            if not isinstance(entry, list) or len(entry) != 3:
                raise ProblemError(f"quadratic[{k}]", entry, "two names and a number")
            first.append(self._variable(f"quadratic[{k}]", entry[0]))
            second.append(self._variable(f"quadratic[{k}]", entry[1]))
            coupling.append(self._number(f"quadratic[{k}]", entry[2]))
        left, right = (np.array(part, dtype=np.int64) for part in (first, second))
        offset = self._number("offset", self._document.get("offset", 0.0))
        return QuadraticForm(linear, left, right, np.array(coupling, dtype=float), offset)

    def _row(self, k: int, row: Any) -> tuple[dict[int, float], str, float]:
        row = self._dict(f"rows[{k}]", row)
        self._keys(f"rows[{k}], ", row, ROW_KEYS, "a row")
        terms: dict[int, float] = {}
        for name, value in self._dict(f"rows[{k}], terms", row.get("terms")).items():
            place = self._variable(f"rows[{k}]", name)
            terms[place] = terms.get(place, 0.0) + self._number(f"rows[{k}], {name}", value)
        relation = row.get("relation")
        if relation not in RELATIONS:
            raise ProblemError(f"rows[{k}], relation", relation, "one of <=, >=, ==")
        return terms, relation, self._number(f"rows[{k}], right", row.get("right"))

    def _variable(self, where: str, name: Any) -> int:
        if not isinstance(name, str) or name not in self._place:
            raise ProblemError(where, name, "a variable listed in names")
        return self._place[name]

    def _number(self, where: str, value: Any) -> float:
        if isinstance(value, int) and abs(value) > EXACT_INTEGER:
            raise ProblemError(where, value, "an integer of at most 2^53, so that sums stay exact")
        if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
            raise ProblemError(where, value, "a finite number")
        return float(value)

    def _text(self, where: str, value: Any) -> str:
        if not isinstance(value, str):
            raise ProblemError(where, value, "a text")
        return value

    def _keys(self, where: str, given: dict[str, Any], known: tuple[str, ...], what: str) -> None:
        for key in given:
            if key not in known:
                raise ProblemError(f"{where}{key}", f"no key of {what}", "one of " + ", ".join(known))

    def _list(self, key: str, default: Any = None) -> list[Any]:
        value = self._document.get(key, default)
        if not isinstance(value, list):
            raise ProblemError(key, value, "a list")
        return value

    def _dict(self, where: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ProblemError(where, value, "an object")
        return value


def _document(text: str) -> dict[str, Any]:
    document = parse(text)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ProblemError("the content", "another JSON", f'an object with "format": "{FORMAT}"')
    return document


def _kind(problem: BinaryProgram | Qubo | Ising) -> str:
    if isinstance(problem, BinaryProgram):
        return "program"
    return "qubo" if isinstance(problem, Qubo) else "ising"


def _row(program: BinaryProgram, r: int) -> dict[str, Any]:
    rows = program.constraints
    index, weight = rows.entries(r)
    return {
        "name": rows.names[r],
        "terms": {program.names[i]: _plain(a) for i, a in zip(index, weight, strict=True)},
        "relation": rows.relation[r],
        "right": _plain(rows.right[r]),
    }


def _plain(value: float) -> int | float:
    value = float(value)
    return int(value) if value == round(value) and abs(value) < 2**53 else value
