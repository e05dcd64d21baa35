"""VQE on molecules' and chains' sizes: every kind of ansatz, layer by layer, and barren plateaus told."""

import numpy as np
import pytest
from qiskit.circuit.library import real_amplitudes

from backends import CircuitAnsatz, Statevector
from classical.minimisation import Lbfgs, Spsa
from hybrid import HamiltonianVariational, HardwareEfficient, QubitExcitations, Vqe, gradient_variance
from problems.errors import ProblemError, UnsuitableProblem
from problems.ground_state import GroundState, PauliSum

CHAIN = GroundState.transverse_field_ising(4)
PAIR = PauliSum(
    4,  # two electrons: two modes below, two above, and a hop of both
    ("IIII", "ZIII", "IZII", "IIZI", "IIIZ", "ZZII", "IIZZ", "XXYY", "YYXX", "XYYX", "YXXY"),
    np.array([-0.8, 0.3, 0.3, -0.3, -0.3, 0.1, 0.1, -0.05, -0.05, 0.05, 0.05]),
)


@pytest.mark.parametrize(
    "ansatz",
    [HardwareEfficient(3, ("ry",)), HamiltonianVariational(4), CircuitAnsatz(real_amplitudes(4, reps=3))],
    ids=["hardware-efficient", "of the Hamiltonian", "Qiskit's"],
)
def test_every_ansatz_reaches_the_chain(ansatz):
    result = Vqe(ansatz, restarts=2, reference=False).solve(CHAIN, progress=False)
    assert result.objective == pytest.approx(CHAIN.ground_energy, abs=2e-2)
    assert result.objective >= CHAIN.ground_energy - 1e-9
    assert result.solution.num_parameters == 0
    assert result.objective == pytest.approx(
        min(row["objective"] for row in result.history if "step" in row), abs=1e-9
    )


def test_excitations_from_the_reference_solve_a_pair():
    problem = GroundState(PAIR, energy_shift=0.3)
    result = Vqe(QubitExcitations(singles=False)).solve(problem, progress=False)
    low = int(problem.starting_bits @ (1 << np.arange(4)))
    assert bin(low).count("1") == 2  # so there is one double excitation: both ones to both zeros
    both = [low, low ^ 15]
    exact = 0.3 + np.linalg.eigvalsh(PAIR.matrix()[np.ix_(both, both)])[0]
    assert result.objective == pytest.approx(exact, abs=1e-6)
    assert result.objective < problem.diagonal.min() - 1e-4


def test_layers_trained_one_at_a_time_never_rise():
    solver = Vqe(HardwareEfficient(3, ("ry",)), layerwise=True)
    result = solver.solve(CHAIN, progress=False)
    energies = [row["objective"] for row in result.history if "layers" in row]
    assert len(energies) == 3
    assert np.all(np.diff(energies) <= 1e-9)
    assert result.objective == pytest.approx(energies[-1], abs=1e-9)


def test_noise_of_a_precision_is_averaged():
    result = Vqe(HardwareEfficient(1, ("ry",)), optimizer=Spsa(evaluations=300), precision=0.02).solve(
        CHAIN, progress=False
    )
    assert result.objective < CHAIN.diagonal.min()


def test_given_parameters_are_the_start():
    solver = Vqe(HardwareEfficient(1, ("ry",)), optimizer=Lbfgs(evaluations=1), start=(0.1,) * 8)
    result = solver.solve(CHAIN, progress=False)
    assert result.history[-1]["parameters"] == pytest.approx((0.1,) * 8)
    with pytest.raises(UnsuitableProblem, match="start has 2 parameters"):
        Vqe(HardwareEfficient(1, ("ry",)), start=(0.1, 0.2)).solve(CHAIN)


def test_the_gradients_variance_falls_with_width_for_deep_random_circuits():
    typical = []
    for n in (3, 6, 9):
        hamiltonian = PauliSum(n, ("ZZ" + "I" * (n - 2),), np.ones(1))
        circuit = HardwareEfficient(3 * n).build(hamiltonian)
        typical.append(gradient_variance(circuit, hamiltonian, Statevector(), points=8).typical)
    # McClean et al.: the variance halves with every qubit, up to a constant
    assert typical[1] < 0.75 * typical[0]
    assert typical[2] < 0.75 * typical[1]


def test_a_barren_plateau_is_reported_and_a_gentle_slope_is_not():
    flat = GroundState(PauliSum(8, ("ZZZZZZZZ",), np.ones(1)))
    product = gradient_variance(
        HardwareEfficient(0, ("ry",)).build(flat.hamiltonian), flat.hamiltonian, Statevector(), 64
    )
    # a global cost on a product state: the slope of each angle is a product of cosines, of variance 2^(−8)
    assert product.variances.mean() == pytest.approx(2.0**-8, rel=1.0)
    wide = GroundState(PauliSum(14, ("Z" * 14,), np.ones(1)))
    assert (
        "barren plateau"
        in Vqe(HardwareEfficient(0, ("ry",)), optimizer=Lbfgs(evaluations=1))
        .solve(wide, progress=False)
        .message
    )
    assert "barren plateau" not in Vqe(optimizer=Lbfgs(evaluations=1)).solve(CHAIN, progress=False).message


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda: Vqe(restarts=0), "restarts"),
        (lambda: Vqe(points=1), "points"),
        (lambda: Vqe(start="zeros"), "start"),
        (lambda: Vqe(start=(0.1,), restarts=2), "restarts"),
        (lambda: Vqe(CircuitAnsatz(real_amplitudes(2)), layerwise=True), "layerwise"),
        (lambda: Vqe("su2"), "ansatz"),
    ],
)
def test_bad_settings_are_named(build, field):
    with pytest.raises(ProblemError, match=field):
        build()


def test_a_circuit_beyond_the_devices_limits_is_refused():
    line = GroundState(CHAIN.hamiltonian, couplings=((0, 1), (1, 2), (2, 3)))
    assert (
        Vqe(HardwareEfficient(1, ("ry",)), optimizer=Lbfgs(evaluations=1))
        .solve(line, progress=False)
        .feasible
    )
    with pytest.raises(UnsuitableProblem, match="couplings by 1 gates"):
        Vqe(HardwareEfficient(1, ("ry",), connection="ring")).solve(line)
