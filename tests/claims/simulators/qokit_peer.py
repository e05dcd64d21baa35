"""QOKit's C simulator as a rival: its wheel's library, and its sources with and without optimisation.

"without -O" is how its repository builds it; the library in the wheel was compiled with an optimising flag.

It applies e^(−iγC/2), so twice our γ goes in, and leaves its state in two arrays of real numbers. The wheel
pins other versions of many packages; ``pip install --no-deps qokit`` brings all that is used here.
"""

from __future__ import annotations

import ctypes
import importlib.util
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray
FLAGS = ("-fopenmp", "-shared", "-fPIC")


@cache
def libraries() -> dict[str, Any]:
    """Return what can be raced: "wheel", "-O3" and "without -O", as far as they are there."""
    spec = importlib.util.find_spec("qokit")
    if spec is None or spec.origin is None:
        return {}
    found, root = {}, Path(spec.origin).parent
    shipped = next(root.parent.glob("simulator*.so"), None) or next(root.glob("fur/c/csim/*.so"), None)
    if shipped is not None:
        found["wheel"] = ctypes.CDLL(str(shipped))
    sources = sorted(root.glob("fur/c/csim/src/*.c"))
    compiler = shutil.which("cc") or shutil.which("gcc")
    if sources and compiler:
        found["-O3"] = _compiled((compiler, "-O3", "-march=native"), sources)
        found["without -O"] = _compiled((compiler,), sources)
    return found


def version() -> str:
    """Write the version, or how to install it."""
    try:
        return distribution("qokit").version
    except PackageNotFoundError:
        return "not installed: pip install --no-deps qokit"


def _compiled(compiler: tuple[str, ...], sources: list[Path]) -> Any:
    """Compile into a temporary folder; headers that a wheel leaves out are drawn from the sources."""
    with tempfile.TemporaryDirectory() as folder:
        for source in sources:
            prototypes = re.findall(r"^(?:void|int)\s[^;{]*?\)(?=\s*\{)", source.read_text(), re.MULTILINE)
            header = "#include <stddef.h>\n" + "".join(f"{text};\n" for text in prototypes)
            (Path(folder) / f"{source.stem}.h").write_text(header)
        target = Path(folder) / "qokit.so"
        command = [*compiler, *FLAGS, f"-I{folder}", *map(str, sources), "-o", str(target), "-lm"]
        subprocess.run(command, check=True, capture_output=True)
        return ctypes.CDLL(str(target))


def expectation(library: Any, diagonal: Array, betas: Array, gammas: Array) -> Callable[[], float]:
    """Return a call that runs X-mixer QAOA from |+⟩ and returns ⟨C⟩; the cost vector is given."""
    n, size = int(np.log2(len(diagonal))), len(diagonal)
    real, imaginary = np.empty(size), np.empty(size)
    doubled, betas = 2 * np.asarray(gammas, dtype=float), np.array(betas, dtype=float)
    arguments = _arguments(real, imaginary, doubled, betas, diagonal, n)

    def call() -> float:
        real.fill(2 ** (-n / 2))
        imaginary.fill(0.0)
        library.apply_qaoa_furx(*arguments)
        return float(np.dot(real * real + imaginary * imaginary, diagonal))

    return call


def ring_expectation(
    library: Any,
    diagonal: Array,
    start: Array,
    blocks: tuple[tuple[int, ...], ...],
    betas: Array,
    gammas: Array,
) -> Callable[[], float]:
    """Return a call for XY rings on blocks, pair by pair in our order, from a real start ``[2^n]``."""
    from backends.mixers import XYMixer

    size = len(diagonal)
    pairs = XYMixer(blocks).pairs()
    real, imaginary = np.empty(size), np.empty(size)
    pointers = [_pointer(part) for part in (real, imaginary)]
    cost, count = _pointer(diagonal), ctypes.c_size_t(size)

    def call() -> float:
        real[:] = start
        imaginary.fill(0.0)
        for beta, gamma in zip(betas, gammas, strict=True):
            library.apply_diagonal(*pointers, ctypes.c_double(-gamma), cost, count)
            for a, b in pairs:
                library.furxy(*pointers, ctypes.c_double(beta), min(a, b), max(a, b), count)
        return float(np.dot(real * real + imaginary * imaginary, diagonal))

    return call


def _pointer(array: Array) -> Any:
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_double))


def _arguments(
    real: Array, imaginary: Array, gammas: Array, betas: Array, diagonal: Array, n: int
) -> tuple[Any, ...]:
    pointers = tuple(map(_pointer, (real, imaginary, gammas, betas, diagonal)))
    return *pointers, ctypes.c_uint(n), ctypes.c_size_t(len(diagonal)), ctypes.c_size_t(len(gammas))
