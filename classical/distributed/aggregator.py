"""What every rule that combines workers' gradients shares: its call, its checks, and what it does with rows
that are not numbers.
"""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod

import numpy as np

from problems.checking import check_integer
from problems.contract import Array
from problems.errors import ProblemError


class Aggregator(ABC):
    """A rule from gradients ``[p, P]`` to one direction ``[P]``; a frozen dataclass of its choices.

    Scores say how far each worker is trusted: higher is better, on a scale of the rule's own.
    """

    def __call__(self, gradients: Array, faulty: int | None = None) -> tuple[Array, Array | None]:
        """Return the direction ``[P]`` and the workers' scores ``[p]``, or None where the rule has none.

        Rows that hold anything but finite numbers are left out with a warning; their score is 0, or the least
        one where scores are negative.

        Args:
            gradients: One row per worker, three at least.
            faulty: How many workers may be wrong, for the rules that must be told.

        Raises:
            ProblemError: If rows have different lengths, all are zero, more than half hold no numbers, or the
                rule cannot work with so many workers.
        """
        gradients = _matrix(gradients)
        sound = np.isfinite(gradients).all(axis=1)
        lost = int(np.sum(~sound))
        if lost > len(gradients) / 2:
            raise ProblemError(
                "gradients", f"{lost} of {len(gradients)} rows with NaN or inf", "half at most"
            )
        if lost:
            rows = ", ".join(map(str, np.flatnonzero(~sound)))
            warnings.warn(f"gradients of workers {rows} hold NaN or inf and are left out", stacklevel=2)
        kept = gradients[sound]
        if faulty is not None:
            check_integer("faulty", faulty, 0, len(gradients) - 1)
        if why := self.unsuitable(len(gradients), faulty):
            raise ProblemError("gradients", f"{len(gradients)} rows", "what the rule can take", why)
        if len(kept) < 3:
            raise ProblemError("gradients", f"{len(kept)} rows with finite numbers", "3 at least")
        if faulty is not None:
            faulty = max(0, faulty - lost)  # whoever sends no numbers is found already
        if not np.any(kept):
            raise ProblemError("gradients", "all zero", "one gradient at least that has a direction")
        direction, scores = self.combine(kept, faulty)
        if scores is None or not lost:
            return direction, scores
        filled = np.full(len(gradients), min(0.0, float(scores.min())))
        filled[sound] = scores
        return direction, filled

    def unsuitable(self, workers: int, faulty: int | None) -> str | None:
        """Return why the rule cannot combine so many workers, or None."""
        return None if workers >= 3 else "with fewer than 3 workers no rule can tell who is wrong"

    @abstractmethod
    def combine(self, gradients: Array, faulty: int | None) -> tuple[Array, Array | None]:
        """Combine sound gradients; the rule itself."""


def told(workers: int, faulty: int | None, needed: int, rule: str) -> str | None:
    """Return why a rule that must be told the number of faulty workers cannot work, or None.

    Args:
        workers: p.
        faulty: f, or None if it is not known.
        needed: The least p for this f.
        rule: The rule's name.
    """
    if workers < 3:
        return "with fewer than 3 workers no rule can tell who is wrong"
    if faulty is None:
        return f"{rule} must be told how many workers may be faulty: set faulty"
    if workers < needed:
        return f"{rule} needs {needed} workers against {faulty} faulty ones, and there are {workers}"
    return None


def _matrix(gradients: Array) -> Array:
    try:
        matrix = np.asarray(gradients, dtype=float)
    except (TypeError, ValueError):
        raise ProblemError("gradients", type(gradients).__name__, "rows of equally many numbers") from None
    if matrix.ndim != 2 or matrix.shape[1] == 0:
        raise ProblemError("the shape of gradients", matrix.shape, "(workers, parameters)")
    return matrix
