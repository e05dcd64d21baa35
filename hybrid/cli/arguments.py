"""The words of the command line. Nothing is imported here that a ``--help`` does not need."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable, Sequence

DESCRIPTION = "State a problem once, solve it by anything, and let the problem judge the answer."
EPILOG = "exit status: 0 a feasible answer, 1 none, 2 bad input, 130 interrupted"


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the words; ``command`` of the answer carries it out."""
    parser = argparse.ArgumentParser(prog="hybrid", description=DESCRIPTION, epilog=EPILOG)
    commands = parser.add_subparsers(dest="name", required=True, metavar="COMMAND")
    solve = commands.add_parser("solve", help="solve a problem file", epilog=EPILOG)
    estimate = commands.add_parser(
        "estimate", help="say what a solve would spend; sends nothing", epilog=EPILOG
    )
    for command in (solve, estimate):
        _problem_words(command)
        _solver_words(command)
    solve.add_argument("--time-limit", type=float, metavar="S", help="seconds after which the method closes")
    judge = commands.add_parser("judge", help="score any candidate, from any tool", epilog=EPILOG)
    _problem_words(judge)
    judge.add_argument(
        "solution", metavar="SOLUTION", help="a file: --json output, labels, name: value, or bits"
    )
    solvers = commands.add_parser("solvers", help="list the solvers")
    solvers.add_argument("--for", dest="file", metavar="FILE", help="say which can take this file")
    solvers.add_argument("--problem", metavar="KIND", help="what the file holds")
    solvers.add_argument("--index", type=int, metavar="K", help="which problem of the file, from 1")
    backends = commands.add_parser("backends", help="list the backends")
    for command in (solve, estimate, judge):
        command.add_argument("--json", metavar="FILE", help="write the answer as JSON; - for standard output")
    solve.set_defaults(command=_later("hybrid.cli.solve", "solve"))
    estimate.set_defaults(command=_later("hybrid.cli.solve", "estimate"))
    judge.set_defaults(command=_later("hybrid.cli.judge", "judge"))
    solvers.set_defaults(command=_later("hybrid.cli.listing", "list_solvers"))
    backends.set_defaults(command=_later("hybrid.cli.listing", "list_backends"))
    return parser.parse_args(argv)


def _problem_words(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", help="the problem")
    command.add_argument(
        "--problem", metavar="KIND", help="what the file holds: mdkp, maxcut, mis, qubo, program"
    )
    command.add_argument("--index", type=int, metavar="K", help="which problem of the file, from 1")


def _solver_words(command: argparse.ArgumentParser) -> None:
    command.add_argument("--solver", metavar="NAME", help="see 'hybrid solvers'; milp unless named")
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        dest="settings",
        help="a field of the solver",
    )
    command.add_argument(
        "--backend", metavar="NAME", help="for every field that takes one; see 'hybrid backends'"
    )
    command.add_argument("--seed", type=int, default=0, metavar="N", help="the only source of randomness")


def _later(module: str, name: str) -> Callable[[argparse.Namespace], int]:
    return lambda options: getattr(importlib.import_module(module), name)(options)
