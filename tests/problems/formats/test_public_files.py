"""The public benchmark files, where they are at hand: each is told by its content and what it should be."""

import csv
import itertools

import numpy as np
import pytest

from problems.binary.assignment import QuadraticAssignment
from problems.binary.clique import Clique
from problems.binary.independent_set import IndependentSet
from problems.binary.knapsack import MultidimensionalKnapsack
from problems.binary.maxcut import MaxCut
from problems.binary.tour import TravellingSalesman
from problems.errors import ProblemError
from problems.formats import read, read_solution
from problems.formats.knapsack_layouts import greedy_profit, profit_bound
from tests.claims.table import INSTANCES

pytestmark = pytest.mark.skipif(not INSTANCES.exists(), reason="the public benchmark files are not at hand")
FIRST_CITIES = {  # shortest tours of the first 4 … 8 cities
    "burma14": [1570, 2321, 2336, 2378, 2382],
    "gr17": [1342, 1348, 1352, 1346, 1346],
    "ulysses16": [1413, 3277, 3472, 3507, 3578],
}
SIZES = {
    "G1": (800, 19176), "G11": (800, 1600), "G12": (800, 1600), "G13": (800, 1600), "G14": (800, 4694),
    "G15": (800, 4661), "C125.9": (125, 6963), "brock200_2": (200, 9876), "p_hat300-1": (300, 10933),
    "1tc.8": (8, 6), "1dc.64": (64, 543), "1et.64": (64, 264),
}  # fmt: skip


def optima(family):
    with open(INSTANCES / family / "OPTIMA.csv", newline="") as table:
        return {row["instance"]: row for row in csv.DictReader(table)}


def files(family, *endings):
    return sorted(path for path in (INSTANCES / family).glob("*") if path.name.endswith(endings))


def test_every_knapsack_is_told_without_words():
    known = optima("mdkp")
    assert len(files("mdkp", ".dat")) == 25
    for path in files("mdkp", ".dat"):
        problem = read(path)
        assert isinstance(problem, MultidimensionalKnapsack)
        assert problem.reference == float(known[path.name]["optimum"])
        assert greedy_profit(problem) <= problem.reference <= profit_bound(problem)
        assert read(path, "mdkp").digest == problem.digest
        with pytest.raises(ProblemError, match="doubtful.*mdkp-single"):
            read(path, "sac94")


@pytest.mark.parametrize(("name", "count"), [("mknap1", 7), ("mknapcb1", 30)])
def test_files_of_several_knapsacks(name, count):
    known, path = optima("mdkp"), INSTANCES / "mdkp" / f"{name}.txt"
    with pytest.raises(ProblemError, match=f"holds {count}"):
        read(path)
    for index in (1, 2, count):
        assert read(path, index=index).reference == float(known[f"{name}.txt#{index}"]["optimum"])


def test_decimals_are_kept():
    ours, tenfold = read(INSTANCES / "mdkp" / "mknap1.txt", index=2), read(INSTANCES / "mdkp" / "pet2.dat")
    assert np.allclose(10 * ours.profits, tenfold.profits, atol=1e-9)
    assert ours.reference == 8706.1


def test_every_assignment_costs_what_its_permutation_is_said_to(tmp_path):
    for name, row in optima("qap").items():
        problem = read(INSTANCES / "qap" / name)
        assert isinstance(problem, QuadraticAssignment)
        words = row["permutation_1based"].split()
        if words:
            solution = tmp_path / "a.sln"
            solution.write_text(f"{problem.size} 0\n{' '.join(words[:5])}\n{','.join(words[5:])}\n")
            verdict = problem.judge(read_solution(problem, solution))
            assert verdict.feasible
            assert verdict.objective == float(row["optimum"])


def test_every_tour_file_is_read():
    assert len(files("tsp", ".tsp")) == 13
    for path in files("tsp", ".tsp"):
        problem = read(path)
        assert isinstance(problem, TravellingSalesman)
        assert problem.symmetric
        assert str(problem.num_cities) == "".join(letter for letter in path.stem if letter.isdigit())


@pytest.mark.parametrize("name", list(FIRST_CITIES))
def test_the_first_cities_are_as_far_apart_as_is_known(name):
    problem = read(INSTANCES / "tsp" / f"{name}.tsp")
    for count, length in zip((4, 5, 6, 7, 8), FIRST_CITIES[name], strict=True):
        tours = np.array([(0, *order) for order in itertools.permutations(range(1, count))])
        assert problem.length(tours).min() == length


def test_every_graph_is_as_large_as_is_known():
    for path in files("maxcut", ".txt") + files("mis", ".txt", ".clq"):
        problem = read(path)
        wanted = {".clq": Clique, ".txt": MaxCut if path.stem.startswith("G") else IndependentSet}[
            path.suffix
        ]
        assert isinstance(problem, wanted)
        if path.stem in SIZES:
            assert (problem.num_nodes, len(problem.edges)) == SIZES[path.stem]


def test_what_is_no_problem_file_is_told():
    for path in INSTANCES.rglob("*.csv"):
        with pytest.raises(ProblemError, match=r"OPTIMA.csv, line 1 is 'instance"):
            read(path)


@pytest.mark.parametrize(
    ("family", "name"),
    [("mdkp", f"{name}.dat") for name in ("hp1", "pb5", "pet4", "pet7", "sento1", "weing1", "weish01")]
    + [("mis", f"{name}.txt") for name in ("1tc.32", "1dc.64", "1et.64")]
    + [("tsp", f"{name}.tsp") for name in ("burma14", "gr17", "bays29")],
)
def test_the_optimum_is_what_mixed_integer_programming_finds(family, name):
    from classical.binary import MixedInteger

    result = MixedInteger().solve(read(INSTANCES / family / name))
    assert result.status == "optimal"
    assert result.evaluation.objective == float(optima(family)[name]["optimum"])
