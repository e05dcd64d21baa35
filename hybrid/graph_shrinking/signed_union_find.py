"""Groups of spins that are tied: each member is its representative, or its opposite."""

from __future__ import annotations

import numpy as np

Array = np.ndarray


class SignedUnionFind:
    """Union–find with a sign to the parent; s_i = sign_i · s_representative.

    The representative of a union is chosen by the caller, so depths may grow; finding compresses paths, and
    reading all members out costs O(n) amortised. Tarjan, Journal of the ACM 22 (1975), for the structure.

    Args:
        n: Number of spins.
    """

    def __init__(self, n: int):
        self.parent = np.arange(n)
        self.sign = np.ones(n, dtype=np.int8)

    def copy(self) -> SignedUnionFind:
        """Return an independent copy."""
        other = SignedUnionFind(0)
        other.parent, other.sign = self.parent.copy(), self.sign.copy()
        return other

    def find(self, i: int) -> tuple[int, int]:
        """Return the representative of spin i, and i's sign to it."""
        path = []
        while self.parent[i] != i:
            path.append(i)
            i = int(self.parent[i])
        sign = 1
        for node in reversed(path):
            sign *= int(self.sign[node])
            self.parent[node], self.sign[node] = i, sign
        return i, sign

    def unite(self, kept: int, gone: int, sign: int) -> None:
        """Impose s_gone = sign · s_kept on two representatives; ``kept`` represents both."""
        self.parent[gone], self.sign[gone] = kept, sign

    def resolved(self) -> tuple[Array, Array]:
        """Return the representatives ``[n]`` and the signs ``[n]`` of all spins."""
        for i in range(len(self.parent)):
            self.find(i)
        return self.parent.copy(), self.sign.copy()

    def members(self, representative: int) -> tuple[Array, Array]:
        """Return the spins of a group and their signs."""
        roots, signs = self.resolved()
        inside = np.flatnonzero(roots == representative)
        return inside, signs[inside]
