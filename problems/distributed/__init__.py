"""One minimisation spread over workers: training nodes or quantum devices, some of them faulty."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "Fleet": "problems.distributed.fleet",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from problems.distributed.fleet import Fleet
