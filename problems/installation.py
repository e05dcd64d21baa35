"""What is installed: our own packages where they should be, and the versions that a result remembers."""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path

DISTRIBUTION = "hybrid-optimization"
RECORDED = (DISTRIBUTION, "numpy", "scipy", "numba", "highspy", "qiskit", "qiskit-aer", "pennylane", "jax")


def refuse_foreign_packages(hybrid_file: str) -> None:
    """Refuse to start when another distribution lies over one of our four packages.

    ``dwave-hybrid`` installs a package named ``hybrid`` too; ``problems`` is a name others may have used.

    Raises:
        ImportError: In a sentence that says what to remove.
    """
    folder = Path(hybrid_file).resolve().parent
    if (folder / "samplers.py").exists() and (folder / "traits.py").exists():
        raise ImportError(
            "dwave-hybrid installs a package named 'hybrid' as well, and both now lie in "
            f"{folder}; uninstall both and give each an environment of its own"
        )
    own = Path(__file__).resolve().parent
    if own != folder.parent / "problems":
        raise ImportError(
            f"hybrid comes from {folder} but problems from {own}: two installations are mixed; "
            f"reinstall {DISTRIBUTION} or fix sys.path"
        )


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Return the versions of Python, this distribution and the libraries that compute."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in RECORDED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
