"""Descent of a composite problem in its parameters: one dear gradient for every step.

References: Robbins, Monro 1951 (SGD); Vaswani et al., arXiv 1905.09997 (stochastic Armijo); Kingma, Ba, arXiv
1412.6980 (Adam); Duchi, Hazan, Singer 2011 (Adagrad); Johnson, Zhang 2013 (SVRG).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from classical.minimisation.inner_solvers import TRIALS, Armijo
from classical.minimisation.schedules import SCHEDULES, Schedule, scheduled
from classical.minimisation.target_oracle import TargetOracle, refusal
from problems.checking import check_choice, check_integer, check_number
from problems.contract import Array, Solver
from problems.errors import ProblemError
from problems.minimisation.composite import CompositeProblem
from problems.run import Run

Rule = Literal["sgd", "armijo", "adam", "adagrad", "svrg"]
RULES = ("sgd", "armijo", "adam", "adagrad", "svrg")
TINY = 1e-8  # keeps a step finite where all slopes vanished


@dataclass(frozen=True)
class CompositeDescent(Solver[CompositeProblem, Array]):
    """Minimise a composite problem by gradient steps on θ; the answer is the last iterate.

    Attributes:
        evaluations: Calls of the loss at most, gradients and line-search values alike, one batch each; a
            call on all rows counts as many batches as it has.
        rule: "sgd" (with all rows: gradient descent), "armijo" (backtracking on the batch), "adam",
            "adagrad", or "svrg" (its anchor is renewed after every epoch).
        rate: Length of steps, the first trial of "armijo", or "1/L" (of h in θ; a linear model).
        schedule: Of the rate: "constant", "sqrt" (rate/√t) or "exp" (down to rate/T).
        batch: Rows of a batch; None for all.
        first: Adam's decay of the average of slopes, β₁.
        second: Adam's decay of the average of their squares, β₂.
        armijo: Of the backtracking.
        judged_every: Record h and the judge's metrics of every so many iterates, for curves; not paid for,
            and nothing depends on it.
    """

    evaluations: int = 200
    rule: Rule = "sgd"
    rate: float | Literal["1/L"] = 0.1
    schedule: Schedule = "constant"
    batch: int | None = None
    first: float = 0.9
    second: float = 0.999
    armijo: Armijo = Armijo()
    judged_every: int = 0

    def __post_init__(self):
        check_integer("evaluations", self.evaluations, 1)
        check_integer("judged_every", self.judged_every, 0)
        check_choice("rule", self.rule, RULES)
        check_choice("schedule", self.schedule, SCHEDULES)
        if self.batch is not None:
            check_integer("batch", self.batch, 1)
        if self.rate != "1/L":
            if isinstance(self.rate, str):
                raise ProblemError("rate", self.rate, "a positive number or '1/L'")
            check_number("rate", self.rate, 0.0, open_low=True)
        for name in ("first", "second"):
            check_number(name, getattr(self, name), 0.0, 1.0 - 1e-12)

    def unsuitable(self, problem: CompositeProblem) -> str | None:
        """Refuse "1/L" where h's smoothness in θ is not known, and an anchor that the budget cannot pay."""
        if self.rate == "1/L" and (problem.smoothness is None or not problem.linear):
            return "rate='1/L' needs a linear model and the loss's smoothness; give a number"
        if self.rule == "svrg":
            if type(problem).at is not CompositeProblem.at:
                return "rule='svrg' keeps an anchor on all rows, and the problem's rows change at every step"
            if self.evaluations <= self._epoch(problem):
                return f"rule='svrg' pays {self._epoch(problem)} calls for its anchor; raise evaluations"
        return refusal(problem, self.batch)

    def _epoch(self, problem: CompositeProblem) -> int:
        return max(1, -(-problem.count // (self.batch or problem.count)))

    def _solve(self, problem: CompositeProblem, run: Run) -> Array:
        oracle = TargetOracle(problem, run, self.evaluations, self.batch, self.judged_every)
        rate = rate_of(problem) if self.rate == "1/L" else float(self.rate)
        descent = {
            "sgd": self._plain, "armijo": self._backtracked, "adam": self._adam, "adagrad": self._adagrad,
            "svrg": self._reduced,
        }[self.rule]  # fmt: skip
        with oracle:
            lengths = (scheduled(rate, self.schedule, k, self.evaluations) for k in self._steps(run))
            descent(oracle, run, lengths)
        return oracle.standing

    def _steps(self, run: Run) -> Iterator[int]:
        return run.steps(self.evaluations, f"{self.rule} step")

    def _plain(self, oracle: TargetOracle, run: Run, lengths: Iterator[float]) -> None:
        for length in lengths:
            slope = slope_at(oracle, oracle.standing, oracle.begin(oracle.standing))
            oracle.stand(oracle.standing - length * slope, slope=_norm(slope))

    def _adam(self, oracle: TargetOracle, run: Run, lengths: Iterator[float]) -> None:
        mean, square = np.zeros_like(oracle.standing), np.zeros_like(oracle.standing)
        for k, length in enumerate(lengths, 1):
            slope = slope_at(oracle, oracle.standing, oracle.begin(oracle.standing))
            mean = self.first * mean + (1 - self.first) * slope
            square = self.second * square + (1 - self.second) * slope**2
            spread = np.sqrt(square / (1 - self.second**k))
            move = mean / (1 - self.first**k) / (spread + TINY)
            oracle.stand(oracle.standing - length * move, slope=_norm(slope))

    def _adagrad(self, oracle: TargetOracle, run: Run, lengths: Iterator[float]) -> None:
        square = np.zeros_like(oracle.standing)
        for length in lengths:
            slope = slope_at(oracle, oracle.standing, oracle.begin(oracle.standing))
            square += slope**2
            oracle.stand(oracle.standing - length * slope / (np.sqrt(square) + TINY), slope=_norm(slope))

    def _backtracked(self, oracle: TargetOracle, run: Run, lengths: Iterator[float]) -> None:
        """Try the last accepted length times ``armijo.expand`` first; each trial pays for a value."""
        length = 0.0
        for trial in lengths:
            theta = oracle.standing
            rows, seed = oracle.begin(theta), run.seed()
            z = oracle.targets(theta, rows)
            slope = oracle.pull_back(theta, rows, oracle.gradient(z, rows) / len(rows))
            square = float(slope @ slope)
            before = oracle.value(z, rows, seed)
            length = length * self.armijo.expand if length else trial
            for _ in range(TRIALS):
                moved = theta - length * slope
                wanted = before - self.armijo.sufficient * length * square
                if oracle.value(oracle.targets(moved, rows), rows, seed) <= wanted:
                    theta = moved
                    break
                length *= self.armijo.shrink
            oracle.stand(theta, slope=np.sqrt(square), length=length)

    def _reduced(self, oracle: TargetOracle, run: Run, lengths: Iterator[float]) -> None:
        epoch = self._epoch(oracle.problem)
        anchor, anchored = oracle.standing, np.zeros_like(oracle.standing)
        for k, length in enumerate(lengths):
            if k % epoch == 0:
                anchor = oracle.standing
                anchored = whole_slope(oracle, anchor, self.batch)
            rows = oracle.begin(oracle.standing)
            slope = slope_at(oracle, oracle.standing, rows) - slope_at(oracle, anchor, rows) + anchored
            oracle.stand(oracle.standing - length * slope, slope=_norm(slope))


def slope_at(oracle: TargetOracle, theta: Array, rows: Array) -> Array:
    """Pay for the gradient ``[P]`` of h on a batch."""
    slopes = oracle.gradient(oracle.targets(theta, rows), rows)
    return oracle.pull_back(theta, rows, slopes / len(rows))


def whole_slope(oracle: TargetOracle, theta: Array, batch: int | None) -> Array:
    """Pay for the gradient ``[P]`` of h on all rows, in calls of a batch each."""
    count = oracle.problem.count
    parts = np.array_split(np.arange(count), max(1, -(-count // (batch or count))))
    return np.sum([len(rows) / count * slope_at(oracle, theta, rows) for rows in parts], axis=0)


def rate_of(problem: CompositeProblem) -> float:
    """Return 1/L with L = smoothness · ‖X‖² / n, that of h in the parameters of a linear model."""
    design = problem.design(np.arange(problem.count))
    assert problem.smoothness is not None
    return problem.count / (problem.smoothness * float(np.linalg.norm(design, 2)) ** 2)


def _norm(slope: Array) -> float:
    return float(np.linalg.norm(slope))
