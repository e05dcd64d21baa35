"""The force field: symmetric and conservative in any state, and better than no forces after few steps."""

import jax
import numpy as np
import pytest

from classical.equivariance.many_body_force_field import ManyBodyForceField
from classical.equivariance.many_body_training import ManyBodyModel
from problems.equivariance.molecule import MoleculeForces
from problems.errors import ProblemError, UnsuitableProblem
from problems.numerics.precision import double_precision
from problems.storage import load, save

ONE_LAYER = {"lmax": 1, "hidden_lmax": 0, "layers": 1, "channels": 4, "correlation": 2, "rate": 0.02}
TWO_LAYERS = {**ONE_LAYER, "hidden_lmax": 1, "layers": 2}


@pytest.fixture(scope="module")
def problem():
    return MoleculeForces.ethanol(60, 40, 10, potential="three_body")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(ManyBodyForceField(steps=70, **ONE_LAYER), id="one layer", marks=pytest.mark.slow),
        pytest.param(ManyBodyForceField(steps=100, **TWO_LAYERS), id="gaunt", marks=pytest.mark.slow),
        pytest.param(
            ManyBodyForceField(product="cg", steps=100, **TWO_LAYERS), id="cg", marks=pytest.mark.slow
        ),
    ],
)
def trained(request, problem):
    return request.param.solve(problem, progress=False)


def test_with_random_weights_it_is_symmetric_and_its_forces_are_the_gradient(problem, tmp_path):
    with double_precision():
        network, _, offset, scale = ManyBodyForceField(**ONE_LAYER).start(problem, jax.random.key(1))
    model = ManyBodyModel(network, offset, scale)
    metrics = problem.judge(model).metrics
    assert metrics["equivariance_error"] < 1e-11
    assert metrics["gradient_error"] < 1e-6
    assert np.abs(model.forces(problem.positions[:5])).max() > 0.01
    # blocks of evaluation do not show: rows one by one give the same
    together, alone = model.energy(problem.positions[:13]), model.energy(problem.positions[12:13])
    assert together.shape == (13,)
    assert alone[0] == pytest.approx(together[12], abs=1e-12)
    back = load(save(model, tmp_path / "model.npz"))
    assert np.array_equal(back.forces(problem.positions[:2]), model.forces(problem.positions[:2]))


def test_the_units_are_the_mean_energy_and_the_root_mean_square_force(problem):
    with double_precision():
        _, data, offset, scale = ManyBodyForceField(**ONE_LAYER).start(problem, jax.random.key(1))
    assert offset == pytest.approx(problem.energies[:40].mean())
    assert np.mean(np.asarray(data[2], dtype=float) ** 2) == pytest.approx(1.0, rel=1e-5)
    assert np.allclose(scale * np.asarray(data[1]) + offset, problem.energies[:40], atol=1e-5)


def test_it_beats_no_forces(trained):
    zero = np.abs(trained.problem.forces[trained.problem.test]).mean()
    assert trained.objective < 0.9 * zero


def test_it_is_symmetric_and_its_forces_are_the_gradient(trained):
    metrics = trained.evaluation.metrics
    assert metrics["equivariance_error"] < 1e-11
    assert metrics["gradient_error"] < 1e-6


def test_equal_atoms_may_change_places(trained):
    positions = trained.problem.positions[:3]
    swapped = positions.copy()
    swapped[:, [4, 5]] = positions[:, [5, 4]]  # two hydrogen atoms
    assert np.allclose(trained.solution.energy(swapped), trained.solution.energy(positions), atol=1e-10)
    other = positions.copy()
    other[:, [0, 2]] = positions[:, [2, 0]]  # carbon and oxygen
    assert not np.allclose(trained.solution.energy(other), trained.solution.energy(positions), atol=1e-3)


def test_the_kept_model_is_the_one_with_the_least_validation_error(trained):
    rows = slice(trained.problem.training, trained.problem.training + trained.problem.validation)
    error = np.abs(trained.solution.forces(trained.problem.positions[rows]) - trained.problem.forces[rows])
    best = min(row["validation_force_mae"] for row in trained.history)
    assert error.mean() == pytest.approx(best, rel=1e-12)


def test_the_constant_of_the_energy_is_that_of_the_validation_part(trained):
    rows = slice(trained.problem.training, trained.problem.training + trained.problem.validation)
    energies = trained.solution.energy(trained.problem.positions[rows])
    assert np.mean(energies - trained.problem.energies[rows]) == pytest.approx(0.0, abs=1e-9)


def test_it_repeats_by_its_seed_and_is_stored(trained, tmp_path):
    again = trained.solver.solve(trained.problem, seed=trained.seed, progress=False)
    assert again.digest == trained.digest
    back = load(save(trained, tmp_path / "field.npz"))
    assert isinstance(back.solution, ManyBodyModel)
    assert back.objective == trained.objective


def test_the_rate_falls_to_nothing():
    solver = ManyBodyForceField(steps=60, rate=0.1)
    assert solver.rates(0)[0] == pytest.approx(0.1)
    assert np.all(solver.rates(50)[10:] < 1e-9)


def test_a_batch_larger_than_the_training_part_is_refused(problem):
    with pytest.raises(UnsuitableProblem, match="batch of 41"):
        ManyBodyForceField(batch=41).solve(problem)


@pytest.mark.parametrize(
    "fields",
    [
        {"correlation": 0}, {"product": "full"}, {"method": "exact"}, {"lmax": 0}, {"hidden_lmax": 3},
        {"channels": 0}, {"layers": 0}, {"cutoff": 0.0}, {"batch": 0}, {"force_weight": -1.0}, {"rate": 0.0},
        {"decay": 1.5}, {"steps": 0},
    ],
)  # fmt: skip
def test_bad_fields_are_refused(fields):
    with pytest.raises(ProblemError, match=next(iter(fields))):
        ManyBodyForceField(**fields)
