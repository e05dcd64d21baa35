"""Observables as a faulty readout shows them, exactly.

Reading 1 for 0 with probability e and 0 for 1 with probability f turns the measured Z into a + b Z with
a = f − e and b = 1 − e − f, on every qubit by itself. X and Y are measured as Z after a change of basis,
so the same holds for them; that change is taken as free of errors.
"""

from __future__ import annotations

import numpy as np

from backends.workload import Observable
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Ising
from problems.contract import Array
from problems.ground_state import PauliSum

TERMS = 1 << 16  # a string of w letters becomes 2^w where readings are lopsided


def with_readout(observable: Observable, readout: Array) -> Observable:
    """Return the observable whose expectation values are those read from ``observable``.

    Args:
        observable: On n qubits.
        readout: Probabilities ``[n, 2]`` of reading 1 for 0 and 0 for 1.
    """
    shift, scale = readout[:, 1] - readout[:, 0], 1 - readout.sum(axis=1)
    if isinstance(observable, Ising):
        return Ising(_form(observable.form, shift, scale))
    merged: dict[str, float] = {}
    for string, value in zip(observable.strings, observable.coefficients.tolist(), strict=True):
        for letters, factor in _expanded(string, shift, scale):
            merged[letters] = merged.get(letters, 0.0) + value * factor
    return PauliSum(observable.num_qubits, tuple(merged), np.array(list(merged.values()), dtype=float))


def readout_refusal(observable: Observable, readout: Array) -> str | None:
    """Say in a sentence why an observable is too wide to be read with lopsided errors, or return None."""
    if isinstance(observable, Ising):
        return None
    lopsided = readout[:, 0] != readout[:, 1]
    widths = (sum(lopsided[q] for q, letter in enumerate(s) if letter != "I") for s in observable.strings)
    terms = sum(2 ** int(width) for width in widths)
    if terms <= TERMS:
        return None
    return (
        f"with readout errors its observable has {terms:,} terms, and {TERMS:,} is the limit; sample instead"
    )


def _form(form: QuadraticForm, shift: Array, scale: Array) -> QuadraticForm:
    i, j, coupling = form.first, form.second, form.coupling
    linear = form.linear * scale
    np.add.at(linear, i, coupling * scale[i] * shift[j])
    np.add.at(linear, j, coupling * shift[i] * scale[j])
    offset = form.offset + form.linear @ shift + coupling @ (shift[i] * shift[j])
    return QuadraticForm(linear, i, j, coupling * scale[i] * scale[j], float(offset))


def _expanded(string: str, shift: Array, scale: Array) -> list[tuple[str, float]]:
    terms = [("", 1.0)]
    for q, letter in enumerate(string):
        if letter == "I":
            terms = [(letters + "I", factor) for letters, factor in terms]
            continue
        kept = [(letters + letter, factor * scale[q]) for letters, factor in terms]
        lost = [(letters + "I", factor * shift[q]) for letters, factor in terms] if shift[q] else []
        terms = kept + lost
    return terms
