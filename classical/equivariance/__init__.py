"""Equivariant operations on spherical coefficients, the choice among them, and models that use them."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "ChooseTensorProduct": "classical.equivariance.choose_tensor_product",
    "ClebschGordanProduct": "classical.equivariance.clebsch_gordan_product",
    "EquivariantClassifier": "classical.equivariance.equivariant_classifier",
    "FitBilinear": "classical.equivariance.fit_bilinear",
    "GauntProduct": "classical.equivariance.gaunt_product",
    "ManyBodyForceField": "classical.equivariance.many_body_force_field",
    "MatrixProduct": "classical.equivariance.matrix_product",
    "MultiplySpherical": "classical.equivariance.multiply_spherical",
    "SphericalOperation": "classical.equivariance.operation",
    "VectorProduct": "classical.equivariance.vector_product",
    "scale_degrees": "classical.equivariance.degree_weights",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from classical.equivariance.choose_tensor_product import ChooseTensorProduct
    from classical.equivariance.clebsch_gordan_product import ClebschGordanProduct
    from classical.equivariance.degree_weights import scale_degrees
    from classical.equivariance.equivariant_classifier import EquivariantClassifier
    from classical.equivariance.fit_bilinear import FitBilinear
    from classical.equivariance.gaunt_product import GauntProduct
    from classical.equivariance.many_body_force_field import ManyBodyForceField
    from classical.equivariance.matrix_product import MatrixProduct
    from classical.equivariance.multiply_spherical import MultiplySpherical
    from classical.equivariance.operation import SphericalOperation
    from classical.equivariance.vector_product import VectorProduct
