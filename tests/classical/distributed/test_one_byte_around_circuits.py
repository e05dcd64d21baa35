"""One-byte SPSA around circuits: an optimizer like any other, and a fleet of devices."""

from dataclasses import dataclass

import numpy as np

from backends.statevector import Statevector
from classical.distributed.one_byte import OneByteSpsa
from hybrid.fleet_vqe import FleetVqe
from hybrid.qaoa import Qaoa
from hybrid.vqe import Vqe
from problems.binary.maxcut import MaxCut
from problems.distributed.decentralised import DecentralisedTraining
from problems.distributed.fleet import Fleet
from problems.ground_state import GroundState
from problems.minimisation import Landscape


def test_it_is_an_optimizer_of_vqe():
    problem = GroundState.transverse_field_ising(3)
    optimizer = OneByteSpsa(evaluations=400)
    result = Vqe(optimizer=optimizer, backend=Statevector()).solve(problem, seed=1)  # pyright: ignore[reportArgumentType]
    assert result.resources["evaluations"] == 400
    assert result.resources["bytes_sent"] == 200
    untrained = Vqe(optimizer=OneByteSpsa(evaluations=2, learning_rate=1e-12))  # pyright: ignore[reportArgumentType]
    assert result.objective < untrained.solve(problem, seed=1).objective - 0.3


def test_it_is_an_optimizer_of_qaoa():
    problem = MaxCut.regular(3, 8, seed=1)
    result = Qaoa(optimizer=OneByteSpsa(evaluations=60)).solve(problem, seed=1)  # pyright: ignore[reportArgumentType]
    assert result.resources["evaluations"] == 60
    assert result.resources["bytes_sent"] == 30
    assert result.feasible


def test_the_jobs_of_a_fleet_are_sent_before_any_is_waited_for():
    events: list = []

    @dataclass(frozen=True, eq=False)
    class Device(Landscape):
        name: str = ""

        def begin(self, x, seed, gradient=False):
            events.append(f"send {self.name}")

            def finish():
                events.append(f"wait {self.name}")
                return self.evaluate(x, seed)

            return finish

    devices = tuple(Device(name=name) for name in "ab")
    OneByteSpsa(evaluations=4).solve(DecentralisedTraining(Fleet(devices)))
    assert events == ["send a", "send b", "wait a", "wait b"]


def test_devices_train_one_circuit():
    problem = GroundState.transverse_field_ising(2)
    optimizer = OneByteSpsa(evaluations=3 * 2 * 60, learning_rate=0.1)
    fleet_vqe = FleetVqe(optimizer=optimizer, backends=(Statevector(),) * 3, precision=0.05)  # pyright: ignore[reportArgumentType]
    result = fleet_vqe.solve(problem, seed=1)
    assert result.resources["bytes_sent"] == 3 * 60
    assert result.resources["circuits"] == 3 * 2 * 60
    exact = float(np.linalg.eigvalsh(problem.hamiltonian.matrix())[0])
    assert result.objective < 0.9 * exact
