"""python -m clerk_app, and the frozen program: first the choice of the version that runs, then the command line."""

from __future__ import annotations

import sys

from clerk_app.launching.start import start


def main() -> int:
    """The exit code. The command line, with everything that it imports, comes only once this version is the chosen one."""
    code = start(sys.argv[1:])
    if code is not None:
        return code
    from clerk_app.cli import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
