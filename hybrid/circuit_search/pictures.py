"""How a search learns: success rates and errors over the episodes, beside what random circuits do."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from problems.checking import check_choice, check_integer, check_number
from problems.contract import Array, Result
from problems.errors import ProblemError
from problems.ground_state import GroundState
from problems.report import matplotlib_pyplot

CHEMICAL = 1.6e-3  # Hartree: chemical accuracy
FLOOR = 1e-12  # errors below are drawn here: the axis is logarithmic
DEVIATIONS = 1.96  # of a normal distribution, on both sides of 95 %


def episode_errors(result: Result, key: str = "energy") -> Array:
    """Return by how much the energy of each episode, or each circuit, misses the reference.

    Args:
        result: Of a search on a problem whose ``reference`` is known.
        key: "energy", the last one of an episode, or "lowest".

    Raises:
        ProblemError: If the problem has no reference, or the history has no such energies.
    """
    check_choice("key", key, ("energy", "lowest"))
    if not isinstance(result.problem, GroundState) or result.problem.reference is None:
        raise ProblemError("reference", None, "the ground energy", "GroundState(…, reference=…) has one")
    energies = [row[key] for row in result.history if key in row]
    if not energies:
        raise ProblemError("history", f"without {key!r}", "that of a circuit search")
    return np.array(energies, dtype=float) - result.problem.reference


def success_rates(errors: Array, window: int = 100, accuracy: float = CHEMICAL) -> Array:
    """Return the share of errors within ``accuracy`` in each ``window``, the last one maybe shorter."""
    check_integer("window", window, 1)
    check_number("accuracy", accuracy, 0.0)
    starts = np.arange(0, len(errors), window)
    return np.array([np.mean(errors[start : start + window] <= accuracy) for start in starts])


def share_band(successes: int, trials: int, deviations: float = DEVIATIONS) -> tuple[float, float]:
    """Return the limits of a share by Wilson's interval.

    Reference: Wilson, Journal of the American Statistical Association 22, 209 (1927).
    """
    check_integer("trials", trials, 1)
    check_integer("successes", successes, 0, trials)
    share, square = successes / trials, deviations**2 / trials
    centre = share + square / 2
    reach = deviations * math.sqrt(share * (1 - share) / trials + square / (4 * trials))
    return max(0.0, (centre - reach) / (1 + square)), min(1.0, (centre + reach) / (1 + square))


def draw_learning(
    results: Sequence[Result],
    null: Result | None = None,
    window: int = 100,
    accuracy: float = CHEMICAL,
    axes: Any = None,
) -> Any:
    """Draw the success rate and the median error of every ``window`` episodes; returns the figure.

    The null is drawn as bands: Wilson's interval of its success rate, as wide as it would be for one window,
    and the middle nine tenths of its errors.

    Args:
        results: Searches on one problem whose reference is known, one for each seed.
        null: Random circuits on the same problem.
        window: Episodes that a point stands for.
        accuracy: An error within it is a success, in the unit of the energy.
        axes: Two, for the rates and the errors; new ones by default.

    Raises:
        ProblemError: If there is no result, or a history has no energies.
    """
    if not results:
        raise ProblemError("results", "empty", "at least one search")
    if axes is None:
        _, axes = matplotlib_pyplot("learning curves").subplots(
            1, 2, figsize=(9.0, 3.4), layout="constrained"
        )
    rates, medians = axes
    for result in results:
        errors = episode_errors(result)
        episodes = np.minimum(np.arange(window, len(errors) + window, window), len(errors))
        rates.plot(episodes, success_rates(errors, window, accuracy), label=f"seed {result.seed}")
        middle = [np.median(errors[max(0, end - window) : end]) for end in episodes]
        medians.plot(episodes, np.maximum(middle, FLOOR))
    if null is not None:
        _draw_null(rates, medians, episode_errors(null), window, accuracy)
    rates.set(xlabel="episode", ylabel=f"share within {accuracy:g}, of {window} episodes", ylim=(0, 1))
    rates.legend()
    medians.axhline(max(accuracy, FLOOR), color="black", linewidth=0.8)
    errors = f"median error of {window} episodes (unit of the energy)"
    medians.set(xlabel="episode", ylabel=errors, yscale="log")
    return rates.figure


def draw_shares(shares: Mapping[str, Sequence[float]], axes: Any = None) -> Any:
    """Draw a bar for the mean share of each variant, with a dot for each seed; returns the figure.

    Raises:
        ProblemError: If there is no variant, or one has no share.
    """
    if not shares or not all(len(values) for values in shares.values()):
        raise ProblemError("shares", dict(shares), "at least one share for each variant, and one variant")
    if axes is None:
        _, axes = matplotlib_pyplot("a picture of shares").subplots(
            figsize=(7, 1 + 0.45 * len(shares)), layout="constrained"
        )
    places = np.arange(len(shares))
    axes.barh(places, [float(np.mean(values)) for values in shares.values()], color="0.8")
    for place, values in zip(places, shares.values(), strict=True):
        axes.plot(values, np.full(len(values), place), "o", color="tab:blue", markersize=4)
    axes.set_yticks(places, list(shares))
    axes.invert_yaxis()
    axes.set(xlabel="share of accurate episodes", xlim=(0, 1))
    return axes.figure


def _draw_null(rates: Any, medians: Any, errors: Array, window: int, accuracy: float) -> None:
    share = float(np.mean(errors <= accuracy))
    low, high = share_band(round(share * window), window)
    rates.axhspan(low, high, color="0.85", label="random circuits")
    low, high = np.maximum(np.quantile(errors, (0.05, 0.95)), FLOOR)
    medians.axhspan(low, high, color="0.85")
