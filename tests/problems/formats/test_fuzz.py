"""Damaged files of every kind are answers or sentences; headers that ask for too much are refused at once."""

import time
import tracemalloc

import pytest

from problems.errors import ProblemError
from problems.formats import KINDS, read
from tests.problems.formats.fuzz import (
    CHANGES,
    MORE,
    SOLUTIONS,
    damaged,
    read_damaged_solution,
    read_either_way,
    samples,
)

QUICK, MANY = 200, 10_000
MEGABYTES = 64
TRAPS = {
    "mdkp": "1000000000 1000000000 0 1 2 3",
    "mdkp-single": "1000000000 1 0 1 2 3",
    "mdkp-multi": "1000000000 1000000000 1000000000 0 1",
    "sac94": "1000000000 1000000000 1 2 3",
    "qap": "1000000000 1 2 3",
    "tsp": "TYPE : TSP\nDIMENSION : 1000000000\nEDGE_WEIGHT_TYPE : EUC_2D\nNODE_COORD_SECTION\n1 0 0\n",
    "maxcut": "1000000000 1\n1 2 1\n",
    "mis": "p edge 1000000000 1\ne 1 2\n",
    "clique": "p edge 3 1000000000\ne 1 2\n",
    "vertex-cover": "1000000000 1000000000\ne 1 2\n",
    "qubo": "p qubo 0 1000000000 1 0\n0 0 1\n",
}


def everything():
    return tuple(text for kind in KINDS for text in samples(kind))


def fuzz(kind, path, count):
    """Damage and read ``count`` files; the number of one that fails is in the message."""
    answers, files, others = 0, samples(kind), everything()
    for number in range(count):
        data = damaged(files, others, number)
        try:
            answers += read_either_way(path, data, kind)
        except Exception as error:
            raise AssertionError(f"{kind}, file {number}: {data!r}") from error
    assert 0 < answers < 2 * count


def fuzz_solutions(kind, path, count):
    files = tuple(text.encode() for text in SOLUTIONS[kind])
    answers, others = 0, everything()
    for number in range(count):
        data = damaged(files, others, number)
        try:
            answers += read_damaged_solution(path, data, kind)
        except Exception as error:
            raise AssertionError(f"solution of {kind}, file {number}: {data!r}") from error
    assert 0 < answers < count


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_samples_are_sound(tmp_path, kind):
    assert len(samples(kind)) >= 2
    for data in samples(kind):
        path = tmp_path / "sample.txt"
        path.write_bytes(data)
        read(path, kind, index=1)


def test_hand_made_samples_belong_to_kinds():
    assert set(MORE) <= set(KINDS)
    assert set(SOLUTIONS) == {kind for kind, entry in KINDS.items() if entry.solution}


def test_damage_is_the_same_every_time_and_of_every_sort():
    files = samples("qap")
    assert [damaged(files, files, number) for number in range(50)] == [
        damaged(files, files, number) for number in range(50)
    ]
    assert len({damaged(files, files, number) for number in range(50)}) > 40
    assert len(CHANGES) == len(set(CHANGES)) == 10


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_damaged_file_is_an_answer_or_a_sentence(tmp_path, kind):
    fuzz(kind, tmp_path / "damaged.txt", QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(KINDS))
def test_many_damaged_files_are_answers_or_sentences(tmp_path, kind):
    fuzz(kind, tmp_path / "damaged.txt", MANY)


@pytest.mark.parametrize("kind", list(SOLUTIONS))
def test_a_damaged_solution_is_an_answer_or_a_sentence(tmp_path, kind):
    fuzz_solutions(kind, tmp_path / "damaged.txt", QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(SOLUTIONS))
def test_many_damaged_solutions_are_answers_or_sentences(tmp_path, kind):
    fuzz_solutions(kind, tmp_path / "damaged.txt", MANY)


@pytest.mark.parametrize("kind", list(TRAPS))
def test_a_header_that_asks_for_too_much_is_refused_before_memory_is_touched(file, kind):
    path = file(TRAPS[kind])
    for named in (kind, None):
        tracemalloc.start()
        start = time.process_time()
        with pytest.raises(ProblemError, match=r"case\.txt"):
            read(path, named)
        assert time.process_time() - start < 0.5
        assert tracemalloc.get_traced_memory()[1] < MEGABYTES * 2**20
        tracemalloc.stop()
