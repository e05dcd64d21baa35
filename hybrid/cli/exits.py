"""The exit statuses of the command."""

from enum import IntEnum


class Exit(IntEnum):
    """How a command ended."""

    ANSWERED = 0  # a feasible answer
    UNANSWERED = 1  # ended without one: proved infeasible, nothing found, a failed backend
    BAD_INPUT = 2
    INTERRUPTED = 130  # answer or not
