"""``hybrid solvers`` and ``hybrid backends``."""

from importlib.metadata import entry_points

from hybrid.cli.names import ENCODINGS, SOLVERS, load, name_of, solver_class
from tests.hybrid.cli.conftest import Command


def test_every_short_name_leads_to_a_class_and_back():
    for name, path in (SOLVERS | ENCODINGS).items():
        assert name_of(load(path)) == name


def test_every_entry_point_of_ours_has_a_short_name():
    for entry in entry_points(group="hybrid.solvers"):
        if entry.value.partition(".")[0] in ("classical", "hybrid"):
            assert entry.value in SOLVERS.values()
            assert solver_class(entry.name) is solver_class(name_of(entry.load()))


def test_solvers_lists_short_names_entry_points_and_a_sentence(hybrid: Command):
    said = hybrid("solvers")
    assert said.status == 0
    rows = {line.split()[0]: line for line in said.out.splitlines()}
    assert set(SOLVERS) <= set(rows)
    assert "binary.MixedInteger" in rows["milp"]
    assert rows["milp"].endswith(".")


def test_solvers_for_a_constrained_file_tell_direct_wrapped_and_unfit_apart(hybrid: Command, knapsack_file):
    said = hybrid("solvers", "--for", knapsack_file, "--problem", "mdkp")
    assert said.status == 0
    rows = {line.split()[0]: line for line in said.out.splitlines()}
    assert rows["milp"].split()[1] == "yes"
    assert "penalty" not in rows["milp"]
    assert rows["qaoa"].split()[1] == "yes"
    assert "penalty" in rows["qaoa"]
    assert rows["spsa"].split()[1] == "no"
    assert "Minimisation" in rows["spsa"]


def test_solvers_for_a_cut_need_no_wrapper(hybrid: Command, cut_file):
    said = hybrid("solvers", "--for", cut_file, "--problem", "maxcut")
    rows = {line.split()[0]: line for line in said.out.splitlines()}
    assert rows["qaoa"].split()[1] == "yes"
    assert "penalty" not in rows["qaoa"]


def test_solvers_without_a_file_refuses_a_kind(hybrid: Command):
    said = hybrid("solvers", "--problem", "mdkp")
    assert said.status == 2
    assert "--for" in said.err


def test_backends_lists_every_installed_one_with_a_sentence(hybrid: Command):
    said = hybrid("backends")
    assert said.status == 0
    rows = {line.split()[0]: line for line in said.out.splitlines()}
    assert {entry.name for entry in entry_points(group="hybrid.backends")} <= set(rows)
    assert rows["statevector"].endswith(".")
