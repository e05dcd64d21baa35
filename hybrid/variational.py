"""The loop around a circuit, stated as the continuous minimisation that it is: any optimizer solves it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from backends.backend import Backend
from backends.workload import Ansatz, Estimate, Expectation, Observable, Sampling
from problems.binary.qubo import Ising, spins_of_bits
from problems.checking import check_integer, check_number, frozen_array
from problems.contract import Array
from problems.errors import BackendError, ProblemError
from problems.minimisation import Minimisation, Values
from problems.run import Run

ROUNDING = 1e-12  # of a sum of portions


@dataclass(frozen=True, eq=False)
class CircuitEnergy(Minimisation):
    """The energy of a circuit as a function of its scaled parameters x: the circuit gets ``x * scale``.

    Every evaluation is one workload through the door of ``run``, so usage, budgets and journals see it.

    Attributes:
        run: The run that pays.
        backend: Where the circuits run.
        ansatz: The circuit.
        observable: What is minimised.
        start: Where to begin ``[P]``, in units of x.
        scale: ``[P]``; ones by default.
        shots: Samples per evaluation; None for expectation values. Samples need an ``Ising`` observable.
        share: The mean is taken over this share of the lowest samples (CVaR; Barkoutsos et al. 2020); 1 is
            the plain mean.
    """

    run: Run = field(metadata={"content": False})
    backend: Backend
    ansatz: Ansatz
    observable: Observable
    start: Array | None = None
    scale: Array | None = None
    shots: int | None = None
    share: float = 1.0

    def __post_init__(self):
        ones = np.ones(self.dimension)
        for name, value in (("start", self.start), ("scale", ones if self.scale is None else self.scale)):
            if value is not None:
                object.__setattr__(self, name, frozen_array(name, value, shape=(self.dimension,)))
        check_number("share", self.share, 0.0, 1.0, open_low=True)
        if self.shots is None and self.share < 1:
            raise ProblemError("share", self.share, "1 without shots", "a share of samples needs samples")
        if self.shots is not None:
            check_integer("shots", self.shots, 1)
            if not isinstance(self.observable, Ising):
                raise ProblemError(
                    "observable", type(self.observable).__name__, "an Ising model when there are shots"
                )

    @property
    def dimension(self) -> int:
        """P."""
        return self.ansatz.num_parameters

    @property
    def noisy(self) -> bool:
        """Whether an evaluation is a sample."""
        return self.shots is not None or self.backend.noisy

    @property
    def differentiable(self) -> bool:
        """Whether the backend gives the gradient of the expectation."""
        if self.noisy:
            return False
        ask = Expectation(self.ansatz, (self.observable,), np.zeros((1, self.dimension)), gradient=True)
        return self.backend.unsuitable(ask) is None

    def parameters(self, x: Array) -> Array:
        """Return the circuit's own parameters ``[..., P]``."""
        return np.asarray(x) * self.scale

    def evaluate(self, x: Array, seed: int, gradient: bool = False) -> Values:
        """Evaluate a population ``[B, P]`` as one workload."""
        parameters = self.parameters(x)
        if self.shots is None:
            work = Expectation(self.ansatz, (self.observable,), parameters, gradient=gradient, seed=seed)
            outcome = self.run.execute(self.backend, work)
            slopes = None if outcome.gradient is None else outcome.gradient[:, 0] * self.scale
            values = Values(outcome.mean[:, 0], outcome.error[:, 0] if self.noisy else None, slopes)
        else:
            assert isinstance(self.observable, Ising)
            samples = self.run.execute(self.backend, Sampling(self.ansatz, parameters, self.shots, seed))
            energies = self.observable.energies(spins_of_bits(samples.bits))
            values = lowest_share(energies, samples.weights, self.share)
        self.run.record(objective=float(values.mean.min()))
        return values

    def exact(self, x: Array) -> Array:
        """Return the expectation values ``[B]``; with a share below 1 they are not what was minimised.

        Raises:
            BackendError: If the backend has no exact ones; nothing is sent then.
        """
        if self.backend.noisy:
            name = type(self.backend).__name__
            raise BackendError(f"{name} has no exact expectation values; judge on an exact simulator")
        work = Expectation(self.ansatz, (self.observable,), self.parameters(x))
        outcome = self.backend.submit(work).result()
        assert isinstance(outcome, Estimate)
        return outcome.mean[:, 0]


def lowest_share(energies: Array, weights: Array | None, share: float) -> Values:
    """Return the means ``[B]`` over the lowest share of samples ``[B, S]``, with their standard errors.

    With q the quantile at the share, the mean is q − E[(q − E)₊] / share (Rockafellar, Uryasev 2002): the
    last sample counts by the part of it that the share needs. Weights ``[B, S]`` may be negative, as
    quasi-probabilities are; None means equal ones.
    """
    portions = np.full(energies.shape, 1 / energies.shape[1])
    if weights is not None:
        portions = weights / weights.sum(axis=1, keepdims=True)
    quantile = energies.max(axis=1, keepdims=True)
    if share < 1:
        order = np.argsort(energies, axis=1)
        reached = np.cumsum(np.take_along_axis(portions, order, axis=1), axis=1) >= share - ROUNDING
        last = np.take_along_axis(order, np.argmax(reached, axis=1)[:, None], axis=1)
        quantile = np.take_along_axis(energies, last, axis=1)
    below = np.maximum(quantile - energies, 0.0)
    mean = np.sum(portions * below, axis=1)
    error = np.sqrt(np.sum((portions * (below - mean[:, None])) ** 2, axis=1))
    return Values(quantile[:, 0] - mean / share, error / share)
