"""Continuous minimisation: what an optimizer solves, be it a landscape, a network or a circuit's loop."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "CompositeProblem": "problems.minimisation.composite",
    "ControlledSystem": "problems.minimisation.controlled_system",
    "IdentityComposite": "problems.minimisation.identity_composite",
    "Imitation": "problems.minimisation.imitation",
    "JaxComposite": "problems.minimisation.jax_composite",
    "Landscape": "problems.minimisation.landscape",
    "LogisticComposite": "problems.minimisation.logistic_composite",
    "LowRankAdapter": "problems.minimisation.low_rank_adapter",
    "MatrixFactorisation": "problems.minimisation.matrix_factorisation",
    "Minimisation": "problems.minimisation.problem",
    "NetworkLoss": "problems.minimisation.network_loss",
    "NetworkToCircuit": "problems.minimisation.network_to_circuit",
    "Perceptron": "problems.minimisation.perceptron",
    "Values": "problems.minimisation.problem",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from problems.minimisation.composite import CompositeProblem
    from problems.minimisation.controlled_system import ControlledSystem
    from problems.minimisation.identity_composite import IdentityComposite
    from problems.minimisation.imitation import Imitation
    from problems.minimisation.jax_composite import JaxComposite
    from problems.minimisation.landscape import Landscape
    from problems.minimisation.logistic_composite import LogisticComposite
    from problems.minimisation.low_rank_adapter import LowRankAdapter
    from problems.minimisation.matrix_factorisation import MatrixFactorisation
    from problems.minimisation.network_loss import NetworkLoss
    from problems.minimisation.network_to_circuit import NetworkToCircuit
    from problems.minimisation.perceptron import Perceptron
    from problems.minimisation.problem import Minimisation, Values
