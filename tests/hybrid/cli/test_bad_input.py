"""Whatever is wrong with the input becomes one sentence and the exit status 2, before any work."""

import pytest

from problems.binary import MaxCut, MultidimensionalKnapsack
from tests.hybrid.cli.conftest import Command, Said

SACK = ["4 2 0", "10 20 30 40", "1 2 3 4", "5 6 7 8", "6 15"]


@pytest.fixture
def sack(tmp_path):
    """Write a knapsack file with some of its lines changed; returns its path."""

    def write(**changed: str):
        path = tmp_path / "bad.dat"
        lines = [changed.get(f"line{k}", line) for k, line in enumerate(SACK, start=1)]
        path.write_text("\n".join(line for line in lines if line) + "\n")
        return path

    return write


def refused(said: Said, *words: str) -> None:
    assert said.status == 2
    assert said.out == ""
    assert said.err.startswith("hybrid: ")
    assert said.err.count("\n") == 1
    for word in words:
        assert word in said.err


def test_the_file_without_a_mistake_is_taken(hybrid: Command, sack):
    assert hybrid("solve", sack(), "--problem", "mdkp").status == 0


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"line5": ""}, ("bad.dat, line 4", "end of the file", "capacity")),
        ({"line5": "6"}, ("bad.dat", "end of the file", "capacity 2")),
        ({"line2": "10 twenty 30 40"}, ("bad.dat, line 2", "'twenty'", "number")),
        ({"line5": "6 -15"}, ("bad.dat, line 5", "'-15'", "capacity", "≥ 0")),
        ({"line2": "10 20 nan 40"}, ("bad.dat, line 2", "'nan'", "profit", "finite")),
        ({"line3": "1 2 -3 4"}, ("bad.dat, line 3", "'-3'", "weight", "≥ 0")),
        ({"line2": "10 20 inf 40"}, ("bad.dat, line 2", "'inf'", "finite")),
        ({"line1": "4.5 2 0"}, ("bad.dat, line 1", "'4.5'", "integer")),
    ],
)
def test_a_mistake_in_a_file_is_named_with_its_place(hybrid: Command, sack, changed, words):
    refused(hybrid("solve", sack(**changed), "--problem", "mdkp"), *words)


def test_a_file_that_is_not_there_is_named(hybrid: Command, tmp_path):
    refused(hybrid("solve", tmp_path / "nowhere.dat", "--problem", "mdkp"), "nowhere.dat")


def test_a_folder_is_no_file(hybrid: Command, tmp_path):
    refused(hybrid("solve", tmp_path, "--problem", "mdkp"), str(tmp_path))


def test_a_file_that_two_kinds_fit_asks_for_one(hybrid: Command, tmp_path):
    path = tmp_path / "both.dat"
    path.write_text("1 1 1 1 1 1")
    refused(hybrid("solve", path), "--problem", "mdkp", "sac94")


def test_an_unknown_kind_names_those_there_are(hybrid: Command, sack):
    refused(hybrid("solve", sack(), "--problem", "knapsack"), "knapsack", "mdkp")


def test_several_problems_ask_for_an_index_from_1(hybrid: Command, tmp_path):
    several = tmp_path / "several.dat"
    several.write_text("2\n" + 2 * ("\n".join(SACK) + "\n"))
    refused(hybrid("solve", several, "--problem", "mdkp"), "several.dat", "--index")
    refused(hybrid("solve", several, "--problem", "mdkp", "--index", "0"), "index", "1 … 2")
    refused(hybrid("solve", several, "--problem", "mdkp", "--index", "3"), "index", "1 … 2")
    assert hybrid("solve", several, "--problem", "mdkp", "--index", "2").status == 0


def test_an_unknown_solver_names_those_there_are(hybrid: Command, sack):
    refused(hybrid("solve", sack(), "--problem", "mdkp", "--solver", "magic"), "magic", "milp", "qaoa")


def test_a_solver_for_another_kind_says_why_and_names_others(hybrid: Command, sack):
    said = hybrid("solve", sack(), "--problem", "mdkp", "--solver", "spsa")
    refused(said, "bad.dat", "Spsa", "MultidimensionalKnapsack", "binary.MixedInteger")


def test_exhaustive_refuses_forty_variables_with_the_reason(hybrid: Command, tmp_path):
    file = MultidimensionalKnapsack.random(n=40, seed=0).write(tmp_path / "forty.dat")
    said = hybrid("solve", file, "--problem", "mdkp", "--solver", "exhaustive")
    refused(said, "forty.dat", "Exhaustive", "2^40", "30")


def test_a_circuit_that_is_too_wide_is_refused_before_any_work(hybrid: Command, tmp_path):
    file = MaxCut.regular(degree=3, n=60).write(tmp_path / "sixty.txt")
    refused(hybrid("solve", file, "--problem", "maxcut", "--solver", "qaoa"), "sixty.txt", "60", "qubits")


def test_an_unknown_backend_names_those_there_are(hybrid: Command, sack):
    words = ["--problem", "mdkp", "--solver", "qaoa", "--backend", "abacus"]
    refused(hybrid("solve", sack(), *words), "abacus", "aer", "statevector")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--seed", "-1"], ("seed", "-1", "≥ 0")),
        (["--seed", "one"], ("--seed", "one")),
        (["--time-limit", "-2"], ("time_limit", "-2")),
        (["--time-limit", "nan"], ("time_limit", "nan")),
        (["--index", "first"], ("--index", "first")),
        (["--colour", "red"], ("--colour",)),
        (["--sol", "milp"], ("--sol",)),
        (["--set", "threads"], ("threads", "path.to.field=value")),
        (["--set", "threads=0"], ("threads", "0")),
    ],
)
def test_a_wrong_word_is_named(hybrid: Command, sack, words, said):
    answer = hybrid("solve", sack(), "--problem", "mdkp", "--solver", "milp", *words)
    refused(answer, *said)


@pytest.mark.parametrize("words", [[], ["improve"], ["solve"], ["judge", "only-one"], ["solvers", "extra"]])
def test_a_wrong_command_is_bad_input(hybrid: Command, words):
    refused(hybrid(*words), "--help")
