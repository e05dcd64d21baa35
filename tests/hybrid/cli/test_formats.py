"""Every format from the command line, without a word about what it is; and solutions of the field, judged."""

import json

import highspy
import numpy as np
import pytest

from problems.binary import (
    Clique,
    IndependentSet,
    MaxCut,
    Model,
    MultidimensionalKnapsack,
    QuadraticAssignment,
    Qubo,
    TravellingSalesman,
)
from problems.formats.lp import write_lp
from problems.formats.mps import write_mps
from problems.formats.program_json import write_json
from problems.formats.qubo_text import write_qubo
from problems.formats.sac94 import write_sac94
from tests.hybrid.cli.conftest import Command


def _model():
    model = Model()
    x, y = model.binary("x"), model.integer("y", -2, 5)
    model.maximise(3 * x + 2 * y - y**2)
    model.add(x + y <= 4, "both")
    return model.problem()


FILES = {
    "model.lp": (lambda path: write_lp(_model(), path), "IntegerProgram"),
    "model.mps": (lambda path: write_mps(_model(), path), "IntegerProgram"),
    "fixed.mps": (lambda path: write_mps(_model(), path, fixed=True), "IntegerProgram"),
    "sack.dat": (MultidimensionalKnapsack.random(8, 2, seed=3).write, "MultidimensionalKnapsack"),
    "sack94.dat": (
        lambda path: write_sac94(MultidimensionalKnapsack.random(8, 2, seed=3), path),
        "MultidimensionalKnapsack",
    ),
    "plant.dat": (QuadraticAssignment.random(4, seed=1).write, "QuadraticAssignment"),
    "trip.tsp": (TravellingSalesman.random(7, seed=1).write, "TravellingSalesman"),
    "cut.txt": (MaxCut.random(8, seed=1).write, "MaxCut"),
    "graph.txt": (IndependentSet.random(8, seed=1).write, "IndependentSet"),
    "graph.clq": (Clique.random(8, seed=1).write, "Clique"),
    "model.qubo": (lambda path: write_qubo(Qubo.random(6, seed=1), path), "Qubo"),
    "model.json": (lambda path: write_json(Qubo.random(6, seed=1), path), "Qubo"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_solved_and_its_answer_judged(hybrid: Command, tmp_path, name):
    write, kind = FILES[name]
    path, answer = tmp_path / name, tmp_path / "answer.json"
    write(path)
    said = hybrid("solve", path, "--json", answer)
    assert said.status == 0, said.err
    verdict = hybrid("judge", path, answer, "--json", "-")
    assert verdict.status == 0, verdict.err
    assert verdict.json["problem"] == kind
    assert verdict.json["feasible"] is True
    assert verdict.json["objective"] == json.loads(answer.read_text())["objective"]


def test_what_highs_found_is_judged_by_its_own_file(hybrid: Command, tmp_path):
    model, solution = tmp_path / "model.lp", tmp_path / "model.sol"
    rows = "c1: x + y <= 4\n c2: x - y <= 2"
    model.write_text(f"max\n 3 x + 2 y\nst\n {rows}\nbounds\n x <= 9\n y <= 9\ngenerals\n x y\nend\n")
    solver = highspy.Highs()
    solver.silent()
    solver.readModel(str(model))
    solver.run()
    solver.writeSolution(str(solution), 0)
    said = hybrid("judge", model, solution, "--json", "-")
    assert said.json["objective"] == solver.getObjectiveValue() == 11
    assert hybrid("solve", model, "--json", "-").json["objective"] == 11


def test_an_infeasible_candidate_shows_its_rows_and_amounts(hybrid: Command, tmp_path):
    path, candidate = tmp_path / "model.lp", tmp_path / "candidate.sol"
    write_lp(_model(), path)
    candidate.write_text("# by hand\nx 1\ny 5\n")
    said = hybrid("judge", path, candidate)
    assert said.status == 1
    assert "violated   both by 2" in said.out


def test_solution_files_of_the_field_are_judged(hybrid: Command, tmp_path):
    plant, trip = QuadraticAssignment.random(4, seed=1), TravellingSalesman.random(5, seed=1)
    order, tour = np.array([2, 0, 3, 1]), np.array([3, 0, 2, 4, 1])
    plant.write(tmp_path / "plant.dat")
    trip.write(tmp_path / "trip.tsp")
    (tmp_path / "plant.sln").write_text(f"4 {plant.cost(order):g}\n{' '.join(map(str, order + 1))}\n")
    cities = "\n".join(map(str, tour + 1))
    (tmp_path / "trip.tour").write_text(
        f"NAME : t\nTYPE : TOUR\nDIMENSION : 5\nTOUR_SECTION\n{cities}\n-1\nEOF\n"
    )
    for name, solution, expected in (
        ("plant.dat", "plant.sln", plant.cost(order)),
        ("trip.tsp", "trip.tour", trip.length(tour)),
    ):
        said = hybrid("judge", tmp_path / name, tmp_path / solution, "--json", "-")
        assert said.status == 0, said.err
        assert said.json["objective"] == expected
