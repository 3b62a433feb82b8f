"""A real CUPS scheduler: its own socket, spool and a back end that drops each paper in a folder."""

from __future__ import annotations

import os
import subprocess
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SCHEDULER = Path("/usr/sbin/cupsd")
EXECUTOR = Path("/usr/lib/cups/daemon/cups-exec")

BACKEND = """\
#!/bin/sh
# The tray of a printer: one file for each job. A tray named broken takes nothing; one named hungry has no paper until there
# is a file named paper in it, and says so as real ones do.
[ $# -eq 0 ] && { echo 'direct tray "Unknown" "Tray"'; exit 0; }
out="${DEVICE_URI#tray:}"
case "$out" in */broken) exit 1;; esac
case "$out" in */hungry)
  while [ ! -e "$out/paper" ]; do echo 'STATE: +media-empty-error' >&2; sleep 0.2; done
  echo 'STATE: -media-empty-error' >&2;;
esac
if [ $# -ge 6 ]; then cat "$6" > "$out/$1.part"; else cat > "$out/$1.part"; fi
mv "$out/$1.part" "$out/$1.pdf"
"""


@dataclass(slots=True)
class Cups:
    """A running scheduler. ``run`` calls one of its commands."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the scheduler and wait until it answers."""
        self.process = subprocess.Popen(
            [SCHEDULER, "-f", "-c", self.folder / "cupsd.conf", "-s", self.folder / "files.conf"]
        )
        _until_answering(self, self.process)

    def stop(self) -> None:
        """End it, as a restart of the PC does."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(20)

    def run(self, *command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, env=self.environment)

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "CUPS_SERVER": str(self.folder / "cups.sock"), "LC_ALL": "C.UTF-8"}

    def tray(self, name: str, policy: str = "retry-current-job") -> Path:
        """A new queue; returns the folder where its papers come out."""
        tray = self.folder / "trays" / name
        tray.mkdir(parents=True)
        self.run(
            "/usr/sbin/lpadmin",
            "-p",
            name,
            "-E",
            "-v",
            f"tray:{tray}",
            "-m",
            "raw",
            "-o",
            f"printer-error-policy={policy}",
        )
        return tray


@contextmanager
def scheduler_in(folder: Path) -> Iterator[Cups]:
    """A scheduler that keeps everything of its own in an empty folder; stopped at the end."""
    assert SCHEDULER.exists(), "cups-daemon and cups-client are wanted: see apt-packages.txt"
    for name in ("spool", "cache", "run", "temp", "bin/backend", "bin/daemon", "bin/filter"):
        (folder / name).mkdir(parents=True)
    backend = folder / "bin/backend/tray"
    backend.write_text(BACKEND)
    backend.chmod(0o700)  # so that the scheduler runs it as itself
    (folder / "bin/daemon/cups-exec").symlink_to(EXECUTOR)
    (folder / "files.conf").write_text(
        textwrap.dedent(f"""\
            ServerRoot {folder}
            ServerBin {folder}/bin
            RequestRoot {folder}/spool
            CacheDir {folder}/cache
            StateDir {folder}/run
            TempDir {folder}/temp
            AccessLog {folder}/access_log
            ErrorLog {folder}/error_log
            PageLog {folder}/page_log
            FileDevice Yes
        """)
    )
    (folder / "cupsd.conf").write_text(
        textwrap.dedent(f"""\
            Listen {folder}/cups.sock
            LogLevel info
            Browsing Off
            DefaultAuthType None
            WebInterface No
            PreserveJobHistory Yes
            PreserveJobFiles No
            <Location />
              Order allow,deny
              Allow all
            </Location>
            <Location /admin>
              Order allow,deny
              Allow all
            </Location>
            <Policy default>
              <Limit All>
                Order deny,allow
                Allow all
              </Limit>
            </Policy>
        """)
    )
    cups = Cups(folder)
    cups.start()
    try:
        yield cups
    finally:
        cups.stop()


def _until_answering(cups: Cups, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        answer = subprocess.run(["lpstat", "-r"], env=cups.environment, capture_output=True, check=False)
        if b"is running" in answer.stdout:
            return
    raise AssertionError((cups.folder / "error_log").read_text() if (cups.folder / "error_log").exists() else "no log")
