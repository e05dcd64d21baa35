"""A bridge in a picture: both clouds, where the plan carries points, and some paths."""

from __future__ import annotations

from typing import Any

import numpy as np

from problems.contract import Array
from problems.transport.mixture_potential import GaussianMixturePotential
from problems.transport.plans import Plan, along_bridge, draws

PATHS = 20
STEPS = 100
SHOWN = 500  # points of a cloud


def draw_bridge(problem: Any, plan: Plan, axes: Any = None) -> Any:
    """Draw a plan for a ``Bridge`` in the first two coordinates; returns the axes.

    Paths follow the diffusion where the solution has one, else Brownian bridges over the plan; where there
    is one coordinate alone, time is the horizontal axis.
    """
    from problems.report import matplotlib_pyplot

    axes = axes if axes is not None else matplotlib_pyplot("a plot").figure().subplots()
    asked = problem.asked[:SHOWN]
    clouds = (
        ("source", asked, 0.0, "tab:blue"),
        ("target", problem.awaited[:SHOWN], 1.0, "0.7"),
        ("carried", draws(plan, asked, problem.seed), 1.0, "tab:orange"),
    )
    for name, points, time, colour in clouds:
        axes.scatter(*_flat(points, time), s=4, alpha=0.5, color=colour, label=name)
    trails = bridge_paths(problem, plan, asked[:PATHS])
    times = np.linspace(0.0, 1.0, len(trails))
    for k in range(trails.shape[1]):
        axes.plot(*_flat(trails[:, k], times), lw=0.6, color="0.2", alpha=0.7)
    plain = problem.dimension == 1
    axes.set_xlabel("time (share of the whole)" if plain else "first coordinate (data units)")
    axes.set_ylabel("value (data units)" if plain else "second coordinate (data units)")
    axes.legend(loc="best", fontsize="small")
    return axes


def bridge_paths(problem: Any, plan: Plan, x: Array) -> Array:
    """Return paths ``[steps + 1, m, D]`` from x ``[m, D]``."""
    if isinstance(plan, GaussianMixturePotential):
        return plan.paths(x, STEPS, problem.seed)
    ends = along_bridge(plan, x, 1.0, problem.epsilon, problem.seed)
    noise = np.random.default_rng((problem.seed, 2)).normal(size=(STEPS, *x.shape))
    walk = np.concatenate([np.zeros((1, *x.shape)), np.cumsum(noise, axis=0)])
    walk *= np.sqrt(problem.epsilon / STEPS)
    times = np.linspace(0.0, 1.0, STEPS + 1)[:, None, None]
    return (1 - times) * x + times * ends + walk - times * walk[-1]


def _flat(points: Array, time: Any) -> tuple[Array, Array]:
    """Two coordinates to draw: the first two, or time and the only one."""
    if points.shape[1] == 1:
        return np.broadcast_to(time, len(points)), points[:, 0]
    return points[:, 0], points[:, 1]
