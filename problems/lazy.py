"""Names on demand: a package lists where its public names live and imports a module when one is asked for.

This is PEP 562 with the table kept in plain sight. It lets ``import problems`` cost the standard library
alone.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any


def lazy(package: str, table: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` for a package.

    Args:
        package: The package's ``__name__``.
        table: Public name to the full name of the module that defines it.
    """

    def resolve(name: str) -> Any:
        if name not in table:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(table[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    return resolve, lambda: sorted(table)
