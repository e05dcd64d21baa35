"""QAOA values, samples and gradients against QOKit, Aer and lightning."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from backends import Expectation, QaoaAnsatz, Sampling, Statevector
from backends.statevector.kernels import energies_of
from problems.binary.qubo import Ising
from tests.claims.simulators import qokit_peer, sdk_peers
from tests.claims.simulators.contest import Timing, copying, differ, race, readable
from tests.claims.simulators.instances import angles, dense, regular_cut
from tests.claims.table import Row

Calls = dict[str, Callable[[], object]]
QOKIT = {"QOKit -O3": "-O3", "QOKit without -O": "without -O", "QOKit's wheel": "wheel"}


def rows(quick: bool) -> Iterator[Row]:
    """Every contest of the X mixer."""
    if quick:
        yield from values("dense n=12 p=4", dense(12), 4, {"QOKit -O3": 2.0, "Aer": 20.0}, "1.9", repeats=3)
        yield from gradients("dense n=10 p=4", dense(10), 4, 40.0, "", repeats=3)
        return
    yield from values("dense n=12 p=4", dense(12), 4, {"QOKit -O3": 2.0}, "1.9-3.5")
    yield from values(
        "dense n=12 p=4, batch of 32", dense(12), 4, {"QOKit -O3": 4.0, "Aer": 50.0}, "4.3; 66", 32
    )
    bars = {"QOKit -O3": 10.0, "QOKit's wheel": 10.0, "QOKit without -O": 22.0, "Aer": 60.0}
    yield from values("dense n=16 p=8", dense(16), 8, bars, "12 / 29 / 87")
    bars = {"QOKit -O3": 9.0, "QOKit's wheel": 9.0, "QOKit without -O": 20.0, "Aer": 55.0}
    yield from values("dense n=20 p=4", dense(20), 4, bars, "10.7 / 25 / 75", limit=4.0)
    bars = {"QOKit -O3": 9.0, "QOKit's wheel": 9.0, "QOKit without -O": 19.0, "Aer": 22.0}
    yield from values(
        "3-regular n=20 p=4, no symmetry", regular_cut(20), 4, bars, "10.4 / 24 / 28", symmetry=False
    )
    bars = {"QOKit -O3": 16.0, "QOKit without -O": 35.0, "Aer": 45.0}
    yield from values("3-regular n=20 p=4, goal with Z2", regular_cut(20), 4, bars, "goal")
    yield from values("dense n=22 p=4", dense(22), 4, {"QOKit -O3": 9.0}, "9.7", limit=5.5)
    yield from values("dense n=24 p=2", dense(24), 2, {"QOKit -O3": 10.0}, "14", limit=7.0)
    yield from samples("dense n=16 p=4 with 1024 shots", dense(16), 4, 30.0, "39")
    yield from gradients("dense n=12 p=4", dense(12), 4, 90.0, "130")
    yield from gradients("dense n=16 p=4", dense(16), 4, 50.0, "71")
    yield from gradients("3-regular n=16 p=4", regular_cut(16), 4, 16.0, "21")
    yield from gradients("3-regular n=20 p=4", regular_cut(20), 4, 14.0, "19")


def values(
    name: str, cost: Ising, layers: int, bars: Mapping[str, float], measured: str, batch: int = 1,
    symmetry: bool = True, limit: float | None = None, repeats: int = 7,
) -> Iterator[Row]:  # fmt: skip
    """⟨C⟩ of one row or of a batch, and the distance from the bandwidth limit."""
    ansatz, x = QaoaAnsatz(cost, layers), angles(layers, batch)
    x = np.hstack([x[:, :layers], x[:, layers:] / cost.form.on_bits().spread_on_bits()])
    diagonal = energies_of(cost.form)
    ours = Statevector(symmetry=symmetry)
    calls: Calls = {"ours": lambda: _means(ours, ansatz, x), "copy": copying(1 << cost.n)}
    for peer, key in QOKIT.items():
        if peer in bars and key in qokit_peer.libraries():
            each = [qokit_peer.expectation(qokit_peer.libraries()[key], diagonal, *np.split(r, 2)) for r in x]
            calls[peer] = lambda each=each: np.array([call() for call in each])
    if "Aer" in bars:
        calls["Aer"] = sdk_peers.aer_expectation(ansatz, x, diagonal)
    times = race(calls, repeats)
    for peer, bar in bars.items():
        yield compared(f"<C> {name}", peer, times, bar, measured)
    if limit is not None:
        least = layers * batch * times["copy"].cpu
        ratio = times["ours"].cpu / least
        claim = f"<C> {name}: time over the bandwidth limit at most {limit:g}"
        yield _row(
            claim,
            "",
            f"{readable(least)} to move 32 bytes per amplitude and layer",
            times["ours"],
            ratio,
            ratio <= limit,
        )


def gradients(
    name: str, cost: Ising, layers: int, bar: float, measured: str, repeats: int = 7
) -> Iterator[Row]:
    """The full gradient, against lightning's adjoint and against our own value."""
    ansatz, x = QaoaAnsatz(cost, layers), angles(layers)
    x = np.hstack([x[:, :layers], x[:, layers:] / cost.form.on_bits().spread_on_bits()])
    ours = Statevector(symmetry=False)
    _, theirs = sdk_peers.lightning_qaoa(ansatz, x[0])
    calls: Calls = {
        "ours": lambda: _slopes(ours, ansatz, x),
        "value": lambda: _means(ours, ansatz, x),
        "lightning": theirs,
    }
    times = race(calls, repeats)
    yield compared(f"gradient {name}", "lightning", times, bar, measured)
    ratio = times["ours"].cpu / times["value"].cpu
    claim = f"gradient {name}: at most 4.2 values"
    yield _row(claim, "3.1-4.2", str(times["value"]), times["ours"], ratio, ratio <= 4.2)


