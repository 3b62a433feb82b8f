"""A Debian 12 of its own to try the packages in: a chroot with what a package declares and nothing else. Needs root and a mirror."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

PIN = "246810"
_PATIENCE_S = 1200
USER, HOME = "clerk", Path("/home/clerk")
ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", "TERM": "dumb",
}  # fmt: skip


class Failed(Exception):
    """A package did not do what it should."""


def become(user: str) -> list[str]:
    """Becomes that user in place, so that a signal reaches the program itself."""
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--"]


class Debian:
    """A chroot; commands run in it as root, or as the clerk."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *words: str, code: int = 0, stdin: str = "", **env: str) -> str:
        """As root; standard output and error together. Raises Failed for another exit code."""
        return self._ask(("chroot", str(self.root)), words, code, stdin, env)

    def alone(self, *words: str, code: int = 0, **env: str) -> str:
        """As ``run``, with no network at all."""
        return self._ask(("unshare", "--net", "chroot", str(self.root)), words, code, "", env)

    def _ask(
        self, through: tuple[str, ...], words: tuple[str, ...], code: int, stdin: str, env: Mapping[str, str]
    ) -> str:
        done = subprocess.run(
            [*through, *words], input=stdin, env={**ENVIRONMENT, **env}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=_PATIENCE_S,
        )  # fmt: skip
        if done.returncode != code:
            raise Failed(f"{' '.join(words)[:200]}: exit {done.returncode}\n{done.stdout[-3000:]}")
        return done.stdout

    def clerk_command(self, *words: str) -> list[str]:
        return ["chroot", str(self.root), *become(USER), *words]

    def clerk(self, *words: str, code: int = 0, stdin: str = "", **env: str) -> str:
        """As the clerk, whose standard output it gives."""
        inner = {**ENVIRONMENT, "HOME": str(HOME), "CLERK_APP_PIN": PIN, "QT_QPA_PLATFORM": "offscreen", **env}
        done = subprocess.run(
            self.clerk_command(*words),
            input=stdin,
            env=inner,
            text=True,
            capture_output=True,
            check=False,
            timeout=_PATIENCE_S,
        )
        if done.returncode != code:
            raise Failed(
                f"{' '.join(words)[:200]}: exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
            )
        return done.stdout

    @contextmanager
    def going(self, *words: str, **env: str) -> Iterator[subprocess.Popen[str]]:
        """A program of the clerk's that goes on; ended here."""
        inner = {**ENVIRONMENT, "HOME": str(HOME), "CLERK_APP_PIN": PIN, "QT_QPA_PLATFORM": "offscreen", **env}
        process = subprocess.Popen(
            self.clerk_command(*words), env=inner, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)

    def path(self, inside: Path | str) -> Path:
        return self.root / str(inside).lstrip("/")


def bootstrap(base: Path) -> None:
    """A minimal Debian 12 from the mirror that this machine uses, made once."""
    if (base / "usr/bin/apt-get").exists():
        return
    sources = "\n".join(path.read_text() for path in Path("/etc/apt").glob("sources.list*") if path.is_file())
    sources += "\n".join(path.read_text() for path in Path("/etc/apt/sources.list.d").glob("*"))
    found = re.search(r"(https?://\S+/debian)/?(\s|$)", sources)
    mirror = found[1] if found else "http://deb.debian.org/debian"
    shutil.rmtree(base, ignore_errors=True)
    command = ["debootstrap", "--variant=minbase", "--include=ca-certificates", "bookworm", str(base), mirror]
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise Failed(done.stdout[-3000:])


def prepare(base: Path, root: Path) -> Debian:
    """A copy of it with /proc, /dev and this machine's way to the mirror; a user at the counter."""
    shutil.rmtree(root, ignore_errors=True)
    subprocess.run(["cp", "-a", str(base), str(root)], check=True)
    for kind, place in (("proc", "proc"), ("tmpfs", "dev/shm"), ("devpts", "dev/pts")):
        (root / place).mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "-t", kind, kind, str(root / place)], check=True)
    for name in ("null", "zero", "random", "urandom", "tty"):
        device = root / "dev" / name
        if not device.exists():
            subprocess.run(["cp", "-a", f"/dev/{name}", str(device)], check=True)
    for file in (
        Path("/etc/resolv.conf"),
        *Path("/etc/apt/apt.conf.d").glob("*proxy*"),
        Path("/etc/ssl/certs/ca-certificates.crt"),
    ):
        if file.exists():
            shutil.copyfile(file, root / str(file).lstrip("/"))
    (root / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
    (root / "usr/sbin/policy-rc.d").chmod(0o755)
    box = Debian(root)
    box.run("useradd", "--create-home", USER)
    return box
