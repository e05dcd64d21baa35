"""A fleet within one process: every worker has its own copy and meets the others in messages alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from classical.distributed.fleet_of_workers import FleetOfWorkers
from classical.distributed.measurement import Report, begin_measurement, gathered
from problems.contract import Array
from problems.distributed.decentralised import DecentralisedTraining
from problems.distributed.message_log import MessageLog
from problems.distributed.replica import Replica


class SimulatedFleet(FleetOfWorkers):
    """Workers as objects; a step costs O(W² P), as every worker draws everybody's directions again.

    Args:
        problem: The workers' functions.
        start: Parameters ``[P]``.
        epsilon: Size of a perturbation.
    """

    def __init__(self, problem: DecentralisedTraining, start: Array, epsilon: float):
        self._problem, self._start, self._epsilon = problem, start, epsilon
        self.replicas: dict[int, Replica] = {}

    def __exit__(self, *error: Any) -> None:
        self.replicas.clear()

    def join(self, worker: int, log: MessageLog) -> None:
        """Let a worker rebuild the parameters from the start and the log."""
        self.replicas[worker] = log.replay(self._start)

    def leave(self, worker: int) -> None:
        """Let a worker go."""
        del self.replicas[worker]

    def step(self, members: tuple[int, ...]) -> Report:
        """Let all members measure, send, and apply what arrives."""
        waiting = {
            w: begin_measurement(self._problem.worker(w), self.replicas[w], w, self._epsilon) for w in members
        }
        sent = {worker: finish() for worker, finish in waiting.items()}
        for worker in members:
            replica = self.replicas[worker]
            for sender, report in sent.items():
                replica.receive(replica.step, sender, report.payload)
            replica.advance(members)
        return gathered([sent[w] for w in members])

    def fingerprints(self, members: tuple[int, ...]) -> dict[int, bytes]:
        """Return the fingerprint of each member's copy."""
        return {worker: self.replicas[worker].fingerprint() for worker in members}

    def parameters(self, members: tuple[int, ...]) -> Array:
        """Return the members' copies ``[A, P]``."""
        return np.stack([self.replicas[worker].parameters for worker in members])
