"""Ground states of qubit Hamiltonians: a circuit is the answer, its exact energy the objective."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from problems.checking import check_integer, check_number, optional_number
from problems.contract import Array, Evaluation, Problem
from problems.errors import NothingFound, ProblemError
from problems.ground_state.gate_sequence import ROTATIONS, GateSequence, reference_state
from problems.ground_state.pauli_sum import PauliSum

JUDGED = 14  # qubits up to which the judge simulates
DENSE = 9  # qubits up to which the whole spectrum is computed
MILLI = 1000.0  # Hartree to milli-Hartree


@dataclass(frozen=True, eq=False)
class GroundState(Problem[GateSequence]):
    """Minimise shift + ⟨H⟩ over circuits from |0…0⟩; solutions are ``GateSequence`` without free parameters.

    The judge has a simulator of its own: no backend grades itself. Its metrics are the error against the
    reference in thousandths of the energy's unit (mHa for molecules), and the circuit's gates, gates on two
    qubits, rotations and depth.

    Attributes:
        hamiltonian: H.
        energy_shift: A constant that is added, such as the energy of frozen electrons.
        name: What it is.
        reference: The ground energy, if it is known.
    """

    hamiltonian: PauliSum
    energy_shift: float = 0.0
    name: str = ""
    reference: float | None = None

    def __post_init__(self):
        if not isinstance(self.hamiltonian, PauliSum):
            raise ProblemError("hamiltonian", type(self.hamiltonian).__name__, "a PauliSum")
        check_number("energy_shift", self.energy_shift)
        object.__setattr__(self, "reference", optional_number("reference", self.reference))

    @classmethod
    def read(cls, path: str | Path) -> GroundState:
        """Read JSON: ``qubits``, ``terms`` (string: coefficient), ``energy_shift``, ``reference.E0``.

        Letter q of a string acts on qubit q.

        Raises:
            ProblemError: Naming what is missing or wrong.
        """
        try:
            content = json.loads(Path(path).read_text())
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise ProblemError("the file", str(path), "a JSON file") from error
        if not isinstance(content, dict):
            raise ProblemError("the file", type(content).__name__, "a JSON object")
        for field, kind in (("qubits", int), ("terms", dict)):
            if not isinstance(content.get(field), kind):
                raise ProblemError(field, content.get(field), f"a JSON {kind.__name__}")
        known = content.get("reference") or {}
        return cls(
            PauliSum(content["qubits"], tuple(content["terms"]), np.array(list(content["terms"].values()))),
            content.get("energy_shift", 0.0),
            str(content.get("name", Path(path).stem)),
            known.get("E0") if isinstance(known, dict) else known,
        )

    @classmethod
    def transverse_field_ising(cls, n: int, coupling: float = 1.0, field: float = 1.0) -> GroundState:
        """Build the open chain −J Σ ZZ − h Σ X."""
        check_integer("n", n, 2)
        pairs = ["".join("Z" if q in (k, k + 1) else "I" for q in range(n)) for k in range(n - 1)]
        flips = ["".join("X" if q == k else "I" for q in range(n)) for k in range(n)]
        values = np.r_[np.full(n - 1, -coupling), np.full(n, -field)]
        return cls(PauliSum(n, (*pairs, *flips), values), name=f"TFIM {n}, J={coupling:g}, h={field:g}")

    @classmethod
    def random(cls, n: int = 3, terms: int = 8, seed: int = 0) -> GroundState:
        """Draw Pauli strings uniformly and their coefficients from a standard normal."""
        check_integer("n", n, 1)
        rng = np.random.default_rng(seed)
        strings = tuple("".join(rng.choice(list("IXYZ"), n)) for _ in range(terms))
        return cls(PauliSum(n, strings, rng.normal(size=terms)), name=f"random {n}")

    @property
    def n(self) -> int:
        """Number of qubits."""
        return self.hamiltonian.num_qubits

    def judge(self, solution: GateSequence) -> Evaluation:
        """Score a circuit by its exact energy.

        Raises:
            ProblemError: If it is no circuit of the right width without free parameters, or too wide.
        """
        self._check(solution)
        energy = self.energy(reference_state(solution))
        kinds = [gate.kind for gate in solution.gates]
        metrics: dict[str, float | Array] = {
            "gates": float(len(kinds)),
            "two_qubit_gates": float(solution.num_entangling),
            "rotations": float(sum(kind in ROTATIONS for kind in kinds)),
            "depth": float(depth(solution)),
        }
        if self.reference is not None:
            metrics["error_in_thousandths"] = MILLI * abs(energy - self.reference)
        return Evaluation(energy, {}, metrics)

    def energy(self, state: Array) -> float:
        """Return shift + ⟨state|H|state⟩ of a state ``[2^n]``."""
        return self.energy_shift + float(np.vdot(state, self.hamiltonian.apply(state)).real)

    @cached_property
    def lower_bound(self) -> float:
        """Shift − Σ|c|: no state lies below."""
        return self.energy_shift - float(np.abs(self.hamiltonian.coefficients).sum())

    @cached_property
    def diagonal(self) -> Array:
        """The energies ``[2^n]`` of the basis states."""
        places, total = np.arange(2**self.n), np.full(2**self.n, self.energy_shift)
        for x, z, value in zip(*self.hamiltonian.masks, self.hamiltonian.coefficients, strict=True):
            if x == 0:
                total += value * (1.0 - 2.0 * (np.bitwise_count(places & z) & 1))
        return total

    @cached_property
    def starting_bits(self) -> Array:
        """The basis state ``[n]`` of least energy: that of Hartree and Fock in occupation encodings."""
        return (int(np.argmin(self.diagonal)) >> np.arange(self.n) & 1).astype(np.uint8)

    @cached_property
    def ground_energy(self) -> float:
        """The exact ground energy: the whole spectrum up to 9 qubits, Lanczos beyond. For judging alone.

        Raises:
            NothingFound: If Lanczos does not converge.
        """
        if self.n <= DENSE:
            return self.energy_shift + float(np.linalg.eigvalsh(self.hamiltonian.matrix())[0])
        from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

        size = 2**self.n
        lanczos: Any = eigsh
        operator: Any = LinearOperator((size, size), matvec=self.hamiltonian.apply, dtype=complex)  # pyright: ignore
        try:
            values = lanczos(
                operator, k=1, which="SA", v0=np.ones(size), return_eigenvectors=False, tol=1e-12
            )
        except ArpackNoConvergence as error:
            raise NothingFound(f"Lanczos did not converge on {self.name or 'the Hamiltonian'}") from error
        return self.energy_shift + float(values[0])

    def plot(self, solution: GateSequence, axes: Any = None) -> Any:
        """Draw the energy of a circuit among those that frame it; returns the matplotlib figure."""
        from problems.binary.pictures import new_axes

        axes = new_axes(axes)
        levels = {
            "best basis state": float(self.diagonal.min()),
            "circuit": self.judge(solution).objective,
        }
        if self.reference is not None:
            levels["reference"] = self.reference
        for k, level in enumerate(levels.values()):
            axes.hlines(level, k - 0.4, k + 0.4, linewidth=3)
            axes.annotate(f"{level:.6g}", (k, level), ha="center", va="bottom")
        axes.set_xticks(range(len(levels)), list(levels))
        axes.margins(y=0.2)
        axes.set_xlabel("state")
        axes.set_ylabel("energy (unit of the Hamiltonian)")
        axes.set_title(self.name)
        return axes.figure

    def _check(self, solution: GateSequence) -> None:
        if not isinstance(solution, GateSequence):
            raise ProblemError("the solution", type(solution).__name__, "a GateSequence")
        if solution.num_qubits != self.n:
            raise ProblemError("the width of the solution", solution.num_qubits, f"{self.n} qubits")
        if solution.num_parameters:
            raise ProblemError(
                "the parameters of the solution",
                solution.num_parameters,
                "none",
                "bind(parameters) puts them in",
            )
        if self.n > JUDGED:
            raise ProblemError("num_qubits", self.n, f"at most {JUDGED} for the judge's own simulation")


def depth(circuit: GateSequence) -> int:
    """Return the number of moments, each gate as early as its qubits are free."""
    free = [0] * circuit.num_qubits
    for gate in circuit.gates:
        moment = max(free[q] for q in gate.qubits) + 1
        for q in gate.qubits:
            free[q] = moment
    return max(free, default=0)
