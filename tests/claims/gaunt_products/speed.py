"""How work grows with the degree, and time against the same map by Clebsch–Gordan tensors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from classical.equivariance import ClebschGordanProduct, GauntProduct
from problems.contract import Array
from problems.numerics.spherical import gaunt, size
from tests.claims.table import Row
from tests.claims.tensor_products.clock import (
    BATCH,
    compiled,
    inputs,
    milliseconds,
    operation_call,
    peer_call,
    ratio,
    seconds,
)

BARS = {6: 3.0, 8: 7.0}
CHUNK = 250  # of the grid, so that its values stay in the cache


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    yield exponents()
    yield many_body(3)
    if not quick:
        yield from clock()


def exponents() -> Row:
    """Slopes of counted multiply-adds in doubly logarithmic scale, L = 4 to 16."""
    degrees = np.arange(4, 17)
    kinds: dict[str, Any] = {
        "grid": lambda lmax: GauntProduct(lmax, lmax),
        "fourier": lambda lmax: GauntProduct(lmax, lmax, method="fourier"),
        "fourier direct": lambda lmax: GauntProduct(lmax, lmax, method="fourier_direct"),
        "CG sparse": lambda lmax: ClebschGordanProduct(lmax, lmax, method="sparse", normalization="gaunt"),
        "CG even": lambda lmax: ClebschGordanProduct(lmax, lmax, normalization="gaunt", allow_large=True),
        "CG dense": lambda lmax: ClebschGordanProduct(lmax, lmax, allow_large=True),
        "one table": lambda lmax: GauntProduct(lmax, lmax, method="reference"),
    }
    slopes = {}
    for name, build in kinds.items():
        counts = [build(int(lmax)).multiply_adds() for lmax in degrees]
        slopes[name] = float(np.polyfit(np.log(degrees), np.log(counts), 1)[0])
    return Row(
        "counted multiply-adds, L = 4 to 16: exponent <= 3.3 for grid and Fourier, >= 5.3 for dense CG",
        "3 and 6",
        f"CG dense {slopes['CG dense']:.2f}, its even paths alone {slopes['CG even']:.2f}, sparse "
        f"{slopes['CG sparse']:.2f}; one table for all {slopes['one table']:.2f}",
        f"grid {slopes['grid']:.2f}, Fourier {slopes['fourier']:.2f}, direct {slopes['fourier direct']:.2f}",
        max(slopes["grid"], slopes["fourier"]) <= 3.3 and slopes["CG dense"] >= 5.3,
    )


def clock() -> Iterator[Row]:
    """The grid and Fourier forms against the peer's even paths, the same map."""
    degrees, gains, own = (1, 2, 3, 4, 6, 8), {}, {}
    for lmax in degrees:
        x, y = inputs(lmax)
        try:
            calls = {"even": peer_call(lmax, x, y, even_paths_alone=True)}
        except ImportError:
            yield Row("time against even-path CG", "", "", "", None, "e3nn_jax is not installed")
            return
        if lmax <= 6:
            calls["all"] = peer_call(lmax, x, y, even_paths_alone=False)
        product = ClebschGordanProduct(lmax, lmax, normalization="gaunt")
        calls["ours"] = operation_call(product, x, y)
        calls["grid"] = operation_call(GauntProduct(lmax, lmax, chunk=CHUNK), x, y)
        calls["fourier"] = operation_call(GauntProduct(lmax, lmax, method="fourier"), x, y)
        times = seconds(calls, 20)
        best = min((times["grid"], times["fourier"]), key=np.median)
        gains[lmax] = ratio(times["even"], best)
        own[lmax] = ratio(times["ours"], best)
        if lmax in BARS:
            yield against(lmax, times, gains[lmax])
    yield crossover(gains, own)


def crossover(gains: dict[int, float], own: dict[int, float]) -> Row:
    """From which degree on the Gaunt product wins, against the peer and against our own tables."""
    first, last = min(gains), max(gains)
    wins = [lmax for lmax in gains if min(gains[lmax], own[lmax]) > 1]
    holds = min(gains[first], own[first]) < 1 < min(gains[last], own[last])
    return Row(
        f"crossover: even-path CG, the faster of e3nn's and ours, wins at L = {first}, B C = {BATCH}",
        "",
        "e3nn: " + ", ".join(f"L {lmax}: {gain:.1f}x" for lmax, gain in gains.items()),
        f"wins from L = {wins[0] if wins else 'none'}; against our CG "
        + ", ".join(f"L {lmax}: {gain:.1f}x" for lmax, gain in own.items()),
        holds,
        "" if holds else f"the grid takes one matrix at L = {first} and is as fast there",
    )


def against(lmax: int, times: dict[str, Array], gain: float) -> Row:
    """One degree with a bar."""
    every = f"; all paths, a larger map, {milliseconds(times['all'])}" if "all" in times else ""
    return Row(
        f"best of grid, Fourier >= {BARS[lmax]:.0f}x faster than even-path CG at L = {lmax}, B C = {BATCH}",
        "16.8 and 2.1 ms at L = 6, 83 and 4.3 ms at L = 8",
        f"e3nn even paths {milliseconds(times['even'])}{every}; our CG {milliseconds(times['ours'])}",
        f"grid {milliseconds(times['grid'])}, Fourier {milliseconds(times['fourier'])}: {gain:.1f}x; "
        f"{ratio(times['ours'], times['grid']):.1f}x against our CG",
        gain >= BARS[lmax],
    )


def many_body(lmax: int) -> Row:
    """Third powers against two contractions with Gaunt tensors, compiled alike."""
    import jax.numpy as jnp

    x, _ = inputs(lmax)
    first, second = gaunt(lmax, lmax, 2 * lmax), gaunt(2 * lmax, lmax, lmax)

    def contracted(x: Any, first: Any, second: Any) -> Any:
        square = jnp.einsum("bi,bj,ijk->bk", x, x, first)
        return jnp.einsum("bk,bj,kjl->bl", square, x, second)

    product = GauntProduct(lmax, lmax, lmax, chunk=CHUNK)
    calls = {
        "contraction": compiled(contracted, x, first, second),
        "grid": compiled(lambda x: product.apply_power(x, 3), x),
        "fourier": compiled(lambda x: GauntProduct(lmax, lmax, lmax, method="fourier").apply_power(x, 3), x),
    }
    exact = np.asarray(calls["contraction"]())
    worst = max(float(np.abs(np.asarray(calls[name]()) - exact).max()) for name in ("grid", "fourier"))
    times = seconds(calls, 20)
    gain = ratio(times["contraction"], times["grid"])
    assert exact.shape == (BATCH, size(lmax))
    return Row(
        f"third powers at L = {lmax}: equal two Gaunt contractions to 1e-11 and are >= 5x faster",
        "43.7x for the operation of MACE",
        f"contractions {milliseconds(times['contraction'])}",
        f"differ by {worst:.0e}; grid {milliseconds(times['grid'])}, "
        f"Fourier {milliseconds(times['fourier'])}: {gain:.1f}x",
        bool(worst <= 1e-11 and gain >= 5),
    )
