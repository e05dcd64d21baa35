import multiprocessing
import os
import socket
import time
from dataclasses import dataclass, replace

import numpy as np
import pytest

from classical.distributed.one_byte import OneByteSpsa
from problems.contract import Array, BackendError, UnsuitableProblem
from problems.distributed.decentralised import DecentralisedTraining, WorkerSchedule
from problems.distributed.fleet import Fleet
from problems.minimisation import Landscape, Minimisation, Values

NOISY = Landscape("cosines", dimension=4, noise=0.05)
SOLVER = OneByteSpsa(evaluations=10**6, steps=40, learning_rate=0.1, codec="log8s", hash_every=10)
OVER_TCP = replace(SOLVER, transport="tcp")


@dataclass(frozen=True, eq=False)
class Failing(Minimisation):
    """A function whose measurement fails in one of several ways."""

    how: str = "raises"
    dimension = 4
    start = np.ones(4)

    def evaluate(self, x: Array, seed: int, gradient: bool = False) -> Values:
        if self.how == "raises":
            raise ValueError("no liquid helium")
        if self.how == "dies":
            os._exit(3)
        time.sleep(60)
        return Values(np.zeros(len(x)))

    def exact(self, x: Array) -> Array:
        return np.zeros(len(x))


def test_processes_equal_the_simulation_bit_for_bit():
    schedules = (WorkerSchedule(), WorkerSchedule(delay=3), WorkerSchedule(join=12, leave=30))
    problem = DecentralisedTraining(Fleet((NOISY,) * 3), schedules)
    simulated, real = SOLVER.solve(problem, seed=6), OVER_TCP.solve(problem, seed=6)
    assert real.solution.log.to_bytes() == simulated.solution.log.to_bytes()
    assert real.solution.replicas.tobytes() == simulated.solution.replicas.tobytes()
    assert real.history == simulated.history
    assert real.resources == simulated.resources
    assert real.feasible
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("raises", "no liquid helium"),
        ("dies", "is gone"),
        pytest.param("hangs", "did not answer", marks=pytest.mark.slow),
    ],
)
def test_processes_end_when_one_of_them_fails(how, sentence):
    solver = replace(OVER_TCP, timeout=8.0 if how == "hangs" else 60.0)
    problem = DecentralisedTraining(Fleet((NOISY, Failing(how))))
    with pytest.raises(BackendError, match=f"worker 1.*{sentence}"):
        solver.solve(problem)
    assert multiprocessing.active_children() == []


def test_a_stranger_on_the_port_is_shut_out(monkeypatch):
    from classical.distributed.tcp_fleet import TcpFleet

    replies = []
    entered = TcpFleet.__enter__

    def visited(self):
        fleet = entered(self)
        port = self._server.sockets[0].getsockname()[1]
        for greeting in (b"GET / HTTP/1.1\r\n\r\n", b"\0" * 9, b"\0" * 8 + b"\4" + b"\0" * 4):
            with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
                link.sendall(greeting)
                link.shutdown(socket.SHUT_WR)
                replies.append(link.recv(10))
        return fleet

    monkeypatch.setattr(TcpFleet, "__enter__", visited)
    result = OVER_TCP.solve(DecentralisedTraining(Fleet((NOISY,))))
    assert replies == [b"", b"", b""]
    assert result.feasible


def test_ctrl_c_ends_the_processes():
    def interrupt(row):
        if row["step"] == 5:
            raise KeyboardInterrupt

    result = OVER_TCP.solve(DecentralisedTraining(Fleet((NOISY,))), progress=interrupt)
    assert result.status == "interrupted"
    assert result.feasible
    assert multiprocessing.active_children() == []


def test_a_function_that_cannot_be_sent_is_refused():
    class Local(Landscape):
        pass

    with pytest.raises(UnsuitableProblem, match="worker 0 cannot be sent"):
        OVER_TCP.solve(DecentralisedTraining(Fleet((Local("cosines", dimension=4),))))
