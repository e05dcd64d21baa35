"""Slack-free Lagrangian optimisation: constraints by multipliers that are learnt from samples of a QUBO.

Reference: Sharma and Lau, "Cutting Slack: Quantum Optimization with Slack-Free Methods for Combinatorial
Benchmarks", arXiv 2507.12159.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from classical.binary.annealing import SimulatedAnnealing
from classical.binary.as_program import as_program
from hybrid.lagrangian.ascent import DualMethod
from hybrid.lagrangian.bound import EXHAUSTIVE_LIMIT
from hybrid.lagrangian.dual.augmented_lagrangian import AugmentedLagrangian
from hybrid.lagrangian.dual.violation_steps import ViolationSteps
from hybrid.lagrangian.lazily import solve_lazily
from hybrid.lagrangian.outer_loop import OuterLoop
from hybrid.lagrangian.preparation import Preparation
from hybrid.lagrangian.sampling import null_moments
from hybrid.lagrangian.surrogates import Centred, Linear, PricedProducts, Surrogate
from problems.binary.domain import DomainProblem
from problems.binary.lazy_program import LazyProgram
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo
from problems.checking import check_choice, check_integer, frozen_array
from problems.contract import Array, Result, Solver
from problems.errors import NothingFound, ProblemError
from problems.fitting import refusal
from problems.run import Run


def short_annealing() -> SimulatedAnnealing:
    """Return annealing that stops warm: 30 sweeps from 0.5 to 0.02 standard deviations of the energy.

    A colder end loses the variety that feasible samples come from, a warmer one their quality.
    """
    return SimulatedAnnealing(restarts=64, sweeps=30, snapshots=0, hot=0.5, cold=0.02)


@dataclass(frozen=True)
class SlackFree(Solver[BinaryProgram | DomainProblem | LazyProgram, Array]):
    """Solve a program on its own bits: sample a surrogate, judge and repair, learn multipliers, repeat.

    The bound is that of the Lagrangian, certified by an exact or a relaxed minimum (``bound_tier`` in the
    history), never by samples: those lie above the dual function. On rows without products it cannot pass
    the bound of the linear relaxation. Equalities such as one-hot rows gain nothing from multipliers:
    ``one_hot="mixer"`` leaves them to the XY mixer of ``Qaoa``, and prices the other rows alone.

    The history has a row per iteration: ``theta`` (the surrogate's Lagrangian at its lowest sample, no
    bound), ``bound`` and ``bound_tier``, ``multipliers`` in units of the objective per unit of each
    right-hand side, ``penalties`` in scaled units, ``violation`` (‖v‖ of the rows' mean excess),
    ``feasible_share``, the best ``raw`` and ``repaired`` objective so far, NaN before there is one,
    ``pareto`` (violation and objective of the samples that no other beats in both), and the ``angles`` of an
    inner solver that trains some.

    A ``LazyProgram``, such as a tour by its edges, is sampled in rounds: each has the rows that earlier
    samples broke, and ``iterations`` of its own; ``round`` and ``rows`` stand in the history.

    ``estimate`` counts all ``iterations``, so it is an upper bound for a run that converges or that proves
    its answer earlier.

    Attributes:
        inner: Solves each surrogate, a QUBO of standard deviation 1 over uniform bits.
        dual: How multipliers are learnt.
        surrogate: How rows enter the QUBO.
        iterations: Most surrogates to sample.
        shots: Samples of each, set on the inner solver where it has a field for it; None leaves its own.
        multipliers: "lp" begins at the prices of the linear relaxation, "zero" at 0; or numbers ``[m]`` in
            the program's units, ≥ 0 for inequalities.
        repair: "own" repairs every sample besides, in the problem's own way, and by price on
            capacities; "none" takes samples as they are.
        one_hot: "multipliers" treats one-hot rows as any equality; "mixer" makes disjoint ones blocks of the
            QUBO, which the inner solver must keep, as ``Qaoa()`` does.
        fix: Fix bits whose reduced cost shows that no better solution has the other value.
        two_phase: Learn the multipliers from an exact minimiser by ``dual``, then sample one surrogate.
        dual_calls: Most calls of the exact minimiser in the first of two phases.
        patience: Iterations without a change of bound and incumbent after which it ends.
        start: An earlier result of this solver, whose last multipliers, penalties and angles carry over.
    """

    inner: Solver[Qubo, Array] = field(default_factory=short_annealing)
    dual: DualMethod = field(default_factory=AugmentedLagrangian)
    surrogate: Surrogate = field(default_factory=Centred)
    iterations: int = 15
    shots: int | None = 64
    multipliers: Literal["lp", "zero"] | tuple[float, ...] = "lp"
    repair: Literal["own", "none"] = "own"
    one_hot: Literal["multipliers", "mixer"] = "multipliers"
    fix: bool = False
    two_phase: bool = False
    dual_calls: int = 500
    patience: int = 8
    start: Result[Any] | None = None

    def __post_init__(self):
        for name, kind in (("dual", DualMethod), ("surrogate", Surrogate)):
            value = getattr(self, name)
            if not isinstance(value, kind):
                raise ProblemError(name, value, f"a {kind.__name__} such as {_EXAMPLES[name]}")
        check_integer("iterations", self.iterations, 1)
        check_integer("dual_calls", self.dual_calls, 1)
        check_integer("patience", self.patience, 1)
        check_choice("repair", self.repair, ("own", "none"))
        check_choice("one_hot", self.one_hot, ("multipliers", "mixer"))
        if self.fix and self.one_hot == "mixer":
            raise ProblemError("fix", True, 'False with one_hot="mixer"', "a fixed bit would leave its block")
        if self.shots is not None:
            check_integer("shots", self.shots, 1)
        if isinstance(self.multipliers, str):
            check_choice("multipliers", self.multipliers, ("lp", "zero"))
        else:
            frozen_array("multipliers", self.multipliers, shape=(None,))
        if self.start is not None and not (
            isinstance(self.start, Result) and self.start.history and "multipliers" in self.start.history[-1]
        ):
            raise ProblemError("start", type(self.start).__name__, "an earlier result of SlackFree")
        self._check_pair()

    def _check_pair(self) -> None:
        """Refuse a dual method that means nothing with the surrogate."""
        name = type(self.surrogate).__name__
        if self.dual.cuts and not self.two_phase and not isinstance(self.surrogate, Linear):
            raise ProblemError(
                "dual", type(self.dual).__name__, f"a method without cutting planes on {name}",
                "cuts are answers of the Lagrangian: take surrogate=Linear(), or two_phase=True",
            )  # fmt: skip
        if isinstance(self.surrogate, PricedProducts) != isinstance(self.dual, ViolationSteps):
            raise ProblemError(
                "dual", type(self.dual).__name__, "ViolationSteps() exactly with PricedProducts()"
            )
        if self.two_phase and isinstance(self.dual, AugmentedLagrangian | ViolationSteps):
            raise ProblemError(
                "dual", type(self.dual).__name__, "a bound method such as ProximalBundle() with two_phase"
            )

    def unsuitable(self, problem: BinaryProgram | DomainProblem | LazyProgram) -> str | None:
        """Refuse rows that the surrogate cannot express or settings of another size; ask the inner solver."""
        program = as_program(problem)
        rows = program.constraints
        if isinstance(problem, LazyProgram) and (self.start is not None or self.one_hot == "mixer"):
            return "start and one_hot='mixer' are for programs whose rows are all known"
        if isinstance(self.surrogate, PricedProducts) and any(kind != "packing" for kind in rows.classes):
            return "PricedProducts() takes rows Σx <= 1 alone; Centred() takes any"
        if self.two_phase and not (program.objective.num_couplings == 0 or program.n <= EXHAUSTIVE_LIMIT):
            return (
                f"two_phase minimises exactly, and products of more than {EXHAUSTIVE_LIMIT} bits are too many"
            )
        if self.one_hot == "mixer" and "one_hot" not in rows.classes:
            return "no row of the problem is one-hot, so there is nothing to leave to a mixer"
        for name, values in self._given():
            if len(values) != len(rows):
                return f"its {name} holds {len(values)} multipliers, and the problem has {len(rows)} rows"
            if np.any((np.asarray(values) < 0) & ~rows.is_equality):
                return f"its {name} holds a negative multiplier of an inequality"
        why = refusal(self.inner, self.qubo(problem))  # its terms are what circuits are compiled for
        return None if why is None else f"its inner {type(self.inner).__name__} says: {why}"

    def _given(self) -> list[tuple[str, tuple[float, ...]]]:
        given = [] if isinstance(self.multipliers, str) else [("multipliers", self.multipliers)]
        return given + ([] if self.start is None else [("start", self.start.history[-1]["multipliers"])])

    def qubo(self, problem: BinaryProgram | DomainProblem | LazyProgram) -> Qubo:
        """Return the first surrogate, a QUBO on the problem's own bits of standard deviation 1."""
        prepared = self.prepared(problem)
        form = self.surrogate.form(prepared.model, prepared.terms)
        _, spread = null_moments(form, prepared.blocks)
        return Qubo(form.scaled(1.0 / spread), prepared.model.program.names, one_hot=prepared.blocks)

    def prepared(self, problem: BinaryProgram | DomainProblem | LazyProgram) -> Preparation:
        """Return what a run begins with."""
        known = problem.program if isinstance(problem, LazyProgram) else problem
        return Preparation.of(known, self.surrogate, self.multipliers, self.one_hot == "mixer")

    def _solve(self, problem: BinaryProgram | DomainProblem | LazyProgram, run: Run) -> Array:
        if isinstance(problem, LazyProgram):
            return solve_lazily(self, problem, run)
        loop = OuterLoop(self, problem, run)
        try:
            self._iterate(loop, run)
        except KeyboardInterrupt:
            loop.offer_unsampled()  # what the bound was found with is an answer too
            raise
        loop.close()
        return run.best

    def _iterate(self, loop: OuterLoop, run: Run) -> None:
        iterations = 1 if self.two_phase else self.iterations
        if self.two_phase:
            loop.learn_exactly()
        for step in run.steps(iterations, "iteration"):
            try:
                if loop.iterate(step):
                    return
            except NothingFound:
                if not run.out_of_time():
                    raise
                return  # the deadline fell inside the inner solver: what earlier iterations found stands


_EXAMPLES = {"dual": "AugmentedLagrangian()", "surrogate": "Centred()"}
