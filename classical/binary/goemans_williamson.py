"""Random hyperplanes through the vectors of the semidefinite relaxation, after Goemans and Williamson.

The relaxation puts a unit vector in the place of each spin; a random hyperplane through the origin parts
them. For cuts of weights ≥ 0 the expected weight is at least 0.878 of the relaxation's optimum (Goemans and
Williamson, Journal of the ACM 42 (1995), theorem 3.3). A QUBO with fields gets one more vector, which stands
for bit 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from classical.binary.local_fields import Couplings, couplings, fill_fields, shift_fields
from problems.binary.bounds.spin_bounds import TOLERANCE, qubo_bound
from problems.binary.bounds.spins import bits_of_sides
from problems.binary.bounds.unit_diagonal import MOST_SPINS, check_settings
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Qubo
from problems.checking import check_choice, check_integer
from problems.contract import Array, Solver
from problems.run import Run

PLANES_PER_BATCH = 16  # rounded, improved and offered between two looks at the clock
NOISE = 2.0**-46  # share of a bit's coefficients below which a change counts as rounding


@dataclass(frozen=True)
class GoemansWilliamson(Solver[Qubo, Array]):
    """Round the semidefinite relaxation by random hyperplanes; its certified bound comes with the result.

    The candidates are the bits of every plane, improved or not as asked. A maximum cut arrives as the QUBO
    that it is, without fields, and is treated as in the paper. Cost O(n³) for the relaxation: 800 bits take
    a second or two, 2000 from ten seconds to a minute. Where time runs out in it, its last vectors are
    rounded once.

    Attributes:
        planes: How many hyperplanes are drawn.
        improve: Whether single flips improve each plane's bits until none gains; False is the paper's method.
        rank: Length of the vectors, by default the least above √(2n).
        tolerance: Relative gap at which the relaxation counts as solved.
    """

    planes: int = 200
    improve: bool = True
    rank: int | None = None
    tolerance: float = TOLERANCE

    def __post_init__(self):
        check_integer("planes", self.planes, 1)
        check_choice("improve", self.improve, (True, False))
        check_settings(self.rank, self.tolerance, 0)

    def unsuitable(self, problem: Qubo) -> str | None:
        """Refuse more bits than full matrices allow."""
        fits = problem.n < MOST_SPINS
        return None if fits else f"it factors full matrices of less than {MOST_SPINS} bits, not {problem.n}"

    def _solve(self, problem: Qubo, run: Run) -> Array:
        relaxed = qubo_bound(
            problem,
            rank=self.rank,
            tolerance=self.tolerance,
            seed=run.seed(),
            out_of_time=run.out_of_time,
        )
        run.bound(relaxed.rounded)
        net, noise = couplings(problem.form), noise_of(problem.form)
        self._round(problem, relaxed.vectors, 0, net, noise, run)  # however late it is
        for step in run.steps(-(-self.planes // PLANES_PER_BATCH) - 1, "batch"):
            self._round(problem, relaxed.vectors, step + 1, net, noise, run)
        return run.best

    def _round(
        self, problem: Qubo, vectors: Array, batch: int, net: Couplings, noise: float, run: Run
    ) -> None:
        count = min(PLANES_PER_BATCH, self.planes - batch * PLANES_PER_BATCH)
        bits = sides_of_planes(vectors, run.rng.normal(size=(count, vectors.shape[1])), problem.n)
        rounded = float(problem.energies(bits).min())
        if self.improve:
            for row in bits:
                descend(row, noise, net)
        run.offer_all(bits)
        run.record(step=batch, objective=problem.judge(run.best).objective, rounded=rounded)


def sides_of_planes(vectors: Array, normals: Array, n: int) -> Array:
    """Return bits ``[P, n]``: the sides of vectors ``[N, r]`` in planes with normals ``[P, r]``.

    With n + 1 vectors the last is on the side of bit 0 in every plane.
    """
    return bits_of_sides(normals @ vectors.T < 0.0, n)


def noise_of(form: QuadraticForm) -> float:
    """Return the change of energy below which a flip is not worth the making."""
    size = np.abs(form.coupling)
    sizes = np.abs(form.linear)
    for bit in (form.first, form.second):
        sizes = sizes + np.bincount(bit, size, form.n)
    return NOISE * float(sizes.max(initial=0.0))


@njit(cache=True, nogil=True)
def descend(bits: Array, noise: float, net: Couplings) -> None:
    """Flip the bit that gains most, in place, until none gains more than the noise."""
    fields = np.empty(len(bits))
    fill_fields(bits, fields, net)
    while True:
        chosen, least = -1, -noise
        for i in range(len(bits)):
            change = -fields[i] if bits[i] else fields[i]
            if change < least:
                chosen, least = i, change
        if chosen < 0:
            return
        shift_fields(chosen, -1.0 if bits[chosen] else 1.0, fields, net)
        bits[chosen] ^= 1
