"""What the pictures of a run show: the history's own figures, named rows, units on the axes."""

import numpy as np
import pytest

from classical.binary import MixedInteger
from hybrid.lagrangian import SlackFree, plot_multipliers, plot_pareto, plot_progress
from problems.binary.knapsack import MultidimensionalKnapsack
from problems.binary.program import BinaryProgram
from problems.errors import ProblemError
from problems.storage import load, save

KNAPSACK = MultidimensionalKnapsack.random(14, 3, seed=2)
pyplot = pytest.importorskip("matplotlib.pyplot", reason="matplotlib (the extra plots) is not installed")


@pytest.fixture(scope="module")
def result():
    return SlackFree(iterations=5, patience=50).solve(KNAPSACK, seed=1, progress=False)


@pytest.fixture
def axes():
    figure, axes = pyplot.subplots()
    yield axes
    pyplot.close(figure)


def test_multipliers_are_drawn_row_by_row_in_their_units(result, axes):
    assert plot_multipliers(result, axes) is axes
    drawn = np.array([line.get_ydata() for line in axes.get_lines()])
    assert np.transpose(drawn) == pytest.approx(np.array([row["multipliers"] for row in result.history]))
    shown = [text.get_text() for text in axes.get_legend().get_texts()]
    assert shown == list(KNAPSACK.program.constraints.names)
    assert axes.get_xlabel() == "iteration"
    assert "objective units per unit" in axes.get_ylabel()


def test_progress_shows_the_bound_above_what_was_found(result, axes):
    plot_progress(result, axes)
    drawn = {line.get_label(): line.get_ydata() for line in axes.get_lines()}
    assert np.all(drawn["certified bound of the multipliers"] >= drawn["best after repair"] - 1e-9)
    assert len(drawn) == 3


def test_without_repair_there_is_no_line_for_it(axes):
    plot_progress(SlackFree(iterations=3, repair="none").solve(KNAPSACK, progress=False), axes)
    assert "best after repair" not in [line.get_label() for line in axes.get_lines()]


def test_the_pareto_set_is_a_staircase_from_the_feasible_side(result, axes):
    plot_pareto(result, axes)
    (line,) = axes.get_lines()
    assert line.get_xdata()[0] == 0
    assert np.all(np.diff(line.get_ydata()) > 0)


def test_a_saved_result_is_drawn_alike(result, axes, tmp_path):
    save(result, tmp_path / "result.npz")
    plot_multipliers(load(tmp_path / "result.npz"), axes)
    assert len(axes.get_lines()) == 3


def test_many_rows_have_no_legend(axes):
    program = BinaryProgram.random(6, 14, seed=1)
    plot_multipliers(SlackFree(iterations=2).solve(program, progress=False), axes)
    assert axes.get_legend() is None


def test_another_solvers_result_is_refused():
    with pytest.raises(ProblemError, match="SlackFree"):
        plot_multipliers(MixedInteger().solve(KNAPSACK, progress=False))
