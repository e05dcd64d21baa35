"""A network that maps a Hamiltonian's parameters to a circuit's angles, trained on energies alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from problems.checking import check_integer, frozen_array
from problems.contract import Array
from problems.errors import ProblemError
from problems.minimisation.composite import CompositeProblem, check_costs
from problems.minimisation.parameter_shift import shift_gradient, shift_rows
from problems.minimisation.perceptron import Perceptron
from problems.minimisation.problem import Minimisation


@dataclass(frozen=True, eq=False)
class NetworkToCircuit(CompositeProblem):
    """Minimise the mean energy over n Hamiltonians of a circuit whose p angles come from a network.

    A target gradient takes 2p circuits per Hamiltonian, by parameter shift; a target value takes one. Both
    are counted as ``circuits``. Each row's energy is a function of the angles, handed in.

    Attributes:
        parameters: What the network sees of each Hamiltonian ``[n, q]``: fields, bond lengths.
        energies: n functions of the angles ``[p]``, of degree 1 in each.
        hidden: Widths of the hidden layers.
        held_out: Parameters ``[k, q]`` and energies of Hamiltonians that training does not see.
        ground: Ground energies ``[k]`` of those, none 0, for relative errors.
        initial_seed: Draws ``start``.
        smoothness: L of an energy in the angles; p (E_max − E_min)/2 is always enough.
        target_cost: What one row's target gradient costs, in the unit of ``model_cost``.
        model_cost: What one row of f costs.
    """

    parameters: Array
    energies: tuple[Minimisation, ...]
    hidden: tuple[int, ...] = (32,)
    held_out: tuple[Array, tuple[Minimisation, ...]] | None = None
    ground: Array | None = None
    initial_seed: int = 0
    smoothness: float | None = None
    target_cost: float = 1.0
    model_cost: float = 0.0

    def __post_init__(self):
        parameters = frozen_array("parameters", self.parameters, shape=(None, None))
        object.__setattr__(self, "parameters", parameters)
        object.__setattr__(self, "energies", tuple(self.energies))
        object.__setattr__(self, "hidden", tuple(self.hidden))
        self._check_energies("energies", self.energies, len(parameters))
        check_integer("initial_seed", self.initial_seed, 0)
        if self.held_out is not None:
            unseen = frozen_array("held_out[0]", self.held_out[0], shape=(None, parameters.shape[1]))
            object.__setattr__(self, "held_out", (unseen, tuple(self.held_out[1])))
            self._check_energies("held_out[1]", tuple(self.held_out[1]), len(unseen))
        if self.ground is not None:
            if self.held_out is None:
                raise ProblemError("ground", "given", "None without Hamiltonians held out")
            ground = frozen_array("ground", self.ground, shape=(len(self.held_out[0]),))
            if np.any(ground == 0):
                raise ProblemError("ground", 0.0, "energies other than 0", "shift the Hamiltonians")
            object.__setattr__(self, "ground", ground)
        check_costs(self)

    def _check_energies(self, field: str, energies: tuple[Minimisation, ...], count: int) -> None:
        if len(energies) != count or not energies:
            raise ProblemError(f"the number of {field}", len(energies), f"{max(count, 1)}, one for each row")
        for k, energy in enumerate(energies):
            if not isinstance(energy, Minimisation):
                raise ProblemError(f"{field}[{k}]", type(energy).__name__, "a Minimisation")
            if energy.dimension != energies[0].dimension:
                raise ProblemError(f"the dimension of {field}[{k}]", energy.dimension, "that of the first")
            shift_rows(energy, f"{field}[{k}]")

    @cached_property
    def network(self) -> Perceptron:
        """The model f."""
        return Perceptron((self.parameters.shape[1], *self.hidden, self.width), "tanh")

    @property
    def count(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The rows, n."""
        return len(self.parameters)

    @property
    def width(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The number p of angles."""
        return self.energies[0].dimension

    @property
    def dimension(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """P."""
        return self.network.size

    @property
    def start(self) -> Array:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Random weights."""
        return self.network.initial(self.initial_seed)

    @property
    def noisy(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Whether an energy is."""
        return any(energy.noisy for energy in self.energies)

    def targets(self, theta: Array, rows: Array) -> Array:
        """Return the angles ``[b, p]``."""
        return self.network(theta, self.parameters[rows])

    def pull_back(self, theta: Array, rows: Array, weights: Array) -> Array:
        """Return the gradient ``[P]`` of Σ weights · angles."""
        return self.network.pull_back(theta, self.parameters[rows], weights)

    def target_loss(self, z: Array, rows: Array, seed: int) -> float:
        """Return the mean energy; each row has noise of its own."""
        seeds = _seeds(seed, len(rows))
        pairs = zip(z, rows, seeds, strict=True)
        return float(np.mean([self.energies[r].evaluate(angles[None], s).mean[0] for angles, r, s in pairs]))

    def target_gradient(self, z: Array, rows: Array, seed: int) -> Array:
        """Return each energy's gradient ``[b, p]`` by parameter shift."""
        seeds = _seeds(seed, len(rows))
        pairs = zip(z, rows, seeds, strict=True)
        return np.array([shift_gradient(self.energies[r], angles, s) for angles, r, s in pairs])

    def usage(self, count: int, gradient: bool) -> Mapping[str, float]:
        """Return the circuits: 2p for each row's gradient, one for its value."""
        return {"circuits": float(count * (2 * self.width if gradient else 1))}

    def exact(self, theta: Array) -> float:
        """Return the mean noiseless energy of the Hamiltonians trained on."""
        z = self.network(theta, self.parameters)
        pairs = zip(self.energies, z, strict=True)
        return float(np.mean([energy.exact(angles[None])[0] for energy, angles in pairs]))

    def exact_gradient(self, theta: Array) -> Array:
        """Return the noiseless gradient ``[P]``."""
        z = self.network(theta, self.parameters)
        pairs = zip(self.energies, z, strict=True)
        slopes = np.array([shift_gradient(energy, angles, None) for energy, angles in pairs])
        return self.network.pull_back(theta, self.parameters, slopes / self.count)

    def unseen(self, theta: Array) -> Array:
        """Return the noiseless energies ``[k]`` of the Hamiltonians held out."""
        if self.held_out is None:
            raise ProblemError("held_out", None, "Hamiltonians held out")
        z = self.network(theta, self.held_out[0])
        pairs = zip(self.held_out[1], z, strict=True)
        return np.array([energy.exact(angles[None])[0] for energy, angles in pairs])

    def metrics(self, theta: Array) -> dict[str, float | Array]:
        """Return the mean energy of those held out and, where the ground energies are known, the mean
        relative error.
        """
        if self.held_out is None:
            return {}
        energies = self.unseen(theta)
        figures: dict[str, float | Array] = {"unseen_energy": float(energies.mean())}
        if self.ground is not None:
            errors = (energies - self.ground) / np.abs(self.ground)
            figures["unseen_relative_error"] = float(errors.mean())
        return figures

    def plot(self, solution: Array, axes: Any = None) -> Any:
        """Draw the angles along the first parameter of the Hamiltonians."""
        from problems.report import matplotlib_pyplot

        axes = axes if axes is not None else matplotlib_pyplot("a plot").figure().subplots()
        order = np.argsort(self.parameters[:, 0])
        axes.plot(self.parameters[order, 0], self.network(solution, self.parameters[order]))
        axes.set_xlabel("parameter of the Hamiltonian (its own unit)")
        axes.set_ylabel("angle (rad)")
        return axes


def _seeds(seed: int, count: int) -> list[int]:
    """Seeds that differ from row to row."""
    return [int(s) for s in np.random.SeedSequence(seed).generate_state(count, np.uint64) >> np.uint64(1)]
