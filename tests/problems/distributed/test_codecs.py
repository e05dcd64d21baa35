import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems.distributed.codecs import CODECS, as_payload, decode, encode, logarithms, short_floats, width
from problems.errors import ProblemError

sizes = st.floats(4e-4, 2.5e3)
gains = st.integers(-30, 30).map(lambda k: 2.0**k)


@pytest.mark.parametrize("codec", ["log8", "e4m3"])
def test_every_code_is_a_fixed_point(codec):
    codes = np.arange(256, dtype=np.uint8)
    unused = {"log8": (128,), "e4m3": (127, 128, 255)}[codec]  # a second zero, and numbers that are none
    kept = np.delete(codes, unused)
    np.testing.assert_array_equal(encode(codec, decode(codec, kept)), kept)


def test_the_table_is_the_exponential():
    table = logarithms()
    expected = [math.exp(e / 8) for e in range(-63, 64)]
    np.testing.assert_allclose(table[1:128], expected, rtol=3e-16)
    np.testing.assert_array_equal(table[129:], -table[1:128])
    assert table[0] == table[128] == 0


@given(sizes, gains, st.sampled_from([-1.0, 1.0]))
def test_one_byte_is_within_six_point_five_percent(size, gain, sign):
    value = np.array([sign * size * gain])
    payload = encode("log8", value, gain)
    assert len(payload) == 1
    assert abs(decode("log8", payload, gain)[0] / value[0] - 1) <= math.exp(1 / 16) - 1 + 1e-12


@given(sizes, gains, st.floats(0, 1, exclude_max=True))
def test_random_rounding_takes_a_neighbour(size, gain, draw):
    decoded = decode("log8s", encode("log8s", np.array([size * gain]), gain, np.array([draw])), gain)[0]
    assert abs(math.log(decoded / (size * gain))) <= 1 / 8 + 1e-12


@pytest.mark.parametrize("size", [5e-4, 0.0123, 1.0, 1.03, 777.0])
def test_random_rounding_has_no_bias(size):
    draws = np.random.default_rng(5).random(1_000_000)
    decoded = decode("log8s", encode("log8s", np.full(len(draws), -size), 1.0, draws))
    # the spread of one draw is at most half of e^(1/8) − 1; five standard errors of the mean
    assert abs(np.mean(decoded) / -size - 1) < 5 * 0.067 / math.sqrt(len(draws))


def test_random_rounding_needs_draws():
    with pytest.raises(ProblemError, match="draws"):
        encode("log8s", np.ones(2))


@pytest.mark.parametrize("codec", CODECS)
def test_what_is_no_number_is_sent_as_zero(codec):
    values = np.array([0.0, -0.0, np.nan, np.inf, -np.inf])
    payload = encode(codec, values, 4.0, np.full(5, 0.3))
    assert payload.dtype == np.uint8
    assert len(payload) == 5 * width(codec)
    np.testing.assert_array_equal(decode(codec, payload, 4.0), 0.0)


@pytest.mark.parametrize("codec", CODECS)
@given(values=st.lists(st.floats(-1e30, 1e30), min_size=1, max_size=20), gain=gains)
def test_signs_survive_every_codec(codec, values, gain):
    values = np.array(values)
    decoded = decode(codec, encode(codec, values, gain, np.full(len(values), 0.5)), gain)
    kept = decoded != 0
    np.testing.assert_array_equal(np.sign(decoded[kept]), np.sign(values[kept]))
    if codec in ("log8", "log8s", "sign"):
        np.testing.assert_array_equal(kept, values != 0)  # tiny ones are raised, not lost


def test_the_sign_alone_has_the_size_of_the_gain():
    decoded = decode("sign", encode("sign", np.array([1e-9, -3.0, 0.0]), 0.25), 0.25)
    np.testing.assert_array_equal(decoded, [0.25, -0.25, 0.0])


@given(st.lists(st.floats(-448, 448), min_size=1, max_size=50))
def test_short_floats_round_as_ml_dtypes_does(values):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    values = np.array(values)
    theirs = values.astype(ml_dtypes.float8_e4m3fn)
    np.testing.assert_array_equal(decode("e4m3", encode("e4m3", values)), theirs.astype(float) + 0.0)


def test_short_floats_are_those_of_ml_dtypes():
    ml_dtypes = pytest.importorskip("ml_dtypes")
    theirs = np.arange(256, dtype=np.uint8).view(ml_dtypes.float8_e4m3fn).astype(float)
    np.testing.assert_array_equal(short_floats(), np.nan_to_num(theirs, nan=0.0))
    np.testing.assert_array_equal(decode("e4m3", encode("e4m3", np.array([1e9, -1e9]))), [448, -448])


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_floats_are_floats(values):
    values = np.array(values)
    np.testing.assert_array_equal(decode("f64", encode("f64", values)), values)
    small = np.clip(values, -3e38, 3e38)
    np.testing.assert_array_equal(decode("f32", encode("f32", small)), small.astype(np.float32))


@pytest.mark.parametrize("codes", [[0, 256], [-1, 3], [1.5, 2], b"abc"])
def test_codes_outside_a_byte_are_refused(codes):
    with pytest.raises(ProblemError, match="codes"):
        as_payload("codes", codes, 2)
