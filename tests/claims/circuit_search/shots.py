"""Adam-SPSA from shots: against plain steps, against one stage, at equal shots."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.optimize import minimize

from hybrid.circuit_search import AngleOptimizer, ExactDescent, ShotDescent
from hybrid.circuit_search.setting import Setting
from problems.ground_state import GroundState
from tests.claims.circuit_search.molecules import exact, molecule, path_of
from tests.claims.table import Row, skipped

METHODS: dict[str, AngleOptimizer] = {
    "three stages": ShotDescent(),
    "plain": ShotDescent(plain=True),
    "one stage of 1e7": ShotDescent(evaluations=(166,), shots=(1e7,)),
    "one stage of 1e6": ShotDescent(evaluations=(1667,), shots=(1e6,)),
    "exact": ExactDescent(evaluations=400, kick=0.0),
}


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    path = path_of("LiH_4q_r2.2")
    claim = "20 random circuits of 40 gates, LiH r2.2: Adam-SPSA in 3 stages"
    if not path.exists():
        yield from skipped(claim, path)
        return
    median = medians(20)
    if not quick:
        yield from without_gradients(median["three stages"])
    ours, plain, one = median["three stages"], median["plain"], median["one stage of 1e7"]
    against = {
        "<= 0.5 x plain SPSA": (plain, 0.5, "44 against 146 mHa", "same circuits, same constants"),
        "<= 0.5 x one stage of 1e7 shots": (one, 0.5, "44 against 247 mHa", "same shots in all"),
        "beat one stage of 1e6 shots": (
            median["one stage of 1e6"], 1.0, "44 against 33 mHa: not true",
            "as the published figures have it: more steps beat more shots",
        ),
    }  # fmt: skip
    for words, (theirs, factor, paper, reason) in against.items():
        holds = ours <= factor * theirs
        figures = f"{ours:.0f} mHa; exact gradients {median['exact']:.1f} mHa"
        yield Row(f"{claim} {words}", paper, f"{theirs:.0f} mHa", figures, holds, "" if holds else reason)


def without_gradients(ours: float) -> Iterator[Row]:
    """COBYLA on the same shots in all, at both extremes of shots an energy: figures, no claim."""
    for steps, shots, paper in ((166, 1e7, "72 mHa"), (1667, 1e6, "34 mHa")):
        level = float(np.median([cobyla(k, steps, shots) for k in range(20)]))
        claim = f"20 random circuits, LiH r2.2: three stages below COBYLA of {steps} energies at {shots:.0e}"
        holds = ours <= level
        reason = "" if holds else "more energies beat more shots, here too"
        yield Row(claim, paper, f"{level:.0f} mHa", f"{ours:.0f} mHa", holds, reason)


def cobyla(k: int, steps: int, shots: float) -> float:
    """The error in mHa of circuit k after SciPy's COBYLA on energies with shot noise."""
    problem, actions, start, setting = drawn(k)
    weights = [c for s, c in zip(problem.hamiltonian.strings, problem.hamiltonian.coefficients, strict=True)
               if set(s) != {"I"}]  # fmt: skip
    spread, rng = float(np.linalg.norm(weights)) / np.sqrt(shots), np.random.default_rng(k)

    def measured(x: np.ndarray) -> float:
        return setting.energies.energy(actions, x) + spread * rng.standard_normal()

    found = minimize(measured, start, method="COBYLA", options={"maxiter": steps, "rhobeg": 1.0})
    return 1000 * (setting.energies.energy(actions, found.x) - exact(problem))


def drawn(k: int) -> tuple[GroundState, np.ndarray, np.ndarray, Setting]:
    """Circuit k and the angles it starts from."""
    problem = molecule("LiH_4q_r2.2")
    setting, rng = Setting.of(problem, 40), np.random.default_rng(k)
    actions = setting.random_actions(40, rng)
    return problem, actions, rng.uniform(-np.pi, np.pi, setting.width(actions)), setting


def medians(count: int) -> dict[str, float]:
    """The median error in mHa of each method over the same circuits from the same angles."""
    reached: dict[str, list[float]] = {label: [] for label in METHODS}
    for k in range(count):
        problem, actions, start, setting = drawn(k)
        for label, method in METHODS.items():
            growth = setting.growth()
            growth.rebuild(actions, start, 0.0)
            method.train(growth, -1, np.random.default_rng(k))
            level = setting.energies.energy(actions, growth.angles[: growth.width])
            reached[label].append(1000 * (level - exact(problem)))
    return {label: float(np.median(values)) for label, values in reached.items()}
