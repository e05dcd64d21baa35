"""The family around QAOA: starts, mixers, many angles, warm starts, shares, and where training runs."""

from dataclasses import replace

import numpy as np
import pytest

from backends import Aer, Budget, Expectation, Journal, Statevector, XMixer
from backends.qaoa_ansatz import QaoaAnsatz
from classical.binary import Penalty
from classical.minimisation import Cobyla, Lbfgs, Spsa
from hybrid import Fourier, Interp, LinearRamp, Qaoa, SampledVqe, Transferred
from hybrid.ansatz_forms import HardwareEfficient
from hybrid.qaoa import repeated
from problems.binary import MaxCut, MixerEncoding, Qubo, TravellingSalesman
from problems.errors import ProblemError, UnsuitableProblem

EXACTLY = Lbfgs(evaluations=60)
BLOCKED = replace(Qubo.random(7, seed=3), one_hot=((0, 1, 2), (3, 5)))


def energy_of(solver, qubo, result):
    ansatz, row = solver.ansatz(qubo), np.array([result.history[-1]["parameters"]])
    return float(Statevector().run(Expectation(ansatz, (qubo.ising,), row)).mean[0, 0])


@pytest.mark.parametrize("start", [Interp(), Fourier(), Fourier(components=2)], ids=repr)
@pytest.mark.parametrize("seed", range(2))
def test_growing_depth_never_raises_the_energy(start, seed):
    qubo = MaxCut.regular(3, 8, seed=seed).reduce((Qubo,)).problem
    solver = Qaoa(layers=6, start=start, optimizer=EXACTLY)
    result = solver.solve(qubo, progress=False)
    depths = [row["objective"] for row in result.history if "layers" in row]
    assert len(depths) == 5
    trained = [*depths, energy_of(solver, qubo, result)]
    assert np.all(np.diff(trained) <= 1e-9)
    assert trained[-1] < trained[0] - 0.1 * abs(trained[0])


