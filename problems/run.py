"""One run of a solver: randomness, clock, incumbent, children, and the door to the backends."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np

from problems.contract import Array, NothingFound, Problem, Result, Solver, Status
from problems.fitting import fit
from problems.tree import OutOfTime, Tree

MAXIMA = frozenset({"qubits", "qubits_with_slack", "depth", "two_qubit_gates", "memory_bytes"})
CANDIDATE_LIMIT = 65_536  # rows kept of what offer_all ranked; beyond it the best-ranked stay


class Run:
    """The state of one solve, handed to ``Solver._solve``. It belongs to one thread."""

    def __init__(self, problem: Problem[Any], seed: int, deadline: float, parent: Run | None, tree: Tree):
        self._problem, self._seed, self._deadline = problem, seed, deadline
        self._parent, self._tree = parent, tree
        self._minimise = problem.sense == "min"
        self._drawn = 0
        self._best: Any = None
        self._best_rank: tuple[float, float] | None = None
        self._bound: float | None = None
        self._ended: Status = "finished"
        self._message = ""
        self._samples: list[tuple[Array, Array, Array]] = []
        self._history: list[dict[str, Any]] = []
        self._resources: dict[str, float] = {}

    # Randomness

    @cached_property
    def rng(self) -> np.random.Generator:
        """The run's own generator."""
        return np.random.default_rng(self._seed)

    def seed(self) -> int:
        """Draw the next seed: 63 bits that depend on the run's seed and on how many were drawn before."""
        self._drawn += 1
        mixed = blake2b(b"%d %d" % (self._seed, self._drawn), digest_size=8).digest()
        return int.from_bytes(mixed, "little") >> 1

    def key(self) -> Any:
        """Draw the next JAX key."""
        import jax  # pyright: ignore[reportMissingImports]

        return jax.random.key(self.seed())

    # Stopping

    def steps(self, n: int, name: str = "step") -> Iterator[int]:
        """Count ``0 … n−1``, ending early at the deadline or after Ctrl-C; a root run's bar follows."""
        bar = self._tree.bar if self._parent is None else None
        for step in range(n):
            if self.out_of_time():
                return
            yield step
            if bar is not None:
                bar.advance(n, name)

    def out_of_time(self) -> bool:
        """Whether the method should close now: the deadline has passed or the user has interrupted."""
        if self._tree.interrupted:
            return True
        if self._deadline != math.inf and time.monotonic() >= self._deadline:
            self._end("time_limit", "the time limit was reached")
            return True
        return False

    def time_left(self) -> float:
        """Seconds to the deadline, for libraries that take a limit of their own; infinite without one."""
        return max(0.0, self._deadline - time.monotonic()) if self._deadline != math.inf else math.inf

    def converged(self, condition: bool, why: str) -> bool:
        """Whether to stop on a convergence test; ``why`` becomes the message. Never true in a rehearsal."""
        if not condition or self._tree.rehearsal:
            return False
        self._end("converged", why)
        return True

    def note(self, message: str) -> None:
        """Add a sentence to the result's message."""
        self._message = f"{self._message}; {message}" if self._message else message

    # The incumbent

    def offer(self, solution: Any, value: float | None = None) -> bool:
        """Offer a solution; returns whether it became the incumbent.

        Args:
            solution: Judged by the problem, unless ``value`` is given.
            value: The method's own figure for a feasible solution, in the problem's sense.
        """
        if value is None:
            rank = self._problem.judge(solution).rank(self._problem.sense)
        else:
            signed = float(value) if self._minimise else -float(value)
            rank = (0.0, math.inf if math.isnan(signed) else signed)
        return self._take(solution, rank)

    def offer_all(self, solutions: Array, counts: Array | None = None) -> None:
        """Rank samples ``[N, n]`` by the problem, keep them as candidates, and take the best as incumbent."""
        solutions = np.asarray(solutions)
        if len(solutions) == 0:
            return
        ranks = self._problem.ranks(solutions)
        ranks = np.where(np.isnan(ranks), np.inf, ranks)
        counts = np.ones(len(solutions), dtype=np.int64) if counts is None else np.asarray(counts)
        self._samples.append((solutions, counts, ranks))
        if sum(len(rows) for rows, _, _ in self._samples) > 2 * CANDIDATE_LIMIT:
            self._trim()
        best = int(np.lexsort((ranks[:, 1], ranks[:, 0]))[0])
        self._take(solutions[best], (float(ranks[best, 0]), float(ranks[best, 1])))

    @property
    def best(self) -> Any:
        """The incumbent.

        Raises:
            NothingFound: If nothing was offered yet.
        """
        if self._best_rank is None:
            raise NothingFound("the method ended before it had any solution")
        return self._best

    @property
    def best_rank(self) -> tuple[float, float] | None:
        """The incumbent's (violation, signed objective), or None; smaller is better."""
        return self._best_rank

    def bound(self, value: float) -> None:
        """Report a certified bound on the optimum, in the problem's sense; the tightest is kept."""
        value = float(value)
        if not math.isfinite(value):
            return
        if self._bound is None or (value > self._bound if self._minimise else value < self._bound):
            self._bound = value

    # Bookkeeping

    def record(self, **row: Any) -> None:
        """Add a row to the history."""
        self._history.append(row)
        if self._parent is None:
            self._tree.bar.row(row)

    def spent(self, **amounts: float) -> None:
        """Add to the resources; widths, depths and memory take the maximum."""
        mine = self._resources
        for name, amount in amounts.items():
            if name in MAXIMA:
                mine[name] = max(mine.get(name, 0.0), float(amount))
            else:
                mine[name] = mine.get(name, 0.0) + float(amount)

    # Children

    def solve(
        self, solver: Solver[Any, Any], problem: Problem[Any], time_limit: float | None = None
    ) -> Result[Any]:
        """Solve a subproblem by another solver: it inherits the deadline, its resources add to this run's."""
        tree = self._tree
        key = id(solver), type(problem), problem.demands
        known = tree.fits.get(key)
        if known is None:
            tree.open(solver)
            known = (solver, fit(solver, problem), type(solver).unsuitable is not Solver.unsuitable)
            tree.fits[key] = known
        elif known[1] is not None or known[2]:  # what depends on the very problem is asked every time
            known = (solver, fit(solver, problem), True)
        deadline = self._deadline
        if time_limit is not None:
            deadline = min(deadline, time.monotonic() + time_limit)
        result = tree.perform(solver, problem, known[1], self.seed(), deadline, self, tree)
        if result.resources:
            self.spent(**result.resources)
        if result.ended == "budget" or (result.ended == "time_limit" and deadline == self._deadline):
            self._end(result.ended)  # what it shares with its child has run out
        return result

    def solve_all(self, solver: Solver[Any, Any], problems: Sequence[Problem[Any]]) -> list[Result[Any]]:
        """Solve many subproblems, on the executor if the root solve was given one; results in order."""
        if self._parent is not None or self._tree.executor is None:
            return [self.solve(solver, problem) for problem in problems]
        seeds = [self.seed() for _ in problems]
        left = self.time_left() if self._deadline != math.inf else None
        results = self.map(_solve_alone, [solver] * len(problems), problems, seeds, [left] * len(problems))
        for result in results:
            self.spent(**result.resources)
        return results

    def map(self, function: Callable[..., Any], *arguments: Sequence[Any]) -> list[Any]:
        """Apply a top-level pure function to rows of arguments, on the executor if there is one, in order."""
        executor = self._tree.executor if self._parent is None else None
        if executor is None:
            return [function(*row) for row in zip(*arguments, strict=True)]
        futures = [executor.submit(function, *row) for row in zip(*arguments, strict=True)]
        try:
            return [future.result() for future in futures]
        except BaseException:
            for future in futures:
                future.cancel()
            raise

    # The door

    def submit(self, backend: Any, workload: Any) -> Any:
        """Send a workload; returns the ``Job``. After an interruption nothing is sent to a remote backend."""
        if self._tree.interrupted and not backend.local:
            raise KeyboardInterrupt
        return backend.submit(workload)

    def result(self, job: Any) -> Any:
        """Wait for a job until the deadline, charge its usage to this run and return its outcome."""
        try:
            outcome = job.result(timeout=None if self._deadline == math.inf else self.time_left())
        except TimeoutError:
            raise OutOfTime from None
        self.spent(**outcome.usage)
        return outcome

    def execute(self, backend: Any, workload: Any) -> Any:
        """Submit a workload and wait for its outcome."""
        return self.result(self.submit(backend, workload))

    # Closing

    def _take(self, solution: Any, rank: tuple[float, float]) -> bool:
        if self._best_rank is not None and not rank < self._best_rank:
            return False
        self._best = np.array(solution) if isinstance(solution, np.ndarray) else solution
        self._best_rank = rank
        return True

    def _end(self, status: Status, why: str = "") -> None:
        if self._ended == "finished":
            self._ended = status
            if why:
                self.note(why)

    def _trim(self) -> None:
        rows, counts, ranks = (np.concatenate(parts) for parts in zip(*self._samples, strict=True))
        if len(rows) > CANDIDATE_LIMIT:
            kept = np.sort(np.lexsort((ranks[:, 1], ranks[:, 0]))[:CANDIDATE_LIMIT])
            self.spent(candidates_dropped=len(rows) - len(kept))
            rows, counts, ranks = rows[kept], counts[kept], ranks[kept]
        self._samples = [(rows, counts, ranks)]

    def _candidates(self) -> tuple[Array | None, Array | None]:
        if not self._samples:
            return None, None
        self._trim()
        rows, counts, _ = self._samples[0]
        return rows, counts


def _solve_alone(
    solver: Solver[Any, Any], problem: Problem[Any], seed: int, time_limit: float | None
) -> Result[Any]:
    return solver.solve(problem, seed=seed, time_limit=time_limit, progress=False)
