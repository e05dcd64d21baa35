"""The interface of all bilinear operations on spherical coefficients, batched and traceable by JAX."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from problems.checking import check_integer
from problems.contract import Array
from problems.equivariance.coupling_measures import Degrees, Triple, coupled_paths, jacobian_rank
from problems.errors import MissingExtra, ProblemError
from problems.numerics.precision import double_precision
from problems.numerics.spherical import size


@dataclass(frozen=True)
class SphericalOperation(ABC):
    """A rotation-equivariant bilinear map of coefficients ``[..., (L1+1)²]`` and ``[..., (L2+1)²]``.

    Inputs have natural parity (−1)^l. Couplings with even l1 + l2 + l3 give natural parity again, ``even``;
    those with odd sum give the other parity, ``odd``. Where one input is of the other parity, the two change
    places. Arrays of JAX are computed in their own precision and traced; arrays of numpy come back as numpy.

    Attributes:
        lmax1: Highest degree of the first input.
        lmax2: Highest degree of the second input.
        lmax_out: Highest degree of the output; None for ``lmax1 + lmax2``.
        degrees1: Degrees that the first input holds; others are taken as zero. None for all.
        degrees2: The same of the second input.
        degrees_out: Degrees of the output that are computed; others are zero. None for all.
    """

    lmax1: int = 1
    lmax2: int = 1
    lmax_out: int | None = None
    degrees1: Degrees | None = None
    degrees2: Degrees | None = None
    degrees_out: Degrees | None = None

    def __post_init__(self):
        check_integer("lmax1", self.lmax1, 0)
        check_integer("lmax2", self.lmax2, 0)
        if self.lmax_out is not None:
            check_integer("lmax_out", self.lmax_out, 0, self.lmax1 + self.lmax2)
        limits = {"degrees1": self.lmax1, "degrees2": self.lmax2, "degrees_out": self.highest}
        for name, limit in limits.items():
            chosen = getattr(self, name)
            if chosen is None:
                continue
            for degree in chosen:
                check_integer(name, degree, 0, limit)
            object.__setattr__(self, name, tuple(sorted({int(degree) for degree in chosen})))

    @property
    def couples_odd(self) -> bool:
        """Whether there are couplings of odd l1 + l2 + l3."""
        return True

    @property
    def weights_per_path(self) -> bool:
        """Whether each path may have a weight of its own, and not each degree of inputs and output alone."""
        return False

    @property
    def highest(self) -> int:
        """The highest degree of the output."""
        return self.lmax1 + self.lmax2 if self.lmax_out is None else self.lmax_out

    @property
    def at_once(self) -> int | None:
        """How many pairs are computed at once; None for all."""
        return None

    @property
    def present(self) -> tuple[Degrees, Degrees, Degrees]:
        """The degrees of the two inputs and of the output."""
        chosen = (self.degrees1, self.degrees2, self.degrees_out)
        limits = (self.lmax1, self.lmax2, self.highest)
        first, second, third = (
            tuple(range(top + 1)) if kept is None else kept for kept, top in zip(chosen, limits, strict=True)
        )
        return first, second, third

    def even(self, x: Any, y: Any) -> Any:
        """Return all couplings with even l1 + l2 + l3, ``[..., (L_out+1)²]``.

        Raises:
            ProblemError: If an array is complex, not finite or of the wrong length.
        """
        return self._call("_even", (x, y), self._widths)

    def odd(self, x: Any, y: Any) -> Any:
        """Return all couplings with odd l1 + l2 + l3, ``[..., (L_out+1)²]``.

        Raises:
            ProblemError: If the operation has none, or an array is complex, not finite or of a wrong length.
        """
        if not self.couples_odd:
            raise ProblemError(
                "odd", type(self).__name__, "an operation that couples odd l1 + l2 + l3",
                "a product of functions on the sphere is symmetric: use MatrixProduct or VectorProduct",
            )  # fmt: skip
        return self._call("_odd", (x, y), self._widths)

    def apply(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Return ``(even(x, y), odd(x, y))``, the second None where ``couples_odd`` is False."""
        if not self.couples_odd:
            return self.even(x, y), None
        return self._call("_both", (x, y), self._widths)

    def paths(self) -> frozenset[Triple]:
        """Return the triples (l1, l2, l3) that really couple, found by applying the operation."""
        return coupled_paths(self)

    def expressivity(self) -> int:
        """Return the dimension of the family of maps over all weights: the rank of the Jacobian of
        weights -> weights of paths, in float64 where all weights are one.
        """
        return jacobian_rank(self)

    @abstractmethod
    def multiply_adds(self) -> int:
        """Return the multiplications of one call on one pair of inputs, counted from the sizes of the loops.

        Where ``couples_odd`` is True, both parts are counted.
        """

    @property
    def _widths(self) -> tuple[int, int]:
        return size(self.lmax1), size(self.lmax2)

    @abstractmethod
    def _even(self, x: Any, y: Any) -> Any:
        """Map ``[(L1+1)², B]`` and ``[(L2+1)², B]`` of JAX to ``[(L_out+1)², B]``; the batch is last."""

    def _odd(self, x: Any, y: Any) -> Any:
        raise NotImplementedError

    def _both(self, x: Any, y: Any) -> tuple[Any, Any]:
        return self._even(x, y), self._odd(x, y)

    def _call(
        self,
        name: str,
        arrays: tuple[Any, ...],
        widths: tuple[int, ...],
        labels: tuple[str, ...] = ("x", "y"),
        options: tuple[int, ...] = (),
    ) -> Any:
        """Run a method that takes batch-last arrays, then options, on arrays of any leading axes."""
        arrays = tuple(map(as_real, labels, arrays))
        for label, array, width in zip(labels, arrays, widths, strict=True):
            check_width(label, array, width)
        if any(not isinstance(array, np.ndarray) for array in arrays):
            return batch_last(getattr(self, name), arrays, options, self.at_once)
        for label, array in zip(labels, arrays, strict=True):
            if not np.all(np.isfinite(array)):
                raise ProblemError(label, "NaN or infinity", "finite coefficients")
        return on_numpy(self, name, arrays, options)


