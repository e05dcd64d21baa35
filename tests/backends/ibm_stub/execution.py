"""Simulate what a job asks for: the program of the client's primitives, with the noise of the device.

The functions of the client's package that are called here are its internal ones of version 0.51.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from math import prod
from typing import Any

import numpy as np
from ibm_quantum_schemas.common import CompressedTensorModel
from ibm_quantum_schemas.executor.version_2_0.models import (
    ChunkPart,
    ChunkSpan,
    ItemMetadataModel,
    MetadataModel,
    ParamsModel,
    QuantumProgramResultItemModel,
    QuantumProgramResultModel,
)
from qiskit_ibm_runtime.fake_provider.executor.broadcast_sample import broadcast_sample
from qiskit_ibm_runtime.quantum_program.converters.converters_2_0 import quantum_program_from_2_0
from samplomatic.quantum_program import SamplexItem

from tests.backends.ibm_stub.devices import Device
from tests.backends.ibm_stub.preflight import angle_refusal, duration, refusal
from tests.backends.ibm_stub.sampling import sample

JOB_OVERHEAD = 2.0  # seconds of the device that a job takes beside its shots


@dataclass(frozen=True)
class Program:
    """A job's program as it was read.

    Attributes:
        model: The request.
        items: One entry for each circuit, with its arguments.
        shots: Of each execution.
        refusal: Why the device cannot run it, or None.
        executions: Shots of all circuits with all arguments.
        quantum_seconds: What they take on the device.
    """

    model: ParamsModel
    items: tuple[Any, ...]
    shots: int
    refusal: str | None
    executions: int
    quantum_seconds: float


def read_program(params: dict[str, Any], device: Device) -> Program:
    """Read a job's parameters and price them.

    Raises:
        ValueError: If they do not follow the schema.
    """
    model = ParamsModel.model_validate(params)
    program, options = quantum_program_from_2_0(model)
    why = None
    if program.meas_level != "classified":
        why = f"measurement level {program.meas_level} is not simulated; only classified bits are"
    why = why or next(filter(None, (_refusal(item, device) for item in program.items)), None)
    delay = options.execution.rep_delay
    delay = device.repetition_delay if delay is None else delay
    executions, seconds = 0, JOB_OVERHEAD
    for item in program.items:
        count = program.shots * prod(item.shape)
        executions += count
        if why is None:
            seconds += count * (delay + duration(item.circuit, device.target))
    return Program(model, tuple(program.items), program.shots, why, executions, seconds)


def _refusal(item: Any, device: Device) -> str | None:
    why = refusal(item.circuit, device.target)
    if why is None and not isinstance(item, SamplexItem):
        why = angle_refusal(item.circuit, np.asarray(item.circuit_arguments))
    return why


def run_program(program: Program, device: Device, seed: int) -> str:
    """Simulate a program and return its results as the service writes them.

    Each gate has the depolarising and relaxation errors of the device, each measured qubit its readout error.
    """
    seeds = np.random.SeedSequence(seed).generate_state(len(program.items), np.uint32) >> 1
    results, spans = [], []
    for index, item in enumerate(program.items):
        start = datetime.now(UTC)
        results.append(_run(item, program, device, int(seeds[index])))
        size = prod(item.shape)
        axes = max(len(item.shape), 1)
        part = ChunkPart(idx_item=index, size=size, permutation=list(range(axes)), element_range=(0, size, 1))
        spans.append(ChunkSpan(start=start, stop=datetime.now(UTC), parts=[part]))
    request = program.model.quantum_program
    return QuantumProgramResultModel(
        data=results,
        metadata=MetadataModel(chunk_timing=spans),
        passthrough_data=request.passthrough_data,
        semantic_role=request.semantic_role,
    ).model_dump_json()


def _run(item: Any, program: Program, device: Device, seed: int) -> QuantumProgramResultItemModel:
    rng = np.random.default_rng(seed)
    if isinstance(item, SamplexItem):
        item.samplex.finalize()
        drawn = broadcast_sample(item.samplex, item.samplex_arguments, item.shape, rng)
        values = drawn.pop("parameter_values", np.zeros((*item.shape, 0)))
    else:
        drawn, values = {}, np.asarray(item.circuit_arguments)
    arrays = drawn | sample(item.circuit, values, program.shots, device.errors, rng)
    tensors = {name: CompressedTensorModel.from_numpy(array) for name, array in arrays.items()}
    return QuantumProgramResultItemModel(results=tensors, metadata=ItemMetadataModel())
