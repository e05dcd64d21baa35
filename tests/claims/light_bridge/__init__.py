"""Light Schrödinger bridge: an entropic plan and its diffusion in closed form, learnt from unpaired samples.

Published figures are the paper's cBW²-UVP on pairs of its own; ours are of pairs made by the same rule. The
solver starts its components otherwise than published and averages its last parameters; rows of the published
start stand beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.claims.table import Row


def rows(quick: bool) -> Iterator[Row]:
    """All rows; the quick form takes one benchmark, with fewer points and steps."""
    from tests.claims.light_bridge import benchmark, cells, diffusion, gaussians, sinkhorns, theory

    yield from gaussians.rows(quick)
    yield from benchmark.rows(quick)
    yield from diffusion.rows(quick)
    if not quick:
        yield from sinkhorns.rows()
        yield from theory.rows()
        yield from cells.rows()
