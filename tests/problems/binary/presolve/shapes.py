"""Small programs of many shapes, and what exhaustion says about them."""

import numpy as np
from hypothesis import strategies as st

from problems.binary.independent_set import IndependentSet
from problems.binary.knapsack import MultidimensionalKnapsack
from problems.binary.program import BinaryProgram


def all_bits(n):
    return ((np.arange(2**n)[:, None] >> np.arange(n)) & 1).astype(np.uint8)


def feasible_bits(program):
    bits = all_bits(program.n)
    return bits[kept(program, bits)]


def kept(program, bits):
    """Which bits ``[N, n]`` keep every row, also where n is 0."""
    rows = program.constraints
    activity = bits.astype(float) @ rows.matrix.toarray().T
    over = activity - rows.right
    over = np.where(rows.is_equality, np.abs(over), np.where(rows.is_at_least, -over, over))
    return np.all(over <= rows.tolerance, axis=1)


def values(program, bits):
    """The minimised objective of bits ``[N, n]``, also where n is 0."""
    form = program.minimised
    products = bits[:, form.first].astype(float) * bits[:, form.second]
    return bits @ form.linear + products @ form.coupling + form.offset


def optimum(program):
    """The least minimised objective over feasible bits, None where there are none."""
    found = values(program, feasible_bits(program))
    return float(found.min()) if len(found) else None


def set_cover(n, seed):
    rng = np.random.default_rng(seed)
    matrix = (rng.random((n, n)) < 0.35).astype(int)
    matrix[np.arange(n), rng.integers(0, n, n)] = 1
    return BinaryProgram.from_arrays(rng.integers(1, 6, n), matrix, np.ones(n), ">=")


def assignment(k, seed):
    rng = np.random.default_rng(seed)
    matrix = np.vstack([np.kron(np.eye(k), np.ones(k)), np.kron(np.ones(k), np.eye(k))])
    return BinaryProgram.from_arrays(rng.integers(0, 9, k * k), matrix, np.ones(2 * k), "==")


def equality_knapsack(n, seed):
    rng = np.random.default_rng(seed)
    weights = 2 * rng.integers(1, 9, n)
    return BinaryProgram.from_arrays(
        rng.integers(-5, 9, n), weights[None], [rng.integers(0, weights.sum())], "=="
    )


def conflicting(n, seed):
    """Knapsacks tight enough for conflicts, packing rows, and some products."""
    rng = np.random.default_rng(seed)
    pairs = np.array([(u, v) for u in range(n) for v in range(u) if rng.random() < 0.4], dtype=int)
    pairs = pairs.reshape(-1, 2)
    packing = np.zeros((len(pairs), n))
    packing[np.arange(len(pairs))[:, None], pairs] = 1
    heavy = rng.integers(0, 10, (2, n))
    quadratic = np.triu(rng.integers(-3, 4, (n, n)) * (rng.random((n, n)) < 0.2), 1)
    return BinaryProgram.from_arrays(
        rng.integers(-9, 10, n), np.vstack([packing, heavy]), [*np.ones(len(pairs)), 9, 14], "<=",
        quadratic, "max",
    )  # fmt: skip


def repeated(n, seed):
    """Rows with multiples and negatives of each other, and items that are alike."""
    rng = np.random.default_rng(seed)
    base = rng.integers(-4, 5, (2, n))
    base[:, n // 2] = base[:, 0]
    factor = rng.choice([-6, -3, -2, -1, 1, 2, 3, 6], 6)
    matrix = base[rng.integers(0, 2, 6)] * factor[:, None]
    relation = rng.choice(["<=", ">="], 6).tolist()
    hidden = rng.integers(0, 2, n)
    side = np.where(np.array(relation) == "<=", 1, -1)
    right = matrix @ hidden + side * np.abs(factor) * rng.integers(0, 3, 6)
    linear = rng.integers(-3, 4, n)
    linear[n // 2] = linear[0]
    return BinaryProgram.from_arrays(linear, matrix, right, relation)


def unsolvable(n, seed):
    """Right-hand sides at random, so that often no bits keep them."""
    rng = np.random.default_rng(seed)
    matrix = rng.integers(-3, 4, (4, n))
    return BinaryProgram.from_arrays(
        rng.integers(-9, 10, n), matrix, rng.integers(-4, 5, 4), rng.choice(["<=", ">=", "=="], 4).tolist()
    )


def of_fractions(n, seed):
    """Decimals with ties: sums that meet a right-hand side up to rounding."""
    rng = np.random.default_rng(seed)
    matrix = rng.integers(-9, 10, (3, n)) / 10
    right = matrix @ rng.integers(0, 2, n)
    quadratic = np.triu(rng.integers(-9, 10, (n, n)) * (rng.random((n, n)) < 0.2), 1) / 10
    return BinaryProgram.from_arrays(
        rng.integers(-9, 10, n) / 10, matrix, right, ["<=", ">=", "<="], quadratic, offset=0.1
    )


def of_reals(n, seed):
    """Real numbers, and right-hand sides that some bits keep by their tolerance alone."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(3, n)) * 10.0 ** rng.integers(-1, 5, (3, 1)) * (rng.random((3, n)) < 0.8)
    hidden = rng.integers(0, 2, n)
    at_right = matrix @ hidden
    size = np.maximum(np.abs(np.minimum(matrix, 0).sum(axis=1)), np.maximum(matrix, 0).sum(axis=1))
    right = at_right - 0.9e-9 * np.maximum(size, 1) * [1, -1, 1]
    return BinaryProgram.from_arrays(rng.normal(size=n), matrix, right, ["<=", ">=", "<="])


SEEDS = st.integers(0, 100_000)
SIZES = st.integers(2, 9)
INTEGER_PROGRAMS = st.one_of(
    st.builds(
        BinaryProgram.random, n=st.integers(1, 9), rows=st.integers(0, 5),
        density=st.sampled_from([0.2, 0.6, 1.0]), seed=SEEDS,
    ),
    st.builds(
        lambda n, m, t, seed: MultidimensionalKnapsack.random(n, m, t, seed).program,
        SIZES, st.integers(1, 3), st.sampled_from([0.1, 0.3, 0.7]), SEEDS,
    ),
    st.builds(
        lambda n, p, seed: IndependentSet.random(n, p, seed=seed).program,
        SIZES, st.sampled_from([0.2, 0.5]), SEEDS,
    ),
    st.builds(set_cover, SIZES, SEEDS),
    st.builds(assignment, st.integers(1, 3), SEEDS),
    st.builds(equality_knapsack, SIZES, SEEDS),
    st.builds(conflicting, SIZES, SEEDS),
    st.builds(repeated, SIZES, SEEDS),
    st.builds(unsolvable, SIZES, SEEDS),
)  # fmt: skip
FRACTIONAL_PROGRAMS = st.one_of(st.builds(of_fractions, SIZES, SEEDS), st.builds(of_reals, SIZES, SEEDS))
