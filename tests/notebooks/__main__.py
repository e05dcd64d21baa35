"""Execute every notebook and keep its outputs: ``python -m tests.notebooks``."""

from tests.notebooks.execution import NOTEBOOKS, execute

for path in NOTEBOOKS:
    print(path.name, flush=True)
    execute(path, keep=True)
