"""What a form is on spins differs from the form by no more than the slack, in exact arithmetic."""

from fractions import Fraction
from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.binary.bounds.spins import SpinModel, bits_of_sides, cut_model, spin_model
from problems.binary.maxcut import MaxCut
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Qubo

OFTEN = settings(deadline=None, max_examples=60)
SEEDS = st.integers(0, 10_000)
MAGNITUDES = st.sampled_from([(0, 0), (-3, 3), (-20, 20), (-300, 300), (-320, -300)])


def exact(values) -> list[Fraction]:
    return [Fraction(value) for value in np.asarray(values).tolist()]


def on_spins(model: SpinModel, bits) -> Fraction:
    """The model's own value at bits, with +1 for the last spin."""
    spins = [1 - 2 * bit for bit in bits] + [1] * model.homogenised
    pairs = zip(exact(model.coupling), model.first.tolist(), model.second.tolist(), strict=True)
    return model.value(sum((c * spins[i] * spins[j] for c, i, j in pairs), Fraction(0)))


def allowed(model: SpinModel) -> Fraction:
    return Fraction(model.slack) * Fraction(2) ** model.exponent / 4


def numbers(rng, count: int, magnitudes):
    return rng.normal(size=count) * 10.0 ** rng.integers(magnitudes[0], magnitudes[1] + 1, count)


@OFTEN
@given(n=st.integers(1, 5), magnitudes=MAGNITUDES, seed=SEEDS)
def test_a_form_is_its_spin_model_but_for_the_slack(n, magnitudes, seed):
    rng = np.random.default_rng(seed)
    first, second = np.triu_indices(n, 1)
    drawn = numbers(rng, n + len(first) + 1, magnitudes)
    form = QuadraticForm(drawn[:n], first, second, drawn[n:-1], drawn[-1])
    model = spin_model(form)
    for bits in product((0, 1), repeat=n):
        value = Fraction(form.offset)
        value += sum((c for c, x in zip(exact(form.linear), bits, strict=True) if x), Fraction(0))
        for c, i, j in zip(exact(form.coupling), form.first, form.second, strict=True):
            value += c * bits[i] * bits[j]
        assert abs(on_spins(model, bits) - value) <= allowed(model)
    assert allowed(model) <= 1e-11 * Fraction(float(np.abs(drawn).max())) + Fraction(1, 10**320)


@OFTEN
@given(n=st.integers(1, 6), magnitudes=MAGNITUDES, seed=SEEDS)
def test_a_cut_is_its_spin_model_but_for_the_slack(n, magnitudes, seed):
    rng = np.random.default_rng(seed)
    pairs = np.argwhere(np.triu(rng.random((n, n)) < 0.7, 1))
    problem = MaxCut(n, pairs, numbers(rng, len(pairs), magnitudes))
    model = cut_model(n, problem.edges, np.asarray(problem.weights))
    weights = exact(problem.weights)
    for bits in product((0, 1), repeat=n):
        cut = sum(
            (w for w, (u, v) in zip(weights, problem.edges, strict=True) if bits[u] != bits[v]), Fraction(0)
        )
        assert abs(on_spins(model, bits) + cut) <= allowed(model)


def test_whole_numbers_leave_no_slack_to_speak_of_and_cuts_no_field():
    qubo = Qubo.random(30, seed=1)
    assert spin_model(qubo.form).homogenised
    assert spin_model(qubo.form).num_spins == 31
    cut = MaxCut.random(30, seed=1).program.minimised
    assert not spin_model(cut).homogenised
    assert spin_model(QuadraticForm(np.zeros(3))).slack == 0.0


@given(seed=SEEDS, n=st.integers(1, 6))
def test_bits_are_read_relative_to_the_last_spin(seed, n):
    rng = np.random.default_rng(seed)
    sides = rng.random((4, n + 1)) < 0.5
    bits = bits_of_sides(sides, n)
    np.testing.assert_array_equal(bits, bits_of_sides(~sides, n))
    np.testing.assert_array_equal(bits, sides[:, :n] != sides[:, n:])
    np.testing.assert_array_equal(bits_of_sides(sides, n + 1), sides)
    assert bits.dtype == np.uint8
