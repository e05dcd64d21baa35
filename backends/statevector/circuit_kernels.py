"""Compiled runs of whole circuits: many rows of parameters, each for its own circuit, in one call.

Circuits are arrays. A line of ``gates [C, G, 4]`` is a kind of ``gate_kernels.KINDS``, its qubit or control,
its other qubit or target, and the index of its parameter, −1 where it has none; kind 0 does nothing and pads.
A line of ``turns [C, G, 2]`` is a factor and an angle: a gate turns by factor · parameter + angle. Row b runs
circuit ``which[b]`` with ``parameters[b]``. Observables come as ``pauli_groups.GroupArrays``. Nothing is
checked here, and states stay in the kernel, so threads may share all that is read.
"""

from __future__ import annotations

import math

import numpy as np

from backends.compiling import kernel, subkernel
from backends.statevector.gate_kernels import apply_gate, turn_back
from backends.statevector.pauli_kernels import weigh

# π/2 in three parts, the first two of 33 bits: their products with small integers are exact
HALF_PI_HIGH = 1.5707963267341256
HALF_PI_MIDDLE = 6.077100506303966e-11
HALF_PI_LOW = 2.0222662487959506e-21
FAR = 1e5  # radians beyond which the library reduces an angle
_SINE = tuple(1.0 / math.factorial(k) for k in range(3, 17, 2))
_COSINE = tuple(1.0 / math.factorial(k) for k in range(2, 18, 2))


@kernel
def energies(
    gates, turns, which, parameters, size, spans, masks, bounds, z_masks, weights, table, begin, end, means
):  # pragma: no cover - compiled
    """Write the means ``[B, K]`` of the rows from ``begin`` up to ``end``.

    Args:
        gates: int64 ``[C, G, 4]``.
        turns: ``[C, G, 2]``.
        which: int64 ``[B]``.
        parameters: ``[B, P]``.
        size: Amplitudes of a state, max(8, 2^n).
        spans: int64 ``[K, 10]``, with the five arrays behind it the observables.
        masks: int64.
        bounds: int64.
        z_masks: int64.
        weights: Floats.
        table: Floats.
        begin: The first row.
        end: The row behind the last.
        means: ``[B, K]``.
    """
    values = np.empty(2 * size)
    cosines, sines = np.empty(gates.shape[1]), np.empty(gates.shape[1])
    for row in range(begin, end):
        circuit = which[row]
        fill_half_turns(gates[circuit], turns[circuit], parameters[row], cosines, sines)
        run(gates[circuit], cosines, sines, size, values)
        for k in range(len(spans)):
            means[row, k] = weigh(values, size, spans[k], masks, bounds, z_masks, weights, table)


@kernel
def energies_and_gradients(
    gates, turns, which, parameters, size, spans, masks, bounds, z_masks, weights, table, begin, end, means,
    slopes,
):  # fmt: skip  # pragma: no cover - compiled
    """Write means ``[B, K]`` and gradients ``[B, K, P]`` by the adjoint method; arguments as of ``energies``.

    With λ = Hψ both states go back through the circuit, and each rotation about P adds Im⟨λ|P|ψ⟩ times its
    factor to the slope of its parameter (Jones, Gacon, arXiv 2009.02823).
    """
    values = np.empty(4 * size)
    kept = np.empty(2 * size if len(spans) > 1 else 0)
    cosines, sines = np.empty(gates.shape[1]), np.empty(gates.shape[1])
    for row in range(begin, end):
        circuit = which[row]
        fill_half_turns(gates[circuit], turns[circuit], parameters[row], cosines, sines)
        run(gates[circuit], cosines, sines, size, values)
        if len(spans) > 1:
            kept[:] = values[: 2 * size]
        for k in range(len(spans)):
            if k > 0:
                values[: 2 * size] = kept
            means[row, k] = weigh(values, size, spans[k], masks, bounds, z_masks, weights, table)
            slopes[row, k] = 0.0
            first = first_free(gates[circuit])
            pull_back(gates[circuit], turns[circuit], cosines, sines, first, size, values, slopes[row, k])


