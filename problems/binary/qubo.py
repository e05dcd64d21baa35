"""QUBO and Ising models: unconstrained quadratic minimisation over bits or spins, loss-free both ways.

A spin is the eigenvalue of Pauli Z: bit x = (1 − s)/2, so |0⟩ is spin +1.
"""

from __future__ import annotations

import numbers
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from problems.binary.blocks import DEMAND, Blocks, broken, check_blocks
from problems.binary.names import bits_by_name, check_names, named_bits
from problems.binary.quadratic import QuadraticForm
from problems.checking import check_bits, optional_number
from problems.contract import Array, Evaluation, Problem, Reduction
from problems.errors import ProblemError


@dataclass(frozen=True, eq=False)
class Qubo(Problem[Array]):
    """Minimise a quadratic form over bits; solutions are uint8 ``[n]``.

    One-hot blocks are the only constraints it can have, and only solvers that keep them by their moves or
    their mixer take it then; others get it as a ``BinaryProgram``, if that is one of their kinds.

    Attributes:
        form: The objective.
        names: One label per variable; by default x0, x1, ….
        reference: The best known value, if any.
        one_hot: Disjoint blocks of variables of which exactly one is 1.
    """

    form: QuadraticForm
    names: tuple[str, ...] = ()
    reference: float | None = None
    one_hot: Blocks = ()

    def __post_init__(self):
        object.__setattr__(self, "one_hot", check_blocks("one_hot", self.one_hot, self.form.n))
        object.__setattr__(self, "names", check_names(self.names, self.form.n))
        object.__setattr__(self, "reference", optional_number("reference", self.reference))

    @classmethod
    def from_matrix(cls, matrix: Any, offset: float = 0.0, names: Sequence[str] = ()) -> Qubo:
        """Build xᵀQx + offset for any square Q, triangular or symmetric, dense or scipy-sparse.

        Raises:
            ProblemError: If Q is not square, not finite or not real.
        """
        return cls(QuadraticForm.from_matrix(matrix, offset=offset), tuple(names))

    @classmethod
    def from_dict(cls, coefficients: Mapping[tuple[Any, Any], float], offset: float = 0.0) -> Qubo:
        """Build from ``{(u, v): coefficient}`` with hashable labels, in order of first appearance.

        Raises:
            ProblemError: If a key is no pair or a value no finite number.
        """
        for pair, value in coefficients.items():
            if not isinstance(pair, tuple) or len(pair) != 2 or not isinstance(value, numbers.Real):
                raise ProblemError("coefficients", {pair: value}, "a pair of labels with a number")
        labels = list(dict.fromkeys(label for pair in coefficients for label in pair))
        place = {label: k for k, label in enumerate(labels)}
        terms: dict[tuple[int, ...], float] = {}
        for (u, v), value in coefficients.items():
            key = (place[u], place[v]) if place[u] <= place[v] else (place[v], place[u])
            terms[key] = terms.get(key, 0.0) + value
        return cls(QuadraticForm.from_terms(len(labels), terms, offset), tuple(map(str, labels)))

    @classmethod
    def random(cls, n: int = 20, density: float = 1.0, magnitude: int = 100, seed: int = 0) -> Qubo:
        """Draw integer coefficients from [−magnitude, magnitude], pairs present with the given density."""
        rng = np.random.default_rng(seed)
        matrix = np.triu(rng.integers(-magnitude, magnitude + 1, (n, n)))
        keep = np.triu(rng.random((n, n)) < density, 1) | np.eye(n, dtype=bool)
        return cls.from_matrix(np.where(keep, matrix, 0))

    @property
    def n(self) -> int:
        """Number of bits."""
        return self.form.n

    def energies(self, bits: Array) -> Array:
        """Evaluate bits ``[..., n]`` to ``[...]``."""
        return self.form.values(check_bits("bits", bits, self.n))

    def judge(self, solution: Array) -> Evaluation:
        """Score bits ``[n]``; a block with any other number of ones than one is broken by the difference."""
        energy = float(self.energies(check_vector(solution)))
        if not self.one_hot:
            return Evaluation(energy)
        amounts = broken(self.one_hot, np.asarray(solution))
        names = [f"one-hot[{self.names[block[0]]}…]" for block in self.one_hot]
        return Evaluation(energy, {name: float(a) for name, a in zip(names, amounts, strict=True) if a})

    def ranks(self, solutions: Array) -> Array:
        """Rank bits ``[N, n]``."""
        energies = self.energies(solutions)
        violations = np.zeros_like(energies)
        if self.one_hot:
            violations += broken(self.one_hot, np.asarray(solutions)).sum(axis=-1)
        return np.stack([violations, energies], axis=-1)

    @property
    def demands(self) -> frozenset[str]:
        """One-hot blocks, where there are any."""
        return frozenset({DEMAND}) if self.one_hot else frozenset()

    def matrix(self) -> Array:
        """Return the symmetric ``[n, n]`` matrix Q with the linear part on its diagonal (xᵀQx + offset)."""
        upper = self.form.dense() / 2.0
        return upper + upper.T + np.diag(self.form.linear)

    @cached_property
    def ising(self) -> Ising:
        """The same function over spins."""
        return Ising(self.form.on_spins(), self.names, self.reference)

    def reduce(self, kinds: tuple[type, ...]) -> Reduction[Array] | None:
        """Reduce to an ``Ising`` if there are no blocks, or to a ``BinaryProgram`` with a row per block."""
        from problems.binary.program import BinaryProgram
        from problems.binary.rows import Rows

        if Ising in kinds and not self.one_hot:
            return Reduction(self.ising, bits_of_spins, _same)
        if BinaryProgram in kinds:
            rows = Rows.from_rows(self.n, [(dict.fromkeys(block, 1.0), "==", 1.0) for block in self.one_hot])
            return Reduction(BinaryProgram(self.form, rows, self.names), _identity, _same)
        return None

    def decode(self, solution: Array) -> dict[str, int]:
        """Return ``{name: bit}``."""
        return named_bits(solution, self.names)

    def encode(self, values: Mapping[str, int]) -> Array:
        """Return bits from ``{name: bit}``; variables left out are 0."""
        return bits_by_name(values, self.names)

    def plot(self, solution: Array, axes: Any = None) -> Any:
        """Draw each bit with the change of energy that flipping it would bring."""
        from problems.binary.pictures import flip_costs

        return flip_costs(self, solution, axes)


