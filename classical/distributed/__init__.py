"""Methods for a fleet of workers: robust aggregation of gradients, and descent on one byte a measurement."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "AdamStep": "classical.distributed.step_rules",
    "Aggregate": "classical.distributed.aggregate",
    "Aggregator": "classical.distributed.aggregator",
    "Bulyan": "classical.distributed.krum",
    "CoordinateMedian": "classical.distributed.medians",
    "FlagAggregator": "classical.distributed.flag_aggregator",
    "GeometricMedian": "classical.distributed.medians",
    "Krum": "classical.distributed.krum",
    "Mean": "classical.distributed.means",
    "MeanAroundMedian": "classical.distributed.medians",
    "MomentumStep": "classical.distributed.step_rules",
    "MultiKrum": "classical.distributed.krum",
    "NormalisedMean": "classical.distributed.means",
    "OneByteSpsa": "classical.distributed.one_byte",
    "Phocas": "classical.distributed.medians",
    "PlainStep": "classical.distributed.step_rules",
    "PublishedFlagAggregator": "classical.distributed.flag_aggregator",
    "RobustTraining": "classical.distributed.robust_training",
    "SubspaceSweep": "classical.distributed.subspace_sweep",
    "TrimmedMean": "classical.distributed.medians",
    "sweep_subspaces": "classical.distributed.subspace_sweep",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from classical.distributed.aggregate import Aggregate
    from classical.distributed.aggregator import Aggregator
    from classical.distributed.flag_aggregator import FlagAggregator, PublishedFlagAggregator
    from classical.distributed.krum import Bulyan, Krum, MultiKrum
    from classical.distributed.means import Mean, NormalisedMean
    from classical.distributed.medians import (
        CoordinateMedian,
        GeometricMedian,
        MeanAroundMedian,
        Phocas,
        TrimmedMean,
    )
    from classical.distributed.one_byte import OneByteSpsa
    from classical.distributed.robust_training import RobustTraining
    from classical.distributed.step_rules import AdamStep, MomentumStep, PlainStep
    from classical.distributed.subspace_sweep import SubspaceSweep, sweep_subspaces
