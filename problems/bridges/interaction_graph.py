"""QUBOs and Ising models as weighted networkx graphs and back, without loss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Ising, Qubo
from problems.checking import check_number
from problems.errors import ProblemError

if TYPE_CHECKING:
    import networkx

ATTRIBUTES = {Qubo: "linear", Ising: "bias"}


def to_networkx(problem: Qubo | Ising) -> networkx.Graph:
    """Return a graph with a node per variable, called by its name, and an edge per coupling.

    Edges carry ``weight``; nodes carry ``linear`` if the variables are bits, ``bias`` if they are spins; the
    graph carries ``offset``, and ``reference`` if there is one.

    Raises:
        ProblemError: If the problem is neither a ``Qubo`` nor an ``Ising``.
    """
    import networkx

    if not isinstance(problem, Qubo | Ising):
        raise ProblemError("problem", type(problem).__name__, "a Qubo or an Ising model")
    form, attribute = problem.form, ATTRIBUTES[type(problem)]
    graph: Any = networkx.Graph(offset=form.offset)
    if problem.reference is not None:
        graph.graph["reference"] = problem.reference
    for name, value in zip(problem.names, form.linear.tolist(), strict=True):
        graph.add_node(name, **{attribute: value})
    for i, j, value in zip(form.first.tolist(), form.second.tolist(), form.coupling.tolist(), strict=True):
        graph.add_edge(problem.names[i], problem.names[j], weight=value)
    return graph


def from_networkx(graph: networkx.Graph) -> Qubo | Ising:
    """Return the ``Qubo`` of a graph whose nodes carry ``linear``, or the ``Ising`` if they carry ``bias``.

    Variables are the nodes in their order. A node without the attribute has 0, a graph without ``offset``
    too; parallel edges are added.

    Raises:
        ProblemError: If the graph is directed, its nodes carry both attributes or neither, or an edge has no
            weight or leads from a node to itself.
    """
    if graph.is_directed():
        raise ProblemError("graph", "directed", "an undirected graph", "graph.to_undirected() makes one")
    kind = _kind(graph)
    place = {node: k for k, node in enumerate(graph.nodes)}
    linear = np.zeros(len(place))
    for node, data in graph.nodes(data=True):
        value = data.get(ATTRIBUTES[kind], 0.0)
        check_number(f"{ATTRIBUTES[kind]} of node {node}", value)
        linear[place[node]] = value
    first, second, weight = [], [], []
    for u, v, value in graph.edges(data="weight"):
        if u == v:
            remedy = f"add its weight to the node's {ATTRIBUTES[kind]}, or for spins to the offset"
            raise ProblemError("an edge", f"({u}, {v})", "two different nodes", remedy)
        check_number(f"weight of edge ({u}, {v})", value)
        first.append(place[u])
        second.append(place[v])
        weight.append(value)
    offset, reference = graph.graph.get("offset", 0.0), graph.graph.get("reference")
    ends = [np.array(side, dtype=np.int64) for side in (first, second)]
    form = QuadraticForm(linear, ends[0], ends[1], np.array(weight, dtype=float), offset)
    return kind(form, tuple(map(str, graph.nodes)), reference)


def _kind(graph: Any) -> type[Qubo] | type[Ising]:
    found = [
        kind for kind, name in ATTRIBUTES.items() if any(name in data for _, data in graph.nodes(data=True))
    ]
    if len(found) != 1:
        shown = "both present" if found else "both absent"
        expected = "either linear (bits) or bias (spins)"
        remedy = "networkx.set_node_attributes(graph, 0.0, 'bias') for spins without fields"
        raise ProblemError("the attributes linear and bias of the nodes", shown, expected, remedy)
    return found[0]
