"""Forces on the atoms of a small molecule, to be learned from a few hundred shaken geometries.

Reference: Luo, Chen, Krishnapriyan, "Enabling efficient equivariant operations in the Fourier basis via Gaunt
tensor products", ICLR 2024, arXiv 2401.10216, whose demonstration is a larger molecule of this kind.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from problems.checking import check_choice, check_integer, check_number, frozen_array
from problems.contract import Array, Evaluation, Problem
from problems.equivariance import ethanol, hartree_fock, three_body_potential
from problems.errors import ProblemError
from problems.numerics.rotations import random_rotations

POTENTIALS = ("auto", "hartree_fock", "three_body")
ROTATED = 10  # held-out geometries that are turned and reflected to measure the error of equivariance


class ForceField(Protocol):
    """A model of a molecule's energy and of the forces on its atoms."""

    def energy(self, positions: Array) -> Array:
        """Return energies ``[B]`` in eV of positions ``[B, n, 3]`` in Å."""
        ...

    def forces(self, positions: Array) -> Array:
        """Return forces ``[B, n, 3]`` in eV/Å."""
        ...


@dataclass(frozen=True, eq=False)
class MoleculeForces(Problem[ForceField]):
    """Predict the forces on a molecule's atoms in geometries that were not seen; solutions are force fields.

    The rows are split in order: training, validation, test. The objective is the mean absolute error of the
    force components on the test part, in eV/Å. Only a solver's honesty keeps it from the test part, as with
    any public benchmark.

    Attributes:
        species: Atomic numbers ``[n]``.
        positions: ``[N, n, 3]`` in Å.
        energies: ``[N]`` in eV.
        forces: ``[N, n, 3]`` in eV/Å.
        training: How many rows are for training.
        validation: How many rows after them are for choosing among trained models.
        potential: Where energies and forces come from.
        rotation_seed: Draws the rotations under which equivariance is tested.
    """

    species: Array
    positions: Array
    energies: Array
    forces: Array
    training: int = 200
    validation: int = 50
    potential: str = "three_body"
    rotation_seed: int = 7

    def __post_init__(self):
        species = frozen_array("species", self.species, shape=(None,), dtype=np.int64)
        positions = frozen_array("positions", self.positions, shape=(None, len(species), 3))
        rows = len(positions)
        energies = frozen_array("energies", self.energies, shape=(rows,))
        forces = frozen_array("forces", self.forces, shape=positions.shape)
        if len(species) < 2 or np.any(species < 1):
            raise ProblemError("species", self.species, "atomic numbers of two atoms at least")
        check_integer("training", self.training, 1)
        check_integer("validation", self.validation, 1)
        if self.training + self.validation >= rows:
            expected = f"fewer than the {rows} rows, so that some are left to test"
            raise ProblemError("training + validation", self.training + self.validation, expected)
        check_integer("rotation_seed", self.rotation_seed, 0)
        for name, value in zip(
            ("species", "positions", "energies", "forces"),
            (species, positions, energies, forces),
            strict=True,
        ):
            object.__setattr__(self, name, value)

    @classmethod
    def ethanol(
        cls, count: int = 300, training: int = 200, validation: int = 50, sigma: float = 0.05,
        potential: str = "auto", seed: int = 0,
    ) -> MoleculeForces:  # fmt: skip
        """Return ethanol in shaken and turned geometries.

        Args:
            count: Geometries in all.
            training: Of them, for training.
            validation: Of them, for choosing.
            sigma: Standard deviation in Å of each coordinate's displacement.
            potential: "hartree_fock" (RHF/STO-3G by PySCF), "three_body" (Stillinger–Weber form), or "auto":
                the first where PySCF is installed, else the second with a warning.
            seed: Draws displacements and rotations.
        """
        check_integer("count", count, 3)
        check_number("sigma", sigma, 0.0, open_low=True)
        check_choice("potential", potential, POTENTIALS)
        check_integer("seed", seed, 0)
        rng, rest = np.random.default_rng(seed), ethanol.geometry()
        shaken = rest + sigma * rng.normal(size=(count, *rest.shape))
        positions = np.einsum("bij,bnj->bni", random_rotations(count, rng), shaken)
        chosen = _chosen(potential)
        compute = hartree_fock if chosen == "hartree_fock" else three_body_potential
        energies, forces = compute.energies_and_forces(np.array(ethanol.SPECIES), positions)
        return cls(np.array(ethanol.SPECIES), positions, energies, forces, training, validation, chosen)

    @property
    def test(self) -> slice:
        """The rows that judge."""
        return slice(self.training + self.validation, len(self.positions))

    def judge(self, solution: ForceField) -> Evaluation:
        """Score by the mean absolute error of the test forces, with energies and symmetry beside it."""
        positions = self.positions[self.test]
        energies, forces = self.predicted(solution, positions)
        metrics = {
            "force_rmse": float(np.sqrt(np.mean((forces - self.forces[self.test]) ** 2))),
            "energy_mae": float(np.mean(np.abs(energies - self.energies[self.test]))),
            "equivariance_error": self._equivariance_error(solution, positions, energies, forces),
            "gradient_error": self._gradient_error(solution, positions, forces),
        }
        return Evaluation(float(np.mean(np.abs(forces - self.forces[self.test]))), metrics=metrics)

    def predicted(self, solution: ForceField, positions: Array) -> tuple[Array, Array]:
        """Return the energies ``[B]`` and forces ``[B, n, 3]`` that a solution gives, after a check."""
        found = []
        for name, shape in (("energy", positions.shape[:1]), ("forces", positions.shape)):
            method = getattr(solution, name, None)
            if not callable(method):
                kind = type(solution).__name__
                raise ProblemError("the solution", kind, f"a force field with a method {name}")
            values = np.asarray(method(positions), dtype=float)
            if values.shape != shape:
                raise ProblemError(f"the shape of {name}", values.shape, f"{shape}")
            if not np.isfinite(values).all():
                raise ProblemError(name, "not finite", "finite numbers")
            found.append(values)
        return found[0], found[1]

    def _equivariance_error(
        self, solution: ForceField, positions: Array, energies: Array, forces: Array
    ) -> float:
        """The largest change of forces (eV/Å) or energies (eV) by rotations, a reflection and a shift."""
        rows = positions[:ROTATED]
        rng = np.random.default_rng(self.rotation_seed)
        turns = random_rotations(len(rows), rng)
        turns[::2] *= -1.0  # every other one improper
        moved = np.einsum("bij,bnj->bni", turns, rows) + rng.normal(size=(len(rows), 1, 3))
        turned_energies, turned = self.predicted(solution, moved)
        back = np.einsum("bij,bni->bnj", turns, turned)
        error = np.abs(back - forces[: len(rows)]).max()
        return float(max(error, np.abs(turned_energies - energies[: len(rows)]).max()))

    def _gradient_error(self, solution: ForceField, positions: Array, forces: Array) -> float:
        """The largest difference in eV/Å between forces and central differences of the energy along lines."""
        rows, step = positions[:ROTATED], 1e-4
        lines = np.random.default_rng(self.rotation_seed + 1).normal(size=rows.shape)
        lines /= np.linalg.norm(lines, axis=(1, 2), keepdims=True)
        ahead, _ = self.predicted(solution, rows + step * lines)
        behind, _ = self.predicted(solution, rows - step * lines)
        along = np.sum(forces[: len(rows)] * lines, axis=(1, 2))
        return float(np.abs((ahead - behind) / (2 * step) + along).max())

    def plot(self, solution: ForceField, axes: Any = None) -> Any:
        """Draw predicted against true force components of the test part."""
        from problems.report import matplotlib_pyplot

        axes = axes if axes is not None else matplotlib_pyplot("a plot").figure().subplots()
        _, forces = self.predicted(solution, self.positions[self.test])
        true = self.forces[self.test]
        ends = [float(true.min()), float(true.max())]
        axes.plot(ends, ends, color="0.7", linewidth=1)
        axes.plot(true.ravel(), forces.ravel(), ".", markersize=3)
        axes.set_xlabel("true force component (eV/Å)")
        axes.set_ylabel("predicted force component (eV/Å)")
        return axes


def _chosen(potential: str) -> str:
    """The potential to take, told aloud where it is not the one hoped for."""
    if potential != "auto":
        return potential
    if hartree_fock.available():
        return "hartree_fock"
    warnings.warn(
        "PySCF is not installed, so energies and forces come from the analytic three-body potential; "
        'pip install "hybrid-optimization[chemistry]" brings Hartree–Fock',
        stacklevel=3,
    )
    return "three_body"
