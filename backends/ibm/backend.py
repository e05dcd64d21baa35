"""IBM's quantum computers as a backend."""

from __future__ import annotations

import uuid
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np

from backends.backend import Backend, FinishedJob, Job, refuse_unsuitable, usage_of
from backends.ibm import client
from backends.ibm.checking import check_fields
from backends.ibm.compile import Compiled, Placement, SwapStrategy
from backends.ibm.connection import ANY, Access, Connection, DeviceStatus
from backends.ibm.cost import Limits, Plan, machine_seconds, money, shots_for
from backends.ibm.jobs import IBMJob
from backends.ibm.mitigation import Method
from backends.ibm.options import Mitigation, Twirling, seeded, tagged
from backends.ibm.preflight import refusals
from backends.ibm.pubs import label_of, measured_settings, pubs_of, readout_errors
from backends.ibm.retry import Retries
from backends.ibm.snapshots import Simulators
from backends.ibm.submission import Block, Quota, send
from backends.ibm.transpiler import Transpiler
from backends.workload import Estimate, Expectation, Samples, Sampling, Workload

FREE = {"compare": False, "metadata": {"content": False}}  # does not change what an outcome means


@dataclass(frozen=True)
class IBMQuantum(Backend):
    """Run on a quantum computer of IBM, by the executor primitives of qiskit-ibm-runtime.

    A workload, with its whole population of parameters, is one job of one circuit: ansätze are transpiled
    once per structure with free parameters. What a machine would refuse after the queue is refused before
    anything is sent. Names that begin with ``fake_`` are snapshots of devices that the client simulates in
    this process, with neither account nor network.

    Three modes differ in waiting and in what is billed. In "job" mode each job queues, and its own seconds of
    the machine are billed. A "batch" queues once for many jobs that do not wait for each other, and their
    seconds are billed. A "session" holds the machine for a loop whose next job depends on the last: billed is
    the time on the clock from its first job until it is closed, the seconds in which a classical optimizer
    thinks included. Batches and sessions are opened by ``with`` (a solver does so) and closed at its end;
    the plan without charge has no sessions.

    Attributes:
        name: Of the device, or "least_busy": of those wide enough the one with the shortest queue.
        mode: "job", "batch" or "session".
        account: Name of a saved account; by default the environment's, then the account saved as default.
        instance: CRN or name of the service instance.
        min_num_qubits: What "least_busy" may not fall below, beside the width of the workload.
        optimization_level: Of the transpiler; 3 places circuits on the qubits with the least error.
        seed_transpiler: Of the transpiler.
        initial_layout: The physical qubit of each qubit.
        fractional_gates: Use the device's rx and rzz of any angle. Not with gate twirling or extrapolation.
        swap_strategy: "line": a swap network on a line for QAOA, "transpiler": Qiskit's routing, "auto": the
            one of the two with the smaller expected error, where the cost couples many pairs.
        dynamical_decoupling: The pulse sequence on waiting qubits, or None.
        twirling: Random Pauli gates around gates and measurements.
        resilience_level: Of expectation values: 0 none, 1 readout errors, 2 zero-noise extrapolation too.
        noise_factors: Of the extrapolation.
        readout_mitigation: Of samplings, from the device's readout errors, as ``Samples.weights``.
        default_precision: Standard error of expectation values where the workload names none.
        max_time: Seconds after which the service closes a batch or session.
        max_execution_time: Seconds of the machine after which the service ends a job.
        retries: How failures are met.
        gateway: Base URL of the REST API in place of IBM's; by default ``HYBRID_IBM_GATEWAY`` if it is set.
        plan: What seconds of the machine cost, by list prices with a date.
        price_per_second: In US dollars, in place of the list price.
        limits: Of the service on one job.

    Raises:
        ProblemError: If a field is out of range, or two exclude each other.
        MissingExtra: If qiskit-ibm-runtime is not installed.
    """

    local: ClassVar[bool] = False
    noisy: ClassVar[bool] = True

    name: str = ANY
    mode: Literal["job", "batch", "session"] = field(default="job", **FREE)
    account: str | None = field(default=None, **FREE)
    instance: str | None = field(default=None, **FREE)
    min_num_qubits: int | None = None
    optimization_level: int = 3
    seed_transpiler: int = 0
    initial_layout: tuple[int, ...] | None = None
    fractional_gates: bool = False
    swap_strategy: SwapStrategy = "auto"
    dynamical_decoupling: Literal["XX", "XpXm", "XY4"] | None = None
    twirling: Twirling = Twirling()
    resilience_level: Literal[0, 1, 2] = 1
    noise_factors: tuple[float, ...] = (1.0, 3.0, 5.0)
    readout_mitigation: Method | None = None
    default_precision: float = 1 / 64
    max_time: int | None = field(default=None, **FREE)
    max_execution_time: int | None = field(default=None, **FREE)
    retries: Retries = field(default=Retries(), **FREE)
    gateway: str | None = field(default=None, **FREE)
    plan: Plan = field(default="pay_as_you_go", **FREE)
    price_per_second: float | None = field(default=None, **FREE)
    limits: Limits = field(default=Limits(), **FREE)

    def __post_init__(self):
        client.require()
        check_fields(self)

    @classmethod
    def from_name(cls, argument: str) -> IBMQuantum:
        """Return the backend of a device's name, "least_busy" if there is none."""
        return cls(name=argument or ANY)

    def devices(self) -> tuple[DeviceStatus, ...]:
        """Return the devices of the account, the shortest queue first."""
        return Connection(self._access, ANY, False, None).list()

    def unsuitable(self, workload: Workload) -> str | None:
        """Refuse what the service or the device would refuse, and gradients."""
        if isinstance(workload, Expectation):
            if workload.gradient:
                return "a machine has no exact gradients; take a gradient-free optimizer or Statevector"
            if workload.share < 1:
                return "it has no exact share of the lowest outcomes; sample, or use Statevector"
        n = workload.ansatz.num_qubits
        device = self._connection.device(n)
        if n > device.num_qubits:
            return (
                f"{n} qubits, and {device.name} has {device.num_qubits}; take fewer variables or a wider one"
            )
        prepared = self._transpiler.attempt(workload)
        if isinstance(prepared, str):
            return prepared
        settings, executions = self._amounts(workload)
        values = prepared.values(workload.ansatz.angles(workload.parameters))
        sampling = isinstance(workload, Sampling)
        checks = prepared.circuit, values, device.target, settings, executions, sampling, self.limits
        why = next(refusals(*checks), None)
        seconds = self._seconds(prepared, executions)
        if why is None and seconds > self.limits.job_seconds:
            most = f"{self.limits.job_seconds:,.0f} (limit as of {self.limits.date})"
            why = f"about {seconds:,.0f} seconds of the machine and a job may take {most}; take fewer shots"
        return why

    def estimate(self, workload: Workload) -> Mapping[str, float]:
        """Count shots, circuits and jobs, seconds and money, and gates and depth as transpiled.

        Seconds follow the service's rule of thumb: an overhead per job, and for each execution the pause
        before it and its duration, with all that mitigation multiplies. Money is US dollars.
        """
        prepared = self._transpiler.compiled(workload)
        settings, executions = self._amounts(workload)
        seconds = self._seconds(prepared, executions) if settings else 0.0
        counted = usage_of(
            workload,
            shots=float(executions),
            depth=float(prepared.depth),
            two_qubit_gates=float(prepared.two_qubit_gates),
            qpu_seconds=seconds,
            money=money(seconds, self.plan, self.price_per_second),
        )
        counted["circuits"] = float(settings)
        return counted

    def submit(self, workload: Workload, tag: str = "") -> Job:
        """Send one job; an uncertain submission is looked up by its tag before it is sent again."""
        refuse_unsuitable(self, workload)
        rows = len(workload.parameters)
        if isinstance(workload, Expectation) and 0 in (rows, len(workload.observables)):
            nothing = np.zeros((rows, len(workload.observables)))
            return FinishedJob(tag or "empty", Estimate(nothing, nothing, None, self.estimate(workload)))
        if rows == 0:
            bits = np.zeros((0, getattr(workload, "shots", 0), workload.ansatz.num_qubits), dtype=np.uint8)
            return FinishedJob(tag or "empty", Samples(bits, None, self.estimate(workload)))
        # two submissions must never share a tag, in any process: this draw touches no outcome
        return self._sent(workload, tag or f"hybrid-{uuid.uuid4().hex}", self.retries.resubmit_failed)

    def attach(self, job_id: str) -> Job | None:
        """Return the job of this id, or None if the service does not know it."""
        if self._connection.local:
            return next((job for job in self._kept.values() if job.id == job_id), None)
        doing = f"looking for job {job_id}"
        found = self._connection.read(lambda service: client.job_or_none(service, job_id), doing)
        return None if found is None else IBMJob(found, self._connection)

    def find(self, tag: str) -> Job | None:
        """Return the job that carries this tag, or None if the service lists none yet."""
        if self._connection.local:
            return self._kept.get(tag)
        doing = f"looking for the tag {tag}"
        found = self._connection.read(lambda service: service.jobs(job_tags=[tag], limit=1), doing)
        return IBMJob(found[0], self._connection) if found else None

    def __enter__(self) -> IBMQuantum:
        """Let the first job open the batch or session."""
        if self.mode == "session" and self.plan != "open" and not self._connection.local:
            bill = (
                "a session is billed by the clock from its first job until it closes, computing time included"
            )
            warnings.warn(bill, stacklevel=2)
        self._block.depth += 1
        return self

    def __exit__(self, *error: Any) -> None:
        """Close what was opened: running jobs finish, no new ones are taken."""
        self._block.depth -= 1
        if self._block.depth == 0:
            self._block.close()

    def _sent(self, workload: Workload, tag: str, again: int) -> IBMJob:
        """Send a job under a tag; ``again`` times more if it fails on the server."""
        prepared, usage = self._transpiler.compiled(workload), self.estimate(workload)
        self._quota.refuse(usage["qpu_seconds"])
        device = self._connection.device(workload.ansatz.num_qubits)
        method, errors = self.readout_mitigation, None
        if method is not None and isinstance(workload, Sampling):
            errors = readout_errors(device, prepared.qubits)
        pubs = pubs_of(workload, prepared, label_of(workload, usage, method, errors))
        mode, choices = self._block.mode(device), self._mitigation
        if self._connection.local and self.dynamical_decoupling is None:  # which needs a device's timing
            mode = self._simulators.of(device, prepared.circuit)

        def run() -> Any:
            if isinstance(workload, Sampling):
                options = self._told(choices.sampling(), workload, tag)
                return client.sampler(mode, options).run(pubs, shots=workload.shots)
            options = self._told(choices.expectation(), workload, tag)
            precision = workload.precision or self.default_precision
            return client.estimator(mode, options).run(pubs, precision=precision)

        resend = None if again == 0 else lambda: self._sent(workload, f"{tag}-again-{again}", again - 1)
        job = IBMJob(send(self._connection, run, tag), self._connection, resend)
        if self._connection.local:
            self._kept[tag] = job
        return job

    def _told(self, options: Mapping[str, Any], workload: Workload, tag: str) -> Mapping[str, Any]:
        """Options with the tag, and for a simulated device the seed."""
        options = tagged(options, tag)
        return seeded(options, workload.seed) if self._connection.local else options

    @property
    def _mitigation(self) -> Mitigation:
        return Mitigation(
            self.twirling,
            self.dynamical_decoupling,
            self.resilience_level,
            self.noise_factors,
            self.max_execution_time,
        )

    def _amounts(self, workload: Workload) -> tuple[int, int]:
        """The settings that are measured, and the executions of all with what mitigation multiplies."""
        settings = measured_settings(workload)
        if settings == 0:
            return 0, 0
        if isinstance(workload, Sampling):
            return settings, self._mitigation.executions(settings, workload.shots, True)
        shots = shots_for(workload.precision or self.default_precision)
        return settings, self._mitigation.executions(settings, shots, False)

    def _seconds(self, prepared: Compiled, executions: int) -> float:
        pause = getattr(self._connection.device(), "default_rep_delay", None)
        return machine_seconds(executions, prepared.duration, pause, self.limits)

    @cached_property
    def _transpiler(self) -> Transpiler:
        place = Placement(
            self.optimization_level, self.seed_transpiler, self.initial_layout, self.swap_strategy
        )
        return Transpiler(place, lambda num_qubits: self._connection.device(num_qubits).target)

    @cached_property
    def _block(self) -> Block:
        return Block(self.mode, self.max_time, self._connection)

    @cached_property
    def _simulators(self) -> Simulators:
        return Simulators()

    @cached_property
    def _quota(self) -> Quota:
        return Quota(self._connection)

    @cached_property
    def _kept(self) -> dict[str, IBMJob]:
        return {}

    @property
    def _access(self) -> Access:
        return Access(self.account, self.instance, self.gateway, self.retries)

    @cached_property
    def _connection(self) -> Connection:
        return Connection(self._access, self.name, self.fractional_gates, self.min_num_qubits)

    def __getstate__(self) -> dict[str, object]:
        """Leave connections and circuits behind: they are made again where they are needed."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}
