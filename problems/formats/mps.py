"""MPS files, free and fixed, with integers and products: what bits and integers need, read and written.

- **Layout.** Fields stand between blanks; a file that does not read so but keeps to the columns of the
  fixed format, where names may hold blanks, is read by columns. ``*`` in column 1 begins a comment.
- **Objective.** The first N row, or the one of OBJNAME; further N rows are no constraints and are left out,
  as the standard has it. Its right-hand side is minus the constant. OBJSENSE stands on a line of its own or
  before MAX or MIN.
- **Rows.** RANGES gives a row a second side: an L row goes down by |R|, a G row up by |R|, an E row up by R
  > 0 or down by −R > 0. It becomes ``name (lower)`` and ``name (upper)``. LAZYCONS and USERCUTS are read as
  rows.
- **Columns.** 0 to ∞ unless bounded; between the markers INTORG and INTEND integers, 0 to 1 unless bounded.
  A negative upper bound without a lower one opens the lower side. See ``mps_bounds``.
- **Products.** QUADOBJ and QSECTION hold a triangle of Q in ½ xᵀQx, QMATRIX all of it, QCMATRIX all of Q in
  xᵀQx.
- **Refused, by line**: SOS, INDICATORS, GENCONS, semi-continuous bounds, entries that stand twice, columns
  in pieces, a second vector of right sides, ranges or bounds. Refused by name: continuous columns, and
  integers without finite bounds.

Sources: IBM ILOG CPLEX, Gurobi and MOSEK, the MPS file format in their reference manuals.
"""

from __future__ import annotations

import os
from pathlib import Path

from problems.binary.integer import IntegerProgram
from problems.binary.program import BinaryProgram
from problems.errors import ProblemError
from problems.formats.lp_labels import Labels
from problems.formats.lp_parts import Parts, Writable
from problems.formats.mps_cards import fixed_cards, free_cards
from problems.formats.mps_sections import CardReader
from problems.formats.mps_writing import CardWriter
from problems.formats.numbers import check_index, read_text, split_lines, write_text


def read_mps(path: str | os.PathLike[str], index: int | None = None) -> BinaryProgram | IntegerProgram:
    """Read a program; one of bits and linear rows alone comes as a ``BinaryProgram``.

    Args:
        path: The file.
        index: 1 or None: a file holds one program.

    Raises:
        ProblemError: Naming file, line, what stands there and what was expected.
    """
    check_index(path, index, 1)
    file, lines = Path(path).name, split_lines(read_text(path))
    comments = [(number, line[1:]) for number, line in enumerate(lines, start=1) if line.startswith("*")]
    labels = Labels.of(file, comments)
    free = CardReader(file, labels)
    try:
        return free.problem(free_cards(lines, file))
    except ProblemError as error:
        cards, first = fixed_cards(lines, file), error
    fixed = CardReader(file, labels)
    try:
        return fixed.problem(cards or [])
    except ProblemError as error:
        # the layout that could be read further is the one that was meant
        raise (error if fixed.line > free.line else first) from None


def write_mps(problem: Writable, path: str | os.PathLike[str], fixed: bool = False) -> Path:
    """Write a program; numbers read back as the same floats, variables and rows in the same order.

    Names that the format cannot hold are translated in comments, which the reader takes back; other programs
    see ``variable_3``. The best known objective stands in a comment. A ``Qubo`` is read back as the program
    without rows. How integers become bits is not kept.

    Args:
        problem: What to write.
        path: The file.
        fixed: Whether fields stand in the columns of the fixed format, with names of at most 8 characters and
            numbers of at most 12.

    Raises:
        ProblemError: If a variable is a spin, a number does not fit, or the file cannot be written.
    """
    return write_text(path, "\n".join(CardWriter(Parts.of(problem), fixed).lines()) + "\n")
