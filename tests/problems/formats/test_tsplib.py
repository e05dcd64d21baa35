"""TSPLIB: every way to state distances, tours, and what is refused by name."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.binary.tour import TravellingSalesman
from problems.errors import ProblemError
from problems.formats import read, read_solution, read_tour, write_tours
from problems.formats.tsplib import TRIANGLES

HEAD = "NAME: small\nTYPE: TSP\nCOMMENT: a comment: with colons\nDIMENSION: 4\n"
POINTS = HEAD + "EDGE_WEIGHT_TYPE : EUC_2D\nNODE_COORD_SECTION\n1 0 0\n2 3.0e+00 4\n3 6 0\n4 3 -4\nEOF\n"
MATRIX = (
    HEAD + "EDGE_WEIGHT_TYPE: EXPLICIT\nEDGE_WEIGHT_FORMAT: FULL_MATRIX\nEDGE_WEIGHT_SECTION\n"
    "0 1 2 3\n1 0 4 5\n2 4 0 6\n3 5 6 0\nEOF\n"
)
TABLE = [[0, 1, 2, 3], [1, 0, 4, 5], [2, 4, 0, 6], [3, 5, 6, 0]]
TOUR = "NAME : a.opt.tour\nTYPE : TOUR\nDIMENSION : 4\nTOUR_SECTION\n1\n3\n2\n4\n-1\nEOF\n"
ENTRIES = {
    "FULL_MATRIX": lambda n: [(i, j) for i in range(n) for j in range(n)],
    "UPPER_ROW": lambda n: [(i, j) for i in range(n) for j in range(i + 1, n)],
    "LOWER_ROW": lambda n: [(i, j) for i in range(n) for j in range(i)],
    "UPPER_DIAG_ROW": lambda n: [(i, j) for i in range(n) for j in range(i, n)],
    "LOWER_DIAG_ROW": lambda n: [(i, j) for i in range(n) for j in range(i + 1)],
    "UPPER_COL": lambda n: [(i, j) for j in range(n) for i in range(j)],
    "LOWER_COL": lambda n: [(i, j) for j in range(n) for i in range(j + 1, n)],
    "UPPER_DIAG_COL": lambda n: [(i, j) for j in range(n) for i in range(j + 1)],
    "LOWER_DIAG_COL": lambda n: [(i, j) for j in range(n) for i in range(j, n)],
}  # fmt: skip


def test_the_entries_of_every_format_are_listed():
    assert set(ENTRIES) == {"FULL_MATRIX", *TRIANGLES}


@pytest.mark.parametrize("form", list(ENTRIES))
@settings(deadline=None, max_examples=20)
@given(n=st.integers(2, 7), seed=st.integers(0, 10**6))
def test_every_format_of_explicit_distances(tmp_path_factory, form, n, seed):
    rng = np.random.default_rng(seed)
    table = rng.integers(0, 100, (n, n))
    table = np.triu(table) + np.triu(table, 1).T
    if "DIAG" not in form and form != "FULL_MATRIX":
        np.fill_diagonal(table, 0)
    words = "".join(f"{table[entry]}{rng.choice([' ', chr(10)])}" for entry in ENTRIES[form](n))
    path = tmp_path_factory.mktemp("tsp") / "a.tsp"
    path.write_text(
        f"TYPE : TSP\nDIMENSION : {n}\nEDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : {form}\n"
        f"EDGE_WEIGHT_SECTION\n{words}\n"
    )
    assert np.array_equal(read(path).distances, table)


@settings(deadline=None)
@given(n=st.integers(2, 6), seed=st.integers(0, 10**6), symmetric=st.booleans(), points=st.booleans())
def test_what_is_written_is_read(tmp_path_factory, n, seed, symmetric, points):
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(n, n))
    table = table + table.T if symmetric else table
    if seed % 2:
        np.fill_diagonal(table, 0.0)
    problem = TravellingSalesman(table, rng.normal(size=(n, 2)) if points else None)
    path = write_tours(problem, tmp_path_factory.mktemp("tsp") / "a.tsp")
    assert read(path).digest == problem.digest
    assert read(path, "tsp").digest == problem.digest


def test_a_file_name_of_any_kind_is_a_name(tmp_path):
    path = write_tours(TravellingSalesman(np.array(TABLE)), tmp_path / "Straße : 2.tsp")
    assert read(path).distances.tolist() == TABLE


def test_coordinates_are_read_by_their_numbers(file):
    problem = read(file(POINTS))
    assert problem.distances.tolist() == [[0, 5, 6, 5], [5, 0, 5, 8], [6, 5, 0, 5], [5, 8, 5, 0]]
    assert problem.labels == (1, 2, 3, 4)
    lines = POINTS.split("\n")
    mixed = "\n".join(lines[:6] + lines[6:10][::-1])
    assert read(file(mixed)).digest == problem.digest
    assert read(file(POINTS.replace("EOF\n", "").replace("\n", "\r\n"))).digest == problem.digest
    assert read(file(POINTS.replace("\n1 0 0\n2 ", "\n\n1 0\n0 2 "))).digest == problem.digest


def test_three_dimensions_have_no_picture(file):
    text = "TYPE: TSP\nDIMENSION: 2\nEDGE_WEIGHT_TYPE: MAX_3D\nNODE_COORD_TYPE: THREED_COORDS\n"
    problem = read(file(text + "NODE_COORD_SECTION\n1 0 0 0\n2 1 2 7.6\n"))
    assert problem.distances[0, 1] == 8
    assert problem.coordinates is None


def test_pictures_take_the_display_where_there_are_no_coordinates(file):
    shown = "DISPLAY_DATA_TYPE: TWOD_DISPLAY\n"
    data = "DISPLAY_DATA_SECTION\n1 1 2\n2 3 4\n3 5 6\n4 7 8.5\n"
    text = MATRIX.replace("EDGE_WEIGHT_TYPE", shown + "EDGE_WEIGHT_TYPE").replace("EOF\n", data)
    assert read(file(MATRIX)).coordinates is None
    assert read(file(text)).coordinates.tolist() == [[1, 2], [3, 4], [5, 6], [7, 8.5]]
    assert read(file(POINTS.replace("EOF\n", data))).coordinates.tolist() == [[0, 0], [3, 4], [6, 0], [3, -4]]
    points = "NODE_COORD_SECTION\n1 1 2\n2 3 4\n3 5 6\n4 7 8\n"
    assert read(file(MATRIX.replace("EOF\n", points))).coordinates.tolist() == [
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
    ]


def test_a_map_has_longitude_to_the_right(file):
    text = POINTS.replace("EUC_2D", "GEO").replace("1 0 0", "1 48.30 -11.30")
    assert read(file(text)).coordinates[0].tolist() == pytest.approx([-11.5, 48.5])


def test_an_asymmetric_problem_is_a_full_matrix(file):
    text = MATRIX.replace("TYPE: TSP", "TYPE: ATSP", 1).replace("0 1 2 3", "0 9 2 3")
    problem = read(file(text))
    assert problem.distances[0, 1] == 9
    assert problem.distances[1, 0] == 1


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (MATRIX.replace("TYPE: TSP", "TYPE: HCP", 1), "line 2 is 'HCP'; expected TYPE one of TSP, ATSP"),
        (MATRIX.replace("TYPE: TSP", "TYPE: SOP", 1), "line 2 is 'SOP'"),
        (MATRIX.replace("TYPE: TSP", "TYPE: CVRP", 1), "line 2 is 'CVRP'"),
        (TOUR, "line 2 is 'TOUR'; expected TYPE one of TSP, ATSP"),
        (MATRIX.replace("TYPE: TSP\n", "", 1), "case.txt is without TYPE; expected a line with it"),
        (MATRIX.replace("DIMENSION: 4\n", ""), "case.txt is without DIMENSION"),
        (MATRIX.replace("DIMENSION: 4", "DIMENSION: 1"), r"line 4 is '1'; expected DIMENSION, an integer"),
        (MATRIX.replace("DIMENSION: 4", "DIMENSION: 4.5"), "line 4 is '4.5'; expected DIMENSION, an integer"),
        (MATRIX.replace("DIMENSION: 4", "DIMENSION: 1000000000"), "line 4 is '1000000000'"),
        (MATRIX.replace("DIMENSION: 4", "DIMENSION: 9999"), "line 11 is the end of EDGE_WEIGHT_SECTION"),
        (POINTS.replace("DIMENSION: 4", "DIMENSION: 9999"), "line 10 is the end of NODE_COORD_SECTION"),
        (POINTS.replace("EUC_2D", "SPECIAL"), "line 5 is 'SPECIAL'; expected EDGE_WEIGHT_TYPE one of"),
        (POINTS.replace("EUC_2D", "XRAY1"), "line 5 is 'XRAY1'"),
        (POINTS.replace("EUC_2D", "XRAY2"), "line 5 is 'XRAY2'"),
        (POINTS.replace("EUC_2D", "EUC_4D"), "line 5 is 'EUC_4D'"),
        (MATRIX.replace("FULL_MATRIX", "FUNCTION"), "line 6 is 'FUNCTION'; expected EDGE_WEIGHT_FORMAT"),
        (MATRIX.replace("EDGE_WEIGHT_FORMAT: FULL_MATRIX\n", ""), "without EDGE_WEIGHT_FORMAT"),
        (MATRIX.replace("3 5 6 0\n", "3 5 6\n"), "line 11 is the end of EDGE_WEIGHT_SECTION; expected"),
        (MATRIX.replace("3 5 6 0", "3 5 6 0 7"), "line 11 is '7'; expected the end of EDGE_WEIGHT_SECTION"),
        (MATRIX.replace("3 5 6 0", "3 5 7 0"), "line 11 is '7'; expected the distance of 3 and 4, as TYPE"),
        (MATRIX.replace("3 5 6 0", "3 5 6_0 0"), "line 11 is '6_0'; expected distance 15, a finite number"),
        (MATRIX.replace("FULL_MATRIX", "UPPER_ROW"), "line 9 is '4'; expected the end of"),
        (MATRIX.replace("TYPE: TSP", "TYPE: ATSP", 1).replace("FULL_MATRIX", "UPPER_ROW"), "line 6 is"),
        (POINTS.replace("TYPE: TSP", "TYPE: ATSP", 1), "line 5 is 'EUC_2D'; expected EXPLICIT, for TYPE"),
        (POINTS.replace("4 3 -4", "4 3"), "line 10 is the end of NODE_COORD_SECTION"),
        (POINTS.replace("4 3 -4", "4 3 -4 5"), "line 10 is '5'; expected the end of NODE_COORD_SECTION"),
        (POINTS.replace("4 3 -4", "5 3 -4"), "line 10 is '5'; expected the number of a city, each of 1 …"),
        (POINTS.replace("1 0 0", "0 0 0"), "line 7 is '0'; expected the number of a city"),
        (POINTS.replace("4 3 -4", "2 3 -4"), "line 10 is '2'; expected the number of a city"),
        (POINTS.replace("4 3 -4", "4.5 3 -4"), "line 10 is '4.5'; expected the number of a city"),
        (POINTS.replace("4 3 -4", "4 1e400 -4"), "line 10 is '1e400'; expected a city and 2 coordinates"),
        (POINTS.replace("4 3 -4", "4 1e300 -4"), "the distance of 1 and 4 is too large"),
        (POINTS.replace("4 3 -4", "4 1e16 -4"), r"distances\[0, 3\] is 1e\+16"),
        (POINTS.replace("NODE_COORD_SECTION\n1 0 0\n2 3.0e+00 4\n3 6 0\n4 3 -4\n", ""), "without NODE_C"),
        (MATRIX[: MATRIX.index("EDGE_WEIGHT_SECTION")], "without EDGE_WEIGHT_SECTION"),
        (MATRIX.replace("EXPLICIT", "MAN_2D"), "without NODE_COORD_SECTION; expected that section, for"),
        (POINTS.replace("EOF", "EDGE_WEIGHT_SECTION\n1 2 3"), "line 11 is 'EDGE_WEIGHT_SECTION'; expected"),
        (POINTS.replace("EDGE_W", "EDGE_WEIGHT_FORMAT: UPPER_ROW\nEDGE_W"), "line 5 is 'UPPER_ROW'"),
        (POINTS.replace("EDGE_W", "NODE_COORD_TYPE: THREED_COORDS\nEDGE_W"), "line 5 is 'THREED_COORDS'"),
        (POINTS.replace("EDGE_W", "DISPLAY_DATA_TYPE: SOME\nEDGE_W"), "line 5 is 'SOME'; expected"),
        (MATRIX.replace("EDGE", "NODE_COORD_TYPE: NO_COORDS\nEDGE", 1).replace("EOF", "NODE_COORD_SECTION"),
         "line 13 is 'NODE_COORD_SECTION'; expected no coordinates"),
        (MATRIX.replace("EOF", "FIXED_EDGES_SECTION\n1 2\n-1\nEOF"), "line 12 is FIXED_EDGES_SECTION"),
        (MATRIX.replace("EOF", "DEPOT_SECTION\n1\n-1\nEOF"), "line 12 is DEPOT_SECTION"),
        (MATRIX.replace("EOF", "TOUR_SECTION\n1\n-1\nEOF"), "line 12 is TOUR_SECTION"),
        (HEAD + "CAPACITY: 3\n" + MATRIX[len(HEAD):], "line 5 is CAPACITY; expected none of its kind here"),
        (HEAD + "SIZE: 3\n" + MATRIX[len(HEAD):], "line 5 is 'SIZE'; expected a key, one of NAME, TYPE"),
        (HEAD + "DIMENSION: 3\n" + MATRIX[len(HEAD):], "line 5 is DIMENSION; expected it once; line 4 has"),
        (HEAD + "EDGE_WEIGHT_TYPE:\n", "line 5 is 'EDGE_WEIGHT_TYPE:'; expected a line 'KEY : value'"),
        (HEAD + "EXPLICIT\n", "line 5 is 'EXPLICIT'; expected a line 'KEY : value' or the name of a section"),
        (HEAD + "0 1 2\n", "line 5 is '0 1 2'; expected a line 'KEY : value' or the name of a section"),
        (MATRIX[: MATRIX.index("\n0 1 2 3")], "line 7 is the end of EDGE_WEIGHT_SECTION; expected distance"),
        (MATRIX + "1\n", "line 13 is '1'; expected the end of the file after EOF"),
    ],
)  # fmt: skip
def test_a_bad_file_is_one_sentence_with_its_place(file, text, named):
    with pytest.raises(ProblemError, match=named) as caught:
        read(file(text), "tsp")
    assert str(caught.value).startswith("case.txt")


def test_a_comment_in_a_section_does_not_shift_the_lines(file):
    text = MATRIX.replace("1 0 4 5", "COMMENT: here\n1 0 4 x")
    with pytest.raises(ProblemError, match="line 10 is 'x'"):
        read(file(text))
    assert read(file(text.replace("x", "5"))).distances.tolist() == TABLE


@pytest.mark.parametrize(
    "text",
    [
        TOUR,
        TOUR.replace("\n3\n2\n4\n-1", " 3 2\n4 -1"),
        TOUR.replace("-1\n", ""),
        TOUR.replace("DIMENSION : 4\n", "").replace("TYPE : TOUR\n", "").replace("EOF\n", ""),
    ],
)
def test_a_tour_is_read_and_judged(file, text):
    path = file(text, "a.opt.tour")
    assert read_tour(path) == (1, 3, 2, 4)
    problem = TravellingSalesman(np.array(TABLE))
    bits = read_solution(problem, path)
    assert problem.decode(bits) == (1, 3, 2, 4)
    assert problem.judge(bits).objective == 2 + 4 + 5 + 3


def test_a_tour_may_begin_anywhere_and_labels_do_not_matter(file):
    problem = TravellingSalesman(np.array(TABLE), labels=("a", "b", "c", "d"))
    path = file(TOUR.replace("1\n3\n2\n4\n", "3\n2\n4\n1\n"))
    assert problem.decode(read_solution(problem, path)) == ("a", "c", "b", "d")


@pytest.mark.parametrize("text", ["1 3 2 4", "[1, 3, 2, 4]", "0 1 0 1", ""])
def test_what_is_no_tour_file_is_left_to_others(file, text):
    assert read_solution(TravellingSalesman(np.array(TABLE)), file(text)) is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (TOUR.replace("2\n4\n", "2\n"), "line 8 is '-1'; expected city 4 of the tour, an integer in"),
        (TOUR.replace("2\n4\n-1\n", "2\n"), "line 7 is the end of TOUR_SECTION; expected city 4 of the tour"),
        (TOUR.replace("2\n4", "2\n3"), "line 8 is '3'; expected each city once"),
        (TOUR.replace("2\n4", "2\n5"), r"line 8 is '5'; expected city 4 of the tour, an integer in \[1, 4\]"),
        (TOUR.replace("2\n4", "2\n0"), "line 8 is '0'"),
        (TOUR.replace("-1\n", "-1\n1\n"), "line 10 is '1'; expected the end of TOUR_SECTION after one tour"),
        (TOUR.replace("-1\n", "2\n"), r"line 9 is '2'; expected -1 after the tour, an integer in \[-1, -1\]"),
        (TOUR.replace("DIMENSION : 4\n", "").replace("-1\n", ""), "line 7 is '4'"),
        (TOUR.replace("TOUR\n", "TSP\n", 1), "line 2 is 'TSP'; expected TYPE one of TOUR"),
        (TOUR.replace("4", "3").replace("3\n2\n3", "3\n2"), "the shape of the tour is .3,.; expected .4"),
    ],
)  # fmt: skip
def test_a_damaged_tour_is_one_sentence_with_its_place(file, text, named):
    with pytest.raises(ProblemError, match=named) as caught:
        read_solution(TravellingSalesman(np.array(TABLE)), file(text))
    assert str(caught.value).startswith("case.txt")
