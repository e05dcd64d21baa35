"""Light Schrödinger bridge: entropic transport in closed form, by a potential that is a mixture of Gaussians.

Reference: Korotin, Gushchin, Burnaev, "Light Schrödinger bridge", ICLR 2024, arXiv 2310.01174. No simulation
and no inner loop: the loss E log c(x) − E log v(y) exceeds its minimum by KL(π* || π).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from problems.checking import check_choice, check_integer, check_number
from problems.contract import Array, MissingExtra, NothingFound, Solver
from problems.errors import ProblemError
from problems.numerics.gaussians import gaussian_bridge_covariance
from problems.run import Run
from problems.transport.bridge import Bridge
from problems.transport.mixture_potential import GaussianMixturePotential

CHUNK = 500  # steps of one compiled scan; the clock and Ctrl-C are heeded in between
AUTOMATIC_SCALES = (0.05, 0.95)  # "nearest" needs S below 1
LOG_SCALES = (-80.0, 80.0)  # of an answer: beyond them float32 knows no exponential
WATCHED = 1000  # points of each cloud by which the history follows the dual value

# Rates of the authors' published experiments by ε; between them the rule is linear in the logarithms.
PUBLISHED_EPSILONS = (0.002, 0.01, 0.1, 1.0, 10.0)
PUBLISHED_RATES = (3e-4, 1e-3, 1e-3, 3e-3, 6e-2)


@dataclass(frozen=True)
class LightBridge(Solver[Bridge, GaussianMixturePotential]):
    """Fit the mixture potential to unpaired samples by Adam on mini-batches; the answer is the potential.

    Training is in float32, all that follows in float64. Cost: O(steps × batch × K × D), times D for full
    covariances. The defaults start the components and end the iteration otherwise than the authors' code,
    which is ``initial="target_samples", initial_scale=1.0, averaging=0.0``: there a few components of large
    r_k take all x where ε is small, and the others never learn.

    Attributes:
        components: K.
        covariances: "diagonal" S_k, or "full": a rotation each, by Cayley's map of a skew matrix.
        steps: Of Adam.
        batch: Points of each cloud per step, drawn apart from each other with replacement.
        rate: Adam's; "auto" follows the authors' choices at five values of ε.
        initial_scale: The eigenvalues of S_k at the start; "auto" takes the closed form between Gaussians
            with the clouds' variances in each coordinate, from 0.05 to 0.95.
        initial: Where the components start, by random target samples y_k: "target_samples" is r_k = y_k with
            equal weights, as published; "nearest" is r_k = (1 − S) y_k with the weights for which component
            k takes those x that are nearest to y_k, so that none starts without any.
        averaging: The last share of the steps over which the parameters are averaged; 0 takes the last ones.
    """

    components: int = 50
    covariances: Literal["diagonal", "full"] = "diagonal"
    steps: int = 10_000
    batch: int = 128
    rate: float | Literal["auto"] = "auto"
    initial_scale: float | Literal["auto"] = "auto"
    initial: Literal["nearest", "target_samples"] = "nearest"
    averaging: float = 0.2

    def __post_init__(self):
        for name in ("components", "steps", "batch"):
            check_integer(name, getattr(self, name), 1)
        check_choice("covariances", self.covariances, ("diagonal", "full"))
        for name in ("rate", "initial_scale"):
            value = getattr(self, name)
            if isinstance(value, str) and value != "auto":
                raise ProblemError(name, value, 'a positive number or "auto"')
            if not isinstance(value, str):
                check_number(name, value, 0.0, open_low=True)
        check_choice("initial", self.initial, ("nearest", "target_samples"))
        if self.initial == "nearest" and not isinstance(self.initial_scale, str) and self.initial_scale >= 1:
            remedy = 'initial="target_samples" takes any'
            raise ProblemError("initial_scale", self.initial_scale, 'a number below 1 for "nearest"', remedy)
        check_number("averaging", self.averaging, 0.0, 1.0)

    def unsuitable(self, problem: Bridge) -> str | None:
        """Refuse targets of fewer samples than components."""
        if len(problem.target) < self.components:
            samples = len(problem.target)
            return f"{self.components} components start at target samples, of which there are {samples}"
        return None

    def _solve(self, problem: Bridge, run: Run) -> GaussianMixturePotential:
        training = _training()
        state = training.begin(initial_parameters(self, problem, run.rng))
        clouds, key = training.clouds(problem.source, problem.target), run.key()
        watched = problem.source[:WATCHED], problem.target[:WATCHED]
        potential = self._potential(problem, state)
        run.offer(potential, -potential.dual_value(*watched))
        rate, first = self._rate(problem.epsilon), self._first_averaged()
        for chunk in run.steps(-(-self.steps // CHUNK), "500 steps"):
            done, stop = chunk * CHUNK, min((chunk + 1) * CHUNK, self.steps)
            state, loss = training.descend(
                state, clouds, key, done, stop, first, rate, problem.epsilon, self.batch, CHUNK
            )
            potential = self._potential(problem, state)
            value = potential.dual_value(*watched)
            run.offer(potential, -value)
            run.record(step=stop, loss=float(loss), dual_value=value)
            run.spent(evaluations=(stop - done) * self.batch)
        return potential

    def _rate(self, epsilon: float) -> float:
        return published_rate(epsilon) if self.rate == "auto" else float(self.rate)

    def _first_averaged(self) -> int:
        """The step after which parameters enter the average; the last ones alone where none shall."""
        return self.steps - max(int(round(self.averaging * self.steps)), 1)

    def _potential(self, problem: Bridge, state: Any) -> GaussianMixturePotential:
        values = {name: np.asarray(value, dtype=float) for name, value in state.averaged().items()}
        values["log_scales"] = values["log_scales"].clip(*LOG_SCALES)
        if not all(np.isfinite(value).all() for value in values.values()):
            raise NothingFound("the training diverged; a smaller rate may help")
        rotations = cayley(values["skews"]) if "skews" in values else None
        return GaussianMixturePotential(
            values["scaled_log_weights"] / problem.epsilon,
            values["centres"],
            np.exp(values["log_scales"]),
            problem.epsilon,
            rotations,
        )


def initial_parameters(solver: LightBridge, problem: Bridge, rng: np.random.Generator) -> dict[str, Array]:
    """Return the parameters at the start; logarithms of weights are kept times ε, as in the authors' code.

    For "nearest", log α_k = −(1 − S) |y_k|²/2ε makes the logits of π(·|x) the same function of x for all k
    less (1 − S) |x − y_k|²/2ε.
    """
    size, dimension, epsilon = solver.components, problem.dimension, problem.epsilon
    samples = problem.target[rng.choice(len(problem.target), size, replace=False)]
    scales = initial_scales(solver, problem)
    scaled_log_weights = np.full(size, epsilon * -np.log(size))
    if solver.initial == "nearest":
        scaled_log_weights -= 0.5 * samples**2 @ (1 - scales)
        samples = (1 - scales) * samples
    start = {
        "scaled_log_weights": scaled_log_weights,
        "centres": samples,
        "log_scales": np.tile(np.log(scales), (size, 1)),
    }
    if solver.covariances == "full":
        start["skews"] = np.zeros((size, dimension, dimension))
    return start


def initial_scales(solver: LightBridge, problem: Bridge) -> Array:
    """Return S at the start, by coordinate ``[D]``."""
    if not isinstance(solver.initial_scale, str):
        return np.full(problem.dimension, float(solver.initial_scale))
    variances = problem.source.var(axis=0), problem.target.var(axis=0)
    covariance = gaussian_bridge_covariance(*variances, problem.epsilon)
    constant = variances[0] == 0
    scales = np.where(constant, 1.0, covariance / np.where(constant, 1.0, variances[0]))
    return scales.clip(*AUTOMATIC_SCALES)


def published_rate(epsilon: float) -> float:
    """Return Adam's rate by ε: the authors' choices at 0.002, 0.01, 0.1, 1 and 10, and power laws between."""
    logs = np.interp(np.log(epsilon), np.log(PUBLISHED_EPSILONS), np.log(PUBLISHED_RATES))
    return float(np.exp(logs))


def cayley(matrices: Array) -> Array:
    """Return rotations (I − A)⁻¹ (I + A) ``[..., D, D]`` of A = W − Wᵀ, for any W.

    Up to signs of the columns, which S = Q diag(s) Qᵀ does not feel, every orthogonal matrix is of this form.
    """
    skew = matrices - np.swapaxes(matrices, -1, -2)
    identity = np.eye(matrices.shape[-1])
    return np.linalg.solve(identity - skew, identity + skew)


def _training() -> Any:
    """The compiled part, which needs JAX and optax."""
    try:
        from classical.transport import light_bridge_training
    except ImportError:
        raise MissingExtra("LightBridge", "learning") from None
    return light_bridge_training
