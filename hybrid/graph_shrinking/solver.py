"""Adaptive graph shrinking as a solver: shrink, sample what is left, unfold, verify, repair.

Reference: Sharma and Lau, arXiv 2506.14250.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from classical.binary.annealing import SimulatedAnnealing
from classical.binary.local_search import LocalSearch
from hybrid.graph_shrinking.correlations.automatic import AutomaticCorrelation
from hybrid.graph_shrinking.correlations.random import RandomCorrelation
from hybrid.graph_shrinking.correlations.source import CorrelationSource
from hybrid.graph_shrinking.encoding import ScatteredEncoding
from hybrid.graph_shrinking.price import fitted, most_of_source, united
from hybrid.graph_shrinking.samples import broken_rows, uniform_bits, worth_of
from hybrid.graph_shrinking.schedule import Recalculation
from hybrid.graph_shrinking.settings import Shrinking, Veto
from hybrid.graph_shrinking.shrinking import shrink
from hybrid.graph_shrinking.shrunk import ShrunkProblem
from hybrid.graph_shrinking.stopping import SpectralStop
from hybrid.qaoa import Qaoa
from problems.binary.domain import DomainProblem
from problems.binary.encodings import Encoding, SlackEncoding, SlackFreeEncoding
from problems.binary.program import BinaryProgram
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Qubo
from problems.binary.relaxation import linear_bound
from problems.checking import check_choice, check_integer
from problems.contract import Array, Solver
from problems.errors import Infeasible, ProblemError
from problems.fitting import refusal
from problems.report import number
from problems.run import Run

SOFT = ("knapsack", "general")


@dataclass(frozen=True)
class GraphShrinking(Solver[Qubo | BinaryProgram | DomainProblem, Array]):
    """Tie variables until the rest fits, let any QUBO solver sample it, unfold and judge all samples.

    The candidates are the unfolded samples as they came. Resources tell what a judge of the answer cannot:
    ``raw_violations`` of the sample of least energy, ``repair_edits`` of the answer, ``polish_gain``. The
    last row of the history sets the samples beside as many uniform bits on the same reduced problem; the rows
    before it are the shrinking, of which ``Trace.from_rows`` makes a picture.

    Attributes:
        target_qubits: Width to reach.
        source: Where correlations come from; by default the lifted relaxation for programs with rows of up to
            150 variables, else the semidefinite relaxation of the QUBO.
        veto: "hard", "likely" or "off", as in ``Shrinking``, whose settings these are down to ``spectral``.
        crowding: For "likely".
        propagate: Fix what ties imply.
        recalculation: When correlations are calculated anew.
        ties_per_step: The most that one ranking gives at a time.
        least: |correlation| at which to stop.
        spectral: The spectral rule.
        encoding: Writes rows as a QUBO; slack bits are never tied.
        inner: Samples what is left.
        wide: Samples what is left where that is wider than ``widest``; None leaves it to ``inner``.
        widest: The most qubits for ``inner``.
        repair: "own" also offers every sample after the problem's own repair, and for permutations those
            nearest to the samples and to their marginals; "none" takes them as they are.
        polish: "local" ends with one descent from the best answer by flips and exchanges, counted apart.
        restarts: Shrinkings; all but the first from scattered prices of the rows, if they are soft.
    """

    target_qubits: int = 20
    source: CorrelationSource = field(default_factory=AutomaticCorrelation)
    veto: Veto = "hard"
    crowding: float = 0.6
    propagate: bool = True
    recalculation: Recalculation = field(default_factory=Recalculation)
    ties_per_step: int = 4
    least: float | None = None
    spectral: SpectralStop | None = None
    encoding: Encoding = field(default_factory=SlackFreeEncoding)
    inner: Solver[Qubo, Array] = field(default_factory=lambda: Qaoa(layers=8, optimizer=None))
    wide: Solver[Qubo, Array] | None = field(default_factory=SimulatedAnnealing)
    widest: int = 22
    repair: Literal["own", "none"] = "own"
    polish: Literal["none", "local"] = "none"
    restarts: int = 1

    def __post_init__(self):
        _ = self.settings
        check_integer("widest", self.widest, 0)
        check_choice("repair", self.repair, ("own", "none"))
        check_choice("polish", self.polish, ("none", "local"))
        check_integer("restarts", self.restarts, 1)
        if not isinstance(self.encoding, Encoding):
            raise ProblemError("encoding", self.encoding, "an Encoding such as SlackFreeEncoding()")

    @property
    def settings(self) -> Shrinking:
        """What ``shrink`` takes."""
        return Shrinking(
            self.target_qubits, self.source, self.veto, self.crowding, self.propagate, self.recalculation,
            self.ties_per_step, self.least, self.spectral,
        )  # fmt: skip

    def estimate(self, problem: Any, *, seed: int = 0) -> Mapping[str, float]:
        """Return the most resources a solve would spend if no tie is undone, without sending anything.

        It is exact where correlations cost nothing that is counted. Where a backend gives them, its samples
        decide what is tied, and so how often it is asked: an upper bound takes as many calculations as there
        can be ties, each of the whole width.
        """
        plain = replace(self, source=RandomCorrelation(), propagate=False, least=0.0)
        priced = most_of_source(self.settings, self.encoding, fitted(self, problem), seed)
        if not priced:
            return super().estimate(problem, seed=seed)
        return united(super(GraphShrinking, plain).estimate(problem, seed=seed), priced, self.restarts)

    def unsuitable(self, problem: Qubo | BinaryProgram | DomainProblem) -> str | None:
        """Ask the solver of what will be left, as far as its width tells."""
        width = min(self.target_qubits, problem.n)
        sampler = self._sampler(width)
        why = refusal(sampler, Qubo(QuadraticForm(np.zeros(width))))
        return None if why is None else f"its {type(sampler).__name__} says: {why}"

    def _sampler(self, width: int) -> Solver[Qubo, Array]:
        return self.inner if width <= self.widest or self.wide is None else self.wide

    def _solve(self, problem: Qubo | BinaryProgram | DomainProblem, run: Run) -> Array:
        edits = violations = 0
        for restart in run.steps(self.restarts, "restart"):
            shrunk = shrink(
                problem, self.settings, encoding=self._encoding(problem, restart, run), helper=run
            )
            if restart == 0:
                self._begin(shrunk, run)
            for row in shrunk.trace.rows():
                run.record(restart=restart, **row)
            before = run.best_rank
            repaired, broken = self._sample(problem, shrunk, restart, run)
            violations = max(violations, broken)
            if run.best_rank != before:
                edits = repaired
        run.spent(raw_violations=violations, repair_edits=edits, polish_gain=self._polished(problem, run))
        return run.best

    def _encoding(self, problem: Qubo | BinaryProgram | DomainProblem, restart: int, run: Run) -> Encoding:
        """Return the encoding of a restart: the first as given, the others scattered where rows are soft."""
        if restart == 0 or type(self.encoding) is not SlackFreeEncoding or isinstance(problem, Qubo):
            return self.encoding
        program = problem if isinstance(problem, BinaryProgram) else problem.program
        if not any(kind in SOFT for kind in program.constraints.classes):
            return self.encoding
        return ScatteredEncoding(self.encoding.curvature, seed=run.seed())

    def _begin(self, shrunk: ShrunkProblem, run: Run) -> None:
        """Report the widths, and the bound of the linear relaxation where the objective is linear."""
        program = shrunk.program
        run.spent(qubits=shrunk.qubits, **_width_with_slack(program))
        if len(program.constraints) and program.objective.num_couplings == 0:
            run.bound(linear_bound(program).value)
        trace = shrunk.trace
        run.note(
            f"{trace.width} bits shrunk to {shrunk.qubits}: {trace.count('merge')} merged, "
            f"{trace.count('fix')} fixed, {trace.count('implied') + trace.count('free')} implied, "
            f"{trace.count('vetoed')} vetoes, {trace.count('undone')} undone, "
            f"{trace.calculations} calculations; stopped: {trace.stopped}"
        )

    def _sample(
        self, problem: Qubo | BinaryProgram | DomainProblem, shrunk: ShrunkProblem, restart: int, run: Run
    ) -> tuple[int, int]:
        """Sample what is left and offer everything.

        Returns:
            The edits of the best, 0 if it came as it is; how many rows the sample of least energy breaks.
        """
        samples, counts, told = self._drawn(shrunk, run)
        bits = shrunk.unfold(samples)
        run.offer_all(bits, counts)
        judge = shrunk.program if isinstance(problem, Qubo) else problem
        worth = worth_of(judge, bits, counts, self.repair == "own")
        edits = worth.repair_edits if run.offer(worth.repaired) else 0
        lowest = bits[int(np.argmin(shrunk.qubo.energies(samples)))]
        broken = broken_rows(shrunk.program, lowest)
        null_bits = shrunk.unfold(uniform_bits(shrunk.qubits, int(counts.sum()), run.seed()))
        null = worth_of(judge, null_bits, np.ones(len(null_bits)), self.repair == "own")
        figures = {"": worth, "null_": null}
        row: dict[str, float] = {}
        for name, found in figures.items():
            raw, repaired = judge.judge(found.raw), judge.judge(found.repaired)
            row |= {
                f"{name}objective": raw.objective, f"{name}violation": raw.violation,
                f"{name}repaired_objective": repaired.objective,
                f"{name}feasible_share": found.feasible_share,
            }  # fmt: skip
        run.record(
            restart=restart, width=shrunk.trace.width, qubits=shrunk.qubits, stopped=shrunk.trace.stopped,
            samples=float(counts.sum()), raw_violations=broken, repair_edits=edits, **row,
        )  # fmt: skip
        if restart == 0:
            run.note(f"{told}; {_story(row, self.repair == 'own')}")
        return edits, broken

    def _drawn(self, shrunk: ShrunkProblem, run: Run) -> tuple[Array, Array, str]:
        """Return samples ``[S, k]``, their counts, and who drew them; of no qubits there is one."""
        if shrunk.qubits == 0:
            return np.zeros((1, 0), dtype=np.uint8), np.ones(1), "nothing was left to sample"
        sampler = self._sampler(shrunk.qubits)
        result = run.solve(sampler, shrunk.qubo)
        bits = result.solution[None] if result.candidates is None else result.candidates
        counts = np.ones(len(bits)) if result.counts is None else result.counts
        return bits, counts, f"sampled by {type(sampler).__name__}: {result.message}"

    def _polished(self, problem: Qubo | BinaryProgram | DomainProblem, run: Run) -> float:
        """Descend once from the best answer; return by how much it is better."""
        if self.polish == "none" or run.out_of_time():
            return 0.0
        before = problem.judge(run.best)
        descent = LocalSearch(restarts=1, iterations=1, start=tuple(run.best.astype(int).tolist()))
        found = run.solve(descent, problem)
        if not run.offer(found.solution):
            return 0.0
        return abs(problem.judge(run.best).objective - before.objective)


def _story(row: dict[str, float], repaired: bool) -> str:
    """Say what the samples were worth, beside uniform bits."""

    def shown(name: str) -> str:
        text = f"raw {number(row[f'{name}objective'])}"
        text += "" if row[f"{name}violation"] == 0 else " (infeasible)"
        return text + (f", repaired {number(row[f'{name}repaired_objective'])}" if repaired else "")

    return f"best sample {shown('')}; as many uniform bits on the same qubits: {shown('null_')}"


def _width_with_slack(program: BinaryProgram) -> dict[str, float]:
    """The width that slack bits would have needed; nothing where a row cannot have them."""
    try:
        return {"qubits_with_slack": SlackEncoding().qubits(program)}
    except Infeasible:
        raise
    except ProblemError:
        return {}
