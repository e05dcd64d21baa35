"""Entropic transport: the Schrödinger bridge between two clouds of points."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "Bridge": "problems.transport.bridge",
    "ConditionalPlan": "problems.transport.plans",
    "Diffusion": "problems.transport.plans",
    "GaussianMixturePotential": "problems.transport.mixture_potential",
    "Plan": "problems.transport.plans",
    "SampledPlan": "problems.transport.plans",
    "Snapshot": "problems.transport.snapshots",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from problems.transport.bridge import Bridge
    from problems.transport.mixture_potential import GaussianMixturePotential
    from problems.transport.plans import ConditionalPlan, Diffusion, Plan, SampledPlan
    from problems.transport.snapshots import Snapshot
