"""Building models: arrays at least as fast as dimod's, and far faster than models written symbol by symbol.

CPU times of one process; both sides start from the same arrays. What is compared for equal speed takes turns,
and the least of its times counts; the rest is the median of several runs.
"""

from __future__ import annotations

import importlib.util
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from problems.binary import Model, QuadraticAssignment, QuadraticForm, Qubo, SlackEncoding
from tests.claims.simulators.contest import race
from tests.claims.table import Row

SIZE = 2000


def rows(quick: bool) -> Iterator[Row]:
    """All rows; the quick form writes smaller models symbol by symbol."""
    if importlib.util.find_spec("dimod") is None:
        yield Row("building models beside dimod", "", "", "", None, "dimod is not installed")
        return
    repeats = 5 if quick else 9
    yield from dense_model(repeats, 150 if quick else 400)
    yield from coordinates(repeats)
    yield from assignment(repeats, 10 if quick else 20)


def dense_model(repeats: int, symbols: int) -> Iterator[Row]:
    """xᵀQx over 2000 variables; symbol by symbol over fewer, its time scaled by the number of pairs."""
    import dimod

    table = _integers(SIZE)
    contest = {
        "ours": lambda: Qubo.from_matrix(table),
        "theirs": lambda: dimod.BinaryQuadraticModel(table, "BINARY"),
    }
    ours, theirs = (timing.cpu for timing in race(contest, repeats).values())
    yield _row(
        f"dense QUBO of {SIZE} from a matrix, at least as fast as dimod", theirs, ours, theirs / ours >= 1
    )
    part = table[:symbols, :symbols]
    scale = (SIZE / symbols) ** 2
    slow, mine = _seconds(lambda: _dimod_sum(part), 1), _seconds(lambda: _our_sum(part), 1)
    claim = f"the same at least 20 times as fast as symbol by symbol in dimod (from {symbols})"
    yield _row(claim, slow * scale, ours, slow * scale / ours >= 20)
    yield _row(
        f"symbol by symbol, {symbols} variables: ours beside dimod's quicksum", slow, mine, mine <= slow
    )
    whole = _seconds(lambda: _our_arrays(part), repeats)
    yield _row(f"x @ Q @ x of {symbols} variables beside dimod's quicksum", slow, whole, slow / whole >= 20)


def coordinates(repeats: int) -> Iterator[Row]:
    """All pairs of 2000 variables as vectors."""
    import dimod

    first, second = np.triu_indices(SIZE, 1)
    value = np.random.default_rng(1).integers(-100, 101, len(first)).astype(float)
    build = dimod.BinaryQuadraticModel.from_numpy_vectors
    contest = {
        "ours": lambda: Qubo(QuadraticForm(np.zeros(SIZE), first, second, value)),
        "theirs": lambda: build(np.zeros(SIZE), (first, second, value), 0.0, "BINARY"),
    }
    ours, theirs = (timing.cpu for timing in race(contest, repeats).values())
    yield _row(
        f"dense QUBO of {SIZE} from vectors, at least as fast as dimod", theirs, ours, theirs / ours >= 1
    )


def assignment(repeats: int, symbols: int) -> Iterator[Row]:
    """The QUBO of a 20 by 20 quadratic assignment."""
    import dimod

    problem = QuadraticAssignment.random(20, seed=1)
    penalty = float(problem.flows.sum() * problem.distances.max())
    table = _penalised(problem, penalty)
    row, column = np.nonzero(np.triu(table, 1))
    coupling, diagonal = 2.0 * table[row, column], table.diagonal()
    build = dimod.BinaryQuadraticModel.from_numpy_vectors
    contest = {
        "ours": lambda: Qubo.from_matrix(table),
        "matrix": lambda: dimod.BinaryQuadraticModel(table, "BINARY"),
        "vectors": lambda: build(diagonal, (row, column, coupling), 0.0, "BINARY"),
    }
    ours, *theirs = (timing.cpu for timing in race(contest).values())
    best = min(theirs)
    yield _row(
        "QUBO of a 20x20 assignment from arrays, at least as fast as dimod", best, ours, best / ours >= 1
    )
    stated = _seconds(lambda: _stated(problem, penalty), repeats)
    smaller = QuadraticAssignment.random(symbols, seed=1)
    scale = (20 / symbols) ** 4
    slow = scale * _seconds(lambda: _dimod_assignment(smaller, penalty), 1)
    claim = (
        f"the assignment stated, encoded and built, at least 20 times as fast as by symbols (from {symbols})"
    )
    yield _row(claim, slow, stated, slow / stated >= 20)
    same = _stated(problem, penalty).form.values(np.eye(400)) - Qubo.from_matrix(
        table, 40 * penalty
    ).form.values(np.eye(400))
    yield Row("both ways give one QUBO", "", "", f"{np.abs(same).max():g} apart", not np.any(same))


def _stated(problem: QuadraticAssignment, penalty: float) -> Qubo:
    fresh = QuadraticAssignment(problem.flows, problem.distances)  # nothing is cached
    encoded = SlackEncoding(penalty=penalty).encode(fresh.program).problem
    assert isinstance(encoded, Qubo)
    return encoded


def _penalised(problem: QuadraticAssignment, penalty: float) -> np.ndarray:
    """The symmetric matrix of the assignment with squares for its rows, without the constant."""
    n, one = problem.size, np.eye(problem.size)
    table = np.kron(problem.flows, problem.distances)
    table += penalty * (np.kron(one, np.ones((n, n))) + np.kron(np.ones((n, n)), one))
    table[np.diag_indices(n * n)] -= 4 * penalty
    return table


def _dimod_assignment(problem: QuadraticAssignment, penalty: float) -> Any:
    import dimod

    n = problem.size
    x = [[dimod.Binary((i, k)) for k in range(n)] for i in range(n)]
    pairs = [(i, j) for i in range(n) for j in range(n) if problem.flows[i, j]]
    model = dimod.quicksum(
        problem.flows[i, j] * problem.distances[k, m] * x[i][k] * x[j][m]
        for i, j in pairs for k in range(n) for m in range(n) if problem.distances[k, m]
    )  # fmt: skip
    for i in range(n):
        model += penalty * (dimod.quicksum(x[i]) - 1) ** 2
        model += penalty * (dimod.quicksum(x[k][i] for k in range(n)) - 1) ** 2
    return model


def _dimod_sum(table: np.ndarray) -> Any:
    import dimod

    x = [dimod.Binary(k) for k in range(len(table))]
    n = len(table)
    return dimod.quicksum(table[i, j] * x[i] * x[j] for i in range(n) for j in range(i + 1, n))


def _our_sum(table: np.ndarray) -> Any:
    model, n = Model(), len(table)
    x = model.binary("x", n)
    model.minimise(sum(table[i, j] * x[i] * x[j] for i in range(n) for j in range(i + 1, n)))
    return model.problem()


def _our_arrays(table: np.ndarray) -> Any:
    model = Model()
    x = model.binary("x", len(table))
    model.minimise(x @ table @ x)
    return model.problem()


def _integers(n: int) -> np.ndarray:
    return np.random.default_rng(0).integers(-100, 101, (n, n)).astype(float)


def _seconds(build: Callable[[], Any], repeats: int) -> float:
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        build()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def _row(claim: str, theirs: float, ours: float, holds: bool) -> Row:
    return Row(
        claim, "", f"{1e3 * theirs:.1f} ms", f"{1e3 * ours:.1f} ms, {theirs / ours:.1f} times as fast", holds
    )
