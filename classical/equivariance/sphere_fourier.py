"""Functions on the sphere as Fourier series on a torus: θ continued to [0, 2π), f = Σ F_uv e^{i(uθ + vφ)}.

The continuation is Y(θ, φ) -> Y(2π − θ, φ + π), so Y_lm is a finite sum with |u| <= l and v = ±m: cosines of
θ for even m, sines for odd m. A real f needs v >= 0 alone, F_{−u,−v} being the conjugate of F_uv.

Reference: Luo, Chen, Krishnapriyan, "Enabling efficient equivariant operations in the Fourier basis via Gaunt
tensor products", ICLR 2024, arXiv 2401.10216.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from problems.checking import read_only
from problems.contract import Array
from problems.equivariance.coupling_measures import INDEX, Degrees
from problems.numerics.spherical import associated_legendre, size

LEAST_NODES = 200  # of the quadrature of sin θ times a trigonometric polynomial over half a period


def to_spectrum(coefficients: Any, kept: Degrees) -> Any:
    """Return F ``[M + 1, 2M + 1, B]`` at [v, u + M] of coefficients ``[(L+1)², B]``, M the highest degree."""
    import jax.numpy as jnp

    table, plus, minus = _forward(kept)
    kind, top = coefficients.dtype, max(kept, default=0)
    flat = jnp.stack([coefficients[plus], coefficients[minus]], axis=-1)
    flat = flat.reshape(*plus.shape, -1)  # cosine and sine parts share a table
    parts = jnp.einsum("vul,vlb->vub", jnp.asarray(table, kind), flat)
    parts = parts.reshape(top + 1, top + 1, -1, 2)
    waves = parts[..., 0] - 1j * parts[..., 1] * jnp.asarray(np.arange(top + 1) > 0, kind)[:, None, None]
    odd = np.arange(top + 1)[:, None, None] % 2
    # the series of sines has imaginary coefficients
    right = waves * jnp.asarray(np.where(odd, 1j, 1.0), waves.dtype)
    left = right[:, :0:-1] * jnp.asarray(np.where(odd, -1.0, 1.0), kind)
    return jnp.concatenate([left, right], axis=1)


def to_coefficients(spectrum: Any, lmax: int, kept: Degrees) -> Any:
    """Return the integrals ``[(L+1)², B]`` with each harmonic of a real function of F ``[V, 2U+1, B]``."""
    import jax.numpy as jnp

    top, reach = max(kept, default=0), spectrum.shape[1] // 2
    inside = min(top, spectrum.shape[0] - 1)  # beyond it the function has no waves in φ
    table = _backward(kept, reach)[: inside + 1]
    phase = np.where(np.arange(inside + 1) % 2, 1j, 1.0)[:, None, None]
    turned = spectrum[: inside + 1, reach:] * jnp.asarray(phase, spectrum.dtype)
    both = jnp.concatenate([turned.real, turned.imag], axis=-1)
    found = jnp.einsum("vlu,vub->vlb", jnp.asarray(table, both.dtype), both)
    batch = spectrum.shape[-1]
    cosines, sines = found[..., :batch].reshape(-1, batch), found[..., batch:].reshape(-1, batch)
    rows, source, is_sine = _gather(kept, inside)
    values = jnp.where(is_sine[:, None], -sines[source], cosines[source])
    if len(rows) == size(lmax):
        return values
    return jnp.zeros((size(lmax), batch), values.dtype).at[rows].set(values)


def multiply(first: Any, second: Any) -> Any:
    """Return the spectrum of the product of two functions: a linear convolution by padded fast transforms.

    Inversion is θ -> θ + π on the torus, so even parity has even u alone: the parts of each parity are
    transformed on half the circle, and do not mix.
    """
    import jax.numpy as jnp

    reach = first.shape[1] // 2 + second.shape[1] // 2
    half, nodes = smooth(reach + 1), smooth(2 * reach + 1)
    one, two = _on_torus(first, half, nodes), _on_torus(second, half, nodes)
    even = one[:, 0] * two[:, 0] + one[:, 1] * two[:, 1]
    odd = one[:, 0] * two[:, 1] + one[:, 1] * two[:, 0]
    found = jnp.fft.rfft(jnp.stack([even, odd], axis=1), axis=-1, norm="forward")[..., : reach + 1]
    found = jnp.fft.fft(found * _shift(half, found).conj(), axis=-2, norm="forward")
    return found.reshape(len(found), 2 * half, -1)[:, _fold(reach, half)].transpose(2, 1, 0)


def _on_torus(spectrum: Any, half: int, nodes: int) -> Any:
    """Return the real parts of each parity ``[B, 2, θ, φ]``, θ over half a circle."""
    import jax.numpy as jnp

    own = spectrum.transpose(2, 1, 0)
    padded = jnp.zeros((own.shape[0], 2 * half, own.shape[2]), own.dtype)
    padded = padded.at[:, _fold(spectrum.shape[1] // 2, half)].set(own).reshape(len(own), 2, half, -1)
    along = jnp.fft.ifft(padded, axis=-2, norm="forward") * _shift(half, own)
    return jnp.fft.irfft(along, n=nodes, axis=-1, norm="forward")


def _shift(half: int, like: Any) -> Any:
    """Return e^{iθ} for the odd u and 1 for the even ones, ``[2, θ, 1]``."""
    import jax.numpy as jnp

    angles = np.pi * np.arange(half) / half
    return jnp.asarray(np.stack([np.ones(half), np.exp(1j * angles)])[..., None], like.dtype)


def _fold(reach: int, half: int) -> Array:
    """Return where u = −reach … reach lies: the even ones in a first half, the odd ones in a second."""
    u = np.arange(-reach, reach + 1)
    return u % 2 * half + (u - u % 2) // 2 % half


def smooth(least: int) -> int:
    """Return the smallest number from ``least`` on with the prime factors 2, 3 and 5 alone."""
    found = least
    while True:
        rest = found
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return found
        found += 1


def multiply_direct(first: Any, second: Any) -> Any:
    """Return the same convolution summed term by term, O(L⁴): over rows u of the first, shifts v unrolled."""
    import jax
    import jax.numpy as jnp

    one, two = full_spectrum(first), full_spectrum(second)
    (n, _, batch), m = one.shape, two.shape[0]

    def add_row(total: Any, row: Any) -> tuple[Any, None]:
        at, terms = row
        shifted = jnp.zeros((m, n + m - 1, batch), one.dtype)
        for v in range(n):
            shifted = shifted.at[:, v : v + m].add(terms[v] * two)
        kept = jax.lax.dynamic_slice_in_dim(total, at, m, axis=0)
        return jax.lax.dynamic_update_slice_in_dim(total, kept + shifted, at, axis=0), None

    total = jnp.zeros((n + m - 1, n + m - 1, batch), one.dtype)
    total, _ = jax.lax.scan(add_row, total, (jnp.arange(n), one))
    return total.transpose(1, 0, 2)[(n + m - 2) // 2 :]


def full_spectrum(half: Any) -> Any:
    """Return F ``[2U + 1, 2U + 1, B]`` at [u, v] with all signs of v."""
    import jax.numpy as jnp

    positive = half.transpose(1, 0, 2)
    return jnp.concatenate([positive[::-1, :0:-1].conj(), positive], axis=1)


@lru_cache(maxsize=64)
def _forward(kept: Degrees) -> tuple[Array, Array, Array]:
    """Real tables ``[v, u >= 0, l]`` and the places ``[v, l]`` of cosine and sine coefficients.

    The continued Legendre functions are sampled at 4M + 3 points of a period, which is exact.
    """
    top, degrees = max(kept, default=0), np.array(kept, dtype=int)
    nodes = 4 * top + 3
    angles = 2 * np.pi * np.arange(nodes) / nodes
    values = associated_legendre(np.cos(angles), top)[:, degrees]
    values = values * np.where(np.sin(angles) < 0, -1.0, 1.0)[:, None, None] ** np.arange(top + 1)
    series = np.fft.fft(values, axis=0) / nodes
    series = series[: top + 1].transpose(2, 0, 1)
    orders = np.arange(top + 1)[:, None, None]
    table = np.where(orders % 2, series.imag, series.real) * np.where(orders > 0, np.sqrt(0.5), 1.0)
    u = np.arange(top + 1)[:, None]
    table[:, (u > degrees) | ((u - degrees) % 2 == 1)] = 0.0  # exactly: parity is that of u
    own = np.arange(top + 1)[:, None] <= degrees
    plus = np.where(own, degrees**2 + degrees + np.arange(top + 1)[:, None], 0)
    minus = np.where(own, degrees**2 + degrees - np.arange(top + 1)[:, None], 0)
    return read_only(table), read_only(plus.astype(INDEX)), read_only(minus.astype(INDEX))


@lru_cache(maxsize=64)
def _backward(kept: Degrees, reach: int) -> Array:
    """Real tables ``[v, l, u >= 0]``: integrals over θ in [0, π] of P cos uθ sin θ or P sin uθ sin θ, with
    the φ integral of the wave, and doubled where −u adds the same.
    """
    top, degrees = max(kept, default=0), np.array(kept, dtype=int)
    nodes, weights = np.polynomial.legendre.leggauss(max(LEAST_NODES, 2 * (top + reach)))
    angles = np.pi * (nodes + 1) / 2
    legendre = associated_legendre(np.cos(angles), top)[:, degrees]
    legendre = legendre * (weights * np.pi / 2 * np.sin(angles))[:, None, None]
    grid = np.outer(angles, np.arange(reach + 1))
    even = np.einsum("tlv,tu->vlu", legendre, np.cos(grid))
    odd = np.einsum("tlv,tu->vlu", legendre, np.sin(grid))
    orders = np.arange(top + 1)[:, None, None]
    scale = np.where(orders > 0, 2 * np.sqrt(2) * np.pi, 2 * np.pi)
    table = np.where(orders % 2, odd, even) * scale * np.where(np.arange(reach + 1) > 0, 2.0, 1.0)
    table[:, (np.arange(reach + 1) - degrees[:, None]) % 2 == 1] = 0.0  # exactly: parity is that of u
    return read_only(table)


@lru_cache(maxsize=64)
def _gather(kept: Degrees, inside: int) -> tuple[Array, Array, Array]:
    """Coefficients with |m| <= inside, where each lies in ``[v, l]`` flat, and whether it is of sine type."""
    rows, source, sine = [], [], []
    for j, degree in enumerate(kept):
        for m in range(-min(degree, inside), min(degree, inside) + 1):
            rows.append(degree**2 + degree + m)
            source.append(abs(m) * len(kept) + j)
            sine.append(m < 0)
    return np.array(rows, dtype=INDEX), np.array(source, dtype=INDEX), np.array(sine, dtype=bool)
