"""What every circuit search needs before it starts: alphabet, energies, legal gates, room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hybrid.circuit_search.alphabet import Alphabet
from hybrid.circuit_search.archive import Archive
from hybrid.circuit_search.batch_training import Candidate
from hybrid.circuit_search.energies import CircuitEnergies
from hybrid.circuit_search.growth import Growth
from hybrid.circuit_search.legality import allowed_by
from problems.contract import Array
from problems.errors import ProblemError
from problems.ground_state import GateSequence, GroundState
from problems.run import Run

WIDEST = 14  # qubits of which a state stays in the cache
ROOM = ((4, 40), (6, 70))  # (qubits, gates) up to which; 250 beyond


@dataclass(frozen=True, eq=False)
class Setting:
    """A problem made ready for a search.

    Attributes:
        energies: The exact energies of circuits.
        allowed: Which actions the device has, ``[A]``.
        max_gates: The most gates of a circuit.
    """

    energies: CircuitEnergies
    allowed: Array
    max_gates: int

    @classmethod
    def of(cls, problem: GroundState, max_gates: int | None) -> Setting:
        """Make a problem ready; ``None`` takes 40 gates up to 4 qubits, 70 up to 6 and 250 beyond."""
        alphabet = Alphabet.of(problem)
        gates = default_gates(problem.n) if max_gates is None else max_gates
        return cls(CircuitEnergies(problem, alphabet), allowed_by(problem, alphabet), gates)

    def growth(self) -> Growth:
        """Return an empty circuit."""
        return Growth(self.energies, self.allowed, self.max_gates)

    def random_actions(self, length: int, rng: np.random.Generator) -> Array:
        """Draw a legal circuit of ``length`` gates, each uniformly among those that may follow."""
        growth = self.growth()
        for _ in range(length):
            growth.place(int(rng.choice(np.flatnonzero(growth.legal()))))
        return growth.actions[:length].copy()

    def width(self, actions: Array) -> int:
        """Return how many of the actions rotate."""
        return int((actions >= self.energies.alphabet.num_pairs).sum())

    def circuit(self, candidate: Candidate) -> GateSequence:
        """Return a candidate as a circuit."""
        return self.energies.alphabet.circuit(candidate.actions, candidate.angles)

    def answer(self, archive: Archive, tolerance: float, run: Run) -> GateSequence:
        """Return the shortest circuit, pruned, within ``tolerance`` of the lowest energy found."""
        chosen, used = archive.answer(self.energies, tolerance)
        run.spent(evaluations=used)
        return self.circuit(chosen)

    def offer_lowest(self, archive: Archive, run: Run) -> None:
        """Offer the lowest circuit so far to the run, with the search's own energy."""
        gates = int(np.argmin(archive.energies))
        run.offer(self.circuit(archive.candidate(gates)), archive.lowest)


def default_gates(n: int) -> int:
    """Return the room for gates that the reference takes for n qubits."""
    return next((gates for qubits, gates in ROOM if n <= qubits), 250)


def why_unsuitable(problem: GroundState) -> str | None:
    """Return a sentence where no circuit search can be made of a problem."""
    if not 2 <= problem.n <= WIDEST:
        return f"it searches circuits on 2 to {WIDEST} qubits, and the Hamiltonian has {problem.n}"
    try:
        alphabet = Alphabet.of(problem)
    except ProblemError as error:
        return str(error)
    allowed = allowed_by(problem, alphabet)
    if allowed[: alphabet.num_pairs].any() and allowed.sum() > 1:
        return None
    return "its couplings and gate set leave no gate on two qubits"
