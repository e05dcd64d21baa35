"""The QAOA family: closed form, light cones, fixed angles, growing depth, CVaR, noise, the null beside it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import networkx as nx
import numpy as np

from backends import Aer, Expectation, LightCone, QaoaAnsatz, Statevector
from backends.closed_form import best_angles, expectation, pair_correlations, single_correlations
from classical.binary import Exhaustive, Uniform
from classical.minimisation import Lbfgs, Spsa
from hybrid import HardwareEfficient, Interp, LinearRamp, Qaoa, SampledVqe
from hybrid.qaoa_angles import fixed_angles
from hybrid.qaoa_angles.fixed_angles import stored
from problems.binary import MaxCut, Qubo
from problems.binary.qubo import Ising
from problems.errors import MissingExtra
from problems.ground_state import PauliSum
from tests.claims.table import Row

GUARANTEES = (0.6925, 0.7559, 0.7924, 0.8169, 0.8364, 0.8499, 0.8598, 0.8674, 0.8735, 0.8785, 0.8828)


LIKELY = 0.1


def rows(quick: bool) -> Iterator[Row]:
    """All rows; the quick form takes smaller graphs, fewer depths and seeds."""
    yield closed_form_is_exact()
    yield closed_form_is_fast(500 if quick else 2000)
    yield light_cones_are_exact(12 if quick else 16)
    yield trees_give_the_known_share(100)
    yield from fixed_angles_reach_their_guarantee(12 if quick else 20, 3 if quick else max(stored()[3]))
    yield depth_never_hurts(8 if quick else 12, 4 if quick else 10)
    yield shares_against_means(4, 1) if quick else shares_against_means(10)
    yield samples_against_the_null(2 if quick else 5)
    yield noise_is_applied()


def cut_cost(graph: nx.Graph) -> Ising:
    """The Ising model of a graph's cut, minimised."""
    reduction = MaxCut.from_networkx(graph).reduce((Ising,))
    assert reduction is not None
    assert isinstance(reduction.problem, Ising)
    return reduction.problem


def closed_form_is_exact() -> Row:
    """p = 1 with fields and couplings against the state."""
    cost, row = Qubo.random(10, seed=1, magnitude=5).ising, np.array([-0.37, 0.21])
    ansatz = QaoaAnsatz(cost, 1)
    probability = np.abs(Statevector().state(ansatz, row)) ** 2
    spins = 1.0 - 2.0 * (np.arange(1024)[:, None] >> np.arange(10) & 1)
    singles = np.abs(probability @ spins - single_correlations(cost, *row)).max()
    form = cost.form
    pairs = probability @ (spins[:, form.first] * spins[:, form.second])
    apart = max(singles, np.abs(pairs - pair_correlations(cost, *row)).max())
    claim = "p=1 closed form = statevector at n=10, correlations to 1e-12"
    return Row(claim, "", "statevector", f"{apart:.1e}", bool(apart <= 1e-12))


def closed_form_is_fast(n: int) -> Row:
    """The best angles of one layer on a graph beyond any state."""
    cost = cut_cost(nx.random_regular_graph(8, n, seed=1))
    start = time.process_time()
    beta, gamma = best_angles(cost)
    seconds = time.process_time() - start
    value = float(expectation(cost, np.array([beta]), np.array([gamma]))[0])
    share = -value / (4 * n)
    claim = f"p=1 trained on a graph of {n} nodes in seconds; above the half of random bits"
    shown = f"{seconds:.2f} s, {share:.4f} of the edges cut"
    return Row(claim, "", "0.5 (random bits)", shown, seconds < 10 and share > 0.5)


def light_cones_are_exact(n: int) -> Row:
    """p = 2 by neighbourhoods against the state."""
    cost = cut_cost(nx.random_regular_graph(3, n, seed=3))
    ansatz, row = QaoaAnsatz(cost, 2), np.array([[-0.5, -0.3, 0.4, 0.7]])
    one, other = (_mean(backend, ansatz, row) for backend in (LightCone(), Statevector()))
    claim = f"light cones at p=2 = statevector on a 3-regular graph, n={n}"
    return Row(claim, "", f"{other:.12g}", f"{abs(one - other):.1e} apart", abs(one - other) <= 1e-9)


def trees_give_the_known_share(n: int) -> Row:
    """Edges whose neighbourhood is a tree all give the value of the infinite tree."""
    graph = nx.random_regular_graph(3, n, seed=5)
    trees = [edge for edge in graph.edges if _tree_around(graph, edge, 2)]
    cost, (betas, gammas) = cut_cost(graph), fixed_angles(3, 2)
    ansatz = QaoaAnsatz(cost, 2)
    place = {node: k for k, node in enumerate(graph.nodes)}
    observables = []
    for u, v in trees[:4]:
        letters = ["I"] * n
        letters[place[u]] = letters[place[v]] = "Z"
        observables.append(PauliSum(n, ("".join(letters),), np.ones(1)))
    work = Expectation(ansatz, tuple(observables), np.r_[betas, gammas][None])
    shares = (1 - LightCone().run(work).mean[0]) / 2  # pyright: ignore
    shown = f"{shares.min():.4f} to {shares.max():.4f} on {len(trees)} of {graph.number_of_edges()} edges"
    claim = f"p=2 on a 3-regular graph, n={n}: 0.7559 per edge where the neighbourhood is a tree"
    return Row(claim, "0.7559", "0.5 (random bits)", shown, bool(np.all(np.abs(shares - 0.7559) < 1e-4)))


