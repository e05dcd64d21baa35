"""The sweep over dimensions: its figures are those of the single calls, and it draws."""

import numpy as np
import pytest

from classical.distributed.flag_aggregator import FlagAggregator
from classical.distributed.means import NormalisedMean
from classical.distributed.medians import TrimmedMean
from classical.distributed.subspace_sweep import sweep_subspaces
from problems.distributed.aggregation import AggregationProblem
from problems.distributed.attacks import Reversal
from problems.errors import ProblemError

PROBLEMS = [AggregationProblem.random(7, 50, 1.0, 2, Reversal(), seed=k) for k in range(3)]


def test_the_sweep_is_every_single_call():
    sweep = sweep_subspaces(PROBLEMS, rivals=(NormalisedMean(), TrimmedMean()))
    assert list(sweep.sizes) == list(range(1, 8))
    for row, size in enumerate(sweep.sizes):
        single = [p.judge(FlagAggregator(int(size))(p.gradients)[0]).objective for p in PROBLEMS]
        assert sweep.cosines[row] == pytest.approx(single)
    assert sweep.mean(7) == pytest.approx(sweep.rivals["NormalisedMean"].mean())  # the whole span
    told = [p.judge(TrimmedMean()(p.gradients, 2)[0]).objective for p in PROBLEMS]
    assert sweep.rivals["TrimmedMean"] == pytest.approx(told)


def test_it_draws_one_curve_and_one_line_a_rule():
    axes = sweep_subspaces(PROBLEMS, sizes=(1, 2, 4), rivals=(NormalisedMean(),)).plot()
    curve = axes.get_lines()[0]
    assert list(curve.get_xdata()) == [1, 2, 4]
    assert np.all(np.abs(curve.get_ydata()) <= 1)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "flag aggregator", "NormalisedMean", "default m",
    ]  # fmt: skip


def test_problems_of_different_widths_are_refused():
    with pytest.raises(ProblemError, match="equally many workers"):
        sweep_subspaces([*PROBLEMS, AggregationProblem.random(5, 50)])
