"""A package of the same name from elsewhere is noticed before it can do harm."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def elsewhere(tmp_path):
    """Only the two packages that ``import hybrid`` looks at, copied to a folder of their own."""
    for package in ("hybrid", "problems"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def run(code: str, *folders: Path) -> subprocess.CompletedProcess[str]:
    paths = f"import sys; sys.path[:0] = {[str(folder) for folder in folders]}; "
    command = [sys.executable, "-I", "-S", "-c", paths + code]  # without site-packages: nothing else answers
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_an_untouched_copy_imports(elsewhere):
    assert run("import hybrid", elsewhere).returncode == 0


def test_dwave_hybrid_in_the_same_folder_is_refused_in_a_sentence(elsewhere):
    for name in ("samplers.py", "traits.py"):
        (elsewhere / "hybrid" / name).touch()
    ended = run("import hybrid", elsewhere)
    assert ended.returncode == 1
    assert "dwave-hybrid installs a package named 'hybrid'" in ended.stderr


def test_problems_from_another_installation_are_refused_in_a_sentence(elsewhere, tmp_path):
    other = tmp_path / "other"
    shutil.move(elsewhere / "problems", other / "problems")
    ended = run("import hybrid", other, elsewhere)
    assert ended.returncode == 1
    assert "two installations are mixed" in ended.stderr


def test_a_foreign_problems_package_is_refused(elsewhere, tmp_path):
    foreign = tmp_path / "foreign" / "problems"
    foreign.mkdir(parents=True)
    (foreign / "__init__.py").touch()
    ended = run("import hybrid", foreign.parent, elsewhere)
    assert ended.returncode == 1
    assert "problems" in ended.stderr.strip().splitlines()[-1]
    assert "reinstall" in ended.stderr.strip().splitlines()[-1]
