"""QAOA: closed forms at one layer, training that never harms, and the account of what it spends."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from backends.backend import LocalBackend, usage_of
from backends.statevector import Statevector
from backends.workload import Estimate, Expectation, Outcome, Samples, Sampling, Workload
from classical.minimisation import Cobyla, Lbfgs, Spsa
from hybrid import LinearRamp, Qaoa
from problems.binary.qubo import Qubo
from problems.contract import Array, Result, Solver
from problems.errors import ProblemError, UnsuitableProblem
from problems.minimisation import Minimisation
from problems.run import Run

EXACTLY = Lbfgs(tolerance=1e-9)


def ring(n: int) -> Qubo:
    """MaxCut of an n-cycle: minus the number of cut edges."""
    edges = [(k, (k + 1) % n) for k in range(n)]
    terms = {(k, k): -2.0 for k in range(n)} | {edge: 2.0 for edge in edges}
    return Qubo.from_dict(terms)


def expectation(qubo: Qubo, result: Result) -> float:
    """The exact energy at the trained angles."""
    parameters = np.array([result.history[-1]["parameters"]])
    ansatz = Qaoa(layers=parameters.shape[1] // 2).ansatz(qubo)
    outcome = Statevector().run(Expectation(ansatz, (qubo.ising,), parameters))
    assert isinstance(outcome, Estimate)
    return float(outcome.mean[0, 0])


def uniform_mean(qubo: Qubo) -> float:
    return qubo.form.on_spins().offset


@dataclass
class Interrupting:
    """A progress callback that plays Ctrl-C at one row."""

    at: int
    seen: int = 0

    def __call__(self, row) -> None:
        self.seen += 1
        if self.seen == self.at:
            raise KeyboardInterrupt


@dataclass(frozen=True)
class Astray(Solver[Minimisation, Array]):
    """An optimizer that answers without a look at the start."""

    def _solve(self, problem: Minimisation, run: Run) -> Array:
        return np.full(problem.dimension, 1.0)


@dataclass(frozen=True)
class SamplesOnly(LocalBackend):
    """A backend that takes no expectation and weighs its samples, the first of them alone."""

    noisy: ClassVar[bool] = True

    def unsuitable(self, workload: Workload) -> str | None:
        return None if isinstance(workload, Sampling) else "it only samples"

    def estimate(self, workload: Workload) -> Mapping[str, float]:
        return usage_of(workload)

    def run(self, workload: Workload) -> Outcome:
        drawn = Statevector().run(workload)
        assert isinstance(drawn, Samples)
        weights = np.zeros(drawn.bits.shape[:2])
        weights[:, 0] = 1.0
        return Samples(drawn.bits, weights, drawn.usage)


@pytest.mark.parametrize("bias", [-3.0, 3.0])
def test_one_layer_turns_a_single_biased_variable_into_its_minimum(bias):
    qubo = Qubo.from_matrix([[bias]])
    result = Qaoa(layers=1, optimizer=EXACTLY).solve(qubo, progress=False)
    assert result.solution.tolist() == [int(bias < 0)]
    assert result.counts.tolist() == [1024]  # γh = π/4 and β = −π/4 leave no other outcome
    assert expectation(qubo, result) == pytest.approx(min(bias, 0.0), abs=1e-9)


@pytest.mark.parametrize("n", [4, 6, 8, 10])
def test_one_layer_cuts_three_quarters_of_an_even_ring(n):
    # Farhi, Goldstone, Gutmann: p layers reach (2p + 1)/(2p + 2) of a ring of more than 2p + 1 vertices
    qubo = ring(n)
    result = Qaoa(layers=1, optimizer=EXACTLY).solve(qubo, progress=False)
    ratio = expectation(qubo, result) / -n
    assert ratio == pytest.approx(1.0 if n == 2 else 0.75, abs=1e-6)


@pytest.mark.parametrize(
    "optimizer", [Cobyla(evaluations=40), Lbfgs(evaluations=15)], ids=["Cobyla", "Lbfgs"]
)
def test_training_lowers_the_energy_of_its_start(optimizer):
    for seed in range(3):
        qubo = Qubo.random(7, seed=seed)
        untrained = Qaoa(layers=2, optimizer=Lbfgs(evaluations=1)).solve(qubo, progress=False)
        trained = Qaoa(layers=2, optimizer=optimizer).solve(qubo, progress=False)
        assert expectation(qubo, trained) < expectation(qubo, untrained)


@pytest.mark.parametrize("shots", [None, 256])
def test_a_start_that_training_does_not_improve_is_kept(shots):
    qubo = Qubo.random(6, seed=2)
    kept, ramp = (
        Qaoa(layers=2, optimizer=optimizer, evaluation_shots=shots).solve(qubo, progress=False)
        for optimizer in (Astray(), None)
    )
    assert kept.history[-1]["parameters"] == ramp.history[-1]["parameters"]


@pytest.mark.parametrize("seed", range(10))
def test_the_ramp_is_better_than_uniform_bits(seed):
    qubo = Qubo.random(8, density=0.6, seed=seed)
    result = Qaoa(layers=3, optimizer=Lbfgs(evaluations=1)).solve(qubo, progress=False)
    assert expectation(qubo, result) < uniform_mean(qubo) - 0.5 * qubo.form.spread_on_bits()


def test_the_best_ramp_does_not_depend_on_the_unit_of_the_cost():
    small = Qubo.random(6, seed=4)
    large = Qubo(small.form.scaled(1024.0))  # a power of two, so that rounding is the same
    first, second = (
        np.array(Qaoa(optimizer=Lbfgs(evaluations=1)).solve(qubo, progress=False).history[-1]["parameters"])
        for qubo in (small, large)
    )
    betas, gammas = np.split(first, 2)
    assert np.split(second, 2)[0] == pytest.approx(betas)
    assert 1024 * np.split(second, 2)[1] == pytest.approx(gammas)


def test_given_angles_are_the_circuits_own():
    qubo, angles = Qubo.random(5, seed=1), (-0.4, -0.2, 0.003, 0.006)
    result = Qaoa(layers=2, start=angles, optimizer=Lbfgs(evaluations=1)).solve(qubo, progress=False)
    assert result.history[-1]["parameters"] == pytest.approx(angles)


def test_trained_angles_go_back_in():
    qubo = Qubo.random(6, seed=2)
    first = Qaoa(layers=2, optimizer=EXACTLY).solve(qubo, progress=False)
    again = Qaoa(layers=2, start=first.history[-1]["parameters"], optimizer=EXACTLY).solve(
        qubo, progress=False
    )
    assert expectation(qubo, again) == pytest.approx(expectation(qubo, first), rel=1e-9)


def test_a_constant_cost_is_solved():
    qubo = Qubo.from_matrix(np.zeros((3, 3)), offset=7.0)
    assert Qaoa(layers=1).solve(qubo, progress=False).objective == 7.0


def test_every_sample_is_a_candidate_with_its_count():
    qubo = Qubo.random(6, seed=3)
    result = Qaoa(layers=1, shots=200).solve(qubo, progress=False)
    assert result.counts.sum() == 200
    assert len(np.unique(result.candidates, axis=0)) == len(result.candidates)
    assert result.objective == qubo.energies(result.candidates).min()


@pytest.mark.parametrize(
    "solver",
    [Qaoa(layers=2), Qaoa(layers=2, evaluation_shots=64, optimizer=Spsa(evaluations=40))],
    ids=["exact", "sampled"],
)
def test_one_seed_gives_one_result(solver):
    qubo = Qubo.random(6, seed=5)
    first, second = (solver.solve(qubo, seed=9, progress=False) for _ in range(2))
    assert first.digest == second.digest
    assert solver.solve(qubo, seed=10, progress=False).digest != first.digest


@pytest.mark.parametrize(
    "optimizer", [Cobyla(evaluations=60), Lbfgs(evaluations=60), Spsa(evaluations=60)], ids=str
)
def test_the_estimate_covers_what_is_spent(optimizer):
    solver, qubo = Qaoa(layers=2, optimizer=optimizer), Qubo.random(6, seed=6)
    estimate, spent = solver.estimate(qubo), solver.solve(qubo, progress=False).resources
    assert estimate.keys() == spent.keys()
    assert all(spent[name] <= amount for name, amount in estimate.items())


def test_the_estimate_is_what_is_spent_when_the_optimizer_uses_its_whole_budget():
    solver, qubo = Qaoa(layers=2, optimizer=Cobyla(evaluations=25)), Qubo.random(6, seed=6)
    assert solver.estimate(qubo) == solver.solve(qubo, progress=False).resources


@pytest.mark.parametrize("n", [40, 60])
def test_what_does_not_fit_into_memory_is_refused_in_a_sentence(n):
    with pytest.raises(UnsuitableProblem, match=f"{n} qubits need"):
        Qaoa().solve(Qubo.random(n, density=0.1, seed=0))


def test_a_backend_that_cannot_train_is_refused_before_any_work():
    qubo = Qubo.random(4, seed=0)
    with pytest.raises(UnsuitableProblem, match="it only samples"):
        Qaoa(layers=1, backend=SamplesOnly()).solve(qubo)
    given = Qaoa(layers=1, backend=SamplesOnly(), start=(-0.3, 0.01), optimizer=None)
    assert given.solve(qubo, progress=False).counts.sum() == 1024
    assert Qaoa(layers=1, backend=SamplesOnly(), evaluation_shots=8).unsuitable(qubo) is None


def test_the_mean_energy_goes_by_the_weights_of_the_samples():
    qubo = Qubo.random(4, seed=0)
    solver = Qaoa(layers=1, backend=SamplesOnly(), start=(-0.3, 0.01), optimizer=None)
    result = solver.solve(qubo, progress=False)
    assert result.history[-1]["objective"] in qubo.energies(result.candidates)


def test_training_that_the_deadline_cuts_short_says_so():
    result = Qaoa(layers=1).solve(Qubo.random(6, seed=8), time_limit=0.0, progress=False)
    assert result.ended == "time_limit"
    assert result.counts.sum() == 1024


def test_a_share_of_the_lowest_samples_is_sampled_and_finds_the_minimum():
    qubo = Qubo.random(6, seed=7)
    solver = Qaoa(layers=2, cvar=0.2, evaluation_shots=128, optimizer=Spsa(evaluations=60))
    result = solver.solve(qubo, progress=False)
    least = qubo.energies((np.arange(64)[:, None] >> np.arange(6)) & 1).min()
    assert result.objective == least
    assert result.resources["shots"] == 128 * (result.resources["circuits"] - 1) + 1024


def test_a_share_without_a_number_of_shots_is_sampled_all_the_same():
    result = Qaoa(layers=1, cvar=0.5, optimizer=Spsa(evaluations=20), backend=SamplesOnly()).solve(
        Qubo.random(4, seed=1), progress=False
    )
    assert result.resources["shots"] > 1024 * 12


@pytest.mark.parametrize("at", [2, 5, 9])
def test_ctrl_c_in_training_ends_it_and_samples(at):
    qubo = Qubo.random(6, seed=8)
    result = Qaoa(layers=2, optimizer=Cobyla(evaluations=30)).solve(qubo, progress=Interrupting(at))
    assert result.ended == "interrupted"
    assert result.counts.sum() == 1024
    assert result.resources.get("evaluations", 0) < 30


@pytest.mark.parametrize(
    "fields",
    [
        {"layers": 0},
        {"shots": 0},
        {"cvar": 0.0},
        {"cvar": 1.5},
        {"evaluation_shots": 0},
        {"start": (0.1, 0.2, 0.3)},
        {"layers": 1, "start": (0.1, float("nan"))},
    ],
    ids=str,
)
def test_fields_out_of_range_are_refused(fields):
    with pytest.raises(ProblemError):
        Qaoa(**fields)


@pytest.mark.parametrize("fields", [{"gammas": ()}, {"betas": (0.5, -0.1)}], ids=str)
def test_ramps_out_of_range_are_refused(fields):
    with pytest.raises(ProblemError):
        LinearRamp(**fields)
