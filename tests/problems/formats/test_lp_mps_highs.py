"""LP and MPS files beside HiGHS, which reads and writes them too: the same arrays, the same optimum."""

import math

import highspy
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from problems.binary.integer import IntegerProgram
from problems.binary.program import BinaryProgram
from problems.formats.lp import read_lp, write_lp
from problems.formats.mps import read_mps, write_mps

SEEDS = st.integers(0, 100_000)
OFTEN = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
READERS = {"lp": read_lp, "mps": read_mps}


class _QuietHighs(highspy.Highs):
    def enableCallbacks(self) -> None:  # noqa: N802
        self.silent()
        super().enableCallbacks()


def highs_reads(path) -> highspy.Highs:
    solver = _QuietHighs()
    assert solver.readModel(str(path)) == highspy.HighsStatus.kOk
    return solver


def data_of_highs(solver) -> dict:
    """Return a HiGHS model by names; a row with two different sides counts as two."""
    model = solver.getModel()
    lp, names = model.lp_, list(model.lp_.col_names_)
    matrix = np.zeros((lp.num_row_, lp.num_col_))
    start, index, value = lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_
    for major in range(len(start) - 1):
        for at in range(start[major], start[major + 1]):
            by_row = lp.a_matrix_.format_ == highspy.MatrixFormat.kRowwise
            matrix[(major, index[at]) if by_row else (index[at], major)] = value[at]
    rows = []
    for terms, low, high in zip(matrix, lp.row_lower_, lp.row_upper_, strict=True):
        named = {names[k]: terms[k] for k in np.flatnonzero(terms)}
        if low == high:
            rows.append((named, "==", low))
        else:
            rows += [(named, ">=", low)] * math.isfinite(low) + [(named, "<=", high)] * math.isfinite(high)
    products = {}
    hessian = model.hessian_
    for column in range(len(hessian.start_) - 1):
        for at in range(hessian.start_[column], hessian.start_[column + 1]):
            pair = sorted((hessian.index_[at], column))
            if hessian.value_[at]:  # a triangle of Q in ½ xᵀQx
                scale = 0.5 if pair[0] == pair[1] else 1.0
                products[names[pair[0]], names[pair[1]]] = scale * hessian.value_[at]
    return {
        "sense": "max" if lp.sense_ == highspy.ObjSense.kMaximize else "min",
        "bounds": dict(zip(names, zip(lp.col_lower_, lp.col_upper_, strict=True), strict=True)),
        "integer": all(kind == highspy.HighsVarType.kInteger for kind in lp.integrality_),
        "cost": dict(zip(names, lp.col_cost_, strict=True)),
        "offset": lp.offset_,
        "rows": rows,
        "products": products,
    }


def data_of(problem) -> dict:
    """Return one of our problems in the same form; squares of bits count as linear terms in both."""
    whole = isinstance(problem, IntegerProgram)
    names, body = problem.names, problem.objective
    rows = problem.linear_rows if whole else problem.constraints
    low = problem.low if whole else np.zeros(problem.n)
    high = problem.high if whole else np.ones(problem.n)
    value = body.coefficient if whole else body.coupling
    return {
        "sense": problem.sense,
        "bounds": dict(zip(names, zip(low.tolist(), high.tolist(), strict=True), strict=True)),
        "integer": True,
        "cost": dict(zip(names, body.linear.tolist(), strict=True)),
        "offset": body.offset,
        "rows": [
            (
                {names[k]: a for k, a in zip(*rows.entries(r), strict=True)},
                rows.relation[r],
                rows.right[r],
            )
            for r in range(len(rows))
        ],
        "products": {(names[i], names[j]): v for i, j, v in zip(body.first, body.second, value, strict=True)},
    }


def folded(data: dict, is_bits: bool) -> dict:
    """Return the data with x² = x where all variables are bits, as our program has it."""
    if not is_bits:
        return data
    products, cost = dict(data["products"]), dict(data["cost"])
    for pair in [pair for pair in products if pair[0] == pair[1]]:
        cost[pair[0]] += products.pop(pair)
    return data | {"products": products, "cost": cost}


def check_same(path, suffix: str) -> None:
    problem = READERS[suffix](path)
    expected = folded(data_of_highs(highs_reads(path)), isinstance(problem, BinaryProgram))
    assert data_of(problem) == expected


