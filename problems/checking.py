"""Checks at the border: arrays become read-only and known to be sound, ranges are told in a sentence."""

from __future__ import annotations

import math
import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np

from problems.errors import ProblemError

EXACT_INTEGER = 2.0**53  # above it a float64 no longer holds every integer


def frozen_array(
    field: str, value: Any, *, shape: Sequence[int | None] | None = None, dtype: Any = float
) -> np.ndarray:
    """Return a read-only copy of ``value`` after checking its type, shape and finiteness.

    Args:
        field: The name to report.
        value: Anything array-like.
        shape: The expected shape, None for a free length; no check if omitted.
        dtype: ``float`` keeps integers exact; an integer type refuses fractions.

    Raises:
        ProblemError: Naming the first element that is wrong.
    """
    array = np.array(checked_array(field, value, shape=shape, dtype=dtype), dtype=dtype, order="C")
    if array.dtype.kind == "f":
        array += 0.0  # −0 becomes 0: equal content has one digest
    array.setflags(write=False)
    return array


def checked_array(
    field: str, value: Any, *, shape: Sequence[int | None] | None = None, dtype: Any = float
) -> np.ndarray:
    """Return ``value`` as an array after the checks of ``frozen_array``, without a copy if it is one."""
    try:
        raw = np.asarray(value)
        if raw.dtype == object or raw.dtype.kind in "USOMm":
            raise TypeError
        real = np.iscomplexobj(raw) is False
    except (TypeError, ValueError):
        raise ProblemError(field, _brief(value), "an array of numbers") from None
    if not real:
        raise ProblemError(field, _brief(value), "real numbers")
    if shape is not None and (
        raw.ndim != len(shape)
        or any(want not in (None, have) for want, have in zip(shape, raw.shape, strict=True))
    ):
        wanted = ", ".join("any" if want is None else str(want) for want in shape)
        raise ProblemError(f"the shape of {field}", tuple(raw.shape), f"({wanted})")
    with np.errstate(over="ignore", invalid="ignore"):
        total = raw.sum(dtype=float)
    if not np.isfinite(total):  # a sum may overflow where no element does, but never hides one that is not
        _refuse(field, raw, ~np.isfinite(raw), "a finite number")
    if raw.dtype.kind in "iu" and np.dtype(dtype).kind == "f":
        wide = raw.size and max(-float(raw.min()), float(raw.max())) > EXACT_INTEGER
        if wide:
            wrong = np.abs(raw.astype(float)) > EXACT_INTEGER
            _refuse(field, raw, wrong, "an integer of at most 2^53, so that sums stay exact")
    if np.dtype(dtype).kind in "iu" and raw.dtype != dtype:
        _refuse(field, raw, raw != np.round(raw), "an integer")
        info = np.iinfo(dtype)
        _refuse(field, raw, (raw < info.min) | (raw > info.max), f"an integer in [{info.min}, {info.max}]")
    return raw


def read_only(array: np.ndarray) -> np.ndarray:
    """Make an array that we built ourselves read-only and return it."""
    array.setflags(write=False)
    return array


def refuse_elements(
    field: str, array: np.ndarray, wrong: np.ndarray, expected: str, remedy: str = ""
) -> None:
    """Raise a ``ProblemError`` that names the first element where ``wrong`` holds."""
    _refuse(field, array, wrong, expected, remedy)


def check_integer(field: str, value: Any, low: int, high: int | None = None) -> None:
    """Refuse anything but an integer in ``[low, high]``."""
    wanted = f"an integer ≥ {low}" if high is None else f"an integer in [{low}, {high}]"
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise ProblemError(field, value, wanted)
    if int(value) < low or (high is not None and int(value) > high):
        raise ProblemError(field, value, wanted)


def check_number(
    field: str, value: Any, low: float = -math.inf, high: float = math.inf, *, open_low: bool = False
) -> None:
    """Refuse anything but a finite number in ``[low, high]``, or ``(low, high]`` if ``open_low``."""
    left = "(" if open_low or low == -math.inf else "["
    right = ")" if high == math.inf else "]"
    wanted = f"a number in {left}{low:g}, {high:g}{right}"
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not math.isfinite(value):
        raise ProblemError(field, value, wanted)
    if float(value) < low or float(value) > high or (open_low and float(value) == low):
        raise ProblemError(field, value, wanted)


def optional_number(field: str, value: Any) -> float | None:
    """Return a finite number as a float, None as it is, and refuse anything else."""
    if value is None:
        return None
    check_number(field, value)
    return float(value)


def check_choice(field: str, value: Any, choices: Sequence[Any]) -> None:
    """Refuse anything but one of ``choices``."""
    if value not in choices:
        raise ProblemError(field, value, "one of " + ", ".join(map(repr, choices)))


def check_bits(field: str, value: Any, n: int) -> np.ndarray:
    """Return ``value`` as uint8 ``[..., n]`` of zeros and ones, refusing anything else."""
    bits = np.asarray(value)
    if bits.ndim == 0 or bits.shape[-1] != n:
        raise ProblemError(f"the shape of {field}", tuple(bits.shape), f"(..., {n})")
    if bits.dtype.kind not in "biuf":
        raise ProblemError(field, _brief(value), "zeros and ones")
    if bits.dtype != np.uint8 or (bits.size and bits.max() > 1):
        _refuse(field, bits, (bits != 0) & (bits != 1), "0 or 1")
    return bits.astype(np.uint8, copy=False)


def _refuse(field: str, array: np.ndarray, wrong: np.ndarray, expected: str, remedy: str = "") -> None:
    if np.any(wrong):
        where = tuple(int(i) for i in np.argwhere(wrong)[0])
        place = f"[{', '.join(map(str, where))}]" if where else ""
        raise ProblemError(f"{field}{place}", array[where].item(), expected, remedy)


def _brief(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
