"""The eight pieces: their geometry, and what the judge says of classifiers that are known exactly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems.equivariance.pieces import CHIRAL_PAIR, NAMES, TetrisPieces
from problems.errors import ProblemError
from problems.numerics.rotations import random_rotations


class ByInvariants:
    """Names pieces by their sorted distances and, if told to, by the sign of a triple product."""

    def __init__(self, problem, handed):
        self.handed = handed
        self.known = self.features(problem.positions)

    def features(self, positions):
        away = np.linalg.norm(positions[:, :, None] - positions[:, None], axis=-1)
        degrees = np.sort(np.sum((away > 0) & (away < 1.1), axis=2), axis=1)
        sorted_distances = np.sort(away.reshape(len(positions), -1), axis=1)
        # the blocks are given in the order of the chain
        steps = np.diff(positions, axis=1)
        volume = np.linalg.det(steps) if self.handed else np.zeros(len(positions))
        return np.column_stack([sorted_distances, degrees, volume])

    def scores(self, positions):
        found = self.features(positions)
        return -np.sum((found[:, None] - self.known[None]) ** 2, axis=2)


class Constant:
    def scores(self, positions):
        return np.zeros((len(positions), len(NAMES)))


def test_pieces_are_connected_and_centred():
    problem = TetrisPieces()
    assert problem.neighbours.shape == (8, 4, 4)
    assert np.allclose(problem.positions.mean(axis=1), 0)
    reach = np.linalg.matrix_power(problem.neighbours[0] + np.eye(4), 3)
    assert np.all(reach > 0)
    for joined in problem.neighbours:
        assert np.all(np.linalg.matrix_power(joined + np.eye(4), 3) > 0)


def test_the_two_screws_are_mirror_images_and_no_rotation_joins_them():
    problem = TetrisPieces()
    left, right = (problem.positions[k] for k in CHIRAL_PAIR)
    assert np.allclose(left * np.array([1, -1, 1]), right)
    # over all orders of blocks, the best proper rotation (Kabsch) leaves a distance
    from itertools import permutations

    def best(a, b, sign):
        left_vectors, _, right_vectors = np.linalg.svd(a.T @ b)
        handed = np.diag([1, 1, sign * np.linalg.det(left_vectors @ right_vectors)])
        return np.linalg.norm(a @ left_vectors @ handed @ right_vectors - b)

    orders = list(permutations(range(4)))
    assert min(best(left[list(order)], right, 1) for order in orders) > 0.5
    assert min(best(left[list(order)], right, -1) for order in orders) < 1e-9


def test_no_two_other_pieces_share_their_distances():
    verdict = TetrisPieces(rotations=3).judge(ByInvariants(TetrisPieces(), handed=False))
    assert np.asarray(verdict.metrics["merged_pairs"]).tolist() == [list(CHIRAL_PAIR)]
    assert verdict.metrics["pieces_right"] == 7
    assert verdict.objective <= 7 / 8 + 1e-12


def test_handedness_completes_the_classifier():
    problem = TetrisPieces()
    verdict = problem.judge(ByInvariants(problem, handed=True))
    assert verdict.objective == problem.reference == 1.0
    assert verdict.metrics["merged"] == 0
    assert verdict.metrics["invariance_error"] < 1e-12


def test_a_constant_merges_all_and_is_right_once():
    verdict = TetrisPieces(rotations=5).judge(Constant())
    assert verdict.objective == 1 / 8
    assert verdict.metrics["merged"] == 28
    assert verdict.metrics["invariance_error"] == 0.0


@given(st.integers(0, 2**31 - 1))
def test_held_out_orientations_are_those_of_the_seed(seed):
    problem = TetrisPieces(rotations=2, rotation_seed=seed)
    turns = random_rotations(2, np.random.default_rng(seed))
    assert np.allclose(problem.held_out[1, 3], problem.positions[3] @ turns[1].T)


@pytest.mark.parametrize(
    "fields", [{"radius": 0.5}, {"rotations": 0}, {"rotation_seed": -1}, {"tolerance": float("nan")}]
)
def test_bad_fields_are_refused(fields):
    with pytest.raises(ProblemError, match=next(iter(fields))):
        TetrisPieces(**fields)


class Misshapen:
    def scores(self, positions):
        return np.zeros((len(positions), 7))


class NotFinite:
    def scores(self, positions):
        return np.full((len(positions), 8), np.nan)


@pytest.mark.parametrize(
    ("bad", "word"), [(Misshapen(), "shape"), (NotFinite(), "finite"), ("left", "scores")]
)
def test_bad_candidates_are_refused(bad, word):
    with pytest.raises(ProblemError, match=word):
        TetrisPieces(rotations=1).judge(bad)


def test_the_plot_names_its_axes():
    axes = TetrisPieces(rotations=2).plot(Constant())
    assert "share" in axes.get_xlabel()
    assert axes.get_ylabel() == "piece shown"
