"""PennyLane's operations as gates of a ``GateSequence``, to the global phase, which is kept beside."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from problems.ground_state.gate_sequence import GateKind

HALF_TURN, QUARTER = math.pi, math.pi / 2


@dataclass(frozen=True)
class Turn:
    """One gate of a recipe; a rotation turns by ``angle`` plus ``factor`` times the operation's parameter.

    Attributes:
        kind: As in a ``Gate``.
        wires: Places among the operation's wires.
        parameter: Which of the operation's parameters, or None.
        angle: In radians.
        factor: What the parameter is multiplied by.
    """

    kind: GateKind
    wires: tuple[int, ...]
    parameter: int | None = None
    angle: float = 0.0
    factor: float = 1.0


@dataclass(frozen=True)
class Recipe:
    """An operation as gates in order of time, times e^(−iφ).

    Attributes:
        turns: The gates.
        phase: The constant part of φ.
        phase_factor: What multiplies the operation's first parameter in φ.
    """

    turns: tuple[Turn, ...] = ()
    phase: float = 0.0
    phase_factor: float = 0.0


def recipe_of(name: str, wires: int) -> Recipe | None:
    """Return the recipe of the operation that PennyLane calls ``name`` on so many wires; None if unknown."""
    if name == "MultiRZ":
        return _parity_turn(wires)
    return RECIPES.get(name)


def is_known(name: str) -> bool:
    """Whether there is a recipe."""
    return name == "MultiRZ" or name in RECIPES


def _fixed(kind: GateKind, angle: float) -> Recipe:
    """A rotation that equals the gate but for the phase −angle/2."""
    return Recipe((Turn(kind, (0,), None, angle),), -angle / 2)


def _around(before: tuple[Turn, ...], middle: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """Into another basis, what happens there, and back; ``before`` undoes itself."""
    return (*before, *middle, *before[::-1])


def _controlled(kind: GateKind) -> tuple[Turn, ...]:
    """Half a turn, and half a turn more where the control is 0 or back where it is 1."""
    cx = Turn("cx", (0, 1))
    return (Turn(kind, (1,), 0, 0.0, 0.5), cx, Turn(kind, (1,), 0, 0.0, -0.5), cx)


def _parity_turn(wires: int) -> Recipe:
    """e^(−iθ Z…Z/2): the parity of all wires gathered on the last one."""
    gathered = tuple(Turn("cx", (k, wires - 1)) for k in range(wires - 1))
    return Recipe(_around(gathered, (Turn("rz", (wires - 1,), 0),)))


def _on_both(make: Callable[[int], Turn]) -> tuple[Turn, ...]:
    return make(0), make(1)


def _ising_yy() -> Recipe:
    """e^(−iθ YY/2): a quarter turn about X takes Y to Z."""
    into = _on_both(lambda k: Turn("rx", (k,), None, QUARTER))
    back = _on_both(lambda k: Turn("rx", (k,), None, -QUARTER))
    return Recipe((*into, *_parity_turn(2).turns, *back))


def _controlled_phase() -> Recipe:
    """e^(iθ(1 − Z)(1 − Z)/4) is a turn of each wire and one of the parity."""
    single = _on_both(lambda k: Turn("rz", (k,), 0, 0.0, 0.5))
    cx = Turn("cx", (0, 1))
    return Recipe((*single, cx, Turn("rz", (1,), 0, 0.0, -0.5), cx), 0.0, -0.25)


RECIPES: dict[str, Recipe] = {
    "Identity": Recipe(),
    "Hadamard": Recipe((Turn("h", (0,)),)),
    "CNOT": Recipe((Turn("cx", (0, 1)),)),
    "CZ": Recipe((Turn("cz", (0, 1)),)),
    "SWAP": Recipe((Turn("cx", (0, 1)), Turn("cx", (1, 0)), Turn("cx", (0, 1)))),
    "CY": Recipe((Turn("rz", (1,), None, -QUARTER), Turn("cx", (0, 1)), Turn("rz", (1,), None, QUARTER))),
    "PauliX": _fixed("rx", HALF_TURN),
    "PauliY": _fixed("ry", HALF_TURN),
    "PauliZ": _fixed("rz", HALF_TURN),
    "S": _fixed("rz", QUARTER),
    "T": _fixed("rz", QUARTER / 2),
    "SX": _fixed("rx", QUARTER),
    "Adjoint(S)": _fixed("rz", -QUARTER),
    "Adjoint(T)": _fixed("rz", -QUARTER / 2),
    "Adjoint(SX)": _fixed("rx", -QUARTER),
    "RX": Recipe((Turn("rx", (0,), 0),)),
    "RY": Recipe((Turn("ry", (0,), 0),)),
    "RZ": Recipe((Turn("rz", (0,), 0),)),
    "PhaseShift": Recipe((Turn("rz", (0,), 0),), 0.0, -0.5),
    "U1": Recipe((Turn("rz", (0,), 0),), 0.0, -0.5),
    "Rot": Recipe((Turn("rz", (0,), 0), Turn("ry", (0,), 1), Turn("rz", (0,), 2))),
    "CRX": Recipe(_around((Turn("h", (1,)),), _controlled("rz"))),
    "CRY": Recipe(_controlled("ry")),
    "CRZ": Recipe(_controlled("rz")),
    "ControlledPhaseShift": _controlled_phase(),
    "IsingXX": Recipe(_around(_on_both(lambda k: Turn("h", (k,))), _parity_turn(2).turns)),
    "IsingYY": _ising_yy(),
    "IsingZZ": _parity_turn(2),
    "GlobalPhase": Recipe((), 0.0, 1.0),
}
