"""The price: how well each operation's weights fit a hidden bilinear map."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from classical.equivariance import (
    ClebschGordanProduct,
    FitBilinear,
    GauntProduct,
    MatrixProduct,
    VectorProduct,
)
from classical.equivariance.operation import SphericalOperation
from problems.equivariance import TargetBilinear
from problems.equivariance.coupling_measures import path_coefficients
from tests.claims.table import Row

KINDS: dict[str, type[SphericalOperation]] = {
    "CG": ClebschGordanProduct, "Gaunt": GauntProduct, "matrix": MatrixProduct, "vector": VectorProduct,
}  # fmt: skip


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    yield cross_product()
    if not quick:
        yield random_maps(3, 5)
        yield own_shape(2, 3)


def error(kind: type[SphericalOperation], problem: TargetBilinear) -> float:
    """The held-out error of the best of eight starts."""
    solver = FitBilinear(kind(), restarts=8, tolerance=1e-8)
    return solver.solve(problem, seed=problem.seed, progress=False).objective


def random_maps(lmax: int, seeds: int) -> Row:
    """Standard normal weights on all paths."""
    found = {
        name: [error(kind, TargetBilinear.random(lmax, seed)) for seed in range(seeds)]
        for name, kind in KINDS.items()
    }
    floor = min(min(found["Gaunt"]), min(found["matrix"]))
    spans = {
        name: f"{min(errors):.2f} to {max(errors):.2f}" for name, errors in found.items() if name != "CG"
    }
    return Row(
        f"random weights on all paths, L = {lmax}, {seeds} maps: CG error <= 1e-6, Gaunt and matrix >= 0.5",
        "0.68 to 0.85 (Gaunt), 0.63 to 0.75 (matrix) of the weights' norm",
        f"CG {max(found['CG']):.0e}",
        ", ".join(f"{name} {span}" for name, span in spans.items()),
        bool(max(found["CG"]) <= 1e-6 and floor >= 0.5),
    )


def cross_product() -> Row:
    """Two vectors to an axial vector."""
    found = {name: error(kind, TargetBilinear.cross_product()) for name, kind in KINDS.items()}
    others = max(value for name, value in found.items() if name != "Gaunt")
    return Row(
        "cross product alone: Gaunt error 1.00 (cannot couple), matrix, vector and CG <= 1e-6",
        "",
        f"Gaunt {found['Gaunt']:.2f}",
        ", ".join(f"{name} {value:.0e}" for name, value in found.items() if name != "Gaunt"),
        bool(abs(found["Gaunt"] - 1) < 1e-9 and others <= 1e-6),
    )


def own_shape(lmax: int, seeds: int) -> Row:
    """Targets of the shape of an operation, fitted by it and by the other one."""
    own, other = {}, {}
    for name, rival in (("Gaunt", "matrix"), ("matrix", "Gaunt")):
        kind = KINDS[name]
        shape = path_coefficients(kind(lmax, lmax))[1]
        problems = [TargetBilinear.rank_one(lmax, shape, seed) for seed in range(seeds)]
        own[name] = max(error(kind, problem) for problem in problems)
        other[name] = float(np.median([error(KINDS[rival], problem) for problem in problems]))
    return Row(
        f"targets of rank one in an operation's own shape, L = {lmax}, {seeds} each: it fits them to 1e-4",
        "",
        f"the other operation: {', '.join(f'{name} target {value:.2f}' for name, value in other.items())}",
        ", ".join(f"{name} {value:.0e}" for name, value in own.items()),
        max(own.values()) <= 1e-4,
    )
