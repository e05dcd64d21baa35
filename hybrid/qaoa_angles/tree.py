"""QAOA for MaxCut on a regular tree of infinite size, exactly: what graphs without short cycles give.

A vertex is summed over its spin before each mixer, in ket and bra, and after the last: 2p + 1 signs a. Its
weight f(a) is the product of the mixers' elements, an edge gives e^(−iJΓ·ab) with Γ = (γ₁ … γ_p, 0, −γ_p …
−γ₁), and a subtree of m levels the message

    M_m(a) = Σ_b f(b) M_{m−1}(b)^(d−1) e^(−iJΓ·ab),   M_0 = 1,

an exclusive-or convolution, so a Walsh–Hadamard transform each way. Two roots joined by an edge give ⟨ZZ⟩.
After Basso, Farhi, Marwaha, Villalonga, Zhou, "The QAOA at high depth for MaxCut on large-girth regular
graphs and the Sherrington–Kirkpatrick model", arXiv 2110.14206, section 4.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import minimize

from backends.statevector.term_slopes import walsh_hadamard
from hybrid.qaoa_angles.growth import interpolate
from problems.checking import check_integer
from problems.contract import Array

COUPLING = 0.5  # of an edge of weight 1 in the Ising model of a cut


def tree_share(degree: int, angles: Array) -> float:
    """Return the expected share of edges cut on the infinite tree.

    Args:
        degree: d, of every vertex.
        angles: β₁…β_p, γ₁…γ_p for edges of coupling ½, minimising: β < 0 < γ.
    """
    check_integer("degree", degree, 2)
    betas, gammas = np.split(np.asarray(angles, dtype=float), 2)
    p = len(betas)
    weight, last = _weights(betas)
    kernel = _kernel(gammas)
    message: Any = np.ones_like(weight)
    for _ in range(p):
        message = _convolved(weight * message ** (degree - 1), kernel)
    root = weight * message ** (degree - 1) * last
    correlation = np.sum(root * _convolved(root, kernel))
    return float((1 - correlation.real) / 2)


def optimise_on_tree(degree: int, layers: int, start: Array | None = None, tolerance: float = 1e-7) -> Array:
    """Return angles ``[2p]`` that maximise the share on the tree, each depth from the last one's by INTERP.

    Args:
        degree: d.
        layers: p.
        start: Angles of any depth below p to begin with; by default those of depth 1.
        tolerance: Of the slopes, at which a depth is done.
    """
    angles = (
        np.array([-np.pi / 8, 2 * np.arctan(1 / np.sqrt(degree - 1))]) if start is None else np.array(start)
    )
    while True:
        found = minimize(
            lambda x: -tree_share(degree, x),
            angles,
            method="L-BFGS-B",
            options={"gtol": tolerance, "maxiter": 200},
        )
        angles = np.asarray(found.x)
        if len(angles) >= 2 * layers:
            return angles
        angles = interpolate(angles)


def _weights(betas: Array) -> tuple[Any, Any]:
    """Return f ``[2^(2p+1)]`` and the sign of the last spin; bits are a₁ … a_p, a_0, a_−p … a_−1 from low."""
    p = len(betas)
    size = 1 << (2 * p + 1)
    bits = np.arange(size)[:, None] >> np.arange(2 * p + 1) & 1
    weight = np.full(size, 0.5, dtype=complex)
    for layer, beta in enumerate(betas):
        stay, turn = np.cos(beta), -1j * np.sin(beta)
        for here, there, conjugate in ((layer, layer + 1, False), (2 * p - layer, 2 * p - layer - 1, True)):
            element = np.where(bits[:, here] == bits[:, there], stay, np.conj(turn) if conjugate else turn)
            weight *= element
    return weight, 1.0 - 2.0 * bits[:, p]


def _kernel(gammas: Array) -> Array:
    """Return the transform of e^(−iJΓ·s) over the signs s: a product of one factor per sign."""
    kernel = np.ones(1, dtype=complex)
    for angle in [*gammas, 0.0, *-gammas[::-1]]:
        kernel = np.concatenate([kernel * np.cos(COUPLING * angle), kernel * -1j * np.sin(COUPLING * angle)])
    return kernel


def _convolved(values: Any, kernel: Any) -> Any:
    """Return Σ_b v(b) K(a ⊕ b), given the transform of K over its mean."""
    return _transformed(_transformed(values) * kernel)


def _transformed(values: Any) -> Any:
    real, imaginary = np.ascontiguousarray(values.real), np.ascontiguousarray(values.imag)
    walsh_hadamard(real)
    walsh_hadamard(imaginary)
    return real + 1j * imaginary
