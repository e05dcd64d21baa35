"""Train any circuit on the energy of a QUBO, then sample it and judge every sample."""

from __future__ import annotations

from abc import abstractmethod
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from backends.backend import Backend
from backends.statevector import Statevector
from backends.workload import Ansatz, Expectation, Sampling, Workload
from classical.minimisation.cobyla import Cobyla
from hybrid.variational import CircuitEnergy, lowest_share
from problems.binary.qubo import Qubo
from problems.checking import check_integer, check_number
from problems.contract import Array, BudgetExceeded, Solver
from problems.minimisation import Minimisation
from problems.report import number
from problems.run import Run


@dataclass(frozen=True, kw_only=True)
class SamplingLoop(Solver[Qubo, Array]):
    """Prepare low-energy samples by a trained circuit, and judge every sample.

    The answer is the best sample of all, those of training included; the candidates of the result are the
    distinct final ones, with their counts. The last row of the
    history holds the trained angles (``parameters``, as the ansatz takes them), which go back in through
    ``start``, and the probability of the answer: the exact one where the backend knows it.

    Attributes:
        optimizer: Trains the angles; None keeps the start.
        backend: Where circuits run.
        training: Where the energies of training are evaluated, if elsewhere: on a simulator, or by light
            cones where no state would fit.
        shots: Samples drawn with the trained angles.
        evaluation_shots: Samples per evaluation in training; None for the exact values of a backend that
            knows them.
        cvar: Train on the mean of this share of the lowest outcomes. Without ``evaluation_shots``, a backend
            that does not know their distribution draws ``shots`` samples for it.
    """

    optimizer: Solver[Minimisation, Array] | None = field(default_factory=lambda: Cobyla(evaluations=60))
    backend: Backend = field(default_factory=Statevector)
    training: Backend | None = None
    shots: int = 1024
    evaluation_shots: int | None = None
    cvar: float = 1.0

    def __post_init__(self):
        check_integer("shots", self.shots, 1)
        check_number("cvar", self.cvar, 0.0, 1.0, open_low=True)
        if self.evaluation_shots is not None:
            check_integer("evaluation_shots", self.evaluation_shots, 1)

    @abstractmethod
    def ansatz(self, problem: Qubo, seed: int = 0) -> Ansatz:
        """Return the circuit as data; qubit k is variable k. The seed is for what is drawn in making it."""

    @abstractmethod
    def _energy(self, problem: Qubo, run: Run) -> CircuitEnergy:
        """Return what is minimised."""

    @abstractmethod
    def _first(self, problem: Qubo, energy: CircuitEnergy, run: Run) -> Array:
        """Return starts ``[G, D]`` in coordinates of ``energy``; training begins at the first."""

    @abstractmethod
    def _population(self) -> int:
        """Return the size of the largest population of the start; 0 where it is not evaluated."""

    @property
    def trained_on(self) -> Backend:
        """The backend of training."""
        return self.backend if self.training is None else self.training

    def unsuitable(self, problem: Qubo) -> str | None:
        """Ask the backends about the final samples and the first population of training."""
        ansatz = self._shape(problem)
        rows = np.zeros((max(1, self._population()), ansatz.num_parameters))
        why = self.backend.unsuitable(Sampling(ansatz, rows[:1], self.shots))
        if why is None and (self.optimizer is not None or self._population() > 1):
            why = self.trained_on.unsuitable(self._evaluation(problem, ansatz, rows))
        return why

    def _shape(self, problem: Qubo) -> Ansatz:
        """A circuit of the right structure, without the work that its numbers may take."""
        return self.ansatz(problem)

    def _evaluation(self, problem: Qubo, ansatz: Ansatz, rows: Array) -> Workload:
        shots = self._shots_in_training(problem, ansatz)
        if shots is not None:
            return Sampling(ansatz, rows, shots)
        return Expectation(ansatz, (problem.ising,), rows, share=self.cvar)

    def _shots_in_training(self, problem: Qubo, ansatz: Ansatz) -> int | None:
        if self.evaluation_shots is not None or self.cvar == 1:
            return self.evaluation_shots
        row = np.zeros((1, ansatz.num_parameters))
        known = (
            self.trained_on.unsuitable(Expectation(ansatz, (problem.ising,), row, share=self.cvar)) is None
        )
        return None if known and not self.trained_on.noisy else self.shots

    def _solve(self, problem: Qubo, run: Run) -> Array:
        energy = replace(self._energy(problem, run), watch=partial(_offer_lowest, run))
        starts = np.atleast_2d(self._first(problem, energy, run))
        x = starts[0]
        with suppress(KeyboardInterrupt):  # before any evaluation: the start is still worth sampling
            if self.optimizer is not None:
                x = run.solve(self.optimizer, replace(energy, start=starts[0])).solution
                starts = np.vstack([x, starts])
            if len(starts) > 1:
                x, _ = lowest_of(energy, starts, run)
        return self._sampled(problem, energy.ansatz, energy.parameters(x), run)

    def _sampled(self, problem: Qubo, ansatz: Ansatz, angles: Array, run: Run) -> Array:
        outcome = run.execute(self.backend, Sampling(ansatz, angles[None], self.shots, run.seed()))
        samples, counts = np.unique(outcome.bits[0], axis=0, return_counts=True)
        run.offer_all(samples, counts)
        mean = float(lowest_share(problem.energies(outcome.bits), outcome.weights, 1.0).mean[0])
        drawn = int(counts[np.all(samples == run.best, axis=1)].sum())
        probability = drawn / self.shots
        engine = self.backend.engine
        if isinstance(engine, Statevector):
            probability = float(engine.probabilities(ansatz, angles, run.best)[0])
        run.record(objective=mean, parameters=tuple(angles.tolist()), probability=probability)
        run.note(
            f"mean energy {number(mean)}, its best sample drawn {drawn} times in {self.shots} shots"
            f" (probability {probability:.2g})"
        )
        return run.best


def _offer_lowest(run: Run, bits: Array, energies: Array) -> None:
    """Offer the best sample of an evaluation: it was paid for, and training may be cut short."""
    place = np.unravel_index(int(np.argmin(energies)), energies.shape)
    run.offer(bits[place].copy(), float(energies[place]))


def lowest_of(energy: CircuitEnergy, rows: Array, run: Run) -> tuple[Array, float]:
    """Return the best of points ``[G, D]`` and its value.

    A start is kept where noise, or an optimizer that never looked at it, led the training astray. Without the
    time or the budget to look, it is the first, unevaluated (NaN).
    """
    if run.out_of_time():
        return rows[0], float("nan")
    try:
        means = energy.evaluate(rows, run.seed() if energy.noisy else 0).mean
    except BudgetExceeded:  # the final samples may still fit
        return rows[0], float("nan")
    k = int(np.argmin(means))
    return rows[k], float(means[k])
