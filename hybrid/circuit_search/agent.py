"""The learner: double deep Q-learning with returns over n steps, and its hyper-parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hybrid.circuit_search.replay import Batch
from problems.checking import check_integer, check_number
from problems.contract import Array
from problems.errors import MissingExtra, ProblemError


@dataclass(frozen=True)
class DoubleDqn:
    """How the agent learns; the defaults are for a processor and circuits of up to 40 gates.

    Attributes:
        hidden: Widths of the hidden layers.
        rate: Adam's step.
        batch: Transitions of an update.
        capacity: Transitions that are remembered.
        every: Placed gates from one update to the next.
        refresh: Updates from one copy of the target network to the next.
        n_step: Steps of a return.
        discount: γ; None takes 0.005^(1 / max_gates), rounded to two digits.
        epsilon: The share of random gates at the beginning and at the end.
        decay: Placed gates over which it falls, exponentially.
    """

    hidden: tuple[int, ...] = (256, 256, 256)
    rate: float = 5e-4
    batch: int = 64
    capacity: int = 10_000
    every: int = 3
    refresh: int = 200
    n_step: int = 5
    discount: float | None = None
    epsilon: tuple[float, float] = (1.0, 0.05)
    decay: int = 30_000

    def __post_init__(self):
        for k, width in enumerate(self.hidden):
            check_integer(f"hidden[{k}]", width, 1)
        for name in ("batch", "every", "refresh", "n_step", "decay"):
            check_integer(name, getattr(self, name), 1)
        check_integer("capacity", self.capacity, self.batch)
        check_number("rate", self.rate, 0.0, open_low=True)
        if self.discount is not None:
            check_number("discount", self.discount, 0.0, 1.0)
        if len(self.epsilon) != 2:
            raise ProblemError("epsilon", self.epsilon, "two shares, at the beginning and at the end")
        for k, share in enumerate(self.epsilon):
            check_number(f"epsilon[{k}]", share, 0.0, 1.0, open_low=True)

    def gamma(self, max_gates: int) -> float:
        """Return γ for circuits of at most so many gates."""
        return round(0.005 ** (1 / max_gates), 2) if self.discount is None else self.discount

    def exploring(self, steps: int) -> float:
        """Return ε after so many placed gates."""
        first, last = self.epsilon
        return first * (last / first) ** min(1.0, steps / self.decay)


class Agent:
    """Two networks, Adam's averages and a count of updates.

    Args:
        learner: Its hyper-parameters.
        inputs: Numbers of a state, the scalar aside.
        outputs: Actions.
        key: Of JAX, for the first weights.

    Raises:
        MissingExtra: If JAX, equinox or optax is not installed.
    """

    def __init__(self, learner: DoubleDqn, inputs: int, outputs: int, key: Any):
        self._networks = _networks()
        self.learner, self.updates = learner, 0
        self.online, self.moments = self._networks.fresh(inputs + 1, learner.hidden, outputs, key)
        self.target = self.online
        self._weights = self._networks.weights_of(self.online)

    def act(
        self, state: Array, feature: float, legal: Array, epsilon: float, rng: np.random.Generator
    ) -> int:
        """Return a legal action: at random with probability ``epsilon``, else the one of highest value."""
        if rng.random() < epsilon:
            return int(rng.choice(np.flatnonzero(legal)))
        values = self._networks.values_of(self._weights, state, feature)
        return int(np.argmax(np.where(legal, values, -np.inf)))

    def improve(self, batch: Batch) -> float:
        """Do one update and return the loss before it."""
        step = self._networks.improve(
            self.online, self.target, self.moments, batch, np.float32(self.learner.rate)
        )
        self.online, self.moments, loss = step
        self.updates += 1
        if self.updates % self.learner.refresh == 0:
            self.target = self.online
        self._weights = self._networks.weights_of(self.online)
        return float(loss)

    def state(self) -> dict[str, Any]:
        """Return all that learning goes on from, as plain arrays."""
        import jax

        leaves = jax.tree.leaves((self.online, self.target, self.moments))
        return {"updates": self.updates, "leaves": [np.asarray(leaf) for leaf in leaves]}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what ``state`` returned."""
        import jax
        import jax.numpy as jnp

        shape = jax.tree.structure((self.online, self.target, self.moments))
        leaves = [jnp.asarray(leaf) for leaf in state["leaves"]]
        self.online, self.target, self.moments = jax.tree.unflatten(shape, leaves)
        self.updates = int(state["updates"])
        self._weights = self._networks.weights_of(self.online)


def require_learning() -> None:
    """Raise ``MissingExtra`` if the libraries that an agent needs are not installed."""
    _networks()


def _networks() -> Any:
    try:
        from hybrid.circuit_search import value_network
    except ImportError as error:
        raise MissingExtra("a circuit search that learns", "learning") from error
    return value_network
