"""Files of the field: one module per format, and ``read`` for all of them."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "KINDS": "problems.formats.registry",
    "read": "problems.formats.registry",
    "read_assignment": "problems.formats.qaplib",
    "read_clique": "problems.formats.dimacs",
    "read_cut": "problems.formats.rudy",
    "read_independent_set": "problems.formats.dimacs",
    "read_json": "problems.formats.program_json",
    "read_knapsack": "problems.formats.or_library",
    "read_lp": "problems.formats.lp",
    "read_mps": "problems.formats.mps",
    "read_permutation": "problems.formats.qaplib",
    "read_qubo": "problems.formats.qubo_text",
    "read_sac94": "problems.formats.sac94",
    "read_solution": "problems.formats.registry",
    "read_tour": "problems.formats.tsplib",
    "read_tours": "problems.formats.tsplib",
    "read_vertex_cover": "problems.formats.dimacs",
    "write_assignment": "problems.formats.qaplib",
    "write_clique": "problems.formats.dimacs",
    "write_cut": "problems.formats.rudy",
    "write_independent_set": "problems.formats.dimacs",
    "write_json": "problems.formats.program_json",
    "write_knapsack": "problems.formats.or_library",
    "write_lp": "problems.formats.lp",
    "write_mps": "problems.formats.mps",
    "write_qubo": "problems.formats.qubo_text",
    "write_sac94": "problems.formats.sac94",
    "write_several_knapsacks": "problems.formats.or_library",
    "write_tours": "problems.formats.tsplib",
    "write_vertex_cover": "problems.formats.dimacs",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from problems.formats.dimacs import (
        read_clique,
        read_independent_set,
        read_vertex_cover,
        write_clique,
        write_independent_set,
        write_vertex_cover,
    )
    from problems.formats.lp import read_lp, write_lp
    from problems.formats.mps import read_mps, write_mps
    from problems.formats.or_library import read_knapsack, write_knapsack, write_several_knapsacks
    from problems.formats.program_json import read_json, write_json
    from problems.formats.qaplib import read_assignment, read_permutation, write_assignment
    from problems.formats.qubo_text import read_qubo, write_qubo
    from problems.formats.registry import KINDS, read, read_solution
    from problems.formats.rudy import read_cut, write_cut
    from problems.formats.sac94 import read_sac94, write_sac94
    from problems.formats.tsplib import read_tour, read_tours, write_tours
