"""Shrinking: tie spins by correlation, never against a row, until what is left fits.

Adaptive graph shrinking after Sharma and Lau, arXiv 2506.14250; with one tie per calculation from a single
layer it is the recursive algorithm of Bravyi et al., PRL 125 (2020), with the cut relaxation the linear
program shrinking of Wagner, Nüßlein and Liers, arXiv 2302.05493.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from hybrid.graph_shrinking.correlations.automatic import AutomaticCorrelation
from hybrid.graph_shrinking.correlations.source import Helper
from hybrid.graph_shrinking.loop import ShrinkingLoop
from hybrid.graph_shrinking.settings import Shrinking
from hybrid.graph_shrinking.shrunk import ShrunkProblem, as_shrinkable
from hybrid.graph_shrinking.state import ShrinkingState
from problems.binary.domain import DomainProblem
from problems.binary.encodings import Encoding, SlackFreeEncoding
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Ising, Qubo
from problems.checking import check_integer
from problems.contract import Problem, Result, Solver
from problems.errors import ProblemError


def shrink(
    problem: Qubo | Ising | BinaryProgram | DomainProblem,
    settings: Shrinking | None = None,
    *,
    encoding: Encoding | None = None,
    seed: int = 0,
    helper: Helper | None = None,
) -> ShrunkProblem:
    """Tie variables until ``settings.target_qubits`` qubits are left, or a rule stops it.

    Args:
        problem: With rows, they are priced by ``encoding`` in the QUBO and kept by the vetoes.
        settings: How.
        encoding: Writes rows as a QUBO; by default without slack bits. Slack bits are never tied.
        seed: Of all that is drawn, where no helper is given.
        helper: The run that it is a part of.

    Raises:
        Infeasible: If propagation shows that no bits keep the rows; it names one.
        ProblemError: If the source cannot take the problem.
    """
    settings = settings or Shrinking()
    program, reduction = as_shrinkable(problem, encoding or SlackFreeEncoding())
    assert isinstance(reduction.problem, Qubo)
    state = ShrinkingState(program, reduction.problem.form, settings.propagate)
    source = settings.source
    if isinstance(source, AutomaticCorrelation):
        settings = replace(settings, source=source.resolved(state))
    why = settings.source.unsuitable(state)
    if why is not None:
        raise ProblemError("source", type(settings.source).__name__, "a source that takes the problem", why)
    trace = ShrinkingLoop(state, settings, helper or Alone(seed)).run()
    column, flip = state.unfolding()
    return ShrunkProblem(state.qubo(), column, flip, program, reduction.lift, trace)


class Alone:
    """What stands for a run where there is none: seeds in order, no deadline.

    Args:
        seed: The first.
    """

    def __init__(self, seed: int):
        check_integer("seed", seed, 0)
        self._rng = np.random.default_rng(seed)

    def seed(self) -> int:
        """Draw the next seed."""
        return int(self._rng.integers(2**63))

    def out_of_time(self) -> bool:
        """There is always time."""
        return False

    def solve(
        self, solver: Solver[Any, Any], problem: Problem[Any], time_limit: float | None = None
    ) -> Result[Any]:
        """Solve a subproblem on its own."""
        return solver.solve(problem, seed=self.seed(), time_limit=time_limit, progress=False)
