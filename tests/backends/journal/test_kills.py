"""A process may die at any moment: no job is lost, none is sent twice, and the result is the same."""

import sys

import pytest

from tests.backends.journal.kills import survive


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL and no fork server")
def test_a_killed_run_loses_nothing_pays_nothing_twice_and_ends_alike(tmp_path):
    toll = survive(tmp_path, kills=3, seed=2)
    assert toll.kills == 3
    assert toll.runs >= 1
    assert (toll.lost, toll.twice, toll.differing) == (0, 0, 0)
