"""Short names for solvers and what they hold; only what is named is imported."""

from __future__ import annotations

import importlib
from functools import cache
from importlib.metadata import entry_points
from operator import attrgetter
from typing import Any

from problems.errors import ProblemError

SOLVERS = {
    "annealing": "classical.binary.annealing:SimulatedAnnealing",
    "exhaustive": "classical.binary.exhaustive:Exhaustive",
    "goemans-williamson": "classical.binary.goemans_williamson:GoemansWilliamson",
    "graph-shrinking": "hybrid.graph_shrinking.solver:GraphShrinking",
    "greedy": "classical.binary.greedy:Greedy",
    "held-karp": "classical.binary.held_karp:HeldKarp",
    "local-search": "classical.binary.local_search:LocalSearch",
    "milp": "classical.binary.mixed_integer:MixedInteger",
    "penalty": "classical.binary.penalty:Penalty",
    "presolve": "classical.binary.presolved:Presolve",
    "qaoa": "hybrid.qaoa:Qaoa",
    "sampled-vqe": "hybrid.sampled_vqe:SampledVqe",
    "slack-free": "hybrid.lagrangian.slack_free:SlackFree",
    "random": "classical.binary.uniform:Uniform",
    "tabu": "classical.binary.tabu:Tabu",
    "tempering": "classical.binary.parallel_tempering:ParallelTempering",
    "vqe": "hybrid.vqe:Vqe",
    "fleet-vqe": "hybrid.fleet_vqe:FleetVqe",
    "adapt-vqe": "hybrid.circuit_search.adapt_vqe:AdaptVqe",
    "circuit-annealing": "hybrid.circuit_search.circuit_annealing:CircuitAnnealing",
    "crlqas": "hybrid.circuit_search.crlqas:Crlqas",
    "greedy-growth": "hybrid.circuit_search.greedy_growth:GreedyGrowth",
    "random-circuits": "hybrid.circuit_search.random_circuits:RandomCircuits",
    "adam": "classical.minimisation.adam:Adam",
    "adam-spsa": "classical.minimisation.adam_spsa:AdamSpsa",
    "bayesian": "classical.minimisation.bayesian:BayesianOptimization",
    "aggregate": "classical.distributed.aggregate:Aggregate",
    "cobyla": "classical.minimisation.cobyla:Cobyla",
    "composite-descent": "classical.minimisation.composite_baselines:CompositeDescent",
    "consensus-based": "classical.minimisation.consensus_based:ConsensusBasedOptimization",
    "consensus-hopping": "classical.minimisation.consensus_hopping:ConsensusHopping",
    "gradient-descent": "classical.minimisation.gradient_descent:GradientDescent",
    "langevin": "classical.minimisation.langevin:AnnealedLangevin",
    "lbfgs": "classical.minimisation.lbfgs:Lbfgs",
    "nelder-mead": "classical.minimisation.nelder_mead:NelderMead",
    "one-byte-spsa": "classical.distributed.one_byte:OneByteSpsa",
    "quadratic-model": "classical.minimisation.quadratic_model:QuadraticModel",
    "robust-training": "classical.distributed.robust_training:RobustTraining",
    "rotosolve": "classical.minimisation.rotosolve:Rotosolve",
    "spsa": "classical.minimisation.spsa:Spsa",
    "target-surrogate": "classical.minimisation.target_surrogate:TargetSurrogate",
    "atom-finite-elements": "classical.chemistry.atom_finite_elements:AtomFiniteElements",
    "atom-shooting": "classical.chemistry.atom_shooting:AtomShooting",
    "choose-tensor-product": "classical.equivariance.choose_tensor_product:ChooseTensorProduct",
    "equivariant-classifier": "classical.equivariance.equivariant_classifier:EquivariantClassifier",
    "finite-differences": "classical.chemistry.finite_differences:FiniteDifferences",
    "fit-bilinear": "classical.equivariance.fit_bilinear:FitBilinear",
    "independent-coupling": "classical.transport.independent_coupling:IndependentCoupling",
    "light-bridge": "classical.transport.light_bridge:LightBridge",
    "many-body-force-field": "classical.equivariance.many_body_force_field:ManyBodyForceField",
    "multiply-spherical": "classical.equivariance.multiply_spherical:MultiplySpherical",
    "plain-dirac": "classical.chemistry.plain_dirac:PlainDiracElements",
    "radial-finite-elements": "classical.chemistry.radial_finite_elements:RadialFiniteElements",
    "radial-shooting": "classical.chemistry.shooting:RadialShooting",
    "sinkhorn": "classical.transport.sinkhorn:Sinkhorn",
}
ENCODINGS = {
    "slack": "problems.binary.encodings:SlackEncoding",
    "mixer": "problems.binary.mixer_encoding:MixerEncoding",
    "slack-free": "problems.binary.encodings:SlackFreeEncoding",
}


@cache
def registered(group: str) -> dict[str, str]:
    """Return the installed entry points of a group, ours and strangers': name to ``module:class``."""
    return {entry.name: entry.value for entry in entry_points(group=group)}


def solver_paths() -> dict[str, str]:
    """Return ``module:class`` of every solver by the name to list it under: ours first, by short name."""
    ours = set(SOLVERS.values())
    strangers = {name: path for name, path in registered("hybrid.solvers").items() if path not in ours}
    return SOLVERS | strangers


def solver_class(name: str) -> type[Any]:
    """Return the solver that a short name or an entry point names.

    Raises:
        ProblemError: If there is none, with the names there are, or if it cannot be imported.
    """
    path = SOLVERS.get(name) or registered("hybrid.solvers").get(name)
    if path is None:
        raise ProblemError("--solver", name, "one of " + ", ".join(solver_paths()))
    return load(path)


def chosen_class(name: str) -> type[Any] | None:
    """Return the solver or encoding of this name that a field may hold, or None."""
    path = ENCODINGS.get(name) or SOLVERS.get(name) or registered("hybrid.solvers").get(name)
    return None if path is None else load(path)


def name_of(cls: type[Any]) -> str:
    """Return the short name of a class, else its entry point, else its own name."""
    path = f"{cls.__module__}:{cls.__qualname__}"
    tables = (SOLVERS, ENCODINGS, registered("hybrid.solvers"), registered("hybrid.backends"))
    return next((name for table in tables for name, value in table.items() if value == path), cls.__name__)


def load(path: str) -> Any:
    """Import ``module:class``.

    Raises:
        ProblemError: If a library that it needs is not installed.
    """
    module, _, name = path.partition(":")
    try:
        return attrgetter(name)(importlib.import_module(module))
    except ImportError as error:
        raise ProblemError(path, "not importable", "an installed class", str(error)) from error
