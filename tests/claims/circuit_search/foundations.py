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
from tests.claims.circuit_search.kraus_loop import KrausLoop
from tests.claims.circuit_search.molecules import molecule, path_of
from tests.claims.simulators import noisy_rows
from tests.claims.simulators.contest import race, readable
from tests.claims.simulators.instances import circuits
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
    yield trace_rows()
    yield gradients(5 if quick else 20)
    yield speed(3 if quick else 7)
    if not quick:
        for name, count in (("H2-2", 16), ("LiH-4", 64)):
            yield from noisy_rows.contest(name, count, 7)


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
    rng, noisy, plain, quiet = np.random.default_rng(1), 0.0, 0.0, 0.0
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
        silent = NoisyCircuitBatch([circuit], NoiseModel()).energies(np.zeros((1, 0)), problem.hamiltonian)[0]
        quiet = max(quiet, abs(silent - verdict.objective))
    claim = f"energies of {count} circuits = density matrix and state of the judge, 1e-12"
    ours = f"{noisy:.1e} noisy, {plain:.1e} noiseless, {quiet:.1e} transfer without noise"
    return Row(claim, "", "", ours, bool(max(noisy, plain, quiet) < 1e-12))


def trace_rows() -> Row:
    """Every transfer matrix of noise keeps the trace exactly, not to rounding."""
    sets = [NoiseModel.ibmq_mumbai(level) for level in ("median", "max", "10max")]  # pyright: ignore
    sets += [NoiseModel.ibmq_ourense(), NoiseModel.depolarizing()]
    first = np.concatenate([noise.transfer(4)[:, :, 0].reshape(-1, 4) for noise in sets])
    exact = bool(np.array_equal(first, np.broadcast_to([1.0, 0.0, 0.0, 0.0], first.shape)))
    return Row("noise: the trace row of every transfer matrix is (1, 0, 0, 0)", "", "", "exact" if exact
               else "off", exact)  # fmt: skip


def gradients(count: int) -> Row:
    """Gradients of noisy energies against central differences."""
    apart, step, noise = 0.0, 1e-5, NoiseModel.ibmq_mumbai("max")
    for k in range(count):
        (circuit,) = circuits(3, 20, 1, seed=k)
        hamiltonian = GroundState.random(3, seed=k).hamiltonian
        batch = NoisyCircuitBatch([circuit], noise)
        x = np.random.default_rng(k).uniform(-3, 3, (1, circuit.num_parameters))
        _, slopes = batch.energies_and_gradients(x, hamiltonian)
        for p in range(circuit.num_parameters):
            moved = step * np.eye(circuit.num_parameters)[p]
            rise = batch.energies(x + moved, hamiltonian)[0] - batch.energies(x - moved, hamiltonian)[0]
            apart = max(apart, abs(float(slopes[0][p]) - rise / (2 * step)))
    claim = f"gradients of {count} noisy circuits = central differences, 1e-6"
    return Row(claim, "", "", f"{apart:.1e} apart", bool(apart < 1e-6))


def speed(repeats: int) -> Row:
    """64 circuits of 40 gates on four qubits: transfer against a compiled loop of Kraus operators."""
    noise, hamiltonian = NoiseModel.ibmq_mumbai("median"), GroundState.random(4, 40, seed=0).hamiltonian
    rng = np.random.default_rng(0)
    drawn = circuits(4, 40)
    bound = [circuit.bind(rng.uniform(-3, 3, circuit.num_parameters)) for circuit in drawn]
    batch, rival = NoisyCircuitBatch(bound, noise), KrausLoop(bound, noise, hamiltonian)
    rows = np.zeros((len(bound), 0))
    times = race({"ours": lambda: batch.energies(rows, hamiltonian), "Kraus": rival.energies}, repeats)
    apart = float(np.max(np.abs(np.subtract(times["ours"].value, times["Kraus"].value))))
    ratio = times["Kraus"].cpu / times["ours"].cpu
    holds = bool(ratio >= 6 and apart < 1e-10)
    reason = "" if holds else f"the ratio is {ratio:.3g}, the values {apart:.1e} apart"
    ours = f"{readable(times['ours'].cpu / len(bound))} a circuit, ratio {ratio:.3g}, {apart:.0e} apart"
    claim = "noisy energy, 4 qubits, 40 gates, 64 circuits: >= 6 times a compiled Kraus loop"
    return Row(claim, "6, on a GPU", readable(times["Kraus"].cpu / len(bound)), ours, holds, reason)
