"""The energy of a circuit as a function: values, gradients and shares of the lowest samples."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backends.backend import Backend, LocalBackend, usage_of
from backends.qaoa_ansatz import QaoaAnsatz
from backends.statevector import Statevector
from backends.workload import Ansatz, Expectation, Observable, Outcome, Workload
from classical.minimisation import Lbfgs
from hybrid import CircuitEnergy
from hybrid.variational import lowest_share
from problems.binary.qubo import Qubo
from problems.contract import Array, Solver
from problems.errors import BackendError, ProblemError
from problems.ground_state import Gate, GateSequence, PauliSum
from problems.run import Run

QUBO = Qubo.random(5, seed=0)
ANSATZ = QaoaAnsatz(QUBO.ising, 1)
SCALE = np.array([1.0, 0.01])
POINTS = np.array([[-0.3, 0.4], [-0.6, 0.9], [0.2, -0.5]])


@dataclass(frozen=True)
class Shaky(LocalBackend):
    """A backend whose expectation values are measured."""

    noisy: ClassVar[bool] = True

    def estimate(self, workload: Workload) -> dict[str, float]:
        return usage_of(workload)

    def run(self, workload: Workload) -> Outcome:
        return Statevector().run(workload)


@dataclass(frozen=True)
class Probe(Solver[Qubo, Array]):
    """Evaluate a population once; the history holds what came back."""

    observable: Observable = QUBO.ising
    ansatz: Ansatz = ANSATZ
    backend: Backend = Statevector()
    shots: int | None = None
    share: float = 1.0
    gradient: bool = False

    def _solve(self, problem: Qubo, run: Run) -> Array:
        energy = CircuitEnergy(
            run, self.backend, self.ansatz, self.observable, POINTS[0], SCALE, self.shots, self.share
        )
        values = energy.evaluate(POINTS, 3, self.gradient)
        run.record(
            values=values,
            noisy=energy.noisy,
            differentiable=energy.differentiable,
            exact=energy.exact(POINTS),
        )
        run.offer(np.zeros(problem.n, np.uint8))
        return run.best


def probe(**fields):
    return Probe(**fields).solve(QUBO, progress=False).history[-1]


def test_values_are_the_expectations_at_the_scaled_parameters():
    row = probe()
    outcome = Statevector().run(Expectation(ANSATZ, (QUBO.ising,), POINTS * SCALE))
    assert row["values"].mean == pytest.approx(outcome.mean[:, 0], rel=1e-12)
    assert row["exact"] == pytest.approx(outcome.mean[:, 0], rel=1e-12)
    assert not row["noisy"]
    assert row["differentiable"]


def test_gradients_are_by_the_scaled_coordinates():
    gradient = probe(gradient=True)["values"].gradient
    for k, step in enumerate(1e-5 * np.eye(2)):
        above, below = (
            Statevector().run(Expectation(ANSATZ, (QUBO.ising,), (POINTS + sign * step) * SCALE)).mean[:, 0]
            for sign in (1, -1)
        )
        assert gradient[:, k] == pytest.approx((above - below) / 2e-5, rel=1e-6, abs=1e-6)


def test_one_population_is_one_job():
    result = Probe(shots=10).solve(QUBO, progress=False)
    # one sampling of three rows, and one expectation of three for the exact values where they are charged
    assert result.resources["shots"] == 30
    assert result.resources["circuits"] == 3 * result.resources["jobs"]


def test_the_plain_sampled_mean_agrees_with_the_expectation_within_its_error():
    row = probe(shots=4000)
    assert row["noisy"]
    assert not row["differentiable"]
    assert np.all(np.abs(row["values"].mean - row["exact"]) < 5 * row["values"].error)


def test_the_lowest_share_lies_below_the_mean_and_shrinks_to_the_lowest_sample():
    means = [probe(shots=500, share=share)["values"].mean for share in (1.0, 0.5, 0.1, 0.002)]
    assert all(np.all(lower < upper + 1e-9) for upper, lower in zip(means, means[1:], strict=False))
    assert np.all(means[-1] >= QUBO.energies((np.arange(32)[:, None] >> np.arange(5)) & 1).min() - 1e-9)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(-9, 9), min_size=1, max_size=12), st.data())
def test_a_share_of_whole_samples_is_the_mean_of_the_lowest(energies, data):
    kept = data.draw(st.integers(1, len(energies)))
    values = lowest_share(np.array([energies], dtype=float), None, kept / len(energies))
    assert values.mean[0] == pytest.approx(np.mean(sorted(energies)[:kept]), abs=1e-9)


def test_a_part_of_a_sample_counts_by_that_part():
    energies = np.array([[4.0, 1.0, 2.0, 3.0]])
    assert lowest_share(energies, None, 0.375).mean[0] == pytest.approx((1.0 + 0.5 * 2.0) / 1.5)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(1, 4)), min_size=1, max_size=8), st.floats(0.05, 1))
def test_a_weight_is_a_number_of_equal_samples(pairs, share):
    energies, counts = np.array(pairs, dtype=float).T
    weighted = lowest_share(energies[None], counts[None], share)
    repeated = lowest_share(np.repeat(energies, counts.astype(int))[None], None, share)
    assert weighted.mean == pytest.approx(repeated.mean, abs=1e-9)


def test_negative_weights_correct_the_plain_mean():
    values = lowest_share(np.array([[0.0, 5.0, 10.0]]), np.array([[1.2, -0.3, 0.1]]), 1.0)
    assert values.mean[0] == pytest.approx(-0.3 * 5 + 0.1 * 10)


@pytest.mark.parametrize("share", [1.0, 0.5, 0.1])
def test_the_error_of_a_share_is_the_spread_of_its_mean(share):
    energies = np.random.default_rng(0).normal(size=(4000, 400))
    values = lowest_share(energies, None, share)
    # a standard deviation of 4000 means has a relative standard error of 1/√8000 = 1.1 %; five of them, and
    # as much again for the bias of a quantile estimated from 400 samples
    assert values.error is not None
    assert values.error.mean() == pytest.approx(values.mean.std(), rel=0.1)


def test_a_backend_without_exact_values_is_not_asked_to_judge():
    with pytest.raises(BackendError, match="Shaky has no exact expectation values"):
        probe(backend=Shaky())


def test_an_optimizer_solves_it_for_a_pauli_sum_too():
    @dataclass(frozen=True)
    class Rotate(Solver[Qubo, Array]):
        def _solve(self, problem: Qubo, run: Run) -> Array:
            circuit = GateSequence(1, (Gate("ry", (0,), 0),))
            observable = PauliSum(1, ("X", "Z"), np.array([1.0, 1.0]))
            energy = CircuitEnergy(run, Statevector(), circuit, observable, np.array([0.3]))
            trained = run.solve(Lbfgs(), energy)
            run.record(objective=trained.objective)
            run.offer(np.zeros(problem.n, np.uint8))
            return run.best

    result = Rotate().solve(QUBO, progress=False)
    assert result.history[-1]["objective"] == pytest.approx(-math.sqrt(2), abs=1e-9)


@pytest.mark.parametrize(
    "fields",
    [
        {"shots": 0},
        {"share": 0.0, "shots": 10},
        {"shots": 10, "observable": PauliSum.from_ising(QUBO.ising)},
    ],
    ids=["no shots", "no share", "a Pauli sum"],
)
def test_settings_that_do_not_fit_are_refused(fields):
    with pytest.raises(ProblemError):
        probe(**fields)
