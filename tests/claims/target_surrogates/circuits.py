"""A network that chooses a circuit's angles: circuits until unseen Hamiltonians are solved within 2 %."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from classical.minimisation.composite_baselines import CompositeDescent
from classical.minimisation.target_surrogate import TargetSurrogate
from problems.contract import Result, Solver
from problems.minimisation.parameter_shift import shift_gradient
from tests.claims.table import Row
from tests.claims.target_surrogates.chain_energies import ChainEnergy, chains, simulated
from tests.claims.target_surrogates.tuning import LOST, figure_of, geometric_mean, tuned

ERROR, STEPS = 0.02, 100
GRID = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
FREE = (0.03, 0.1, 0.2, 0.3)  # rates of descent in the angles themselves


def rows(quick: bool) -> Iterator[Row]:
    """The simulator, then exact energies, then 1000 shots."""
    x = np.random.default_rng(0).uniform(-np.pi, np.pi, (20, 16))
    apart = float(np.abs(ChainEnergy(0.7).exact(x) - simulated(0.7, x)).max())
    claim = "the energies used below are those of the embedded simulator, to 1e-12"
    yield Row(claim, "", "", f"{apart:.1e} apart", apart <= 1e-12)
    for shots in (None,) if quick else (None, 1000):
        yield from _compared(shots, quick)


def _compared(shots: int | None, quick: bool) -> Iterator[Row]:
    spent, chosen = {}, {}
    names = ("m=20 adagrad", "sgd") if quick else ("m=20 adagrad", "m=20", "sgd", "adam")
    for name in names:

        def figure(rate: float, seed: int, name: str = name) -> float:
            solver = _solver(name, rate, 30 if quick else STEPS)
            return figure_of(solver, chains(shots, seed), seed, circuits_used)

        chosen[name] = 0.03 if quick else tuned(GRID, figure, (100,))
        spent[name] = geometric_mean([figure(chosen[name], seed) for seed in range(1 if quick else 3)])
    shown = {name: _shown(name, spent[name], chosen[name]) for name in names}
    ours, rivals = (
        min(spent[name] for name in names if name.startswith("m=") == mine) for mine in (True, False)
    )
    title = (
        "circuits until 50 unseen fields are within 2 % of their ground energy, "
        f"{'exact' if shots is None else f'{shots} shots'}: m=20"
    )
    theirs, mine = (
        ", ".join(shown[name] for name in names if name.startswith("m=") == own) for own in (False, True)
    )
    if quick:
        yield Row(f"{title} fewer than SGD", "", theirs, mine, None, "30 steps at one rate do not compare")
        return
    fewer = ours < rivals < LOST
    yield Row(f"{title} fewer than SGD or Adam on θ, each at its best rate", "", theirs, mine, fewer,
              "" if fewer else "a rival needs no more")  # fmt: skip
    much = ours * 3 <= rivals
    reason = "" if much else f"{rivals / ours:.2f}x fewer than the best rival; {_free_angles()}"
    yield Row(f"{title} at least 3x fewer", "3x fewer", theirs, mine, much, reason)


def _free_angles() -> str:
    """Say how many steps descent takes in each unseen field's own angles, from where the networks begin."""
    taken = geometric_mean([min(_free_steps(seed, rate) for rate in FREE) for seed in range(3)])
    return f"descent in each field's own angles, without a network, takes {taken:.0f} steps of 512 circuits"


def _free_steps(seed: int, rate: float) -> float:
    problem = chains(None, seed)
    assert problem.held_out is not None
    assert problem.ground is not None
    fields, energies = problem.held_out
    angles = problem.network(problem.start, fields)
    for step in range(STEPS):
        values = np.array([e.exact(z[None])[0] for e, z in zip(energies, angles, strict=True)])
        if np.mean((values - problem.ground) / np.abs(problem.ground)) <= ERROR:
            return float(step)
        slopes = [shift_gradient(e, z, None) for e, z in zip(energies, angles, strict=True)]
        angles = angles - rate * np.array(slopes)
    return float(STEPS)


def circuits_used(result: Result) -> float:
    """Return the circuits until the error on unseen fields was reached; many where it never was."""
    each = result.resources["circuits"] / len(result.history)
    for k, row in enumerate(result.history, 1):
        if row["unseen_relative_error"] <= ERROR:
            return k * each
    return LOST


def _shown(name: str, circuits: float, rate: float) -> str:
    count = "not reached by all" if circuits > 1e6 else f"{circuits:.0f}"
    return f"{name}: {count} (rate {rate:g})"


def _solver(name: str, rate: float, steps: int) -> Solver:
    if name.startswith("m="):
        geometry = "adagrad" if name.endswith("adagrad") else "euclid"
        m = int(name.split()[0][2:])
        return TargetSurrogate(steps, m, eta=rate, geometry=geometry, judged_every=1)
    return CompositeDescent(steps, name, rate, judged_every=1)  # pyright: ignore[reportArgumentType]
