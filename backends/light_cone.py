"""Exact energies of shallow QAOA on sparse graphs of any size: each term from its own neighbourhood.

After p layers a term depends on the spins within distance p alone, through the couplings that have an end
within distance p − 1, and on the fields of the spins within p − 1. One such cone is simulated at a time;
cones that differ by the names of their spins are simulated once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import networkx as nx
import numpy as np

from backends import closed_form
from backends.backend import LocalBackend, usage_of
from backends.mixers import PlusStart, XMixer
from backends.qaoa_ansatz import QaoaAnsatz
from backends.statevector.backend import Statevector, with_noise
from backends.workload import Estimate, Expectation, Observable, Outcome, Workload
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Ising
from problems.contract import Array
from problems.errors import ProblemError
from problems.ground_state import PauliSum

DIGITS = 12  # to which weights are compared when cones are told apart


@dataclass(frozen=True)
class LightCone(LocalBackend):
    """Evaluate QAOA with the X mixer and shared angles, term by term: values and gradients, no samples.

    One layer is a closed form for any graph. Deeper circuits need neighbourhoods that fit into memory: on a
    3-regular graph at most 14 spins for two layers, 30 for three.

    Attributes:
        inner: Simulates the neighbourhoods.
    """

    inner: Statevector = field(default_factory=Statevector)

    @classmethod
    def from_name(cls, argument: str) -> LightCone:
        """Build from what follows ``light-cone:``, which is nothing."""
        if argument:
            raise ProblemError("backend", f"light-cone:{argument}", "light-cone, which takes no argument")
        return cls()

    def unsuitable(self, workload: Workload) -> str | None:
        """Refuse samples, other ansätze and observables, and neighbourhoods that are too wide."""
        ansatz = workload.ansatz
        if not isinstance(workload, Expectation):
            return (
                "it has no state to sample; Aer's matrix_product_state method samples wide shallow circuits"
            )
        if not isinstance(ansatz, QaoaAnsatz) or not isinstance(ansatz.mixer, XMixer) or ansatz.multi_angle:
            return "it takes a QaoaAnsatz with the X mixer and shared angles alone"
        if not isinstance(ansatz.first, PlusStart):
            return f"it starts from |+⟩, not from a {type(ansatz.first).__name__}"
        if workload.share < 1:
            return "it knows means, not the distribution that a share needs"
        for k, observable in enumerate(workload.observables):
            if isinstance(observable, PauliSum) and not _is_quadratic(observable):
                return f"observables[{k}] has strings other than one or two Z"
        if ansatz.layers == 1:
            return None
        widest = max((cone.width for cone in self._cones(ansatz, workload.observables)), default=0)
        row = np.zeros((1, 2 * ansatz.layers))
        probe = QaoaAnsatz(Ising(QuadraticForm(np.ones(max(1, widest)))), ansatz.layers)
        why = self.inner.unsuitable(Expectation(probe, (probe.cost,), row, gradient=workload.gradient))
        return None if why is None else f"its widest neighbourhood has {widest} spins: {why}"

    def estimate(self, workload: Workload) -> Mapping[str, float]:
        """Count circuits and gates as of the whole circuit."""
        return usage_of(workload)

    def run(self, workload: Workload) -> Outcome:
        """Add up all terms of all observables."""
        assert isinstance(workload, Expectation)
        assert isinstance(workload.ansatz, QaoaAnsatz)
        ansatz, rows = workload.ansatz, workload.parameters
        means = np.zeros((len(rows), len(workload.observables)))
        slopes = np.zeros((*means.shape, rows.shape[1])) if workload.gradient else None
        for k, observable in enumerate(workload.observables):
            means[:, k] = _constant(observable)
        self._add(ansatz, workload, means, slopes)
        return with_noise(Estimate(means, np.zeros_like(means), slopes, self.estimate(workload)), workload)

    def _add(self, ansatz: QaoaAnsatz, workload: Expectation, means: Array, slopes: Array | None) -> None:
        if ansatz.layers == 1 and all(observable is ansatz.cost for observable in workload.observables):
            betas, gammas = workload.parameters.T
            means[:] = closed_form.expectation(ansatz.cost, betas, gammas)[:, None]
            if slopes is not None:
                slopes[:] = np.stack(closed_form.gradient(ansatz.cost, betas, gammas), axis=1)[:, None]
            return
        for cone in self._cones(ansatz, workload.observables):
            small = QaoaAnsatz(cone.cost, ansatz.layers)
            work = Expectation(small, (cone.term,), workload.parameters, gradient=slopes is not None)
            outcome = self.inner.run(work)
            assert isinstance(outcome, Estimate)
            for k, weight in enumerate(cone.weights):
                means[:, k] += weight * outcome.mean[:, 0]
                if slopes is not None:
                    assert outcome.gradient is not None
                    slopes[:, k] += weight * outcome.gradient[:, 0]

    def _cones(self, ansatz: QaoaAnsatz, observables: tuple[Observable, ...]) -> list[_Cone]:
        """The cones of the last ansatz and observables are kept: training asks for them at every step."""
        for known, seen, cones in self._kept:
            if known is ansatz and len(seen) == len(observables) and all(map(_same, seen, observables)):
                return cones
        cones = _distinct(ansatz, observables)
        self._kept[:] = [(ansatz, observables, cones)]
        return cones

    @cached_property
    def _kept(self) -> list[tuple[QaoaAnsatz, tuple[Observable, ...], list[_Cone]]]:
        return []

    def __getstate__(self) -> dict[str, object]:
        """Leave behind what was prepared."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(eq=False)
