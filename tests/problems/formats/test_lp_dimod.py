"""LP files beside dimod, which also reads products in rows: the same values at every point drawn."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from problems.binary.integer import IntegerProgram
from problems.formats.lp import read_lp, write_lp

lp = pytest.importorskip("dimod.lp", reason="a peer, in the extra of the benchmarks")
OFTEN = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@OFTEN
@given(seed=st.integers(0, 100_000))
def test_dimod_reads_what_we_write(tmp_path, seed):
    drawn = IntegerProgram.random(4, rows=3, seed=seed)
    low = np.maximum(np.where(drawn.is_spin, 0, drawn.low), 0)
    problem = IntegerProgram(
        drawn.objective, low, low + 3, None, drawn.rows, drawn.quadratic_rows, sense=drawn.sense
    )
    path = write_lp(problem, tmp_path / "case.lp")
    model = lp.load(str(path))
    assert tuple(model.variables) == problem.names
    for name, k in zip(problem.names, range(4), strict=True):
        assert (model.lower_bound(name), model.upper_bound(name)) == (problem.low[k], problem.high[k])
    sign = 1 if problem.sense == "min" else -1
    for values in np.random.default_rng(seed).integers(0, 4, (10, 4)):
        sample = dict(zip(problem.names, values.tolist(), strict=True))
        assert sign * model.objective.energy(sample) == pytest.approx(problem.objective.values(values))
        excess = problem.linear_rows.matrix @ values - problem.linear_rows.right
        ours = dict(zip(problem.linear_rows.names, excess, strict=True))
        for row in problem.quadratic_rows:
            ours[row.name] = row.polynomial.values(values) - row.right
        theirs = {name: row.lhs.energy(sample) - row.rhs for name, row in model.constraints.items()}
        assert theirs == pytest.approx(ours)
    relations = {row.name: row.relation for row in problem.quadratic_rows}
    relations |= dict(zip(problem.linear_rows.names, problem.linear_rows.relation, strict=True))
    assert {name: row.sense.value for name, row in model.constraints.items()} == relations


TEXT = """Minimize
 obj: 2 a + 3 b - c + [ 4 a * b - 2 c ^ 2 + 6 b * c ] / 2
Subject To
 one: a + b + [ 2 a * c - b ^ 2 ] <= 4
 two: 2 a - 0.5 c >= -3
Bounds
 a <= 3
 1 <= b <= 4
Generals
 a b
Binaries
 c
End
"""


def test_a_file_by_hand_is_read_alike(tmp_path):
    path = tmp_path / "case.lp"
    path.write_text(TEXT)
    problem, model = read_lp(path), lp.load(str(path))
    assert isinstance(problem, IntegerProgram)
    assert problem.low.tolist() == [model.lower_bound(name) for name in problem.names]
    assert problem.high.tolist() == [model.upper_bound(name) for name in problem.names]
    points = np.stack(np.meshgrid(range(4), range(1, 5), range(2), indexing="ij"), axis=-1).reshape(-1, 3)
    for values in points:
        sample = dict(zip(problem.names, values.tolist(), strict=True))
        assert model.objective.energy(sample) == problem.judge(values).objective
        assert model.check_feasible(sample) == problem.judge(values).feasible