def fixed_angles_reach_their_guarantee(n: int, depths: int) -> Iterator[Row]:
    """No training at all, on random 3-regular graphs: the share of the best cut."""
    graphs = [nx.random_regular_graph(3, n, seed=seed) for seed in range(3)]
    costs = [cut_cost(graph) for graph in graphs]
    best = [Exhaustive().solve(cost, progress=False).objective for cost in costs]
    for layers in range(1, depths + 1):
        row = np.concatenate(fixed_angles(3, layers))[None]
        ratios = [
            _mean(Statevector(), QaoaAnsatz(c, layers), row) / b for c, b in zip(costs, best, strict=True)
        ]
        bar = GUARANTEES[layers - 1]
        claim = f"fixed angles, 3-regular n={n}, p={layers}: share of the best cut at least {bar}"
        yield Row(claim, f"{bar}", "", f"{min(ratios):.4f} (worst of 3)", min(ratios) >= bar)


def depth_never_hurts(n: int, layers: int) -> Row:
    """INTERP to its depth."""
    qubo = cut_cost(nx.random_regular_graph(3, n, seed=1)).qubo
    solver = Qaoa(layers=layers, start=Interp(), optimizer=Lbfgs(evaluations=60))
    result = solver.solve(qubo, progress=False)
    energies = [row["objective"] for row in result.history if "layers" in row]
    energies.append(_mean(Statevector(), solver.ansatz(qubo), np.array([result.history[-1]["parameters"]])))
    claim = f"INTERP to p={layers}: the energy never rises"
    shown = " ".join(f"{energy:.3f}" for energy in energies)
    return Row(claim, "", "", shown, bool(np.all(np.diff(energies) <= 1e-9)))


def shares_against_means(instances: int, seeds: int = 3) -> Row:
    """CVaR and the mean at equal shots in training and sampling: is the optimum ever a likely outcome?

    A run that has the optimum in its share of the outcomes gains no more from it, so that probabilities are
    compared with a bar as well as with one another; each instance counts by its mean over the seeds.
    """
    solver = SampledVqe(HardwareEfficient(layers=2), optimizer=Spsa(evaluations=400), evaluation_shots=512)
    found = np.zeros((2, instances, seeds))
    for k in range(instances):
        qubo = Qubo.random(12, seed=k)
        best = Exhaustive().solve(qubo, progress=False).solution
        for seed in range(seeds):
            for which, cvar in enumerate((0.25, 1.0)):
                trained = replace(solver, cvar=cvar)
                found[which, k, seed] = _probability(trained, qubo, best, 1000 * (seed + 1) + k)
    likely, means = np.mean(found >= LIKELY, axis=(1, 2)), found.mean(axis=2)
    wins, losses = int(np.sum(means[0] > means[1])), int(np.sum(means[0] < means[1]))
    claim = (
        f"CVaR-VQE (share 0.25) makes the optimum likely (>= {LIKELY}) more often than VQE, "
        f"{instances} instances, {seeds} seeds"
    )
    shown = f"{likely[0]:.0%} of runs; by probability {wins} wins, {losses} losses"
    holds = bool(likely[0] > likely[1] and wins > losses)
    return Row(claim, "", f"{likely[1]:.0%} of runs, mean of 512 shots", shown, holds)


def samples_against_the_null(seeds: int) -> Row:
    """The mean energy of samples beside uniform bits, in units of the cost's spread."""
    gains = []
    for seed in range(seeds):
        qubo = Qubo.random(14, seed=seed)
        solver = Qaoa(layers=4, optimizer=None, start=LinearRamp())
        result = solver.solve(qubo, seed=seed, progress=False)
        null = Uniform(samples=1024).solve(qubo, seed=seed, progress=False)
        mean = np.average(qubo.energies(null.candidates), weights=null.counts)
        gains.append((mean - result.history[-1]["objective"]) / qubo.form.spread_on_bits())
    claim = "a linear ramp without training: samples at least one spread below random bits"
    shown = f"{min(gains):.2f} to {max(gains):.2f} spreads below"
    return Row(claim, "", "uniform bits, equal shots", shown, min(gains) > 1)


def noise_is_applied() -> Row:
    """A small circuit under the snapshot of a 133-qubit device."""
    from backends import get

    claim = "6-qubit QAOA under a 133-qubit device's noise: below 1 s once cached, energy not the ideal one"
    try:
        device = get("aer:fake_torino")
    except MissingExtra as error:
        return Row(claim, "", "", "", None, str(error))
    cost = cut_cost(nx.random_regular_graph(3, 6, seed=1))
    ansatz, row = QaoaAnsatz(cost, 2), np.array([[-0.5, -0.3, 0.4, 0.7]])
    first, ideal = _mean(device, ansatz, row), _mean(Aer(), ansatz, row)
    start = time.perf_counter()
    again = _mean(device, ansatz, row * 1.01)
    seconds = time.perf_counter() - start
    shown = f"{seconds:.2f} s; {first:.4f} against {ideal:.4f} ideal"
    return Row(
        claim, "22 s uncut", "", shown, seconds < 1 and abs(first - ideal) > 1e-3 and np.isfinite(again)
    )


def _mean(backend: Statevector | LightCone | Aer, ansatz: QaoaAnsatz, row: np.ndarray) -> float:
    return float(backend.submit(Expectation(ansatz, (ansatz.cost,), row)).result().mean[0, 0])  # pyright: ignore


def _probability(solver: SampledVqe, qubo: Qubo, best: np.ndarray, seed: int) -> float:
    result = solver.solve(qubo, seed=seed, progress=False)
    angles = result.history[-1]["parameters"]
    return float(Statevector().probabilities(solver.ansatz(qubo), angles, best)[0])


def _tree_around(graph: nx.Graph, edge: tuple[int, int], radius: int) -> bool:
    nodes = {
        node for end in edge for node in nx.single_source_shortest_path_length(graph, end, cutoff=radius)
    }
    return nx.is_tree(graph.subgraph(nodes))
