"""Continuous minimisation: what an optimizer solves, be it a landscape, a network or a circuit's loop."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "Landscape": "problems.minimisation.landscape",
    "Minimisation": "problems.minimisation.problem",
    "NetworkLoss": "problems.minimisation.network_loss",
    "Values": "problems.minimisation.problem",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from problems.minimisation.landscape import Landscape
    from problems.minimisation.network_loss import NetworkLoss
    from problems.minimisation.problem import Minimisation, Values
