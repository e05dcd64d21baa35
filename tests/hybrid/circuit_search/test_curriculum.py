"""Thresholds by hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hybrid.circuit_search import MovingThreshold, QuantileThreshold, SuccessCount, VanillaCurriculum
from problems.errors import ProblemError

CURRICULA = [QuantileThreshold(), MovingThreshold(), VanillaCurriculum((0.5,)), SuccessCount()]


def play(rule, distances, successes=None, zero=2.0):
    """The thresholds before each episode and after the last."""
    progress = rule.start(zero)
    seen = [progress.threshold]
    for k, distance in enumerate(distances):
        won = bool(successes[k]) if successes is not None else distance < progress.threshold
        progress = rule.after(progress, distance, won)
        seen.append(progress.threshold)
    return seen


def test_the_first_threshold_is_given_or_a_share_of_the_start():
    assert QuantileThreshold().start(2.0).threshold == pytest.approx(1.9)
    assert MovingThreshold(first=0.7).start(2.0).threshold == 0.7
    assert VanillaCurriculum((0.5,)).start(2.0).threshold == 0.5


def test_a_quantile_of_the_last_episodes_that_may_rise():
    rule = QuantileThreshold(share=0.25, window=4, every=4, margin=0.01)
    seen = play(rule, [1.0, 0.8, 0.6, 0.4] + [0.9, 0.9, 0.9, 0.9])
    assert seen[3] == pytest.approx(1.9)
    assert seen[4] == pytest.approx(np.quantile([1.0, 0.8, 0.6, 0.4], 0.25))
    assert seen[8] == pytest.approx(0.9)


def test_a_quantile_stays_a_margin_above_the_record():
    rule = QuantileThreshold(share=0.5, window=4, every=4, margin=0.05)
    assert play(rule, [0.3, 0.3, 0.3, 0.3])[-1] == pytest.approx(0.35)


def test_a_level_where_all_succeed_is_left_and_a_floor_is_tried_once():
    rule = QuantileThreshold(window=4, every=4, margin=0.1)
    level = play(rule, [0.8] * 12)
    assert level[4] == pytest.approx(0.9)  # from 1.9 to the record plus the margin
    assert level[8] == pytest.approx(0.7)  # all succeeded, nothing moved: below the record
    assert level[12] == pytest.approx(0.9)  # a whole period without success
    assert play(rule, [0.8] * 40)[13:] == pytest.approx([0.9] * 28)  # and not again
    below = play(rule, [0.8] * 8 + [0.5] * 4)
    assert below[12] == pytest.approx(0.6)


def test_moving_thresholds_shift_to_the_record_and_sink_with_successes():
    rule = MovingThreshold(every=6, wait=0, margin=0.1, successes=2, times=2)
    seen = play(rule, [0.5] * 5 + [0.45] + [0.5] * 6, successes=[1] * 12)
    assert seen[1:6] == pytest.approx([1.9, 1.89, 1.89, 1.88, 1.88])  # twice at most
    assert seen[6] == pytest.approx(0.55)
    assert seen[7:12] == pytest.approx([0.55, 0.54, 0.54, 0.53, 0.53])
    assert seen[12] == pytest.approx(0.55)


def test_moving_thresholds_wait():
    rule = MovingThreshold(every=5, wait=10, margin=0.1)
    seen = play(rule, [0.5] * 15, successes=[0] * 15)
    assert seen[:15] == pytest.approx([1.9] * 15)
    assert seen[15] == pytest.approx(0.6)


def test_fixed_thresholds_switch_at_their_episodes():
    seen = play(VanillaCurriculum((1.0, 0.5, 0.2), (2, 3)), [9.0] * 5)
    assert seen == [1.0, 1.0, 0.5, 0.2, 0.2, 0.2]


def test_success_counts_shift_after_so_many():
    seen = play(SuccessCount(successes=2, margin=0.1), [0.6] * 4, successes=[1, 0, 1, 0])
    assert seen == pytest.approx([1.9, 1.9, 1.9, 0.7, 0.7])


@pytest.mark.parametrize("rule", CURRICULA, ids=lambda rule: type(rule).__name__)
@given(distances=st.lists(st.floats(1e-6, 5.0), max_size=120))
def test_thresholds_stay_positive_and_the_record_is_kept(rule, distances):
    rule = replace(rule, every=3) if hasattr(rule, "every") else rule
    progress = rule.start(2.0)
    for distance in distances:
        progress = rule.after(progress, distance, distance < progress.threshold)
        assert progress.threshold > 0
    assert progress.episodes == len(distances)
    assert progress.least == min(distances, default=np.inf)


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda: QuantileThreshold(share=0.0), "share"),
        (lambda: MovingThreshold(first=-0.351), "first"),
        (lambda: VanillaCurriculum((1.0, 0.5)), "episodes"),
        (lambda: VanillaCurriculum((0.0,)), "thresholds"),
        (lambda: SuccessCount(successes=0), "successes"),
    ],
    ids=["share", "first", "episodes", "thresholds", "successes"],
)
def test_fields_are_checked(build, field):
    with pytest.raises(ProblemError, match=field):
        build()
