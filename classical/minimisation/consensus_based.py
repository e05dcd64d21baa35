"""Consensus-based optimization: a swarm that drifts to its weighted mean, and less randomly the closer it is.

References: Pinnau, Totzeck, Tse, Martin 2017; anisotropic noise, whose needs do not grow with the dimension,
and batches of particles: Carrillo, Jin, Li, Zhu, arXiv 1909.09249; memory and gradients: Riedl, arXiv
2211.12184; its reading as stochastic gradient descent: Riedl, Klock, Geldhauser, Fornasier, arXiv 2306.09778.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from classical.minimisation.consensus_point import (
    alpha_for,
    consensus_of,
    effective_size,
    gibbs_weights,
    grown_alpha,
)
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
from problems.minimisation import Minimisation, Values
from problems.run import Run

ISOTROPIC_UP_TO = 10  # coordinates; beyond them isotropic noise outweighs the drift


@dataclass(frozen=True)
class ConsensusBasedOptimization(Solver[Minimisation, Array]):
    """Minimise with values alone, one population a step: barriers are crossed and batches run side by side.

    Each particle X moves by −λ D Δt + σ √Δt N(D) ξ, with D = X − v and v the swarm's mean under the weights
    exp(−α E). Coordinates with a period are not wrapped. A history row is a step; the last one has the answer
    and the best particle. Interrupted on an exact problem, the best particle is what remains.

    Attributes:
        evaluations: How many values at most, those of ``polish`` and those that measure the answer included.
        particles: N ≥ 2; fewer, with a note, where the budget does not hold five populations.
        steps: K at most.
        time_step: Δt.
        drift: λ; λ Δt is at most 2, beyond it the mean is unstable.
        noise_strength: σ.
        noise_decay: Factor on σ from step to step, anew after a restart.
        noise: "isotropic", N(D) = ‖D‖; "anisotropic", N(D) = |D| by coordinate; None takes the former up to
            10 coordinates.
        alpha: α, per unit of the objective.
        alpha_growth: Factor on α from step to step, anew after a restart.
        effective_share: Choose α anew in each step, such that the weights' effective size is this share
            of the particles; None keeps to ``alpha``.
        noise_cap: On noisy problems α times the typical standard error stays below this; None for no cap.
        batch_particles: So many particles, drawn at random, are evaluated and moved in a step; None for all.
        memory: Strength of a drift to each particle's own best point; the consensus is then that of these
            points. None keeps no memory.
        gradient_drift: γ of a drift −γ ∇E Δt, for problems that give gradients.
        start: The law of the first particles.
        tolerance: Largest extent of the swarm along a coordinate at which it has collapsed.
        restarts: How often a collapsed swarm is scattered anew; the lowest consensus is kept.
        polish: An optimizer that goes on from the answer with the last part of the budget: its own
            ``evaluations``.
        answer: The "consensus" point, or the "best" particle that was evaluated.
    """

    evaluations: int = 60_000
    particles: int = 200
    steps: int = 250
    time_step: float = 0.01
    drift: float = 1.0
    noise_strength: float = 1.6
    noise_decay: float = 1.0
    noise: Literal["isotropic", "anisotropic"] | None = None
    alpha: float = 100.0
    alpha_growth: float = 1.0
    effective_share: float | None = None
    noise_cap: float | None = 1.0
    batch_particles: int | None = None
    memory: float | None = None
    gradient_drift: float = 0.0
    start: Scatter = field(default_factory=Scatter)
    tolerance: float = 1e-6
    restarts: int = 0
    polish: Solver[Minimisation, Array] | None = None
    answer: Answer = "consensus"

    def __post_init__(self):
        for name, low in (("evaluations", 4), ("particles", 2), ("steps", 1), ("restarts", 0)):
            check_integer(name, getattr(self, name), low)
        for name in ("time_step", "drift", "alpha", "alpha_growth"):
            check_number(name, getattr(self, name), 0.0, open_low=True)
        check_number("noise_decay", self.noise_decay, 0.0, 1.0, open_low=True)
        for name in ("noise_strength", "gradient_drift", "tolerance"):
            check_number(name, getattr(self, name), 0.0)
        if self.drift * self.time_step > 2:
            raise ProblemError("drift", self.drift, f"at most 2 / time_step = {2 / self.time_step:g}")
        check_choice("noise", self.noise, ("isotropic", "anisotropic", None))
        check_choice("answer", self.answer, ("consensus", "best"))
        if self.effective_share is not None:
            check_number("effective_share", self.effective_share, 0.0, 1.0, open_low=True)
        if self.noise_cap is not None:
            check_number("noise_cap", self.noise_cap, 0.0, open_low=True)
        if self.batch_particles is not None:
            check_integer("batch_particles", self.batch_particles, 2, self.particles)
        if self.memory is not None:
            check_number("memory", self.memory, 0.0)
        if not isinstance(self.start, Scatter):
            raise ProblemError("start", self.start, "a Scatter")
        check_polish(self.polish, self.evaluations)

    def unsuitable(self, problem: Minimisation) -> str | None:
        """Refuse a start outside the bounds, missing gradients, and what the inner optimizer cannot take."""
        if self.gradient_drift and not problem.differentiable:
            return "gradient_drift needs gradients, and the problem gives none"
        return self.start.unsuitable(problem) or polish_unsuitable(self.polish, problem)

    def _solve(self, problem: Minimisation, run: Run) -> Array:
        choices = 2 if self.restarts else 0
        evaluations = SwarmEvaluations(
            problem, run, self.evaluations, self.particles, self.steps, self.polish, choices
        )
        swarm = Swarm(self.start.draw(problem, run, evaluations.particles))
        earlier: list[tuple[float, Array]] = []  # what swarms that collapsed agreed on, with its value
        with evaluations:
            for _ in run.steps(self.steps, "CBO step"):
                rows = self._rows(len(swarm.points), run)
                values = evaluations.population(swarm.points[rows], gradient=self.gradient_drift > 0)
                consensus = self._consent(swarm, rows, values, evaluations)
                if swarm.extent <= self.tolerance:
                    if len(earlier) < self.restarts:
                        earlier.append((float(np.nanmean(values.mean)), consensus))
                        swarm.scatter(self.start.draw(problem, run, evaluations.particles))
                        continue
                    if run.converged(True, f"the swarm's extent fell to {swarm.extent:.1e}"):
                        break
                swarm.points[rows] = evaluations.clipped(self._moved(swarm, rows, values, run.rng))
                swarm.age += 1
        if swarm.consensus is None:
            return evaluations.settle()
        points = [min(earlier, key=lambda pair: pair[0])[1]] if earlier else []
        return evaluations.close(evaluations.lowest_of([*points, swarm.consensus]), self.answer)

    def _rows(self, count: int, run: Run) -> Array:
        """The particles of this step."""
        if self.batch_particles is None or self.batch_particles >= count:
            return np.arange(count)
        return run.rng.permutation(count)[: self.batch_particles]

    def _consent(self, swarm: Swarm, rows: Array, values: Values, evaluations: SwarmEvaluations) -> Array:
        """Compute the consensus from the particles of this step, before any of them moves."""
        swarm.remember(rows, values.mean)
        points, energies = swarm.points[rows], values.mean
        if self.memory is not None:
            points, energies = swarm.best_points[rows], swarm.best_energies[rows]
        grown = grown_alpha(self.alpha, self.alpha_growth, swarm.age)
        alpha = alpha_for(energies, values.error, grown, self.effective_share, self.noise_cap)
        weights = gibbs_weights(energies, alpha)
        swarm.consensus = consensus_of(points, weights)
        evaluations.stand(swarm.consensus)
        least, size = float(np.nanmin(values.mean)), effective_size(weights)
        evaluations.record(swarm.consensus, least, spread=swarm.extent, alpha=alpha, effective_size=size)
        return swarm.consensus

    def _moved(self, swarm: Swarm, rows: Array, values: Values, rng: np.random.Generator) -> Array:
        points, strength = swarm.points[rows], self.noise_strength * self.noise_decay**swarm.age
        noise = self.noise or ("isotropic" if points.shape[1] <= ISOTROPIC_UP_TO else "anisotropic")
        assert swarm.consensus is not None
        moved = stepped(points, swarm.consensus, self.drift, strength, self.time_step, noise, rng)
        if self.memory:
            moved -= self.memory * self.time_step * (points - swarm.best_points[rows])
        if self.gradient_drift:
            assert values.gradient is not None
            slopes = np.where(np.isfinite(values.gradient), values.gradient, 0.0)
            moved -= self.gradient_drift * self.time_step * slopes
        return moved


class Swarm:
    """The state of a swarm: points ``[N, P]``, each particle's own best point, the latest consensus, and the
    steps since it was scattered.
    """

    def __init__(self, points: Array):
        self.consensus: Array | None = None
        self.scatter(points)

    def scatter(self, points: Array) -> None:
        """Begin anew at other points, without a memory of the old ones."""
        self.points, self.best_points = points, points.copy()
        self.best_energies = np.full(len(points), np.inf)
        self.age = 0

    def remember(self, rows: Array, energies: Array) -> None:
        """Keep the points of these particles whose energies ``[B]`` are lower than any of theirs before."""
        better = rows[energies < self.best_energies[rows]]
        self.best_points[better] = self.points[better]
        self.best_energies[rows] = np.fmin(self.best_energies[rows], energies)

    @property
    def extent(self) -> float:
        """The largest range of a coordinate: the swarm's diameter in the maximum norm."""
        return float(np.ptp(self.points, axis=0).max())


def stepped(
    points: Array, consensus: Array, drift: float, strength: float, time_step: float,
    noise: Literal["isotropic", "anisotropic"], rng: np.random.Generator,
) -> Array:  # fmt: skip
    """Return points ``[N, P]`` one Euler–Maruyama step later; all of them see the one consensus ``[P]``.

    Isotropic noise is a Gaussian vector times the distance to the consensus, anisotropic noise one times the
    distance in each coordinate.
    """
    away = points - consensus
    scale = np.linalg.norm(away, axis=1, keepdims=True) if noise == "isotropic" else np.abs(away)
    kick = strength * np.sqrt(time_step) * scale * rng.normal(size=points.shape)
    return points - drift * time_step * away + kick
