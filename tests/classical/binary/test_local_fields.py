"""Fields, energies and generators that the one-flip searches stand on."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.binary.local_fields import couplings, fill_fields, randomise, shift_fields, streams, uniform
from problems.binary.qubo import Qubo

QUBOS = st.builds(
    Qubo.random, n=st.integers(1, 10), density=st.sampled_from([0.1, 0.3, 1.0]), seed=st.integers(0, 10_000)
)


@settings(deadline=None, max_examples=40)
@given(qubo=QUBOS, pattern=st.integers(0, 2**10 - 1))
def test_flip_delta_equals_energy_difference(qubo, pattern):
    net, bits = couplings(qubo.form), ((pattern >> np.arange(qubo.n)) & 1).astype(np.uint8)
    fields = np.zeros(qubo.n)
    assert fill_fields(bits, fields, net) + qubo.form.offset == qubo.energies(bits)
    flipped = qubo.energies(bits ^ np.eye(qubo.n, dtype=np.uint8))
    np.testing.assert_array_equal((1.0 - 2.0 * bits) * fields, flipped - qubo.energies(bits))


@settings(deadline=None, max_examples=40)
@given(qubo=QUBOS, pattern=st.integers(0, 2**10 - 1), i=st.integers(0, 9))
def test_shifted_fields_are_the_fields_of_the_flipped_bits(qubo, pattern, i):
    net, bits = couplings(qubo.form), ((pattern >> np.arange(qubo.n)) & 1).astype(np.uint8)
    i %= qubo.n
    shifted, afresh = np.zeros(qubo.n), np.zeros(qubo.n)
    fill_fields(bits, shifted, net)
    shift_fields(i, 1.0 - 2.0 * bits[i], shifted, net)
    bits[i] ^= 1
    fill_fields(bits, afresh, net)
    np.testing.assert_array_equal(shifted, afresh)


def test_splitmix_gives_its_published_numbers():
    """The first outputs from state 1234567 of the reference implementation."""
    state = np.array([1234567], dtype=np.uint64)
    expected = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    assert [uniform(state, 0) for _ in range(3)] == [(z >> 11) * 2.0**-53 for z in expected]


def test_a_generator_depends_on_its_number_and_not_on_its_company():
    np.testing.assert_array_equal(streams(5, 0, 8)[3:6], streams(5, 3, 6))
    assert len({*streams(5, 0, 100).tolist(), *streams(6, 0, 100).tolist()}) == 200


def test_random_bits_are_fair():
    """4000 bits: the mean of fair ones strays beyond 4 standard deviations, 0.032, once in 16 000 seeds."""
    bits, states = np.zeros(4000, dtype=np.uint8), streams(1, 0, 1)
    randomise(bits, states, 0)
    assert abs(bits.mean() - 0.5) < 0.032
