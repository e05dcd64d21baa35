"""Numbers in one byte: how a directional derivative is written on the wire.

"log8" puts the sign in bit 7 and round(8 ln|g|) + 64 in the others: relative error below e^(1/16) − 1 = 6.4 %
over 3.8e-4 … 2.6e3, and code 0 for nothing. "log8s" rounds to either neighbour at random, without bias.
"sign" keeps the sign alone, with magnitude one. "e4m3" is the float of eight bits without infinities
(Micikevicius et al., arXiv 2209.05433). "f32" and "f64" are IEEE floats, for comparison. All but those two
are relative to a gain that both sides know. Low byte first.
"""

from __future__ import annotations

from decimal import Context, Decimal
from functools import cache
from typing import Literal, get_args

import numpy as np

from problems.contract import Array
from problems.errors import ProblemError

Codec = Literal["log8", "log8s", "sign", "e4m3", "f32", "f64"]
CODECS: tuple[str, ...] = get_args(Codec)
FLOATS = {"f32": np.dtype("<f4"), "f64": np.dtype("<f8")}
DIVISIONS, LARGEST_EXPONENT, ORIGIN = 8, 63, 64
NEGATIVE = 128


def width(codec: str) -> int:
    """Return the bytes of one number."""
    return FLOATS[codec].itemsize if codec in FLOATS else 1


def encode(codec: str, values: Array, gain: float = 1.0, draws: Array | None = None) -> Array:
    """Return the bytes ``[N * width]`` of numbers ``[N]``; what is not finite becomes zero.

    Args:
        codec: One of ``CODECS``.
        values: What to send.
        gain: Numbers near it are in the middle of the range.
        draws: ``[N]`` in [0, 1), which "log8s" rounds by.
    """
    values = np.where(np.isfinite(values), values, 0.0)
    if codec in FLOATS:
        largest = float(np.finfo(FLOATS[codec]).max)
        return np.clip(values, -largest, largest).astype(FLOATS[codec]).view(np.uint8)
    size = np.abs(values) / gain
    if codec == "e4m3":
        codes = _nearest_short_float(size)
    else:
        codes = _logarithmic(codec, size, draws)
        codes[values == 0] = 0
    return np.where((values < 0) & (codes > 0), codes + NEGATIVE, codes).astype(np.uint8)


def decode(codec: str, payload: Array, gain: float | Array = 1.0) -> Array:
    """Return the numbers ``[N]`` that bytes ``[N * width]`` stand for, by one gain or ``[N]``; what is no
    number becomes 0.
    """
    if codec in FLOATS:
        numbers = np.ascontiguousarray(payload).view(FLOATS[codec]).astype(float)
        return np.where(np.isfinite(numbers), numbers, 0.0)
    return gain * (short_floats() if codec == "e4m3" else logarithms())[payload]


def as_payload(field: str, codes: object, size: int) -> Array:
    """Return bytes or integers as uint8 ``[size]``.

    Raises:
        ProblemError: If a code is outside 0 … 255, or if there are fewer or more of them.
    """
    raw = np.frombuffer(codes, dtype=np.uint8) if isinstance(codes, bytes | bytearray) else np.asarray(codes)
    if raw.shape != (size,):
        raise ProblemError(f"the shape of {field}", tuple(raw.shape), f"({size},)")
    if raw.dtype == np.uint8:
        return raw
    wrong = np.flatnonzero((raw < 0) | (raw > 255) | (raw != np.round(raw)))
    if len(wrong):
        raise ProblemError(f"{field}[{wrong[0]}]", raw[wrong[0]].item(), "a code from 0 to 255")
    return raw.astype(np.uint8)


@cache
def logarithms() -> Array:
    """Return what each of the 256 codes of "log8" stands for, correctly rounded on every platform."""
    precise = Context(prec=40)
    exponents = range(-LARGEST_EXPONENT, LARGEST_EXPONENT + 1)
    sizes = [float(precise.exp(precise.divide(Decimal(e), Decimal(DIVISIONS)))) for e in exponents]
    table = np.array([0.0, *sizes, 0.0, *(-size for size in sizes)])
    table.setflags(write=False)
    return table


@cache
def short_floats() -> Array:
    """Return what each of the 256 codes of "e4m3" stands for: exponent bias 7, largest 448, NaN as 0."""
    codes = np.arange(NEGATIVE)
    exponent, mantissa = codes >> 3, codes & 7
    sizes = np.where(exponent > 0, np.ldexp(1 + mantissa / 8, exponent - 7), np.ldexp(mantissa / 8, -6))
    sizes[127] = 0.0
    table = np.concatenate([sizes, -sizes])
    table.setflags(write=False)
    return table


def _logarithmic(codec: str, size: Array, draws: Array | None) -> Array:
    if codec == "sign":
        return np.full(size.shape, ORIGIN)
    with np.errstate(divide="ignore"):
        place = np.clip(DIVISIONS * np.log(size), -LARGEST_EXPONENT, LARGEST_EXPONENT)
    if codec == "log8":
        return np.rint(place).astype(np.int64) + ORIGIN
    if draws is None:
        raise ProblemError("draws", None, "one number in [0, 1) for each value that is rounded at random")
    below = np.minimum(np.floor(place).astype(np.int64), LARGEST_EXPONENT - 1) + ORIGIN
    low, high = logarithms()[below], logarithms()[below + 1]
    return below + (draws < (size - low) / (high - low))


def _nearest_short_float(size: Array) -> Array:
    """Round to nearest, ties to the even code; beyond the largest, the largest."""
    sizes = short_floats()[:127]
    middles = (sizes[1:] + sizes[:-1]) / 2
    below = np.searchsorted(middles, size, side="left")
    tied = (below < len(middles)) & (size == middles[np.minimum(below, len(middles) - 1)])
    return below + (tied & (below % 2 == 1))
