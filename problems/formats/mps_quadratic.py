"""The sections of an MPS file with products of columns, and which half of the matrix each of them holds."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping

from problems.formats.mps_cards import Card


class QuadraticCards:
    """Adds cards ``column column value`` to the products of a row.

    - QUADOBJ and QSECTION hold one triangle of the symmetric Q in ½ xᵀQx: off the diagonal a value is the
      coefficient, on it twice the coefficient. QSECTION may also belong to a row (MOSEK).
    - QMATRIX holds all of Q in ½ xᵀQx: each half gives half its value.
    - QCMATRIX holds all of Q in xᵀQx, in a row: each half gives its value.

    Args:
        section: Its name.
        products: What the cards add to; ``(i, j)`` with ``i <= j``.
        columns: The index of each column by name.
    """

    def __init__(
        self, section: str, products: MutableMapping[tuple[int, int], float], columns: Mapping[str, int]
    ):
        self._products, self._columns = products, columns
        self._triangle = section in ("QUADOBJ", "QSECTION")
        self._factor = 1.0 if section == "QCMATRIX" else 0.5
        self._entries: dict[tuple[int, int], tuple[float, Card]] = {}

    def apply(self, card: Card) -> None:
        """Add a card.

        Raises:
            ProblemError: Naming the card, if a column is unknown, or an entry stands twice.
        """
        if len(card.fields) != 3:
            raise card.error("two columns and a value")
        for name in card.fields[:2]:
            if name not in self._columns:
                raise card.error(f"columns of the file, not {name}")
        i, j = (self._columns[name] for name in card.fields[:2])
        pair = (min(i, j), max(i, j))
        entry = pair if self._triangle else (i, j)
        if entry in self._entries:
            half = "one triangle" if self._triangle else "each entry"
            raise card.error(f"{half} of the matrix, once", "QMATRIX holds both" if self._triangle else "")
        value = card.number(2, "the value")
        self._entries[entry] = (value, card)
        factor = 1.0 if self._triangle and i != j else self._factor
        self._products[pair] = self._products.get(pair, 0.0) + factor * value

    def check(self) -> None:
        """Refuse a matrix that was to be whole and is not symmetric.

        Raises:
            ProblemError: Naming a card whose counterpart is missing or another.
        """
        if self._triangle:
            return
        for (i, j), (value, card) in self._entries.items():
            if self._entries.get((j, i), (0.0, card))[0] != value:
                raise card.error("the same value in both halves of the matrix", "QUADOBJ holds one half")
