"""Pictures of radial functions and of atoms."""

from __future__ import annotations

from typing import Any

import numpy as np

from problems.chemistry.solutions import AtomicStructure, RadialStates
from problems.contract import Array

POINTS = 1500
LEGEND_UP_TO = 12  # names; more would hide the curves


def draw_states(states: RadialStates, axes: Any = None) -> Any:
    """Draw P of all states over the radius; returns the axes."""
    axes = _axes(axes)
    r = _radii(states)
    for name, values in zip(states.names(), states.large_component(r), strict=True):
        axes.plot(r, values, label=name, linewidth=1)
    _finish(axes, len(states), "P(r)  (Bohr$^{-1/2}$)")
    return axes


def draw_atom(atom: AtomicStructure, axes: Any = None) -> Any:
    """Draw the radial density and what each shell adds to it; returns the axes."""
    axes = _axes(axes)
    r = _radii(atom.states)
    for name, values in zip(atom.states.names(), atom.shell_densities(r), strict=True):
        axes.plot(r, values, label=name, linewidth=1)
    axes.plot(r, atom.radial_density(r), color="black", label="all")
    _finish(axes, len(atom.states), "$4\\pi r^2 n(r)$  (electrons per Bohr)")
    return axes


def _axes(axes: Any) -> Any:
    if axes is not None:
        return axes
    from problems.report import matplotlib_pyplot

    return matplotlib_pyplot("a plot").figure().subplots()


def _radii(states: RadialStates) -> Array:
    return np.geomspace(1e-4, states.large.ends[-1], POINTS)


def _finish(axes: Any, curves: int, label: str) -> None:
    axes.set_xscale("log")
    axes.set_xlabel("r  (Bohr)")
    axes.set_ylabel(label)
    if curves <= LEGEND_UP_TO:
        axes.legend(fontsize="small")
