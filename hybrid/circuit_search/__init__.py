"""Searching circuits for ground states: a learning agent, the null, and the methods it has to beat."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "AdaptVqe": "hybrid.circuit_search.adapt_vqe",
    "Alphabet": "hybrid.circuit_search.alphabet",
    "AngleOptimizer": "hybrid.circuit_search.angles",
    "CircuitAnnealing": "hybrid.circuit_search.circuit_annealing",
    "CobylaDescent": "hybrid.circuit_search.cobyla",
    "Crlqas": "hybrid.circuit_search.crlqas",
    "Curriculum": "hybrid.circuit_search.curriculum",
    "DoubleDqn": "hybrid.circuit_search.agent",
    "Environment": "hybrid.circuit_search.environment",
    "ExactDescent": "hybrid.circuit_search.angles",
    "GreedyGrowth": "hybrid.circuit_search.greedy_growth",
    "MovingThreshold": "hybrid.circuit_search.curriculum",
    "NegativeBinomial": "hybrid.circuit_search.halting",
    "NoisyDescent": "hybrid.circuit_search.noisy_descent",
    "QuantileThreshold": "hybrid.circuit_search.curriculum",
    "RandomCircuits": "hybrid.circuit_search.random_circuits",
    "ShotDescent": "hybrid.circuit_search.angles",
    "SuccessCount": "hybrid.circuit_search.curriculum",
    "VanillaCurriculum": "hybrid.circuit_search.curriculum",
    "decode": "hybrid.circuit_search.encoding",
    "draw_learning": "hybrid.circuit_search.pictures",
    "draw_shares": "hybrid.circuit_search.pictures",
    "encode": "hybrid.circuit_search.encoding",
    "prune": "hybrid.circuit_search.pruning",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from hybrid.circuit_search.adapt_vqe import AdaptVqe
    from hybrid.circuit_search.agent import DoubleDqn
    from hybrid.circuit_search.alphabet import Alphabet
    from hybrid.circuit_search.angles import AngleOptimizer, ExactDescent, ShotDescent
    from hybrid.circuit_search.circuit_annealing import CircuitAnnealing
    from hybrid.circuit_search.cobyla import CobylaDescent
    from hybrid.circuit_search.crlqas import Crlqas
    from hybrid.circuit_search.curriculum import (
        Curriculum,
        MovingThreshold,
        QuantileThreshold,
        SuccessCount,
        VanillaCurriculum,
    )
    from hybrid.circuit_search.encoding import decode, encode
    from hybrid.circuit_search.environment import Environment
    from hybrid.circuit_search.greedy_growth import GreedyGrowth
    from hybrid.circuit_search.halting import NegativeBinomial
    from hybrid.circuit_search.noisy_descent import NoisyDescent
    from hybrid.circuit_search.pictures import draw_learning, draw_shares
    from hybrid.circuit_search.pruning import prune
    from hybrid.circuit_search.random_circuits import RandomCircuits
