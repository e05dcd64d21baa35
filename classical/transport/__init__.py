"""Methods for entropic transport: the light Schrödinger bridge, Sinkhorn's iteration, the null."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "IndependentCoupling": "classical.transport.independent_coupling",
    "LightBridge": "classical.transport.light_bridge",
    "Sinkhorn": "classical.transport.sinkhorn",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from classical.transport.independent_coupling import IndependentCoupling
    from classical.transport.light_bridge import LightBridge
    from classical.transport.sinkhorn import Sinkhorn
