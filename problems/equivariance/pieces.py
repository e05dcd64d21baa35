"""The eight pieces of four blocks, two of them mirror images, to be told apart in any orientation.

Reference: Xie, Daigavane, Kotak, Smidt, "The price of freedom: exploring expressivity and runtime tradeoffs
in equivariant tensor products", ICML 2025, arXiv 2506.13523.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from problems.checking import check_integer, check_number, read_only
from problems.contract import Array, Evaluation, Problem
from problems.errors import ProblemError
from problems.numerics.rotations import random_rotations

NAMES = ("left screw", "right screw", "square", "line", "tripod", "hook", "tee", "zigzag")
CHIRAL_PAIR = (0, 1)

# the cells of the cubic lattice that each piece fills; the first two are mirror images in the plane y = 0
_CELLS = (
    ((0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1)),
    ((0, 0, 0), (1, 0, 0), (1, -1, 0), (1, -1, 1)),
    ((0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 0)),
    ((0, 0, 0), (1, 0, 0), (2, 0, 0), (3, 0, 0)),
    ((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)),
    ((0, 0, 0), (1, 0, 0), (2, 0, 0), (2, 1, 0)),
    ((0, 0, 0), (1, 0, 0), (2, 0, 0), (1, 1, 0)),
    ((0, 0, 0), (1, 0, 0), (1, 1, 0), (2, 1, 0)),
)


class PieceScores(Protocol):
    """A classifier: one score per piece, the highest is its answer."""

    def scores(self, positions: Array) -> Array:
        """Return scores ``[B, 8]`` of block centres ``[B, 4, 3]``."""
        ...


@dataclass(frozen=True, eq=False)
class TetrisPieces(Problem[PieceScores]):
    """Name each of the eight pieces under rotations that were not seen; solutions score the pieces.

    The objective is the share of right answers over all pieces and held-out rotations. Two pieces are merged
    where their scores agree in every held-out orientation: no rule that reads the scores tells them apart, so
    at most one of the two is ever named rightly in any orientation.

    Attributes:
        radius: Blocks whose centres are no farther apart than this are neighbours, in edges of a block.
        rotations: How many held-out orientations each piece is shown in.
        rotation_seed: Draws them, uniformly.
        tolerance: Scores that differ by no more than this share of the largest score agree.
    """

    radius: float = 1.1
    rotations: int = 100
    rotation_seed: int = 20_130
    tolerance: float = 1e-6
    sense = "max"
    reference = 1.0

    def __post_init__(self):
        check_number("radius", self.radius, 1.0)
        check_integer("rotations", self.rotations, 1)
        check_integer("rotation_seed", self.rotation_seed, 0)
        check_number("tolerance", self.tolerance, 0.0)

    @property
    def positions(self) -> Array:
        """The centres of the blocks ``[8, 4, 3]``, each piece about its centre of mass."""
        cells = np.array(_CELLS, dtype=float)
        return read_only(cells - cells.mean(axis=1, keepdims=True))

    @property
    def neighbours(self) -> Array:
        """Which blocks of a piece are neighbours, bool ``[8, 4, 4]``, no block of itself."""
        distances = np.linalg.norm(self.positions[:, :, None] - self.positions[:, None], axis=-1)
        return read_only((distances <= self.radius) & ~np.eye(4, dtype=bool))

    @property
    def held_out(self) -> Array:
        """Every piece in every held-out orientation, ``[R, 8, 4, 3]``."""
        turns = random_rotations(self.rotations, np.random.default_rng(self.rotation_seed))
        return np.einsum("rij,pbj->rpbi", turns, self.positions)

    def judge(self, solution: PieceScores) -> Evaluation:
        """Score by the share of right answers, beside it the pieces always right and the merged pairs."""
        shown = self.held_out
        scores = self._scores(solution, shown.reshape(-1, 4, 3)).reshape(*shown.shape[:2], len(NAMES))
        right = scores.argmax(axis=2) == np.arange(len(NAMES))
        pairs = self._merged(scores)
        metrics: dict[str, float | Array] = {
            "pieces_right": float(np.sum(right.all(axis=0))),
            "share_right": right.mean(axis=0),
            "merged": float(len(pairs)),
            "merged_pairs": pairs,
            "invariance_error": self._spread(scores),
        }
        return Evaluation(float(right.mean()), metrics=metrics)

    def _scores(self, solution: PieceScores, positions: Array) -> Array:
        if not callable(getattr(solution, "scores", None)):
            raise ProblemError("the solution", type(solution).__name__, "a classifier with a method scores")
        scores = np.asarray(solution.scores(positions), dtype=float)
        if scores.shape != (len(positions), len(NAMES)):
            raise ProblemError("the shape of the scores", scores.shape, f"({len(positions)}, {len(NAMES)})")
        if not np.isfinite(scores).all():
            raise ProblemError("the scores", "not finite", "finite numbers")
        return scores

    def _merged(self, scores: Array) -> Array:
        """Pairs ``[k, 2]`` of pieces whose scores agree in every orientation."""
        bar = self.tolerance * np.abs(scores).max()
        far = np.abs(scores[:, :, None] - scores[:, None]).max(axis=(0, 3))
        first, second = np.nonzero(np.triu(far <= bar, 1))
        return np.stack([first, second], axis=1)

    def _spread(self, scores: Array) -> float:
        """How much the scores depend on the orientation, as a share of the largest score."""
        largest = np.abs(scores).max()
        return float(np.ptp(scores, axis=0).max() / largest) if largest > 0 else 0.0

    def plot(self, solution: PieceScores, axes: Any = None) -> Any:
        """Draw how often each piece got each name."""
        from problems.report import matplotlib_pyplot

        axes = axes if axes is not None else matplotlib_pyplot("a plot").figure().subplots()
        shown = self.held_out
        named = self._scores(solution, shown.reshape(-1, 4, 3)).argmax(axis=1).reshape(shown.shape[:2])
        shares = np.stack([(named == name).mean(axis=0) for name in range(len(NAMES))], axis=1)
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        axes.set_xticks(range(len(NAMES)), NAMES, rotation=45, ha="right")
        axes.set_yticks(range(len(NAMES)), NAMES)
        axes.set_xlabel("piece named (share of held-out orientations)")
        axes.set_ylabel("piece shown")
        return axes
