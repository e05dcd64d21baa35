"""Grouped Pauli sums against dense matrices, by tables and by strings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backends.statevector import pauli_groups, pauli_kernels
from backends.statevector.pauli_groups import PauliGroups
from problems.binary.qubo import Ising
from problems.errors import ProblemError
from problems.ground_state import PauliSum


@pytest.fixture(params=["tables", "strings"])
def way(request, monkeypatch):
    """Diagonals from tables, or summed up from their strings where an observable is not diagonal."""
    if request.param == "strings":
        monkeypatch.setattr(pauli_groups, "TABLE_BYTES", 0)
    return request.param


def random_sum(n: int, count: int, seed: int, letters: str = "IXYZ") -> PauliSum:
    rng = np.random.default_rng(seed)
    strings = tuple("".join(rng.choice(list(letters), n)) for _ in range(count))
    return PauliSum(n, strings, rng.normal(size=count))


def weighed(groups: PauliGroups, k: int, state: np.ndarray, room: bool) -> tuple[float, np.ndarray]:
    """The energy of observable k and, where there is room, Hψ."""
    size = max(8, len(state))
    values = np.zeros((4 if room else 2, size))
    values[0, : len(state)], values[1, : len(state)] = state.real, state.imag
    spans, *further = groups.arrays
    flat = values.reshape(-1)
    energy = pauli_kernels.weigh(flat, size, spans[k], *further)
    applied = flat.reshape(-1, size)[-2] + 1j * flat.reshape(-1, size)[-1]
    assert not applied[len(state) :].any()
    return energy, applied[: len(state)]


def random_state(n: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    state = rng.normal(size=1 << n) + 1j * rng.normal(size=1 << n)
    return state / np.linalg.norm(state)


@pytest.mark.parametrize("letters", ["IXYZ", "IXZ", "XY", "IZ", "Y"])
@pytest.mark.parametrize("n", [1, 2, 3, 5, 7, 8])
def test_energy_and_image_are_those_of_the_matrix(way, n, letters):
    observables = random_sum(n, 30, n, letters), Ising.random(n, seed=n), random_sum(n, 5, n + 1)
    groups, state = PauliGroups(n, observables), random_state(n, n)
    for k, observable in enumerate(observables):
        paulis = PauliSum.from_ising(observable) if isinstance(observable, Ising) else observable
        image = paulis.matrix() @ state
        energy, applied = weighed(groups, k, state, room=True)
        np.testing.assert_allclose(applied, image, rtol=0, atol=1e-12 * (1 + np.abs(image).max()))
        assert energy == pytest.approx(np.vdot(state, image).real, rel=1e-11, abs=1e-11)
        assert weighed(groups, k, state, room=False)[0] == pytest.approx(energy, rel=1e-12, abs=1e-12)


@settings(deadline=None, max_examples=40)
@given(n=st.integers(1, 9), count=st.integers(0, 60), seed=st.integers(0, 1000))
def test_tables_and_strings_agree(n, count, seed):
    observable, state = random_sum(n, count, seed), random_state(n, seed)
    with pytest.MonkeyPatch.context() as patch:
        by_table = weighed(PauliGroups(n, (observable,)), 0, state, room=True)
        patch.setattr(pauli_groups, "TABLE_BYTES", 0)
        by_strings = weighed(PauliGroups(n, (observable,)), 0, state, room=True)
    assert by_table[0] == pytest.approx(by_strings[0], rel=1e-11, abs=1e-11)
    np.testing.assert_allclose(by_table[1], by_strings[1], rtol=0, atol=1e-11)


def test_strings_with_one_mask_and_parity_share_a_group():
    strings = ("XXI", "YYI", "XXZ", "XYI", "YXZ", "ZII", "IIZ", "III")
    spans, masks, bounds, z_masks, weights, table = PauliGroups(
        3, (PauliSum(3, strings, np.arange(1.0, 9.0)),)
    ).arrays
    assert masks.tolist() == [0b000, 0b011, 0b011]  # diagonal, then real, then imaginary flips of qubits 0, 1
    assert np.diff(bounds).tolist() == [3, 3, 2]
    assert table.size == 3 * 8
    assert spans[0, 9] == 0
    assert len(z_masks) == len(weights) == len(strings)
    assert sorted(np.abs(weights)) == list(range(1, 9))


def test_only_diagonals_and_what_fits_the_cache_have_tables(monkeypatch):
    monkeypatch.setattr(pauli_groups, "TABLE_BYTES", 1 << 18)
    wide = PauliGroups(14, (random_sum(14, 3, 1), random_sum(14, 9, 1, "IZ"), Ising.random(14)))
    assert wide.arrays.spans[:, pauli_kernels.TABLE].tolist() == [-1, 0, 1 << 14]
    assert wide.arrays.table.nbytes == 2 * 8 << 14
    assert PauliGroups(9, (random_sum(9, 50, 1),)).arrays.spans[0, pauli_kernels.TABLE] == 0


def test_a_hermitian_sum_has_a_real_energy_that_is_that_of_its_image():
    for seed in range(10):
        observable, state = random_sum(6, 30, seed), random_state(6, seed)
        energy, applied = weighed(PauliGroups(6, (observable,)), 0, state, room=True)
        assert np.vdot(state, applied) == pytest.approx(energy + 0j, abs=1e-12)


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda: PauliGroups(0, ()), "num_qubits"),
        (lambda: PauliGroups(64, ()), r"num_qubits.*\[1, 63\]"),
        (lambda: PauliGroups(3, ("ZZZ",)), r"observables\[0\]"),
        (lambda: PauliGroups(3, (random_sum(3, 2, 0), Ising.random(4))), r"the width of observables\[1\]"),
    ],
)
def test_bad_observables_are_named(build, named):
    with pytest.raises(ProblemError, match=named):
        build()
