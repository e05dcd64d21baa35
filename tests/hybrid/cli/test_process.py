"""The command as a process: what it imports, and a real Ctrl-C."""

import json
import signal
import subprocess
import sys

import pytest

from problems.binary import MaxCut, MultidimensionalKnapsack

PYTHON = [sys.executable, "-W", "error"]


def loaded_by(*words: str) -> set[str]:
    """The top-level modules that a command leaves loaded."""
    code = (
        "import sys; from hybrid.cli import main; status = main(sys.argv[1:]); "
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr); sys.exit(status)"
    )
    done = subprocess.run([*PYTHON, "-c", code, *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    return set(done.stderr.split())


@pytest.mark.parametrize("words", [["--help"], ["solve", "--help"], ["judge", "--help"]])
def test_help_needs_the_standard_library_alone(words):
    assert not loaded_by(*words) & {"numpy", "scipy", "numba", "qiskit", "cvxpy", "jax", "networkx"}


def test_a_list_of_solvers_and_backends_imports_none_of_them():
    for command in ("solvers", "backends"):
        assert not loaded_by(command) & {"numba", "qiskit", "qiskit_aer", "highspy", "cvxpy"}


def test_the_module_is_the_command():
    done = subprocess.run([*PYTHON, "-m", "hybrid", "--help"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert done.stderr == ""
    assert "solve" in done.stdout


def test_bad_input_shows_no_traceback(tmp_path):
    words = ["solve", str(tmp_path / "nowhere"), "--problem", "mdkp"]
    done = subprocess.run([*PYTHON, "-m", "hybrid", *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith("hybrid: ")
    assert "Traceback" not in done.stderr


TELL_WHEN_THERE_IS_AN_ANSWER = """
import sys
from hybrid.cli import main
from problems.run import Run

offer_all = Run.offer_all

def tell_once(run, *samples):
    offer_all(run, *samples)
    Run.offer_all = offer_all
    print("an answer", flush=True)

Run.offer_all = tell_once
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("kind", ["maxcut", "mdkp"])
def test_ctrl_c_ends_a_long_solve_with_the_best_so_far(tmp_path, kind):
    problem = MaxCut.random(n=30, seed=4) if kind == "maxcut" else MultidimensionalKnapsack.random(n=20)
    file, answer = problem.write(tmp_path / "problem.txt"), tmp_path / "answer.json"
    words = ["solve", str(file), "--problem", kind, "--solver", "annealing", "--set", "restarts=1000000"]
    process = subprocess.Popen(
        [*PYTHON, "-c", TELL_WHEN_THERE_IS_AN_ANSWER, *words, "--json", str(answer)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        while process.stdout.readline() not in ("an answer\n", ""):
            pass
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "interrupted" in out
    record = json.loads(answer.read_text())
    assert record["status"] == "interrupted"
    assert record["objective"] == problem.judge(problem.encode(record["solution"])).objective
