"""How a plan is scored: conditionals against the truth, snapshots, marginals, paths and costs."""

from __future__ import annotations

from typing import Any

import numpy as np

from problems.contract import Array, Evaluation
from problems.numerics.gaussians import bures_wasserstein, bures_wasserstein_from_root, symmetric_root
from problems.numerics.two_sample import (
    earth_movers_distance,
    energy_coefficient,
    energy_distance,
    maximum_mean_discrepancy,
)
from problems.transport.mixture_potential import GaussianMixturePotential
from problems.transport.plans import Diffusion, Plan, along_bridge, draws, mean_conditional_entropy, moments

NODES = 16  # of Gauss–Legendre in time
PATH_POINTS = 500  # of the path divergence, per node
MATCHED = 500  # points of the earth mover's distance, which costs their number cubed


def evaluate(problem: Any, plan: Plan) -> Evaluation:
    """Return the verdict of a ``Bridge`` on a plan; the rule is told there."""
    asked, awaited = problem.asked, problem.awaited
    carried = draws(plan, asked, problem.seed)
    means, covariances = moments(plan, asked, problem.seed)
    metrics = {
        "bw2_uvp_target": marginal_discrepancy(means, covariances, problem.target),
        "target_energy": energy_distance(carried, awaited),
        "transport_cost": 0.5 * float(np.mean(np.sum((carried - asked) ** 2, axis=1))),
    }
    if isinstance(plan, GaussianMixturePotential):
        metrics["dual_value"] = plan.dual_value(asked, awaited)
    if problem.snapshots:
        metrics |= against_snapshots(problem, plan)
    if problem.truth is not None:
        metrics |= against_truth(problem, plan, means, covariances)
        return Evaluation(metrics["cbw2_uvp"], {}, metrics)
    if problem.snapshots:
        return Evaluation(metrics["snapshot_energy"], {}, metrics)
    entropy = mean_conditional_entropy(plan, asked, problem.seed)
    metrics["entropic_cost"] = metrics["transport_cost"] - problem.epsilon * entropy
    excess = max(energy_coefficient(carried, awaited) - problem.marginal_tolerance, 0.0)
    return Evaluation(metrics["entropic_cost"], {"second marginal": excess}, metrics)


def marginal_discrepancy(means: Array, covariances: Array, target: Array) -> float:
    """Return BW² between the Gaussians of the carried law and of the target, in % of the target's ½ Var.

    The carried law's moments follow from the conditional ones ``[m, D]`` and ``[m, D, D]``.
    """
    carried = covariances.mean(axis=0) + np.atleast_2d(np.cov(means.T))
    wanted = np.atleast_2d(np.cov(target.T))
    distance = bures_wasserstein(target.mean(axis=0), wanted, means.mean(axis=0), carried)
    return 100 * float(distance) / half_variance(target)


def half_variance(target: Array) -> float:
    """Return ½ Tr Cov of a sample ``[n, D]``."""
    return 0.5 * float(np.var(target, axis=0, ddof=1).sum())


def conditional_discrepancy(problem: Any, means: Array, covariances: Array) -> float:
    """Return the mean of BW² between the conditionals and the true ones, in % of the target's ½ Var."""
    true_means, true_covariances = moments(problem.truth, problem.asked, problem.seed)
    root = symmetric_root(true_covariances)
    distances = bures_wasserstein_from_root(true_means, true_covariances, root, means, covariances)
    return 100 * float(distances.mean()) / half_variance(problem.target)


def against_truth(problem: Any, plan: Plan, means: Array, covariances: Array) -> dict[str, float]:
    """Return the metrics that need the exact plan."""
    truth = problem.truth
    found = {"cbw2_uvp": conditional_discrepancy(problem, means, covariances)}
    if isinstance(plan, Diffusion):
        found["path_kl_forward"] = path_divergence(truth, truth, plan, problem)
        found["path_kl_reverse"] = path_divergence(plan, truth, plan, problem)
    if isinstance(plan, GaussianMixturePotential):
        found["truth_outside_family"] = float(truth.rotations is not None and plan.rotations is None)
    return found


def path_divergence(along: Plan, truth: Diffusion, other: Diffusion, problem: Any) -> float:
    """Return ∫ E ||g* − g||² dt / 2ε in nats, the expectation over the bridge of ``along``.

    By Girsanov's theorem it is the Kullback–Leibler divergence between the two diffusions' path laws.
    """
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    x, total = problem.asked[:PATH_POINTS], 0.0
    for k, (node, weight) in enumerate(zip((nodes + 1) / 2, weights / 2, strict=True)):
        points = along_bridge(along, x, float(node), problem.epsilon, problem.seed + k)
        apart = truth.drift(points, float(node)) - other.drift(points, float(node))
        total += weight * float(np.mean(np.sum(apart**2, axis=1)))
    return total / (2 * problem.epsilon)


def against_snapshots(problem: Any, plan: Plan) -> dict[str, float]:
    """Return the distances to the held-out points, as means over the snapshots."""
    rows = []
    for k, snapshot in enumerate(problem.snapshots):
        points = along_bridge(plan, problem.asked, snapshot.time, problem.epsilon, problem.seed + k)
        size = min(len(points), len(snapshot.points), MATCHED)
        rows.append(
            (
                energy_distance(points, snapshot.points),
                maximum_mean_discrepancy(points, snapshot.points),
                earth_movers_distance(points[:size], snapshot.points[:size]),
            )
        )
    names = ("snapshot_energy", "snapshot_mmd", "snapshot_emd")
    return dict(zip(names, np.mean(rows, axis=0).tolist(), strict=True))