def as_real(field: str, value: Any) -> Any:
    """Return numpy or JAX floating-point numbers; integers become float64, anything else is refused."""
    if not hasattr(value, "dtype"):
        value = np.asarray(value)
    kind = np.dtype(value.dtype).kind if str(value.dtype) != "bfloat16" else "f"
    if kind in "iu" and isinstance(value, np.ndarray):
        return value.astype(float)
    if kind != "f":
        raise ProblemError(
            f"the type of {field}", str(value.dtype), "real floating-point coefficients",
            "split complex numbers into two products, and convert integers by astype(float)",
        )  # fmt: skip
    return value


def check_width(field: str, array: Any, width: int) -> None:
    """Refuse coefficients whose last axis has another length."""
    if array.ndim == 0 or array.shape[-1] != width:
        raise ProblemError(
            f"the shape of {field}", tuple(array.shape), f"(..., {width})", "one entry per degree and order"
        )


def batch_last(
    function: Any, arrays: tuple[Any, ...], options: tuple[int, ...] = (), at_once: int | None = None
) -> Any:
    """Broadcast the leading axes of all arrays, put them last as one, call, and put them back.

    With ``at_once`` the pairs are taken in pieces of that many, one after the other; zeros fill the last one.
    """
    import jax
    import jax.numpy as jnp

    arrays = tuple(jnp.asarray(array) for array in arrays)
    common = jnp.result_type(*arrays)
    lead = np.broadcast_shapes(*(array.shape[:-1] for array in arrays))
    flat = tuple(
        jnp.broadcast_to(array, (*lead, array.shape[-1])).reshape(-1, array.shape[-1]).astype(common)
        for array in arrays
    )

    def piece(parts: tuple[Any, ...]) -> Any:
        return jax.tree.map(lambda part: part.T, function(*(part.T for part in parts), *options))

    count = int(np.prod(lead))
    if at_once is None or count <= at_once:
        return jax.tree.map(lambda part: part.reshape(*lead, part.shape[-1]), piece(flat))
    missing = -count % at_once
    pieces = tuple(
        jnp.pad(part, ((0, missing), (0, 0))).reshape(-1, at_once, part.shape[-1]) for part in flat
    )
    found = jax.lax.map(piece, pieces)
    return jax.tree.map(
        lambda part: part.reshape(-1, part.shape[-1])[:count].reshape(*lead, part.shape[-1]), found
    )


def on_numpy(operation: Any, name: str, arrays: tuple[Array, ...], options: tuple[int, ...]) -> Any:
    """Compile for the shapes at hand, run in the arrays' own precision, and return numpy."""
    try:
        import jax
    except ImportError:
        raise MissingExtra(type(operation).__name__, "learning") from None
    from classical.equivariance.compiled import run

    with double_precision():
        return jax.tree.map(np.array, run(operation, name, options, arrays))
