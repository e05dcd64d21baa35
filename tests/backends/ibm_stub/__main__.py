"""Serve devices until Ctrl-C: ``python -m tests.backends.ibm_stub --device torino``.

The environment under which a client reaches the server is printed as lines for a shell.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from pathlib import Path

from problems.errors import HybridError
from tests.backends.ibm_stub.faults import (
    BadAnswer,
    Fault,
    LostAnswer,
    NoDevices,
    UsageLimit,
    bad_gateway,
    expired_token,
    time_limit,
    too_many_requests,
)
from tests.backends.ibm_stub.server import Stub

FAULTS: dict[str, Fault] = {
    "bad-answer": BadAnswer(),
    "bad-gateway": bad_gateway(),
    "expired-token": expired_token(),
    "lost-answer": LostAnswer(),
    "no-devices": NoDevices(),
    "time-limit": time_limit(),
    "too-many-requests": too_many_requests(),
    "usage-limit": UsageLimit(),
}


def main() -> int:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tests.backends.ibm_stub", description=__doc__)
    parser.add_argument("--device", action="append", metavar="NAME", help="short name, as torino (default)")
    parser.add_argument("--port", type=int, default=0, help="to listen on; a free one if not given")
    parser.add_argument("--state", type=Path, metavar="DIR", help="keep jobs and log in this folder")
    parser.add_argument("--seed", type=int, default=1, help="of the shots (default 1)")
    parser.add_argument("--queue-seconds", type=float, default=0.0, help="that a job waits at least")
    parser.add_argument("--run-seconds", type=float, default=0.0, help="that a job runs at least")
    parser.add_argument("--fault", action="append", choices=sorted(FAULTS), default=[], help="once, in turn")
    options = parser.parse_args()
    try:
        stub = Stub(
            options.device or ("torino",),
            options.seed,
            options.state,
            [FAULTS[name] for name in options.fault],
            port=options.port,
            queue_seconds=options.queue_seconds,
            run_seconds=options.run_seconds,
        )
    except HybridError as error:
        print(error, file=sys.stderr)
        return 2
    with stub:
        try:
            for name, value in stub.environment.items():
                print(f"export {name}={shlex.quote(value)}")
            sys.stdout.flush()
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    sys.exit(main())
