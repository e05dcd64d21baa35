"""Every notebook runs from top to bottom, imports public names alone and defines nothing long."""

import ast
import warnings

import nbformat
import pytest

from tests.notebooks.execution import NOTEBOOKS, execute


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.notebook
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs(path, monkeypatch):
    monkeypatch.setenv("PROJECT_QUICK", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of the kernel's own machinery
        executed = execute(path)
    assert any(cell.get("outputs") for cell in executed.cells)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_committed_with_outputs_and_plain_code(path):
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    for cell in code:
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.FunctionDef):
                assert len(ast.unparse(node).splitlines()) <= 6
            if isinstance(node, ast.ImportFrom):
                assert not any(alias.name.startswith("_") for alias in node.names)
