"""Connected components: programs whose variables fall into groups that no row and no product joins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array

from problems.binary.presolve.fixing import owners, select_rows
from problems.binary.program import BinaryProgram
from problems.binary.quadratic import QuadraticForm
from problems.binary.rows import Rows
from problems.checking import read_only
from problems.errors import Infeasible

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Part:
    """A program over some of the variables of a larger one.

    Attributes:
        program: Over these variables alone, with their names and rows.
        variables: ``[k]`` their indices in the larger program, increasing.
        solution: uint8 ``[k]`` optimal bits, where the signs of the objective alone decide; else None.
    """

    program: BinaryProgram
    variables: Array
    solution: Array | None = None


def components(program: BinaryProgram) -> tuple[Part, ...]:
    """Split a program into parts that can be solved on their own; their objectives add up to its own.

    Variables without any row or coupling make one part together, which comes first and is solved by the signs
    of its coefficients: 0 where one is 0. The others follow by their lowest index. The objective's offset
    stays with the first part. A program without variables is one solved part. Rows without variables, which
    are kept or broken whatever the bits are, are left out.

    Raises:
        Infeasible: Naming a row without variables that is broken.
    """
    form, rows = program.objective, program.constraints
    _refuse_broken(rows)
    label = _labels(form, rows)
    alone = np.bincount(rows.index, minlength=program.n) == 0
    alone[form.first] = alone[form.second] = False
    parts = []
    if alone.any() or program.n == 0:
        variables = np.flatnonzero(alone)
        solution = (program.minimised.linear[variables] < 0).astype(np.uint8)
        parts.append(Part(_restricted(program, variables, form.offset), read_only(variables), solution))
    for variables in _groups(label, ~alone):
        part = _restricted(program, variables, 0.0 if parts else form.offset)
        parts.append(Part(part, read_only(variables)))
    return tuple(parts)


def assemble(parts: Sequence[Part], solutions: Sequence[Array]) -> Array:
    """Return uint8 bits ``[n]`` of the whole from bits ``[k]`` per part."""
    whole = np.zeros(sum(len(part.variables) for part in parts), dtype=np.uint8)
    for part, solution in zip(parts, solutions, strict=True):
        whole[part.variables] = solution
    return whole


def _refuse_broken(rows: Rows) -> None:
    excess = np.where(rows.is_at_least, rows.right, -rows.right)
    excess = np.where(rows.is_equality, np.abs(rows.right), excess)
    for r in np.flatnonzero((np.diff(rows.indptr) == 0) & (excess > rows.tolerance)):
        raise Infeasible(
            "the program",
            f"row {rows.names[r]} has no variables and asks for 0 {rows.relation[r]} {rows.right[r]:.12g}",
        )


def _labels(form: QuadraticForm, rows: Rows) -> Array:
    """Return the component ``[n]`` of each variable; a row joins all its variables to its first."""
    from scipy.sparse.csgraph import connected_components

    start = rows.indptr[owners(rows)]
    here = np.concatenate([form.first, rows.index[start]])
    there = np.concatenate([form.second, rows.index])
    graph = coo_array((np.ones(len(here)), (here, there)), shape=(form.n, form.n))
    return connected_components(graph.tocsr(), directed=False)[1] if form.n else np.zeros(0, np.int64)


def _groups(label: Array, wanted: Array) -> list[Array]:
    """Return the variables of each component, by lowest index."""
    variables = np.flatnonzero(wanted)
    order = variables[np.argsort(label[variables], kind="stable")]
    cuts = np.flatnonzero(np.diff(label[order])) + 1
    return sorted(np.split(order, cuts), key=lambda group: group[0]) if len(order) else []


def _restricted(program: BinaryProgram, variables: Array, offset: float) -> BinaryProgram:
    """Return the program over variables that nothing joins to the others."""
    place = np.full(program.n, -1)
    place[variables] = np.arange(len(variables))
    form, rows = program.objective, program.constraints
    inside = place[form.first] >= 0
    part = QuadraticForm(
        form.linear[variables], place[form.first[inside]], place[form.second[inside]],
        form.coupling[inside], offset,
    )  # fmt: skip
    own = np.zeros(len(rows), dtype=bool)
    own[owners(rows)] = place[rows.index] >= 0
    chosen = select_rows(rows, own)
    there = Rows(
        len(variables), chosen.indptr, place[chosen.index], chosen.weight, chosen.relation, chosen.right,
        chosen.names,
    )  # fmt: skip
    names = tuple(program.names[j] for j in variables)
    return BinaryProgram(part, there, names, program.sense)
