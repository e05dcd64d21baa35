"""The stored form gives back what was stored, bit for bit."""

import io
import json
from typing import Any

import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.journal.outcomes import from_bytes, to_bytes
from backends.workload import Estimate, Samples
from problems.errors import BackendError

AMOUNTS = st.dictionaries(st.text(max_size=8), st.floats(0, 1e12), max_size=4)
FLOATS = st.floats(width=64)


def same(got: np.ndarray | None, wanted: np.ndarray | None) -> bool:
    if got is None or wanted is None:
        return got is wanted
    return got.dtype == wanted.dtype and got.tobytes() == wanted.tobytes()


@given(st.data(), st.integers(0, 3), st.integers(0, 9), st.integers(1, 11), st.booleans(), AMOUNTS)
def test_samples_come_back(data, rows, shots, n, weighted, usage):
    bits = data.draw(arrays.arrays(np.uint8, (rows, shots, n), elements=st.integers(0, 1)))
    weights = data.draw(arrays.arrays(float, (rows, shots), elements=FLOATS)) if weighted else None
    back = from_bytes(to_bytes(Samples(bits, weights, usage)))
    assert isinstance(back, Samples)
    assert back.bits.dtype == np.uint8
    assert back.bits.shape == bits.shape
    assert back.bits.tobytes() == bits.tobytes()
    assert same(back.weights, weights)
    assert back.usage == usage


@given(st.data(), st.integers(0, 3), st.integers(1, 3), st.sampled_from([np.float64, np.float32]), AMOUNTS)
def test_estimates_come_back(data, rows, k, kind, usage):
    width: Any = 8 * np.dtype(kind).itemsize
    mean, error = (data.draw(arrays.arrays(kind, (rows, k), elements=st.floats(width=width))) for _ in "me")
    gradient = data.draw(st.none() | arrays.arrays(kind, (rows, k, 2), elements=st.floats(width=width)))
    back = from_bytes(to_bytes(Estimate(mean, error, gradient, usage)))
    assert isinstance(back, Estimate)
    for got, wanted in ((back.mean, mean), (back.error, error)):
        assert got.dtype == wanted.dtype
        assert got.tobytes() == wanted.tobytes()
    assert same(back.gradient, gradient)
    assert back.usage == usage


def test_numpy_and_json_alone_read_it():
    bits = np.array([[[1, 0, 1], [0, 1, 1]]], dtype=np.uint8)
    with np.load(io.BytesIO(to_bytes(Samples(bits, None, {"shots": 2.0})))) as archive:
        about = json.loads(archive["about"].tobytes())
        packed = archive["bits"]
    assert about == {"format": 1, "kind": "samples", "shape": [1, 2, 3], "usage": {"shots": 2.0}}
    assert np.array_equal(np.unpackbits(packed)[:6].reshape(1, 2, 3), bits)


@pytest.mark.parametrize("bits", [np.full((1, 1, 2), 2, np.uint8), np.ones((1, 1, 2), np.int64)])
def test_what_is_no_bit_is_refused(bits):
    with pytest.raises(BackendError, match="zeros and ones"):
        to_bytes(Samples(bits))


def test_what_is_no_outcome_is_refused():
    with pytest.raises(BackendError, match="cannot be read"):
        from_bytes(b"PK\x03\x04 no archive")
    stream = io.BytesIO()
    np.savez(stream, about=np.frombuffer(b'{"format": 2}', dtype=np.uint8))
    with pytest.raises(BackendError, match="format 2"):
        from_bytes(stream.getvalue())
