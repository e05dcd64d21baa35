"""One layer of QAOA in closed form: energies and correlations for any number of spins, fields included.

For C = Σ h_u Z_u + Σ J_uv Z_u Z_v and the state e^(−iβΣX) e^(−iγC)|+⟩:

    ⟨Z_u⟩    = sin 2β · sin 2γh_u · Π_w cos 2γJ_uw
    ⟨Z_uZ_v⟩ = ½ sin 4β · sin 2γJ_uv · [cos 2γh_u Π cos 2γJ_uw + cos 2γh_v Π cos 2γJ_vw]
             + ½ sin² 2β · [cos 2γ(h_u − h_v) Π cos 2γ(J_uw − J_vw) − cos 2γ(h_u + h_v) Π cos 2γ(J_uw + J_vw)]

with products over w other than u and v. Reference: Ozaeta, van Dam, McMahon, "Expectation values from the
single-layer quantum approximate optimization algorithm on Ising problems", arXiv 2012.03421.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from scipy.optimize import minimize_scalar

from problems.binary.qubo import Ising
from problems.checking import frozen_array
from problems.contract import Array
from problems.errors import ProblemError

STEP = 1e-20  # of the complex step, whose derivative is exact to rounding
SCAN = 64  # values of γ at which the best β is looked for first


def single_correlations(cost: Ising, beta: float, gamma: float) -> Array:
    """Return ⟨Z_u⟩ ``[n]`` of all spins."""
    fields, _, _ = _correlators(cost, complex(gamma), *_own_pairs(cost))
    return np.sin(2 * beta) * fields.real


def pair_correlations(cost: Ising, beta: float, gamma: float, pairs: Any = None) -> Array:
    """Return ⟨Z_uZ_v⟩ ``[K]``.

    Args:
        cost: The cost.
        beta: β.
        gamma: γ.
        pairs: Integers ``[K, 2]``, u ≠ v; by default the couplings of the cost in their order.

    Raises:
        ProblemError: If a pair is none.
    """
    first, second = _own_pairs(cost)
    if pairs is not None:
        wanted = frozen_array("pairs", pairs, shape=(None, 2), dtype=np.int64)
        for k, (u, v) in enumerate(wanted.tolist()):
            if u == v or not (0 <= u < cost.n and 0 <= v < cost.n):
                raise ProblemError(f"pairs[{k}]", (u, v), f"two different spins in [0, {cost.n - 1}]")
        first, second = np.ascontiguousarray(wanted[:, 0]), np.ascontiguousarray(wanted[:, 1])
    _, crossed, squared = _correlators(cost, complex(gamma), first, second)
    return np.sin(4 * beta) * crossed.real + np.sin(2 * beta) ** 2 * squared.real


def expectation(cost: Ising, betas: Array, gammas: Array) -> Array:
    """Return ⟨C⟩ ``[B]``, the offset included, at rows of β and γ."""
    return _energy(_coefficients(cost, gammas).real, np.asarray(betas, dtype=float)) + cost.form.offset


def gradient(cost: Ising, betas: Array, gammas: Array) -> tuple[Array, Array]:
    """Return ∂⟨C⟩/∂β and ∂⟨C⟩/∂γ, ``[B]`` each."""
    betas = np.asarray(betas, dtype=float)
    shifted = _coefficients(cost, np.asarray(gammas) + 1j * STEP)
    fields, crossed, squared = shifted.real.T
    by_beta = (
        2 * np.cos(2 * betas) * fields + 4 * np.cos(4 * betas) * crossed + 2 * np.sin(4 * betas) * squared
    )
    return by_beta, _energy(shifted.imag / STEP, betas)


def best_angles(cost: Ising) -> tuple[float, float]:
    """Return (β, γ) of the least ⟨C⟩ for γ up to the first quarter turn of a typical term.

    For each γ the best β is a root of a polynomial of degree 4; γ is scanned, then refined.

    Raises:
        ProblemError: If the cost has no term.
    """
    form = cost.form
    weights = np.concatenate([form.linear[form.linear != 0], form.coupling])
    if not np.any(weights):
        raise ProblemError("cost", "a constant", "at least one field or coupling")
    degree = max(1.0, 2 * np.count_nonzero(form.coupling) / cost.n)
    most = np.pi / (2 * np.sqrt(np.mean(weights**2)) * np.sqrt(degree))
    grid = most * np.arange(1, SCAN + 1) / SCAN
    values = [_best_beta(row)[1] for row in _coefficients(cost, grid).real]
    k = int(np.argmin(values))
    near = (grid[max(k - 1, 0)] if k else grid[0] / 100, grid[min(k + 1, SCAN - 1)])
    refined = minimize_scalar(
        lambda g: _best_beta(_coefficients(cost, np.array([g])).real[0])[1],
        bounds=near, method="bounded", options={"xatol": 1e-10 * most},
    )  # fmt: skip
    gamma = float(refined.x) if refined.fun <= values[k] else float(grid[k])
    return _best_beta(_coefficients(cost, np.array([gamma])).real[0])[0], gamma


def _best_beta(coefficients: Array) -> tuple[float, float]:
    """Minimise a sin x + b sin 2x + d (1 − cos 2x)/2 over x = 2β; its slope is a polynomial in e^(ix)."""
    a, b, d = coefficients
    roots = (
        np.roots([b - 0.5j * d, a / 2, 0.0, a / 2, b + 0.5j * d]) if (a, b, d) != (0, 0, 0) else np.ones(1)
    )
    betas = np.angle(roots) / 2
    betas = np.concatenate([betas, np.linspace(-np.pi / 2, np.pi / 2, 9)])  # should roots be off the circle
    values = _energy(np.tile(coefficients, (len(betas), 1)), betas)
    least = values.min()
    ties = np.flatnonzero(values <= least + 1e-12 * np.abs(coefficients).sum())
    return float(betas[ties[np.argmin(np.abs(betas[ties]))]]), float(least)


def _energy(coefficients: Array, betas: Array) -> Array:
    fields, crossed, squared = coefficients.T
    return np.sin(2 * betas) * fields + np.sin(4 * betas) * crossed + np.sin(2 * betas) ** 2 * squared


def _coefficients(cost: Ising, gammas: Any) -> Any:
    """Return ``[B, 3]``, complex: what multiplies sin 2β, sin 4β and sin² 2β in ⟨C⟩."""
    form, rows = cost.form, []
    for gamma in np.asarray(gammas, dtype=complex):
        fields, crossed, squared = _correlators(cost, complex(gamma), *_own_pairs(cost))
        rows.append([form.linear @ fields, form.coupling @ crossed, form.coupling @ squared])
    return np.array(rows, dtype=complex).reshape(-1, 3)


def _own_pairs(cost: Ising) -> tuple[Array, Array]:
    return cost.form.first.astype(np.int64), cost.form.second.astype(np.int64)


def _correlators(cost: Ising, gamma: complex, first: Array, second: Array) -> tuple[Any, Any, Any]:
    form = cost.form
    ends = np.concatenate([form.first, form.second]).astype(np.int64)
    others = np.concatenate([form.second, form.first]).astype(np.int64)
    order = np.argsort(ends, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=form.n))]).astype(np.int64)
    weights = np.concatenate([form.coupling, form.coupling])[order]
    out = (
        np.empty(form.n, dtype=complex),
        np.empty(len(first), dtype=complex),
        np.empty(len(first), dtype=complex),
    )
    _fill(np.ascontiguousarray(form.linear), start, others[order], weights, gamma, first, second, *out)
    return out


@njit(cache=True, nogil=True)
def _fill(
    linear, start, neighbour, weight, gamma, first, second, fields, crossed, squared
):  # pragma: no cover - compiled
    cosine, sine = np.cos(2 * gamma * weight), np.sin(2 * gamma * weight)
    for u in range(len(linear)):
        product = np.sin(2 * gamma * linear[u])
        for e in range(start[u], start[u + 1]):
            product *= cosine[e]
        fields[u] = product
    mark_u = np.full(len(linear), -1)
    mark_v = np.full(len(linear), -1)
    for k in range(len(first)):
        u, v = first[k], second[k]
        for e in range(start[u], start[u + 1]):
            mark_u[neighbour[e]] = e
        for e in range(start[v], start[v + 1]):
            mark_v[neighbour[e]] = e
        alone_u, alone_v = np.cos(2 * gamma * linear[u]), np.cos(2 * gamma * linear[v])
        apart, together = (
            np.cos(2 * gamma * (linear[u] - linear[v])),
            np.cos(2 * gamma * (linear[u] + linear[v])),
        )
        joint = 0.0 * gamma
        for e in range(start[u], start[u + 1]):
            w = neighbour[e]
            if w == v:
                joint = sine[e]
                continue
            alone_u *= cosine[e]
            f = mark_v[w]
            if f >= 0:
                product, cross = cosine[e] * cosine[f], sine[e] * sine[f]
                apart *= product + cross
                together *= product - cross
            else:
                apart *= cosine[e]
                together *= cosine[e]
        for e in range(start[v], start[v + 1]):
            w = neighbour[e]
            if w != u:
                alone_v *= cosine[e]
                if mark_u[w] < 0:
                    apart *= cosine[e]
                    together *= cosine[e]
        for e in range(start[u], start[u + 1]):
            mark_u[neighbour[e]] = -1
        for e in range(start[v], start[v + 1]):
            mark_v[neighbour[e]] = -1
        crossed[k] = joint * (alone_u + alone_v) / 2
        squared[k] = (apart - together) / 2