@kernel
def run(gates, cosines, sines, size, values):  # pragma: no cover - compiled
    """Write the final state of a circuit to the first 2 ``size`` places of ``values``."""
    values[: 2 * size] = 0.0
    values[0] = 1.0
    apply_gates(gates, cosines, sines, size, values)


@kernel
def apply_gates(gates, cosines, sines, size, values):  # pragma: no cover - compiled
    """Apply a circuit to the state in the first 2 ``size`` places of ``values``."""
    for g in range(len(gates)):
        apply_gate(values, size, 2 * size, gates[g, 0], gates[g, 1], gates[g, 2], cosines[g], sines[g])


@kernel
def first_free(gates):  # pragma: no cover - compiled
    """Return the place of the first gate with a parameter, the number of gates if there is none."""
    first = 0
    while first < len(gates) and gates[first, 3] < 0:
        first += 1
    return first


@kernel
def pull_back(gates, turns, cosines, sines, first, size, values, slopes):  # pragma: no cover - compiled
    """Undo a circuit on ψ and λ, 4 ``size`` places, back to gate ``first``; slopes add to ``slopes [P]``."""
    for g in range(len(gates) - 1, first - 1, -1):
        kind, q = gates[g, 0], gates[g, 1]
        if gates[g, 3] >= 0:
            slope = turn_back(values, size, kind, q, cosines[g], sines[g])
            slopes[gates[g, 3]] += turns[g, 0] * slope
        else:
            apply_gate(values, size, 4 * size, kind, q, gates[g, 2], cosines[g], -sines[g])


@kernel
def fill_half_turns(gates, turns, parameters, cosines, sines):  # pragma: no cover - compiled
    """Write cos(θ/2) and sin(θ/2) of all gates, within 4e-16."""
    farthest = 0.0
    for g in range(len(gates)):
        source = gates[g, 3]
        sines[g] = 0.5 * (turns[g, 1] + (turns[g, 0] * parameters[source] if source >= 0 else 0.0))
        farthest = max(farthest, abs(sines[g]))
    if farthest > FAR:
        for g in range(len(gates)):
            cosines[g], sines[g] = math.cos(sines[g]), math.sin(sines[g])
    else:
        _fill_by_series(cosines, sines)


@subkernel
def _fill_by_series(cosines, sines):  # pragma: no cover - compiled
    """Turn angles in ``sines`` into cosines and sines, several at a time.

    An angle less a multiple of π/2 goes into Taylor's series, whose rest is below 5e-17 at π/4.
    """
    for g in range(len(sines)):
        angle = sines[g]
        quarter = math.floor(angle * (2 / math.pi) + 0.5)
        x = ((angle - quarter * HALF_PI_HIGH) - quarter * HALF_PI_MIDDLE) - quarter * HALF_PI_LOW
        y = x * x
        s = _SINE[3] - y * (_SINE[4] - y * (_SINE[5] - y * _SINE[6]))
        s = x - x * y * (_SINE[0] - y * (_SINE[1] - y * (_SINE[2] - y * s)))
        c = _COSINE[4] - y * (_COSINE[5] - y * (_COSINE[6] - y * _COSINE[7]))
        c = 1.0 - y * (_COSINE[0] - y * (_COSINE[1] - y * (_COSINE[2] - y * (_COSINE[3] - y * c))))
        odd = quarter - 2.0 * math.floor(quarter * 0.5)
        sign = 1.0 - 2.0 * (math.floor(quarter * 0.5) - 2.0 * math.floor(quarter * 0.25))
        cosines[g] = sign * ((1.0 - odd) * c - odd * s)
        sines[g] = sign * ((1.0 - odd) * s + odd * c)
