"""The recipe behind two files of this folder: ``python lithium_hydride.py`` makes both anew in some minutes.

``instances/lithium_hydride.json`` is lithium hydride at 2.2 angstrom on four qubits: one frozen pair, the
orbitals 1, 2 and 5, parity encoding. ``histories/lithium_hydride.npz`` is the search for its circuit.
"""

from pathlib import Path

import numpy as np
import pennylane as qml

from hybrid.circuit_search import Crlqas
from problems import save
from problems.ground_state import GroundState, Orbitals

HERE = Path(__file__).parent
BOHR = 1.8897261246  # per angstrom
DISTANCE = 2.2  # angstrom


def molecule() -> GroundState:
    """Compute the Hamiltonian by PennyLane's own Hartree-Fock method."""
    positions = qml.numpy.array([[0.0, 0.0, 0.0], [0.0, 0.0, DISTANCE * BOHR]], requires_grad=False)
    atoms = qml.qchem.Molecule(["Li", "H"], positions)
    nuclei, one, two = (np.asarray(part) for part in qml.qchem.electron_integrals(atoms)())
    two = np.swapaxes(two, 1, 3)  # to the order of chemists
    orbitals = Orbitals(frozen=(0,), active=(1, 2, 5), mapping="parity")
    name = f"LiH, {DISTANCE} angstrom"
    computed = GroundState.from_integrals(one, two, 2, orbitals, energy_shift=float(nuclei[0]), name=name)
    fields = {"energy_shift": computed.energy_shift, "name": name, "reference": computed.ground_energy}
    return GroundState(computed.hamiltonian, **fields)


if __name__ == "__main__":
    problem = molecule()
    problem.write(HERE / "instances" / "lithium_hydride.json")
    result = Crlqas().solve(problem, seed=1)
    print(result)
    save(result, HERE / "histories" / "lithium_hydride.npz")
