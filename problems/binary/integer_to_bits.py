"""An integer program over bits: codes for the variables, a bit for every product that a row needs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array

from problems.binary.integer_codes import BinaryCode
from problems.binary.program import BinaryProgram
from problems.binary.quadratic import QuadraticForm
from problems.binary.rows import Rows, stacked
from problems.contract import Reduction

if TYPE_CHECKING:
    from problems.binary.integer import IntegerProgram, QuadraticRow

Array = np.ndarray


def to_bits(program: IntegerProgram) -> Reduction[Array]:
    """Return the program over bits with the way back; objectives agree, and so do the feasible sets."""
    table, constant, names, code_rows, code_names = _coded(program)
    forms = [row.polynomial.on_bits(table, constant) for row in program.quadratic_rows]
    pairs = _products(forms)
    width = table.shape[1]
    names += [f"{names[u]} * {names[v]}" for u, v in pairs]
    linear, product = program.linear_rows, _product_rows(width, pairs)
    over_bits: Any = linear.matrix @ table
    parts = [
        Rows(width + len(pairs), over_bits.indptr, over_bits.indices, over_bits.data, linear.relation,
             linear.right - linear.matrix @ constant, linear.names),
        Rows.from_rows(width + len(pairs), code_rows, code_names),
        _linearised(program.quadratic_rows, forms, width, pairs),
        Rows.from_rows(width + len(pairs), product, _product_names(names, pairs)),
    ]  # fmt: skip
    objective = program.objective.on_bits(table, constant).embedded(width + len(pairs))
    binary = BinaryProgram(objective, stacked(parts), tuple(names), program.sense, program.reference)
    return Reduction(binary, partial(lifted, table=table, constant=constant.astype(np.int64)), float)


def lifted(bits: Array, table: Any, constant: Array) -> Array:
    """Return the values int64 ``[..., N]`` that bits ``[..., n]`` stand for; bits of products are dropped."""
    flat = np.asarray(bits).reshape(-1, np.shape(bits)[-1])[:, : table.shape[1]]
    values = np.round((table @ flat.T.astype(float)).T).astype(np.int64) + constant
    return values.reshape(*np.shape(bits)[:-1], table.shape[0])


def _coded(program: IntegerProgram) -> tuple[Any, Array, list[str], list[Any], list[str]]:
    """Return z = table @ bits + constant, the names of the bits, the rows of the codes and their names."""
    counts, weights, names, rows, row_names = [], [], [], [], []
    low, high, spin = (part.tolist() for part in (program.low, program.high, program.is_spin))
    for k, name in enumerate(program.names):
        place, span = len(names), high[k] - low[k]
        code = BinaryCode() if spin[k] or span <= 1 else program.codes[k]
        steps = np.array([-2.0]) if spin[k] else code.weights(span)
        counts.append(len(steps))
        weights.append(steps)
        names += (
            [name] if spin[k] or (low[k] == 0 and span == 1) else [f"{name}[{b}]" for b in range(len(steps))]
        )
        for r, (terms, relation, right) in enumerate([] if spin[k] else code.rows(span)):
            rows.append(({place + b: a for b, a in terms}, relation, right))
            row_names.append(f"code {r} of {name}")
    table = csr_array(
        (np.concatenate([*weights, np.zeros(0)]), np.arange(sum(counts)), np.cumsum([0, *counts])),
        shape=(program.n, sum(counts)),
    )
    return table, np.where(program.is_spin, 1, program.low).astype(float), names, rows, row_names


def _products(forms: list[QuadraticForm]) -> list[tuple[int, int]]:
    """Return the pairs of bits whose products stand in rows, each once, in order."""
    pairs = {pair for form in forms for pair in zip(form.first.tolist(), form.second.tolist(), strict=True)}
    return sorted(pairs)


def _product_rows(width: int, pairs: list[tuple[int, int]]) -> list[tuple[dict[int, float], str, float]]:
    """Return rows that hold bit ``width + k`` to the product of the k-th pair: both ways, no bit is free."""
    rows = []
    for k, (u, v) in enumerate(pairs):
        rows.append(({width + k: 1.0, u: -1.0}, "<=", 0.0))
        rows.append(({width + k: 1.0, v: -1.0}, "<=", 0.0))
        rows.append(({u: 1.0, v: 1.0, width + k: -1.0}, "<=", 1.0))
    return rows


def _product_names(names: list[str], pairs: list[tuple[int, int]]) -> list[str]:
    products = names[len(names) - len(pairs) :]
    return [f"{product}, row {r}" for product in products for r in range(3)]


def _linearised(
    rows: tuple[QuadraticRow, ...], forms: list[QuadraticForm], width: int, pairs: list[tuple[int, int]]
) -> Rows:
    """Return the quadratic rows with their products replaced by bits."""
    place = {pair: width + k for k, pair in enumerate(pairs)}
    found = []
    for row, form in zip(rows, forms, strict=True):
        terms = dict(enumerate(form.linear.tolist()))
        for u, v, value in zip(
            form.first.tolist(), form.second.tolist(), form.coupling.tolist(), strict=True
        ):
            terms[place[u, v]] = value
        found.append((terms, row.relation, row.right - form.offset))
    return Rows.from_rows(width + len(pairs), found, [row.name for row in rows])


def bits_of_values(program: IntegerProgram, values: Array) -> Array:
    """Return bits uint8 ``[n]`` that stand for values ``[N]`` within their bounds, products included."""
    parts = []
    for k, value in enumerate(np.asarray(values).tolist()):
        low, span = int(program.low[k]), int(program.high[k] - program.low[k])
        if program.is_spin[k]:
            parts.append(np.array([value < 0], dtype=np.uint8))
        else:
            parts.append((BinaryCode() if span <= 1 else program.codes[k]).bits(value - low, span))
    bits = np.concatenate([*parts, np.zeros(0, np.uint8)])
    table, constant, *_ = _coded(program)
    pairs = _products([row.polynomial.on_bits(table, constant) for row in program.quadratic_rows])
    return np.concatenate([bits, np.array([bits[u] & bits[v] for u, v in pairs], dtype=np.uint8)])
