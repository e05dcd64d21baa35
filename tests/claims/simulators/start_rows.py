"""How long a user waits: first calls with and without a cache, and compilations that instances cause."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping

from tests.claims.table import Row

FIRST_CALL = """
import time
import numpy as np
from backends import Expectation, QaoaAnsatz, Sampling, Statevector
from problems.binary import Qubo
cost = Qubo.random({n}, seed=1).ising
ansatz, row = QaoaAnsatz(cost, 4), np.full((1, 8), 0.02)
wall, spent = time.perf_counter(), time.process_time()
Statevector().run(Expectation(ansatz, (cost,), row, gradient=True))
Statevector().run(Sampling(ansatz, row, 1024))
print(time.perf_counter() - wall, time.process_time() - spent)
"""

INSTANCES = """
import numpy as np
from numba.core import event
from backends import Expectation, GroverMixer, QaoaAnsatz, Sampling, Statevector, XYMixer
from problems.binary import MaxCut, Qubo
from problems.ground_state import GroundState
from hybrid import HardwareEfficient
def run(n, seed, layers):
    dense, sparse = Qubo.random(n, seed=seed).ising, Qubo.random(n, density=0.3, seed=seed).ising
    blocks = ((0, 1, 2),)
    ground = GroundState.transverse_field_ising(n)
    work = [(QaoaAnsatz(cost, layers, *rest), cost) for cost in (dense, sparse)
            for rest in ((), (XYMixer(blocks),), (GroverMixer(),))]
    work.append((HardwareEfficient(layers=layers).build(ground.hamiltonian), ground.hamiltonian))
    for ansatz, observable in work:
        rows = np.random.default_rng(seed).normal(size=(2, ansatz.num_parameters))
        for gradient in (False, True):
            Statevector().run(Expectation(ansatz, (observable,), rows, gradient=gradient))
        Statevector().run(Sampling(ansatz, rows, 16, seed=seed))
for n in (6, {wide}):
    run(n, 0, 1)
with event.install_recorder("numba:compile") as seen:
    for n in (5, 7, 10, 13, {wide} - 1, {wide}):
        for seed in (1, 2):
            run(n, seed, 1 + seed)
print(sum(record.is_end for _, record in seen.buffer) if seen.buffer else 0)
"""


def rows(quick: bool) -> Iterator[Row]:
    """All rows, each in processes of its own."""
    n = 12 if quick else 20
    wall, _ = _measured(FIRST_CALL.format(n=n), {})
    claim = f"first gradient and samples after the imports, n={n}: below 2 s with a warm cache"
    yield Row(claim, "", "", f"{wall:.2f} s", wall < 2)
    if not quick:
        spent = [_cold(n) for _ in range(3)]
        claim = f"the same without a cache, n={n}: below 15 s of CPU, least of three"
        found = ", ".join(f"{seconds:.1f}" for seconds in spent)
        yield Row(claim, "", "", f"{found} s", min(spent) < 15)
    (compiled,) = _measured(INSTANCES.format(wide=12 if quick else 17), {})
    claim = "compilations that further widths, depths, costs and circuits cause, after the first of a kind"
    yield Row(claim, "", "0", f"{compiled:.0f}", compiled == 0)


def _cold(n: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return _measured(FIRST_CALL.format(n=n), {"NUMBA_CACHE_DIR": folder})[1]


def _measured(program: str, environment: Mapping[str, str]) -> list[float]:
    threads = {"NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    found = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **threads, **environment},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [float(word) for word in found.stdout.split()]