@dataclass(frozen=True, eq=False)
class Ising(Problem[Array]):
    """Minimise Σ h_i s_i + Σ J_ij s_i s_j + offset over spins; solutions are int8 ``[n]`` of ±1.

    Attributes:
        form: The objective.
        names: One label per spin; by default x0, x1, ….
        reference: The best known value, if any.
    """

    form: QuadraticForm
    names: tuple[str, ...] = ()
    reference: float | None = None

    def __post_init__(self):
        object.__setattr__(self, "names", check_names(self.names, self.form.n))
        object.__setattr__(self, "reference", optional_number("reference", self.reference))

    @classmethod
    def random(cls, n: int = 20, density: float = 1.0, seed: int = 0) -> Ising:
        """Draw couplings ±1 on pairs present with the given density, without fields."""
        rng = np.random.default_rng(seed)
        first, second = np.triu_indices(n, 1)
        keep = rng.random(len(first)) < density
        return cls(QuadraticForm(np.zeros(n), first[keep], second[keep], rng.choice([-1.0, 1.0], keep.sum())))

    @property
    def n(self) -> int:
        """Number of spins."""
        return self.form.n

    def energies(self, spins: Array) -> Array:
        """Evaluate spins ``[..., n]`` to ``[...]``."""
        return self.form.values(check_spins("spins", spins, self.n))

    def judge(self, solution: Array) -> Evaluation:
        """Score spins ``[n]``."""
        return Evaluation(float(self.energies(check_vector(solution))))

    def ranks(self, solutions: Array) -> Array:
        """Rank spins ``[N, n]``."""
        energies = self.energies(solutions)
        return np.stack([np.zeros_like(energies), energies], axis=-1)

    @cached_property
    def qubo(self) -> Qubo:
        """The same function over bits."""
        return Qubo(self.form.on_bits(), self.names, self.reference)

    def reduce(self, kinds: tuple[type, ...]) -> Reduction[Array] | None:
        """Reduce to a ``Qubo``, or further."""
        there = Reduction(self.qubo, spins_of_bits, _same)
        return (
            there
            if Qubo in kinds
            else there.then(self.qubo.reduce(tuple(k for k in kinds if k is not Ising)))
        )

    def decode(self, solution: Array) -> dict[str, int]:
        """Return ``{name: spin}``."""
        spins = check_spins("the solution", check_vector(solution), self.n)
        return dict(zip(self.names, spins.astype(int).tolist(), strict=True))

    def encode(self, values: Mapping[str, int]) -> Array:
        """Return spins from ``{name: ±1}``; spins left out are +1."""
        bits = bits_by_name({name: _bit_of_spin(name, spin) for name, spin in values.items()}, self.names)
        return spins_of_bits(bits)

    def plot(self, solution: Array, axes: Any = None) -> Any:
        """Draw each spin with the change of energy that flipping it would bring."""
        from problems.binary.pictures import flip_costs

        return flip_costs(self.qubo, bits_of_spins(solution), axes)


def bits_of_spins(spins: Array) -> Array:
    """Return x = (1 − s)/2 as uint8, on ``[..., n]``."""
    return (np.asarray(spins) < 0).astype(np.uint8)


def spins_of_bits(bits: Array) -> Array:
    """Return s = 1 − 2x as int8, on ``[..., n]``."""
    return (1 - 2 * np.asarray(bits).astype(np.int8)).astype(np.int8)


def check_spins(field: str, value: Any, n: int) -> Array:
    """Return ``value`` as an array ``[..., n]`` of ±1, refusing anything else."""
    spins = np.asarray(value)
    if spins.ndim == 0 or spins.shape[-1] != n:
        raise ProblemError(f"the shape of {field}", tuple(spins.shape), f"(..., {n})")
    if spins.dtype.kind not in "iuf" or not np.all(np.abs(spins) == 1):
        raise ProblemError(field, "not all ±1", "−1 or +1 everywhere")
    return spins


def check_vector(solution: Array) -> Array:
    """Return the candidate as an array with one axis, or refuse it."""
    vector = np.asarray(solution)
    if vector.ndim != 1:
        raise ProblemError("the shape of the solution", tuple(vector.shape), "(n,)")
    return vector


def _bit_of_spin(name: str, spin: int) -> int:
    if spin not in (-1, 1):
        raise ProblemError(f"spin {name}", spin, "−1 or 1")
    return int(spin < 0)


def _identity(solution: Array) -> Array:
    return solution


def _same(bound: float) -> float:
    return bound
