"""What every test stands on: Qt without a display, and the hypothesis profiles."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Before any Qt import. A developer who wants to see the windows sets QT_QPA_PLATFORM=xcb.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# No deadline: two cores are shared by the workers, and a slow moment is not a bug.
settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile(
    "ci", max_examples=100, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if os.environ.get("CI") else "dev")
