"""The words of the command line. Nothing is imported here that a ``--help`` does not need."""

from __future__ import annotations

import argparse
import importlib
import sys
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
    backends = commands.add_parser("backends", help="list the backends, or the devices of one")
    jobs = commands.add_parser("jobs", help="list, show, cancel or resume what a journal holds")
    for command in (solve, estimate, judge):
        command.add_argument("file", metavar="FILE", help="the problem")
    judge.add_argument(
        "solution",
        metavar="SOLUTION",
        help="a file with the answer of --json, a JSON list of labels, a JSON object of values by name, a "
        "string of n zeros and ones, labels in text, a solution file of another solver, QAPLIB or TSPLIB, or "
        "a solution or result that was saved (npz)",
    )
    backends.add_argument("kind", metavar="KIND", nargs="?", help="ask this one for its devices, such as ibm")
    solvers.add_argument("--for", dest="file", metavar="FILE", help="say which can take this problem")
    for command in (solve, estimate, judge, solvers):
        _add_problem_words(command)
    for command in (solve, estimate):
        _add_solver_words(command)
    solve.add_argument("--time-limit", type=float, metavar="S", help="seconds after which the method closes")
    solve.add_argument("--save", metavar="FILE", help="save the whole result (npz), for Python and 'judge'")
    for command in (solve, estimate, judge):
        command.add_argument("--json", metavar="FILE", help="write the answer as JSON; - for standard output")
    solve.set_defaults(command=_later("hybrid.cli.solve", "solve"))
    estimate.set_defaults(command=_later("hybrid.cli.estimate", "estimate"))
    judge.set_defaults(command=_later("hybrid.cli.judge", "judge"))
    solvers.set_defaults(command=_later("hybrid.cli.listing", "list_solvers"))
    backends.set_defaults(command=_later("hybrid.cli.listing", "list_backends"))
    _add_jobs(jobs)
    options = parser.parse_args(argv)
    options.words = tuple(sys.argv[1:] if argv is None else argv)
    return options


def _add_jobs(jobs: argparse.ArgumentParser) -> None:
    commands = jobs.add_subparsers(required=True, metavar="COMMAND")
    texts = {
        "list": "list all work of a journal",
        "resume": "run the command that used a journal last once more; what it paid for is replayed",
        "show": "show one piece of work",
        "cancel": "cancel the job of one piece of work",
    }
    for name, text in texts.items():
        command = commands.add_parser(name, help=text)
        command.set_defaults(
            command=_later("hybrid.cli.jobs", f"{name}_job" + "s" * (name in ("list", "resume")))
        )
        place = "the journal; hybrid-journal.sqlite unless given"
        if name in ("list", "resume"):
            command.add_argument("journal", metavar="FILE", nargs="?", help=place)
        else:
            command.add_argument("key", metavar="KEY", help="the beginning of a key that 'list' shows")
            command.add_argument("--journal", metavar="FILE", help=place)
        if name == "resume":
            _add_resume_words(command)


def _add_resume_words(command: argparse.ArgumentParser) -> None:
    command.add_argument("--resend-failed", action="store_true", help="send again, at its price, what failed")
    command.add_argument(
        "--replay-only", action="store_true", help="use stored outcomes alone and send nothing"
    )


def _add_problem_words(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--problem",
        metavar="KIND",
        help="what the file holds, where its content does not tell: mdkp, sac94, qap, tsp, maxcut, mis, "
        "clique, vertex-cover, qubo, lp, mps, program or stored",
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
    command.add_argument(
        "--journal",
        metavar="FILE",
        help="keep all that is sent and comes back in this file, and send nothing a second time; for remote "
        "backends hybrid-journal.sqlite unless given",
    )
    command.add_argument(
        "--budget",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME=AMOUNT",
        help="stop before more is spent: shots, circuits, jobs, qpu_seconds, money",
    )
    command.add_argument("--seed", type=int, default=0, metavar="N", help="the only source of randomness")


def _later(module: str, name: str) -> Callable[[argparse.Namespace], int]:
    return lambda options: getattr(importlib.import_module(module), name)(options)
