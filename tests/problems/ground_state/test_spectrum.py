"""Exact ground energies against closed forms, and failures that are told."""

import numpy as np
import pytest
import scipy.sparse.linalg

from problems.errors import NothingFound
from problems.ground_state import GroundState


@pytest.mark.parametrize("n", [4, 11])
@pytest.mark.parametrize("field", [1.0, -1.0])
def test_a_critical_chain_has_its_known_energy(n, field):
    # free fermions: at J = |h| the open chain's energy is 1 − 1/sin(π/(2(2n + 1))). At h < 0 and odd n the
    # ground state is odd under flipping all spins, and every vector of equal entries is orthogonal to it
    problem = GroundState.transverse_field_ising(n, field=field)
    assert problem.ground_energy == pytest.approx(1 - 1 / np.sin(np.pi / (2 * (2 * n + 1))), abs=1e-9)


def test_lanczos_that_does_not_converge_says_so(monkeypatch):
    def give_up(*arguments, **options):
        raise scipy.sparse.linalg.ArpackNoConvergence("no convergence (%s)", np.zeros(0), np.zeros((0, 0)))

    monkeypatch.setattr("scipy.sparse.linalg.eigsh", give_up)
    with pytest.raises(NothingFound, match="did not converge on a Hamiltonian of 10 qubits"):
        _ = GroundState.transverse_field_ising(10).ground_energy


def test_lanczos_that_stops_too_early_says_so(monkeypatch):
    def too_early(operator, v0, **options):
        return np.array([-1.0]), v0[:, None] / np.linalg.norm(v0)

    monkeypatch.setattr("scipy.sparse.linalg.eigsh", too_early)
    with pytest.raises(NothingFound, match="residual"):
        _ = GroundState.transverse_field_ising(10).ground_energy
