"""Ising models and QUBOs as Qiskit operators and back; qubit k is variable k, Z's eigenvalue is the spin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Ising, Qubo
from problems.errors import ProblemError

if TYPE_CHECKING:
    from qiskit.quantum_info import SparsePauliOp


def to_sparse_pauli_op(problem: Ising | Qubo) -> SparsePauliOp:
    """Return the operator whose diagonal holds the energies of all states; the identity carries the offset.

    Qiskit prints qubit 0 as the rightmost letter. A bit is x = (1 − Z)/2. The terms are the identity, if
    there is an offset, the fields, and the couplings by pair; an operator without terms is 0 · I.

    Raises:
        ProblemError: If the problem is neither an ``Ising`` nor a ``Qubo``.
    """
    from qiskit.quantum_info import PauliList, SparsePauliOp

    if not isinstance(problem, Ising | Qubo):
        remedy = "penalties or multipliers move rows into the objective"
        raise ProblemError("problem", type(problem).__name__, "an Ising model or a Qubo", remedy)
    form = problem.ising.form if isinstance(problem, Qubo) else problem.form
    fields = np.flatnonzero(form.linear)
    constant = int(form.offset != 0 or not (len(fields) or form.num_couplings))
    start, count = constant + len(fields), constant + len(fields) + form.num_couplings
    letters = np.zeros((count, form.n), dtype=bool)
    letters[np.arange(constant, start), fields] = True
    letters[np.arange(start, count), form.first] = True
    letters[np.arange(start, count), form.second] = True
    values = np.concatenate([np.full(constant, form.offset), form.linear[fields], form.coupling])
    return SparsePauliOp(PauliList.from_symplectic(letters, np.zeros_like(letters)), values)


def from_sparse_pauli_op(operator: SparsePauliOp, names: Sequence[str] = ()) -> Ising:
    """Return the Ising model of a diagonal operator with at most two Z per term.

    Args:
        operator: Its equal terms are added.
        names: One label per qubit; by default x0, x1, ….

    Raises:
        ProblemError: Naming the term that has an X, a Y or a third Z, or whose coefficient is not real.
    """
    from qiskit.quantum_info import SparsePauliOp

    if not isinstance(operator, SparsePauliOp):
        raise ProblemError("operator", type(operator).__name__, "a SparsePauliOp")
    paulis: Any = operator.paulis
    z, n = np.asarray(paulis.z), int(paulis.num_qubits)
    degree = z.sum(axis=1)
    _refuse_term(paulis, paulis.x.any(axis=1), "letters I and Z only", "rotate it to a diagonal one first")
    _refuse_term(paulis, degree > 2, "at most two Z", "a product of two spins can be a spin of its own")
    coefficients = np.asarray(operator.coeffs).tolist()
    values = np.array([_real(paulis, k, value) for k, value in enumerate(coefficients)], dtype=float)
    linear, pairs = np.zeros(n), degree == 2
    np.add.at(linear, np.nonzero(z[degree == 1])[1], values[degree == 1])
    first, second = np.nonzero(z[pairs])[1].reshape(-1, 2).T
    offset = float(values[degree == 0].sum())
    return Ising(QuadraticForm(linear, first, second, values[pairs], offset), tuple(names))


def _refuse_term(paulis: Any, wrong: np.ndarray, expected: str, remedy: str) -> None:
    if wrong.any():
        k = int(np.argmax(wrong))
        raise ProblemError(f"term {k} of the operator", paulis[k].to_label(), expected, remedy)


def _real(paulis: Any, k: int, value: Any) -> float:
    try:
        number = complex(value)
    except TypeError:  # an expression of parameters that are still free
        number = complex(np.nan)
    if number.imag != 0 or not np.isfinite(number.real):
        field = f"the coefficient of {paulis[k].to_label()}"
        raise ProblemError(field, str(value), "a finite real number", "bind parameters first")
    return number.real