def test_fourier_spans_all_angles_and_keeps_its_amplitudes():
    full = Fourier().basis(5)
    assert np.linalg.matrix_rank(full) == 10
    few = Fourier(components=2)
    assert few.basis(5).shape == (10, 4)
    angles = few.basis(5) @ np.array([0.3, -0.1, 0.2, 0.4])
    again = np.linalg.lstsq(few.basis(6), few.stretched(angles), rcond=None)[0]
    np.testing.assert_allclose(again, [0.3, -0.1, 0.2, 0.4], atol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_many_angles_reach_at_least_what_shared_ones_do(seed):
    qubo = Qubo.random(6, seed=seed)
    shared = Qaoa(layers=1, optimizer=EXACTLY)
    many = Qaoa(layers=1, optimizer=EXACTLY, multi_angle=True)
    first = shared.solve(qubo, progress=False)
    started = replace(many, start=first.history[-1]["parameters"]).solve(qubo, progress=False)
    assert many.ansatz(qubo).num_parameters == 6 + 6 + 15
    assert energy_of(many, qubo, started) < energy_of(shared, qubo, first) - 1e-6
    again = replace(many, optimizer=None, start=started.history[-1]["parameters"]).solve(qubo, progress=False)
    assert again.history[-1]["parameters"] == pytest.approx(started.history[-1]["parameters"])


def test_repeated_angles_are_the_shared_circuit():
    qubo = Qubo.random(5, seed=1)
    shared, row = QaoaAnsatz(qubo.ising, 2), np.array([-0.4, -0.2, 0.01, 0.02])
    many = QaoaAnsatz(qubo.ising, 2, multi_angle=True)
    np.testing.assert_allclose(
        Statevector().state(many, repeated(many, row)), Statevector().state(shared, row), atol=1e-12
    )


@pytest.mark.parametrize("mixer", ["auto", "xy-ring", "xy-complete", "grover"])
def test_mixers_keep_the_blocks(mixer):
    result = Qaoa(layers=2, mixer=mixer).solve(BLOCKED, progress=False)
    assert result.feasible
    assert np.all(BLOCKED.ranks(result.candidates)[:, 0] == 0)
    assert len(result.candidates) > 1


def test_a_mixer_that_leaves_the_blocks_is_refused():
    for solver in (Qaoa(mixer="x"), Qaoa(mixer=XMixer())):
        with pytest.raises(UnsuitableProblem, match="leaves the one-hot blocks"):
            solver.solve(BLOCKED)
    with pytest.raises(UnsuitableProblem, match="does not keep one-hot blocks"):
        SampledVqe().solve(BLOCKED)
    with pytest.raises(UnsuitableProblem, match="needs one-hot blocks"):
        Qaoa(mixer="xy-ring").solve(Qubo.random(4))


def test_a_tour_through_the_mixer_encoding():
    tour = TravellingSalesman.random(4, seed=1)
    result = Penalty(Qaoa(layers=2), MixerEncoding()).solve(tour, progress=False)
    assert result.feasible
    assert result.resources["qubits"] == 9


@pytest.mark.parametrize("relaxation", ["continuous", "semidefinite"])
def test_a_warm_start_begins_closer_than_uniform_bits(relaxation):
    from hybrid import WarmStart

    for seed in range(3):
        qubo = Qubo.random(7, seed=seed)
        warm = Qaoa(layers=1, warm_start=WarmStart(relaxation), optimizer=None, start=(0.0, 0.0))
        result = warm.solve(qubo, progress=False)
        assert energy_of(warm, qubo, result) < qubo.form.on_spins().offset
        trained = replace(warm, optimizer=EXACTLY, start=LinearRamp()).solve(qubo, progress=False)
        assert energy_of(warm, qubo, trained) <= energy_of(warm, qubo, result) + 1e-9


def test_exact_shares_are_trained_without_samples_where_the_backend_knows_them():
    qubo = Qubo.random(6, seed=2)
    exact = Qaoa(layers=1, cvar=0.2, optimizer=EXACTLY).solve(qubo, progress=False)
    assert exact.resources["shots"] == 1024  # the final ones alone
    drawn = Qaoa(layers=1, cvar=0.2, optimizer=Cobyla(evaluations=20), backend=Aer()).solve(
        qubo, progress=False
    )
    assert drawn.resources["shots"] > 10 * 1024


def test_training_may_run_elsewhere_than_sampling():
    qubo = Qubo.random(6, seed=2)
    both = Qaoa(layers=2, optimizer=EXACTLY).solve(qubo, progress=False)
    apart = Qaoa(layers=2, optimizer=EXACTLY, training=Statevector(), backend=Aer()).solve(
        qubo, progress=False
    )
    assert apart.history[-1]["parameters"] == both.history[-1]["parameters"]
    assert apart.objective == both.objective


def test_transferred_angles_are_rescaled_by_the_weights():
    source = Qubo.random(6, seed=1)
    target = Qubo(source.form.scaled(100.0))
    angles = (-0.4, -0.2, 0.01, 0.02)
    start = Transferred(angles, source)
    result = Qaoa(layers=2, start=start, optimizer=None).solve(target, progress=False)
    expected = np.array(angles) * np.r_[1, 1, 0.01, 0.01]
    np.testing.assert_allclose(result.history[-1]["parameters"], expected, rtol=1e-9)


def test_the_probability_of_the_answer_is_the_circuits_own():
    qubo, solver = Qubo.random(6, seed=2), Qaoa(layers=2, optimizer=None)
    result = solver.solve(qubo, progress=False)
    row = result.history[-1]
    state = Statevector().state(solver.ansatz(qubo), row["parameters"])
    index = int(result.solution @ (1 << np.arange(6)))
    assert row["probability"] == pytest.approx(abs(state[index]) ** 2, abs=1e-12)


def test_any_circuit_takes_the_place_of_the_ansatz():
    from qiskit.circuit.library import efficient_su2

    from backends import CircuitAnsatz

    qubo = Qubo.random(5, seed=4)
    recipe = SampledVqe(HardwareEfficient(layers=1), optimizer=EXACTLY, cvar=0.2)
    circuit = replace(recipe, form=CircuitAnsatz(efficient_su2(5, reps=1)))
    first, second = (solver.solve(qubo, seed=1, progress=False) for solver in (recipe, circuit))
    np.testing.assert_allclose(first.history[-1]["parameters"], second.history[-1]["parameters"], atol=1e-5)
    best = min(qubo.energies((np.arange(32)[:, None] >> np.arange(5) & 1).astype(np.uint8)))
    assert first.objective == best


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda: Qaoa(mixer="star"), "mixer"),
        (lambda: Qaoa(mixer="grover", multi_angle=True), "mixer"),
        (lambda: Qaoa(layers=2, start=(0.1,)), "start"),
        (lambda: Qaoa(layers=1, start=(0.1, float("nan"))), "start"),
        (lambda: Qaoa(shots=0), "shots"),
        (lambda: Qaoa(cvar=0.0), "cvar"),
        (lambda: Fourier(components=0), "components"),
        (lambda: SampledVqe(form="su2"), "form"),
    ],
)
def test_bad_settings_are_named(build, field):
    with pytest.raises(ProblemError, match=field):
        build()


def test_angles_of_another_number_are_refused():
    with pytest.raises(UnsuitableProblem, match="start has 3 angles, and the ansatz takes 2 or"):
        Qaoa(layers=1, multi_angle=True, start=(0.1, 0.2, 0.3)).solve(Qubo.random(4))
    with pytest.raises(UnsuitableProblem, match="start has 3 parameters"):
        SampledVqe(start=(0.1, 0.2, 0.3)).solve(Qubo.random(4))


def test_a_budget_that_ends_within_training_leaves_the_best_sample_so_far():
    qubo = Qubo.random(8, seed=3)
    backend = Budget(Statevector(), shots=64 * 24)
    solver = Qaoa(layers=1, optimizer=Spsa(evaluations=60), evaluation_shots=64, backend=backend)
    result = solver.solve(qubo, seed=1, progress=False)
    assert result.status == "budget"
    assert 0 < result.resources["shots"] <= 64 * 24
    drawn = np.random.default_rng(0).integers(0, 2, (64 * 24, 8))
    assert result.objective < np.quantile(qubo.energies(drawn), 0.05)


def test_a_journal_around_the_backend_changes_nothing(tmp_path):
    qubo = Qubo.random(6, seed=2)
    plain = Qaoa(layers=1, optimizer=None).solve(qubo, seed=4, progress=False)
    for _ in range(2):  # the second run replays
        backend = Journal(Statevector(), tmp_path / "journal.sqlite")
        kept = Qaoa(layers=1, optimizer=None, backend=backend).solve(qubo, seed=4, progress=False)
        assert kept.objective == plain.objective
        assert kept.history[-1]["probability"] == plain.history[-1]["probability"]
    assert kept.resources["replayed"] > 0
