"""The journal: work that was paid for once is never lost and never sent twice."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "Entry": "backends.journal.store",
    "Journal": "backends.journal.journal",
    "Store": "backends.journal.store",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from backends.journal.journal import Journal
    from backends.journal.store import Entry, Store
