"""A force field of many-body messages with Clebsch–Gordan or Gaunt contraction.

References: Batatia, Kovács, Simm, Ortner, Csányi, NeurIPS 2022, arXiv 2206.07697 (the network); Luo, Chen,
Krishnapriyan, ICLR 2024, arXiv 2401.10216 (its Gaunt form); Xie, Daigavane, Kotak, Smidt, ICML 2025, arXiv
2506.13523 (the grid).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from problems.checking import check_choice, check_integer, check_number
from problems.contract import Array, Solver
from problems.equivariance.molecule import ForceField, MoleculeForces
from problems.errors import MissingExtra
from problems.numerics.precision import double_precision

if TYPE_CHECKING:
    from problems.run import Run

CHUNK = 50  # steps in one compiled call


@dataclass(frozen=True)
class ManyBodyForceField(Solver[MoleculeForces, ForceField]):
    """Learn a molecule's energy, and with it the forces, from examples; the solution is a ``ManyBodyModel``.

    AMSGrad on batches of the training part, with a learning rate that falls to 0 along a cosine; weights are
    averaged along the way, and of the averages the one with the least force error on the validation part is
    kept. That part also fixes the constant in the energy, which the loss, nearly all forces, leaves loose.

    Attributes:
        correlation: Factors of a many-body feature at most; 3 sees four atoms at once.
        product: "gaunt" (powers of functions on the sphere, O(L³)) or "cg" (all equivariant polynomials).
        method: How Gaunt products are computed: on a "grid", by "fourier" series, or by "reference" tensors.
        lmax: Highest degree of bonds' harmonics and summed messages.
        hidden_lmax: Highest degree of an atom's features between layers.
        channels: Copies of each feature.
        layers: Rounds of messages.
        cutoff: Å within which atoms see each other.
        batch: Geometries in a step.
        force_weight: Of forces in the loss, beside 1 for energies per atom.
        rate: AMSGrad's learning rate at the start.
        decay: Of the average of the weights, per step.
        steps: Of training.
    """

    correlation: int = 3
    product: Literal["gaunt", "cg"] = "gaunt"
    method: Literal["grid", "fourier", "reference"] = "grid"
    lmax: int = 2
    hidden_lmax: int = 1
    channels: int = 16
    layers: int = 2
    cutoff: float = 5.0
    batch: int = 5
    force_weight: float = 1000.0
    rate: float = 0.005
    decay: float = 0.99
    steps: int = 2000

    def __post_init__(self):
        for name in ("correlation", "lmax", "channels", "layers", "batch", "steps"):
            check_integer(name, getattr(self, name), 1)
        check_choice("product", self.product, ("gaunt", "cg"))
        check_choice("method", self.method, ("grid", "fourier", "reference"))
        check_integer("hidden_lmax", self.hidden_lmax, 0, self.lmax)
        check_number("cutoff", self.cutoff, 0.0, open_low=True)
        check_number("force_weight", self.force_weight, 0.0)
        check_number("rate", self.rate, 0.0, open_low=True)
        check_number("decay", self.decay, 0.0, 1.0)

    def unsuitable(self, problem: MoleculeForces) -> str | None:
        """Refuse a batch larger than the training part."""
        if self.batch > problem.training:
            return f"a batch of {self.batch} is more than the {problem.training} geometries for training"
        return None

    def _solve(self, problem: MoleculeForces, run: Run) -> ForceField:
        try:
            import equinox  # noqa: F401
            import jax  # noqa: F401
            import optax  # noqa: F401
        except ImportError:
            raise MissingExtra("ManyBodyForceField", "learning") from None
        # arrays say their own precision; training and judging share one mode, so constants are traced in one
        with double_precision():
            return self._trained(problem, run)

    def _trained(self, problem: MoleculeForces, run: Run) -> ForceField:
        import jax.numpy as jnp

        from classical.equivariance.many_body_training import ManyBodyModel, fresh_moments, train

        network, data, offset, scale = self.start(problem, run.key())
        averaged, moments = network, fresh_moments(network)
        run.offer(ManyBodyModel(network, offset, scale), math.inf)
        batches = self._batches(problem.training, run.rng)
        weight, decay = jnp.float32(self.force_weight), jnp.float32(self.decay)
        held = slice(problem.training, problem.training + problem.validation)
        for chunk in run.steps(-(-self.steps // CHUNK), "chunk"):
            done, rows = CHUNK * chunk, jnp.asarray(np.stack([next(batches) for _ in range(CHUNK)]))
            network, averaged, moments, losses = train(
                network, averaged, moments, data, rows, jnp.asarray(self.rates(done)), weight, decay
            )
            taken = min(CHUNK, self.steps - done)
            energies, forces = ManyBodyModel(averaged, offset, scale).both(problem.positions[held])
            error = float(np.abs(forces - problem.forces[held]).mean())
            shift = float(np.mean(problem.energies[held] - energies))
            run.spent(steps=taken)
            run.offer(ManyBodyModel(averaged, offset + shift, scale), error)
            run.record(steps=done + taken, loss=float(losses[:taken].mean()), validation_force_mae=error)
        return run.best

    def start(self, problem: MoleculeForces, key: Any) -> tuple[Any, tuple[Any, Any, Any], Any, Any]:
        """Return an untrained network, the training part in its units, and the offset and scale of these."""
        import jax.numpy as jnp

        from classical.equivariance.many_body_network import Architecture, many_body_network

        shape = Architecture(
            self.lmax, self.hidden_lmax, self.channels, self.correlation, self.layers, self.product,
            self.method, self.cutoff,
        )  # fmt: skip
        kinds = np.unique(problem.species)
        elements = tuple(int(k) for k in np.searchsorted(kinds, problem.species))
        part = slice(0, problem.training)
        offset = float(problem.energies[part].mean())
        scale = float(np.sqrt(np.mean(problem.forces[part] ** 2))) or 1.0  # without forces any unit will do
        arrays = (
            problem.positions[part],
            (problem.energies[part] - offset) / scale,
            problem.forces[part] / scale,
        )
        data = tuple(jnp.asarray(array, jnp.float32) for array in arrays)
        network = many_body_network(shape, elements, key)
        return network, (data[0], data[1], data[2]), np.float64(offset), np.float64(scale)

    def rates(self, done: int) -> Array:
        """Return the learning rates of a chunk ``[CHUNK]``; 0 beyond the last step."""
        share = np.minimum((done + np.arange(CHUNK)) / self.steps, 1.0)
        return (0.5 * self.rate * (1 + np.cos(np.pi * share))).astype(np.float32)

    def _batches(self, rows: int, rng: np.random.Generator) -> Iterator[Array]:
        """Batches without repetition within a pass; what does not fill a batch waits for the next pass."""
        while True:
            order = rng.permutation(rows)
            for at in range(0, rows - self.batch + 1, self.batch):
                yield order[at : at + self.batch].astype(np.int32)
