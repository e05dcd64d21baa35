"""What a class says about itself, read from its source: nothing heavy is imported to list it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

OWN = ("problems", "backends", "classical", "hybrid")


@dataclass(frozen=True)
class Summary:
    """A class at a glance.

    Attributes:
        sentence: The first paragraph of its docstring.
        takes: The problems in its ``Solver[…]``; empty where its source does not say.
        missing: Libraries that it imports and that are not installed.
    """

    sentence: str
    takes: str = ""
    missing: tuple[str, ...] = ()


def summarise(path: str) -> Summary:
    """Summarise the class at ``module:class``."""
    module, _, name = path.partition(":")
    tree = _source(module)
    if tree is None:
        return Summary("(its source is not there to read)", missing=(module.partition(".")[0],))
    missing = tuple(sorted(set(_missing(module, set()))))
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            paragraph = (ast.get_docstring(node) or "").partition("\n\n")[0]
            return Summary(" ".join(paragraph.split()), _takes(node), missing)
    return Summary(path, missing=missing)


def _takes(node: ast.ClassDef) -> str:
    for base in node.bases:
        if isinstance(base, ast.Subscript) and ast.unparse(base.value).endswith("Solver"):
            arguments = base.slice.elts if isinstance(base.slice, ast.Tuple) else [base.slice]
            return ast.unparse(arguments[0])
    return ""


def _missing(module: str, seen: set[str]) -> Iterator[str]:
    """Yield the libraries that are not there, of this module and of all of ours that it imports."""
    tree = None if module in seen else _source(module)
    seen.add(module)
    for node in () if tree is None else tree.body:
        for name in _imported(node):
            top = name.partition(".")[0]
            if top in OWN:
                yield from _missing(name, seen)
            elif find_spec(top) is None:
                yield top


def _imported(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []


@cache
def _source(module: str) -> ast.Module | None:
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:
        return None
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return None
    return ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
