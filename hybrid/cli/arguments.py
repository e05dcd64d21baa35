"""The words of the command line. Nothing is imported here that a ``--help`` does not need."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable, Sequence
from typing import NoReturn

DESCRIPTION = "State a problem once, solve it by anything, and let the problem judge the answer."
STATUSES = "exit status: 0 a feasible answer, 1 none, 2 bad input, 130 interrupted"


class OneSentenceParser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the usage; words must be written in full."""

    def __init__(self, **words):
        super().__init__(**words, epilog=STATUSES, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """Print the sentence and exit with 2."""
        self.exit(2, f"hybrid: {message} (see '{self.prog} --help')\n")


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the words; ``command`` of the answer carries it out.

    Raises:
        SystemExit: After help (0) or a wrong word (2).
    """
    parser = OneSentenceParser(prog="hybrid", description=DESCRIPTION)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    solve = commands.add_parser("solve", help="solve a problem file")
    estimate = commands.add_parser("estimate", help="say what a solve would spend at most; sends nothing")
    judge = commands.add_parser("judge", help="score any candidate, from any tool")
    solvers = commands.add_parser("solvers", help="list the solvers")
    backends = commands.add_parser("backends", help="list the backends")
    for command in (solve, estimate, judge):
        command.add_argument("file", metavar="FILE", help="the problem")
    judge.add_argument(
        "solution",
        metavar="SOLUTION",
        help="a file with the answer of --json, a JSON list of labels, a JSON object of values by name, a "
        "string of n zeros and ones, labels in text, or a solution file of another solver, QAPLIB or TSPLIB",
    )
    solvers.add_argument("--for", dest="file", metavar="FILE", help="say which can take this problem")
    for command in (solve, estimate, judge, solvers):
        _add_problem_words(command)
    for command in (solve, estimate):
        _add_solver_words(command)
    solve.add_argument("--time-limit", type=float, metavar="S", help="seconds after which the method closes")
    for command in (solve, estimate, judge):
        command.add_argument("--json", metavar="FILE", help="write the answer as JSON; - for standard output")
    solve.set_defaults(command=_later("hybrid.cli.solve", "solve"))
    estimate.set_defaults(command=_later("hybrid.cli.estimate", "estimate"))
    judge.set_defaults(command=_later("hybrid.cli.judge", "judge"))
    solvers.set_defaults(command=_later("hybrid.cli.listing", "list_solvers"))
    backends.set_defaults(command=_later("hybrid.cli.listing", "list_backends"))
    return parser.parse_args(argv)


def _add_problem_words(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--problem",
        metavar="KIND",
        help="what the file holds, where its content does not tell: mdkp, sac94, qap, tsp, maxcut, mis, "
        "clique, vertex-cover, qubo, lp, mps or program",
    )
    command.add_argument("--index", type=int, metavar="K", help="which problem of the file, from 1")


def _add_solver_words(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--solver", metavar="NAME", help="a name that 'hybrid solvers' lists; milp unless given"
    )
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        dest="settings",
        help="a field of the solver, such as layers=5, optimizer=spsa or optimizer.evaluations=50; may be "
        "given many times, in any order",
    )
    command.add_argument(
        "--backend", metavar="NAME", help="for every field that holds one; see 'hybrid backends'"
    )
    command.add_argument("--seed", type=int, default=0, metavar="N", help="the only source of randomness")


def _later(module: str, name: str) -> Callable[[argparse.Namespace], int]:
    return lambda options: getattr(importlib.import_module(module), name)(options)
