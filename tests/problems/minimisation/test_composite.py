import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from problems.conformance import PROBLEM_CHECKS
from problems.errors import ProblemError
from problems.minimisation import Landscape
from problems.minimisation.composite import weighted_cost
from problems.minimisation.controlled_system import ControlledSystem
from problems.minimisation.identity_composite import IdentityComposite
from problems.minimisation.imitation import Imitation
from problems.minimisation.logistic_composite import LogisticComposite
from problems.minimisation.matrix_factorisation import MatrixFactorisation
from problems.minimisation.network_to_circuit import NetworkToCircuit
from problems.minimisation.parameter_shift import shift_gradient
from problems.minimisation.perceptron import Perceptron
from problems.minimisation.target_losses import curvatures, kullback_leibler, losses, slopes

FIELDS = np.linspace(0.5, 1.5, 3)[:, None]


def circuits(count=3, noise=0.0):
    energies = tuple(Landscape("cosines", 2, noise) for _ in range(count))
    return NetworkToCircuit(FIELDS[:count], energies, (4,))


def softmax_rows():
    rng = np.random.default_rng(4)
    return LogisticComposite(rng.normal(size=(12, 3)), rng.integers(0, 4, 12), classes=4)


PROBLEMS = {
    "logistic": LogisticComposite.ill_conditioned(30, 4, seed=1),
    "softmax": softmax_rows(),
    "factorisation": MatrixFactorisation.random(20, 3, 4, 2),
    "imitation": Imitation(hidden=(5,), trajectories=3, length=4),
    "pole": Imitation(ControlledSystem("cart-pole"), hidden=(5,), trajectories=3, length=4),
    "network to circuit": circuits(),
    "identity": IdentityComposite(Landscape("rosenbrock", 3)),
}


@pytest.mark.parametrize("check", PROBLEM_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", PROBLEMS)
def test_keeps_what_every_problem_keeps(name, check):
    problem = PROBLEMS[name]
    check(problem, problem.start + 0.1)


def differences(function, x, width=1e-6):
    nudges = width * np.eye(len(x))
    return np.array([(function(x + d) - function(x - d)) / (2 * width) for d in nudges])


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_pull_back_is_the_transposed_slope_of_the_model(name):
    problem = PROBLEMS[name]
    rng = np.random.default_rng(3)
    theta, rows = problem.start + 0.3 * rng.normal(size=problem.dimension), np.arange(problem.count)[:3]
    weights = rng.normal(size=(len(rows), problem.width))
    slope = differences(lambda x: np.sum(weights * problem.targets(x, rows)), theta)
    assert problem.pull_back(theta, rows, weights) == pytest.approx(slope, abs=1e-7)


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_target_gradient_is_each_rows_own(name):
    problem = PROBLEMS[name]
    rng = np.random.default_rng(5)
    rows = np.arange(problem.count)[:2]
    z = rng.normal(size=(len(rows), problem.width))

    def total(flat):
        return len(rows) * problem.target_loss(flat.reshape(z.shape), rows, 0)

    slope = differences(total, z.ravel()).reshape(z.shape)
    assert problem.target_gradient(z, rows, 0) == pytest.approx(slope, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("name", [name for name in PROBLEMS if name not in ("imitation", "pole")])
def test_the_exact_gradient_is_that_of_the_judges_figure(name):
    problem = PROBLEMS[name]
    theta = problem.start + 0.1
    assert problem.exact_gradient(theta) == pytest.approx(differences(problem.exact, theta), abs=1e-6)


def test_the_references_are_least_losses():
    logistic = PROBLEMS["logistic"]
    found = minimize(logistic.exact, logistic.start, jac=logistic.exact_gradient, tol=1e-10)
    assert found.fun == pytest.approx(logistic.reference, abs=1e-9)
    for rank in (1, 2):
        problem = MatrixFactorisation.random(40, 3, 5, rank, seed=2)
        start = problem.start
        found = minimize(problem.exact, start, jac=problem.exact_gradient, tol=1e-12)
        assert found.fun == pytest.approx(problem.reference, abs=1e-9)
    assert MatrixFactorisation.random(40, 3, 5, 3).reference == pytest.approx(0.0, abs=1e-25)


def test_separable_rows_have_no_loss_at_the_infimum():
    inputs = np.array([[1.0, 0.2], [0.8, 1.0], [-1.0, 0.3], [-0.7, 1.0]])
    assert LogisticComposite(inputs, np.array([1, 1, 0, 0])).reference == 0.0


def test_the_ill_conditioned_rows_have_the_spectrum_asked_for():
    problem = LogisticComposite.ill_conditioned(60, 5, condition=50.0, seed=3)
    spectrum = np.linalg.svd(problem.inputs, compute_uv=False) / np.sqrt(60)
    assert spectrum == pytest.approx(np.logspace(0, -np.log10(50), 5))


def test_the_maps_outputs_are_the_matrix_times_the_inputs():
    problem = MatrixFactorisation.random(30, 4, 6, seed=1)
    matrix = np.linalg.lstsq(problem.inputs, problem.outputs, rcond=None)[0].T
    scales = np.linspace(1, 1e-10, 6)[:, None]
    assert np.all(matrix >= -1e-12)
    assert np.all(matrix <= scales + 1e-12)
    assert np.linalg.matrix_rank(matrix[:5]) == 4


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 5))
def test_the_cross_entropy_is_its_linear_model_plus_the_divergence(seed, width):
    rng = np.random.default_rng(seed)
    kind = "logistic" if width == 1 else "softmax"
    centre, z = rng.normal(scale=3, size=(2, 4, width))
    labels = rng.integers(0, max(2, width), 4)
    line = losses(kind, centre, labels) + np.sum(slopes(kind, centre, labels) * (z - centre), axis=1)
    assert line + kullback_leibler(centre, z)[0] == pytest.approx(losses(kind, z, labels), abs=1e-10)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["logistic", "softmax", "squared"]))
