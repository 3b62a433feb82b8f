"""No call that only POSIX has stands without its Windows twin: a branch on the platform around it, or an earlier way out before it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("clerk_app", "local_db", "printing", "sync", "ui")

MODULES = {
    "crypt",
    "fcntl",
    "grp",
    "nis",
    "posix",
    "pty",
    "pwd",
    "readline",
    "resource",
    "spwd",
    "syslog",
    "termios",
    "tty",
}
NAMES = {
    "os": {
        "O_CLOEXEC", "O_DSYNC", "O_PATH", "O_SYNC", "O_TMPFILE", "WEXITSTATUS", "WIFSIGNALED", "WNOHANG", "WTERMSIG", "fchdir",
        "fdatasync", "fpathconf", "getpriority", "getxattr", "major", "makedev", "memfd_create", "pathconf", "pidfd_open", "preadv",
        "pwritev", "readv", "register_at_fork", "sched_setscheduler", "sched_yield", "setpriority", "setxattr", "waitid", "writev",
        "O_DIRECTORY", "O_NOCTTY", "O_NOFOLLOW", "O_NONBLOCK", "WIFEXITED", "chown", "chroot", "confstr", "fchmod", "fchown",
        "fork", "forkpty", "getegid", "geteuid", "getgid", "getgroups", "getloadavg", "getpgid", "getresuid", "getsid", "getuid",
        "initgroups", "killpg", "lchown", "lockf", "mkfifo", "mknod", "nice", "openpty", "posix_fadvise", "posix_fallocate",
        "posix_spawn", "pread", "pwrite", "sched_getaffinity", "sched_setaffinity", "sendfile", "setgid", "setgroups", "setsid",
        "setuid", "statvfs", "sync", "sysconf", "tcgetpgrp", "ttyname", "uname", "wait", "wait3", "wait4",
    },
    "signal": {
        "SIGALRM", "SIGCHLD", "SIGCONT", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGSTOP", "SIGTSTP", "SIGUSR1", "SIGUSR2",
        "SIGWINCH", "alarm", "pause", "pthread_kill", "pthread_sigmask", "setitimer", "sigwait",
    },
    "socket": {"AF_UNIX", "SO_REUSEPORT", "socketpair"},
    "time": {"clock_settime", "pthread_getcpuclockid", "tzset"},
    "asyncio": {"open_unix_connection", "start_unix_server"},
}  # fmt: skip
KEYWORDS = {"preexec_fn", "pass_fds"}

TWINS = {
    ("sync/gateway/workers.py", "_start"): "run_workers, its only caller, refuses where the system cannot fork",
}
"""Calls whose twin stands elsewhere, and where."""


def posix_calls(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Line, enclosing function and what is called, for each use that has no twin."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        what = _posix_only(node)
        if what and not _has_a_twin(node, parents):
            function = _enclosing(node, parents)
            yield node.lineno, function, what  # type: ignore[attr-defined]


def _posix_only(node: ast.AST) -> str:
    if isinstance(node, ast.Import):
        return next((alias.name for alias in node.names if alias.name in MODULES), "")
    if isinstance(node, ast.ImportFrom):
        if node.module in MODULES:
            return node.module
        wanted = NAMES.get(node.module or "", set())
        return next((f"{node.module}.{alias.name}" for alias in node.names if alias.name in wanted), "")
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}" if node.attr in NAMES.get(node.value.id, set()) else ""
    if isinstance(node, ast.keyword) and node.arg in KEYWORDS:
        return node.arg
    return ""


def _asks_the_platform(test: ast.AST) -> bool:
    words = ast.unparse(test)
    return any(each in words for each in ("os.name", "sys.platform", "hasattr(os", "hasattr(signal", "hasattr(socket"))


def _leaves(body: list[ast.stmt]) -> bool:
    return isinstance(body[-1], ast.Return | ast.Raise | ast.Continue)


def _has_a_twin(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    child: ast.AST = node
    while child in parents:
        above = parents[child]
        if isinstance(above, ast.If | ast.IfExp) and child is not above.test and _asks_the_platform(above.test):
            return True
        if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef):
            before = above.body[: above.body.index(child)] if child in above.body else []
            if any(
                isinstance(each, ast.If) and _asks_the_platform(each.test) and _leaves(each.body) for each in before
            ):
                return True
        child = above
    return False


def _enclosing(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> str:
    while node in parents:
        node = parents[node]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return node.name
    return ""


def test_every_posix_call_has_its_windows_twin():
    alone = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            for line, function, what in posix_calls(ast.parse(path.read_text(encoding="utf-8"))):
                if (name, function) not in TWINS:
                    alone.append(f"{name}:{line} {what}")
    assert alone == []


def test_each_twin_elsewhere_is_still_needed():
    for (name, function), reason in TWINS.items():
        calls = posix_calls(ast.parse((ROOT / name).read_text(encoding="utf-8")))
        assert function in {each for _line, each, _what in calls}, name
        assert reason


@pytest.mark.parametrize(
    "planted",
    [
        "import os\npid = os.fork()",
        "import fcntl",
        "from os import getuid",
        "import os\nos.fdatasync(file)",
        "import os, signal\ndef stop(pid):\n    os.kill(pid, signal.SIGKILL)",
        "import os\ndef who():\n    if fast:\n        return os.getuid()",
        "import os, sys\ndef who():\n    if sys.platform == 'win32':\n        pass\n    return os.getuid()",
        "import subprocess\nsubprocess.run(['x'], preexec_fn=f)",
    ],
)
def test_a_planted_call_is_found(planted):
    assert list(posix_calls(ast.parse(planted)))


@pytest.mark.parametrize(
    "planted",
    [
        "import os\nif os.name == 'posix':\n    import fcntl\nelse:\n    import msvcrt",
        "import os, sys\ndef who():\n    if sys.platform == 'win32':\n        return 0\n    return os.getuid()",
        "import os\nuser = os.getuid() if hasattr(os, 'getuid') else 0",
        "import os\nos.kill(pid, 15)",
    ],
)
def test_a_call_with_its_twin_is_left_alone(planted):
    assert not list(posix_calls(ast.parse(planted)))
