"""What shrinking leaves: a smaller QUBO, and the exact way back to the bits of the program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from hybrid.graph_shrinking.trace import Trace
from problems.binary.domain import DomainProblem
from problems.binary.encodings import Encoding
from problems.binary.presolve.bound_propagation import BoundPropagation
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Ising, Qubo
from problems.checking import check_bits
from problems.contract import Reduction
from problems.errors import ProblemError

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class ShrunkProblem:
    """A smaller QUBO whose energies are those of the whole one at the unfolded bits.

    Attributes:
        qubo: Over the groups that are left.
        column: ``[W]`` group of each bit of the whole QUBO, −1 where it is fixed.
        flip: ``[W]`` 1 where a bit is the opposite of its group's, or fixed to 1.
        program: What was shrunk.
        lift: From bits of the whole QUBO to bits of the program.
        trace: How it was shrunk.
    """

    qubo: Qubo
    column: Array
    flip: Array
    program: BinaryProgram
    lift: Callable[[Array], Array]
    trace: Trace

    @property
    def qubits(self) -> int:
        """Bits that are left."""
        return self.qubo.n

    def to_ising(self) -> Ising:
        """Return what is left over spins."""
        return self.qubo.ising

    def unfold_whole(self, bits: Array) -> Array:
        """Return bits ``[..., W]`` of the whole QUBO, slack included, from bits ``[..., k]``."""
        reduced = check_bits("bits", bits, self.qubo.n)
        fixed = np.zeros((*reduced.shape[:-1], 1), dtype=np.uint8)
        return np.concatenate([reduced, fixed], axis=-1)[..., self.column] ^ self.flip

    def unfold(self, bits: Array) -> Array:
        """Return the program's bits ``[..., n]`` from bits ``[..., k]``."""
        return self.lift(self.unfold_whole(bits))


def as_shrinkable(problem: Any, encoding: Encoding) -> tuple[BinaryProgram, Reduction[Array]]:
    """Return the program and its QUBO with the way back; without rows the QUBO is the objective itself.

    Raises:
        ProblemError: If the problem is of another kind.
        Infeasible: If propagation shows that no bits keep the rows; it names one.
    """
    if isinstance(problem, DomainProblem):
        program = problem.program
    elif isinstance(problem, BinaryProgram):
        program = problem
    elif isinstance(problem, Ising):
        program = BinaryProgram(problem.qubo.form, names=problem.names)
    elif isinstance(problem, Qubo):
        program = _program_of_qubo(problem)
    else:
        raise ProblemError(
            "problem", type(problem).__name__, "a Qubo, an Ising, a program or a binary domain"
        )
    if len(program.constraints) == 0:
        return program, Reduction(Qubo(program.minimised, program.names), _identity, program.signed)
    BoundPropagation().apply(
        program
    )  # its proof names the row, where an encoding only says that none keeps all
    return program, encoding.encode(program)


def _program_of_qubo(problem: Qubo) -> BinaryProgram:
    reduction = problem.reduce((BinaryProgram,))
    assert reduction is not None
    assert isinstance(reduction.problem, BinaryProgram)
    return reduction.problem


def _identity(bits: Array) -> Array:
    return bits
