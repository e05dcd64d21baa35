"""A Schrödinger bridge in closed form: a plan, and a diffusion, that follow from a mixture of Gaussians.

Reference: Korotin, Gushchin, Burnaev, "Light Schrödinger bridge", ICLR 2024, arXiv 2310.01174. The drift is
written so that it is regular on all of [0, 1]: with M_k = t S_k + (1 − t) I the factors 1 / (1 − t) of the
usual form cancel.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from problems.checking import check_integer, check_number, checked_array, frozen_array, refuse_elements
from problems.contract import Array
from problems.errors import ProblemError
from problems.numerics.gaussians import chosen_components

ROTATION_TOLERANCE = 1e-6  # of QᵀQ from the identity
ELEMENTS = 2_000_000  # of the largest array of one block of points


@dataclass(frozen=True, eq=False)
class GaussianMixturePotential:
    """The adjusted potential v(y) = Σ_k α_k N(y; r_k, ε S_k), and the bridge that it stands for.

    The plan's conditionals are π(y|x) ∝ exp(⟨x, y⟩/ε) v(y): mixtures with means r_k + S_k x, covariances
    ε S_k (not S_k) and weights ∝ α_k exp((xᵀ S_k x + 2 r_kᵀ x)/2ε). The diffusion is
    dx = g(x, t) dt + √ε dW on t ∈ [0, 1]; its law is a mixture of Brownian bridges of variance ε over π.

    Attributes:
        log_weights: log α ``[K]``; a common constant cancels in the plan.
        centres: r ``[K, D]``.
        scales: The eigenvalues of S ``[K, D]``, positive.
        epsilon: ε, in squared data units per unit of time.
        rotations: Q ``[K, D, D]`` with S_k = Q_k diag(scales_k) Q_kᵀ; None where all S_k are diagonal.
    """

    log_weights: Array
    centres: Array
    scales: Array
    epsilon: float = 1.0
    rotations: Array | None = None

    def __post_init__(self):
        centres = frozen_array("centres", self.centres, shape=(None, None))
        size, dimension = centres.shape
        if size == 0 or dimension == 0:
            raise ProblemError("the shape of centres", centres.shape, "one component and coordinate at least")
        object.__setattr__(self, "centres", centres)
        object.__setattr__(self, "log_weights", frozen_array("log_weights", self.log_weights, shape=(size,)))
        scales = frozen_array("scales", self.scales, shape=(size, dimension))
        refuse_elements("scales", scales, scales <= 0, "a positive number")
        object.__setattr__(self, "scales", scales)
        check_number("epsilon", self.epsilon, 0.0, open_low=True)
        object.__setattr__(self, "epsilon", float(self.epsilon))
        if self.rotations is not None:
            rotations = frozen_array("rotations", self.rotations, shape=(size, dimension, dimension))
            off = np.abs(np.swapaxes(rotations, 1, 2) @ rotations - np.eye(dimension)).max()
            if off > ROTATION_TOLERANCE:
                raise ProblemError("rotations", f"off from orthogonal by {off:.1e}", "orthogonal matrices")
            object.__setattr__(self, "rotations", rotations)

    @property
    def components(self) -> int:
        """K."""
        return self.centres.shape[0]

    @property
    def dimension(self) -> int:
        """D."""
        return self.centres.shape[1]

    @cached_property
    def matrices(self) -> Array:
        """S: diagonals ``[K, D]``, or ``[K, D, D]`` with rotations."""
        return self._matrices(self.scales)

    def conditional(self, x: Array) -> tuple[Array, Array, Array]:
        """Return π(·|x) at ``[m, D]`` as weights ``[m, K]``, means ``[m, K, D]`` and covariances ``[K, D]``
        (diagonals) or ``[K, D, D]``, which do not depend on x.
        """
        x = self._points("x", x)
        moved = x[:, None] * self.scales if self.rotations is None else np.einsum(
            "kij,mj->mki", self.matrices, x
        )  # fmt: skip
        return self.conditional_weights(x), self.centres + moved, self.epsilon * self.matrices

    def conditional_weights(self, x: Array) -> Array:
        """Return the weights ``[m, K]`` of π(·|x)."""
        return _softmax(self._conditional_logits(self._points("x", x)))

    def conditional_mean(self, x: Array) -> Array:
        """Return E[y|x] ``[m, D]``."""
        return self._points("x", x) + self.drift(x, 0.0)

    def sample(self, x: Array, seed: int) -> Array:
        """Draw one y ~ π(·|x) for each row of x ``[m, D]``."""
        x = self._points("x", x)
        rng = _generator(seed)
        chosen = np.concatenate(
            [chosen_components(self.conditional_weights(part), rng) for part in self._parts(x)]
        )
        noise = np.sqrt(self.epsilon) * rng.normal(size=x.shape)
        roots = np.sqrt(self.scales)[chosen]
        if self.rotations is None:
            return self.centres[chosen] + self.scales[chosen] * x + roots * noise
        drawn = np.empty_like(x)
        for k in np.unique(chosen):  # by component: no [m, D, D] array is built
            rows, turn = chosen == k, self.rotations[k]
            inside = self.scales[k] * (x[rows] @ turn) + roots[rows] * noise[rows]
            drawn[rows] = self.centres[k] + inside @ turn.T
        return drawn

    def drift(self, x: Array, t: float) -> Array:
        """Return g(x, t) ``[m, D]`` of the diffusion, for any t in [0, 1].

        g = Σ_k w_k M_k⁻¹ (r_k + S_k x − x) with log w_k = log α_k − ½ log det M_k +
        (xᵀ M_k⁻¹ (S_k − I) x + 2 xᵀ M_k⁻¹ r_k − t r_kᵀ M_k⁻¹ r_k)/2ε.
        """
        x = self._points("x", x)
        check_number("t", t, 0.0, 1.0)
        mixed = t * self.scales + (1 - t)  # eigenvalues of M
        pull = self._matrices((self.scales - 1) / mixed)
        centres = self._turned(1 / mixed, self.centres)  # M⁻¹ r
        constants = self.log_weights - 0.5 * np.log(mixed).sum(axis=1)
        constants = constants - t * np.sum(self.centres * centres, axis=1) / (2 * self.epsilon)
        drifts = []
        for part in self._parts(x):
            quadratic = (_quadratic(part, pull) + 2 * part @ centres.T) / (2 * self.epsilon)
            weights = _softmax(constants + quadratic)
            drifts.append(weights @ centres + _weighted_product(weights, pull, part))
        return np.concatenate(drifts)

    def paths(self, x: Array, steps: int, seed: int) -> Array:
        """Return paths ``[steps + 1, m, D]`` of the diffusion from x ``[m, D]`` by Euler–Maruyama."""
        points = self._points("x", x)
        check_integer("steps", steps, 1)
        rng, found = _generator(seed), [np.array(points)]
        for k in range(steps):
            noise = np.sqrt(self.epsilon / steps) * rng.normal(size=points.shape)
            points = points + self.drift(points, k / steps) / steps + noise
            found.append(points)
        return np.array(found)

    def marginal(self, x: Array, t: float, seed: int) -> Array:
        """Draw x_t for each row of x ``[m, D]``, without simulation: y from the plan, then the Brownian
        bridge t y + (1 − t) x + √(ε t (1 − t)) ξ.
        """
        x = self._points("x", x)
        check_number("t", t, 0.0, 1.0)
        noise = np.sqrt(self.epsilon * t * (1 - t)) * _generator(seed, 1).normal(size=x.shape)
        return t * self.sample(x, seed) + (1 - t) * x + noise

    def log_potential(self, y: Array) -> Array:
        """Return log v(y) ``[m]``."""
        y = self._points("y", y)
        constants = self.log_weights - 0.5 * np.log(2 * np.pi * self.epsilon * self.scales).sum(axis=1)
        inverse = self._matrices(1 / self.scales)
        values = []
        for part in self._parts(y, self.dimension):  # differences are taken first: small ε would cancel
            offsets = part[:, None] - self.centres
            if self.rotations is None:
                squares = np.einsum("mkd,mkd,kd->mk", offsets, offsets, inverse)
            else:
                squares = np.sum(offsets * np.einsum("kij,mkj->mki", inverse, offsets), axis=2)
            values.append(_log_sum_exp(constants - squares / (2 * self.epsilon)))
        return np.concatenate(values)

    def log_normaliser(self, x: Array) -> Array:
        """Return log c(x) ``[m]``, the logarithm of ∫ exp(⟨x, y⟩/ε) v(y) dy."""
        x = self._points("x", x)
        return np.concatenate([_log_sum_exp(self._conditional_logits(part)) for part in self._parts(x)])

    def dual_value(self, x: Array, y: Array) -> float:
        """Return mean log v(y) − mean log c(x) over unpaired samples, in nats; the bridge maximises it.

        For the marginals' exact expectations it falls short of its maximum by KL(π* || π).
        """
        return float(self.log_potential(y).mean() - self.log_normaliser(x).mean())

    def log_conditional_density(self, x: Array, y: Array) -> Array:
        """Return log π(y|x) ``[m]`` for pairs of rows."""
        x, y = self._points("x", x), self._points("y", y)
        return np.sum(x * y, axis=1) / self.epsilon + self.log_potential(y) - self.log_normaliser(x)

    def _conditional_logits(self, x: Array) -> Array:
        return self.log_weights + (_quadratic(x, self.matrices) + 2 * x @ self.centres.T) / (2 * self.epsilon)

    def _matrices(self, values: Array) -> Array:
        """Functions of S by their eigenvalues: ``[K, D]`` as they are, or ``[K, D, D]`` with rotations."""
        if self.rotations is None:
            return values
        return np.einsum("kij,kj,klj->kil", self.rotations, values, self.rotations)

    def _turned(self, values: Array, vectors: Array) -> Array:
        """One such function of S applied to one vector per component ``[K, D]``."""
        if self.rotations is None:
            return values * vectors
        return np.einsum("kij,kj->ki", self._matrices(values), vectors)

    def _parts(self, x: Array, width: int = 1) -> list[Array]:
        """Blocks of rows whose arrays stay small."""
        per_row = self.components * width + (self.dimension**2 if self.rotations is not None else 0)
        rows = max(ELEMENTS // per_row, 1)
        return [x[at : at + rows] for at in range(0, max(len(x), 1), rows)]

    def _points(self, name: str, points: Array) -> Array:
        return np.asarray(checked_array(name, points, shape=(None, self.dimension)), dtype=float)


def _quadratic(x: Array, matrices: Array) -> Array:
    """xᵀ A_k x ``[m, K]`` for diagonals ``[K, D]`` or matrices ``[K, D, D]``, as one product."""
    if matrices.ndim == 2:
        return x**2 @ matrices.T
    outer = (x[:, :, None] * x[:, None, :]).reshape(len(x), -1)
    return outer @ matrices.reshape(len(matrices), -1).T


def _weighted_product(weights: Array, matrices: Array, x: Array) -> Array:
    """Σ_k w_k A_k x ``[m, D]``."""
    if matrices.ndim == 2:
        return (weights @ matrices) * x
    mixed = (weights @ matrices.reshape(len(matrices), -1)).reshape(len(x), *matrices.shape[1:])
    return np.einsum("mij,mj->mi", mixed, x)


def _softmax(logits: Array) -> Array:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def _log_sum_exp(logits: Array) -> Array:
    top = logits.max(axis=1)
    return top + np.log(np.exp(logits - top[:, None]).sum(axis=1))


def _generator(seed: int, stream: int = 0) -> np.random.Generator:
    check_integer("seed", seed, 0)
    return np.random.default_rng((seed, stream))
