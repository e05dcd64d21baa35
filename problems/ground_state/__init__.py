"""Ground states of qubit Hamiltonians, and the quantum data that a judge must understand."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "Gate": "problems.ground_state.gate_sequence",
    "GateNoise": "problems.ground_state.noise",
    "GateSequence": "problems.ground_state.gate_sequence",
    "GroundState": "problems.ground_state.problem",
    "NoiseModel": "problems.ground_state.noise",
    "Orbitals": "problems.ground_state.fermions",
    "PauliSum": "problems.ground_state.pauli_sum",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from problems.ground_state.fermions import Orbitals
    from problems.ground_state.gate_sequence import Gate, GateSequence
    from problems.ground_state.noise import GateNoise, NoiseModel
    from problems.ground_state.pauli_sum import PauliSum
    from problems.ground_state.problem import GroundState
