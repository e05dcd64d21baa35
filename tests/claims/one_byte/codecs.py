"""What one byte costs in accuracy and saves in traffic, beside floats, other codes and full gradients."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from problems.contract import Array
from problems.distributed.codecs import decode, encode
from problems.minimisation import NetworkLoss
from tests.claims.one_byte.instances import accuracy, digits, shown, task, trained
from tests.claims.table import Row

FLOAT_BYTES = 4


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    steps = 25 if quick else 1500
    yield rounding_bias(100_000 if quick else 1_000_000)
    for codec in ("log8",) if quick else ("log8", "log8s"):
        yield against_floats(codec, steps)
    if not quick:
        yield other_codes(steps)
    for hidden in ((), (32,)):
        yield bandwidth(hidden, 3 if hidden else steps)
    if not quick:
        yield from full_gradients(steps)


def against_floats(codec: str, steps: int) -> Row:
    """The same training with one byte and with eight."""
    ours, floats = trained(8, steps, codec), trained(8, steps, "f64")
    points = 100 * abs(accuracy(ours) - accuracy(floats))
    relative = abs(ours.objective / floats.objective - 1)
    claim = (
        f"digits softmax, 8 workers, {steps} steps, {codec}: within 0.5 point and 1 % of the loss of float64"
    )
    return Row(
        claim,
        "no loss from the code",
        f"float64 {shown(floats)}",
        shown(ours),
        points <= 0.5 and relative <= 0.01,
    )


def rounding_bias(draws: int) -> Row:
    """The mean of what stochastic rounding decodes to, against what was encoded, at several sizes."""
    rng = np.random.default_rng(2)
    sizes = (5e-4, 0.0123, 1.03, 77.7, 2000.0)
    decoded = [decode("log8s", encode("log8s", np.full(draws, g), 1.0, rng.random(draws))) for g in sizes]
    bias = max(abs(float(np.mean(row)) / g - 1) for row, g in zip(decoded, sizes, strict=True))
    nearest = max(abs(decode("log8", encode("log8", np.array([g])))[0] / g - 1) for g in sizes)
    noise = 5 * 0.067 / math.sqrt(draws)  # five standard errors of a mean of two neighbours
    claim = f"log8s: relative bias below 1e-3 over {draws} draws, at 5 sizes"
    return Row(claim, "", f"to nearest {nearest:.1e}", f"{bias:.1e} (noise {noise:.0e})", bias < 1e-3)


def other_codes(steps: int) -> Row:
    """Other single bytes, for comparison alone."""
    rest = "; ".join(f"{codec} {shown(trained(8, steps, codec))}" for codec in ("e4m3", "sign"))
    claim = f"other bytes at the same rate, {steps} steps; every sign counts as 1, so its steps are longer"
    return Row(claim, "", rest, f"log8 {shown(trained(8, steps))}", None, "for comparison")


def bandwidth(hidden: tuple[int, ...], steps: int) -> Row:
    """Payload counted from the log."""
    if hidden:
        from tests.claims.one_byte.instances import solver

        result = solver(8, steps).solve(digits(8, hidden=hidden), seed=1, progress=False)
    else:
        result = trained(8, steps)
    run = result.solution
    each = run.bytes_sent() / run.log.messages
    ratio = FLOAT_BYTES * run.log.protocol.dimension * run.log.messages / run.bytes_sent()
    name = f"digits {'softmax' if not hidden else 'network'}, {run.log.protocol.dimension} parameters"
    theirs = f"{FLOAT_BYTES * run.log.protocol.dimension} bytes as float32"
    return Row(
        f"{name}: exactly one byte per gradient",
        "1 byte",
        theirs,
        f"{each:g} byte, {ratio:.0f}x less",
        each == 1,
    )


def full_gradients(steps: int) -> Iterator[Row]:
    """What exact gradients reach on the same mini-batches' sizes, and what they send: the price of a byte."""
    ours = trained(8, steps)
    rules = {"float32": dense, "top 1 %": top, "sign": majority}
    for name, rule in rules.items():
        x, sent = descend(rule, steps)
        found = f"{task().accuracy(x):.4f}, {task().exact(x[None])[0]:.4f}, {sent} bytes/step"
        claim = f"backpropagation, {name} of the gradient, {steps} steps: what it reaches and sends"
        yield Row(claim, "", found, f"{shown(ours)}, 1 byte/step", None, "for comparison")


def descend(rule, steps: int) -> tuple[Array, int]:
    """Distributed gradient descent on eight shards with the better of two rates; returns weights, bytes."""
    shards, outcomes = task().shards(8), []
    for rate in rule(None):
        x, memory = np.array(task().start), np.zeros((8, task().dimension))
        for k in range(steps):
            step, sent = rule((gradients(shards, x, k), memory))
            x = x - rate * step
        outcomes.append((float(task().exact(x[None])[0]), rate, x, sent))
    _, _, x, sent = min(outcomes, key=lambda row: row[:2])
    return x, sent


def gradients(shards: tuple[NetworkLoss, ...], x: Array, step: int) -> Array:
    """The workers' gradients ``[W, P]`` on a mini-batch each."""
    found = [shard.evaluate(x[None], 8 * step + w, gradient=True).gradient for w, shard in enumerate(shards)]
    return np.stack([row[0] for row in found if row is not None])


def dense(state):
    """All numbers as float32; the rates, or (step, bytes)."""
    if state is None:
        return 0.1, 0.5
    return state[0].astype(np.float32).mean(axis=0), FLOAT_BYTES * state[0].shape[1]


def top(state):
    """The largest hundredth with error feedback, each with its index (Stich et al. 2018)."""
    if state is None:
        return 0.1, 0.5
    found, memory = state
    memory += found
    count = max(1, memory.shape[1] // 100)
    sent = np.zeros_like(memory)
    chosen = np.argpartition(-np.abs(memory), count, axis=1)[:, :count]
    np.put_along_axis(sent, chosen, np.take_along_axis(memory, chosen, axis=1), axis=1)
    memory -= sent
    return sent.mean(axis=0), 2 * FLOAT_BYTES * count


def majority(state):
    """A bit per number, the majority decides (Bernstein et al. 2018)."""
    if state is None:
        return 0.001, 0.01
    return np.sign(np.sign(state[0]).sum(axis=0)), math.ceil(state[0].shape[1] / 8)
