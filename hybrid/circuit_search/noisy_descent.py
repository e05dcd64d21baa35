"""Training the angles of a growing circuit on the energy that a noisy device would show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from backends.pauli_transfer import NoisyCircuitBatch
from hybrid.circuit_search.angles import AngleOptimizer
from hybrid.circuit_search.growth import Growth
from problems.checking import check_integer, check_number
from problems.contract import Array
from problems.ground_state import Gate, GateSequence, GroundState


@dataclass(frozen=True)
class NoisyDescent(AngleOptimizer):
    """L-BFGS on exact noisy energies and their gradients, from the new angle's own minimum.

    What rewards and thresholds go by is then the noisy energy, readout included. Circuits are kept by their
    noiseless energy at the same angles, as the problem judges them, and the answer's angles are trained anew
    without noise.

    Attributes:
        evaluations: Energies with gradients at most.
        kick: Standard deviation of a random move of all angles before, in radians.
        flat: The largest slope at which a descent ends.
    """

    evaluations: int = 40
    kick: float = 0.05
    flat: float = 1e-5

    def __post_init__(self):
        check_integer("evaluations", self.evaluations, 1)
        for name in ("kick", "flat"):
            check_number(name, getattr(self, name), 0.0)

    def unsuitable(self, problem: GroundState) -> str | None:
        """Refuse a problem without noise."""
        if problem.noise is None:
            return "its angles are trained under noise, and the problem has none"
        return None

    def zero_energy(self, growth: Growth) -> float:
        """Return the noisy energy of |0…0⟩."""
        problem = growth.energies.problem
        batch = NoisyCircuitBatch([GateSequence(problem.n)], problem.noise)
        return problem.energy_shift + float(batch.energies(np.zeros((1, 0)), problem.hamiltonian)[0])

    def objective(self, growth: Growth) -> float:
        """Return the noiseless energy at the angles that were trained under noise."""
        energies, width = growth.energies, growth.width
        return energies.energy(growth.actions[: growth.count], growth.angles[:width])

    def train(self, growth: Growth, fresh: int, rng: np.random.Generator) -> int:
        """Train under noise; see the base class."""
        problem, width = growth.energies.problem, growth.width
        batch = NoisyCircuitBatch([free_circuit(growth)], problem.noise)
        x, used = growth.angles[:width].copy(), 0

        def energy(point: Array) -> float:
            return float(batch.energies(point[None], problem.hamiltonian)[0])

        def both(point: Array) -> tuple[float, Array]:
            levels, slopes = batch.energies_and_gradients(point[None], problem.hamiltonian)
            return float(levels[0]), slopes[0]

        if fresh >= 0:
            x[fresh], used = _least_of_one(energy, x, fresh), 3
        x += self.kick * rng.standard_normal(width)
        if width:
            limits = {"maxfun": self.evaluations, "gtol": self.flat, "ftol": 1e-10}
            found = minimize(both, x, jac=True, method="L-BFGS-B", options=limits)
            growth.angles[:width], level, used = found.x, float(found.fun), used + int(found.nfev)
        else:
            level, used = energy(x), used + 1
        growth.energy = problem.energy_shift + level
        return used


def free_circuit(growth: Growth) -> GateSequence:
    """Return a growing circuit with one free parameter for each rotation."""
    gates = []
    for action, line in zip(growth.actions[: growth.count], growth.gates, strict=False):
        gate, parameter = growth.alphabet.gate(int(action)), int(line[3])
        gates.append(gate if parameter < 0 else Gate(gate.kind, gate.qubits, parameter))
    return GateSequence(growth.alphabet.num_qubits, tuple(gates))


def _least_of_one(energy, x: Array, k: int) -> float:
    """Return angle k at its exact minimum: noise that does not depend on the angle leaves a sinusoid."""
    here, right, left = x.copy(), x.copy(), x.copy()
    right[k] += np.pi / 2
    left[k] -= np.pi / 2
    levels = [energy(point) for point in (here, right, left)]
    mean = 0.5 * (levels[1] + levels[2])
    u, v = levels[0] - mean, 0.5 * (levels[1] - levels[2])
    return float(x[k] + np.arctan2(-v, -u)) if u or v else float(x[k])
