"""One byte per gradient: equal copies, the codec, bandwidth, workers, churn, devices, fine-tuning."""

from __future__ import annotations

from collections.abc import Iterator

from tests.claims.table import Row


def rows(quick: bool) -> Iterator[Row]:
    """All rows; the quick form trains for a few steps and judges what does not need more."""
    from tests.claims.one_byte import churn, codecs, devices, dimension, fine_tuning, identity, workers

    yield from identity.rows(quick)
    yield from codecs.rows(quick)
    yield from workers.rows(quick)
    yield from devices.rows(quick)
    yield from churn.rows(quick)
    yield from dimension.rows(quick)
    yield from fine_tuning.rows(quick)
