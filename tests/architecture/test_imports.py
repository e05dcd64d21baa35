"""What an import costs, and that installed metadata and code say the same."""

import ast
import importlib
import inspect
import pkgutil
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from backends.backend import Backend
from problems.contract import Solver

ROOT = Path(__file__).parents[2]
PACKAGES = ("problems", "backends", "classical", "hybrid")
LAZY = (
    *PACKAGES, "problems.binary", "problems.binary.bounds", "problems.binary.presolve",
    "problems.binary.roof", "problems.bridges", "problems.formats", "problems.ground_state",
    "classical.binary", "classical.minimisation", "backends.aer", "backends.bridges", "backends.ibm",
    "backends.journal", "backends.pauli_transfer", "hybrid.graph_shrinking",
    "hybrid.graph_shrinking.correlations", "hybrid.lagrangian", "hybrid.qaoa_angles",
    "hybrid.circuit_search", "problems.distributed", "problems.minimisation", "classical.distributed",
    "problems.transport", "problems.equivariance", "problems.chemistry",
    "classical.transport", "classical.equivariance", "classical.chemistry",
)  # fmt: skip
HEAVY = ("numpy", "scipy", "qiskit", "cvxpy", "jax", "numba", "pennylane", "matplotlib", "networkx")


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_a_package_costs_the_standard_library_alone(package):
    code = f"import sys, {package}; print([name for name in {HEAVY} if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


@pytest.mark.parametrize("package", LAZY)
def test_every_public_name_is_there(package):
    module = importlib.import_module(package)
    for name in dir(module):
        assert getattr(module, name) is not None
    assert set(module.__all__) == set(dir(module))


@pytest.mark.parametrize("package", LAZY)
def test_type_checkers_see_the_names_that_resolve_at_run_time(package):
    module = importlib.import_module(package)
    tree = ast.parse(Path(str(module.__file__)).read_text())
    guards = [
        node for node in tree.body if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
    ]
    imports = [node for guard in guards for node in guard.body if isinstance(node, ast.ImportFrom)]
    static = {alias.asname or alias.name: node.module for node in imports for alias in node.names}
    assert static == module._NAMES


@pytest.mark.parametrize(("group", "ancestor"), [("hybrid.solvers", Solver), ("hybrid.backends", Backend)])
def test_entry_points_are_the_classes_of_the_code(group, ancestor):
    """Entry points are read at installation: after adding one, install again."""
    installed = {entry.value for entry in entry_points(group=group) if entry.value.split(".")[0] in PACKAGES}
    assert installed == _concrete(ancestor)


def test_solver_entry_points_are_named_by_room_and_class():
    for entry in entry_points(group="hybrid.solvers"):
        if entry.value.split(".")[0] in PACKAGES:
            solver = entry.load()
            assert entry.name.split(".")[1] == solver.__name__


def _concrete(ancestor: type) -> set[str]:
    found = set()
    for package in PACKAGES:
        for info in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            if info.name.endswith("__main__"):
                continue
            for value in vars(importlib.import_module(info.name)).values():
                if inspect.isclass(value) and issubclass(value, ancestor) and not inspect.isabstract(value):
                    found.add(f"{value.__module__}:{value.__name__}")
    around_others = {":Budget", ":Journal", ":Rehearsal"}  # they hold a backend and are never chosen by name
    return {name for name in found if not name.endswith(tuple(around_others))}
