"""Identities: merges, the single layer in closed form, the relaxation against a conic solver."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

import numpy as np

from backends import QaoaAnsatz, Statevector
from backends.closed_form import best_angles
from hybrid.graph_shrinking import Shrinking, shrink
from hybrid.graph_shrinking.correlations import SemidefiniteCorrelation, SingleLayerCorrelation
from hybrid.graph_shrinking.correlations.sampled import sample_correlations
from hybrid.graph_shrinking.shrinking import Alone
from hybrid.graph_shrinking.spin_graph import SpinGraph
from hybrid.graph_shrinking.state import ShrinkingState
from problems.binary import BinaryProgram, Qubo, SlackFreeEncoding
from tests.claims.graph_shrinking.instances import at_hand, energies_agree, instance
from tests.claims.table import Row

PUBLIC = {
    "mis": ("1dc.64", "1tc.8", "1tc.16", "1tc.32", "1tc.64", "1et.64"),
    "mdkp": ("hp1", "hp2", "pb1", "pb2", "pb4", "pet5", "pet6", "pet7", "weing1", "weish01"),
    "qap": ("tai10a", "had12", "chr12a", "nug12"),
}


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    yield merges_are_exact(50 if quick else 200)
    yield single_layer_is_exact()
    yield relaxation_is_solved()
    yield instances_are_exact(quick)


def states(n: int) -> np.ndarray:
    """Return all bits ``[2^n, n]``."""
    return ((np.arange(2**n)[:, None] >> np.arange(n)) & 1).astype(np.uint8)


def merges_are_exact(pairs: int) -> Row:
    """Energies of all unfolded states after random merges."""
    worst, rng = 0.0, np.random.default_rng(1)
    for _ in range(pairs):
        n = int(rng.integers(3, 11))
        form = Qubo.from_matrix(10 * rng.normal(size=(n, n))).form
        state = ShrinkingState(BinaryProgram(form), form)
        for _ in range(int(rng.integers(1, n))):
            a, b = rng.choice(state.graph.nodes(), 2, replace=False)
            state.tie(state.ordered(int(a), int(b), int(rng.choice([-1, 1]))))
        column, flip = state.unfolding()
        bits = states(state.qubits)
        whole = np.concatenate([bits, np.zeros((len(bits), 1), np.uint8)], axis=1)[:, column] ^ flip
        worst = max(worst, float(np.abs(form.values(whole) - state.qubo().energies(bits)).max()))
    claim = f"{pairs} random merge sequences: energies of all unfolded states to 1e-9"
    return Row(claim, "", "", f"{worst:.1e} apart", worst < 1e-9)


def single_layer_is_exact() -> Row:
    """⟨ZZ⟩ and ⟨Z⟩ of one layer against the statevector, n = 8."""
    problem = Qubo.random(8, seed=1)
    beta, gamma = best_angles(problem.ising)
    weights = Statevector().probabilities(QaoaAnsatz(problem.ising, 1), np.array([beta, gamma]), states(8))
    state = ShrinkingState(BinaryProgram(problem.form), problem.form)
    found = SingleLayerCorrelation("all").correlations(state, Alone(0)).matrix
    apart = float(np.abs(found - sample_correlations(states(8), weights)).max())
    return Row(
        "one layer in closed form = statevector, n = 8, to 1e-10", "", "", f"{apart:.1e}", apart < 1e-10
    )


def relaxation_is_solved() -> Row:
    """The value of the mixing method against a conic solver on five graphs."""
    claim = "SDP value within 1e-4 of a conic solver on 5 graphs"
    if importlib.util.find_spec("cvxpy") is None:
        return Row(claim, "", "", "", None, "cvxpy is not installed")
    import cvxpy

    worst = 0.0
    for seed in range(5):
        matrix = SpinGraph.from_form(Qubo.random(12, seed=seed).form).couplings()
        gram = cvxpy.Variable((13, 13), PSD=True)
        oracle = cvxpy.Problem(cvxpy.Minimize(cvxpy.trace(matrix @ gram) / 2), [cvxpy.diag(gram) == 1])
        oracle.solve(solver="SCS", eps_abs=1e-8, eps_rel=1e-8)
        vectors = SemidefiniteCorrelation().vectors(matrix, Alone(seed))
        value = float(np.sum(matrix * (vectors @ vectors.T)) / 2)
        worst = max(worst, abs(value / np.asarray(oracle.value, dtype=float).item() - 1.0))
    return Row(claim, "", "SCS at 1e-8", f"{worst:.1e} apart, relative", worst < 1e-4)


def instances_are_exact(quick: bool) -> Row:
    """Energies of shrunk public instances at random points, against their whole QUBO."""
    names = {kind: at_hand(kind, some[: 1 if quick else None]) for kind, some in PUBLIC.items()}
    count = sum(map(len, names.values()))
    claim = f"{count} public instances to 16 qubits: energies of unfolded points to 1e-9"
    if not count:
        return Row(claim, "", "", "", None, "no instance is at hand")
    agree = []
    for kind, some in names.items():
        for name in some:
            problem = instance(kind, name)
            whole = SlackFreeEncoding().encode(problem.program).problem
            assert isinstance(whole, Qubo)
            shrunk = shrink(problem, Shrinking(16, SemidefiniteCorrelation()))
            agree.append(energies_agree(shrunk, whole.form))
    return Row(claim, "", "", f"{sum(agree)} of {count} agree at 64 points each", all(agree))
