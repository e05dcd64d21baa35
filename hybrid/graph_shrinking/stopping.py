"""When shrinking ends before the width is reached: weak correlations, or a graph that has lost its shape."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from problems.checking import check_number

Array = np.ndarray


@dataclass(frozen=True)
class SpectralStop:
    """Stop when the spectrum of the graph has moved, or when its connectivity jumps.

    Compares the normalised Laplacian of the absolute couplings with that of the first graph: its sorted
    eigenvalues against as many of the lowest, mean absolute difference; and its second eigenvalue, Fiedler's,
    against that at the last look, of which a jump means that the graph collapses. Cost O(n³) per look.

    Attributes:
        tolerance: The greatest mean difference.
        jump: The greatest factor of the second eigenvalue from one look to the next.
    """

    tolerance: float = 0.15
    jump: float = 2.0

    def __post_init__(self):
        check_number("tolerance", self.tolerance, 0.0, 2.0)
        check_number("jump", self.jump, 1.0)

    def watch(self, matrix: Array) -> SpectralWatch:
        """Begin to watch a graph."""
        return SpectralWatch(self, laplacian_spectrum(matrix))


@dataclass
class SpectralWatch:
    """What the rule remembers: the first spectrum, and the latest second eigenvalue."""

    rule: SpectralStop
    first: Array
    fiedler: float = field(default=0.0)

    def reason(self, matrix: Array) -> str | None:
        """Say why to stop at this graph ``[K, K]``, or return None."""
        now = laplacian_spectrum(matrix)
        if len(now) < 2:
            return None
        moved = spectral_distance(now, self.first)
        before, self.fiedler = self.fiedler, float(now[1])
        if moved > self.rule.tolerance:
            return f"the spectrum has moved by {moved:.2g}, more than {self.rule.tolerance:g}"
        if before > 1e-9 and self.fiedler > self.rule.jump * before:
            return f"the second eigenvalue of the Laplacian rose from {before:.2g} to {self.fiedler:.2g}"
        return None


def laplacian_spectrum(matrix: Array) -> Array:
    """Return the sorted eigenvalues of I − D^(−½) |A| D^(−½); 0 for a node without couplings."""
    size = np.abs(matrix)
    degree = size.sum(axis=1)
    scale = 1.0 / np.sqrt(np.where(degree > 0, degree, 1.0))
    laplacian = np.diag((degree > 0).astype(float)) - scale[:, None] * size * scale
    return np.linalg.eigvalsh(laplacian)


def spectral_distance(spectrum: Array, first: Array) -> float:
    """Return the mean absolute difference to as many of the lowest eigenvalues of the first graph."""
    return float(np.abs(spectrum - first[: len(spectrum)]).mean())
