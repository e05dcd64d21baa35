"""One-hot blocks of a QUBO: judged, kept from solvers that break them, and made by an encoding."""

from dataclasses import replace

import numpy as np
import pytest

from classical.binary import MixedInteger, ParallelTempering, Penalty, SimulatedAnnealing, Tabu
from problems import UnsuitableProblem, load, save
from problems.binary import BinaryProgram, MixerEncoding, Qubo, SlackEncoding, TravellingSalesman
from problems.binary.blocks import disjoint_one_hot_rows, spread_in_blocks
from problems.errors import ProblemError

BLOCKED = replace(Qubo.random(6, seed=3), one_hot=((0, 1, 2), (3, 5)))


def all_bits(n):
    return (np.arange(1 << n)[:, None] >> np.arange(n) & 1).astype(np.uint8)


def test_broken_blocks_are_violations_by_the_difference():
    verdict = BLOCKED.judge(np.array([1, 1, 1, 0, 1, 0], dtype=np.uint8))
    assert verdict.violations == {"one-hot[x0…]": 2.0, "one-hot[x3…]": 1.0}
    bits = all_bits(6)
    rows = [BLOCKED.judge(x).rank("min") for x in bits]
    np.testing.assert_array_equal(BLOCKED.ranks(bits), rows)
    assert sum(violation == 0 for violation, _ in rows) == 3 * 2 * 2


@pytest.mark.parametrize("solver", [SimulatedAnnealing(), ParallelTempering()])
def test_solvers_that_would_leave_the_blocks_refuse_them(solver):
    with pytest.raises(UnsuitableProblem, match="does not keep one-hot blocks"):
        solver.solve(BLOCKED)


def test_program_solvers_get_the_blocks_as_rows():
    ranks = BLOCKED.ranks(all_bits(6))
    least = min(energy for violation, energy in ranks if violation == 0)
    for solver in (MixedInteger(), Tabu()):
        result = solver.solve(BLOCKED)
        assert result.feasible
        assert result.objective == least


def test_without_blocks_nothing_changes():
    free = Qubo.random(6, seed=3)
    assert SimulatedAnnealing().solve(free).feasible
    assert BLOCKED.digest != free.digest


@pytest.mark.parametrize("rest", [SlackEncoding(), None])
def test_the_encoding_leaves_one_kind_of_rows_to_the_solver(rest):
    tour = TravellingSalesman.random(4, seed=1)
    encoding = MixerEncoding() if rest is None else MixerEncoding(rest)
    reduction = encoding.encode(tour.program)
    qubo = reduction.problem
    assert isinstance(qubo, Qubo)
    assert len(qubo.one_hot) == 3
    assert qubo.one_hot == encoding.one_hot(tour.program)
    assert encoding.qubits(tour.program) == qubo.n == 9
    bits = all_bits(9)
    kept = bits[qubo.ranks(bits)[:, 0] == 0]
    assert len(kept) == 27
    ranks = tour.program.ranks(kept)
    tours = ranks[:, 0] == 0
    assert tours.sum() == 6
    # on tours the QUBO is the length, and no other kept state lies below the shortest tour
    np.testing.assert_allclose(qubo.energies(kept[tours]), ranks[tours, 1])
    if rest is not None:
        assert qubo.energies(kept).argmin() in np.flatnonzero(tours)


def test_penalty_says_which_inner_solver_cannot_keep_the_blocks():
    with pytest.raises(UnsuitableProblem, match="SimulatedAnnealing says: it does not keep one-hot blocks"):
        Penalty(SimulatedAnnealing(), MixerEncoding()).solve(TravellingSalesman.random(4))


def test_overlapping_rows_are_chosen_greedily_and_disjoint():
    rows = np.array([[1, 1, 0, 0, 0], [0, 1, 1, 1, 0], [0, 0, 0, 0, 1], [1, 0, 0, 0, 1]])
    program = BinaryProgram.from_arrays(np.ones(5), rows, np.ones(4), "==")
    assert disjoint_one_hot_rows(program) == ((1, 3), ((1, 2, 3), (0, 4)))


def test_a_program_without_one_hot_rows_is_refused():
    program = BinaryProgram.from_arrays([1.0, 2.0], [[1, 1]], [1], "<=")
    with pytest.raises(ProblemError, match="at least one row"):
        MixerEncoding().encode(program)


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        (((0, 1), (1, 2)), "disjoint"),
        (((0,),), "at least two"),
        (((0, 9),), r"one_hot\[0\] is 9"),
    ],
)
def test_bad_blocks_are_named(blocks, message):
    with pytest.raises(ProblemError, match=message):
        replace(Qubo.random(4), one_hot=blocks)


def test_blocks_survive_the_disk(tmp_path):
    result = MixedInteger().solve(BLOCKED)
    save(result, tmp_path / "result.npz")
    assert load(tmp_path / "result.npz").problem.one_hot == BLOCKED.one_hot


@pytest.mark.parametrize("blocks", [(), ((0, 1, 2), (3, 5)), ((1, 4), (0, 2, 3, 5))])
def test_the_spread_in_blocks_is_that_of_all_kept_states(blocks):
    qubo = replace(Qubo.random(6, seed=3), one_hot=blocks)
    ranks = qubo.ranks(all_bits(6))
    energies = ranks[ranks[:, 0] == 0, 1]
    assert spread_in_blocks(qubo.form, blocks) == pytest.approx(energies.std(), rel=1e-12)
