"""One knapsack file by slack-free QAOA and by HiGHS, side by side: ``python -m hybrid.showcase FILE``."""

from __future__ import annotations

import sys
from pathlib import Path

from backends.statevector import Statevector
from classical.binary.mixed_integer import MixedInteger
from classical.binary.penalty import Penalty
from classical.binary.uniform import Uniform
from hybrid.qaoa import Qaoa
from problems.binary.encodings import SlackEncoding, SlackFreeEncoding
from problems.binary.knapsack import MultidimensionalKnapsack
from problems.contract import Result
from problems.errors import HybridError
from problems.report import matplotlib_pyplot, number

PICTURE = Path("out") / "solve.png"


def main(arguments: list[str]) -> int:
    """Print the comparison and draw the quantum answer; returns the exit status."""
    if len(arguments) != 1:
        print("usage: python -m hybrid.showcase FILE", file=sys.stderr)
        return 2
    try:
        problem = MultidimensionalKnapsack.read(arguments[0])
    except HybridError as error:
        print(f"hybrid: {error}", file=sys.stderr)
        return 2
    shots = 1024
    print(f"{arguments[0]}: {problem.n} items, {len(problem.capacities)} capacities")
    print(f"qubits: {SlackFreeEncoding().qubits(problem.program)} without slack, ", end="")
    print(f"{SlackEncoding().qubits(problem.program)} with slack bits\n")
    quantum = Penalty(Qaoa(shots=shots, backend=Statevector())).solve(problem)
    contestants = [
        ("QAOA, slack-free", quantum),
        ("uniform random bits", Uniform(samples=shots).solve(problem)),
        ("HiGHS", MixedInteger().solve(problem)),
    ]
    print(f"{'':<20} {'objective':>10} {'feasible':>9} {'certified gap':>14} {'seconds':>8}")
    for name, result in contestants:
        print(_line(name, result))
    print(f"\nQAOA: {quantum.message}")
    print(
        "Both samplers drew 1024 bit strings and had the same repair; each gap is to its method's own bound."
    )
    print(f"picture: {_draw(quantum)}")
    return 0


def _line(name: str, result: Result) -> str:
    gap = "none" if result.gap is None else f"{100 * result.gap:.2f} %"
    feasible = "yes" if result.feasible else "no"
    return f"{name:<20} {number(result.objective):>10} {feasible:>9} {gap:>14} {result.seconds:>8.2f}"


def _draw(result: Result) -> Path:
    matplotlib_pyplot("the picture").switch_backend("agg")
    figure = result.plot()
    PICTURE.parent.mkdir(exist_ok=True)
    figure.savefig(PICTURE, dpi=120)
    return PICTURE.resolve()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
