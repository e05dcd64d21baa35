"""Looking for a job at a backend whose look-up may lag behind its submissions."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from backends.backend import Job
from problems.errors import BackendError

FIRST_PAUSE, LAST_PAUSE, GROWTH = 0.05, 10.0, 2.0  # seconds between two looks, and its growth


def look_until(look: Callable[[], Job | None], deadline: float, seed: int) -> Job | None:
    """Look at least once, and again with growing pauses until a job is there or the deadline is past.

    Args:
        look: Returns the job, or None as long as there is none.
        deadline: By ``time.time()``.
        seed: Of the jitter, ±50 % of each pause, which keeps many waiting processes from asking in step.

    Raises:
        BackendError: If the last look failed: whether the job is there is then unknown.
    """
    rng, pause = np.random.default_rng(seed), FIRST_PAUSE
    while True:
        try:
            job, trouble = look(), None
        except BackendError as error:
            if not error.retryable:
                raise
            job, trouble = None, error
        left = deadline - time.time()
        if job is not None:
            return job
        if left <= 0:
            break
        time.sleep(min(left, pause * rng.uniform(0.5, 1.5)))
        pause = min(GROWTH * pause, LAST_PAUSE)
    if trouble is not None:
        raise trouble
    return None
