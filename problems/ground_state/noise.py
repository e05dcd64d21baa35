"""Noise of gates and readout as data: thermal relaxation, depolarizing, and flips of measured bits."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from typing import Any, Literal

import numpy as np

from problems.checking import check_choice, check_number
from problems.errors import ProblemError
from problems.ground_state.pauli_sum import PauliSum

Array = np.ndarray
Rate = float | tuple[float, ...]  # one figure for all qubits, or one for each
ReadoutMode = Literal["measured", "state_flip"]


@dataclass(frozen=True)
class GateNoise:
    """What a gate does to each of its qubits afterwards: thermal relaxation, then depolarizing.

    Each figure is one number, or one for each qubit. On two qubits the channel acts on both independently.

    Attributes:
        time_over_t1: The gate's duration in units of T1.
        time_over_t2: The gate's duration in units of T2, which is at most 2 T1.
        depolarizing: p in ρ → (1 − p) ρ + p I/2.

    Raises:
        ProblemError: Where a figure is out of range, T2 > 2 T1, or the numbers of qubits differ.
    """

    time_over_t1: Rate = 0.0
    time_over_t2: Rate = 0.0
    depolarizing: Rate = 0.0

    def __post_init__(self):
        _set_rates(self, "time_over_t1")
        _set_rates(self, "time_over_t2")
        _set_rates(self, "depolarizing", 1.0)
        decay, dephasing, _ = self.figures(self.num_qubits or 1)
        for k in np.flatnonzero(2 * dephasing < decay * (1 - 1e-12)):
            raise ProblemError(
                f"time_over_t2[{k}]" if self.num_qubits else "time_over_t2",
                float(dephasing[k]),
                f"at least half of time_over_t1, {decay[k] / 2:.6g}: T2 is at most 2 T1",
            )

    @property
    def num_qubits(self) -> int | None:
        """How many qubits have figures of their own, None if all share one."""
        return _common({name: _width(getattr(self, name)) for name in self.__dataclass_fields__})

    def figures(self, n: int) -> Array:
        """Return t/T1, t/T2 and p ``[3, n]`` of each qubit."""
        return np.array([np.broadcast_to(rate, n) for rate in astuple(self)], dtype=float)


@dataclass(frozen=True)
class NoiseModel:
    """Noise after every gate on each of its qubits, and flips of the bits that are read at the end.

    Figures with one number per qubit fit circuits of that width alone; the others fit any.

    Attributes:
        single: After gates on one qubit.
        pair: After gates on two, on each of the two.
        excited_population: Share of |1⟩ in the equilibrium to which qubits relax.
        readout: Probability that a measured bit is flipped.
        readout_mode: "measured" flips the outcome in whatever basis it is read, so that a Pauli string loses
            1 − 2p for each of its letters. "state_flip" applies X with that probability to every qubit
            before its basis is chosen, which leaves ⟨X⟩ as it is (Patel et al., arXiv 2402.03500).

    Raises:
        ProblemError: Where a figure is out of range or the numbers of qubits differ.
    """

    single: GateNoise = field(default_factory=GateNoise)
    pair: GateNoise = field(default_factory=GateNoise)
    excited_population: Rate = 0.0
    readout: Rate = 0.0
    readout_mode: ReadoutMode = "measured"

    def __post_init__(self):
        for name in ("single", "pair"):
            if not isinstance(getattr(self, name), GateNoise):
                raise ProblemError(name, getattr(self, name), "a GateNoise")
        _set_rates(self, "excited_population", 1.0)
        _set_rates(self, "readout", 1.0)
        check_choice("readout_mode", self.readout_mode, ("measured", "state_flip"))
        _common(self._widths())

    @classmethod
    def depolarizing(cls, single: Rate = 0.001, pair: Rate = 0.005, readout: Rate = 0.0) -> NoiseModel:
        """Return depolarizing noise alone, ``pair`` on each qubit of a gate on two."""
        return cls(GateNoise(depolarizing=single), GateNoise(depolarizing=pair), readout=readout)

    @classmethod
    def ibmq_mumbai(cls, level: Literal["median", "max", "10max"] = "median") -> NoiseModel:
        """Return the noise of IBM's 27-qubit device, the same on all qubits.

        Args:
            level: The median over the device's qubits, the worst of them, or with ten times its gate noise.

        Source: the noise matrices published with Patel et al., arXiv 2402.03500.
        """
        check_choice("level", level, tuple(_MUMBAI))
        single, pair, readout = _MUMBAI[level]
        return cls(GateNoise(*single), GateNoise(*pair), 0.0758, readout)

    @classmethod
    def ibmq_ourense(cls, gates: Literal["relaxation", "depolarizing"] = "relaxation") -> NoiseModel:
        """Return the noise of four qubits of IBM's 5-qubit device, which are coupled 0-1, 1-2, 1-3.

        Args:
            gates: "relaxation" of the qubits of gates on two, where those on one are ideal for want of
                figures; or "depolarizing", which stands in for it on both.

        Source: the noise matrices published with Patel et al., arXiv 2402.03500.
        """
        check_choice("gates", gates, ("relaxation", "depolarizing"))
        readout = (0.0166, 0.0237, 0.0156, 0.0396)
        if gates == "depolarizing":
            return cls.depolarizing(0.000522, 0.0125, readout)
        pair = GateNoise((0.00396, 0.00382, 0.00296, 0.00377), (0.00590, 0.01089, 0.00280, 0.00383))
        return cls(pair=pair, readout=readout)

    @classmethod
    def from_backend(cls, backend: Any, qubits: Sequence[int] | None = None) -> NoiseModel:
        """Return the noise of a Qiskit ``BackendV2`` by its figures; qubit k of circuits is ``qubits[k]``.

        Each gate relaxes its qubits by T1 and T2 over its duration and then depolarizes them as much as the
        reported error, one minus the average fidelity, leaves: on a gate of two, both alike. Gates on one
        qubit all have the figures of its pulse (sx on IBM's devices); the gate on two acts on a qubit with
        the mean over those that it has with the other chosen ones. Readout is the mean of both directions.
        Not modelled: crosstalk, leakage, coherent errors, drift, and decay of waiting qubits.

        Args:
            backend: With a ``target`` that reports figures.
            qubits: Of the device; all by default.

        Raises:
            ProblemError: If it is no such backend, it lacks the figures, or a chosen qubit has no gate with
                another one.
        """
        from problems.ground_state.calibration import calibrated_noise

        return calibrated_noise(backend, qubits)

    @property
    def num_qubits(self) -> int | None:
        """The width that the figures fit, None for any."""
        return _common(self._widths())

    @property
    def is_noiseless(self) -> bool:
        """Whether nothing happens at all; the equilibrium does not matter where nothing relaxes."""
        rates = (*astuple(self.single), *astuple(self.pair), self.readout)
        return not any(np.any(rate) for rate in rates)

    def refuse_width(self, n: int) -> None:
        """Raise a ``ProblemError`` if the figures are not those of ``n`` qubits."""
        if self.num_qubits not in (None, n):
            raise ProblemError("noise", f"for {self.num_qubits} qubits", f"figures for {n}")

    def transfer(self, n: int) -> Array:
        """Return the Pauli transfer matrices ``[2, n, 4, 4]`` of what follows gates on one and on two qubits.

        R_ij = tr(P_i Λ(P_j))/2 with P = I, X, Y, Z; the first row is exactly (1, 0, 0, 0).

        Raises:
            ProblemError: If the figures are those of another width.
        """
        self.refuse_width(n)
        matrices = np.zeros((2, n, 4, 4))
        population = np.broadcast_to(np.asarray(self.excited_population, dtype=float), n)
        for target, gate in zip(matrices, (self.single, self.pair), strict=True):
            decay, dephasing, mixed = gate.figures(n)
            kept = 1 - mixed
            target[:, 0, 0] = 1
            target[:, 1, 1] = target[:, 2, 2] = kept * np.exp(-dephasing)
            target[:, 3, 3] = kept * np.exp(-decay)
            target[:, 3, 0] = -kept * np.expm1(-decay) * (1 - 2 * population)
        return matrices

    def readout_scales(self, n: int) -> Array:
        """Return 1 − 2p of each qubit ``[n]``.

        Raises:
            ProblemError: If the figures are those of another width.
        """
        self.refuse_width(n)
        return 1 - 2 * np.broadcast_to(np.asarray(self.readout, dtype=float), n)

    def measured(self, hamiltonian: PauliSum) -> PauliSum:
        """Return the sum whose noise-free reading is that of ``hamiltonian`` through this readout.

        Each letter of a string costs it 1 − 2p of its qubit; where the mode flips states, X costs nothing.

        Raises:
            ProblemError: If the figures are those of another width.
        """
        scales = self.readout_scales(hamiltonian.num_qubits)
        damped = "XYZ" if self.readout_mode == "measured" else "YZ"
        factors = [
            np.prod([scale for letter, scale in zip(string, scales, strict=True) if letter in damped])
            for string in hamiltonian.strings
        ]
        values = hamiltonian.coefficients * np.array(factors, dtype=float)
        return PauliSum(hamiltonian.num_qubits, hamiltonian.strings, values)

    def _widths(self) -> dict[str, int | None]:
        return {
            "single": self.single.num_qubits,
            "pair": self.pair.num_qubits,
            "excited_population": _width(self.excited_population),
            "readout": _width(self.readout),
        }


def _set_rates(owner: Any, name: str, high: float = np.inf) -> None:
    """Check a figure, or one for each qubit, and put it back as plain floats."""
    given = getattr(owner, name)
    if isinstance(given, np.ndarray):
        given = given.tolist()
    if isinstance(given, numbers.Real):
        check_number(name, given, 0.0, high)
        settled: Rate = float(given) + 0.0  # −0 becomes 0: equal content has one digest
    else:
        if not isinstance(given, tuple | list) or not given:
            raise ProblemError(name, given, "a number, or one for each qubit")
        for k, rate in enumerate(given):
            check_number(f"{name}[{k}]", rate, 0.0, high)
        settled = tuple(float(rate) + 0.0 for rate in given)
    object.__setattr__(owner, name, settled)


def _width(rate: Rate) -> int | None:
    return len(rate) if isinstance(rate, tuple) else None


def _common(widths: dict[str, int | None]) -> int | None:
    own = {name: width for name, width in widths.items() if width}
    if len(set(own.values())) > 1:
        told = ", ".join(f"{width} in {name}" for name, width in own.items())
        raise ProblemError("the number of qubits", told, "the same number in all")
    return next(iter(own.values()), None)


_MUMBAI = {  # (t/T1, t/T2, p) after gates on one and on two qubits, readout
    "median": ((2.862e-4, 2.093e-4, 2e-4), (3.402e-3, 2.488e-3, 0.0091), 0.0225),
    "max": ((2.862e-4, 2.093e-4, 0.00125), (6.048e-3, 4.423e-3, 0.0225), 0.0869),
    "10max": ((2.862e-3, 2.093e-3, 0.0150), (6.048e-2, 4.423e-2, 0.230), 0.0869),
}
