"""The registered solvers and problems, each with a small case of its own."""

from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import entry_points
from typing import Any

import numpy as np

from classical.chemistry import AtomFiniteElements, RadialFiniteElements
from classical.equivariance import MatrixProduct
from problems.binary.assignment import QuadraticAssignment
from problems.binary.clique import Clique
from problems.binary.independent_set import IndependentSet
from problems.binary.integer import IntegerProgram
from problems.binary.knapsack import MultidimensionalKnapsack
from problems.binary.maxcut import MaxCut
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Ising, Qubo, spins_of_bits
from problems.binary.tour import TravellingSalesman
from problems.binary.vertex_cover import VertexCover
from problems.chemistry import Atom, RadialEigenproblem
from problems.contract import Problem, Solver
from problems.distributed import AggregationProblem, DecentralisedTraining, Fleet, Reversal
from problems.equivariance import (
    MoleculeForces,
    SphericalProduct,
    TargetBilinear,
    TensorProductChoice,
    TetrisPieces,
)
from problems.fitting import kinds
from problems.ground_state import Gate, GateSequence, GroundState, NoiseModel
from problems.minimisation import CompositeProblem, Landscape, MatrixFactorisation, Minimisation, NetworkLoss
from problems.transport import Bridge

OURS = ("classical", "hybrid")


@cache
def solver_classes() -> dict[str, type[Solver[Any, Any]]]:
    """The installed solvers of this distribution by entry-point name."""
    found = entry_points(group="hybrid.solvers")
    return {entry.name: entry.load() for entry in found if entry.value.split(".")[0] in OURS}


def small(solver: type[Solver[Any, Any]]) -> Solver[Any, Any]:
    """The solver with its work cut to what a test can afford; everything else as by default."""
    lighter = {
        "restarts": 4,
        "sweeps": 50,
        "iterations": 200,
        "episodes": 12,
        "candidates": 20,
        "rounds": 2,
        "evaluations": 30,
        "shots": 64,
        "samples": 32,
        "planes": 8,
        "steps": 20,
        "components": 5,
        "channels": 4,
        "layers": 1,
    }
    plain = solver()
    counts = {n for n in solver.__dataclass_fields__ if not isinstance(getattr(plain, n), tuple | bool)}
    built = solver(**{name: value for name, value in lighter.items() if name in counts})
    inner = {
        n: small(type(getattr(built, n)))
        for n in built.__dataclass_fields__
        if isinstance(getattr(built, n), Solver)
    }
    return replace(built, **inner)


def case(solver: type[Solver[Any, Any]]) -> Problem[Any]:
    """A small problem of the first kind that a solver names."""
    return {
        Minimisation: Landscape("cosines", dimension=2),
        Fleet: small_fleet(),
        DecentralisedTraining: DecentralisedTraining(small_fleet()),
        AggregationProblem: AggregationProblem.random(dimension=20, faulty=2, attack=Reversal()),
        CompositeProblem: MatrixFactorisation.random(rows=12, rank=2),
        Qubo: Qubo.random(6, seed=3),
        GroundState: GroundState.transverse_field_ising(2),
        BinaryProgram: MultidimensionalKnapsack.random(n=8, m=2, seed=3),
        TravellingSalesman: TravellingSalesman.random(5, seed=3),
        Bridge: small_bridge(),
        RadialEigenproblem: RadialEigenproblem(n_max=2, equation=_equation(solver)),
        Atom: Atom(2),
        SphericalProduct: SphericalProduct.feature_interaction(1, channels=2, count=4),
        TargetBilinear: TargetBilinear.random(1, examples=20),
        TensorProductChoice: TensorProductChoice(lmax=1, batch=10, repeats=3),
        TetrisPieces: TetrisPieces(rotations=4),
        MoleculeForces: small_molecule(),
    }[kinds(solver)[0]]


def _equation(solver: type[Solver[Any, Any]]) -> Any:
    return "dirac" if solver.__name__ == "PlainDiracElements" else "schroedinger"


def small_bridge() -> Bridge:
    """One dimension, with its exact plan."""
    return Bridge.gaussian_pair(dimension=1, n=60, seed=1)


def small_molecule() -> MoleculeForces:
    """A few shaken geometries of ethanol."""
    return MoleculeForces.ethanol(count=12, training=8, validation=2, potential="three_body")


