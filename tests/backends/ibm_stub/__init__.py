"""A loopback server that speaks the protocol of IBM Quantum's service to its own client, for work offline.

``with Stub(devices=("manila",)) as stub:`` serves a snapshot of a device under the name ``stub_manila``;
``stub.environment`` says how a client reaches it. Jobs are simulated with the noise of the device.
"""

from tests.backends.ibm_stub.faults import (
    Answer,
    BadAnswer,
    JobFails,
    LateListing,
    LostAnswer,
    NoDevices,
    Outage,
    Slow,
    UsageLimit,
    bad_gateway,
    expired_token,
    time_limit,
    too_many_requests,
)
from tests.backends.ibm_stub.server import Stub

__all__ = [
    "Answer",
    "BadAnswer",
    "JobFails",
    "LateListing",
    "LostAnswer",
    "NoDevices",
    "Outage",
    "Slow",
    "Stub",
    "UsageLimit",
    "bad_gateway",
    "expired_token",
    "time_limit",
    "too_many_requests",
]
