"""Round trips of few cities by penalties: what a larger one does to the chance of the shortest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from backends.statevector import Statevector
from hybrid import Qaoa
from problems.binary import Qubo, SlackEncoding, TravellingSalesman
from problems.binary.program import BinaryProgram
from problems.contract import Array
from tests.claims.cutting_slack.shrunk import all_bits
from tests.claims.table import INSTANCES, Row

NAMES = ("burma14", "gr17")
FACTORS = (0.5, 1.0, 2.0, 8.0)  # penalties in units of the largest distance
LISTED = "feasible .009, .019, .03, .044; optimum given feasible 1.6, 1.37, 1.2, 1.06 x uniform"
LEAST = 0.002


@dataclass(frozen=True)
class Chances:
    """Exact probabilities of a ramp of eight layers.

    Attributes:
        feasible: Of round trips.
        optimal: Of shortest ones.
        uniform: The share of shortest ones among round trips.
        minimiser: Whether the lowest energy is that of a shortest round trip.
        trip: Whether the lowest energy is that of a round trip.
    """

    feasible: float
    optimal: float
    uniform: float
    minimiser: bool
    trip: bool


def rows(quick: bool) -> Iterator[Row]:
    """Time form and edge form of each instance; the quick form takes one instance."""
    for name in NAMES[:1] if quick else NAMES:
        yield time_form(name)
        yield edge_form(name)


def time_form(name: str) -> Row:
    """Five cities, sixteen bits: all four penalties."""
    problem = TravellingSalesman.read(INSTANCES / "tsp" / f"{name}.tsp").first(5)
    bits = all_bits(problem.n)
    ranks = problem.ranks(bits)
    found = [chances(problem.program, problem.distances, ranks, factor, bits) for factor in FACTORS]
    rising = all(later.feasible > earlier.feasible for earlier, later in zip(found, found[1:], strict=False))
    lifts = [one.optimal / one.feasible / one.uniform for one in found]
    falling = all(later < earlier for earlier, later in zip(lifts, lifts[1:], strict=False))
    minimisers = [one.minimiser for one in found]
    holds = rising and falling and minimisers == [False, True, True, True] and found[-1].optimal >= LEAST
    return Row(
        f"{name}, 5 cities by time: larger penalties raise P(feasible), lower the optimum's share in it",
        "", LISTED,
        "; ".join(
            f"{factor:g} d: feasible {one.feasible:.4f}, optimum {one.optimal:.4f} (x {lift:.2f} if feasible"
            f"{'' if one.minimiser else ', not the minimiser'})"
            for factor, one, lift in zip(FACTORS, found, lifts, strict=True)
        ),
        holds,
        "" if holds else "the trend differs on this instance",
    )  # fmt: skip


def edge_form(name: str) -> Row:
    """Six cities, fifteen bits, two edges at every city and nothing against subtours."""
    edges = TravellingSalesman.read(INSTANCES / "tsp" / f"{name}.tsp").first(6).edges
    bits = all_bits(edges.n)
    ranks = edges.program.ranks(bits)
    kept = np.flatnonzero(ranks[:, 0] == 0)
    ranks[kept] = edges.ranks(bits[kept])  # subtours count where the degrees are right
    factors = (0.25, *FACTORS)
    found = [chances(edges.program, edges.distances, ranks, factor, bits) for factor in factors]
    holds = not any(one.trip for one in found) and max(one.optimal for one in found) >= LEAST
    return Row(
        f"{name}, 6 cities by edges, degrees alone: no penalty makes a trip the minimiser; samples meet the"
        f" shortest (P >= {LEAST})",
        "", f"{int(np.sum(ranks[:, 0] == 0))} trips of {len(bits)} states; optimum .0025 to .012",
        "; ".join(
            f"{factor:g} d: optimum {one.optimal:.4f}{', a trip is lowest' if one.trip else ''}"
            for factor, one in zip(factors, found, strict=True)
        ),
        holds,
        "" if holds else "a round trip is the minimiser at some penalty, or samples miss the shortest",
    )  # fmt: skip


def chances(program: BinaryProgram, distances: Array, ranks: Array, factor: float, bits: Array) -> Chances:
    """Evaluate one penalty exactly, over all states."""
    largest = float(np.max(distances[~np.eye(len(distances), dtype=bool)]))
    qubo = SlackEncoding(penalty=factor * largest).encode(program).problem
    assert isinstance(qubo, Qubo)
    feasible = ranks[:, 0] == 0
    optimal = feasible & (ranks[:, 1] <= ranks[feasible, 1].min() + 1e-9)
    solver = Qaoa(layers=8, optimizer=None, shots=1)
    angles = np.array(solver.solve(qubo, progress=False).history[-1]["parameters"])
    ansatz, engine = solver.ansatz(qubo), Statevector()
    lowest = int(np.argmin(qubo.energies(bits)))
    return Chances(
        float(engine.probabilities(ansatz, angles, bits[feasible]).sum()),
        float(engine.probabilities(ansatz, angles, bits[optimal]).sum()),
        float(optimal.sum() / feasible.sum()),
        bool(optimal[lowest]),
        bool(feasible[lowest]),
    )
