"""The step between values is the greatest common divisor of floats, exactly."""

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems.binary.bounds.lattice import common_divisor, rounded_up
from problems.binary.quadratic import QuadraticForm


@given(
    multiples=st.lists(st.integers(-(2**40), 2**40), max_size=6),
    step=st.sampled_from([1.0, 0.75, 3.0, 2.0**-900]),
)
def test_the_divisor_of_multiples(multiples, step):
    expected = math.gcd(*multiples) * Fraction(step)
    assert common_divisor(np.array(multiples, dtype=float) * step) == expected


def test_numbers_without_a_divisor_to_speak_of():
    assert common_divisor(np.array([1.0, 2.0**-60])) is None
    assert common_divisor(np.array([0.1, 0.2, 0.3, math.pi])) is None
    assert common_divisor(np.array([5e-324])) == Fraction(5e-324)
    assert common_divisor(np.array([2.0**53, 1.0])) is None


@given(
    linear=st.lists(st.integers(-9, 9), min_size=1, max_size=4),
    factor=st.sampled_from([1.0, 0.5, 6.0]),
    offset=st.sampled_from([0.0, 0.25, -7.0]),
    ask=st.fractions(-100, 100),
)
def test_no_value_lies_between_what_is_asked_and_what_is_answered(linear, factor, offset, ask):
    n = len(linear)
    first, second = np.triu_indices(n, 1)
    form = QuadraticForm(np.array(linear) * factor, first, second, np.full(len(first), 2.0 * factor), offset)
    answer = rounded_up(ask, form)
    values = [Fraction(float(form.values(np.array(bits)))) for bits in product((0, 1), repeat=n)]
    assert all(value >= answer for value in values if value >= ask)
    if any(linear) or n > 1:
        assert answer >= ask


def test_a_constant_form_has_one_value():
    assert rounded_up(Fraction(-5), QuadraticForm(np.zeros(2), offset=1.5)) == Fraction(3, 2)


@pytest.mark.parametrize(("ask", "answer"), [(Fraction(-7, 2), -3), (Fraction(-3), -3), (Fraction(1, 9), 1)])
def test_integers_round_up(ask, answer):
    assert rounded_up(ask, QuadraticForm(np.array([1.0, -3.0]))) == answer
