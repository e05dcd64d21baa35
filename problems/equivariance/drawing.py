"""Figures of coefficients, of runtimes beside freedom, and of weights of paths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from problems.contract import Array
from problems.numerics.spherical import block


def canvas(axes: Any) -> Any:
    """Return the axes to draw on, new ones if there are none."""
    if axes is not None:
        return axes
    from problems.report import matplotlib_pyplot

    return matplotlib_pyplot("a plot").figure().subplots()


def spectra(exact: Array, found: Array, lmax: int, axes: Any = None) -> Any:
    """Draw the root mean square of each degree's coefficients, exact and in error; returns the axes."""
    axes = canvas(axes)
    own = np.arange(lmax + 1)
    for label, values, marker in (("result", exact, "o"), ("error of the solution", found - exact, "x")):
        power = [float(np.sqrt(np.mean(values[..., block(degree)] ** 2))) for degree in range(lmax + 1)]
        axes.semilogy(own, np.maximum(power, 1e-18), marker, label=label)
    axes.set_xlabel("degree l")
    axes.set_ylabel("root mean square of coefficients (units of x times y)")
    axes.legend()
    return axes


def runtimes(
    labels: Sequence[str], seconds: Sequence[float], freedom: Sequence[float], axes: Any = None
) -> Any:
    """Draw seconds per call against expressivity; returns the axes."""
    axes = canvas(axes)
    for label, x, y in zip(labels, seconds, freedom, strict=True):
        axes.loglog([1e3 * x], [max(y, 0.5)], "o", label=label)
    axes.set_xlabel("time per call (ms)")
    axes.set_ylabel("expressivity (free dimensions)")
    axes.legend(fontsize="small")
    return axes


def path_weights(paths: Sequence[tuple[int, int, int]], hidden: Array, found: Array, axes: Any = None) -> Any:
    """Draw hidden and fitted weights of paths; returns the axes."""
    axes = canvas(axes)
    axes.plot(range(len(paths)), hidden, "o", label="hidden")
    axes.plot(range(len(paths)), found, "x", label="fitted")
    if len(paths) <= 20:
        axes.set_xticks(range(len(paths)), [f"{a}{b}{c}" for a, b, c in paths], rotation=90)
    axes.set_xlabel("path (l1, l2, l3)")
    axes.set_ylabel("weight (output per x y)")
    axes.legend()
    return axes
