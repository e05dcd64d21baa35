"""The one-hot subspace against the full space: same amplitudes, and QOKit's XY rings."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from backends import Expectation, QaoaAnsatz, Statevector, XYMixer
from backends.statevector.kernels import energies_of
from problems.binary import MixerEncoding, Qubo, TravellingSalesman
from tests.claims.simulators import qokit_peer
from tests.claims.simulators.contest import race
from tests.claims.simulators.instances import angles, dense
from tests.claims.simulators.qaoa_rows import compared
from tests.claims.table import Row


def rows(quick: bool) -> Iterator[Row]:
    """The tour's amplitudes, then the contests."""
    yield tour(4 if quick else 5)
    contests = [(4, 4, 4, 35.0, "46")] if quick else [(4, 4, 4, 35.0, "46"), (5, 4, 2, 220.0, "316")]
    for blocks, sites, layers, bar, measured in contests:
        yield ring(blocks, sites, layers, bar, measured)


def tour(cities: int) -> Row:
    """A tour's QUBO in the subspace and in the full space."""
    program = TravellingSalesman.random(cities, seed=2).program
    qubo = MixerEncoding().encode(program).problem
    assert isinstance(qubo, Qubo)
    ansatz = QaoaAnsatz(qubo.ising, 3, XYMixer(qubo.one_hot))
    row = angles(3)[0] * np.r_[np.ones(3), np.full(3, 1 / qubo.form.spread_on_bits())]
    inside, outside = (Statevector(subspace=mode).state(ansatz, row) for mode in ("require", "off"))
    distance = float(np.max(np.abs(inside - outside)))
    k = cities - 1
    states = int(np.count_nonzero(np.abs(outside) > 1e-14))
    bits = ((np.flatnonzero(np.abs(outside) > 1e-14)[:, None] >> np.arange(k * k)) & 1).astype(np.uint8)
    tours = int(np.sum(program.ranks(bits)[:, 0] == 0))
    shown = f"{distance:.1e}; {states} states of {2 ** (k * k)}, {tours} of them tours"
    claim = f"tour of {cities} cities: amplitudes of the subspace are those of the full space to 1e-12"
    return Row(claim, "256 states, 24 tours at 5 cities", "", shown, distance <= 1e-12 and states <= k**k)


def ring(blocks: int, sites: int, layers: int, bar: float, measured: str) -> Row:
    """XY rings: our subspace against QOKit on the full space."""
    n = blocks * sites
    groups = tuple(tuple(range(b * sites, (b + 1) * sites)) for b in range(blocks))
    cost, x = dense(n), angles(layers)
    x = np.hstack([x[:, :layers], x[:, layers:] / cost.form.on_bits().spread_on_bits()])
    ansatz, ours = QaoaAnsatz(cost, layers, XYMixer(groups)), Statevector(subspace="require")
    calls = {"ours": lambda: ours.run(Expectation(ansatz, (cost,), x)).mean[0, 0]}  # pyright: ignore
    if "-O3" in qokit_peer.libraries():
        start = np.real(Statevector(subspace="require").state(ansatz, np.zeros(2 * layers)))
        betas, gammas = np.split(x[0], 2)
        calls["QOKit -O3"] = qokit_peer.ring_expectation(
            qokit_peer.libraries()["-O3"], energies_of(cost.form), start, groups, betas, gammas
        )
    return compared(
        f"XY rings, {blocks} blocks of {sites}, p={layers}", "QOKit -O3", race(calls), bar, measured
    )
