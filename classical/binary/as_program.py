"""A QUBO seen as the binary program that it is, for methods that take both."""

from problems.binary.domain import DomainProblem
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo


def as_program(problem: BinaryProgram | DomainProblem | Qubo) -> BinaryProgram:
    """Return a program with the problem's bits and, minimised, its values."""
    if isinstance(problem, BinaryProgram):
        return problem
    if isinstance(problem, DomainProblem):
        return problem.program
    return BinaryProgram(problem.form, names=problem.names)
