"""Solvers with a quantum backend in the loop, and the command line."""

from typing import TYPE_CHECKING

try:
    from problems.installation import refuse_foreign_packages
    from problems.lazy import lazy
except ModuleNotFoundError as error:
    raise ImportError(
        "another package named 'problems' stands before ours on sys.path; "
        "rename it, or reinstall hybrid-optimization in an environment of its own"
    ) from error

refuse_foreign_packages(__file__)

_NAMES = {
    "CircuitEnergy": "hybrid.variational",
    "FixedAngles": "hybrid.qaoa_angles.fixed_angles",
    "FleetVqe": "hybrid.fleet_vqe",
    "Fourier": "hybrid.starts",
    "GraphShrinking": "hybrid.graph_shrinking.solver",
    "HamiltonianVariational": "hybrid.ansatz_forms",
    "HardwareEfficient": "hybrid.ansatz_forms",
    "Interp": "hybrid.starts",
    "LinearRamp": "hybrid.starts",
    "Qaoa": "hybrid.qaoa",
    "QubitExcitations": "hybrid.ansatz_forms",
    "SampledVqe": "hybrid.sampled_vqe",
    "SlackFree": "hybrid.lagrangian.slack_free",
    "Transferred": "hybrid.starts",
    "Vqe": "hybrid.vqe",
    "WarmStart": "hybrid.relaxation_start",
    "gradient_variance": "hybrid.barren_plateau",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from hybrid.ansatz_forms import HamiltonianVariational, HardwareEfficient, QubitExcitations
    from hybrid.barren_plateau import gradient_variance
    from hybrid.fleet_vqe import FleetVqe
    from hybrid.graph_shrinking.solver import GraphShrinking
    from hybrid.lagrangian.slack_free import SlackFree
    from hybrid.qaoa import Qaoa
    from hybrid.qaoa_angles.fixed_angles import FixedAngles
    from hybrid.relaxation_start import WarmStart
    from hybrid.sampled_vqe import SampledVqe
    from hybrid.starts import Fourier, Interp, LinearRamp, Transferred
    from hybrid.variational import CircuitEnergy
    from hybrid.vqe import Vqe