def random_problem(seed: int) -> BinaryProgram | IntegerProgram:
    """Draw a program that HiGHS can read: no products in rows, no spins."""
    if seed % 2:
        return BinaryProgram.random(6, rows=5, seed=seed)
    whole = IntegerProgram.random(5, rows=4, seed=seed)
    low = np.where(whole.is_spin, 0, whole.low)
    return IntegerProgram(whole.objective, low, whole.high, None, whole.rows, sense=whole.sense).simplest()


@OFTEN
@given(seed=SEEDS, suffix=st.sampled_from(["lp", "mps", "fixed"]))
def test_highs_reads_what_we_write(tmp_path, seed, suffix):
    problem, path = random_problem(seed), tmp_path / f"case.{suffix.replace('fixed', 'mps')}"
    if suffix == "lp":
        write_lp(problem, path)
    else:
        write_mps(problem, path, fixed=suffix == "fixed")
    assert data_of(problem) == data_of_highs(highs_reads(path))


def random_model(seed: int) -> highspy.HighsLp:
    """Draw integer data with rows of all kinds, two-sided ones too, and bounds of all kinds."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 6)), int(rng.integers(1, 6))
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = n, m
    low = rng.integers(-3, 3, n)
    model.col_lower_, model.col_upper_ = low.astype(float), (low + rng.integers(0, 4, n)).astype(float)
    model.col_cost_ = rng.integers(1, 9, n) / 4
    sides = np.sort(rng.integers(-9, 10, (2, m)) / 2, axis=0)
    kind = rng.integers(0, 4, m)
    model.row_lower_ = np.where(kind == 0, -np.inf, sides[0])
    model.row_upper_ = np.where(kind == 1, np.inf, np.where(kind == 2, sides[0], sides[1]))
    matrix = rng.integers(-4, 5, (m, n)) * (rng.random((m, n)) < 0.7)
    matrix[:, 0] = 1  # HiGHS writes no row without terms that it could read again
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.arange(m + 1) * n
    model.a_matrix_.index_ = np.tile(np.arange(n), m)
    model.a_matrix_.value_ = matrix.ravel().astype(float)
    model.integrality_ = [highspy.HighsVarType.kInteger] * n
    model.offset_ = float(rng.integers(-3, 4))
    model.sense_ = highspy.ObjSense.kMaximize if rng.integers(2) else highspy.ObjSense.kMinimize
    model.col_names_ = [f"col{k}" for k in range(n)]
    model.row_names_ = [f"row{k}" for k in range(m)]
    return model


@OFTEN
@given(seed=SEEDS, suffix=st.sampled_from(["lp", "mps"]))
def test_we_read_what_highs_writes(tmp_path, seed, suffix):
    solver, path = _QuietHighs(), tmp_path / f"case.{suffix}"
    solver.passModel(random_model(seed))
    solver.writeModel(str(path))
    assert data_of(READERS[suffix](path)) == data_of_highs(solver)


def random_lp_text(seed: int) -> str:
    """Draw an LP file with everything that both readers take, laid out at random."""
    rng = np.random.default_rng(seed)
    names = ["x", "y1", "cost_3", "Z"]

    def expression() -> str:
        chosen = rng.permutation(names)[: rng.integers(1, 5)]
        parts = []
        for name in chosen:
            sign = rng.choice(["+ ", "- ", "+"])
            number = rng.choice(["", "2 ", "3.5 ", "1e1 ", "0.25 "])
            parts.append(f"{sign}{number}{name}{rng.choice([' ', chr(10) + '   '])}")
        return "".join(parts)

    products = rng.choice(["", " + [ 2 x ^ 2 + 4 x * y1 - Z ^ 2 ] / 2", " - [ x * Z ] / 2"])
    text = f"\\ drawn at random\n{rng.choice(['Maximize', 'MIN', 'minimize', 'max'])}\n"
    text += f"{rng.choice(['', ' obj: '])} {expression()} + 0 y1 {products} + {rng.integers(0, 4)}\n"
    text += f"{rng.choice(['Subject To', 'st', 's.t.', 'SUCH THAT'])}\n"
    for row in range(rng.integers(1, 4)):
        relation = rng.choice(["<=", ">=", "=", "<", ">", "=<", "=>"])
        text += f" r{row}: {expression()} {relation} {rng.integers(-5, 6) / 2}\n"
    text += "Bounds\n"
    for name in names[:3]:
        low = rng.integers(-3, 1)
        text += rng.choice(
            [f" {low} <= {name} <= 4\n", f" {name} >= {low}\n {name} <= 3\n", f" {name} = 2\n"]
        )
    return text + f"{rng.choice(['General', 'gen', 'INTEGERS'])}\n x y1\n cost_3\nBinary\n Z\nEnd\n"


@OFTEN
@given(seed=SEEDS)
def test_drawn_lp_files_are_read_alike(tmp_path, seed):
    path = tmp_path / "case.lp"
    path.write_text(random_lp_text(seed))
    check_same(path, "lp")


def random_mps_text(seed: int) -> str:
    """Draw an MPS file with everything that both readers take, laid out at random."""
    rng = np.random.default_rng(seed)
    rows = {f"R{k}": rng.choice(["L", "G", "E"]) for k in range(rng.integers(1, 5))}
    columns = [f"c{k}" for k in range(rng.integers(1, 5))]
    lines = ["NAME  t", *(["OBJSENSE\n    MAX"] if rng.integers(2) else []), "ROWS", " N  obj"]
    lines += [f" {kind}  {name}" for name, kind in rows.items()] + ["COLUMNS"]
    lines.append("    M  'MARKER'  'INTORG'")
    for column in columns:
        entries = [f"{name}  {rng.integers(1, 9) / 4}" for name in ("obj", *rows) if rng.random() < 0.8]
        for k in range(0, len(entries) or 1, 2):
            lines.append("    ".join(["", column, *(entries[k : k + 2] or ["obj  0"])]))
    lines += ["    M2  'MARKER'  'INTEND'", "RHS"]
    lines += [f"    RHS  {name}  {rng.integers(-8, 9) / 2}" for name in ("obj", *rows) if rng.random() < 0.7]
    lines.append("RANGES")
    lines += [f"    RNG  {name}  {rng.choice([-2.5, -1, 1, 3])}" for name in rows if rng.random() < 0.5]
    lines.append("BOUNDS")
    choices = (
        [" UP B {} 3"], [" LO B {} -2", " UP B {} 2"], [" FX B {} 1"], [" BV B {}"],
        [" UI B {} 4", " LI B {} -1"], [],
    )  # fmt: skip
    for column in columns:
        lines += [card.format(column) for card in choices[rng.integers(len(choices))]]
    if rng.integers(2):
        lines += ["QUADOBJ", f"    {columns[0]}  {columns[0]}  3"]
        lines += [f"    {columns[-1]}  {columns[0]}  -1.5"] if len(columns) > 1 else []
    return "\n".join([*lines, "ENDATA"]) + "\n"


@OFTEN
@given(seed=SEEDS)
def test_drawn_mps_files_are_read_alike(tmp_path, seed):
    path = tmp_path / "case.mps"
    path.write_text(random_mps_text(seed))
    check_same(path, "mps")


@pytest.mark.parametrize("suffix", ["lp", "mps"])
@pytest.mark.parametrize("seed", range(5))
def test_the_optimum_is_that_of_highs(tmp_path, suffix, seed):
    drawn = BinaryProgram.random(8, rows=3, seed=seed)
    linear = BinaryProgram.from_arrays(
        drawn.objective.linear, drawn.constraints.matrix, drawn.constraints.right, drawn.constraints.relation,
        sense=drawn.sense, offset=1.5,
    )  # fmt: skip
    path = tmp_path / f"case.{suffix}"
    (write_lp if suffix == "lp" else write_mps)(linear, path)
    solver = highs_reads(path)
    solver.run()
    problem = READERS[suffix](path)
    bits = ((np.arange(256)[:, None] >> np.arange(8)) & 1).astype(np.uint8)
    best = min(map(tuple, problem.ranks(bits)))
    assert best[0] == 0
    value = best[1] if problem.sense == "min" else -best[1]
    assert value == pytest.approx(solver.getInfo().objective_function_value, abs=1e-9)
