"""What a workload will take of a machine: executions, seconds, money; limits and prices with their dates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from problems.checking import check_integer, check_number

Plan = Literal["open", "pay_as_you_go", "flex", "premium"]
PRICES_DATE = "2026-06"  # of the list prices below, in US dollars per second of the machine
PRICES: dict[Plan, float] = {"open": 0.0, "pay_as_you_go": 1.60, "flex": 72 / 60, "premium": 48 / 60}
DEFAULT_REP_DELAY = 250e-6  # seconds between executions where a device does not say


@dataclass(frozen=True)
class Limits:
    """What the service takes in one job, as its documentation states it, and how long a job takes.

    Attributes:
        date: When the figures were read.
        executions: Circuits × parameter rows × shots.
        instructions: Of the control system, on one qubit, over all executions of a job.
        payload_bytes: Of a job's input.
        job_seconds: Of the machine.
        overhead_seconds: Added to each job, whatever it runs.

    Raises:
        ProblemError: If a figure is out of range.
    """

    date: str = "2026-06"
    executions: int = 10_000_000
    instructions: int = 26_800_000
    payload_bytes: int = 300_000_000
    job_seconds: float = 3 * 3600.0
    overhead_seconds: float = 2.0

    def __post_init__(self):
        for name in ("executions", "instructions", "payload_bytes"):
            check_integer(name, getattr(self, name), 1)
        check_number("job_seconds", self.job_seconds, 0.0, open_low=True)
        check_number("overhead_seconds", self.overhead_seconds, 0.0)


def machine_seconds(executions: int, duration: float, rep_delay: float | None, limits: Limits) -> float:
    """Return the seconds of one job: an overhead, and for each execution its duration and a pause."""
    pause = DEFAULT_REP_DELAY if rep_delay is None else rep_delay
    return limits.overhead_seconds + (pause + duration) * executions


def money(seconds: float, plan: Plan, price_per_second: float | None) -> float:
    """Return US dollars, at the price that was handed in or the list price of the plan."""
    return seconds * (PRICES[plan] if price_per_second is None else price_per_second)


def shots_for(precision: float) -> int:
    """Return the shots of each setting for a standard error of ``precision`` of one Pauli string."""
    return math.ceil(1 / precision**2)
