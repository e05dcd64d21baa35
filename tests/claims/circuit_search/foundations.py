"""The bound, the alphabet, the rules and both simulators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from backends.pauli_transfer import NoisyCircuitBatch
from hybrid.circuit_search import decode, encode
from hybrid.circuit_search.circuit_annealing import is_legal
from hybrid.circuit_search.setting import Setting
from problems.ground_state import GroundState, NoiseModel
from tests.claims.circuit_search.molecules import molecule, path_of
from tests.claims.table import Row, skipped

BOUNDS = {
    "H2_2q_r0.7414": -1.320446,
    "H2_3q_r0.7414": -1.983914,
    "H2_4q_r0.70": -1.990097,
    "LiH_4q_r3.4": -10.0718,
    "LiH_6q_r2.2": -10.134828,
    "H2O_8q_bohr": -77.891067,
}


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    yield from bounds()
    yield rules(100 if quick else 1000)
    yield simulators(30 if quick else 100)


def bounds() -> Iterator[Row]:
    """The bound that rewards count from."""
    claim = "shift − Σ|c| is the configured bound, six molecules"
    if not all(path_of(name).exists() for name in BOUNDS):
        yield from skipped(claim, path_of("H2_2q_r0.7414").parent)
        return
    apart = {name: abs(molecule(name).lower_bound - value) for name, value in BOUNDS.items()}
    four_digits = apart.pop("LiH_4q_r3.4")
    ours = f"{max(apart.values()):.1e} apart, {four_digits:.1e} where 4 digits are published"
    yield Row(claim, "1e-6", "", ours, max(apart.values()) < 1e-6 and four_digits < 1e-4)


def rules(count: int) -> Row:
    """Random circuits keep the rules and come back from their tensors."""
    rng, good = np.random.default_rng(0), 0
    for k in range(count):
        setting = Setting.of(GroundState.random(2 + k % 3, seed=k), 40)
        alphabet = setting.energies.alphabet
        actions = setting.random_actions(40, rng)
        circuit = alphabet.circuit(actions, np.zeros(setting.width(actions)))
        tensor = encode(circuit, alphabet, 40)
        again = encode(decode(tensor, alphabet), alphabet, 40)
        sizes = alphabet.size == alphabet.num_qubits * (alphabet.num_qubits + 2)
        good += sizes and is_legal(setting, actions) and np.array_equal(tensor, again)
    claim = "random circuits of 40 gates: no repeat, tensor and gates round trip"
    return Row(claim, "", "", f"{good} of {count}", good == count)


def simulators(count: int) -> Row:
    """Noisy and noiseless energies of random circuits, by the kernels and by the judge."""
    rng, noisy, plain = np.random.default_rng(1), 0.0, 0.0
    for k in range(count):
        noise = (NoiseModel.ibmq_mumbai("max"), NoiseModel.depolarizing(readout=0.02))[k % 2]
        problem = replace(GroundState.random(2 + k % 3, seed=k), noise=noise)
        setting = Setting.of(problem, 20)
        actions = setting.random_actions(20, rng)
        angles = rng.uniform(-np.pi, np.pi, setting.width(actions))
        circuit = setting.energies.alphabet.circuit(actions, angles)
        shown = NoisyCircuitBatch([circuit], noise).energies(np.zeros((1, 0)), problem.hamiltonian)[0]
        verdict = problem.judge(circuit)
        noisy = max(noisy, abs(shown - float(verdict.metrics["noisy_energy"])))
        plain = max(plain, abs(setting.energies.energy(actions, angles) - verdict.objective))
    claim = f"energies of {count} circuits = density matrix and state of the judge, 1e-12"
    return Row(claim, "", "", f"{noisy:.1e} noisy, {plain:.1e} noiseless", max(noisy, plain) < 1e-12)
