"""Rounding a bound inward: the values that a form can take lie offset + multiples of a common divisor.

On bits every coefficient is taken or left, so all values differ by multiples of the greatest common divisor
of the coefficients. In the form of a cut, linear coefficients are weighted degrees and couplings twice the
weights: where all degrees are even, so is every cut.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from problems.binary.quadratic import QuadraticForm

Array = np.ndarray
EXACT = 2.0**53  # up to here sums of integers are exact


def rounded_up(value: Fraction, form: QuadraticForm) -> Fraction:
    """Return the least member of the form's lattice that is not below ``value``; the value if it has none."""
    step = common_divisor(np.concatenate([form.linear, form.coupling]))
    if step is None:
        return value
    offset = Fraction(form.offset)
    return offset + step * math.ceil((value - offset) / step) if step else offset


def common_divisor(numbers: Array) -> Fraction | None:
    """Return the greatest rational of which all floats are multiples; 0 if they are 0, None if too fine.

    None where the numbers, in units of the last bit that any of them has set, add to more than 2^53:
    nothing is gained by such a step, and numbers that were added up from others may have been rounded.
    """
    numbers = np.abs(numbers[numbers != 0])
    if len(numbers) == 0:
        return Fraction(0)
    fraction, exponent = np.frexp(numbers)
    mantissa = np.ldexp(fraction, 53).astype(np.int64)
    last_bit = np.frexp((mantissa & -mantissa).astype(float))[1] - 1
    unit = int((exponent - 53 + last_bit).min())
    if int(exponent.max()) - unit > 53:
        return None
    multiples = np.ldexp(numbers, -unit)
    if multiples.sum() > EXACT:
        return None
    return int(np.gcd.reduce(multiples.astype(np.int64))) * Fraction(2) ** unit
