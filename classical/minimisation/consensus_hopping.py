"""Consensus hopping: jump to the consensus of samples around the last point, a soft step down the gradient.

Reference: Riedl, Klock, Geldhauser, Fornasier, arXiv 2306.09778. By Stein's identity the step with infinitely
many samples is x − τ ∇E_s(x) with τ = α s² and E_s(x) = −log E exp(−α E(x + s ξ)) / α. A step moves by about
s √(2 ln N) at most, so it follows the gradient only while z = α s ‖∇E‖ is below about 1.3.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from classical.minimisation.consensus_point import alpha_for, consensus_of, effective_size, gibbs_weights
from classical.minimisation.scatter import Scatter
from classical.minimisation.swarm_evaluations import (
    Answer,
    SwarmEvaluations,
    check_polish,
    polish_unsuitable,
)
from problems.checking import check_choice, check_integer, check_number
from problems.contract import Array, Solver
from problems.errors import ProblemError
from problems.minimisation import Minimisation
from problems.run import Run

SAMPLES_PER_SLOPE = 3  # below so many samples per coordinate a fitted slope is mostly noise


@dataclass(frozen=True)
class ConsensusHopping(Solver[Minimisation, Array]):
    """Minimise with values alone, one population around the latest point a step.

    A history row is a step, with its estimate of z where there are samples enough to fit a slope; the last
    row has the answer and the best sample. Interrupted on an exact problem, the best sample is what remains.

    Attributes:
        evaluations: How many values at most, those of ``polish`` and those that measure the answer included.
        particles: Samples N ≥ 2 of a step; fewer, with a note, where the budget does not hold five steps.
        steps: K at most.
        width: Standard deviation s of the samples.
        decay: Factor on s after every ``decay_every`` steps.
        decay_every: How many steps keep one width.
        alpha: α, per unit of the objective.
        effective_share: Choose α anew in each step, such that the weights' effective size is this share
            of the samples; None keeps to ``alpha``.
        noise_cap: On noisy problems α times the typical standard error stays below this; None for no cap.
        start: The law of the first point.
        polish: An optimizer that goes on from the answer with the last part of the budget: its own
            ``evaluations``.
        answer: The "consensus" point, or the "best" sample that was evaluated.
    """

    evaluations: int = 60_000
    particles: int = 200
    steps: int = 250
    width: float = 0.7
    decay: float = 1.0
    decay_every: int = 100
    alpha: float = 100.0
    effective_share: float | None = None
    noise_cap: float | None = 1.0
    start: Scatter = field(default_factory=Scatter)
    polish: Solver[Minimisation, Array] | None = None
    answer: Answer = "consensus"

    def __post_init__(self):
        for name, low in (("evaluations", 4), ("particles", 2), ("steps", 1), ("decay_every", 1)):
            check_integer(name, getattr(self, name), low)
        for name in ("width", "alpha"):
            check_number(name, getattr(self, name), 0.0, open_low=True)
        check_number("decay", self.decay, 0.0, 1.0, open_low=True)
        if self.effective_share is not None:
            check_number("effective_share", self.effective_share, 0.0, 1.0, open_low=True)
        if self.noise_cap is not None:
            check_number("noise_cap", self.noise_cap, 0.0, open_low=True)
        if not isinstance(self.start, Scatter):
            raise ProblemError("start", self.start, "a Scatter")
        check_choice("answer", self.answer, ("consensus", "best"))
        check_polish(self.polish, self.evaluations)

    def unsuitable(self, problem: Minimisation) -> str | None:
        """Refuse a start outside the bounds, and what the inner optimizer cannot take."""
        return self.start.unsuitable(problem) or polish_unsuitable(self.polish, problem)

    def _solve(self, problem: Minimisation, run: Run) -> Array:
        evaluations = SwarmEvaluations(
            problem, run, self.evaluations, self.particles, self.steps, self.polish
        )
        (point,) = self.start.draw(problem, run, 1)
        with evaluations:
            for k in run.steps(self.steps, "hop"):
                width = self.width * self.decay ** (k // self.decay_every)
                kicks = run.rng.normal(size=(evaluations.particles, problem.dimension))
                samples = evaluations.clipped(point + width * kicks)
                values = evaluations.population(samples)
                alpha = alpha_for(
                    values.mean, values.error, self.alpha, self.effective_share, self.noise_cap
                )  # fmt: skip
                weights = gibbs_weights(values.mean, alpha)
                z = sharpness(samples - point, values.mean, alpha * width)
                point = consensus_of(samples, weights)
                evaluations.stand(point)
                size, least = effective_size(weights), float(np.nanmin(values.mean))
                seen = {} if z is None else {"z": z}
                evaluations.record(point, least, spread=width, alpha=alpha, effective_size=size, **seen)
        return evaluations.close(point, self.answer) if evaluations.used else evaluations.settle()


def sharpness(moves: Array, energies: Array, factor: float) -> float | None:
    """Return factor · ‖∇E‖ with the slope of a plane fitted to energies ``[N]`` at moves ``[N, P]``.

    With the factor α s this is z. None where there are fewer than three samples per coordinate. Unlike the
    length of the hop itself, the fitted slope does not saturate.
    """
    finite = np.isfinite(energies)
    moves, energies = moves[finite], energies[finite]
    if len(energies) < SAMPLES_PER_SLOPE * (moves.shape[1] + 1):
        return None
    slope, *_ = np.linalg.lstsq(moves - moves.mean(axis=0), energies - energies.mean(), rcond=None)
    return factor * float(np.linalg.norm(slope))
