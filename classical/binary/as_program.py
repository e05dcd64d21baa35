"""A QUBO seen as the binary program that it is, for methods that take both."""

from problems.binary.domain import DomainProblem
from problems.binary.lazy_program import LazyProgram
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo


def as_program(problem: BinaryProgram | DomainProblem | LazyProgram | Qubo) -> BinaryProgram:
    """Return a program with the problem's bits and, minimised, its values; lazy rows are no part of it."""
    if isinstance(problem, BinaryProgram):
        return problem
    if isinstance(problem, DomainProblem | LazyProgram):
        return problem.program
    return BinaryProgram(problem.form, names=problem.names)
