"""A force field with Gaunt products beside one with all Clebsch–Gordan products, and beside nulls.

Smaller than published: two layers, 16 channels, degrees up to 2 (hidden 1), 30 passes over 200 geometries;
energies and forces come from an analytic three-body potential. Times are of a training step after
compilation, CPU seconds, chunks of the rivals in turn.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from classical.equivariance.many_body_force_field import CHUNK, ManyBodyForceField
from problems.contract import Array, Evaluation
from problems.equivariance.molecule import MoleculeForces
from problems.numerics.precision import double_precision
from tests.claims.table import Row

SEEDS, DATA_SEED = (1, 2), 1
SETTINGS: dict[str, Any] = {"channels": 16, "lmax": 2, "hidden_lmax": 1, "layers": 2, "steps": 1200}
SMALL: dict[str, Any] = {"channels": 4, "lmax": 1, "hidden_lmax": 0, "layers": 1, "correlation": 3}


def rows(quick: bool) -> Iterator[Row]:
    """The rows of this part; the quick form has a model of one layer that is not trained."""
    problem = MoleculeForces.ethanol(potential="three_body", seed=DATA_SEED)
    if quick:
        yield _symmetric([_untrained(problem)])
        return
    solvers = {
        "gaunt": ManyBodyForceField(product="gaunt", **SETTINGS),
        "cg": ManyBodyForceField(product="cg", **SETTINGS),
    }
    fourier = ManyBodyForceField(product="gaunt", method="fourier", **SETTINGS)
    yield from _times(_seconds({**solvers, "fourier": fourier}, problem))
    found = {
        name: [solver.solve(problem, seed=seed, progress=False) for seed in SEEDS]
        for name, solver in solvers.items()
    }
    both = found["gaunt"] + found["cg"]
    yield _accuracy(found)
    yield _beside_nulls("both models are below zero forces and ridge regression", both, _nulls(problem))
    yield _symmetric([one.evaluation for one in both])


def _untrained(problem: MoleculeForces) -> Evaluation:
    """The verdict on a Gaunt model with random weights."""
    import jax

    from classical.equivariance.many_body_training import ManyBodyModel

    with double_precision():
        network, _, offset, scale = ManyBodyForceField(**SMALL).start(problem, jax.random.key(SEEDS[0]))
    return problem.judge(ManyBodyModel(network, offset, scale))


def _accuracy(found: dict[str, list[Any]]) -> Row:
    errors = {name: [1e3 * one.objective for one in results] for name, results in found.items()}
    ratio = float(np.mean(errors["gaunt"]) / np.mean(errors["cg"]))
    shown = {name: ", ".join(f"{error:.1f}" for error in own) for name, own in errors.items()}
    energies = {
        name: np.mean([1e3 * one.evaluation.metrics["energy_mae"] for one in results])
        for name, results in found.items()
    }
    return Row(
        "Gaunt contraction's test force error is at most 1.15 times full Clebsch–Gordan contraction's, same "
        f"channels, correlation 3, mean of {len(SEEDS)} seeds",
        "",
        f"Clebsch–Gordan {shown['cg']} meV/Å (energy {energies['cg']:.1f} meV)",
        f"Gaunt {shown['gaunt']} meV/Å (energy {energies['gaunt']:.1f} meV); ratio {ratio:.2f}",
        ratio <= 1.15,
        "" if ratio <= 1.15 else "one weight per order and degree fits less than one per path",
    )


def _beside_nulls(claim: str, results: list[Any], nulls: list[tuple[str, float]]) -> Row:
    worst = max(one.objective for one in results)
    return Row(
        f"{claim} in force error",
        "",
        ", ".join(f"{name} {1e3 * error:.0f}" for name, error in nulls) + " meV/Å",
        f"the worst model {1e3 * worst:.0f} meV/Å",
        worst < min(error for _, error in nulls),
    )


def _symmetric(verdicts: list[Evaluation]) -> Row:
    turned = max(float(one.metrics["equivariance_error"]) for one in verdicts)
    slope = max(float(one.metrics["gradient_error"]) for one in verdicts)
    return Row(
        "models turn and reflect with the molecule to 1e-10 eV/Å, and forces are the energy's gradient "
        "to 1e-5 eV/Å of central differences",
        "",
        "",
        f"{turned:.0e} and {slope:.0e} eV/Å",
        turned <= 1e-10 and slope <= 1e-5,
    )


def _times(seconds: dict[str, float]) -> Iterator[Row]:
    shown = {name: f"{1e3 * value:.1f} ms" for name, value in seconds.items()}
    faster = seconds["cg"] / seconds["gaunt"]
    yield Row(
        "a training step with Gaunt contraction takes less time than with full contraction, correlation 3",
        "",
        f"Clebsch–Gordan {shown['cg']}",
        f"Gaunt {shown['gaunt']}: {faster:.2f} times as fast",
        faster > 1,
    )
    faster = seconds["fourier"] / seconds["gaunt"]
    yield Row(
        "a training step with Gaunt products on a grid is at least 1.2 times as fast as by Fourier series",
        "1.3 (MACE)",
        f"Fourier {shown['fourier']}",
        f"grid {shown['gaunt']}: {faster:.2f} times",
        faster >= 1.2,
    )


def _seconds(
    solvers: dict[str, ManyBodyForceField], problem: MoleculeForces, repeats: int = 3
) -> dict[str, float]:
    """The median CPU seconds of a step, chunks of all solvers in turn after one that compiles."""
    import jax
    import jax.numpy as jnp

    from classical.equivariance.many_body_training import fresh_moments, train

    spent: dict[str, list[float]] = {name: [] for name in solvers}
    with double_precision():
        prepared = {}
        for name, solver in solvers.items():
            network, data, _, _ = solver.start(problem, jax.random.key(0))
            order = np.random.default_rng(0).integers(0, problem.training, (CHUNK, solver.batch))
            prepared[name] = (
                network,
                network,
                fresh_moments(network),
                data,
                jnp.asarray(order, jnp.int32),
                jnp.asarray(solver.rates(0)),
                jnp.float32(solver.force_weight),
                jnp.float32(solver.decay),
            )
        for turn in range(repeats + 1):
            for name, arguments in prepared.items():
                begun = time.process_time()
                jax.block_until_ready(train(*arguments)[3])
                if turn:
                    spent[name].append((time.process_time() - begun) / CHUNK)
    return {name: float(np.median(values)) for name, values in spent.items()}


class Still:
    """The null: the mean training energy and no forces."""

    def __init__(self, problem: MoleculeForces):
        self.mean = float(problem.energies[: problem.training].mean())

    def energy(self, positions: Array) -> Array:
        """The mean everywhere."""
        return np.full(len(positions), self.mean)

    def forces(self, positions: Array) -> Array:
        """Zeros."""
        return np.zeros_like(positions)


class DistanceRidge:
    """Ridge regression of energies and forces on all pair distances and their squares, with forces exact."""

    def __init__(self, problem: MoleculeForces, penalty: float):
        part = slice(0, problem.training)
        positions = problem.positions[part]
        self.pairs = np.triu_indices(positions.shape[1], 1)
        features, slopes = self._features(positions)
        self.mean, self.offset = features.mean(axis=0), float(problem.energies[part].mean())
        rows = slopes.reshape(-1, slopes.shape[-1])
        design = np.concatenate([features - self.mean, -rows])
        target = np.concatenate([problem.energies[part] - self.offset, problem.forces[part].ravel()])
        gram = design.T @ design + penalty * np.eye(design.shape[1])
        self.weights = np.linalg.solve(gram, design.T @ target)

    def energy(self, positions: Array) -> Array:
        """Linear in the features."""
        return self.offset + (self._features(positions)[0] - self.mean) @ self.weights

    def forces(self, positions: Array) -> Array:
        """Minus the gradient."""
        return -self._features(positions)[1] @ self.weights

    def _features(self, positions: Array) -> tuple[Array, Array]:
        """Features ``[B, F]`` and their gradients ``[B, n, 3, F]``."""
        first, second = self.pairs
        away = positions[:, second] - positions[:, first]
        distances = np.linalg.norm(away, axis=-1)
        units = away / distances[..., None]
        slopes = np.zeros((*positions.shape, 2 * len(first)))
        for k, (i, j) in enumerate(zip(first, second, strict=True)):
            for column, factor in ((k, np.ones(len(away))), (k + len(first), 2 * distances[:, k])):
                slopes[:, j, :, column] += factor[:, None] * units[:, k]
                slopes[:, i, :, column] -= factor[:, None] * units[:, k]
        return np.concatenate([distances, distances**2], axis=1), slopes


def _nulls(problem: MoleculeForces) -> list[tuple[str, float]]:
    """Test force errors of the nulls; the penalty of the ridge is the best of five on the validation part."""
    held = slice(problem.training, problem.training + problem.validation)

    def error(model: DistanceRidge) -> float:
        return float(np.abs(model.forces(problem.positions[held]) - problem.forces[held]).mean())

    ridge = min((DistanceRidge(problem, 10.0**k) for k in (-4, -2, 0, 1, 2)), key=error)
    return [
        ("zero forces", problem.judge(Still(problem)).objective),
        ("ridge on distances", problem.judge(ridge).objective),
    ]