def test_slopes_and_curvatures_are_derivatives(seed, kind):
    rng = np.random.default_rng(seed)
    width = 1 if kind == "logistic" else 3
    z = rng.normal(size=(2, width))
    labels = rng.normal(size=(2, width)) if kind == "squared" else rng.integers(0, max(width, 2), 2)
    for column in range(width):
        nudge = np.zeros_like(z)
        nudge[:, column] = 1e-6
        slope = (losses(kind, z + nudge, labels) - losses(kind, z - nudge, labels)) / 2e-6
        assert slopes(kind, z, labels)[:, column] == pytest.approx(slope, abs=1e-7)
        bend = (slopes(kind, z + nudge, labels) - slopes(kind, z - nudge, labels))[:, column] / 2e-6
        assert curvatures(kind, z)[:, column] == pytest.approx(bend, abs=1e-7)


def test_losses_survive_large_targets():
    z = np.array([[800.0], [-800.0]])
    assert losses("logistic", z, np.array([1, 0])) == pytest.approx([0.0, 0.0])
    assert losses("softmax", np.hstack([z, -z]), np.array([1, 0])) == pytest.approx([1600.0, 1600.0])


@pytest.mark.parametrize("activation", ["tanh", "relu", "linear"])
def test_the_networks_pull_back_is_that_of_jax(activation):
    jax = pytest.importorskip("jax")
    import jax.numpy as jnp

    network = Perceptron((3, 5, 4, 2), activation)
    theta, rng = network.initial(1), np.random.default_rng(2)
    inputs, weights = rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
    bend = {"tanh": jnp.tanh, "relu": jax.nn.relu, "linear": lambda z: z}[activation]

    def outputs(flat):
        z, at = jnp.asarray(inputs), 0
        for k, (a, b) in enumerate([(3, 5), (5, 4), (4, 2)]):
            z = z @ flat[at : at + a * b].reshape(a, b) + flat[at + a * b : at + (a + 1) * b]
            at += (a + 1) * b
            z = bend(z) if k < 2 else z
        return z

    with jax.enable_x64(True):
        values, back = jax.vjp(outputs, jnp.asarray(theta))
        (slope,) = back(jnp.asarray(weights))
        assert network(theta, inputs) == pytest.approx(np.asarray(values), abs=1e-12)
        assert network.pull_back(theta, inputs, weights) == pytest.approx(np.asarray(slope), abs=1e-12)


def test_parameter_shift_is_exact_and_takes_two_points_per_angle():
    problem = Landscape("cosines", 3)
    x = np.array([0.3, -1.2, 2.0])
    assert shift_gradient(problem, x, 0) == pytest.approx(np.sin(x), abs=1e-14)
    assert circuits().usage(3, True) == {"circuits": 12.0}
    assert circuits().usage(3, False) == {"circuits": 3.0}


def test_rows_of_a_noisy_circuit_have_noise_of_their_own():
    problem = circuits(2, noise=0.5)
    slopes_seen = problem.target_gradient(np.zeros((2, 2)), np.arange(2), 7)
    assert problem.noisy
    assert not np.allclose(slopes_seen[0], slopes_seen[1])
    assert np.array_equal(slopes_seen, problem.target_gradient(np.zeros((2, 2)), np.arange(2), 7))
    assert problem.exact_gradient(problem.start) == pytest.approx(circuits(2).exact_gradient(problem.start))


def test_unseen_hamiltonians_are_judged_by_their_relative_error():
    held_out = (np.array([[0.7]]), (Landscape("cosines", 2),))
    problem = NetworkToCircuit(FIELDS, (Landscape("cosines", 2),) * 3, (4,), held_out, np.array([-2.0]))
    metrics = problem.judge(problem.start).metrics
    energy = float(np.sum(1 - np.cos(problem.network(problem.start, np.array([[0.7]])))))
    assert metrics["unseen_energy"] == pytest.approx(energy)
    assert metrics["unseen_relative_error"] == pytest.approx((energy + 2) / 2)


