"""Curricula: the threshold that counts as success, tightened by what the search itself has reached.

Distances are from the lower bound μ = shift − Σ|c| of the energy; no true ground energy is used. Reference:
Patel et al., arXiv 2402.03500, "feedback-driven curriculum"; the quantile rule keeps the threshold where a
fixed share of the last episodes would have succeeded.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace

import numpy as np

from problems.checking import check_integer, check_number
from problems.errors import ProblemError

START_SHARE = 0.95  # of the distance of |0…0⟩ from μ, where no first threshold is given
NEARLY_ALL = 0.9  # of a period's episodes: more than random gates leave after training
LEVEL = 1e-12  # below this a threshold of 0 could never be undercut


@dataclass(frozen=True)
class Progress:
    """What a curriculum remembers.

    Attributes:
        threshold: ξ.
        first: ξ at the beginning.
        least: The smallest distance seen in training.
        episodes: Finished episodes.
        successes: Since the last shift.
        lowered: How often successes have lowered ξ since then.
        recent: The smallest distance in each of the last episodes, the latest last.
        barren: The record below which a whole period brought no success.
    """

    threshold: float
    first: float
    least: float = float("inf")
    episodes: int = 0
    successes: int = 0
    lowered: int = 0
    recent: tuple[float, ...] = ()
    barren: float = float("inf")


class Curriculum(ABC):
    """A rule for the threshold ξ; frozen, its memory is a ``Progress``."""

    def start(self, zero_distance: float) -> Progress:
        """Return the memory before the first episode.

        Args:
            zero_distance: The distance of |0…0⟩.
        """
        given = self.first_threshold()
        first = START_SHARE * zero_distance if given is None else given
        return Progress(threshold=first, first=first)

    def first_threshold(self) -> float | None:
        """The threshold to begin with, None for 0.95 of the distance of |0…0⟩."""
        return getattr(self, "first", None)

    def after(self, progress: Progress, lowest: float, success: bool) -> Progress:
        """Return the memory after an episode whose smallest distance was ``lowest``."""
        counted = replace(
            progress,
            least=min(progress.least, lowest),
            episodes=progress.episodes + 1,
            successes=progress.successes + success,
            recent=(*progress.recent, lowest)[-self.memory() :] if self.memory() else (),
        )
        return self.tightened(counted, success)

    def memory(self) -> int:
        """How many of the last episodes are remembered."""
        return 0

    @abstractmethod
    def tightened(self, progress: Progress, success: bool) -> Progress:
        """Return the memory with the threshold of the next episode."""


@dataclass(frozen=True)
class QuantileThreshold(Curriculum):
    """Put ξ where a fixed share of the last episodes would have succeeded; it may rise again.

    Every ``every`` episodes ξ becomes the ``share``-quantile of the smallest distances of the last ``window``
    episodes, but no less than the record plus ``margin``. Success ends an episode, so where nearly all
    succeed at one level, such as that of a basis state, no quantile would ever lie below it: then ξ goes
    ``margin`` below the record for one period, and if that brings nothing, not again from that record.

    Attributes:
        share: q.
        window: Episodes whose distances count.
        every: Episodes between two changes.
        margin: δ, in the unit of the energy.
        first: ξ to begin with; None takes 0.95 of the distance of |0…0⟩.
    """

    share: float = 0.25
    window: int = 100
    every: int = 50
    margin: float = 5e-4
    first: float | None = None

    def __post_init__(self):
        check_number("share", self.share, 0.0, 1.0, open_low=True)
        check_integer("window", self.window, 1)
        check_integer("every", self.every, 1)
        _check_margin_and_first(self.margin, self.first)

    def memory(self) -> int:
        """The window."""
        return self.window

    def tightened(self, progress: Progress, success: bool) -> Progress:
        """Return the memory with the threshold of the next episode."""
        if progress.episodes % self.every:
            return progress
        reached = float(np.quantile(np.array(progress.recent), self.share))
        threshold = max(progress.least + self.margin, reached, LEVEL)
        barren = progress.least if progress.threshold <= progress.least else progress.barren
        settled = threshold > progress.threshold - self.margin
        nearly_all = progress.successes >= NEARLY_ALL * self.every
        if settled and nearly_all and progress.least < barren - self.margin:
            threshold = max(progress.least - self.margin, LEVEL)
        return replace(progress, threshold=threshold, successes=0, barren=barren)


@dataclass(frozen=True)
class MovingThreshold(Curriculum):
    """Shift ξ to the record plus δ every so many episodes, and lower it by δ / 10 with successes in between.

    Attributes:
        every: Episodes between two shifts; 500 up to 4 qubits, 2000 for 6 and 8.
        wait: No shift before so many episodes.
        margin: δ; 5e-4 up to 4 qubits, 1e-3 for 6 and 8.
        successes: So many lower ξ by δ / 10.
        times: At most so often between two shifts.
        first: ξ to begin with; None takes 0.95 of the distance of |0…0⟩.
    """

    every: int = 500
    wait: int = 10
    margin: float = 5e-4
    successes: int = 25
    times: int = 10
    first: float | None = None

    def __post_init__(self):
        for name in ("every", "successes"):
            check_integer(name, getattr(self, name), 1)
        for name in ("wait", "times"):
            check_integer(name, getattr(self, name), 0)
        _check_margin_and_first(self.margin, self.first)

    def tightened(self, progress: Progress, success: bool) -> Progress:
        """Return the memory with the threshold of the next episode."""
        if progress.episodes > self.wait and progress.episodes % self.every == 0:
            threshold = max(progress.least + self.margin, LEVEL)
            return replace(progress, threshold=threshold, successes=0, lowered=0)
        due = success and progress.successes and progress.successes % self.successes == 0
        if due and progress.lowered < self.times and progress.first > progress.least:
            threshold = max(progress.threshold - self.margin / 10, LEVEL)
            return replace(progress, threshold=threshold, lowered=progress.lowered + 1)
        return progress


@dataclass(frozen=True)
class VanillaCurriculum(Curriculum):
    """Fixed thresholds, each from a given episode on; with one of them no curriculum at all.

    Attributes:
        thresholds: Distances from μ, in the unit of the energy.
        episodes: The episode from which the second, third … counts.
    """

    thresholds: tuple[float, ...] = (1.0,)
    episodes: tuple[int, ...] = ()

    def __post_init__(self):
        if len(self.episodes) != len(self.thresholds) - 1:
            raise ProblemError("episodes", self.episodes, f"{len(self.thresholds) - 1} of them, one fewer")
        for k, threshold in enumerate(self.thresholds):
            check_number(f"thresholds[{k}]", threshold, 0.0, open_low=True)
        if list(self.episodes) != sorted(set(self.episodes)) or min(self.episodes, default=1) < 1:
            raise ProblemError("episodes", self.episodes, "rising numbers from 1 on")

    def first_threshold(self) -> float | None:
        """The first of them."""
        return self.thresholds[0]

    def tightened(self, progress: Progress, success: bool) -> Progress:
        """Return the memory with the threshold of the next episode."""
        reached = sum(progress.episodes >= episode for episode in self.episodes)
        return replace(progress, threshold=self.thresholds[reached])


@dataclass(frozen=True)
class SuccessCount(Curriculum):
    """Shift ξ to the record after so many successes.

    Attributes:
        successes: Between two shifts.
        margin: Added to the record, which could not be undercut otherwise.
        first: ξ to begin with; None takes 0.95 of the distance of |0…0⟩.
    """

    successes: int = 25
    margin: float = 5e-4
    first: float | None = None

    def __post_init__(self):
        check_integer("successes", self.successes, 1)
        _check_margin_and_first(self.margin, self.first)

    def tightened(self, progress: Progress, success: bool) -> Progress:
        """Return the memory with the threshold of the next episode."""
        if progress.successes < self.successes:
            return progress
        return replace(progress, threshold=max(progress.least + self.margin, LEVEL), successes=0)


def _check_margin_and_first(margin: float, first: float | None) -> None:
    check_number("margin", margin, 0.0)
    if first is not None:
        check_number("first", first, 0.0, open_low=True)
