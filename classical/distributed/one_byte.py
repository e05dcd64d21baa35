"""One-byte SPSA: many workers train one parameter vector and send one byte per gradient estimate.

Reference: Zelikman, Huang, Liang, Haber, Goodman, "Just one byte (per gradient)", arXiv 2306.10015. A worker
measures the loss at θ ± εz along a direction z that all workers can draw from shared randomness; what it
sends is the slope in eight bits, and everybody moves by the mean of slope times direction. The code is a true
byte: sign and seven bits of logarithm. With one worker this is plain SPSA with Gaussian directions.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import numpy as np

from classical.distributed.fleet_of_workers import FleetOfWorkers
from classical.distributed.simulated_fleet import SimulatedFleet
from classical.minimisation.evaluations import start_of
from problems.checking import check_choice, check_integer, check_number
from problems.contract import Array, NothingFound, Solver
from problems.distributed.codecs import Codec
from problems.distributed.decentralised import DecentralisedRun, DecentralisedTraining
from problems.distributed.message_log import MessageLog
from problems.distributed.protocol import Protocol, Update, check_rules
from problems.run import Run

TOLERATED_SHARE = 0.5  # of estimates without a value; beyond it the training has failed


@dataclass(frozen=True)
class OneByteSpsa(Solver[DecentralisedTraining, DecentralisedRun]):
    """Train by exchanging one byte per estimate; copies stay equal to the last bit, and workers come and go.

    A worker that joins rebuilds the parameters from the start and the log. A message that travels is applied
    by everybody when it arrives, with the direction of the step it was sent at. The work of a step of W
    workers with s samples is 2 W s evaluations, and W s directions drawn by each worker. Fleets, and single
    functions as a fleet of one, are solved too, with the parameters as the answer.

    Attributes:
        evaluations: How many at most, two per worker, step and sample.
        steps: How many at most; None for as many as the evaluations allow.
        learning_rate: λ; it can grow with the number of workers.
        epsilon: ε; about 1e-3 for exact losses, 0.1 to 0.3 for angles where shots are noisy, since the
            variance of a slope is that of the noise over 2ε².
        samples_per_worker: Directions that a worker measures per step, all on one mini-batch.
        codec: "log8" (one byte), "log8s" (one byte, rounded at random without bias), "sign", "e4m3", or
            "f32" and "f64" for comparison.
        update: What is done with the mean estimate.
        gain: What the code is relative to; "auto" follows the sizes that were sent last.
        clip: Estimates are cut to this many times their median size, against a few wild workers.
        hash_every: Steps after which the copies are compared by a hash of 64 bits; a copy that differs from
            the log is rebuilt from it.
        transport: "simulation" within this process, or "tcp": a process per worker, on the loopback device.
        timeout: Seconds that a process may take to answer.
    """

    evaluations: int = 2000
    steps: int | None = None
    learning_rate: float = 0.05
    epsilon: float = 0.1
    samples_per_worker: int = 1
    codec: Codec = "log8"
    update: Update = "sgd"
    gain: float | Literal["auto"] = "auto"
    clip: float | None = None
    hash_every: int = 50
    transport: Literal["simulation", "tcp"] = "simulation"
    timeout: float = 60.0

    def __post_init__(self):
        check_integer("evaluations", self.evaluations, 2)
        if self.steps is not None:
            check_integer("steps", self.steps, 1)
        check_rules(self.codec, self.learning_rate, self.update, self.gain, self.clip)
        check_number("epsilon", self.epsilon, 0.0, open_low=True)
        check_integer("samples_per_worker", self.samples_per_worker, 1)
        check_integer("hash_every", self.hash_every, 1)
        check_choice("transport", self.transport, ("simulation", "tcp"))
        check_number("timeout", self.timeout, 0.0, open_low=True)

    def unsuitable(self, problem: DecentralisedTraining) -> str | None:
        """Refuse a fleet whose first step is beyond the evaluations, or that cannot be sent to processes."""
        first = 2 * self.samples_per_worker * len(problem.active(0))
        if first > self.evaluations:
            return f"its first step takes {first} evaluations, and it has {self.evaluations}"
        if self.transport == "tcp":
            from classical.distributed.tcp_fleet import unsendable

            return unsendable(problem)
        return None

    def planned_steps(self, problem: DecentralisedTraining) -> int:
        """Return how many steps the evaluations and the schedules allow."""
        left, step = self.evaluations, 0
        while self.steps is None or step < self.steps:
            cost = 2 * self.samples_per_worker * len(problem.active(step))
            if cost == 0 or cost > left:
                break
            left, step = left - cost, step + 1
        return step

    def protocol(self, problem: DecentralisedTraining, seed: int) -> Protocol:
        """Return the rules that the workers share."""
        named = sorted((s.identity, s.delay) for s in problem.schedules if s.identity is not None)
        ids, delays = zip(*named, strict=True)
        return Protocol(
            seed, problem.dimension, ids, delays, self.samples_per_worker, self.codec, self.learning_rate,
            self.update, self.gain, self.clip, problem.bounds,
        )  # fmt: skip

    def _solve(self, problem: DecentralisedTraining, run: Run) -> DecentralisedRun:
        protocol = self.protocol(problem, run.seed())
        fleet_start = problem.fleet.start
        start = protocol.clipped(
            start_of(problem.fleet.workers[0], run) if fleet_start is None else fleet_start
        )
        ledger = _Ledger(protocol, np.asarray(start, dtype=float))
        try:
            with self._fleet(problem, protocol, ledger.start) as fleet:
                for step in run.steps(self.planned_steps(problem), "step of the fleet"):
                    self._step(problem, fleet, ledger, step, run)
                ledger.refuse_silence()
                self._compare(fleet, ledger, run)
                return ledger.run(fleet.parameters(ledger.there) if ledger.there else None)
        except BaseException as error:
            if np.isfinite(ledger.level) and not isinstance(error, Overflow):
                run.offer(ledger.run(None), ledger.level)
            raise

    def _fleet(self, problem: DecentralisedTraining, protocol: Protocol, start: Array) -> FleetOfWorkers:
        if self.transport == "simulation":
            return SimulatedFleet(problem, start, self.epsilon)
        from classical.distributed.tcp_fleet import TcpFleet

        return TcpFleet(problem, protocol, start, self.epsilon, self.timeout)

    def _step(
        self, problem: DecentralisedTraining, fleet: FleetOfWorkers, ledger: _Ledger, step: int, run: Run
    ) -> None:
        members = problem.active(step)
        for worker in set(ledger.there) - set(members):
            fleet.leave(worker)
        newcomers = sorted(set(members) - set(ledger.there))
        for worker in newcomers:
            fleet.join(worker, ledger.log)
        ledger.there = members
        if step % self.hash_every == 0 or newcomers:
            self._compare(fleet, ledger, run)
        report = fleet.step(members)
        seen = [loss for loss in report.losses if np.isfinite(loss)]
        level = float(np.mean(seen)) if seen else float("nan")
        ledger.add(members, report.payload, level, report.missing)
        run.spent(evaluations=2 * self.samples_per_worker * len(members), bytes_sent=len(report.payload))
        if report.missing:
            run.spent(estimates_without_value=report.missing)
        run.record(step=step, objective=level, workers=len(members), bytes=len(report.payload))
        if (step + 1) % self.hash_every == 0:
            ledger.refuse_silence()

    def _compare(self, fleet: FleetOfWorkers, ledger: _Ledger, run: Run) -> None:
        """Compare the copies by their hash; where they differ, the log decides and the others rebuild.

        Raises:
            NothingFound: If a copy differs even after it was rebuilt.
        """
        prints = fleet.fingerprints(ledger.there)
        if len(Counter(prints.values())) <= 1:
            return
        right = ledger.log.replay(ledger.start).fingerprint()
        astray = [worker for worker, seen in prints.items() if seen != right]
        run.spent(resynchronisations=len(astray))
        run.note(f"the copies of workers {astray} differed at step {ledger.log.steps} and were rebuilt")
        for worker in astray:
            fleet.join(worker, ledger.log)
        still = [w for w, seen in fleet.fingerprints(tuple(astray)).items() if seen != right]
        if still:
            why = "another type of number, or another version of the generator"
            raise NothingFound(f"the copies of workers {still} differ even when rebuilt from the log: {why}")


class Overflow(NothingFound):
    """The parameters are no numbers any more, so that there is nothing to answer."""


class _Ledger:
    """The log as it grows, and what an observer keeps beside it."""

    def __init__(self, protocol: Protocol, start: Array):
        self.protocol, self.start = protocol, start
        self.there: tuple[int, ...] = ()
        self.members: list[tuple[int, ...]] = []
        self.payloads: list[bytes] = []
        self.level = float("nan")
        self._missing, self._asked = 0, 0

    @property
    def log(self) -> MessageLog:
        return MessageLog.of(self.protocol, self.members, self.payloads)

    def add(self, members: tuple[int, ...], payload: bytes, level: float, missing: int) -> None:
        self.members.append(members)
        self.payloads.append(payload)
        self.level = level if np.isfinite(level) else self.level
        self._missing += missing
        self._asked += len(members) * self.protocol.samples

    def refuse_silence(self) -> None:
        """Give up if most estimates since the last time had no value."""
        missing, asked = self._missing, self._asked
        self._missing, self._asked = 0, 0
        if missing > TOLERATED_SHARE * asked:
            raise NothingFound(
                f"{missing} of {asked} estimates had no value, as losses were not finite; lower the learning "
                "rate or the perturbation"
            )

    def run(self, replicas: Array | None) -> DecentralisedRun:
        """The outcome; without the workers' copies the one that the log gives."""
        log = self.log
        copies = log.replay(self.start).parameters[None] if replicas is None else replicas
        if not np.all(np.isfinite(copies)):
            raise Overflow("the parameters overflowed; lower the learning rate")
        return DecentralisedRun(copies[0], copies, self.start, log)
