"""TSPLIB 95: round trips by coordinates or by explicit distances, and tours.

Reinelt, TSPLIB, ORSA Journal on Computing 3 (1991), and the documentation of 1995. Numbers in sections are
streams: line breaks carry no meaning.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from problems.binary.tour import TravellingSalesman
from problems.contract import Array
from problems.errors import ProblemError
from problems.formats.numbers import NumberStream, check_index, naming, read_text, shown, write_text
from problems.formats.tsplib_distances import DISTANCES, degrees, dimensions, distances
from problems.formats.tsplib_document import Document, read_document

MOST_CITIES = 10_000  # of which the table of distances takes 0.8 GB
COORDINATES, WEIGHTS, DISPLAY, TOUR = (
    "NODE_COORD_SECTION", "EDGE_WEIGHT_SECTION", "DISPLAY_DATA_SECTION", "TOUR_SECTION",
)  # fmt: skip
KEYS = (
    "NAME", "TYPE", "DIMENSION", "EDGE_WEIGHT_TYPE", "EDGE_WEIGHT_FORMAT", "NODE_COORD_TYPE",
    "DISPLAY_DATA_TYPE",
)  # fmt: skip
AXES = {"TWOD_COORDS": 2, "THREED_COORDS": 3, "NO_COORDS": 0}
# Of a symmetric table the columns of one triangle are the rows of the other.
TRIANGLES = {
    "UPPER_ROW": (True, 1), "LOWER_COL": (True, 1), "LOWER_ROW": (False, 1), "UPPER_COL": (False, 1),
    "UPPER_DIAG_ROW": (True, 0), "LOWER_DIAG_COL": (True, 0),
    "LOWER_DIAG_ROW": (False, 0), "UPPER_DIAG_COL": (False, 0),
}  # fmt: skip


def read_tours(path: str | os.PathLike[str], index: int | None = None) -> TravellingSalesman:
    """Read a problem of TYPE TSP, or of TYPE ATSP with a full matrix; cities are labelled 1 … n.

    Coordinates for pictures are those of the cities, of GEO as longitude and latitude, else the display data.

    Raises:
        ProblemError: Naming file, line, what stands there and what was expected; also for other types of
            problems and of distances, and for sections that would change the problem.
    """
    check_index(path, index, 1)
    document = read_document(path)
    kind = document.choice("TYPE", ("TSP", "ATSP"))
    document.refuse_but(KEYS, (COORDINATES, WEIGHTS, DISPLAY))
    measure = document.choice("EDGE_WEIGHT_TYPE", ("EXPLICIT", *DISTANCES))
    cities = document.integer("DIMENSION", 2, MOST_CITIES)
    points = _coordinates(document, measure, cities)
    if points is None or measure == "EXPLICIT":
        table = _explicit(document, cities, kind)
    else:
        table = _computed(document, kind, measure, points)
    picture = _picture(document, measure, cities, points)
    with naming(path):
        return TravellingSalesman(table, picture)


def write_tours(problem: TravellingSalesman, path: str | os.PathLike[str]) -> Path:
    """Write a problem with explicit distances and its coordinates as display data.

    Numbers read back as the same floats; labels and the best known length have no place in the format.
    """
    plain = problem.symmetric and not np.diagonal(problem.distances).any()
    rows = [row[i + 1 :] if plain else row for i, row in enumerate(problem.distances)]
    name = " ".join(Path(path).stem.encode("ascii", "replace").decode().split()) or "tours"
    head = [
        f"NAME : {name}",
        f"TYPE : {'TSP' if problem.symmetric else 'ATSP'}",
        f"DIMENSION : {problem.num_cities}",
        "EDGE_WEIGHT_TYPE : EXPLICIT",
        f"EDGE_WEIGHT_FORMAT : {'UPPER_ROW' if plain else 'FULL_MATRIX'}",
    ]
    body = [WEIGHTS, *(" ".join(map(shown, row.tolist())) for row in rows)]
    if problem.coordinates is not None:
        head.append("DISPLAY_DATA_TYPE : TWOD_DISPLAY")
        points = enumerate(problem.coordinates.tolist(), start=1)
        body += [DISPLAY, *(f"{k} {shown(x)} {shown(y)}" for k, (x, y) in points)]
    return write_text(path, "\n".join([*head, *body, "EOF"]) + "\n")


def read_tour(path: str | os.PathLike[str]) -> tuple[int, ...]:
    """Read the cities of a tour file in order, as they are numbered there: from 1.

    Raises:
        ProblemError: Naming file, line and what was expected; also if a city is missing or stands twice, or
            the file holds several tours.
    """
    document = read_document(path)
    document.choice("TYPE", ("TOUR",), "TOUR")
    document.refuse_but(("NAME", "TYPE", "DIMENSION"), (TOUR,))
    stream = document.section(TOUR)
    count = (
        document.integer("DIMENSION", 1, MOST_CITIES) if "DIMENSION" in document.header else stream.left - 1
    )
    cities: dict[int, None] = {}
    for k in range(1, count + 1):
        city = stream.integer(f"city {k} of the tour", 1, count)
        if city in cities:
            raise stream.refusal("each city once")
        cities[city] = None
    if "DIMENSION" not in document.header or stream.left:
        stream.integer("-1 after the tour", -1, -1)
    stream.end("one tour")
    return tuple(cities)


def read_solution(problem: TravellingSalesman, path: str | os.PathLike[str]) -> Array | None:
    """Return the bits of a tour file, or None if it is none: it has no TOUR_SECTION.

    Raises:
        ProblemError: If it is one, but of another size or no tour.
    """
    if TOUR not in read_text(path).upper().replace(":", " ").split():
        return None
    cities = np.array(read_tour(path))
    with naming(path):
        return problem.bits_of_tour(cities - 1)


def _coordinates(document: Document, measure: str, cities: int) -> Array | None:
    """Return the cities' coordinates ``[n, 2]`` or ``[n, 3]``, where there are any."""
    told = document.choice("NODE_COORD_TYPE", tuple(AXES), "") or None
    needed = None if measure == "EXPLICIT" else dimensions(measure)
    axes = AXES[told] if told else needed or 2
    if needed is not None and axes != needed:
        raise document.error("NODE_COORD_TYPE", f"{needed} coordinates per city, for {measure}")
    if COORDINATES not in document.bodies:
        if needed is not None:
            raise ProblemError(document.file, f"without {COORDINATES}", f"that section, for {measure}")
        return None
    if axes == 0:
        raise document.error(COORDINATES, "no coordinates, as NODE_COORD_TYPE says")
    return _points(document.section(COORDINATES), cities, axes)


