"""The outer loop of ``SlackFree``: sample, judge, bound, learn, and say what happened."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hybrid.lagrangian.ascent import Ascent, maximise_dual
from hybrid.lagrangian.bound import DualFunction, rounded_inward
from hybrid.lagrangian.dual.augmented_lagrangian import Augmentation, AugmentedLagrangian
from hybrid.lagrangian.incumbents import Incumbents
from hybrid.lagrangian.oracle import Answer, ExactOracle
from hybrid.lagrangian.sampling import Sampler, Samples
from problems.binary.domain import DomainProblem
from problems.binary.encodings import SlackEncoding
from problems.binary.linear_form import linear_form
from problems.binary.presolve.fixing import FREE
from problems.binary.presolve.reduced_cost_fixing import priced_out
from problems.binary.program import BinaryProgram
from problems.binary.relaxation import integral_objective
from problems.errors import Infeasible, ProblemError
from problems.report import number
from problems.run import Run

if TYPE_CHECKING:
    from hybrid.lagrangian.slack_free import SlackFree


class OuterLoop:
    """One run: the scaled program, the terms of its surrogate, and what was found."""

    def __init__(self, solver: SlackFree, problem: BinaryProgram | DomainProblem, run: Run):
        self.solver, self.run = solver, run
        self.prepared = solver.prepared(problem)
        self.model, self.relaxed = self.prepared.model, self.prepared.relaxed
        self.program, self.terms = self.model.program, self.prepared.terms
        self.dual_function = DualFunction(self.model)
        self.found = Incumbents(problem, self.prepared.repair if solver.repair == "own" else None)
        self.sampler = Sampler(solver.inner, self.model, solver.shots, self.prepared.blocks)
        self.bound = -math.inf
        if self.relaxed is not None:
            self._raise_bound(self.program.signed(self.relaxed.value))
        self._carry_over()
        self.ascent = self._begin()
        self.waited = 0
        run.spent(qubits=self.model.n, **width_with_slack(self.program))

    # The first numbers

    def _carry_over(self) -> None:
        start = self.solver.start
        if start is None:
            return
        last = start.history[-1]
        penalties = np.asarray(last["penalties"], dtype=float)
        multipliers = self.model.from_prices(np.array(last["multipliers"]))
        active = self.terms.active | (np.asarray(last["active"]) > 0)
        carried = replace(self.terms, multipliers=multipliers, penalties=penalties, active=active)
        self.terms = self.prepared.without_kept(carried)
        try:
            self.sampler.go_on_from(last.get("angles", ()))
        except ProblemError:
            self.run.note("the earlier angles do not fit the inner solver, which starts on its own")
        bits = np.asarray(start.solution, dtype=np.uint8)
        if bits.shape == (self.model.n,):
            self.found.take(bits[None], np.ones(1), self.run)

    def _begin(self) -> Ascent:
        dual = self.solver.dual
        if isinstance(dual, AugmentedLagrangian):
            return dual.begin_at(self.terms, self.model.equality)
        return dual.begin(self.terms.multipliers, self.model.equality)

    # One iteration

    def learn_exactly(self) -> None:
        """Find the best multipliers with an exact minimiser, and keep them for one surrogate."""
        oracle = ExactOracle(self.model)
        steps = self.run.steps(self.solver.dual_calls, "call")
        reached = maximise_dual(self.solver.dual, oracle, self.terms.multipliers, steps)
        terms = self.solver.surrogate.begin(self.model, reached.multipliers, self.prepared.slack)
        self.terms = self.prepared.without_kept(terms)
        self.run.spent(exact_minimisations=oracle.calls)
        self.run.note(f"the dual ended after {oracle.calls} exact minimisations: {reached.why}")

    def iterate(self, step: int) -> bool:
        """Sample once, learn once; returns whether the run is over."""
        before = self.bound, self.found.value
        certified = (
            self.dual_function.value(self.terms.multipliers) if self.solver.surrogate.lagrangian else None
        )
        if certified is not None:
            self._raise_bound(certified.value)
        samples = self.sampler.draw(self.solver.surrogate.form(self.model, self.terms), self.run)
        share = self.found.take(samples.bits, samples.counts, self.run)
        answer = self._answer(samples)
        self._record(step, answer, share, certified)
        if self.solver.fix and self._fix():
            return True
        if self._proved():
            return True
        self._learn(answer, samples)
        self.waited = self.waited + 1 if (self.bound, self.found.value) == before else 0
        settled = self.ascent.settled()
        if settled is not None and self.run.converged(True, settled):
            return True
        return self.run.converged(
            self.waited >= self.solver.patience,
            f"neither bound nor incumbent changed in {self.solver.patience} iterations",
        )

    def offer_unsampled(self) -> None:
        """Offer what needs no sample, if nothing else was found and repair is wanted."""
        if self.run.best_rank is None and self.found.repair is not None:
            for bits in self.prepared.unsampled:
                self.run.offer(bits)
            self.run.note("no sample came in: the answer is the rounded relaxation after repair")

    def _answer(self, samples: Samples) -> Answer:
        bits = samples.bits[0]
        return Answer(
            self.terms.multipliers, bits, float(self.model.form.values(bits)), samples.excess[0],
            samples.mean_excess, self.found.value / self.model.unit, False, samples.shots,
        )  # fmt: skip

    def _learn(self, answer: Answer, samples: Samples) -> None:
        self.ascent.tell(answer)
        multipliers = self.ascent.multipliers
        penalties = self.terms.penalties if self.ascent.penalties is None else self.ascent.penalties
        moved = replace(self.terms, multipliers=multipliers, penalties=penalties)
        best = self.found.best
        excess = None if best is None else self.model.excess(best)
        terms = self.solver.surrogate.refocus(self.model, moved, samples.mean_excess, excess)
        self.terms = self.prepared.without_kept(terms)
        if isinstance(self.ascent, Augmentation):
            self.ascent.active = self.terms.active

    def _raise_bound(self, value: float) -> None:
        """Take a certified value of the minimised objective."""
        value = rounded_inward(self.model, value)
        if value > self.bound:
            self.bound = value
            self.run.bound(self.program.signed(value))

    def _proved(self) -> bool:
        value = self.found.value
        proved = math.isfinite(value) and value <= self.bound + 1e-9 * max(1.0, abs(self.bound))
        return self.run.converged(proved, "the incumbent meets the certified bound")

    def _fix(self) -> bool:
        """Fix bits by reduced costs; returns whether none is left, so that the incumbent is optimal."""
        if not self.dual_function.separable or not math.isfinite(self.found.value):
            return False
        better = self.found.value - (1.0 if integral_objective(self.program) else 0.0)
        rows = self.program.constraints
        at = self.terms.multipliers if self.relaxed is None else self.model.from_prices(self.relaxed.prices)
        prices = self.model.prices(self.model.projected(at))
        signed = np.where(rows.is_at_least, prices, -prices)
        values = priced_out(self.program, linear_form(self.program), signed, better)
        self.sampler.values = np.where(values == FREE, self.sampler.values, values)
        if np.any(self.sampler.values == FREE):
            return False
        point = np.asarray(self.sampler.values, dtype=np.uint8)
        self.found.take(point[None], np.ones(1), self.run)  # all that could still be better
        if integral_objective(self.program):
            self._raise_bound(self.found.value)
        return self.run.converged(True, "reduced costs leave no better solution")

    # What is told

    def _record(self, step: int, answer: Answer, share: float, certified: Any) -> None:
        signed = self.program.signed
        self.run.record(
            step=step,
            objective=_shown(signed(self.found.value)),
            theta=signed(answer.value * self.model.unit),
            bound=None if certified is None else signed(rounded_inward(self.model, certified.value)),
            bound_tier="heuristic" if certified is None else certified.tier,
            multipliers=tuple(self.model.prices(self.terms.multipliers).tolist()),
            penalties=tuple(self.terms.penalties.tolist()),
            active=tuple(int(a) for a in self.terms.active),
            violation=float(np.linalg.norm(answer.mean_excess)),
            feasible_share=share,
            raw=_shown(signed(self.found.raw_value)),
            repaired=_shown(signed(self.found.repaired_value)),
            free=int(np.count_nonzero(self.sampler.values == FREE)),
            pareto=tuple(map(tuple, (self.found.pareto * (1.0, signed(1.0))).tolist())),
            **({} if self.sampler.angles is None else {"angles": self.sampler.angles}),
        )

    def close(self) -> None:
        """Say what raw samples and repair have each reached, and whether the sampler did anything."""
        self.offer_unsampled()
        found, signed = self.found, self.program.signed
        raw = "none" if found.raw is None else number(signed(found.raw_value))
        if found.repair is None:
            self.run.note(f"best feasible sample: {raw}")
        else:
            repaired = "none" if found.repaired is None else number(signed(found.repaired_value))
            self.run.note(f"best feasible sample: {raw}, best after repair: {repaired}")
        if self.sampler.asked and not self.sampler.at_work:
            self.run.note(
                "the sampler did nothing: its samples have no lower energy than random bits, so the answer is"
                " the repair's"
            )


def width_with_slack(program: BinaryProgram) -> dict[str, float]:
    """Return the width that slack bits would have needed; nothing where a row cannot have them."""
    try:
        return {"qubits_with_slack": SlackEncoding().qubits(program)}
    except Infeasible:
        raise
    except ProblemError:
        return {}


def _shown(value: float) -> float:
    return value if math.isfinite(value) else math.nan