@pytest.mark.parametrize("kind", ["double integrator", "cart-pole"])
def test_the_expert_holds_the_system_at_rest(kind):
    system = ControlledSystem(kind, noise=0.0, spread=0.1)
    states, rng = system.fresh(50, np.random.default_rng(0)), np.random.default_rng(1)
    first = np.linalg.norm(states, axis=1)
    for _ in range(200):
        states = system.advance(states, system.expert(states), rng)
    assert np.all(np.linalg.norm(states, axis=1) < 0.02 * first)


def test_the_double_integrator_moves_as_newton_says():
    system = ControlledSystem(seconds=0.1)
    moved = system.moved(np.array([[0.0, 1.0, 2.0, 0.0]]), np.array([[1.0, -3.0]]))
    assert moved == pytest.approx(np.array([[0.2 + 0.005, 1 - 0.015, 2.1, -0.3]]))


def test_a_round_of_imitation_holds_the_states_of_its_own_policy():
    problem = Imitation(hidden=(5,), trajectories=3, length=4, window=2)
    theta = problem.start
    first = problem.at(theta, 5)
    second = first.at(theta + 1, 6)
    third = second.at(theta, 7)
    assert np.array_equal(first.states, problem.visited(theta, 5))
    assert np.array_equal(second.states, np.concatenate([first.states, problem.visited(theta + 1, 6)]))
    assert np.array_equal(third.states[:12], second.states[12:])
    assert third.count == 24
    assert third.usage(24, True) == {"expert_queries": 12.0}


def test_the_expert_has_no_imitation_loss():
    system = ControlledSystem(force=1e6)
    problem = Imitation(system, hidden=(), trajectories=3, length=4)
    theta = np.concatenate([-system.gain.T.ravel(), np.zeros(2)])
    assert problem.exact(theta) == pytest.approx(0.0, abs=1e-20)


def test_costs_are_weighted_in_rows_of_the_model():
    resources = {
        "target_gradients": 3.0,
        "target_values": 1.0,
        "model_evaluations": 5.0,
        "model_gradients": 2.0,
    }
    assert weighted_cost(resources, 10.0) == 49.0
    with pytest.raises(ProblemError, match="ratio"):
        weighted_cost(resources, 0.0)


@pytest.mark.parametrize(
    ("build", "word"),
    [
        (lambda: LogisticComposite(np.ones((2, 1)), np.array([0, 2])), "labels"),
        (lambda: LogisticComposite(np.ones((2, 1)), np.array([0, 1, 1])), "labels"),
        (lambda: LogisticComposite(np.full((1, 1), np.nan), np.array([0])), "inputs"),
        (lambda: LogisticComposite(np.ones((2, 1)), np.array([0, 1]), target_cost=-1.0), "target_cost"),
        (lambda: LogisticComposite(np.ones((2, 1)), np.array([0, 1]), model_cost=-1.0), "model_cost"),
        (lambda: LogisticComposite.ill_conditioned(3, 4), "rows"),
        (lambda: LogisticComposite.ill_conditioned(condition=0.5), "condition"),
        (lambda: MatrixFactorisation(np.ones((3, 2)), np.ones((2, 2))), "outputs"),
        (lambda: MatrixFactorisation.random(rank=0), "rank"),
        (lambda: NetworkToCircuit(FIELDS, (Landscape("cosines", 2),) * 2), "energies"),
        (lambda: NetworkToCircuit(FIELDS, (Landscape("sphere", 2),) * 3), "energies"),
        (lambda: NetworkToCircuit(FIELDS, (Landscape("cosines", 2),) * 3, smoothness=0.0), "smoothness"),
        (lambda: NetworkToCircuit(FIELDS[:2], (Landscape("cosines"), Landscape("cosines", 2))), "dimension"),
        (lambda: Imitation(window=0), "window"),
        (lambda: ControlledSystem("unicycle"), "kind"),
        (lambda: Perceptron((3,)), "widths"),
        (lambda: IdentityComposite(3), "inner"),
        (lambda: softmax_rows().judge(np.zeros(3)), "shape"),
        (lambda: circuits().design(np.arange(1)), "linear"),
    ],
)
def test_bad_input_is_told(build, word):
    with pytest.raises(ProblemError, match=word):
        build()


def test_public_data_are_split_and_scaled():
    pytest.importorskip("sklearn")
    cancer, digits = LogisticComposite.breast_cancer(), LogisticComposite.digits()
    assert cancer.inputs.shape == (455, 31)
    assert cancer.inputs[:, :30].mean(axis=0) == pytest.approx(np.zeros(30), abs=1e-12)
    assert digits.inputs.shape == (1438, 65)
    assert digits.width == 10
    assert 0.0 <= digits.judge(digits.start).metrics["accuracy"] <= 0.3