def _points(stream: NumberStream, cities: int, axes: int) -> Array:
    """Take a city's number and its coordinates, for every city in whatever order."""
    width = axes + 1
    what = f"a city and {axes} coordinates for each of {cities}, number {{k}}"
    rows = stream.numbers(cities * width, what).reshape(cities, width)
    stream.end(f"the coordinates of {cities} cities")
    numbered = rows[:, 0]
    wrong = (numbered != np.round(numbered)) | (numbered < 1) | (numbered > cities)
    if not wrong.any():
        wrong = ~np.isin(np.arange(cities), np.unique(numbered, return_index=True)[1])  # a city's first place
    if wrong.any():
        back = width * (cities - int(np.argmax(wrong)))
        raise stream.refusal(f"the number of a city, each of 1 … {cities} once", back)
    points = np.empty((cities, axes))
    points[numbered.astype(np.int64) - 1] = rows[:, 1:]
    return points


def _computed(document: Document, kind: str, measure: str, points: Array) -> Array:
    """Return the distances by formula, after checking that nothing else speaks of them."""
    if kind == "ATSP":
        raise document.error("EDGE_WEIGHT_TYPE", "EXPLICIT, for TYPE ATSP")
    document.choice("EDGE_WEIGHT_FORMAT", ("FUNCTION",), "FUNCTION")
    if WEIGHTS in document.headings:
        raise document.error(WEIGHTS, f"no such section, as {measure} gives the distances")
    with naming(document.file):
        return distances(measure, points)


def _explicit(document: Document, cities: int, kind: str) -> Array:
    """Return the distances ``[n, n]`` of a matrix or of one triangle of it."""
    formats = ("FULL_MATRIX",) if kind == "ATSP" else ("FULL_MATRIX", *TRIANGLES)
    form, stream = document.choice("EDGE_WEIGHT_FORMAT", formats), document.section(WEIGHTS)
    if form == "FULL_MATRIX":
        table = stream.numbers(cities**2, "distance {k}").reshape(cities, cities)
        stream.end("the matrix")
        uneven = np.argwhere(table != table.T)
        if kind == "TSP" and len(uneven):
            i, j = (int(k) for k in uneven[-1])
            wanted = f"the distance of {j + 1} and {i + 1}, as TYPE TSP is symmetric"
            raise stream.refusal(wanted, cities**2 - i * cities - j)
        return table
    upper, diagonal = TRIANGLES[form]
    values = stream.numbers(cities * (cities - 1) // 2 + cities * (1 - diagonal), "distance {k}")
    stream.end("the triangle")
    table = np.zeros((cities, cities))
    places = np.triu_indices(cities, diagonal) if upper else np.tril_indices(cities, -diagonal)
    table[places] = values
    table.T[places] = values
    return table


def _picture(document: Document, measure: str, cities: int, points: Array | None) -> Array | None:
    """Return coordinates ``[n, 2]`` to draw the cities at, if there are any."""
    document.choice("DISPLAY_DATA_TYPE", ("COORD_DISPLAY", "TWOD_DISPLAY", "NO_DISPLAY"), "NO_DISPLAY")
    display = _points(document.section(DISPLAY), cities, 2) if DISPLAY in document.bodies else None
    if points is None or points.shape[1] != 2:
        return display
    return degrees(points[:, ::-1]) if measure == "GEO" else points
