"""Text becomes a value by the type of the field that it is for."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

from backends import Aer, Backend, Statevector
from classical.binary.penalty import Penalty
from hybrid import LinearRamp, Qaoa
from hybrid.cli.settings import apply_settings, split
from problems.errors import ProblemError


@dataclass(frozen=True)
class Everything:
    """A field of every type that has a text."""

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


def put(owner: Any, *settings: str, backend: Backend | None = None) -> Any:
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
        ("backend=aer:automatic", Aer(method="automatic")),
    ],
)
def test_a_value_has_the_type_of_its_field(setting, value):
    read = getattr(put(Everything(), setting), setting.partition("=")[0])
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("setting", "wanted"),
    [
        ("count=none", "an integer"),
        ("amount=much", "a number"),
        ("flag=1", "true or false"),
        ("mode=slow", "one of fast, exact, 0"),
        ("limit=x", "a number or none"),
        ("numbers=1,x", "an integer"),
        ("pair=1", "values separated by commas"),
        ("derived=3", "one of the fields of Everything: count, amount"),
    ],
)
def test_text_that_is_no_such_value_is_told_what_would_be(setting, wanted):
    with pytest.raises(ProblemError) as refusal:
        put(Everything(), setting)
    assert str(refusal.value).startswith(f"--set {setting.partition('=')[0]} is ")
    assert wanted in str(refusal.value)


def test_angles_and_the_layers_that_they_need_are_set_together():
    settings = ["start=-0.1,-0.1,0.2,0.2", "layers=2"]
    wanted = Qaoa(layers=2, start=(-0.1, -0.1, 0.2, 0.2))
    assert put(Qaoa(), *settings) == put(Qaoa(), *reversed(settings)) == wanted


def test_an_object_that_no_name_stands_for_is_set_field_by_field():
    assert put(Qaoa(), "start.betas=0.5,0.7").start == LinearRamp(betas=(0.5, 0.7))


def test_a_chosen_object_gets_the_backend_of_the_line_unless_a_setting_names_another():
    assert put(Penalty(), "inner=qaoa", backend=Aer()).inner.backend == Aer()
    own = put(Penalty(), "inner=qaoa", "inner.backend=statevector", backend=Aer())
    assert own.inner.backend == Statevector()


def test_no_setting_leaves_the_solver_as_it_is():
    solver = Qaoa()
    assert put(solver) is solver
