"""A gateway of protocol 1: python gateway_main.py FOLDER PORT, with the zip on the path; enrolment tokens on request.

Says {"url", "port"} once it listens; ``token HALL WINDOW`` as arguments makes a token instead.
"""

# It runs on the kept release of protocol 1, whose names are not those of today.
# mypy: ignore-errors

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from clerk_app.crypto.international import InternationalSuite
from clerk_app.crypto.signer import verify_signatures
from clerk_app.domain.time import Stamp
from sync.gateway.gateway import open_gateway
from sync.gateway.serve import serve
from sync.gateway.windows import enrol_token


class WallClock:
    def now(self) -> Stamp:
        return Stamp(time.time_ns() // 1_000_000, monotonic_ms=time.monotonic_ns() // 1_000_000)


if __name__ == "__main__":
    suite = InternationalSuite(os.urandom)
    gateway = open_gateway(
        Path(sys.argv[1]), suite=suite, verify=verify_signatures, clock=WallClock(), random=os.urandom
    )
    if sys.argv[2] == "token":
        sys.stdout.write(enrol_token(gateway, sys.argv[3], sys.argv[4]) + "\n")
    else:
        serve(gateway, int(sys.argv[2]), tick_s=0.2)
