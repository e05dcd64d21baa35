"""IBM's quantum computers behind the door: devices, transpilation, checks before sending, jobs, cost."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "DeviceStatus": "backends.ibm.connection",
    "IBMQuantum": "backends.ibm.backend",
    "Limits": "backends.ibm.cost",
    "Retries": "backends.ibm.retry",
    "Twirling": "backends.ibm.options",
    "devices": "backends.ibm.connection",
    "save_account": "backends.ibm.accounts",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from backends.ibm.accounts import save_account
    from backends.ibm.backend import IBMQuantum
    from backends.ibm.connection import DeviceStatus, devices
    from backends.ibm.cost import Limits
    from backends.ibm.options import Twirling
    from backends.ibm.retry import Retries
