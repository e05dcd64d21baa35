"""Encodings: energies against their formulas for every assignment, exactness, widths."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.binary.encodings import SlackEncoding, SlackFreeEncoding, slack_weights
from problems.binary.independent_set import IndependentSet
from problems.binary.knapsack import MultidimensionalKnapsack
from problems.binary.program import BinaryProgram
from problems.errors import Infeasible, ProblemError

PROGRAMS = st.builds(
    BinaryProgram.random,
    n=st.integers(2, 10),
    rows=st.integers(0, 4),
    density=st.sampled_from([0.3, 0.7, 1.0]),
    seed=st.integers(0, 10_000),
)


def every_assignment(n: int) -> np.ndarray:
    return ((np.arange(2**n)[:, None] >> np.arange(n)) & 1).astype(np.uint8)


@settings(deadline=None, max_examples=60)
@given(program=PROGRAMS)
def test_slack_free_energy_is_objective_plus_penalties_everywhere(program):
    encoding = SlackFreeEncoding()
    qubo = encoding.encode(program).problem
    bits = every_assignment(program.n)
    expected = program.minimised.values(bits) + encoding.penalties(program, bits)
    assert qubo.n == encoding.qubits(program) == program.n
    np.testing.assert_allclose(qubo.energies(bits), expected, rtol=1e-10, atol=1e-8)


@settings(deadline=None, max_examples=60)
@given(program=PROGRAMS)
def test_slack_energy_is_the_objective_exactly_on_the_feasible_set(program):
    """The least energy over the slack bits; beyond all objectives where a row is broken."""
    reduction = SlackEncoding().encode(program)
    width = reduction.problem.n
    if width > 18:
        return
    assert width == SlackEncoding().qubits(program)
    bits = every_assignment(width)
    energy = reduction.problem.energies(bits)
    owner = (np.arange(2**width) & (2**program.n - 1)).astype(np.int64)
    least = np.full(2**program.n, np.inf)
    np.minimum.at(least, owner, energy)
    assignments = every_assignment(program.n)
    feasible = program.constraints.violations(assignments).sum(axis=1) == 0
    objective = program.minimised.values(assignments)
    np.testing.assert_array_equal(least[feasible], objective[feasible])
    if not feasible.all():
        assert least[~feasible].min() > objective.max()
    np.testing.assert_array_equal(reduction.lift(bits), bits[:, : program.n])


@settings(deadline=None, max_examples=60)
@given(program=PROGRAMS)
def test_slack_energy_is_objective_plus_squared_residuals_everywhere(program):
    reduction = SlackEncoding(penalty=3.0).encode(program)
    qubo, rng = reduction.problem, np.random.default_rng(0)
    bits = rng.integers(0, 2, (200, qubo.n)).astype(np.uint8)
    expected = program.minimised.values(bits[:, : program.n])
    rows, low_high = program.constraints, program.constraints.ranges
    for r in range(len(rows)):
        sign = -1.0 if rows.is_at_least[r] else 1.0
        index, weight = rows.entries(r)
        activity = sign * (bits[:, index] @ weight)
        if rows.classes[r] == "packing":
            chosen = bits[:, index].sum(axis=1).astype(float)
            expected += 3.0 * chosen * (chosen - 1) / 2
            continue
        slack = [k for k, name in enumerate(qubo.names) if name.startswith(f"slack[{rows.names[r]}]")]
        breakable = low_high[1][r] > rows.right[r] if sign > 0 else low_high[0][r] < rows.right[r]
        if rows.is_equality[r] or breakable:
            upper = sign * rows.right[r] - (low_high[0][r] if sign > 0 else -low_high[1][r])
            activity = activity + bits[:, slack] @ slack_weights(int(upper) if slack else 0)
            expected += 3.0 * (activity - sign * rows.right[r]) ** 2
    np.testing.assert_allclose(qubo.energies(bits), expected, rtol=0, atol=1e-6)


@given(upper=st.integers(0, 300))
def test_slack_bits_write_exactly_the_range(upper):
    weights = slack_weights(upper)
    reachable = {int(np.dot(weights, row)) for row in every_assignment(len(weights))} if upper else {0}
    assert reachable == set(range(upper + 1))
    assert len(weights) == (int(np.floor(np.log2(upper))) + 1 if upper else 0)


def test_conflicts_are_products_and_exact_without_slack():
    graph = IndependentSet.random(9, 0.4, seed=3)
    reduction = SlackFreeEncoding().encode(graph.program)
    bits = every_assignment(9)
    best = bits[np.argmin(reduction.problem.energies(bits))]
    assert graph.judge(best).feasible
    assert graph.judge(best).objective == max(
        graph.judge(row).objective for row in bits if graph.judge(row).feasible
    )
    assert SlackEncoding().qubits(graph.program) == 9


def test_a_knapsack_costs_its_capacity_in_slack_bits():
    knapsack = MultidimensionalKnapsack([5, 4, 3], [[2, 3, 1], [4, 1, 2]], [5, 6])
    assert SlackEncoding().qubits(knapsack.program) == 3 + 3 + 3
    assert SlackFreeEncoding().qubits(knapsack.program) == 3


def test_rows_that_cannot_be_broken_add_nothing():
    program = BinaryProgram.from_arrays([1.0, -1.0], [[1.0, 1.0]], [2.0], "<=")
    assert SlackEncoding().qubits(program) == 2
    np.testing.assert_array_equal(SlackFreeEncoding().encode(program).problem.form.linear, [1.0, -1.0])


def test_decimal_rows_are_scaled_and_irrational_ones_refused():
    program = BinaryProgram.from_arrays([-1.0, -1.0], [[0.5, 0.25]], [0.5], "<=")
    assert SlackEncoding().qubits(program) == 2 + len(slack_weights(50))
    with pytest.raises(ProblemError, match="row r0.*decimals"):
        SlackEncoding().qubits(BinaryProgram.from_arrays([-1.0, -1.0], [[np.pi, 0.25]], [0.5], "<="))


def test_an_impossible_row_is_named():
    with pytest.raises(Infeasible, match="row r0"):
        SlackEncoding().encode(BinaryProgram.from_arrays([1.0, 1.0], [[2.0, 1.0]], [-1.0], "<="))


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, "big"])
def test_a_penalty_must_be_positive(bad):
    with pytest.raises(ProblemError, match="penalty"):
        SlackEncoding(penalty=bad)
    with pytest.raises(ProblemError, match="curvature"):
        SlackFreeEncoding(curvature=bad)
