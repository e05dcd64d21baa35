"""One minimisation spread over workers: training nodes or quantum devices, some of them faulty."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "AggregationProblem": "problems.distributed.aggregation",
    "Attack": "problems.distributed.attacks",
    "CoherentDirection": "problems.distributed.attacks",
    "ConstantOffset": "problems.distributed.attacks",
    "DecentralisedRun": "problems.distributed.decentralised",
    "DecentralisedTraining": "problems.distributed.decentralised",
    "DroppedCoordinates": "problems.distributed.attacks",
    "Fleet": "problems.distributed.fleet",
    "GaussianNoise": "problems.distributed.attacks",
    "GaussianPixels": "problems.distributed.augmentation",
    "InnerProduct": "problems.distributed.attacks",
    "LittleIsEnough": "problems.distributed.attacks",
    "MessageLog": "problems.distributed.message_log",
    "PredatorPreyPixels": "problems.distributed.augmentation",
    "Reversal": "problems.distributed.attacks",
    "UniformNoise": "problems.distributed.attacks",
    "WorkerSchedule": "problems.distributed.decentralised",
    "augmented": "problems.distributed.augmentation",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from problems.distributed.aggregation import AggregationProblem
    from problems.distributed.attacks import (
        Attack,
        CoherentDirection,
        ConstantOffset,
        DroppedCoordinates,
        GaussianNoise,
        InnerProduct,
        LittleIsEnough,
        Reversal,
        UniformNoise,
    )
    from problems.distributed.augmentation import GaussianPixels, PredatorPreyPixels, augmented
    from problems.distributed.decentralised import DecentralisedRun, DecentralisedTraining, WorkerSchedule
    from problems.distributed.fleet import Fleet
    from problems.distributed.message_log import MessageLog
