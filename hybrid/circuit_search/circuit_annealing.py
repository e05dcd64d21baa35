"""Simulated annealing over circuits: gates are put in, taken out, exchanged and swapped.

Reference: Kirkpatrick, Gelatt, Vecchi, Science 220, 671 (1983); over circuits with trained angles as in the
comparisons of Patel et al., arXiv 2402.03500.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from hybrid.circuit_search.angles import ExactDescent
from hybrid.circuit_search.archive import Archive
from hybrid.circuit_search.batch_training import Candidate, train_candidates
from hybrid.circuit_search.legality import last_actions, legal
from hybrid.circuit_search.random_circuits import check_room_and_tolerance
from hybrid.circuit_search.setting import Setting, why_unsuitable
from problems.checking import check_integer, check_number
from problems.contract import Array, Solver
from problems.errors import ProblemError
from problems.ground_state import GateSequence, GroundState
from problems.run import Run

MOVES = ("insert", "remove", "replace", "swap")


@dataclass(frozen=True)
class CircuitAnnealing(Solver[GroundState, GateSequence]):
    """Anneal a circuit whose angles are trained after every change.

    A change is one of four: a gate is put in, taken out, replaced, or exchanged with the next one; changes
    that leave a gate beside its like are drawn again. It is accepted by Metropolis at a temperature that
    falls exponentially over the evaluations.

    Attributes:
        evaluations: Energies at most, up to one training more.
        max_gates: Room; None takes 40 gates up to 4 qubits, 70 up to 6, 250 beyond.
        start_gates: Gates of the random circuit it begins with.
        temperatures: At the beginning and at the end, in the unit of the energy.
        price: Energy that a gate costs.
        descent: How angles are trained.
        tolerance: The answer is the shortest pruned circuit so close to the lowest energy.
    """

    evaluations: int = 100_000
    max_gates: int | None = None
    start_gates: int = 10
    temperatures: tuple[float, float] = (5e-2, 1e-4)
    price: float = 1e-4
    descent: ExactDescent = field(default_factory=lambda: ExactDescent(evaluations=60))
    tolerance: float = 1e-3

    def __post_init__(self):
        check_integer("evaluations", self.evaluations, 1)
        check_room_and_tolerance(self.max_gates, self.tolerance)
        check_integer("start_gates", self.start_gates, 1, self.max_gates)
        check_number("price", self.price, 0.0)
        if len(self.temperatures) != 2:
            raise ProblemError("temperatures", self.temperatures, "two, at the beginning and at the end")
        for k, temperature in enumerate(self.temperatures):
            check_number(f"temperatures[{k}]", temperature, 0.0, open_low=True)
        if not isinstance(self.descent, ExactDescent):
            raise ProblemError("descent", type(self.descent).__name__, "an ExactDescent")

    def unsuitable(self, problem: GroundState) -> str | None:
        """Refuse widths without kernels and devices without entanglers."""
        return why_unsuitable(problem)

    def _solve(self, problem: GroundState, run: Run) -> GateSequence:
        setting, rng = Setting.of(problem, self.max_gates), run.rng
        archive = Archive(setting.max_gates)
        archive.see(setting.growth())
        actions = setting.random_actions(min(self.start_gates, setting.max_gates), rng)
        drawn = Candidate(actions, rng.uniform(-np.pi, np.pi, setting.width(actions)))
        (here,), used = train_candidates(setting.energies, [drawn], self.descent, rng)
        archive.see_candidate(here)
        setting.offer_lowest(archive, run)
        hot, cold = self.temperatures
        for step in run.steps(self.evaluations, "change"):
            if used >= self.evaluations:
                break
            temperature = hot * (cold / hot) ** min(1.0, used / self.evaluations)
            changed = changed_circuit(setting, here, rng)
            (there,), more = train_candidates(setting.energies, [changed], self.descent, rng)
            used += more
            if archive.see_candidate(there):
                setting.offer_lowest(archive, run)
            rise = there.energy - here.energy + self.price * (there.gates - here.gates)
            if rise <= 0 or rng.random() < math.exp(-rise / temperature):
                here = there
            if step % 100 == 0:
                run.record(step=used, energy=here.energy, gates=here.gates, temperature=temperature)
        run.spent(evaluations=used)
        return setting.answer(archive, self.tolerance, run)


def changed_circuit(setting: Setting, circuit: Candidate, rng: np.random.Generator) -> Candidate:
    """Return a legal circuit one change away; gates that stay keep their angles, new ones start at 0."""
    while True:
        move = MOVES[int(rng.integers(len(MOVES)))]
        length = circuit.gates
        if (move == "insert" and length == setting.max_gates) or (move == "swap" and length < 2):
            continue
        if move == "remove" and length < 2:
            continue
        order = list(range(length))  # place of each gate in the old circuit; −1 is a new one
        k = int(rng.integers(length + (move == "insert") - (move == "swap")))
        if move == "insert":
            order.insert(k, -1)
        elif move == "remove":
            del order[k]
        elif move == "replace":
            order[k] = -1
        else:
            order[k], order[k + 1] = order[k + 1], order[k]
        changed = _reordered(setting, circuit, order, rng)
        if is_legal(setting, changed.actions):
            return changed


def is_legal(setting: Setting, actions: Array) -> bool:
    """Whether every gate of a circuit could have been placed after those before it."""
    alphabet = setting.energies.alphabet
    last = last_actions(actions[:0], alphabet)
    for action in actions:
        if not legal(last, setting.allowed, alphabet)[action]:
            return False
        last[alphabet.table[action, 1:]] = action
    return True


def _reordered(setting: Setting, circuit: Candidate, order: list[int], rng: np.random.Generator) -> Candidate:
    pairs = setting.energies.alphabet.num_pairs
    new = int(rng.choice(np.flatnonzero(setting.allowed)))
    angle_of = dict(zip(np.flatnonzero(circuit.actions >= pairs).tolist(), circuit.angles, strict=True))
    actions = np.array([circuit.actions[k] if k >= 0 else new for k in order], dtype=np.int16)
    angles = [angle_of.get(k, 0.0) for k, action in zip(order, actions, strict=True) if action >= pairs]
    return Candidate(actions, np.array(angles, dtype=float))
