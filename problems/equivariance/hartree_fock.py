"""Energies and forces of a molecule by restricted Hartree–Fock in a minimal basis, through PySCF."""

from __future__ import annotations

import importlib
import importlib.util

import numpy as np

from problems.contract import Array
from problems.errors import MissingExtra, NothingFound

HARTREE = 27.211386245988  # eV, CODATA 2018
BOHR = 0.529177210903  # Å, CODATA 2018


def available() -> bool:
    """Whether PySCF is installed."""
    return importlib.util.find_spec("pyscf") is not None


def energies_and_forces(species: Array, positions: Array, basis: str = "sto-3g") -> tuple[Array, Array]:
    """Return energies ``[B]`` in eV and forces ``[B, n, 3]`` in eV/Å of positions ``[B, n, 3]`` in Å.

    Args:
        species: Atomic numbers ``[n]``; an even number of electrons.
        positions: Coordinates, one calculation each.
        basis: A Gaussian basis that PySCF knows.

    Raises:
        MissingExtra: If PySCF is not installed.
        NothingFound: If a calculation does not converge.
    """
    try:
        gto, scf = importlib.import_module("pyscf.gto"), importlib.import_module("pyscf.scf")
    except ImportError:
        raise MissingExtra("Hartree–Fock", "chemistry") from None
    energies, forces = [], []
    for row, geometry in enumerate(np.asarray(positions, dtype=float)):
        atoms = [
            (int(number), tuple(map(float, place))) for number, place in zip(species, geometry, strict=True)
        ]
        molecule = gto.M(atom=atoms, basis=basis, unit="Angstrom", verbose=0)
        field = scf.RHF(molecule)
        field.conv_tol = 1e-10
        energy = field.kernel()
        if not field.converged:
            raise NothingFound(f"the Hartree–Fock calculation of geometry {row} did not converge")
        slope = field.nuc_grad_method().kernel()  # dE/dR in Hartree per Bohr
        energies.append(float(energy) * HARTREE)
        forces.append(-np.asarray(slope, dtype=float) * HARTREE / BOHR)
    return np.array(energies), np.array(forces)
