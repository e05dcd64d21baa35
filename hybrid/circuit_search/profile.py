"""The reference's hyper-parameters by the number of qubits, and how they combine with fields that are set.

Reference: Patel et al., arXiv 2402.03500, appendix on hyper-parameters and its published configurations.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, Literal

from hybrid.circuit_search.agent import DoubleDqn
from hybrid.circuit_search.cobyla import CobylaDescent
from hybrid.circuit_search.curriculum import MovingThreshold
from hybrid.circuit_search.halting import NegativeBinomial
from hybrid.circuit_search.setting import default_gates

Profile = Literal["fast", "paper"]
EPISODES = {2: 10_000, 3: 15_000, 4: 25_000}
LARGE = 4  # qubits up to which networks, windows and thresholds are those of the small problems


def reference_fields(num_qubits: int) -> dict[str, Any]:
    """Return the fields of ``Crlqas`` that the reference sets for so many qubits."""
    gates, large = default_gates(num_qubits), num_qubits > LARGE
    learner = DoubleDqn(
        hidden=(5000 if gates > 70 else 2000 if large else 1000,) * 5,
        rate=1e-4,
        batch=1000,
        capacity=20_000,
        every=1,
        refresh=500,
        n_step=6 if large else 5 if num_qubits == 4 else 1,
        decay=59_913,  # 0.99995 a step down to 0.05
    )
    return {
        "max_gates": gates,
        "episodes": EPISODES.get(num_qubits, 40_000 if gates <= 70 else 50_000),
        "curriculum": MovingThreshold(2000, margin=1e-3, successes=50) if large else MovingThreshold(),
        "halting": NegativeBinomial(p=0.573, least=25) if large else NegativeBinomial(),
        "optimizer": CobylaDescent(evaluations=1000),
        "learner": learner,
        "energy_feature": "raw",
    }


def overridden(mine: Any, plain: Any, reference: Any) -> Any:
    """Return ``reference`` with everything in which ``mine`` differs from ``plain``, also deep inside."""
    if mine == plain:
        return reference
    if not is_dataclass(mine) or not type(mine) is type(plain) is type(reference):
        return mine
    names = [entry.name for entry in fields(mine) if entry.init]
    values = {name: overridden(*(getattr(one, name) for one in (mine, plain, reference))) for name in names}
    return replace(reference, **values)  # pyright: ignore[reportArgumentType]
