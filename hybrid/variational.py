"""The loop around a circuit, stated as the continuous minimisation that it is: any optimizer solves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from backends.backend import Backend
from backends.workload import Ansatz, Estimate, Expectation, Observable, Sampling
from problems.binary.qubo import Ising, spins_of_bits
from problems.checking import check_integer, check_number, frozen_array
from problems.contract import Array
from problems.errors import BackendError, ProblemError
from problems.ground_state import GateSequence
from problems.minimisation import Minimisation, Values
from problems.run import Run

ROUNDING = 1e-12  # of a sum of portions


@dataclass(frozen=True, eq=False)
class CircuitEnergy(Minimisation):
    """The energy of a circuit as a function of x: the circuit gets ``origin + scale * x``.

    Every evaluation is one workload through the door of ``run``, so usage, budgets and journals see it.

    Attributes:
        run: The run that pays.
        backend: Where the circuits run.
        ansatz: The circuit.
        observable: What is minimised.
        start: Where to begin ``[D]``, in units of x.
        scale: ``[P]``, or a matrix ``[P, D]`` where x has fewer or other coordinates than the circuit; ones
            by default.
        shots: Samples per evaluation; None for expectation values. Samples need an ``Ising`` observable.
        share: The mean is taken over this share of the lowest outcomes (CVaR; Barkoutsos et al. 2020); 1 is
            the plain mean. Without shots the backend must know the distribution.
        origin: ``[P]``; zeros by default.
        precision: Standard error asked for per expectation value; None for exact ones.
        watch: Called with the bits ``[B, S, n]`` and the energies ``[B, S]`` of every sampled evaluation.
    """

    run: Run = field(metadata={"content": False})
    backend: Backend
    ansatz: Ansatz
    observable: Observable
    start: Array | None = None
    scale: Array | None = None
    shots: int | None = None
    share: float = 1.0
    origin: Array | None = None
    precision: float | None = None
    watch: Callable[[Array, Array], None] | None = field(default=None, metadata={"content": False})

    def __post_init__(self):
        width = self.ansatz.num_parameters
        scale = np.ones(width) if self.scale is None else np.asarray(self.scale)
        shape = (width,) if scale.ndim < 2 else (width, None)
        object.__setattr__(self, "scale", frozen_array("scale", scale, shape=shape))
        origin = np.zeros(width) if self.origin is None else self.origin
        object.__setattr__(self, "origin", frozen_array("origin", origin, shape=(width,)))
        if self.start is not None:
            start = frozen_array("start", self.start, shape=(self.dimension,))
            object.__setattr__(self, "start", start)
        check_number("share", self.share, 0.0, 1.0, open_low=True)
        if self.precision is not None:
            check_number("precision", self.precision, 0.0, open_low=True)
        if self.shots is not None:
            check_integer("shots", self.shots, 1)
            if not isinstance(self.observable, Ising):
                raise ProblemError(
                    "observable", type(self.observable).__name__, "an Ising model when there are shots"
                )

    @property
    def dimension(self) -> int:
        """D: P, or the columns of a matrix ``scale``."""
        return self.scale.shape[-1] if self.scale is not None and self.scale.ndim == 2 else self._width

    @property
    def _width(self) -> int:
        return self.ansatz.num_parameters

    @property
    def noisy(self) -> bool:
        """Whether an evaluation is a sample."""
        return self.shots is not None or self.precision is not None or self.backend.noisy

    @property
    def differentiable(self) -> bool:
        """Whether the backend gives the gradient of the expectation."""
        if self.noisy:
            return False
        return self.backend.unsuitable(self._expectation(np.zeros((1, self._width)), gradient=True)) is None

    @property
    def period(self) -> Array | None:  # pyright: ignore[reportIncompatibleVariableOverride]
        """``[P]`` where the circuit is a ``GateSequence`` and each parameter has a scale of its own."""
        return None if self._spectrum is None else self._spectrum[0]

    @property
    def degree(self) -> Array | None:  # pyright: ignore[reportIncompatibleVariableOverride]
        """``[P]``: along one parameter the energy is a trigonometric polynomial of this degree."""
        return None if self._spectrum is None else self._spectrum[1]

    @cached_property
    def _spectrum(self) -> tuple[Array, Array] | None:
        scale = np.asarray(self.scale)
        if (
            not isinstance(self.ansatz, GateSequence)
            or scale.ndim == 2
            or self.share < 1
            or np.any(scale == 0)
        ):
            return None
        period, degree = spectrum_of(self.ansatz)
        return period / np.abs(scale), degree

    def parameters(self, x: Array) -> Array:
        """Return the circuit's own parameters ``[..., P]`` at points ``[..., D]``."""
        scale = np.asarray(self.scale)
        moved = np.asarray(x) @ scale.T if scale.ndim == 2 else np.asarray(x) * scale
        return self.origin + moved

    def _expectation(self, parameters: Array, gradient: bool, seed: int = 0) -> Expectation:
        observables = (self.observable,)
        return Expectation(
            self.ansatz,
            observables,
            parameters,
            self.precision,
            gradient=gradient,
            seed=seed,
            share=self.share,
        )

    def evaluate(self, x: Array, seed: int, gradient: bool = False) -> Values:
        """Evaluate a population ``[B, P]`` as one workload."""
        parameters = self.parameters(x)
        if self.shots is None:
            outcome = self.run.execute(self.backend, self._expectation(parameters, gradient, seed))
            slopes = None if outcome.gradient is None else self._slopes(outcome.gradient[:, 0])
            values = Values(outcome.mean[:, 0], outcome.error[:, 0] if self.noisy else None, slopes)
        else:
            assert isinstance(self.observable, Ising)
            samples = self.run.execute(self.backend, Sampling(self.ansatz, parameters, self.shots, seed))
            energies = self.observable.energies(spins_of_bits(samples.bits))
            if self.watch is not None:
                self.watch(samples.bits, energies)
            values = lowest_share(energies, samples.weights, self.share)
        self.run.record(objective=float(values.mean.min()))
        return values

    def _slopes(self, gradient: Array) -> Array:
        scale = np.asarray(self.scale)
        return gradient @ scale if scale.ndim == 2 else gradient * scale

    def exact(self, x: Array) -> Array:
        """Return the noiseless values ``[B]``; of samples with a share below 1, the plain expectation.

        Raises:
            BackendError: If the backend has no exact ones; nothing is sent then.
        """
        if self.backend.noisy:
            name = type(self.backend).__name__
            raise BackendError(f"{name} has no exact expectation values; judge on an exact simulator")
        share = self.share if self.shots is None else 1.0
        work = Expectation(self.ansatz, (self.observable,), self.parameters(x), share=share)
        outcome = self.backend.submit(work).result()
        assert isinstance(outcome, Estimate)
        return outcome.mean[:, 0]


def spectrum_of(ansatz: GateSequence) -> tuple[Array, Array]:
    """Return the period and the degree ``[P]`` of an expectation value along each parameter.

    A rotation by an angle φ enters as a + b cos φ + c sin φ. Rotations that share a parameter multiply such
    factors; where their factors are multiples of the least one, degrees add up, else the degree is 0 (none).
    """
    period, degree = np.zeros(ansatz.num_parameters), np.zeros(ansatz.num_parameters, dtype=np.int64)
    for parameter in range(ansatz.num_parameters):
        factors = np.abs(ansatz.factors[ansatz.sources == parameter])
        factors = factors[factors > 0]
        multiples = factors / factors.min() if len(factors) else np.zeros(0)
        if len(factors) and np.all(multiples == np.round(multiples)):
            period[parameter], degree[parameter] = 2 * np.pi / factors.min(), round(multiples.sum())
    return period, degree


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
