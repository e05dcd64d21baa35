"""Problems whose answers turn with their data: tensor products, molecules and shapes."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "BilinearOperation": "problems.equivariance.coupling_measures",
    "ForceField": "problems.equivariance.molecule",
    "MoleculeForces": "problems.equivariance.molecule",
    "PieceScores": "problems.equivariance.pieces",
    "SphericalProduct": "problems.equivariance.product",
    "TargetBilinear": "problems.equivariance.bilinear",
    "TensorProductChoice": "problems.equivariance.choice",
    "TetrisPieces": "problems.equivariance.pieces",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from problems.equivariance.bilinear import TargetBilinear
    from problems.equivariance.choice import TensorProductChoice
    from problems.equivariance.coupling_measures import BilinearOperation
    from problems.equivariance.molecule import ForceField, MoleculeForces
    from problems.equivariance.pieces import PieceScores, TetrisPieces
    from problems.equivariance.product import SphericalProduct
