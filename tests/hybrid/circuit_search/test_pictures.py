"""Learning curves: rates and bands by count, and what is drawn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from hybrid.circuit_search import RandomCircuits
from hybrid.circuit_search.pictures import (
    draw_learning,
    draw_shares,
    episode_errors,
    share_band,
    success_rates,
)
from problems.errors import ProblemError
from problems.ground_state import GroundState
from tests.hybrid.circuit_search.cases import HYDROGEN

KNOWN = GroundState(HYDROGEN.hamiltonian, HYDROGEN.energy_shift, reference=HYDROGEN.ground_energy)


@given(st.lists(st.floats(0, 1e-2), min_size=1, max_size=60), st.integers(1, 25))
def test_rates_are_shares_of_each_window(errors, window):
    rates = success_rates(np.array(errors), window)
    assert len(rates) == -(-len(errors) // window)
    for k, rate in enumerate(rates):
        part = errors[k * window : (k + 1) * window]
        assert rate == pytest.approx(sum(error <= 1.6e-3 for error in part) / len(part))


@given(st.integers(1, 200), st.data())
def test_the_band_is_wilsons_interval(trials, data):
    successes = data.draw(st.integers(0, trials))
    theirs = binomtest(successes, trials).proportion_ci(0.95, method="wilson")
    assert share_band(successes, trials) == pytest.approx((theirs.low, theirs.high), abs=1e-4)


def test_curves_and_bands_are_drawn():
    pyplot = pytest.importorskip("matplotlib.pyplot", reason='the extra "plots" is not installed')
    runs = [RandomCircuits(3000, max_gates=4).solve(KNOWN, seed=seed, progress=False) for seed in (1, 2)]
    figure = draw_learning(runs, runs[0], window=10)
    rates, medians = figure.axes
    errors = episode_errors(runs[1])
    assert [line.get_label() for line in rates.lines] == ["seed 1", "seed 2"]
    assert rates.lines[1].get_ydata() == pytest.approx(success_rates(errors, 10))
    assert rates.lines[1].get_xdata()[-1] == len(errors)
    last = 10 * (len(rates.lines[1].get_xdata()) - 1)
    assert medians.lines[1].get_ydata()[0] == pytest.approx(max(np.median(errors[:10]), 1e-12))
    assert last < len(errors)
    assert len(rates.patches) == len(medians.patches) == 1
    bars = draw_shares({"all of it": [0.5, 0.7], "no mask": [0.2]}).axes[0]
    assert [patch.get_width() for patch in bars.patches] == pytest.approx([0.6, 0.2])
    pyplot.close("all")


def test_what_cannot_be_drawn_is_said():
    run = RandomCircuits(200, max_gates=4).solve(HYDROGEN, seed=1, progress=False)
    with pytest.raises(ProblemError, match="reference"):
        episode_errors(run)
    with pytest.raises(ProblemError, match="key"):
        episode_errors(run, "loss")
    with pytest.raises(ProblemError, match="results"):
        draw_learning([])
    with pytest.raises(ProblemError, match="shares"):
        draw_shares({"all": []})
    with pytest.raises(ProblemError, match="successes"):
        share_band(3, 2)
