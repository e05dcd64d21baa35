"""Compile the kernels once: ``python -m hybrid.warm``. The cache serves every later process."""

from __future__ import annotations

import sys
import time
from dataclasses import replace

from tqdm.auto import tqdm

from backends.light_cone import LightCone
from backends.statevector import Statevector
from classical.binary.annealing import SimulatedAnnealing
from classical.binary.exhaustive import Exhaustive
from classical.binary.goemans_williamson import GoemansWilliamson
from classical.binary.greedy import Greedy
from classical.binary.local_search import LocalSearch
from classical.binary.mixed_integer import MixedInteger
from classical.binary.parallel_tempering import ParallelTempering
from classical.binary.penalty import Penalty
from classical.binary.presolved import Presolve
from classical.binary.tabu import Tabu
from classical.binary.uniform import Uniform
from classical.minimisation.lbfgs import Lbfgs
from classical.minimisation.nelder_mead import NelderMead
from hybrid.qaoa import Qaoa
from hybrid.relaxation_start import WarmStart
from hybrid.sampled_vqe import SampledVqe
from hybrid.vqe import Vqe
from problems.binary.assignment import QuadraticAssignment
from problems.binary.knapsack import MultidimensionalKnapsack
from problems.binary.maxcut import MaxCut
from problems.binary.qubo import Qubo
from problems.binary.tour import TravellingSalesman
from problems.ground_state import GroundState


def warm() -> float:
    """Solve small problems by every compiled method; returns the seconds it took."""
    start = time.perf_counter()
    knapsack, sparse, dense = MultidimensionalKnapsack.random(n=6, m=2), MaxCut.regular(3, 10), Qubo.random(6)
    assignment, tour = QuadraticAssignment.random(5), TravellingSalesman.random(8)
    work = [
        (Exhaustive(), knapsack),
        (Exhaustive(), dense),
        (Greedy(), knapsack),
        (Uniform(samples=8), knapsack),
        (Penalty(SimulatedAnnealing(restarts=2, sweeps=4)), knapsack),
        (SimulatedAnnealing(restarts=2, sweeps=4), sparse),
        (Tabu(restarts=1, iterations=20), sparse),
        (Tabu(restarts=1, iterations=20), dense),
        (Tabu(restarts=1, iterations=20), knapsack),
        (Tabu(restarts=1, iterations=20), assignment),
        (SimulatedAnnealing(restarts=1, sweeps=4), assignment),
        (SimulatedAnnealing(restarts=1, sweeps=4), tour),
        (ParallelTempering(restarts=1, sweeps=4), dense),
        (LocalSearch(restarts=1, iterations=2), knapsack),
        (LocalSearch(restarts=1, iterations=2), assignment),
        (LocalSearch(restarts=1, iterations=2), tour),
        (GoemansWilliamson(planes=4), sparse),
        (Presolve(), knapsack),
        (Presolve(), sparse),
        (MixedInteger(), tour),
        (Qaoa(layers=1, shots=8, backend=Statevector()), dense),
        (Qaoa(layers=1, shots=8, optimizer=Lbfgs(evaluations=2), backend=Statevector()), dense),
        (Qaoa(layers=1, shots=8, optimizer=Lbfgs(evaluations=2), multi_angle=True), dense),
        (Qaoa(layers=1, shots=8, optimizer=Lbfgs(evaluations=2)), Qubo.random(17)),  # passes over memory
        (Qaoa(layers=1, shots=8, optimizer=None, backend=Statevector(precision="single")), Qubo.random(17)),
        (Qaoa(layers=1, shots=8, optimizer=Lbfgs(evaluations=2), warm_start=WarmStart()), dense),
        (Qaoa(layers=1, shots=8, optimizer=Lbfgs(evaluations=2)), replace(dense, one_hot=((0, 1, 2),))),
        (Qaoa(layers=1, shots=8, optimizer=Lbfgs(evaluations=2), training=LightCone()), sparse),
        (SampledVqe(shots=8, optimizer=Lbfgs(evaluations=2)), dense),
        (Vqe(optimizer=Lbfgs(evaluations=2)), GroundState.transverse_field_ising(3)),
        (Vqe(optimizer=NelderMead(evaluations=2), points=0), GroundState.transverse_field_ising(3)),
    ]
    for solver, problem in tqdm(work, desc="compiling kernels", leave=False, disable=not sys.stderr.isatty()):
        solver.solve(problem, progress=False)
    return time.perf_counter() - start


if __name__ == "__main__":
    print(f"compiled the kernels in {warm():.0f} s")
