"""How the length of steps shrinks over a run."""

from __future__ import annotations

from typing import Literal

Schedule = Literal["constant", "sqrt", "exp"]
SCHEDULES = ("constant", "sqrt", "exp")


def scheduled(length: float, schedule: Schedule, step: int, steps: int) -> float:
    """Return the length of step t (0, 1, …) of T.

    "constant"; "sqrt": length / √(t + 1); "exp": length (1/T)^{t/T}, which falls to length / T at the end.
    """
    if schedule == "sqrt":
        return length / (step + 1) ** 0.5
    if schedule == "exp":
        return length * steps ** (-step / steps)
    return length
