"""More workers, better answers in the same number of steps; and what a lone worker does with more steps."""

from __future__ import annotations

from collections.abc import Iterator

from tests.claims.one_byte.instances import RATES, accuracy, shown, trained
from tests.claims.table import Row


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    steps, counts = (25, (1, 8)) if quick else (1000, (1, 8, 32))
    results = [trained(count, steps) for count in counts]
    reached = [accuracy(result) for result in results]
    ours = "; ".join(f"{count}: {value:.3f}" for count, value in zip(counts, reached, strict=True))
    rates = " / ".join(str(RATES[count]) for count in counts)
    claim = f"digits softmax, {steps} steps, rates {rates}: accuracy grows with the workers"
    holds = all(low < high for low, high in zip(reached, reached[1:], strict=False))
    yield Row(claim, "workers add up", "", ours, holds)
    if not quick:
        longer = "; ".join(f"{factor}x steps {shown(trained(1, factor * steps))}" for factor in (2, 4))
        claim = f"one worker with more steps against 8 workers with {steps} (accuracy, loss)"
        yield Row(claim, "", longer, shown(trained(8, steps)), None, "for comparison")
