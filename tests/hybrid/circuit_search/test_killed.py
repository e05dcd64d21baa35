"""A search on the command line that is killed without warning, three times, and started again."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from problems.ground_state import GroundState

pytest.importorskip("jax", reason='the extra "learning" is not installed')

WORDS = (
    "episodes=600", "max_gates=8", "curriculum.every=10", "curriculum.window=30", "learner.hidden=32",
    "learner.batch=16", "learner.decay=600", "checkpoint_every=10",
)  # fmt: skip
PATIENCE = 120.0  # seconds for a checkpoint to be written


def started(folder, checkpoint):
    """The command as a process of its own; its answer goes to the JSON beside the checkpoint."""
    command = [sys.executable, "-m", "hybrid", "solve", str(folder / "chain.json"), "--solver", "crlqas"]
    command += ["--seed", "5", "--json", str(checkpoint.with_suffix(".json"))]
    for word in (*WORDS, f"checkpoint={checkpoint}"):
        command += ["--set", word]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def written(path):
    """When a file was last written, None if there is none."""
    return path.stat().st_mtime_ns if path.exists() else None


def kill_after(process, path, writings, pause):
    """Kill a process some time after it has written a file so many times more."""
    deadline, seen, count = time.monotonic() + PATIENCE, written(path), 0
    while count < writings:
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline, "it wrote no checkpoint"
        time.sleep(0.002)
        if written(path) != seen:
            seen, count = written(path), count + 1
    time.sleep(pause)
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="kills by a signal")
def test_a_killed_command_started_again_ends_with_the_same_circuit(tmp_path):
    GroundState.transverse_field_ising(3).write(tmp_path / "chain.json")
    whole, killed = tmp_path / "whole.npz", tmp_path / "killed.npz"
    assert started(tmp_path, whole).wait() == 0
    moments = np.random.default_rng(29)
    for _ in range(3):
        process = started(tmp_path, killed)
        kill_after(process, killed, int(moments.integers(1, 6)), float(moments.uniform(0.0, 0.1)))
        assert process.returncode == -signal.SIGKILL
        assert not killed.with_suffix(".json").exists()
    assert started(tmp_path, killed).wait() == 0
    first, again = (json.loads(path.with_suffix(".json").read_text()) for path in (whole, killed))
    assert again["solution"] == first["solution"]
    assert again["objective"] == first["objective"]
    assert first["solution"]
