"""The Gaunt tensor product: multiply functions on the sphere and take the product's coefficients, in O(L³).

References: Luo, Chen, Krishnapriyan, "Enabling efficient equivariant operations in the Fourier basis via
Gaunt tensor products", ICLR 2024, arXiv 2401.10216 (Fourier); Xie, Daigavane, Kotak, Smidt, "The price of
freedom", ICML 2025, arXiv 2506.13523 (grid).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from classical.equivariance.operation import SphericalOperation
from classical.equivariance.sphere_transform import SphereTransform, least_nodes, times
from problems.checking import check_choice, check_integer
from problems.equivariance.coupling_measures import INDEX, rows_of
from problems.errors import ProblemError
from problems.numerics.spherical import degrees, gaunt, size

METHODS = ("grid", "fourier", "fourier_direct", "reference")


@dataclass(frozen=True)
class GauntProduct(SphericalOperation):
    """The product of two functions on the sphere; all couplings of even l1 + l2 + l3, none of odd.

    Attributes:
        method: "grid" multiplies values at the nodes of an exact quadrature; "fourier" multiplies on a torus
            by fast transforms, "fourier_direct" convolves the series term by term; "reference" contracts
            with the Gaunt tensor, O(L⁶).
        polar: Nodes in θ of the grid; None for the fewest that are exact.
        azimuthal: Nodes in φ of the grid; None for the fewest that are exact.
        chunk: Pairs that are computed at once, so that values stay in the cache of a processor; None for all,
            which suits accelerators.
    """

    method: Literal["grid", "fourier", "fourier_direct", "reference"] = "grid"
    polar: int | None = None
    azimuthal: int | None = None
    chunk: int | None = None

    def __post_init__(self):
        super().__post_init__()
        check_choice("method", self.method, METHODS)
        if self.chunk is not None:
            check_integer("chunk", self.chunk, 1)
        least = least_nodes(self.lmax1 + self.lmax2 + self.highest)
        for name, need in zip(("polar", "azimuthal"), least, strict=True):
            given = getattr(self, name)
            if given is None:
                continue
            check_integer(name, given, 1)
            if self.method != "grid":
                raise ProblemError(name, given, "None", "only method='grid' has nodes to choose")
            if given < need:
                raise ProblemError(
                    name, given, f"at least {need} nodes for degrees up to "
                    f"{self.lmax1}, {self.lmax2} and {self.highest}", "fewer would alias",
                )  # fmt: skip

    @property
    def at_once(self) -> int | None:
        """How many pairs are computed at once."""
        return self.chunk

    @property
    def couples_odd(self) -> bool:
        """False: a product of functions is symmetric."""
        return False

    def apply_power(self, x: Any, nu: int, weights: Any = None) -> Any:
        """Return the weighted sum of x, x², …, x^ν as functions, or x^ν alone without weights.

        Args:
            x: ``[..., (L1+1)²]``.
            nu: The number of factors, ν >= 1.
            weights: ``[..., ν, L_out + 1]``: one per number of factors and output degree.

        Returns:
            ``[..., (L_out+1)²]`` where L_out is ``lmax_out`` or, if that is None, ν L1.
        """
        check_integer("nu", nu, 1)
        labels: tuple[str, ...] = ("x",)
        top = nu * self.lmax1 if self.lmax_out is None else self.lmax_out
        arrays, widths = (x,), (size(self.lmax1),)
        if weights is not None:
            if np.shape(weights)[-2:] != (nu, top + 1):
                raise ProblemError("the shape of weights", np.shape(weights), f"(..., {nu}, {top + 1})")
            flat = weights.reshape(*np.shape(weights)[:-2], nu * (top + 1))
            arrays, widths, labels = (x, flat), (*widths, nu * (top + 1)), ("x", "weights")
        name = "_power" if weights is None else "_powers"
        return self._call(name, arrays, widths, labels, (int(nu), top))

    def convolve(self, x: Any, rhat: Any, weights: Any = None) -> Any:
        """Return the product with the harmonics of directions, by turning each direction to the pole: O(L³).

        It is ``even(x, harmonics(rhat, lmax2))``, for every method.

        Args:
            x: ``[..., (L1+1)²]``.
            rhat: ``[..., 3]``, of any positive length; one of length zero gives NaN where it is traced.
            weights: ``[..., L2 + 1]`` on the degrees of the filter, or None for ones.

        Raises:
            ProblemError: If a direction has no length.
        """
        if isinstance(rhat, np.ndarray) and np.any(np.all(rhat == 0, axis=-1)):
            raise ProblemError("rhat", "a vector of length zero", "directions of positive length")
        arrays, widths = (x, rhat), (size(self.lmax1), 3)
        labels: tuple[str, ...] = ("x", "rhat")
        if weights is not None:
            arrays, widths = (*arrays, weights), (*widths, self.lmax2 + 1)
            labels = (*labels, "weights")
        return self._call("_convolve", arrays, widths, labels)

    def multiply_adds(self) -> int:
        """Count the transforms and the product; a fast transform of n points counts n log2 n."""
        from classical.equivariance.product_costs import gaunt_multiply_adds

        return gaunt_multiply_adds(self)

    def transforms(self, band: int | None = None, top: int | None = None) -> tuple[SphereTransform, ...]:
        """Return the transforms of x, of y and of the output, on one grid.

        Args:
            band: The band limit of the integrand; None for the product's.
            top: The highest degree of the output; None for the product's.
        """
        polar, azimuthal = least_nodes(self.lmax1 + self.lmax2 + self.highest if band is None else band)
        if band is None:
            polar, azimuthal = self.polar or polar, self.azimuthal or azimuthal
        first, second, third = self.present
        highest = self.highest if top is None else top
        if top is not None:
            third = tuple(range(top + 1)) if self.degrees_out is None else third
        return tuple(
            SphereTransform(lmax, kept, polar, azimuthal)
            for lmax, kept in ((self.lmax1, first), (self.lmax2, second), (highest, third))
        )

    def _even(self, x: Any, y: Any) -> Any:
        if self.method == "grid":
            first, second, third = self.transforms()
            return third.coefficients(times(first.values(x), second.values(y)))
        if self.method == "reference":
            return self._contract(x, y)
        from classical.equivariance import sphere_fourier as fourier

        first, second, third = self.present
        multiply = fourier.multiply if self.method == "fourier" else fourier.multiply_direct
        product = multiply(fourier.to_spectrum(x, first), fourier.to_spectrum(y, second))
        return fourier.to_coefficients(product, self.highest, third)

    def _contract(self, x: Any, y: Any) -> Any:
        import jax.numpy as jnp

        first, second, third = map(rows_of, self.present)
        table = gaunt(self.lmax1, self.lmax2, self.highest)[np.ix_(first, second, third)]
        outer = (x[first][:, None] * y[second][None]).reshape(len(first) * len(second), -1)
        found = jnp.asarray(table.reshape(len(outer), -1).T, x.dtype) @ outer
        return jnp.zeros((size(self.highest), x.shape[-1]), x.dtype).at[third].set(found)

    def _power(self, x: Any, nu: int, top: int) -> Any:
        from classical.equivariance.sphere_powers import power_coefficients

        return power_coefficients(self, x, (nu,), top)[0]

    def _powers(self, x: Any, weights: Any, nu: int, top: int) -> Any:
        from classical.equivariance.sphere_powers import power_coefficients

        rows = degrees(top).astype(INDEX)
        found = power_coefficients(self, x, tuple(range(1, nu + 1)), top)
        total = weights[rows] * found[0]
        for k in range(1, nu):
            total += weights[(k * (top + 1) + rows).astype(INDEX)] * found[k]
        return total

    def _convolve(self, x: Any, rhat: Any, weights: Any = None) -> Any:
        from classical.equivariance.pole_convolution import convolve

        return convolve(self, x, rhat, weights)
