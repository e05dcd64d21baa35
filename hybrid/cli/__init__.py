"""The command ``hybrid``: solve, estimate, judge, jobs, solvers, backends."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from hybrid.cli.exits import Exit


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status.

    0: a feasible answer. 1: ended without one. 2: bad input. 130: interrupted, answer or not. Each error is
    one sentence on standard error.
    """
    try:
        from problems.installation import refuse_foreign_packages

        refuse_foreign_packages(os.path.join(os.path.dirname(__file__), os.pardir, "__init__.py"))
    except ImportError as error:
        return _say(str(error), Exit.BAD_INPUT)
    try:
        return _carry_out(argv)
    except KeyboardInterrupt:
        return _say("interrupted before there was any answer", Exit.INTERRUPTED)
    except BrokenPipeError:  # whoever read our output has gone: nothing is left to flush to
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.UNANSWERED


def _carry_out(argv: Sequence[str] | None) -> int:
    from hybrid.cli.arguments import parse
    from problems.errors import HybridError, Infeasible, MissingExtra, ProblemError, UnsuitableProblem

    where = ""
    try:
        options = parse(argv)
        where = f"{options.file}: " if getattr(options, "file", None) else ""
        status = options.command(options)
        sys.stdout.flush()
        return status
    except SystemExit as ended:
        return int(ended.code or 0)
    except (Infeasible, UnsuitableProblem) as error:  # these know the problem, but not its file
        return _say(f"{where}{error}", _status_of(isinstance(error, UnsuitableProblem)))
    except HybridError as error:
        return _say(str(error), _status_of(isinstance(error, ProblemError | MissingExtra)))


def _status_of(bad_input: bool) -> Exit:
    return Exit.BAD_INPUT if bad_input else Exit.UNANSWERED


def _say(sentence: str, status: Exit) -> Exit:
    print(f"hybrid: {' '.join(sentence.split())}", file=sys.stderr)
    return status
