"""Configurations of the elements, by counting and by known exceptions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems.chemistry.occupations import capacity, ground_state_shells, shell_name, split_by_kappa
from problems.errors import ProblemError


@given(st.integers(1, 92))
def test_every_atom_is_neutral_and_no_shell_overflows(charge):
    shells = ground_state_shells(charge)
    assert sum(f for _, _, f in shells) == charge
    assert all(0 < f <= capacity(momentum) and n > momentum for n, momentum, f in shells)


@given(st.integers(1, 92))
def test_splitting_by_kappa_keeps_electrons_in_the_ratio_of_degeneracies(charge):
    shells = ground_state_shells(charge)
    split = split_by_kappa(shells)
    for n, momentum, electrons in shells:
        mine = {k: f for m, k, f in split if m == n and k in (momentum, -momentum - 1)}
        assert sum(mine.values()) == pytest.approx(electrons, abs=1e-12)
        assert all(f / electrons == pytest.approx(abs(k) / (2 * momentum + 1)) for k, f in mine.items())


@pytest.mark.parametrize(
    ("charge", "outer"),
    [
        (24, {(3, 2): 5, (4, 0): 1}),
        (29, {(3, 2): 10, (4, 0): 1}),
        (46, {(4, 2): 10, (4, 1): 6}),
        (57, {(5, 2): 1, (6, 0): 2}),
        (58, {(4, 3): 1, (5, 2): 1}),
        (59, {(4, 3): 3, (6, 0): 2}),
        (64, {(4, 3): 7, (5, 2): 1}),
        (79, {(5, 2): 10, (6, 0): 1}),
        (92, {(5, 3): 3, (6, 2): 1, (7, 0): 2}),
    ],
)
def test_known_exceptions(charge, outer):
    filled = {(n, momentum): f for n, momentum, f in ground_state_shells(charge)}
    assert {shell: filled[shell] for shell in outer} == outer


def test_palladium_has_no_5s():
    assert (5, 0) not in {(n, momentum) for n, momentum, _ in ground_state_shells(46)}


def test_names():
    assert shell_name(3, 2) == "3d"
    assert shell_name(3, 2, relativistic=True) == "3d3/2"
    assert shell_name(3, -3, relativistic=True) == "3d5/2"


@pytest.mark.parametrize("charge", [0, 93, 1.5, True])
def test_refuses_what_is_no_atom(charge):
    with pytest.raises(ProblemError):
        ground_state_shells(charge)
