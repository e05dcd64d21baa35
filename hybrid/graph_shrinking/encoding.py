"""The slack-free encoding around its centre: prices and centres of the rows drawn near those of the data.

One shrinking follows one surrogate, and where its prices are a little off, so is everything after it; a few
restarts from scattered ones are cheap insurance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from problems.binary.encodings import SlackFreeEncoding, SoftRow
from problems.binary.program import BinaryProgram
from problems.checking import check_integer, check_number


@dataclass(frozen=True)
class ScatteredEncoding(SlackFreeEncoding):
    """``SlackFreeEncoding`` with each inequality's price times 1 ± spread and its centre times 0 … 2.

    Attributes:
        price_spread: Half the width of the uniform factor on each row's price.
        centre_spread: Half the width of the uniform factor on each row's centre, about 1.
        seed: Of the factors.
    """

    price_spread: float = 0.15
    centre_spread: float = 1.0
    seed: int = 0

    def __post_init__(self):
        super().__post_init__()
        check_number("price_spread", self.price_spread, 0.0, 1.0)
        check_number("centre_spread", self.centre_spread, 0.0, 1.0)
        check_integer("seed", self.seed, 0)

    def _inequalities(self, program: BinaryProgram) -> list[SoftRow]:
        rng = np.random.default_rng(self.seed)
        rows = super()._inequalities(program)
        prices = 1.0 + self.price_spread * rng.uniform(-1.0, 1.0, len(rows))
        centres = 1.0 + self.centre_spread * rng.uniform(-1.0, 1.0, len(rows))
        return [
            replace(row, price=row.price * price, centre=row.centre * centre)
            for row, price, centre in zip(rows, prices, centres, strict=True)
        ]
