"""The classifier of shapes: invariant in any state, and able to tell what its product can couple."""

import jax
import numpy as np
import pytest

from classical.equivariance.clebsch_gordan_product import ClebschGordanProduct
from classical.equivariance.equivariant_classifier import EquivariantClassifier
from classical.equivariance.gaunt_product import GauntProduct
from classical.equivariance.matrix_product import MatrixProduct
from classical.equivariance.piece_network import PieceNetwork, piece_network
from classical.equivariance.piece_training import random_turns
from problems.equivariance.pieces import CHIRAL_PAIR, NAMES, TetrisPieces
from problems.errors import ProblemError
from problems.numerics.precision import double_precision
from problems.storage import load, save

SMALL = {"hidden_lmax": 1, "multiplicity": 4, "embedding": 4, "hidden": 8, "rate": 0.01}


def untrained(operation, separate=False, seed=3):
    """A network with random weights and its verdict."""
    problem = TetrisPieces(rotations=5)
    with double_precision():
        key = jax.random.key(seed)
        network = piece_network(operation, 4, 3, 8, 4, separate, problem.radius, len(NAMES), key)
    return network, problem.judge(network).metrics


@pytest.fixture(scope="module")
def brief():
    """One round of messages, trained for a moment."""
    solver = EquivariantClassifier(GauntProduct(), layers=1, steps=30, **SMALL)
    return solver.solve(TetrisPieces(rotations=3), progress=False)


def test_with_random_weights_gaunt_products_merge_the_mirror_images_alone():
    network, metrics = untrained(GauntProduct(1, 1, 1))
    assert [tuple(pair) for pair in np.asarray(metrics["merged_pairs"])] == [CHIRAL_PAIR]
    assert metrics["invariance_error"] < 1e-12
    positions = TetrisPieces().positions
    assert np.allclose(network.scores(-positions), network.scores(positions), atol=1e-12)


@pytest.mark.slow
def test_with_random_weights_gaunt_products_apart_by_parity_merge_the_mirror_images():
    _, metrics = untrained(GauntProduct(2, 2, 2), separate=True)
    assert [tuple(pair) for pair in np.asarray(metrics["merged_pairs"])] == [CHIRAL_PAIR]


@pytest.mark.slow
@pytest.mark.parametrize("operation", [ClebschGordanProduct(1, 1, 1), MatrixProduct(1, 1, 1)])
def test_a_mirror_image_differs_by_pseudo_scalars_where_the_product_couples_odd(operation):
    network, metrics = untrained(operation)
    positions = TetrisPieces().positions
    plain, mirrored = network.scores(positions), network.scores(-positions)
    left, right = CHIRAL_PAIR
    assert metrics["merged"] == 0
    assert metrics["invariance_error"] < 1e-12
    assert np.allclose(mirrored[[left, right]], plain[[right, left]], atol=1e-9)
    # what does not differ from its mirror image has no pseudo-scalars
    assert np.allclose(mirrored[2:], plain[2:], atol=1e-9)


@pytest.mark.slow
def test_clebsch_gordan_products_learn_to_name_all_pieces():
    problem = TetrisPieces(rotations=10)
    found = EquivariantClassifier(ClebschGordanProduct(), steps=250, **SMALL).solve(problem, progress=False)
    assert found.objective == 1.0
    assert found.history[-1]["cross_entropy"] < found.history[0]["cross_entropy"]


@pytest.mark.slow
def test_it_repeats_by_its_seed_and_is_stored(brief, tmp_path):
    again = brief.solver.solve(brief.problem, seed=brief.seed, progress=False)
    assert again.digest == brief.digest
    other = brief.solver.solve(brief.problem, seed=brief.seed + 1, progress=False)
    assert other.digest != brief.digest
    back = load(save(brief, tmp_path / "pieces.npz"))
    assert isinstance(back.solution, PieceNetwork)
    assert back.objective == brief.objective


@pytest.mark.slow
def test_steps_beyond_the_last_change_nothing(brief):
    assert brief.history[-1]["steps"] == brief.resources["steps"] == 30


@pytest.mark.slow
def test_one_round_of_messages_tells_numbers_of_neighbours_alone(brief):
    scores = brief.solution.scores(brief.problem.positions)
    counts = np.sort(brief.problem.neighbours.sum(axis=2), axis=1)
    for a in range(len(NAMES)):
        for b in range(a):
            if not np.array_equal(counts[a], counts[b]):
                continue
            # equal lengths, and directions that a scalar of one round does not see
            assert np.allclose(scores[a], scores[b], atol=1e-12)


def test_random_turns_are_rotations():
    turns = np.asarray(jax.jit(random_turns, static_argnums=1)(jax.random.key(0), 50), dtype=float)
    assert np.allclose(turns @ turns.transpose(0, 2, 1), np.eye(3), atol=1e-5)
    assert np.allclose(np.linalg.det(turns), 1, atol=1e-5)


@pytest.mark.parametrize(
    "fields",
    [
        {"operation": "gaunt"}, {"hidden_lmax": 0}, {"layers": 0}, {"multiplicity": 0}, {"steps": 0},
        {"rate": 0.0}, {"separate": 2},
    ],
)  # fmt: skip
def test_bad_fields_are_refused(fields):
    with pytest.raises(ProblemError, match=next(iter(fields))):
        EquivariantClassifier(**fields)
