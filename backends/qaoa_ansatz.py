"""The alternating-operator ansatz as data: a cost, a mixer, a start, and how its parameters make angles."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from backends.mixers import Mixer, Start, TermMixer, XMixer, XYMixer
from problems.binary.qubo import Ising
from problems.checking import check_integer
from problems.contract import Array
from problems.errors import ProblemError
from problems.storage import digest


@dataclass(frozen=True, eq=False)
class QaoaAnsatz:
    """Alternating layers from a start: e^(−iγ_l C), then the mixer with β_l; parameters β₁…β_p, γ₁…γ_p.

    C is the cost with its own coefficients, without the offset. Minimising takes γ > 0 and β < 0.

    Attributes:
        cost: The Ising model whose spins are the eigenvalues of Z: spin k is qubit k.
        layers: p.
        mixer: How layers mix.
        start: The first state; by default the one that belongs to the mixer.
        multi_angle: Give each qubit its own β and each term of the cost its own γ (Herrman et al., arXiv
            2109.11455): parameters are β ``[p, n]``, then γ ``[p, terms]``, fields before couplings, each in
            the order of the cost. Only with the X mixer.
    """

    cost: Ising
    layers: int = 1
    mixer: Mixer = field(default_factory=XMixer)
    start: Start | None = None
    multi_angle: bool = False

    def __post_init__(self):
        check_integer("layers", self.layers, 1)
        if not isinstance(self.cost, Ising):
            raise ProblemError(
                "cost", type(self.cost).__name__, "an Ising model", "qubo.ising turns a Qubo into one"
            )
        if not isinstance(self.mixer, Mixer):
            raise ProblemError(
                "mixer",
                self.mixer,
                "an XMixer, XYMixer, GroverMixer, WarmStartMixer, TermMixer or FeasibleMixer",
            )
        if self.multi_angle and not isinstance(self.mixer, XMixer):
            raise ProblemError("multi_angle", True, "False with other mixers than the XMixer")
        if self.start is not None and not isinstance(self.start, Start):
            kinds = "a PlusStart, OneHotStart, DickeStart, ProductStart or FeasibleStart"
            raise ProblemError("start", self.start, kinds)
        self.mixer.check(self.num_qubits)
        self.first.check(self.num_qubits)

    @property
    def first(self) -> Start:
        """The start, the mixer's own if none is named."""
        return self.mixer.start() if self.start is None else self.start

    @property
    def num_qubits(self) -> int:
        """One per spin."""
        return self.cost.n

    @property
    def num_parameters(self) -> int:
        """2p; with ``multi_angle`` p times the qubits and the terms."""
        return self.layers * (self.num_qubits + self.num_terms if self.multi_angle else 2)

    @property
    def num_terms(self) -> int:
        """Fields and couplings that are not zero."""
        return len(self.fields) + self.cost.form.num_couplings

    @property
    def num_entangling(self) -> int:
        """One per coupling and layer, and one per pair that an XY mixer swaps."""
        pairs = len(self.mixer.pairs()) if isinstance(self.mixer, XYMixer) else 0
        if isinstance(self.mixer, TermMixer):
            pairs = sum(len(qubits) > 1 for qubits, _ in self.mixer.terms)
        return self.layers * (self.cost.form.num_couplings + pairs)

    @property
    def order(self) -> str:
        """The order of the parameters, in words."""
        if self.multi_angle:
            return "betas of all layers and qubits first, then gammas of all layers and terms"
        return "betas first, then gammas"

    @cached_property
    def fields(self) -> Array:
        """The qubits ``[F]`` with a linear term, in order."""
        return np.flatnonzero(self.cost.form.linear)

    @cached_property
    def weights(self) -> Array:
        """The coefficients ``[F + K]`` of the terms: fields, then couplings."""
        form = self.cost.form
        return np.concatenate([form.linear[self.fields], form.coupling])

    @property
    def structure(self) -> str:
        """Depends on which terms are present, not on their weights."""
        form = self.cost.form
        terms = form.n, self.fields, form.first, form.second
        return digest(("qaoa", *terms, self.layers, self.mixer, self.first, self.multi_angle))

    def split(self, parameters: Array) -> tuple[Array, Array]:
        """Return β ``[B, p]`` and γ ``[B, p]``; with ``multi_angle`` ``[B, p, n]`` and ``[B, p, F + K]``."""
        rows, p = len(parameters), self.layers
        if not self.multi_angle:
            return parameters[:, :p], parameters[:, p:]
        betas = parameters[:, : p * self.num_qubits].reshape(rows, p, self.num_qubits)
        return betas, parameters[:, p * self.num_qubits :].reshape(rows, p, self.num_terms)

    def angles(self, parameters: Array) -> Array:
        """Return ``[B, p (F + K + M)]``: per layer γ h for the fields, γ J for the couplings, then the M
        angles of the mixer: one β, or n with ``multi_angle``.
        """
        betas, gammas = self.split(parameters)
        if not self.multi_angle:
            betas, gammas = betas[:, :, None], gammas[:, :, None]
        angles = np.concatenate([gammas * self.weights, betas], axis=2)
        return angles.reshape(len(parameters), self.layers * angles.shape[2])
