"""What each operation couples and how freely, and that each is equivariant and its own tensor."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from classical.equivariance import ClebschGordanProduct, GauntProduct, MatrixProduct, VectorProduct
from classical.equivariance.operation import SphericalOperation
from problems.equivariance.coupling_measures import allowed_paths
from problems.equivariance.operation_errors import equivariance_error, reference_error
from problems.numerics.rotations import random_rotations
from problems.numerics.spherical import size
from tests.claims.table import Row

PAPER_EVEN, PAPER_ALL, PAPER_RANK = (5, 14, 30, 55, 91), (6, 19, 44, 85, 146), (5, 9, 13, 17, 21)


def operations(lmax: int) -> dict[str, SphericalOperation]:
    """One of each kind with inputs up to L and outputs up to 2 L."""
    return {
        "CG dense": ClebschGordanProduct(lmax, lmax),
        "CG sparse": ClebschGordanProduct(lmax, lmax, method="sparse"),
        "Gaunt grid": GauntProduct(lmax, lmax),
        "Gaunt Fourier": GauntProduct(lmax, lmax, method="fourier"),
        "Gaunt Fourier direct": GauntProduct(lmax, lmax, method="fourier_direct"),
        "matrix": MatrixProduct(lmax, lmax),
        "matrix blocks": MatrixProduct(lmax, lmax, method="blocks"),
        "vector": VectorProduct(lmax, lmax),
    }


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    yield exact(1 if quick else 3)
    yield counts(1 if quick else 5)


def exact(lmax: int) -> Row:
    """Equivariance, and the sum of Clebsch–Gordan tensors with the operation's own weights."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, size(lmax) ** 2, size(lmax)))
    turns = random_rotations(3, rng)
    turned, own = {}, {}
    for name, operation in operations(lmax).items():
        turned[name] = equivariance_error(operation, x, y, turns)
        own[name] = reference_error(operation, x, y)
    return Row(
        f"L = {lmax}: {len(own)} operations equivariant (inversion too), equal their own tensor to 1e-11",
        "2e-2 tolerated in the Fourier code",
        "",
        f"equivariance {max(turned.values()):.1e}, tensor {max(own.values()):.1e} at worst",
        max(*turned.values(), *own.values()) <= 1e-11,
    )


def counts(largest: int) -> Row:
    """Sets of paths, and ranks of the Jacobian of weights -> weights of paths."""
    holds, even, every, ranks = True, [], [], []
    for lmax in range(1, largest + 1):
        inputs, outputs = tuple(range(lmax + 1)), tuple(range(2 * lmax + 1))
        paths = frozenset(allowed_paths(inputs, inputs, outputs))
        natural = frozenset(path for path in paths if sum(path) % 2 == 0)
        found = operations(lmax)
        free, grid = found["CG dense"], found["Gaunt grid"]
        even.append(len(grid.paths()))
        every.append(free.expressivity())
        ranks.append([found[name].expressivity() for name in ("Gaunt grid", "matrix", "vector")])
        holds &= grid.paths() == natural == found["Gaunt Fourier"].paths()
        holds &= all(
            found[name].paths() == paths for name in ("CG dense", "matrix", "matrix blocks", "vector")
        )
    holds &= tuple(even) == PAPER_EVEN[:largest]
    holds &= tuple(every) == PAPER_ALL[:largest]
    holds &= all(set(own) == {PAPER_RANK[k]} for k, own in enumerate(ranks))
    return Row(
        f"L = 1 to {largest}: paths and expressivity as counted: CG every path free, all others 4 L + 1",
        f"paths {PAPER_ALL[:largest]}, even {PAPER_EVEN[:largest]}, ranks {PAPER_RANK[:largest]}",
        f"CG ranks {tuple(every)}",
        f"even paths {tuple(even)}, ranks of Gaunt, matrix, vector {tuple(map(tuple, ranks))}",
        bool(holds),
    )
