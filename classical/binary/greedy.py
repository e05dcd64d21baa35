"""Greedy construction: single flips from a few plain starting points, permutations member by member."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classical.binary.as_program import as_program
from classical.binary.greedy_orders import greedy_assignment, nearest_neighbour_tour
from problems.binary.assignment import QuadraticAssignment
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo
from problems.binary.relaxation import linear_bound
from problems.binary.tour import TravellingSalesman
from problems.contract import Array, Solver
from problems.run import Run


@dataclass(frozen=True)
class Greedy(Solver[BinaryProgram | Qubo | QuadraticAssignment | TravellingSalesman, Array]):
    """Take what looks best next; it draws nothing at random, so the seed does not matter.

    Programs and QUBOs flip bits by the best ratio of gain to slack used, until no flip gains (see
    ``repair_bits``), from all zeros, from all ones, and from every bit set that would pay by itself. Round
    trips go on to the nearest city, from each city in turn; assignments place the facility with the most flow
    to those placed where it adds least, with the first one at each location in turn. The best end wins.
    """

    def _solve(
        self, problem: BinaryProgram | Qubo | QuadraticAssignment | TravellingSalesman, run: Run
    ) -> Array:
        if isinstance(problem, QuadraticAssignment | TravellingSalesman):
            return _ordered(problem, run)
        program = as_program(problem)
        if len(program.constraints):
            run.bound(linear_bound(program).value)
        starts = plain_starts(program)
        for step in run.steps(len(starts), "start"):
            run.offer(program.repair(starts[step]))
            run.record(step=step, objective=problem.judge(run.best).objective)
        return run.best


def plain_starts(program: BinaryProgram) -> Array:
    """Return bits ``[3, n]``: all zeros, all ones, and those whose linear coefficient pays."""
    paying = program.minimised.linear < 0
    return np.stack([np.zeros_like(paying), np.ones_like(paying), paying]).astype(np.uint8)


def _ordered(problem: QuadraticAssignment | TravellingSalesman, run: Run) -> Array:
    """Offer the greedy permutation from every beginning."""
    tours = isinstance(problem, TravellingSalesman)
    for step in run.steps(problem.num_cities if tours else problem.size, "beginning"):
        if tours:
            bits = problem.bits_of_tour(nearest_neighbour_tour(problem, step))
        else:
            bits = problem.bits(greedy_assignment(problem, step))
        if run.offer(bits):
            run.record(step=step, objective=problem.judge(bits).objective)
    return run.best