class _Cone:
    """One neighbourhood with its term, and how often it counts in each observable."""

    cost: Ising
    term: Ising
    weights: Array

    @property
    def width(self) -> int:
        return self.cost.n


def _distinct(ansatz: QaoaAnsatz, observables: tuple[Observable, ...]) -> list[_Cone]:
    """Return the neighbourhoods that are not the same but for names, with summed weights."""
    adjacency = _adjacency(ansatz.cost)
    classes: dict[str, list[tuple[nx.Graph, _Cone]]] = {}
    for k, observable in enumerate(observables):
        for spins, weight in _terms(observable):
            graph = _neighbourhood(ansatz, adjacency, spins)
            key = nx.weisfeiler_lehman_graph_hash(
                graph, edge_attr="w", node_attr="h", iterations=ansatz.layers + 1
            )
            alike = classes.setdefault(key, [])
            cone = next((cone for other, cone in alike if _isomorphic(graph, other)), None)
            if cone is None:
                cone = _Cone(*_models(ansatz, graph, spins), np.zeros(len(observables)))
                alike.append((graph, cone))
            cone.weights[k] += weight
    return [cone for alike in classes.values() for _, cone in alike]


def _neighbourhood(ansatz: QaoaAnsatz, adjacency: list[dict[int, float]], spins: tuple[int, ...]) -> nx.Graph:
    """The spins within distance p, the couplings that reach within p − 1, labels that tell cones apart."""
    distance, ring = dict.fromkeys(spins, 0), list(spins)
    for step in range(1, ansatz.layers + 1):
        ring = [w for u in ring for w in adjacency[u] if w not in distance and not distance.update({w: step})]
    linear, graph = ansatz.cost.form.linear, nx.Graph()
    for u, d in distance.items():
        inside = d < ansatz.layers
        label = f"{d == 0}:{round(float(linear[u]), DIGITS) if inside else 0.0}"
        graph.add_node(u, h=label, field=float(linear[u]) if inside else 0.0)
        for w, weight in adjacency[u].items() if inside else ():
            if w in distance:
                graph.add_edge(u, w, w=str(round(weight, DIGITS)), weight=weight)
    return graph


def _models(ansatz: QaoaAnsatz, graph: nx.Graph, spins: tuple[int, ...]) -> tuple[Ising, Ising]:
    place = {u: k for k, u in enumerate(sorted(graph.nodes))}
    n = len(place)
    linear = np.array([graph.nodes[u]["field"] for u in sorted(graph.nodes)])
    edges = [
        (min(place[u], place[v]), max(place[u], place[v]), data["weight"])
        for u, v, data in graph.edges(data=True)
    ]
    first, second = (np.array([edge[k] for edge in edges], dtype=np.int64) for k in (0, 1))
    cost = Ising(QuadraticForm(linear, first, second, np.array([edge[2] for edge in edges], dtype=float)))
    where = sorted(place[u] for u in spins)
    if len(where) == 1:
        return cost, Ising(QuadraticForm(np.eye(n)[where[0]]))
    pair = np.array(where[:1]), np.array(where[1:])
    return cost, Ising(QuadraticForm(np.zeros(n), *pair, np.ones(1)))


def _isomorphic(one: nx.Graph, other: nx.Graph) -> bool:
    if one.number_of_nodes() != other.number_of_nodes() or one.number_of_edges() != other.number_of_edges():
        return False
    return nx.is_isomorphic(one, other, node_match=_same_label("h"), edge_match=_same_label("w"))


def _same_label(name: str) -> Any:
    return lambda one, other: one[name] == other[name]


def _adjacency(cost: Ising) -> list[dict[int, float]]:
    form = cost.form
    adjacency: list[dict[int, float]] = [{} for _ in range(form.n)]
    for u, v, weight in zip(form.first.tolist(), form.second.tolist(), form.coupling.tolist(), strict=True):
        if weight != 0:
            adjacency[u][v] = adjacency[v][u] = weight
    return adjacency


def _terms(observable: Observable) -> Iterator[tuple[tuple[int, ...], float]]:
    if isinstance(observable, PauliSum):
        for string, weight in zip(observable.strings, observable.coefficients.tolist(), strict=True):
            spins = tuple(q for q, letter in enumerate(string) if letter == "Z")
            if spins:
                yield spins, weight
        return
    form = observable.form
    for u in np.flatnonzero(form.linear).tolist():
        yield (u,), float(form.linear[u])
    for u, v, weight in zip(form.first.tolist(), form.second.tolist(), form.coupling.tolist(), strict=True):
        yield (u, v), weight


def _constant(observable: Observable) -> float:
    if isinstance(observable, Ising):
        return float(observable.form.offset)
    return sum(
        c
        for string, c in zip(observable.strings, observable.coefficients.tolist(), strict=True)
        if "Z" not in string
    )


def _is_quadratic(observable: PauliSum) -> bool:
    return observable.is_diagonal and all(string.count("Z") <= 2 for string in observable.strings)


def _same(one: object, other: object) -> bool:
    return one is other
