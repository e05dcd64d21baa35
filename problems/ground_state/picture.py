"""The energy of a circuit among the energies that frame it, as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from problems.ground_state.gate_sequence import GateSequence

if TYPE_CHECKING:
    from problems.ground_state.problem import GroundState


def draw_levels(problem: GroundState, circuit: GateSequence, axes: Any = None) -> Any:
    """Draw a level for the best basis state, the circuit, the circuit under noise, and the reference.

    Returns the matplotlib figure.
    """
    from problems.binary.pictures import new_axes

    axes, verdict = new_axes(axes), problem.judge(circuit)
    levels = {"best basis state": float(problem.diagonal.min()), "circuit": verdict.objective}
    if problem.noise is not None:
        levels["circuit under noise"] = float(verdict.metrics["noisy_energy"])
    if problem.reference is not None:
        levels["reference"] = problem.reference
    for k, level in enumerate(levels.values()):
        axes.hlines(level, k - 0.4, k + 0.4, linewidth=3)
        axes.annotate(f"{level:.6g}", (k, level), ha="center", va="bottom")
    axes.set_xticks(range(len(levels)), list(levels))
    axes.margins(y=0.2)
    axes.set_xlabel("state")
    axes.set_ylabel("energy (unit of the Hamiltonian)")
    axes.set_title(problem.name)
    return axes.figure
