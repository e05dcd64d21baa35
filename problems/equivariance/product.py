"""The product of functions on the sphere, as coefficients: given two sets or a power of one.

Reference: Luo, Chen, Krishnapriyan, "Enabling efficient equivariant operations in the Fourier basis via Gaunt
tensor products", ICLR 2024, arXiv 2401.10216.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import Any, ClassVar

import numpy as np

from problems.checking import check_integer, checked_array, frozen_array, read_only
from problems.contract import Array, Evaluation, Problem
from problems.errors import ProblemError
from problems.numerics.rotations import random_rotations
from problems.numerics.spherical import degrees, harmonics, rotation_of_coefficients, size


@dataclass(frozen=True, eq=False)
class SphericalProduct(Problem[Any]):
    """Find the coefficients of the product of two functions on the sphere, or of powers of one.

    Coefficients are of real orthonormal harmonics. A solution is the array of all results
    ``[B, C, (L_out+1)²]``, or an operation: an object with ``even(x, y)``, for directions ``convolve(x,
    directions)`` and for powers ``apply_power(x, factors, weights)``. The objective is the relative error
    against contraction with Gaunt coefficients.

    Attributes:
        lmax1: Highest degree of ``x``.
        lmax2: Highest degree of ``y``.
        lmax_out: Highest degree of the result.
        x: ``[B, C, (L1+1)²]``.
        y: ``[B, C, (L2+1)²]``; None for powers of x, and with ``directions``.
        directions: ``[B, 3]``, whose harmonics are the second factor in all channels; None without.
        factors: ν of the power; 2 otherwise.
        weights1: ``[C, L1+1]`` on the degrees of x, or None.
        weights2: ``[C, L2+1]`` on the degrees of y, or None.
        weights3: ``[C, L_out+1]`` on the degrees of the result, or None.
        power_weights: ``[ν, C, L_out+1]``: the result is the weighted sum of all powers up to ν; None for
            the highest alone.
        rotations: ``[R, 3, 3]``, orthogonal, under which an operation is tested.
        tolerance: The error of equivariance from which on it counts as a violation.
    """

    lmax1: int
    lmax2: int
    lmax_out: int
    x: Array
    y: Array | None = None
    directions: Array | None = None
    factors: int = 2
    weights1: Array | None = None
    weights2: Array | None = None
    weights3: Array | None = None
    power_weights: Array | None = None
    rotations: Array | None = None
    tolerance: float = 1e-4
    reference: float | None = 0.0
    repeatable: ClassVar[bool] = False

    def __post_init__(self):
        for name in ("lmax1", "lmax2"):
            check_integer(name, getattr(self, name), 0)
        check_integer("factors", self.factors, 1)
        given = (self.y is not None) + (self.directions is not None)
        if given > 1 or (given == 1 and self.factors != 2):
            raise ProblemError("y", "given", "y or directions with two factors, or a power of x alone")
        top = self.factors * self.lmax1 if given == 0 else self.lmax1 + self.lmax2
        check_integer("lmax_out", self.lmax_out, 0, top)
        x = frozen_array("x", self.x, shape=(None, None, size(self.lmax1)))
        object.__setattr__(self, "x", x)
        count, channels = x.shape[:2]
        shapes = {
            "y": (count, channels, size(self.lmax2)),
            "directions": (count, 3),
            "weights1": (channels, self.lmax1 + 1),
            "weights2": (channels, self.lmax2 + 1),
            "weights3": (channels, self.lmax_out + 1),
            "power_weights": (self.factors, channels, self.lmax_out + 1),
            "rotations": (None, 3, 3),
        }
        for name, shape in shapes.items():
            if getattr(self, name) is not None:
                object.__setattr__(self, name, frozen_array(name, getattr(self, name), shape=shape))
        self._check_roles(given)

    def _check_roles(self, given: int) -> None:
        if given and self.power_weights is not None:
            raise ProblemError("power_weights", "given", "None beside y or directions")
        if not given and any(w is not None for w in (self.weights1, self.weights2, self.weights3)):
            raise ProblemError("weights1 to weights3", "given", "None for a power", "power_weights weigh it")
        if self.directions is not None and np.any(np.all(self.directions == 0, axis=-1)):
            raise ProblemError("directions", "a vector of length zero", "directions of positive length")
        if self.rotations is not None:
            off = self.rotations @ self.rotations.transpose(0, 2, 1) - np.eye(3)
            if np.abs(off).max(initial=0.0) > 1e-9:
                raise ProblemError(
                    "rotations", f"{np.abs(off).max():.1e} from orthogonal", "orthogonal matrices"
                )

    @classmethod
    def feature_interaction(
        cls, lmax: int = 3, channels: int = 16, count: int = 64, rotations: int = 3, seed: int = 0
    ) -> SphericalProduct:
        """Return products of two sets of standard normal coefficients, weighted per degree and channel."""
        _check_counts(channels=channels, count=count, rotations=rotations, seed=seed)
        check_integer("lmax", lmax, 0)
        rng = np.random.default_rng(seed)
        x, y = rng.normal(size=(2, count, channels, size(lmax)))
        weights = [rng.normal(size=(channels, top + 1)) for top in (lmax, lmax, 2 * lmax)]
        return cls(
            lmax, lmax, 2 * lmax, x, y, weights1=weights[0], weights2=weights[1], weights3=weights[2],
            rotations=random_rotations(rotations, rng),
        )  # fmt: skip

    @classmethod
    def equivariant_convolution(
        cls, lmax: int = 3, edges: int = 256, channels: int = 4, rotations: int = 3, seed: int = 0
    ) -> SphericalProduct:
        """Return products with the harmonics of random directions; the first two are the poles."""
        _check_counts(channels=channels, edges=edges, rotations=rotations, seed=seed)
        check_integer("lmax", lmax, 0)
        rng = np.random.default_rng(seed)
        directions = rng.normal(size=(edges, 3))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        directions[:2] = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]])[:edges]
        x = rng.normal(size=(edges, channels, size(lmax)))
        turns = random_rotations(rotations, rng)
        return cls(lmax, lmax, 2 * lmax, x, directions=directions, rotations=turns)

    @classmethod
    def many_body(
        cls,
        lmax: int = 2,
        factors: int = 3,
        channels: int = 16,
        count: int = 16,
        rotations: int = 3,
        seed: int = 0,
    ) -> SphericalProduct:
        """Return weighted sums of the first ν powers of standard normal coefficients, of degrees up to L."""
        _check_counts(factors=factors, channels=channels, count=count, rotations=rotations, seed=seed)
        check_integer("lmax", lmax, 0)
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(count, channels, size(lmax)))
        weights = rng.normal(size=(factors, channels, lmax + 1))
        turns = random_rotations(rotations, rng)
        return cls(lmax, lmax, lmax, x, factors=factors, power_weights=weights, rotations=turns)

    @property
    def is_power(self) -> bool:
        """Whether the result is a power of ``x``."""
        return self.y is None and self.directions is None

    @cached_property
    def exact(self) -> Array:
        """The result ``[B, C, (L_out+1)²]`` by contraction with Gaunt coefficients."""
        from problems.equivariance.exact_products import contracted, weighted_powers

        if self.is_power:
            return weighted_powers(self.x, self.factors, self.power_weights, self.lmax_out)
        first, second = _scaled(self.x, self.weights1), _scaled(self.second(), self.weights2)
        return read_only(_scaled(contracted(first, second, self.lmax_out), self.weights3))

    def second(self) -> Array:
        """Return the second factor ``[B, C, (L2+1)²]``, the harmonics of the directions if there are any."""
        if self.directions is None:
            assert self.y is not None, "a power has no second factor"
            return self.y
        values = harmonics(self.directions, self.lmax2)[:, None]
        return np.broadcast_to(values, (*self.x.shape[:2], size(self.lmax2)))

    def judge(self, solution: Any) -> Evaluation:
        """Score results or an operation; the error is relative, in the 2-norm over all results.

        An operation is also tested for equivariance under the rotations and inversion, and timed.
        """
        if not any(hasattr(solution, name) for name in ("even", "apply_power", "convolve")):
            found = checked_array("solution", solution, shape=self.exact.shape)
            return Evaluation(self._error(found), metrics={"max_abs_error": self._worst(found)})
        found = checked_array("the result", self.apply(solution), shape=self.exact.shape)
        started = perf_counter()
        self.apply(solution)
        seconds = perf_counter() - started
        turned = self._turned_error(solution, found)
        leak = self._parity_leak(solution, found)
        metrics = {
            "max_abs_error": self._worst(found), "equivariance_error": turned, "parity_leak": leak,
            "seconds": seconds,
        }  # fmt: skip
        if hasattr(solution, "multiply_adds"):
            metrics["multiply_adds"] = float(solution.multiply_adds())
        broken = {"equivariance": turned} if turned > self.tolerance else {}
        return Evaluation(self._error(found), broken, metrics)

    def apply(self, operation: Any, rotation: Array | None = None) -> Array:
        """Return the results of an operation, all inputs turned by an orthogonal matrix if one is given."""
        x, turn = self.x, np.eye(3) if rotation is None else rotation
        if rotation is not None:
            x = _turned(x, turn, self.lmax1)
        if self.is_power:
            weights = None if self.power_weights is None else self.power_weights.transpose(1, 0, 2)
            return np.asarray(operation.apply_power(x, self.factors, weights), dtype=float)
        x = _scaled(x, self.weights1)
        if self.directions is not None and self.weights2 is None and hasattr(operation, "convolve"):
            found = operation.convolve(x, (self.directions @ turn.T)[:, None])
        else:
            y = self.second()
            y = y if rotation is None else _turned(y, turn, self.lmax2)
            found = operation.even(x, _scaled(y, self.weights2))
        return _scaled(np.asarray(found, dtype=float), self.weights3)

    def _error(self, found: Array) -> float:
        scale = float(np.linalg.norm(self.exact))
        return float(np.linalg.norm(found - self.exact)) / (scale or 1.0)

    def _worst(self, found: Array) -> float:
        return float(np.abs(found - self.exact).max(initial=0.0))

    def _turned_error(self, operation: Any, found: Array) -> float:
        rotations = np.zeros((0, 3, 3)) if self.rotations is None else self.rotations
        scale, worst = float(np.abs(found).max(initial=0.0)) or 1.0, 0.0
        for rotation in (*rotations, -np.eye(3)):
            expected = _turned(found, rotation, self.lmax_out)
            worst = max(worst, float(np.abs(self.apply(operation, rotation) - expected).max(initial=0.0)))
        return worst / scale

    def _parity_leak(self, operation: Any, found: Array) -> float:
        """The share of the result that does not change its sign with the degree under inversion."""
        signs = (-1.0) ** degrees(self.lmax_out)
        back = self.apply(operation, -np.eye(3)) * signs
        return float(np.linalg.norm(back - found)) / 2 / (float(np.linalg.norm(found)) or 1.0)

    def plot(self, solution: Any, axes: Any = None) -> Any:
        """Draw the power of the exact result per degree and of the solution's error."""
        from problems.equivariance.drawing import spectra

        found = np.asarray(solution) if isinstance(solution, np.ndarray) else self.apply(solution)
        return spectra(self.exact, found, self.lmax_out, axes)


def _check_counts(**counts: int) -> None:
    for name, value in counts.items():
        check_integer(name, value, 0 if name in ("seed", "rotations") else 1)


def _scaled(values: Array, weights: Array | None) -> Array:
    return values if weights is None else values * weights[:, degrees(weights.shape[-1] - 1)]


def _turned(values: Array, rotation: Array, lmax: int) -> Array:
    """Turn coefficients; inversion changes signs and nothing else, so that it adds no round-off."""
    if np.array_equal(rotation, -np.eye(3)):
        return values * (-1.0) ** degrees(lmax)
    return values @ rotation_of_coefficients(rotation, lmax).T
