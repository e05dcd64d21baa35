"""A classifier of shapes by messages in one tensor product, trained on shapes in random orientations.

Reference: Xie, Daigavane, Kotak, Smidt, "The price of freedom: exploring expressivity and runtime tradeoffs
in equivariant tensor products", ICML 2025, arXiv 2506.13523.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from classical.equivariance.clebsch_gordan_product import ClebschGordanProduct
from classical.equivariance.operation import SphericalOperation
from problems.checking import check_choice, check_integer, check_number
from problems.contract import Solver
from problems.equivariance.pieces import PieceScores, TetrisPieces
from problems.errors import MissingExtra, ProblemError
from problems.numerics.precision import double_precision

if TYPE_CHECKING:
    from problems.run import Run

CHUNK = 50  # steps in one compiled call


@dataclass(frozen=True)
class EquivariantClassifier(Solver[TetrisPieces, PieceScores]):
    """Learn to name shapes in any orientation; what the tensor product cannot couple cannot be told apart.

    Each step shows every shape once, in a random orientation, and follows Adam's direction down the
    cross-entropy. The solution is a ``PieceNetwork``.

    Attributes:
        operation: The tensor product; its degrees are set to ``hidden_lmax``.
        hidden_lmax: Highest degree of features, of bonds' harmonics and of messages.
        multiplicity: Channels of the features.
        layers: Rounds of messages; three are the least that can make a pseudo-scalar.
        hidden: Width of the perceptron that reads distances.
        embedding: Scalars that every block begins with.
        separate: Whether products of factors of different signs under inversion, (+, +), (+, −) and (−, +),
            are kept apart and concatenated, so that each has weights of its own.
        rate: Adam's learning rate.
        steps: Of training.
    """

    operation: SphericalOperation = ClebschGordanProduct()
    hidden_lmax: int = 2
    multiplicity: int = 8
    layers: int = 3
    hidden: int = 32
    embedding: int = 16
    separate: bool = False
    rate: float = 1e-3
    steps: int = 1000

    def __post_init__(self):
        if not isinstance(self.operation, SphericalOperation):
            raise ProblemError("operation", self.operation, "a SphericalOperation", "e.g. GauntProduct()")
        check_integer("hidden_lmax", self.hidden_lmax, 1)
        for name in ("multiplicity", "layers", "hidden", "embedding", "steps"):
            check_integer(name, getattr(self, name), 1)
        check_choice("separate", self.separate, (False, True))
        check_number("rate", self.rate, 0.0, open_low=True)

    def _solve(self, problem: TetrisPieces, run: Run) -> PieceScores:
        try:
            import equinox  # noqa: F401
            import jax  # noqa: F401
            import optax  # noqa: F401
        except ImportError:
            raise MissingExtra("EquivariantClassifier", "learning") from None
        # arrays say their own precision; training and judging share one mode, so constants are traced in one
        with double_precision():
            return self._trained(problem, run)

    def _trained(self, problem: TetrisPieces, run: Run) -> PieceScores:
        import jax
        import jax.numpy as jnp

        from classical.equivariance.piece_training import fresh_moments, train

        network = self._network(problem, run.key())
        run.offer(network, 0.0)
        moments, shapes = fresh_moments(network), jnp.asarray(problem.positions, dtype=jnp.float32)
        for chunk in run.steps(-(-self.steps // CHUNK), "chunk"):
            done = CHUNK * chunk
            keys = jax.random.split(run.key(), CHUNK)
            # the last chunk may be longer than what is left: a rate of 0 changes nothing
            rates = jnp.asarray(np.where(done + np.arange(CHUNK) < self.steps, self.rate, 0.0), jnp.float32)
            network, moments, losses = train(network, moments, shapes, keys, rates)
            taken = min(CHUNK, self.steps - done)
            run.spent(steps=taken)
            run.offer(network, float(done + taken))  # the latest network is the one to keep
            run.record(steps=done + taken, cross_entropy=float(losses[taken - 1]))
        return run.best

    def _network(self, problem: TetrisPieces, key: Any) -> Any:
        from classical.equivariance.piece_network import piece_network

        top = self.hidden_lmax
        operation = replace(self.operation, lmax1=top, lmax2=top, lmax_out=top)
        pieces = len(problem.positions)
        return piece_network(
            operation, self.multiplicity, self.layers, self.hidden, self.embedding, self.separate,
            problem.radius, pieces, key,
        )  # fmt: skip
