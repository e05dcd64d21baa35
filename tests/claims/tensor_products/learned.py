"""What a product cannot couple cannot be learned: eight pieces of four blocks, two of them mirror images.

The published settings but for the number of steps, 500 of 1000. Every network is judged in float64 under 100
held-out rotations of each piece. The quick form trains nothing: which pieces a product merges does not depend
on the weights.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from classical.equivariance.clebsch_gordan_product import ClebschGordanProduct
from classical.equivariance.equivariant_classifier import EquivariantClassifier
from classical.equivariance.gaunt_product import GauntProduct
from classical.equivariance.vector_product import VectorProduct
from problems.contract import Evaluation
from problems.equivariance.pieces import CHIRAL_PAIR, NAMES, TetrisPieces
from tests.claims.table import Row

SEEDS = (11, 12, 13)


def rows(quick: bool) -> Iterator[Row]:
    """The rows of this part."""
    if quick:
        yield from _untrained()
        return
    null = 1 / len(NAMES)
    for name, operation in (
        ("Clebsch–Gordan", ClebschGordanProduct()),
        ("vector-signal", VectorProduct()),
    ):
        verdicts = _trained(EquivariantClassifier(operation, steps=500))
        right = [verdict.metrics["pieces_right"] for verdict in verdicts]
        yield Row(
            f"{name} products name 8 of 8 pieces in all 100 held-out rotations, 3 seeds",
            "8/8",
            f"one name for all: {null:.1%} right",
            _shown(verdicts),
            all(count == 8 for count in right),
        )
    solver = EquivariantClassifier(GauntProduct(), multiplicity=4, separate=True, steps=500)
    verdicts = _trained(solver)
    yield Row(
        "Gaunt products merge exactly the mirror images and name 7 of 8 at most, though products of all three"
        " parity combinations stand side by side, 3 seeds",
        "merges the chiral pieces",
        "a ceiling of 87.5 %",
        _shown(verdicts),
        all(_pairs(one) == [CHIRAL_PAIR] and one.objective <= 7 / 8 for one in verdicts),
    )


def _trained(solver: EquivariantClassifier) -> list[Evaluation]:
    problem = TetrisPieces()
    return [solver.solve(problem, seed=seed, progress=False).evaluation for seed in SEEDS]


def _untrained() -> Iterator[Row]:
    """Random weights: the merged pairs are those of the product."""
    import jax

    from classical.equivariance.piece_network import piece_network
    from problems.numerics.precision import double_precision

    problem, operation = TetrisPieces(rotations=10), GauntProduct(1, 1, 1)
    with double_precision():
        key = jax.random.key(SEEDS[0])
        network = piece_network(operation, 4, 3, 8, 4, False, problem.radius, len(NAMES), key)
    verdict = problem.judge(network)
    yield Row(
        "with random weights Gaunt products merge exactly the mirror images (degree 1, not trained)",
        "merges the chiral pieces",
        "",
        f"merged: {_named(verdict)}",
        _pairs(verdict) == [CHIRAL_PAIR],
    )


def _pairs(verdict: Evaluation) -> list[tuple[int, int]]:
    return [(int(a), int(b)) for a, b in np.asarray(verdict.metrics["merged_pairs"])]


def _named(verdict: Evaluation) -> str:
    pairs = [f"{NAMES[a]} = {NAMES[b]}" for a, b in _pairs(verdict)]
    return ", ".join(pairs) if pairs else "none"


def _shown(verdicts: list[Evaluation]) -> str:
    """Accuracies and merged pairs of all seeds, and the largest error of invariance."""
    parts = [f"{one.metrics['pieces_right']:.0f}/8 ({one.objective:.1%})" for one in verdicts]
    merged = sorted({_named(one) for one in verdicts})
    error = max(float(one.metrics["invariance_error"]) for one in verdicts)
    return f"{', '.join(parts)}; merged: {'; '.join(merged)}; scores vary by {error:.0e} of the largest"
