"""Compiled kernels of the one-hot subspace: phases, k × k mixers along axes, and their way back."""

from __future__ import annotations

import numpy as np

from backends.compiling import kernel, subkernel


@kernel
def evolve(
    state, energies, betas, gammas, dims, first, second, bounds, grover
):  # pragma: no cover - compiled
    """Run all layers on a uniform state; axis k has the bonds ``bounds[k]`` to ``bounds[k + 1]``."""
    for layer in range(len(betas)):
        _turn(state, energies, gammas[layer])
        if grover:
            _reflect(state, betas[layer])
            continue
        stride = 1
        matrix = np.empty((0, 0), np.complex128)
        for axis in range(len(dims)):
            if len(matrix) != dims[axis]:  # axes of one size have the same bonds
                matrix, _ = _mixer(betas[layer], dims[axis], first, second, bounds[axis], bounds[axis + 1])
            _apply(state, matrix, stride)
            stride *= dims[axis]


@kernel
def means(rows, energies, observed, dims, first, second, bounds, grover):  # pragma: no cover - compiled
    """Return the means ``[B]`` of a diagonal at rows of parameters ``[B, 2p]``."""
    result, size, layers = np.empty(len(rows)), len(energies), rows.shape[1] // 2
    state = np.empty(size, np.complex128)
    for row in range(len(rows)):
        state[:] = 1 / np.sqrt(size)
        betas, gammas = rows[row, :layers], rows[row, layers:]
        evolve(state, energies, betas, gammas, dims, first, second, bounds, grover)
        total = 0.0
        for x in range(size):
            total += observed[x] * (state[x].real ** 2 + state[x].imag ** 2)
        result[row] = total
    return result


@kernel
def mix_back(
    state, left, energies, betas, gammas, dims, first, second, bounds, grover, slopes
):  # pragma: no cover - compiled
    """Undo all layers on both states; dE/dβ goes to ``slopes[0]``, dE/dγ to ``slopes[1]``."""
    for layer in range(len(betas) - 1, -1, -1):
        if grover:
            one, two = left.sum(), state.sum()
            slopes[0, layer] = 2 * (np.conj(one) * two).imag / len(state)
            _reflect(state, -betas[layer])
            _reflect(left, -betas[layer])
        else:
            stride = 1
            for axis in range(len(dims)):
                matrix, slope = _mixer(
                    betas[layer], dims[axis], first, second, bounds[axis], bounds[axis + 1]
                )
                back = np.ascontiguousarray(np.conj(matrix).T)
                slopes[0, layer] += 2 * _overlap(left, state, slope @ back, stride)
                _apply(state, back, stride)
                _apply(left, back, stride)
                stride *= dims[axis]
        total = 0.0
        for x in range(len(state)):
            total += energies[x] * (left[x].real * state[x].imag - left[x].imag * state[x].real)
        slopes[1, layer] = 2 * total
        _turn(state, energies, -gammas[layer])
        _turn(left, energies, -gammas[layer])


@subkernel
def _mixer(beta, size, first, second, start, end):  # pragma: no cover - compiled
    """Return the product of the partial swaps and its derivative; on two states a swap is e^(−iβX)."""
    matrix, slope = np.eye(size, dtype=np.complex128), np.zeros((size, size), np.complex128)
    c, s = np.cos(beta), -1j * np.sin(beta)
    for bond in range(start, end):
        a, b = first[bond], second[bond]
        for k in range(size):
            u, v, du, dv = matrix[a, k], matrix[b, k], slope[a, k], slope[b, k]
            matrix[a, k], matrix[b, k] = c * u + s * v, s * u + c * v
            # the derivative of the swap is −iX times it
            slope[a, k] = c * du + s * dv - 1j * matrix[b, k]
            slope[b, k] = s * du + c * dv - 1j * matrix[a, k]
    return matrix, slope


@subkernel
def _apply(state, matrix, stride):  # pragma: no cover - compiled
    size = len(matrix)
    values = np.empty(size, np.complex128)
    for block in range(0, len(state), size * stride):
        for x in range(block, block + stride):
            for a in range(size):
                values[a] = state[x + a * stride]
            for a in range(size):
                total = 0.0j
                for b in range(size):
                    total += matrix[a, b] * values[b]
                state[x + a * stride] = total


@subkernel
def _overlap(left, state, matrix, stride):  # pragma: no cover - compiled
    """Return Re⟨left|M|state⟩."""
    size, result = len(matrix), 0.0
    for block in range(0, len(state), size * stride):
        for x in range(block, block + stride):
            for a in range(size):
                total = 0.0j
                for b in range(size):
                    total += matrix[a, b] * state[x + b * stride]
                result += (np.conj(left[x + a * stride]) * total).real
    return result


@subkernel
def _reflect(state, beta):  # pragma: no cover - compiled
    """e^(−iβ|s⟩⟨s|) for the uniform state s."""
    state += (np.exp(-1j * beta) - 1) * state.sum() / len(state)


@subkernel
def _turn(state, energies, gamma):  # pragma: no cover - compiled
    for x in range(len(state)):
        angle = gamma * energies[x]
        state[x] *= complex(np.cos(angle), -np.sin(angle))
