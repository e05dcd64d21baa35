"""Files of the field: one module per format, and ``read`` for all of them."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "KINDS": "problems.formats.registry",
    "read": "problems.formats.registry",
    "read_cut": "problems.formats.rudy",
    "read_independent_set": "problems.formats.dimacs",
    "read_json": "problems.formats.program_json",
    "read_knapsack": "problems.formats.or_library",
    "read_qubo": "problems.formats.qubo_text",
    "write_cut": "problems.formats.rudy",
    "write_independent_set": "problems.formats.dimacs",
    "write_json": "problems.formats.program_json",
    "write_knapsack": "problems.formats.or_library",
    "write_qubo": "problems.formats.qubo_text",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from problems.formats.dimacs import read_independent_set, write_independent_set
    from problems.formats.or_library import read_knapsack, write_knapsack
    from problems.formats.program_json import read_json, write_json
    from problems.formats.qubo_text import read_qubo, write_qubo
    from problems.formats.registry import KINDS, read
    from problems.formats.rudy import read_cut, write_cut
