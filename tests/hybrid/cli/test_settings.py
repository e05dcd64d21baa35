"""``--set``: paths, values by type, and sentences for what does not fit."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

from backends.aer import Aer
from backends.backend import Backend
from backends.statevector import Statevector
from classical.binary.annealing import SimulatedAnnealing
from classical.binary.penalty import Penalty
from classical.binary.tabu import Tabu
from classical.minimisation.cobyla import Cobyla
from classical.minimisation.spsa import Spsa
from hybrid.cli.settings import apply_settings, split
from hybrid.qaoa import LinearRamp, Qaoa
from problems.binary.encodings import SlackEncoding, SlackFreeEncoding
from problems.errors import ProblemError


@dataclass(frozen=True)
class Everything:
    count: int = 1
    amount: float = 0.5
    flag: bool = False
    word: str = "a"
    mode: Literal["fast", "exact", 0] = "fast"
    limit: float | None = None
    numbers: tuple[int, ...] = ()
    pair: tuple[int, str] = (1, "a")
    place: Path = Path("here")
    mixed: int | str = 0
    anything: Any = 3
    backend: Backend = field(default_factory=Statevector)
    derived: int = field(default=7, init=False)


def having(owner, *settings, backend=None):
    return apply_settings(owner, [split(setting) for setting in settings], backend)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("count=12", 12),
        ("amount=1e-3", 1e-3),
        ("amount=2", 2.0),
        ("flag=true", True),
        ("flag=False", False),
        ("word=x=y", "x=y"),
        ("mode=exact", "exact"),
        ("mode=0", 0),
        ("limit=2.5", 2.5),
        ("limit=none", None),
        ("numbers=1,2, 3", (1, 2, 3)),
        ("numbers=()", ()),
        ("pair=(4,b)", (4, "b")),
        ("place=/there", Path("/there")),
        ("mixed=4", 4),
        ("mixed=four", "four"),
        ("anything=8", 8),
        ("backend=statevector", Statevector()),
    ],
)
def test_a_value_is_read_by_the_type_of_its_field(setting, value):
    read = getattr(having(Everything(), setting), setting.partition("=")[0])
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("setting", "wanted"),
    [
        ("count=1.5", "an integer"),
        ("count=none", "an integer"),
        ("amount=much", "a number"),
        ("flag=1", "true or false"),
        ("mode=slow", "one of fast, exact, 0"),
        ("limit=x", "a number or none"),
        ("numbers=1,x", "an integer"),
        ("pair=1", "values separated by commas"),
        ("backend=abacus", "statevector"),
        ("derived=3", "one of the fields of Everything"),
        ("nothing=3", "one of the fields of Everything: count, amount"),
        ("count.more=3", "int has no fields"),
        ("count", "path.to.field=value"),
        (".count=3", "path.to.field=value"),
    ],
)
def test_what_does_not_fit_is_one_sentence_with_what_does(setting, wanted):
    with pytest.raises(ProblemError) as caught:
        having(Everything(), setting)
    assert wanted in str(caught.value)


def test_an_object_is_chosen_before_its_fields_whatever_the_order():
    for settings in (
        ("optimizer.evaluations=9", "optimizer=spsa"),
        ("optimizer=spsa", "optimizer.evaluations=9"),
    ):
        assert having(Qaoa(), *settings) == Qaoa(optimizer=Spsa(evaluations=9))


def test_fields_that_belong_together_are_set_together():
    angles = "start=-0.1,-0.1,0.2,0.2"
    wanted = Qaoa(layers=2, start=(-0.1, -0.1, 0.2, 0.2))
    assert having(Qaoa(), angles, "layers=2") == wanted
    assert having(Qaoa(), "layers=2", angles) == wanted


def test_fields_of_an_object_in_place_are_reached():
    assert having(Qaoa(), "optimizer.evaluations=7").optimizer == Cobyla(evaluations=7)
    assert having(Qaoa(), "start.betas=0.5,0.7").start == LinearRamp(betas=(0.5, 0.7))


def test_an_optional_solver_can_be_left_out():
    assert having(Qaoa(), "optimizer=none").optimizer is None


def test_a_dash_in_a_step_stands_for_an_underscore():
    assert having(Qaoa(), "evaluation-shots=5").evaluation_shots == 5


def test_solvers_and_encodings_nest_to_any_depth():
    solver = having(
        Penalty(), "inner.optimizer.evaluations=5", "encoding=slack", "inner=qaoa", "encoding.penalty=2"
    )
    assert solver.encoding == SlackEncoding(penalty=2.0)
    assert isinstance(solver.inner, Qaoa)
    assert solver.inner.optimizer == Cobyla(evaluations=5)


def test_an_entry_point_names_an_object_too():
    assert having(Penalty(), "inner=binary.Tabu").inner == Tabu()


def test_a_solver_of_another_kind_of_problem_is_refused():
    with pytest.raises(ProblemError, match="cobyla, lbfgs, nelder-mead, spsa or none"):
        having(Qaoa(), "optimizer=annealing")
    with pytest.raises(ProblemError, match="slack, slack-free"):
        having(Penalty(), "encoding=annealing")


def test_one_field_is_set_once():
    with pytest.raises(ProblemError, match="layers is 2 and 3"):
        having(Qaoa(), "layers=2", "layers=3")


def test_a_range_is_checked_by_the_solver_and_named_by_the_path():
    with pytest.raises(ProblemError, match=r"--set optimizer\.evaluations is 0"):
        having(Qaoa(), "optimizer.evaluations=0")


def test_no_setting_leaves_the_solver_as_it_is():
    solver = SimulatedAnnealing()
    assert having(solver) is solver


def test_a_chosen_object_gets_the_backend_of_the_line_and_a_setting_of_its_own_wins():
    assert having(Penalty(), "inner=qaoa", backend=Aer()).inner.backend == Aer()
    both = having(Penalty(), "inner=qaoa", "inner.backend=statevector", backend=Aer())
    assert both.inner.backend == Statevector()


def test_a_slack_free_encoding_keeps_what_was_not_set():
    assert having(Penalty(), "encoding.curvature=0.7").encoding == SlackFreeEncoding(curvature=0.7)
