"""Parallel tempering: every temperature is sampled as Boltzmann has it, and the optimum is found."""

import numpy as np
import pytest

from classical.binary.annealing import begin
from classical.binary.exhaustive import Exhaustive
from classical.binary.local_fields import couplings, streams
from classical.binary.parallel_tempering import ParallelTempering, temper
from problems.binary.qubo import Qubo
from problems.conformance import check_solver
from problems.errors import ProblemError, UnsuitableProblem
from tests.problems.binary.enumeration import all_bits

SWEEPS = 20_000


def test_every_temperature_is_sampled_as_boltzmann_has_it():
    qubo, betas = Qubo.random(4, magnitude=3, seed=5), np.array([0.1, 0.3, 0.8])
    net, states = couplings(qubo.form), streams(1, 0, 4)
    walkers, rungs = begin(states[:-1], net), np.arange(3)
    exchanges, counts = np.zeros(2, np.int64), np.zeros((3, 16))
    for sweep in range(SWEEPS):
        temper(walkers, rungs, betas, sweep, 1, exchanges, net, states[-1:])
        for k in range(3):
            counts[k, walkers.bits[rungs[k]] @ (1 << np.arange(4))] += 1
    energies = qubo.energies(all_bits(4))
    weights = np.exp(-np.outer(betas, energies))
    expected = weights / weights.sum(axis=1, keepdims=True)
    assert np.abs(counts / SWEEPS - expected).max() < 0.015
    assert exchanges.min() > SWEEPS // 10
    np.testing.assert_allclose(walkers.energy + qubo.form.offset, qubo.energies(walkers.bits))


@pytest.mark.parametrize("density", [0.2, 1.0])
def test_small_problems_are_solved(density):
    for seed in range(5):
        qubo = Qubo.random(14, density=density, seed=seed)
        best = Exhaustive().solve(qubo, progress=False).objective
        found = ParallelTempering(restarts=2, sweeps=100, temperatures=8).solve(qubo, seed=1, progress=False)
        assert found.objective == best
        assert len(found.candidates) == 16


def test_it_keeps_the_contract():
    check_solver(ParallelTempering(restarts=2, sweeps=20, temperatures=4), Qubo.random(6, seed=3))


def test_a_start_is_where_replicas_begin():
    qubo = Qubo.from_matrix(np.diag([1.0, 1.0]))
    cold = ParallelTempering(restarts=1, sweeps=1, temperatures=2, hot=1e-3, cold=1e-4, start=(0, 0))
    assert cold.solve(qubo, progress=False).objective == 0
    with pytest.raises(UnsuitableProblem, match="start"):
        ParallelTempering(start=(0,)).solve(qubo)


@pytest.mark.parametrize(
    ("fields", "match"),
    [({"temperatures": 1}, "temperatures"), ({"hot": 1.0, "cold": 2.0}, "cold"), ({"start": (2,)}, "start")],
)
def test_bad_fields_are_named(fields, match):
    with pytest.raises(ProblemError, match=match):
        ParallelTempering(**fields)
