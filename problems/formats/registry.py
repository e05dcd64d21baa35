"""Which files hold which problems: short names, and one ``read`` for all of them."""

from __future__ import annotations

import importlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from problems.contract import Problem
from problems.errors import ProblemError
from problems.formats.detection import detect
from problems.formats.numbers import read_text
from problems.formats.stored import is_stored


@dataclass(frozen=True)
class Kind:
    """A kind of problem file.

    Attributes:
        problem: Module and class of the problem.
        reader: Module and function that reads it.
        writer: Module and function that writes it.
        description: What the file is.
        solution: Module and function that reads solution files of the field, called with problem and path;
            "" where there are none.
    """

    problem: str
    reader: str
    writer: str
    description: str
    solution: str = ""


def _kind(problem: str, module: str, names: str, description: str, solution: str = "") -> Kind:
    """Spell out a kind whose reader and writer, ``names``, live in one module of formats."""
    reader, writer = (f"problems.formats.{module}:{name}" for name in names.split())
    solution = f"problems.formats.{module}:{solution}" if solution else ""
    return Kind(f"problems.binary.{problem}", reader, writer, description, solution)


KINDS: dict[str, Kind] = {
    "mdkp": _kind(
        "knapsack:MultidimensionalKnapsack", "or_library", "read_knapsack write_knapsack",
        "OR-Library multidimensional knapsacks, one or several",
    ),
    "mdkp-single": _kind(
        "knapsack:MultidimensionalKnapsack", "or_library", "read_single_knapsack write_knapsack",
        "OR-Library multidimensional knapsack, one, where the file could hold several too",
    ),
    "mdkp-multi": _kind(
        "knapsack:MultidimensionalKnapsack", "or_library", "read_several_knapsacks write_several_knapsacks",
        "OR-Library multidimensional knapsacks, a count of them, where the file could be one too",
    ),
    "sac94": _kind(
        "knapsack:MultidimensionalKnapsack", "sac94", "read_sac94 write_sac94",
        "SAC-94 multidimensional knapsack",
    ),
    "qap": _kind(
        "assignment:QuadraticAssignment", "qaplib", "read_assignment write_assignment",
        "QAPLIB quadratic assignment", "read_solution",
    ),
    "tsp": _kind(
        "tour:TravellingSalesman", "tsplib", "read_tours write_tours",
        "TSPLIB travelling salesman, symmetric or not", "read_solution",
    ),
    "maxcut": _kind(
        "maxcut:MaxCut", "rudy", "read_cut write_cut",
        "rudy (G-set) or DIMACS graph, largest cut",
    ),
    "mis": _kind(
        "independent_set:IndependentSet", "dimacs", "read_independent_set write_independent_set",
        "DIMACS graph, independent sets of the graph as written",
    ),
    "clique": _kind(
        "clique:Clique", "dimacs", "read_clique write_clique",
        "DIMACS graph, cliques of the graph as written",
    ),
    "vertex-cover": _kind(
        "vertex_cover:VertexCover", "dimacs", "read_vertex_cover write_vertex_cover",
        "DIMACS graph, vertex covers of the graph as written",
    ),
    "qubo": _kind("qubo:Qubo", "qubo_text", "read_qubo write_qubo", "qbsolv text, or JSON"),
    "lp": _kind("program:BinaryProgram", "lp", "read_lp write_lp", "LP (CPLEX) program"),
    "mps": _kind("program:BinaryProgram", "mps", "read_mps write_mps", "MPS program, fixed or free"),
    "program": _kind(
        "program:BinaryProgram", "program_json", "read_json write_json",
        "JSON of a binary program, QUBO or Ising model",
    ),
    "ground-state": Kind(
        "problems.ground_state.problem:GroundState",
        "problems.ground_state.files:read_ground_state",
        "problems.ground_state.files:write_ground_state",
        "JSON of a qubit Hamiltonian, Pauli strings with their coefficients",
        "problems.ground_state.circuit_files:read_circuit",
    ),
    "stored": Kind(
        "problems.contract:Problem", "problems.formats.stored:read_stored",
        "problems.formats.stored:write_stored", "a problem of any field, or a result, that was saved (npz)",
    ),
}  # fmt: skip


def read(path: str | os.PathLike[str], kind: str | None = None, index: int | None = None) -> Problem[Any]:
    """Read a problem from a file.

    Args:
        path: The file.
        kind: One of ``KINDS``; by default the content tells.
        index: Which problem of the file, counted from 1, where it holds several.

    Raises:
        ProblemError: Naming the file, the place in it, what stands there and what was expected; without a
            kind also where none or several fit.
    """
    if kind is not None and kind not in KINDS:
        raise ProblemError("problem", kind, "one of " + ", ".join(KINDS))
    if kind is None and is_stored(path):
        kind = "stored"
    if kind is None:
        kind = detect(read_text(path), Path(path).name)
    if kind == "qubo" and read_text(path).lstrip().startswith("{"):
        problem = _load(KINDS["program"].reader)(path, index)
        if not isinstance(problem, _load(KINDS["qubo"].problem)):
            found = f"a {type(problem).__name__}"
            raise ProblemError(Path(path).name, found, "a Qubo", "--problem program reads all three")
        return problem
    return _load(KINDS[kind].reader)(path, index)


def read_solution(problem: Problem[Any], path: str | os.PathLike[str]) -> Any | None:
    """Read a solution file of the problem's field: of QAPLIB, or a tour of TSPLIB.

    Returns:
        The solution as the problem judges it, or None if the field has no such files or this is none.

    Raises:
        ProblemError: If it is one, but damaged or of another problem.
    """
    ours = f"{type(problem).__module__}:{type(problem).__qualname__}"
    readers = [kind.solution for kind in KINDS.values() if kind.solution and kind.problem == ours]
    return _load(readers[0])(problem, path) if readers else None


def _load(name: str) -> Any:
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)
