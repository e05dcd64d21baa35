"""Integrals of molecules, by PySCF or from elsewhere, and the electrons of their active orbitals on qubits.

Reference: Sun et al., WIREs Computational Molecular Science 8, e1340 (2018), for PySCF.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from problems.checking import check_choice, check_integer, frozen_array
from problems.errors import MissingExtra, NothingFound, ProblemError
from problems.ground_state.fermions import Orbitals, frozen_integrals, molecular_sum
from problems.ground_state.pauli_sum import PauliSum

Array = np.ndarray
SYMMETRIC = 1e-8  # how far integrals may be from their own transposes


def encoded_integrals(
    one: Any, two: Any, pairs: int, orbitals: Orbitals | None = None
) -> tuple[float, PauliSum]:
    """Return the energy of frozen orbitals, and the Pauli sum of the active ones.

    Args:
        one: h_pq ``[m, m]``, kinetic energy and nuclei.
        two: (pq|rs) in chemists' order, ``[m, m, m, m]``.
        pairs: Of electrons, the frozen ones included.
        orbitals: Which are kept, and how.

    Raises:
        ProblemError: Where shapes or symmetries are wrong, or the electrons do not fit.
    """
    choice = Orbitals() if orbitals is None else orbitals
    if not isinstance(choice, Orbitals):
        raise ProblemError("orbitals", type(orbitals).__name__, "Orbitals or None")
    one, two = _checked("one", one, 2), _checked("two", two, 4)
    if one.shape != two.shape[:2]:
        raise ProblemError("the shape of two", two.shape, f"{one.shape * 2}, as that of one has it")
    check_integer("pairs", pairs, 0, len(one))
    kept = choice.kept(len(one))
    left = pairs - len(choice.frozen)
    if not 0 <= left <= len(kept):
        expected = f"between {len(choice.frozen)} frozen and {len(choice.frozen) + len(kept)} orbitals in all"
        raise ProblemError("pairs", pairs, expected)
    energy, one, two = frozen_integrals(one, two, choice.frozen, kept)
    return energy, molecular_sum(one, two, (left, left), choice)


def molecular_integrals(
    geometry: Any, basis: str, charge: int = 0, unit: str = "angstrom"
) -> tuple[Array, Array, int, float]:
    """Return h, (pq|rs), the pairs of electrons and the energy of the nuclei, over Hartree-Fock orbitals.

    Raises:
        MissingExtra: If PySCF is not installed.
        NothingFound: If Hartree and Fock's equations do not converge.
        ProblemError: If the electrons do not pair.
    """
    check_choice("unit", unit, ("angstrom", "bohr"))
    check_integer("charge", charge, -100, 100)
    try:
        from pyscf import ao2mo, gto, scf  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise MissingExtra("the integrals of a molecule", "chemistry") from error
    atoms = gto.Mole()
    quiet = {"verbose": 0, "dump_input": False, "parse_arg": False}  # it would read our command line
    atoms.build(atom=geometry, basis=basis, unit=unit, charge=charge, spin=None, **quiet)
    if atoms.nelectron % 2:
        raise ProblemError("charge", charge, f"one that pairs the electrons, which are {atoms.nelectron}")
    field = scf.RHF(atoms)
    field.kernel()
    if not field.converged:
        raise NothingFound(f"Hartree and Fock's equations did not converge for {geometry!r}")
    orbitals = field.mo_coeff
    one = orbitals.T @ field.get_hcore() @ orbitals
    two = ao2mo.restore(1, ao2mo.kernel(atoms, orbitals), orbitals.shape[1])
    return one, two, atoms.nelectron // 2, float(atoms.energy_nuc())


def _checked(name: str, value: Any, axes: int) -> Array:
    """Return integrals over real orbitals: every axis of one length, equal to their transposes."""
    array = frozen_array(name, value, shape=(None,) * axes)
    if len(set(array.shape)) != 1 or not array.size:
        raise ProblemError(f"the shape of {name}", array.shape, "the same number of orbitals on each axis")
    swaps = ((1, 0),) if axes == 2 else ((1, 0, 2, 3), (2, 3, 0, 1))
    scale = max(1.0, float(np.abs(array).max()))
    for swap in swaps:
        if np.abs(array - array.transpose(swap)).max() > SYMMETRIC * scale:
            expected = "symmetric" if axes == 2 else "(pq|rs) = (qp|rs) = (rs|pq), in chemists' order"
            raise ProblemError(name, f"not equal to its transpose {swap}", expected)
    return array
