"""QAOA: the quantum approximate optimization algorithm, from a linear ramp, trained by any optimizer.

Reference: Farhi, Goldstone, Gutmann, arXiv 1411.4028; the linear-ramp start after Montañez-Barrera and
Michielsen, arXiv 2405.09169; CVaR after Barkoutsos et al., arXiv 1907.04769.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np

from backends.backend import Backend
from backends.qaoa_ansatz import QaoaAnsatz
from backends.statevector import Statevector
from backends.workload import Expectation, Sampling, Workload
from classical.minimisation.cobyla import Cobyla
from hybrid.variational import CircuitEnergy, lowest_share
from problems.binary.qubo import Qubo
from problems.checking import check_integer, check_number, frozen_array
from problems.contract import Array, Solver
from problems.errors import ProblemError
from problems.minimisation import Minimisation
from problems.report import number
from problems.run import Run


@dataclass(frozen=True)
class LinearRamp:
    """Start from γ_k = Δγ (k + ½)/p over the cost's standard deviation, β_k = −Δβ (1 − (k + ½)/p).

    The grid of slopes is evaluated as one population, and the pair of least energy is taken.

    Attributes:
        gammas: The Δγ to try.
        betas: The Δβ to try.
    """

    gammas: tuple[float, ...] = (1.0, 1.5, 2.2, 3.0)
    betas: tuple[float, ...] = (0.3, 0.5, 0.8)

    def __post_init__(self):
        for name in ("gammas", "betas"):
            if not getattr(self, name):
                raise ProblemError(name, (), "at least one slope")
            for k, value in enumerate(getattr(self, name)):
                check_number(f"{name}[{k}]", value, 0.0, open_low=True)

    def population(self, layers: int) -> Array:
        """Return all starts ``[G, 2p]`` of the grid, betas first, γ in units of 1 / standard deviation."""
        time = (np.arange(layers) + 0.5) / layers
        return np.array([np.r_[-b * (1 - time), g * time] for g in self.gammas for b in self.betas])


@dataclass(frozen=True)
class Qaoa(Solver[Qubo, Array]):
    """Prepare low-energy samples by alternating layers, and judge every sample.

    The candidates of the result are the distinct final samples, with their counts; the last row of the
    history holds the trained angles (``parameters``: β₁…β_p, γ₁…γ_p, as the ansatz takes them), which go back
    in through ``start``.

    Attributes:
        layers: p.
        optimizer: Trains the angles; None keeps the start.
        backend: Where circuits run.
        shots: Samples drawn with the trained angles.
        start: A ``LinearRamp``, or the 2p angles themselves.
        evaluation_shots: Samples per evaluation in training; None for expectation values, if ``cvar`` is 1.
        cvar: Train on the mean of this share of the lowest samples.
    """

    layers: int = 4
    optimizer: Solver[Minimisation, Array] | None = field(default_factory=lambda: Cobyla(evaluations=60))
    backend: Backend = field(default_factory=Statevector)
    shots: int = 1024
    start: LinearRamp | tuple[float, ...] = field(default_factory=LinearRamp)
    evaluation_shots: int | None = None
    cvar: float = 1.0

    def __post_init__(self):
        check_integer("layers", self.layers, 1)
        check_integer("shots", self.shots, 1)
        check_number("cvar", self.cvar, 0.0, 1.0, open_low=True)
        if self.evaluation_shots is not None:
            check_integer("evaluation_shots", self.evaluation_shots, 1)
        if not isinstance(self.start, LinearRamp):
            frozen_array("start", self.start, shape=(2 * self.layers,))

    def ansatz(self, problem: Qubo) -> QaoaAnsatz:
        """Return the circuit as data; spin k of the cost is qubit k is variable k."""
        return QaoaAnsatz(problem.ising, self.layers)

    def unsuitable(self, problem: Qubo) -> str | None:
        """Ask the backend about the final samples and the first population of training."""
        ansatz, x = self.ansatz(problem), np.zeros((1, 2 * self.layers))
        asked: list[Workload] = [Sampling(ansatz, x, self.shots)]
        if isinstance(self.start, LinearRamp):
            x = self.start.population(self.layers)
        if self.optimizer is not None or len(x) > 1:
            shots = self._shots_in_training
            asked.append(
                Expectation(ansatz, (ansatz.cost,), x) if shots is None else Sampling(ansatz, x, shots)
            )
        return next(filter(None, map(self.backend.unsuitable, asked)), None)

    def _solve(self, problem: Qubo, run: Run) -> Array:
        energy = self._energy(problem, run)
        x = self._first(energy, run)
        if self.optimizer is not None:
            with suppress(KeyboardInterrupt):  # before any evaluation: the start is still worth sampling
                trained = run.solve(self.optimizer, replace(energy, start=x))
                x = self._better(energy, x, trained.solution, run)
        angles = energy.parameters(x)
        final = Sampling(energy.ansatz, angles[None], self.shots, run.seed())
        outcome = run.execute(self.backend, final)
        samples, counts = np.unique(outcome.bits[0], axis=0, return_counts=True)
        run.offer_all(samples, counts)
        mean = float(lowest_share(problem.energies(outcome.bits), outcome.weights, 1.0).mean[0])
        run.record(objective=mean, parameters=tuple(angles.tolist()))
        drawn = int(counts[np.all(samples == run.best, axis=1)].sum())
        run.note(f"mean energy {number(mean)}, its best sample drawn {drawn} times in {self.shots} shots")
        return run.best

    def _better(self, energy: CircuitEnergy, start: Array, trained: Array, run: Run) -> Array:
        """Keep the start where noise, or an optimizer that never looked at it, led the training astray."""
        if run.out_of_time():
            return trained
        pair, seed = np.stack([start, trained]), run.seed() if energy.noisy else 0
        return pair[int(np.argmin(energy.evaluate(pair, seed).mean))]

    @property
    def _shots_in_training(self) -> int | None:
        return self.evaluation_shots if self.cvar == 1 else self.evaluation_shots or self.shots

    def _energy(self, problem: Qubo, run: Run) -> CircuitEnergy:
        """Scale γ by the cost's standard deviation: all angles are then of order one for an optimizer."""
        spread = problem.form.spread_on_bits() or 1.0
        scale = np.repeat([1.0, 1.0 / spread], self.layers)
        ansatz, shots = self.ansatz(problem), self._shots_in_training
        return CircuitEnergy(run, self.backend, ansatz, ansatz.cost, None, scale, shots, self.cvar)

    def _first(self, energy: CircuitEnergy, run: Run) -> Array:
        if not isinstance(self.start, LinearRamp):
            return np.array(self.start) / energy.scale
        population = self.start.population(self.layers)
        if len(population) == 1:
            return population[0]
        return population[int(np.argmin(energy.evaluate(population, run.seed()).mean))]
