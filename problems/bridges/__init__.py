"""Bridges from and to other tools' models: CVXPY problems, Qiskit's operators, networkx graphs."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "CvxpyModel": "problems.bridges.cvxpy_model",
    "from_cvxpy": "problems.bridges.cvxpy_model",
    "from_networkx": "problems.bridges.interaction_graph",
    "from_sparse_pauli_op": "problems.bridges.pauli",
    "to_cvxpy": "problems.bridges.cvxpy_export",
    "to_networkx": "problems.bridges.interaction_graph",
    "to_sparse_pauli_op": "problems.bridges.pauli",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from problems.bridges.cvxpy_export import to_cvxpy
    from problems.bridges.cvxpy_model import CvxpyModel, from_cvxpy
    from problems.bridges.interaction_graph import from_networkx, to_networkx
    from problems.bridges.pauli import from_sparse_pauli_op, to_sparse_pauli_op
