"""Angles of QAOA without training on the instance: fixed ones, grown ones, rescaled ones."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "FixedAngles": "hybrid.qaoa_angles.fixed_angles",
    "fixed_angles": "hybrid.qaoa_angles.fixed_angles",
    "interpolate": "hybrid.qaoa_angles.growth",
    "optimise_on_tree": "hybrid.qaoa_angles.tree",
    "rescaled": "hybrid.qaoa_angles.transfer",
    "tree_share": "hybrid.qaoa_angles.tree",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from hybrid.qaoa_angles.fixed_angles import FixedAngles, fixed_angles
    from hybrid.qaoa_angles.growth import interpolate
    from hybrid.qaoa_angles.transfer import rescaled
    from hybrid.qaoa_angles.tree import optimise_on_tree, tree_share
