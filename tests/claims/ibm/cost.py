"""What a run will take of a machine: told before anything is sent, held against what the service measures."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from problems.binary import MaxCut
from tests.backends.ibm_stub import Stub
from tests.claims.ibm.environment import Said, hybrid, serving
from tests.claims.table import Row

FACTOR = 1.5  # between what is told and what is measured
SHARE = 0.5  # of the estimate that the budget allows
ACCOUNT = ("QISKIT_IBM_TOKEN", "QISKIT_IBM_INSTANCE", "QISKIT_IBM_URL", "HYBRID_IBM_GATEWAY", "IAM_URL")


def rows(quick: bool) -> Iterator[Row]:
    """Estimate and run the same words, then the same with a budget that is too small."""
    with tempfile.TemporaryDirectory() as name, serving("torino") as stub:
        folder = Path(name)
        words = words_of(folder, quick)
        told = answer(hybrid(folder, "estimate", *words, "--backend", "ibm:stub_torino", "--json", "-"))
        nothing = stub.count("POST", "/jobs") == 0
        ran = answer(hybrid(folder, "solve", *words, "--backend", "ibm:stub_torino", "--json", "-"))
        yield _estimate("ibm:stub_torino", told, ran, stub, nothing)
        local = hybrid(
            folder, "estimate", *words, "--backend", "ibm:fake_torino", "--json", "-", without=ACCOUNT
        )
        yield _estimate("ibm:fake_torino, no account", answer(local), ran, stub, True)
        yield _budget(folder, words, told["qpu_seconds"], stub)


def words_of(folder: Path, quick: bool) -> tuple[str, ...]:
    """Write a cut of eight nodes and return the words of a QAOA run of it."""
    cut, path = MaxCut.regular(3, 8, seed=1), folder / "cut.txt"
    lines = [f"{cut.n} {len(cut.edges)}", *(f"{i + 1} {j + 1} 1" for i, j in cut.edges)]
    path.write_text("\n".join(lines) + "\n")
    evaluations, shots = (5, 1000) if quick else (25, 2000)
    fields = (
        "layers=1",
        f"optimizer.evaluations={evaluations}",
        f"shots={shots}",
        f"evaluation_shots={shots}",
    )
    settings = [word for field in fields for word in ("--set", field)]
    return (path.name, "--problem", "maxcut", "--solver", "qaoa", *settings, "--seed", "1")


def answer(said: Said) -> Mapping[str, Any]:
    """Read the JSON of a command line.

    Raises:
        RuntimeError: If it failed.
    """
    if said.status:
        raise RuntimeError(f"hybrid ended with {said.status}: {said.errors}")
    return json.loads(said.output)


def _estimate(name: str, told: Mapping[str, Any], ran: Mapping[str, Any], stub: Stub, nothing: bool) -> Row:
    seconds, executions = (
        sum(job.quantum_seconds for job in stub.jobs),
        sum(job.executions for job in stub.jobs),
    )
    ratio = told["qpu_seconds"] / seconds
    near = 1 / FACTOR < ratio < FACTOR and 1 / FACTOR < told["shots"] / executions < FACTOR
    same = all(told[key] == ran[key] for key in ("depth", "two_qubit_gates"))
    return Row(
        f"hybrid estimate, QAOA on {name}: within a factor {FACTOR} of the service, none sent",
        "",
        f"measured {seconds:.1f} s, {executions} shots, {len(stub.jobs)} jobs",
        f"told {told['qpu_seconds']:.1f} s ({ratio:.2f} of it), {told['shots']:g} shots, "
        f"{told['jobs']:g} jobs, ${told['money']:.2f}",
        near and same and nothing,
    )


def _budget(folder: Path, words: tuple[str, ...], estimate: float, stub: Stub) -> Row:
    limit, before = round(SHARE * estimate, 1), len(stub.jobs)
    line = (*words, "--backend", "ibm:stub_torino", "--journal", "second.sqlite", "--json", "-")
    found = answer(hybrid(folder, "solve", *line, "--budget", f"qpu_seconds={limit}"))
    seconds = sum(job.quantum_seconds for job in stub.jobs[before:])
    good = found["status"] == "budget" and found["feasible"] and 0 < seconds <= limit
    return Row(
        "--budget qpu_seconds: stops before it is exceeded, with the best answer so far",
        "",
        f"limit {limit:g} s, needed {estimate:.1f} s",
        f"{seconds:.1f} s in {len(stub.jobs) - before} jobs, status {found['status']}, "
        f"objective {found['objective']:g}",
        good,
    )
