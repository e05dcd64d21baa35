"""The operations under test and random coefficients for them."""

import numpy as np

from classical.equivariance import ClebschGordanProduct, GauntProduct, MatrixProduct, VectorProduct
from classical.equivariance.operation import SphericalOperation
from problems.contract import Array
from problems.numerics.spherical import size

KINDS = (
    ClebschGordanProduct(),
    ClebschGordanProduct(method="sparse", normalization="norm"),
    ClebschGordanProduct(normalization="gaunt"),
    GauntProduct(method="grid"),
    GauntProduct(method="fourier"),
    GauntProduct(method="fourier_direct"),
    GauntProduct(method="reference"),
    MatrixProduct(),
    MatrixProduct(method="blocks"),
    VectorProduct(),
)


def name(operation: SphericalOperation) -> str:
    """A readable identity."""
    options = [getattr(operation, field, "") for field in ("method", "normalization")]
    return "-".join([type(operation).__name__, *(option for option in options if option)])


def coefficients(lmax: int, *lead: int, seed: int = 0) -> Array:
    """Standard normal coefficients."""
    return np.random.default_rng([seed, lmax]).normal(size=(*lead, size(lmax)))
