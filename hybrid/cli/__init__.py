"""The command ``hybrid``: solve, estimate, judge, solvers, backends."""

from __future__ import annotations

import sys
from collections.abc import Sequence

OK, NO_ANSWER, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status.

    0: a feasible answer. 1: ended without one. 2: bad input. 130: interrupted, answer or not. Errors are one
    sentence on standard error.
    """
    from hybrid.cli.arguments import parse

    options = parse(argv)
    from problems.errors import HybridError as Said
    from problems.errors import Infeasible, MissingExtra, ProblemError, UnsuitableProblem

    try:
        return options.command(options)
    except KeyboardInterrupt:
        print("hybrid: interrupted before there was any answer", file=sys.stderr)
        return INTERRUPTED
    except Said as error:
        print(f"hybrid: {' '.join(str(error).split())}", file=sys.stderr)
        bad = isinstance(error, ProblemError | UnsuitableProblem | MissingExtra) and not isinstance(
            error, Infeasible
        )
        return BAD_INPUT if bad else NO_ANSWER
