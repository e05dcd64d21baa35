"""``--set`` and ``--backend``: paths into a solver, choices by short name, and what is refused."""

import itertools

import pytest

from classical.binary.annealing import SimulatedAnnealing
from classical.binary.penalty import Penalty
from classical.minimisation import Cobyla, Spsa
from hybrid import Qaoa
from hybrid.cli.settings import apply_settings, split
from problems.binary.encodings import SlackEncoding, SlackFreeEncoding
from problems.errors import ProblemError
from tests.hybrid.cli.conftest import Command


def put(solver, *settings: str):
    return apply_settings(solver, [split(setting) for setting in settings])


@pytest.mark.parametrize(
    ("solver", "setting", "expected"),
    [
        (Qaoa(), "layers=7", Qaoa(layers=7)),
        (Qaoa(), "cvar=0.25", Qaoa(cvar=0.25)),
        (Qaoa(), "evaluation_shots=64", Qaoa(evaluation_shots=64)),
        (Qaoa(), "evaluation-shots=64", Qaoa(evaluation_shots=64)),
        (Qaoa(evaluation_shots=64), "evaluation_shots=none", Qaoa()),
        (Qaoa(), "optimizer=none", Qaoa(optimizer=None)),
        (Qaoa(), "optimizer=spsa", Qaoa(optimizer=Spsa())),
        (Qaoa(), "optimizer=minimisation.Spsa", Qaoa(optimizer=Spsa())),
        (Qaoa(), "optimizer.evaluations=9", Qaoa(optimizer=Cobyla(evaluations=9))),
        (Qaoa(layers=1), "start=-0.3,0.7", Qaoa(layers=1, start=(-0.3, 0.7))),
        (Penalty(), "repair=none", Penalty(repair="none")),
        (Penalty(), "encoding=slack", Penalty(encoding=SlackEncoding())),
        (Penalty(), "encoding.curvature=2", Penalty(encoding=SlackFreeEncoding(curvature=2.0))),
        (Penalty(), "inner.restarts=3", Penalty(inner=SimulatedAnnealing(restarts=3))),
        (SimulatedAnnealing(), "start=0,1,1", SimulatedAnnealing(start=(0, 1, 1))),
    ],
)
def test_a_setting_is_read_by_the_type_of_its_field(solver, setting, expected):
    assert put(solver, setting) == expected


def test_an_object_is_chosen_before_its_fields_whatever_the_order():
    settings = ["inner=qaoa", "inner.optimizer=spsa", "inner.optimizer.evaluations=50", "inner.layers=2"]
    expected = Penalty(inner=Qaoa(layers=2, optimizer=Spsa(evaluations=50)))
    for order in itertools.permutations(settings):
        assert put(Penalty(), *order) == expected


def test_fields_that_are_checked_together_are_set_together():
    for order in (("hot=0.5", "cold=0.1"), ("cold=0.1", "hot=0.5")):
        assert put(SimulatedAnnealing(hot=9.0, cold=4.0), *order) == SimulatedAnnealing(hot=0.5, cold=0.1)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("layer=3", ("layers", "optimizer", "backend", "shots", "start", "cvar")),
        ("layers=three", ("layers", "three", "an integer")),
        ("layers=2.5", ("layers", "2.5", "an integer")),
        ("layers=0", ("layers", "0", "≥ 1")),
        ("cvar=2", ("cvar", "2", "1")),
        ("optimizer=tabu", ("optimizer", "tabu", "cobyla", "spsa")),
        ("optimizer=nothing-like-it", ("optimizer", "nothing-like-it", "cobyla")),
        ("optimizer.evaluation=3", ("optimizer.evaluation", "evaluations")),
        ("layers.more=3", ("layers.more", "no fields")),
        ("layers", ("layers", "path.to.field=value")),
        ("=3", ("=3", "path.to.field=value")),
        ("backend=nowhere", ("nowhere", "aer", "statevector")),
    ],
)
def test_a_setting_that_does_not_fit_is_refused_with_what_does(setting, said):
    with pytest.raises(ProblemError) as refusal:
        put(Qaoa(), setting)
    assert all(word in str(refusal.value) for word in said)


def test_two_values_for_one_field_are_refused():
    with pytest.raises(ProblemError, match="one value"):
        put(Qaoa(), "layers=2", "layers=3")


def test_settings_start_at_the_named_solver_and_penalty_reaches_the_wrapper(hybrid: Command, knapsack_file):
    words = ["solve", knapsack_file, "--problem", "mdkp", "--solver", "annealing", "--json", "-"]
    words += ["--set", "restarts=2"]
    free = hybrid(*words).json
    slack = hybrid(*words, "--set", "penalty.encoding=slack").json
    assert free["qubits"] == 8
    assert slack["qubits"] == slack["qubits_with_slack"] > 8
    raw = hybrid(*words, "--set", "penalty.repair=none").json
    assert "repair" not in raw["message"]


def test_a_wrong_setting_of_the_wrapper_names_its_whole_path(hybrid: Command, knapsack_file):
    words = ["--problem", "mdkp", "--solver", "annealing", "--set", "penalty.encodings=slack"]
    said = hybrid("solve", knapsack_file, *words)
    assert said.status == 2
    assert "penalty.encodings" in said.err
    assert "inner, encoding, repair" in said.err


def test_the_backend_goes_into_every_field_that_holds_one(hybrid: Command, cut_file):
    quick = ["--solver", "qaoa", "--set", "layers=1", "--set", "optimizer.evaluations=5", "--json", "-"]
    said = hybrid("solve", cut_file, "--problem", "maxcut", *quick, "--backend", "aer:matrix_product_state")
    assert said.status == 0
    assert said.json["backend"] == "aer(method=matrix_product_state)"


def test_the_backend_reaches_a_solver_chosen_by_a_setting(hybrid: Command, knapsack_file):
    words = ["--problem", "mdkp", "--solver", "penalty", "--set", "inner=qaoa", "--set", "inner.layers=1"]
    said = hybrid("estimate", knapsack_file, *words, "--backend", "aer", "--json", "-")
    assert said.status == 0
    assert said.json["backend"] == "aer"


def test_a_backend_where_no_field_takes_one_is_bad_input(hybrid: Command, knapsack_file):
    said = hybrid("solve", knapsack_file, "--problem", "mdkp", "--solver", "milp", "--backend", "statevector")
    assert said.status == 2
    assert said.err.startswith("hybrid: --backend")
    assert "milp" in said.err
