"""Qubits and two-qubit gates with slack bits and without."""

from __future__ import annotations

from collections.abc import Iterator

from hybrid.lagrangian import SlackFree
from problems.binary import IndependentSet, SlackEncoding
from tests.claims.cutting_slack.instances import SLACK, TWELVE, knapsack
from tests.claims.table import INSTANCES, Row


def rows(quick: bool) -> Iterator[Row]:
    """The table of widths, the saving over the twelve, and the couplings of a layer."""
    wrong, fewer, slack, own = [], [], 0, 0
    for name, (with_slack, without) in SLACK.items():
        problem = knapsack(name)
        bits = problem.n + sum(int(c).bit_length() for c in problem.capacities)
        wrong += [f"{name} {bits}"] if (bits, problem.n) != (with_slack, without) else []
        encoded = SlackEncoding().qubits(problem.program)
        fewer += [f"{name} {encoded}"] if encoded < bits else []
        if name in TWELVE:
            slack, own = slack + bits, own + problem.n
    yield Row("widths of 16 knapsacks, a slack of ⌊log2 c⌋ + 1 bits per capacity and none", "",
              f"our slack encoder needs fewer: {', '.join(fewer) or 'nowhere'}", f"{len(wrong)} differ",
              not wrong, "; ".join(wrong))  # fmt: skip
    saved = 100 * (1 - own / slack)
    yield Row(
        "67 % fewer qubits over the twelve", "", f"{slack}", f"{own} ({saved:.0f} %)", round(saved) == 67
    )
    problem = IndependentSet.read(INSTANCES / "mis" / "1dc.64.txt")
    widths = SlackEncoding().qubits(problem.program), problem.program.n
    yield Row("independent sets: nothing to save, conflicts are products", "", f"{widths[0]}", f"{widths[1]}",
              widths[0] == widths[1])  # fmt: skip
    cells, fewer = [], True
    for name in ("pet2", "pb4") if quick else TWELVE:
        problem = knapsack(name)
        with_slack = SlackEncoding().encode(problem.program).problem.form.num_couplings  # pyright: ignore
        without = SlackFree().qubo(problem).form.num_couplings
        fewer &= without < with_slack
        cells.append(f"{name} {without} / {with_slack}")
    yield Row("fewer two-qubit gates per layer too", "", "without / with slack", ", ".join(cells), fewer)
