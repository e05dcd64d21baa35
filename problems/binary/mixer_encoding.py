"""One-hot rows left to the solver: no penalty for what a mixer or a move keeps by itself."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from problems.binary.blocks import Blocks, disjoint_one_hot_rows
from problems.binary.encodings import Encoding, SlackFreeEncoding
from problems.binary.presolve.fixing import select_rows
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo
from problems.contract import Array, Reduction
from problems.errors import ProblemError


@dataclass(frozen=True)
class MixerEncoding(Encoding):
    """Name disjoint one-hot rows as blocks of the QUBO; write all other rows by another encoding.

    The QUBO's solver must keep the blocks: QAOA by an XY or Grover mixer that starts inside them (Hadfield et
    al., arXiv 1709.03489). Of the rows and columns of an assignment one kind becomes blocks, the other stays
    a penalty.

    Attributes:
        rest: Writes the rows that are no blocks.
    """

    rest: Encoding = field(default_factory=SlackFreeEncoding)

    def __post_init__(self):
        if not isinstance(self.rest, Encoding) or isinstance(self.rest, MixerEncoding):
            raise ProblemError("rest", self.rest, "an Encoding of another kind")

    def qubits(self, program: BinaryProgram) -> int:
        """Return the width of the other encoding without the rows that became blocks."""
        return self.rest.qubits(_without_blocks(program)[0])

    def one_hot(self, program: BinaryProgram) -> Blocks:
        """Return the variables of the chosen rows."""
        return disjoint_one_hot_rows(program)[1]

    def encode(self, program: BinaryProgram) -> Reduction[Array]:
        """Return the QUBO with its blocks; bounds carry over as those of the other encoding do.

        Raises:
            ProblemError: If no row is one-hot: there is nothing to leave to a mixer then.
        """
        others, blocks = _without_blocks(program)
        if not blocks:
            raise ProblemError("the rows of the program", "none that is one-hot", "at least one row Σx == 1")
        reduction = self.rest.encode(others)
        assert isinstance(reduction.problem, Qubo)
        return replace(reduction, problem=replace(reduction.problem, one_hot=blocks))


def _without_blocks(program: BinaryProgram) -> tuple[BinaryProgram, Blocks]:
    chosen, blocks = disjoint_one_hot_rows(program)
    keep = np.ones(len(program.constraints), dtype=bool)
    keep[list(chosen)] = False
    return replace(program, rows=select_rows(program.constraints, keep)), blocks
