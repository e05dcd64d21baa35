"""Noise as data: what it costs, what it refuses, how it is kept."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems.errors import ProblemError
from problems.ground_state import GateNoise, GroundState, NoiseModel, PauliSum
from problems.storage import digest, load, save
from tests.problems.ground_state.drawing import random_noise


@given(n=st.integers(1, 4), seed=st.integers(0, 10**6))
def test_a_readout_costs_each_letter_of_its_qubit(n, seed):
    hamiltonian, noise = GroundState.random(n, 6, seed).hamiltonian, random_noise(n, seed)
    scales = 1 - 2 * np.array(noise.readout)
    for mode, free in (("measured", "I"), ("state_flip", "IX")):
        read = dataclasses.replace(noise, readout_mode=mode).measured(hamiltonian)
        assert read.strings == hamiltonian.strings
        for string, before, after in zip(
            read.strings, hamiltonian.coefficients, read.coefficients, strict=True
        ):
            kept = np.prod([scales[q] for q in range(n) if string[q] not in free])
            assert after == pytest.approx(before * kept, abs=1e-15)


def test_figures_may_be_one_for_all_or_one_for_each():
    shared, own = GateNoise(0.1, 0.2, 0.3), GateNoise(0.1, np.array([0.2, 0.3]), [0.3, 0.0])
    assert shared.num_qubits is None
    assert own.num_qubits == 2
    assert own.time_over_t2 == (0.2, 0.3)
    np.testing.assert_array_equal(shared.figures(2), [[0.1, 0.1], [0.2, 0.2], [0.3, 0.3]])
    np.testing.assert_array_equal(own.figures(2), [[0.1, 0.1], [0.2, 0.3], [0.3, 0.0]])
    assert NoiseModel(pair=own).num_qubits == 2
    assert NoiseModel(pair=shared).num_qubits is None


def test_named_sets_are_as_published():
    depolarizing = NoiseModel.depolarizing(0.001, 0.005)
    np.testing.assert_allclose(
        depolarizing.transfer(1)[:, 0], [np.diag([1] + 3 * [0.999]), np.diag([1] + 3 * [0.995])]
    )
    ten, worst = NoiseModel.ibmq_mumbai("10max"), NoiseModel.ibmq_mumbai("max")
    for gate, base in ((ten.single, worst.single), (ten.pair, worst.pair)):
        np.testing.assert_allclose(gate.figures(1)[:2], 10 * base.figures(1)[:2])
    ourense = NoiseModel.ibmq_ourense()
    decay, dephasing, _ = ourense.pair.figures(4)
    assert (dephasing > decay).tolist() == [True, True, False, True]  # T2 < T1 but on qubit 2
    assert ourense.num_qubits == 4
    stand_in = NoiseModel.ibmq_ourense("depolarizing")
    assert (stand_in.single.depolarizing, stand_in.pair.depolarizing) == (0.000522, 0.0125)
    assert stand_in.readout == ourense.readout == (0.0166, 0.0237, 0.0156, 0.0396)


def test_what_does_nothing_says_so():
    assert NoiseModel().is_noiseless
    assert NoiseModel(excited_population=0.3).is_noiseless
    assert not NoiseModel(readout=(0.0, 0.1)).is_noiseless
    assert not NoiseModel(pair=GateNoise(time_over_t2=0.1)).is_noiseless


@pytest.mark.parametrize("noise", [NoiseModel.ibmq_ourense(), NoiseModel.ibmq_mumbai(), random_noise(3, 1)])
def test_noise_is_saved_and_told_apart(tmp_path, noise):
    back = load(save(noise, tmp_path / "noise.npz"))
    assert back == noise
    assert digest(back) == digest(noise)
    assert hash(back) == hash(noise)
    assert digest(dataclasses.replace(noise, readout_mode="state_flip")) != digest(noise)


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda: GateNoise(depolarizing=1.1), r"depolarizing is 1.1; expected a number in \[0, 1\]"),
        (lambda: GateNoise(time_over_t1=-0.1), "time_over_t1"),
        (lambda: GateNoise(time_over_t1=np.nan), "time_over_t1"),
        (lambda: GateNoise(0.1, 0.04), "time_over_t2 is 0.04.*T2 is at most 2 T1"),
        (lambda: GateNoise((0.1, 0.1), (0.1, 0.04)), r"time_over_t2\[1\] is 0.04"),
        (lambda: GateNoise((0.0, 0.0), (0.1, 0.1, 0.1)), "2 in time_over_t1, 3 in time_over_t2"),
        (lambda: GateNoise(depolarizing=(0.1, 2.0)), r"depolarizing\[1\]"),
        (lambda: GateNoise(depolarizing=()), "depolarizing"),
        (lambda: GateNoise(depolarizing="0.1"), "depolarizing"),
        (lambda: GateNoise(depolarizing=True), "depolarizing"),
        (lambda: NoiseModel(single=0.1), "single is 0.1; expected a GateNoise"),
        (lambda: NoiseModel(excited_population=1.5), "excited_population"),
        (lambda: NoiseModel(readout=-0.5), "readout"),
        (lambda: NoiseModel(readout_mode="none"), "readout_mode"),
        (lambda: NoiseModel(readout=(0.1, 0.1), excited_population=(0.1,)), "2 in readout|1 in excited"),
        (lambda: NoiseModel.ibmq_mumbai("mean"), "level"),
        (lambda: NoiseModel.ibmq_ourense("both"), "gates"),
        (lambda: NoiseModel.ibmq_ourense().transfer(3), "noise is for 4 qubits; expected figures for 3"),
        (lambda: NoiseModel.ibmq_ourense().measured(PauliSum(3, ("XYZ",), [1.0])), "noise is for 4 qubits"),
    ],
)
def test_bad_input_is_named(build, named):
    with pytest.raises(ProblemError, match=named):
        build()
