"""What is handed to a backend and what comes back: circuits as data, populations of parameters, outcomes.

An ansatz is data: ``num_qubits``, ``num_parameters``, ``structure`` (a digest of what a transpiler sees) and
``angles(parameters [B, P]) -> [B, C]``, the numbers that fill the structure's C free angles. Two instances
with one structure share one transpilation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np

from problems.binary.qubo import Ising
from problems.checking import check_integer, check_number, frozen_array
from problems.errors import ProblemError
from problems.ground_state import PauliSum

Array = np.ndarray
Observable = PauliSum | Ising


@runtime_checkable
class Ansatz(Protocol):
    """A parametrised circuit as data."""

    @property
    def num_qubits(self) -> int:
        """Width."""
        ...

    @property
    def num_parameters(self) -> int:
        """P, the number of free parameters."""
        ...

    @property
    def num_entangling(self) -> int:
        """Gates on two qubits, before any transpiler."""
        ...

    @property
    def structure(self) -> str:
        """A digest of all that a transpiler sees; equal for circuits that differ in their angles alone."""
        ...

    def angles(self, parameters: Array) -> Array:
        """Turn parameters ``[B, P]`` into the angles ``[B, C]`` that fill the structure."""
        ...


@dataclass(frozen=True, eq=False)
class Expectation:
    """Ask for expectation values of K observables at B parameter rows, and their gradients.

    Attributes:
        ansatz: The circuit.
        observables: K of them, each a ``PauliSum`` or an ``Ising`` (which counts with its offset).
        parameters: ``[B, P]``.
        precision: Target standard error; None for the exact value where the backend has it.
        gradient: Whether to return derivatives too.
        seed: Fixes the noise of the outcome; at least 0.
        share: Below 1, the mean over this share of the lowest outcomes of each observable (CVaR; Barkoutsos
            et al. 2020) in place of the expectation value. Observables must be diagonal.
    """

    ansatz: Ansatz
    observables: tuple[Observable, ...]
    parameters: Array
    precision: float | None = None
    gradient: bool = False
    seed: int = 0
    share: float = 1.0

    def __post_init__(self):
        object.__setattr__(self, "parameters", _parameters(self.ansatz, self.parameters))
        check_number("share", self.share, 0.0, 1.0, open_low=True)
        if isinstance(self.observables, Observable):
            raise ProblemError("observables", type(self.observables).__name__, "a tuple of observables")
        object.__setattr__(self, "observables", tuple(self.observables))
        for k, observable in enumerate(self.observables):
            if not isinstance(observable, Observable):
                raise ProblemError(f"observables[{k}]", type(observable).__name__, "a PauliSum or an Ising")
            width = observable.n if isinstance(observable, Ising) else observable.num_qubits
            if width != self.ansatz.num_qubits:
                raise ProblemError(
                    f"the width of observables[{k}]", width, f"{self.ansatz.num_qubits} qubits"
                )
            if self.share < 1 and isinstance(observable, PauliSum) and not observable.is_diagonal:
                raise ProblemError(f"observables[{k}]", "one with X or Y", "a diagonal one where share < 1")
        if self.precision is not None:
            check_number("precision", self.precision, 0.0, open_low=True)
        check_integer("seed", self.seed, 0)


@dataclass(frozen=True, eq=False)
class Sampling:
    """Ask for S measured bit strings at B parameter rows.

    Attributes:
        ansatz: The circuit.
        parameters: ``[B, P]``.
        shots: S.
        seed: Fixes the outcome on a simulator; at least 0.
    """

    ansatz: Ansatz
    parameters: Array
    shots: int = 1024
    seed: int = 0

    def __post_init__(self):
        object.__setattr__(self, "parameters", _parameters(self.ansatz, self.parameters))
        check_integer("shots", self.shots, 1)
        check_integer("seed", self.seed, 0)


Workload = Expectation | Sampling


@dataclass(frozen=True, eq=False)
class Estimate:
    """The outcome of an ``Expectation``.

    Attributes:
        mean: ``[B, K]``.
        error: ``[B, K]`` standard errors, 0 where exact.
        gradient: ``[B, K, P]`` or None.
        usage: Named amounts spent.
    """

    mean: Array
    error: Array
    gradient: Array | None = None
    usage: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Samples:
    """The outcome of a ``Sampling``.

    Attributes:
        bits: uint8 ``[B, S, n]``; column k is qubit k is variable k.
        weights: ``[B, S]`` quasi-probabilities where readout was mitigated, else None.
        usage: Named amounts spent.
    """

    bits: Array
    weights: Array | None = None
    usage: Mapping[str, float] = field(default_factory=dict)


Outcome = Estimate | Samples


def _parameters(ansatz: Any, parameters: Any) -> Array:
    if not hasattr(type(ansatz), "angles"):
        remedy = "CircuitAnsatz(circuit) holds a circuit of Qiskit"
        raise ProblemError("ansatz", type(ansatz).__name__, "a circuit as data, such as a QaoaAnsatz", remedy)
    wanted = ansatz.num_parameters
    array = np.asarray(parameters)
    if array.ndim != 2 or array.shape[1] != wanted:
        remedy = getattr(ansatz, "order", "")
        raise ProblemError("the shape of parameters", tuple(array.shape), f"(rows, {wanted})", remedy)
    return frozen_array("parameters", array, shape=(None, wanted))