def samples(name: str, cost: Ising, layers: int, bar: float, measured: str) -> Iterator[Row]:
    """State and shots in one."""
    ansatz, x = QaoaAnsatz(cost, layers), angles(layers)
    x = np.hstack([x[:, :layers], x[:, layers:] / cost.form.on_bits().spread_on_bits()])
    ours, work = Statevector(), Sampling(ansatz, x, 1024, seed=1)
    calls: Calls = {"ours": lambda: ours.run(work), "Aer": sdk_peers.aer_samples(ansatz, x[0], 1024)}
    times = race(calls)
    ratio = times["Aer"].cpu / times["ours"].cpu
    yield _row(
        f"{name}: {bar:g} times faster than Aer",
        measured,
        str(times["Aer"]),
        times["ours"],
        ratio,
        ratio >= bar,
    )


def compared(name: str, peer: str, times: Mapping[str, Timing], bar: float, measured: str) -> Row:
    """One rival's row: the values first, then the ratio."""
    claim = f"{name}: {bar:g} times faster than {peer}"
    if peer not in times:
        return Row(claim, measured, "", str(times["ours"]), None, f"{peer}: {qokit_peer.version()}")
    wrong = differ(times["ours"].value, times[peer].value)
    ratio = times[peer].cpu / times["ours"].cpu
    if wrong:
        return Row(claim, measured, str(times[peer]), str(times["ours"]), False, wrong)
    return _row(claim, measured, str(times[peer]), times["ours"], ratio, ratio >= bar)


def _row(claim: str, measured: str, rival: str, ours: Timing, ratio: float, holds: bool) -> Row:
    reason = "" if holds else f"the ratio is {ratio:.3g}"
    return Row(claim, measured, rival, f"{ours}, ratio {ratio:.3g}", holds, reason)


def _means(backend: Statevector, ansatz: QaoaAnsatz, x: np.ndarray) -> np.ndarray:
    return backend.run(Expectation(ansatz, (ansatz.cost,), x)).mean[:, 0]  # pyright: ignore


def _slopes(backend: Statevector, ansatz: QaoaAnsatz, x: np.ndarray) -> np.ndarray:
    outcome = backend.run(Expectation(ansatz, (ansatz.cost,), x, gradient=True))
    return outcome.gradient[0, 0]  # pyright: ignore
