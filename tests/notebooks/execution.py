"""Running a notebook as a user would, from its own folder."""

from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def execute(path: Path, keep: bool = False) -> nbformat.NotebookNode:
    """Run all cells; a failing cell raises. With ``keep`` the outputs are written back."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
    ).execute()
    if keep:
        for cell in notebook.cells:
            cell.metadata.pop("execution", None)  # times of day would change with every run
        notebook.metadata.pop("widgets", None)
        nbformat.write(notebook, path)
    return notebook