@dataclass(frozen=True)
class HarmonicBonds:
    """A force field of one spring between each pair of atoms."""

    def energy(self, positions: np.ndarray) -> np.ndarray:
        return (positions**2).sum(axis=(1, 2)) * positions.shape[1] - (positions.sum(axis=1) ** 2).sum(axis=1)

    def forces(self, positions: np.ndarray) -> np.ndarray:
        return -2 * (positions * positions.shape[1] - positions.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class BlockMoments:
    """Scores of the pieces by a rotation-invariant moment alone."""

    def scores(self, positions: np.ndarray) -> np.ndarray:
        spread = (positions**2).sum(axis=(1, 2))
        return -np.abs(spread[:, None] - np.linspace(1.0, 6.0, 8))


def small_fleet() -> Fleet:
    """Four workers that see disjoint parts of one small data set."""
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 2, 24)
    whole = NetworkLoss(rng.normal(size=(24, 2)) + labels[:, None], labels, classes=2, batch=12)
    return Fleet(whole.shards(4), judged=whole)


def small_product() -> SphericalProduct:
    """Four products on two channels."""
    return SphericalProduct.feature_interaction(1, channels=2, count=4)


def radial_states() -> Any:
    """States of hydrogen."""
    return RadialFiniteElements().solve(RadialEigenproblem(n_max=2), progress=False).solution


def helium() -> Any:
    """A self-consistent helium atom."""
    return AtomFiniteElements().solve(Atom(2), progress=False).solution


def _bits(n: int) -> np.ndarray:
    return np.arange(n).astype(np.uint8) % 2


PROBLEMS: dict[str, tuple[Problem[Any], Any]] = {
    "program": (BinaryProgram.random(8, seed=1), _bits(8)),
    "qubo": (Qubo.random(7, seed=2), _bits(7)),
    "ising": (Ising.random(7, seed=2), spins_of_bits(_bits(7))),
    "knapsack": (MultidimensionalKnapsack.random(n=9, m=3, seed=2), _bits(9)),
    "maxcut": (MaxCut.regular(3, 10, seed=2), _bits(10)),
    "independent set": (IndependentSet.random(9, 0.3, seed=2), _bits(9)),
    "clique": (Clique.random(9, 0.6, seed=2), _bits(9)),
    "vertex cover": (VertexCover.random(9, 0.3, seed=2), _bits(9)),
    "quadratic assignment": (QuadraticAssignment.random(3, seed=2), _bits(9)),
    "tour": (TravellingSalesman.random(4, seed=2), _bits(9)),
    "tour by edges": (TravellingSalesman.random(4, seed=2).edges, _bits(6)),
    "integer program": (IntegerProgram.random(4, seed=2), IntegerProgram.random(4, seed=2).low),
    "ground state": (
        GroundState.random(3, seed=2),
        GateSequence(3, (Gate("ry", (0,), None, 0.4), Gate("cx", (0, 2)))),
    ),
    "ground state on a device": (
        replace(
            GroundState.random(3, seed=2),
            noise=NoiseModel.ibmq_mumbai(),
            couplings=((0, 1), (1, 2)),
            gate_set=("cx", "rx", "ry", "rz"),
        ),
        GateSequence(3, (Gate("ry", (0,), None, 0.4), Gate("cx", (0, 2)), Gate("h", (1,)))),
    ),
    "landscape": (Landscape("rosenbrock", 3), np.array([0.5, -0.2, 1.0])),
    "network loss": (small_fleet().judged, np.arange(6.0)),
    "fleet": (replace(small_fleet(), faulty=(1,), attack=Reversal()), np.arange(6.0)),
    "aggregation": (AggregationProblem.random(dimension=5), np.arange(5.0)),
    "composite": (MatrixFactorisation.random(rows=5, rank=1), np.arange(16.0) / 16),
    "noisy landscape": (Landscape("cosines", 3, noise=0.1), np.array([0.5, -0.2, 1.0])),
    "bridge": (small_bridge(), small_bridge().truth),
    "radial eigenproblem": (RadialEigenproblem(n_max=2), radial_states()),
    "atom": (Atom(2), helium()),
    "spherical product": (small_product(), small_product().exact),
    "bilinear map": (TargetBilinear.random(1, examples=20), np.arange(1.0, 7.0)),
    "choice of a product": (TensorProductChoice(lmax=1, batch=10, repeats=3), MatrixProduct()),
    "pieces": (TetrisPieces(rotations=4), BlockMoments()),
    "molecule": (small_molecule(), HarmonicBonds()),
}
