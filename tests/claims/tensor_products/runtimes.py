"""Seconds beside counted multiply-adds: where the grid wins, and where counting misleads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from classical.equivariance import GauntProduct
from problems.contract import Array
from tests.claims.table import Row
from tests.claims.tensor_products.clock import (
    BATCH,
    inputs,
    milliseconds,
    operation_call,
    peer_call,
    ratio,
    seconds,
)
from tests.claims.tensor_products.freedom import operations


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    yield grid_and_fourier((2,) if quick else (2, 3, 4, 5, 6, 7, 8, 9))
    if quick:
        return
    yield first_degree()
    yield eighth_degree()
    yield rankings(4)


def grid_and_fourier(degrees: tuple[int, ...]) -> Row:
    """The same map by two ways."""
    found, worst, least = [], 0.0, np.inf
    for lmax in degrees:
        x, y = inputs(lmax)
        forms = {name: GauntProduct(lmax, lmax, method=name) for name in ("grid", "fourier")}  # pyright: ignore[reportArgumentType]
        calls = {name: operation_call(form, x, y) for name, form in forms.items()}
        one, two = (np.asarray(call()) for call in calls.values())
        worst = max(worst, float(np.abs(one - two).max() / np.abs(two).max()))
        times = seconds(calls)
        gain = ratio(times["fourier"], times["grid"])
        least = min(least, gain)
        found.append(f"L {lmax}: {1e3 * np.median(times['grid']):.2f} ms, {gain:.1f}x")
    return Row(
        f"grid equals Fourier to 1e-11 and is >= 3x faster at every L of {degrees}, batch {BATCH}",
        "1.9 and 20.9 ms at L = 2, 43.9 ms and 3.77 s at L = 9 (batch 10 000)",
        "Fourier by fast transforms",
        f"differ by {worst:.0e}; {'; '.join(found)}",
        bool(worst <= 1e-11 and least >= 3),
    )


def first_degree() -> Row:
    """Where the dense product still wins."""
    try:
        calls = peers(1)
    except ImportError:
        return Row("dense CG wins at L = 1", "", "", "", None, "e3nn_jax is not installed")
    times = seconds(calls, 60)
    best = min(float(np.median(times[name])) for name in ("CG all paths", "CG even paths", "our CG"))
    return Row(
        f"dense CG, the faster of e3nn's and ours, beats the grid at L = 1, batch {BATCH}",
        "0.98 and 2.27 ms (batch 10 000)",
        f"e3nn: all paths {milliseconds(times['CG all paths'])}, "
        f"even paths {milliseconds(times['CG even paths'])}",
        f"grid {milliseconds(times['grid'])}; our CG {milliseconds(times['our CG'])}",
        bool(best < np.median(times["grid"])),
        "" if best < np.median(times["grid"]) else "the grid takes one matrix there and is as fast",
    )


def eighth_degree() -> Row:
    """Where the grid wins."""
    claim = f"grid >= 5x faster than dense CG at L = 8, even paths, batch {BATCH}"
    try:
        calls = peers(8, every_path=False)
    except ImportError:
        return Row(claim, "", "", "", None, "e3nn_jax is not installed")
    times = seconds(calls, 20)
    gain = ratio(times["CG even paths"], times["grid"])
    ours = ratio(times["our CG"], times["grid"])
    return Row(
        claim,
        "213 and 33.8 ms (batch 10 000)",
        f"e3nn even paths {milliseconds(times['CG even paths'])}; our CG, the same map, {ours:.1f}x",
        f"{milliseconds(times['grid'])}: {gain:.1f}x",
        bool(gain >= 5),
    )


def peers(lmax: int, every_path: bool = True) -> dict[str, Callable[[], Any]]:
    """The peer's products, our even paths and the grid on the same inputs; all paths take minutes to compile
    at high degrees.
    """
    from classical.equivariance import ClebschGordanProduct

    x, y = inputs(lmax)
    whole = {"CG all paths": peer_call(lmax, x, y, even_paths_alone=False)} if every_path else {}
    return whole | {
        "CG even paths": peer_call(lmax, x, y, even_paths_alone=True),
        "our CG": operation_call(ClebschGordanProduct(lmax, lmax, normalization="gaunt"), x, y),
        "grid": operation_call(GauntProduct(lmax, lmax), x, y),
    }


def rankings(lmax: int) -> Row:
    """All operations with all their couplings, by clock and by count."""
    x, y = inputs(lmax)
    own = operations(lmax)
    times = seconds({name: operation_call(kind, x, y, odd_too=True) for name, kind in own.items()}, 20)
    by_clock = sorted(own, key=lambda name: float(np.median(times[name])))
    by_count = sorted(own, key=lambda name: own[name].multiply_adds())
    inversions = [
        (fast, slow)
        for k, fast in enumerate(by_count)
        for slow in by_count[k + 1 :]
        if np.percentile(times[fast], 25) > np.percentile(times[slow], 75)
    ]
    shown: Callable[[str], str] = lambda name: f"{name} {middle(times[name]):.1f}"  # noqa: E731
    counted = "; ".join(f"{name} {own[name].multiply_adds() / 1e3:.0f}" for name in by_count)
    return Row(
        f"L = {lmax}: ranking by clock is not that by count: at least one pair inverted beyond quartiles",
        "block matrices slower than dense CG up to L = 10",
        f"by thousand multiply-adds: {counted}",
        f"by ms: {'; '.join(map(shown, by_clock))}; {len(inversions)} pairs inverted",
        bool(inversions),
    )


def middle(times: Array) -> float:
    """The median in milliseconds."""
    return float(1e3 * np.median(times))
