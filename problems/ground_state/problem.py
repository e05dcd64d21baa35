"""Ground states of qubit Hamiltonians: a circuit is the answer, its exact energy the objective."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from problems.checking import check_integer, check_number, optional_number
from problems.contract import Array, Evaluation, Problem
from problems.errors import ProblemError
from problems.ground_state.dense import refuse_wide
from problems.ground_state.density import DENSITY_QUBITS, noisy_expectation
from problems.ground_state.gate_sequence import GateKind, GateSequence
from problems.ground_state.judging import judged
from problems.ground_state.limits import broken_limits, checked_couplings, checked_gate_set
from problems.ground_state.noise import NoiseModel
from problems.ground_state.pauli_sum import PauliSum
from problems.ground_state.spectrum import lowest_eigenvalue

if TYPE_CHECKING:
    from problems.binary.qubo import Ising, Qubo
    from problems.ground_state.fermions import Orbitals

DIAGONAL = 24  # qubits up to which the energies of all basis states are kept: 128 MiB


@dataclass(frozen=True, eq=False)
class GroundState(Problem[GateSequence]):
    """Minimise shift + ⟨H⟩ over circuits from |0…0⟩; solutions are ``GateSequence`` without free parameters.

    The judge has a simulator of its own: no backend grades itself. The objective is the energy without noise.
    Metrics are the error against the reference in thousandths of the energy's unit (mHa for molecules), the
    circuit's gates, gates on two qubits, rotations and depth; and under ``noise`` the energy and error that
    the device would show, by a density matrix (well below a second up to 8 qubits, seconds at 10).
    Gates on pairs that are not coupled and gates outside the set are violations, one each.

    Attributes:
        hamiltonian: H.
        energy_shift: A constant that is added, such as the energy of frozen electrons.
        name: What it is.
        reference: The ground energy, if it is known.
        noise: Of the device that is aimed at, up to 10 qubits; None reports no noisy energy.
        couplings: Pairs of qubits that a gate may act on, in either order; None allows all.
        gate_set: Kinds of gates that are allowed; None allows all.

    Raises:
        ProblemError: Naming the field; also where the couplings leave a qubit unreachable, or the reference
            is below any possible energy.
    """

    hamiltonian: PauliSum
    energy_shift: float = 0.0
    name: str = ""
    reference: float | None = None
    noise: NoiseModel | None = None
    couplings: tuple[tuple[int, int], ...] | None = None
    gate_set: tuple[GateKind, ...] | None = None

    def __post_init__(self):
        if not isinstance(self.hamiltonian, PauliSum):
            raise ProblemError("hamiltonian", type(self.hamiltonian).__name__, "a PauliSum")
        with np.errstate(over="ignore"):
            if not np.isfinite(np.abs(self.hamiltonian.coefficients).sum()):
                raise ProblemError("hamiltonian", "Σ|c| = ∞", "coefficients with a finite sum")
        check_number("energy_shift", self.energy_shift)
        object.__setattr__(self, "energy_shift", float(self.energy_shift) + 0.0)
        reference = optional_number("reference", self.reference)
        if reference is not None and reference < self.lower_bound - 1e-9 * max(1.0, abs(self.lower_bound)):
            raise ProblemError("reference", reference, f"at least shift − Σ|c| = {self.lower_bound:.9g}")
        object.__setattr__(self, "reference", reference)
        if self.noise is not None:
            if not isinstance(self.noise, NoiseModel):
                raise ProblemError("noise", type(self.noise).__name__, "a NoiseModel")
            self.noise.refuse_width(self.n)
            refuse_wide(self.n, DENSITY_QUBITS)
        if self.couplings is not None:
            object.__setattr__(self, "couplings", checked_couplings(self.couplings, self.n))
        if self.gate_set is not None:
            object.__setattr__(self, "gate_set", checked_gate_set(self.gate_set))

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> GroundState:
        """Read JSON: ``qubits``, ``terms`` (string: coefficient), ``energy_shift``, ``reference.E0``.

        Letter q of a string acts on qubit q; ``files.read_ground_state`` tells of the other keys.

        Raises:
            ProblemError: Naming what is missing or wrong.
        """
        from problems.ground_state.files import read_ground_state

        return read_ground_state(path)

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write the JSON that ``read`` takes; every field reads back as it is."""
        from problems.ground_state.files import write_ground_state

        return write_ground_state(self, path)

    @classmethod
    def transverse_field_ising(cls, n: int, coupling: float = 1.0, field: float = 1.0) -> GroundState:
        """Build the open chain −J Σ ZZ − h Σ X."""
        check_integer("n", n, 2)
        pairs = ["".join("Z" if q in (k, k + 1) else "I" for q in range(n)) for k in range(n - 1)]
        flips = ["".join("X" if q == k else "I" for q in range(n)) for k in range(n)]
        values = np.r_[np.full(n - 1, -coupling), np.full(n, -field)]
        return cls(PauliSum(n, (*pairs, *flips), values), name=f"TFIM {n}, J={coupling:g}, h={field:g}")

    @classmethod
    def heisenberg(
        cls,
        n: int,
        coupling: float = 1.0,
        anisotropy: float = 1.0,
        field: float = 0.0,
        periodic: bool = False,
    ) -> GroundState:
        """Build the chain J Σ (XX + YY + Δ ZZ) + h Σ Z, a ring if ``periodic``, which takes three qubits."""
        from problems.ground_state.chains import heisenberg_sum

        name = f"Heisenberg {n}, J={coupling:g}, Δ={anisotropy:g}, h={field:g}" + ", ring" * periodic
        return cls(heisenberg_sum(n, coupling, anisotropy, field, periodic), name=name)

    @classmethod
    def from_sparse_pauli_op(cls, operator: Any, **fields: Any) -> GroundState:
        """Take Qiskit's ``SparsePauliOp``; its qubit q stays qubit q. ``fields`` are any others of the class.

        Raises:
            ProblemError: Naming a term whose coefficient is no finite real number.
        """
        from problems.ground_state.operators import pauli_sum_of_qiskit

        return cls(pauli_sum_of_qiskit(operator), **fields)

    @classmethod
    def from_pennylane(cls, operator: Any, wires: Sequence[Any] | None = None, **fields: Any) -> GroundState:
        """Take a PennyLane Hamiltonian or a ``qml.qchem.Molecule``; the k-th of ``wires`` is qubit k.

        By default the wires are sorted. ``fields`` are any others of the class.

        Raises:
            ProblemError: If it is no real combination of Pauli words on these wires.
        """
        from problems.ground_state.operators import pauli_sum_of_pennylane

        return cls(pauli_sum_of_pennylane(operator, wires), **fields)

    @classmethod
    def from_ising(cls, problem: Ising | Qubo, **fields: Any) -> GroundState:
        """Take the energy of spins or bits; spin k is the eigenvalue of Z on qubit k, a bit is (1 − Z)/2.

        Basis states then have the energies of their bits. ``fields`` are any others of the class.
        """
        from problems.ground_state.chains import spin_energy

        shift, hamiltonian = spin_energy(problem)
        return cls(hamiltonian, energy_shift=shift, **fields)

    @classmethod
    def from_integrals(
        cls, one: Array, two: Array, pairs: int, orbitals: Orbitals | None = None, **fields: Any
    ) -> GroundState:
        """Put so many pairs of electrons on qubits: h_pq ``[m, m]`` and (pq|rs) ``[m, m, m, m]`` (chemists').

        ``orbitals`` are those kept, and their encoding; by default all, by Jordan and Wigner. ``fields`` are
        any others of the class; ``energy_shift`` is that of the nuclei, to which frozen pairs add theirs.

        Raises:
            ProblemError: Where the integrals lack their symmetry or the electrons do not fit.
        """
        from problems.ground_state.molecules import encoded_integrals

        shift, hamiltonian = encoded_integrals(one, two, pairs, orbitals)
        return cls(hamiltonian, **{**fields, "energy_shift": shift + fields.get("energy_shift", 0.0)})

    @classmethod
    def from_geometry(
        cls,
        geometry: Any,
        basis: str = "sto-3g",
        charge: int = 0,
        unit: Literal["angstrom", "bohr"] = "angstrom",
        orbitals: Orbitals | None = None,
        name: str = "",
    ) -> GroundState:
        """Compute a closed-shell molecule by PySCF; ``geometry`` is such as ``"H 0 0 0; H 0 0 0.74"``.

        Raises:
            MissingExtra: If PySCF is not installed: the extra ``chemistry`` brings it.
            NothingFound: If Hartree and Fock's equations do not converge.
            ProblemError: Where electrons do not pair or do not fit the orbitals.
        """
        from problems.ground_state.molecules import molecular_integrals

        one, two, pairs, nuclei = molecular_integrals(geometry, basis, charge, unit)
        name = name or f"{geometry} in {basis}"
        return cls.from_integrals(one, two, pairs, orbitals, energy_shift=nuclei, name=name)

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
        return judged(self, solution)

    def noisy_energy(self, circuit: GateSequence) -> float:
        """Return shift + ⟨H⟩ of a circuit without free parameters under ``noise``, readout included.

        Raises:
            ProblemError: If the problem has no noise.
        """
        if self.noise is None:
            raise ProblemError("noise", None, "a NoiseModel", "GroundState(…, noise=…) has one")
        return self.energy_shift + noisy_expectation(circuit, self.hamiltonian, self.noise)

    def decode(self, circuit: GateSequence) -> tuple[tuple[Any, ...], ...]:
        """Return a circuit in plain values, gate by gate: ("ry", 0, 0.4), ("cx", 0, 2)."""
        from problems.ground_state.circuit_files import rows_of

        return rows_of(circuit)

    def encode(self, rows: Any) -> GateSequence:
        """Return the circuit of such rows.

        Raises:
            ProblemError: Naming the row and what was expected.
        """
        from problems.ground_state.circuit_files import circuit_of_rows

        return circuit_of_rows(self.n, rows)

    def energy(self, state: Array) -> float:
        """Return shift + ⟨state|H|state⟩ of a state ``[2^n]``."""
        return self.energy_shift + float(np.vdot(state, self.hamiltonian.apply(state)).real)

    @cached_property
    def lower_bound(self) -> float:
        """Shift − Σ|c|: no state lies below."""
        return self.energy_shift - float(np.abs(self.hamiltonian.coefficients).sum())

    @cached_property
    def diagonal(self) -> Array:
        """The energies ``[2^n]`` of the basis states, up to 24 qubits."""
        refuse_wide(self.n, DIAGONAL)
        places, total = np.arange(2**self.n), np.full(2**self.n, float(self.energy_shift))
        for x, z, value in zip(*self.hamiltonian.masks, self.hamiltonian.coefficients, strict=True):
            if x == 0:
                total += value * (1.0 - 2.0 * (np.bitwise_count(places & z) & 1))
        return total

    @cached_property
    def starting_bits(self) -> Array:
        """The basis state ``[n]`` of least energy: that of Hartree and Fock in occupation encodings.

        Of several states with that energy it is the one of the lowest index, whatever rounding says.
        """
        rounding = 1e-12 * float(np.abs(self.hamiltonian.coefficients).sum())
        lowest = int(np.flatnonzero(self.diagonal <= self.diagonal.min() + rounding)[0])
        return (lowest >> np.arange(self.n) & 1).astype(np.uint8)

    @cached_property
    def ground_energy(self) -> float:
        """The exact ground energy: the whole spectrum up to 9 qubits, Lanczos up to 20. For judging alone.

        Raises:
            NothingFound: If Lanczos does not converge.
        """
        return self.energy_shift + lowest_eigenvalue(self.hamiltonian)

    def plot(self, solution: GateSequence, axes: Any = None) -> Any:
        """Draw the energy of a circuit among those that frame it; returns the matplotlib figure."""
        from problems.ground_state.picture import draw_levels

        return draw_levels(self, solution, axes)

    def violations(self, solution: GateSequence) -> dict[str, float]:
        """How many gates act where they may not, and how many are of a kind that is not allowed."""
        return broken_limits(solution, self.couplings, self.gate_set)
