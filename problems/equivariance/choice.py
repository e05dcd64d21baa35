"""Which tensor product to take: the time of a call on this computer, beside what the product can express.

Reference: Xie, Daigavane, Kotak, Smidt, "The price of freedom: exploring expressivity and runtime tradeoffs
in equivariant tensor products", ICML 2025, arXiv 2506.13523.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np

from problems.checking import check_choice, check_integer, check_number
from problems.contract import Array, Evaluation, Problem
from problems.equivariance.coupling_measures import (
    BilinearOperation,
    Degrees,
    Triple,
    coupled_paths,
    jacobian_rank,
    rows_of,
)
from problems.errors import ProblemError
from problems.numerics.precision import double_precision
from problems.numerics.rotations import random_rotations

DENSE_LIMIT = 12  # degrees beyond which tables of all paths no longer fit in a usual memory
COPIES = 8  # arrays of inputs and outputs that are alive at once in a call, by a rough count
TESTED = 16  # pairs on which equivariance and bilinearity are tested


@dataclass(frozen=True, eq=False)
class TensorProductChoice(Problem[BilinearOperation]):
    """Choose the fastest tensor product that couples what is needed.

    A solution is an operation with its options; the objective is the median time of a compiled call in
    seconds. Violations name each required path that does not couple, and an error of equivariance.

    Attributes:
        setting: "SISO": inputs and output of the one degree ``lmax``; "SIMO": outputs of all degrees up to
            2 ``lmax``; "MIMO": inputs of all degrees up to ``lmax`` too.
        lmax: Highest degree of the inputs.
        batch: Pairs of inputs in a call.
        required_paths: The (l1, l2, l3) that must couple.
        outputs: "natural" asks for even couplings alone, "all" for odd ones too where an operation has them.
        precision: Of inputs and outputs in the timed call.
        repeats: Timed calls.
        warmup: Calls before.
        tolerance: The error of equivariance, in float64, from which on it counts as a violation.
        allow_large: Whether ``lmax`` above 12 is taken.
        seed: Draws the inputs and the rotations.
    """

    setting: Literal["SISO", "SIMO", "MIMO"] = "MIMO"
    lmax: int = 2
    batch: int = 1000
    required_paths: frozenset[Triple] = frozenset()
    outputs: Literal["natural", "all"] = "natural"
    precision: Literal["float32", "float64"] = "float32"
    repeats: int = 30
    warmup: int = 3
    tolerance: float = 1e-9
    allow_large: bool = False
    seed: int = 0
    repeatable: ClassVar[bool] = False

    def __post_init__(self):
        check_choice("setting", self.setting, ("SISO", "SIMO", "MIMO"))
        check_choice("outputs", self.outputs, ("natural", "all"))
        check_choice("precision", self.precision, ("float32", "float64"))
        check_choice("allow_large", self.allow_large, (False, True))
        for name, low in (("lmax", 0), ("batch", 1), ("repeats", 1), ("warmup", 1), ("seed", 0)):
            check_integer(name, getattr(self, name), low)
        check_number("tolerance", self.tolerance, 0.0, open_low=True)
        if self.lmax > DENSE_LIMIT and not self.allow_large:
            numbers = (self.lmax + 1) ** 4 * (2 * self.lmax + 1) ** 2
            raise ProblemError(
                "lmax", self.lmax, f"at most {DENSE_LIMIT}",
                f"dense tables would need about {8 * numbers / 2**30:.1f} GiB: allow_large=True",
            )  # fmt: skip
        if self.setting == "SISO" and self.outputs == "natural" and self.lmax % 2:
            raise ProblemError(
                "lmax", self.lmax, "an even degree where one degree couples to itself with natural parity",
                "an odd degree's product with itself has the other parity: outputs='all'",
            )  # fmt: skip
        self._check_paths()
        self._check_memory()

    def _check_paths(self) -> None:
        first, second, third = self.degrees
        paths = frozenset(tuple(int(k) for k in path) for path in self.required_paths)
        for path in sorted(paths):
            if len(path) != 3 or not abs(path[0] - path[1]) <= path[2] <= path[0] + path[1]:
                raise ProblemError("required_paths", path, "(l1, l2, l3) with |l1 - l2| <= l3 <= l1 + l2")
            if path[0] not in first or path[1] not in second or path[2] not in third:
                raise ProblemError("required_paths", path, f"degrees of {self.setting} with lmax {self.lmax}")
            if sum(path) % 2 and self.outputs == "natural":
                raise ProblemError(
                    "required_paths", path, "an even sum, which keeps natural parity", "outputs='all'"
                )
        object.__setattr__(self, "required_paths", paths)

    def _check_memory(self) -> None:
        width = (self.lmax + 1) ** 2 * 2 + (2 * self.lmax + 1) ** 2
        wanted = COPIES * self.batch * width * (8 if self.precision == "float64" else 4)
        there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        if wanted > there:
            raise ProblemError(
                "batch", self.batch, f"a batch for {there / 2**30:.0f} GiB of memory",
                f"it needs about {wanted / 2**30:.0f} GiB",
            )  # fmt: skip

    @property
    def lmax_out(self) -> int:
        """The highest degree of the output."""
        return self.lmax if self.setting == "SISO" else 2 * self.lmax

    @property
    def degrees(self) -> tuple[Degrees, Degrees, Degrees]:
        """The degrees of the two inputs and of the output."""
        one, full = (self.lmax,), tuple(range(self.lmax + 1))
        inputs = full if self.setting == "MIMO" else one
        return inputs, inputs, one if self.setting == "SISO" else tuple(range(self.lmax_out + 1))

    @cached_property
    def inputs(self) -> tuple[Array, Array]:
        """Standard normal coefficients of the degrees alone, ``[batch, components]`` each."""
        rng = np.random.default_rng(self.seed)
        width = len(rows_of(self.degrees[0]))
        x, y = rng.normal(size=(2, self.batch, width)).astype(self.precision)
        return x, y

    def call(self, operation: BilinearOperation) -> Any:
        """Return a compiled function of no arguments that applies an operation to the inputs."""
        import jax

        from problems.equivariance.compiled_call import compact

        with double_precision():
            x, y = map(jax.numpy.asarray, self.inputs)
            parts = tuple(tuple(int(row) for row in rows_of(kept)) for kept in self.degrees)
            compiled = compact.lower(operation, parts, self.outputs == "all", x, y).compile()
        return lambda: compiled(x, y)

    def judge(self, solution: BilinearOperation) -> Evaluation:
        """Time an operation and measure what it couples, how freely, and how exactly."""
        from problems.equivariance.timing import interleaved_seconds, median_and_spread

        self.check(solution)
        seconds = interleaved_seconds([self.call(solution)], self.repeats, self.warmup)[0]
        return self.verdict(solution, *median_and_spread(seconds))

    def check(self, operation: Any) -> None:
        """Refuse what is no operation of this setting."""
        if not isinstance(operation, BilinearOperation):
            raise ProblemError("solution", type(operation).__name__, "an operation on spherical coefficients")
        have = operation.lmax1, operation.lmax2, operation.highest, operation.present
        want = self.lmax, self.lmax, self.lmax_out, self.degrees
        if have != want:
            raise ProblemError("the degrees of the solution", have, f"{want}", "replace its degrees")

    def verdict(self, operation: BilinearOperation, seconds: float, spread: float = 0.0) -> Evaluation:
        """Return the evaluation for a time that was measured elsewhere, say in turns with others."""
        from problems.equivariance.operation_errors import equivariance_error, reference_error

        rng = np.random.default_rng([self.seed, 1])
        rotations = random_rotations(3, rng)
        x, y = (
            self._spread(rng.normal(size=(TESTED, len(rows_of(kept)))), kept) for kept in self.degrees[:2]
        )
        turned = equivariance_error(operation, x, y, rotations)
        coupled = coupled_paths(operation)
        broken = {f"path {a} {b} {c}": 1.0 for a, b, c in sorted(self.required_paths - coupled)}
        if turned > self.tolerance:
            broken["equivariance"] = turned
        irreps = len(self.degrees[2]) * (2 if self.outputs == "all" and operation.couples_odd else 1)
        memory = self.call_memory(operation)
        metrics = {
            "seconds": seconds, "interquartile_range": spread, "seconds_per_irrep": seconds / irreps,
            "expressivity": float(jacobian_rank(operation)), "interactable_paths": float(len(coupled)),
            "multiply_adds": float(operation.multiply_adds()), "bytes": memory,
            "equivariance_error": turned, "reference_error": reference_error(operation, x, y),
        }  # fmt: skip
        return Evaluation(seconds, broken, metrics)

    def call_memory(self, operation: BilinearOperation) -> float:
        """Return the bytes of inputs and outputs of one call."""
        outputs = 2 if self.outputs == "all" and operation.couples_odd else 1
        numbers = sum(len(rows_of(kept)) for kept in self.degrees[:2]) + outputs * len(
            rows_of(self.degrees[2])
        )
        return float(self.batch * numbers * (8 if self.precision == "float64" else 4))

    def _spread(self, values: Array, kept: Degrees) -> Array:
        full = np.zeros((len(values), (self.lmax + 1) ** 2))
        full[:, rows_of(kept)] = values
        return full

    def plot(self, solution: BilinearOperation, axes: Any = None) -> Any:
        """Draw the time of the solution against its expressivity."""
        from problems.equivariance.drawing import runtimes

        found = self.judge(solution)
        return runtimes(
            [type(solution).__name__], [found.objective], [float(found.metrics["expressivity"])], axes
        )
