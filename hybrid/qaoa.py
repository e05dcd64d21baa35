"""QAOA and its family: shared or many angles, X, XY, Grover or warm-started mixers, any start, CVaR.

References: Farhi, Goldstone, Gutmann, arXiv 1411.4028; Hadfield et al., arXiv 1709.03489 (mixers); Herrman et
al., arXiv 2109.11455 (multi-angle); Egger et al., arXiv 2009.10095 (warm start); Barkoutsos et al., arXiv
1907.04769 (CVaR).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from backends.mixers import GroverMixer, Mixer, OneHotStart, WarmStartMixer, XMixer, XYMixer
from backends.qaoa_ansatz import QaoaAnsatz
from hybrid.relaxation_start import WarmStart
from hybrid.sampling_loop import SamplingLoop
from hybrid.starts import AngleStart, GivenAngles, LinearRamp, Stage
from hybrid.variational import CircuitEnergy
from problems.binary.blocks import DEMAND, spread_in_blocks
from problems.binary.qubo import Qubo
from problems.checking import check_choice, check_integer, frozen_array
from problems.contract import Array
from problems.errors import ProblemError
from problems.run import Run

MixerName = Literal["auto", "x", "xy-ring", "xy-complete", "grover"]
MIXERS = ("auto", "x", "xy-ring", "xy-complete", "grover")


@dataclass(frozen=True)
class Qaoa(SamplingLoop):
    """Prepare low-energy samples by alternating layers of cost and mixer, and judge every sample.

    ``Qaoa(optimizer=None)`` is the linear ramp without any optimisation. Trained angles stand in the last row
    of the history and go back in through ``start``; ``ansatz(problem)`` is the circuit.

    Attributes:
        layers: p.
        start: A ``LinearRamp``; ``Interp()`` or ``Fourier()``, which grow the depth; ``FixedAngles()``;
            ``Transferred(angles, source)``; or the angles themselves, 2p of them or all of a multi-angle
            ansatz.
        mixer: "auto" is the X mixer, or for a QUBO with one-hot blocks the XY mixer on a ring; "grover"
            starts from all states that the blocks allow. Or a mixer of one's own, as data.
        multi_angle: Give each qubit its own β and each term its own γ; training starts from shared angles.
        warm_start: Start from the solution of a relaxation, with the mixer that belongs to it.
    """

    layers: int = 4
    start: AngleStart | tuple[float, ...] = field(default_factory=LinearRamp)
    mixer: MixerName | Mixer = "auto"
    multi_angle: bool = False
    warm_start: WarmStart | None = None
    keeps = frozenset({DEMAND})

    def __post_init__(self):
        super().__post_init__()
        check_integer("layers", self.layers, 1)
        if not isinstance(self.mixer, Mixer):
            check_choice("mixer", self.mixer, MIXERS)
        if not isinstance(self.start, AngleStart):
            shape = (None,) if self.multi_angle else (2 * self.layers,)
            frozen_array("start", self.start, shape=shape)
        if self.multi_angle and self.mixer not in ("auto", "x"):
            raise ProblemError("mixer", self.mixer, '"auto" or "x" with multi_angle')
        if self.warm_start is not None and (self.mixer != "auto" or self.multi_angle):
            raise ProblemError("warm_start", self.warm_start, "None with a mixer or multi_angle of one's own")

    def ansatz(self, problem: Qubo, seed: int = 0) -> QaoaAnsatz:
        """Return the circuit as data; spin k of the cost is qubit k is variable k."""
        mixer, start = self._mixer(problem), None
        if self.warm_start is not None:
            mixer = WarmStartMixer(self.warm_start.probabilities(problem, seed))
        if isinstance(mixer, GroverMixer) and problem.one_hot:
            start = OneHotStart(problem.one_hot)
        return QaoaAnsatz(problem.ising, self.layers, mixer, start, self.multi_angle)

    def unsuitable(self, problem: Qubo) -> str | None:
        """Refuse blocks that the mixer would leave, and ask the start and the backends."""
        blocks, mixer = problem.one_hot, self._mixer(problem)
        leaves = isinstance(mixer, XMixer) or self.warm_start is not None
        if blocks and leaves:
            return "the X mixer leaves the one-hot blocks; mixer='auto' or 'grover' keeps them"
        if self.mixer in ("xy-ring", "xy-complete") and not blocks:
            return "an XY mixer needs one-hot blocks, and the QUBO names none; MixerEncoding() makes them"
        start = self.start
        if isinstance(start, AngleStart):
            if isinstance(start, GivenAngles) is False and self.multi_angle and start.basis(1) is not None:
                return f"{type(start).__name__} trains shared angles, and multi_angle has none"
            why = start.refusal(problem)
            if why is not None:
                return why
        elif self.multi_angle and len(start) not in (2 * self.layers, self._shape(problem).num_parameters):
            wanted = f"{2 * self.layers} or {self._shape(problem).num_parameters}"
            return f"start has {len(start)} angles, and the ansatz takes {wanted}"
        return super().unsuitable(problem)

    def _mixer(self, problem: Qubo) -> Mixer:
        if isinstance(self.mixer, Mixer):
            return self.mixer
        if self.mixer == "grover":
            return GroverMixer()
        if self.mixer == "x" or not problem.one_hot:
            return XMixer()
        return XYMixer(problem.one_hot, "complete" if self.mixer == "xy-complete" else "ring")

    def _shape(self, problem: Qubo) -> QaoaAnsatz:
        if self.warm_start is None:
            return self.ansatz(problem)
        return QaoaAnsatz(problem.ising, self.layers, WarmStartMixer(np.full(problem.n, 0.5)))

    def _population(self) -> int:
        return self.start.population if isinstance(self.start, AngleStart) else 0

    def _energy(self, problem: Qubo, run: Run) -> CircuitEnergy:
        """Scale γ by the cost's standard deviation: all angles are then of order one for an optimizer."""
        ansatz = self.ansatz(problem, run.seed() if self.warm_start is not None else 0)
        basis = self.start.basis(self.layers) if isinstance(self.start, AngleStart) else None
        scale = self._scale(problem, ansatz)
        if basis is not None:
            scale = scale[:, None] * basis
        return self._energy_of(problem, ansatz, scale, run)

    def _scale(self, problem: Qubo, ansatz: QaoaAnsatz) -> Array:
        """The units of the angles: 1 for β, 1 / standard deviation of the cost over the start for γ."""
        form = problem.form
        spread = spread_in_blocks(form, problem.one_hot) if problem.one_hot else form.spread_on_bits()
        betas = ansatz.layers * (ansatz.num_qubits if ansatz.multi_angle else 1)
        return np.append(np.ones(betas), np.full(ansatz.num_parameters - betas, 1.0 / (spread or 1.0)))

    def _energy_of(self, problem: Qubo, ansatz: QaoaAnsatz, scale: Array, run: Run) -> CircuitEnergy:
        shots = self._shots_in_training(problem, ansatz)
        return CircuitEnergy(run, self.trained_on, ansatz, ansatz.cost, None, scale, shots, self.cvar)

    def _first(self, problem: Qubo, energy: CircuitEnergy, run: Run) -> Array:
        angles = np.atleast_2d(self._first_angles(problem, energy, run))
        scale = np.asarray(energy.scale)
        if scale.ndim == 2:
            return np.linalg.lstsq(scale, angles.T, rcond=None)[0].T
        if self.multi_angle and angles.shape[1] == 2 * self.layers:
            ansatz = self.ansatz(problem)
            angles = np.stack([repeated(ansatz, row) for row in angles])
        return angles / scale

    def _first_angles(self, problem: Qubo, energy: CircuitEnergy, run: Run) -> Array:
        if not isinstance(self.start, AngleStart):
            return np.array(self.start, dtype=float)

        def shallow(layers: int) -> CircuitEnergy:
            ansatz = replace(energy.ansatz, layers=layers, multi_angle=False)  # pyright: ignore[reportArgumentType]
            return self._energy_of(problem, ansatz, self._scale(problem, ansatz), run)

        return self.start.angles(Stage(problem.ising, self.layers, shallow, self.optimizer, run))


def repeated(ansatz: QaoaAnsatz, shared: Array) -> Array:
    """Return the angles of a multi-angle ansatz that repeat shared ones ``[2p]``."""
    betas, gammas = np.split(np.asarray(shared, dtype=float), 2)
    return np.concatenate([np.repeat(betas, ansatz.num_qubits), np.repeat(gammas, ansatz.num_terms)])
