"""Before anything else is imported: run the version that is in use, watch one that is on trial, and take it back when it fails.

On POSIX a proven version takes this process over (exec); on Windows, where exec only looks like it, and for a version on trial
everywhere, this small process waits and hands the exit code on.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from contextlib import suppress
from types import FrameType

from clerk_app import __version__
from clerk_app.domain.versions import INSTALLED, cannot_run, ended_well, to_start
from clerk_app.launching.folder import ProgramFolder, data_folder_of, program_folder

LAUNCHED_VARIABLE = "CLERK_APP_LAUNCHED"
"""Set for the version that was chosen: it does not choose again. ``INSTALLED_VARIABLE``: how the installed program is started."""
INSTALLED_VARIABLE = "CLERK_APP_INSTALLED"
ORDERLY = frozenset({0, 2, 3, 4})
"""Exit codes of a program that knew what it was doing (see clerk_app/errors.py); anything else before a sign-in is a bad start."""


def start(arguments: Sequence[str], environment: MutableMapping[str, str] = os.environ) -> int | None:
    """Run the chosen version; its exit code, or None when this very program is the chosen one and should go on."""
    if environment.get(LAUNCHED_VARIABLE) or list(arguments[:1]) == ["gateway"]:
        return None
    folder = program_folder(data_folder_of(arguments, environment), environment)
    if not folder.is_set_up() or list(arguments[:2]) == ["update", "rollback"]:
        return None  # going back has to work when a new version does not
    counted = not arguments or arguments[0].startswith("--") or arguments[0] == "window"
    try:
        return _run(folder, arguments, environment, counted=counted)
    except OSError:
        return None  # a disk that cannot even keep the state: the installed program says so in words


def _run(
    folder: ProgramFolder, arguments: Sequence[str], environment: Mapping[str, str], *, counted: bool
) -> int | None:
    while True:
        state = folder.change(lambda state: to_start(state, __version__, folder.present(), counted=counted)[0])
        version = state.running
        if version == INSTALLED:
            return None
        command = [str(folder.program(version)), *arguments]
        inner = _environment(environment, version)
        on_trial = counted and state.trial == version
        try:
            if os.name != "nt" and not on_trial:
                os.execve(command[0], command, inner)  # noqa: S606 - the chosen version takes this process over
            code, was_told = _watched(command, inner)
        except OSError:
            folder.change(lambda state, version=version: cannot_run(state, version))  # type: ignore[misc]
            continue
        if not on_trial or folder.read().trial != version:
            return code
        if was_told or code in ORDERLY:
            folder.change(lambda state, version=version: ended_well(state, version))  # type: ignore[misc]
            return code


def _watched(command: Sequence[str], environment: Mapping[str, str]) -> tuple[int, bool]:
    """The exit code of the version, and whether it was told to stop; whatever signal comes here is passed on to it.

    Raises:
        OSError: the system does not start it.
    """
    child = subprocess.Popen(command, env=dict(environment))
    told: list[int] = []

    def pass_on(number: int, _frame: FrameType | None) -> None:
        told.append(number)
        if os.name != "nt":  # there the console tells both
            child.send_signal(number)

    for name in ("SIGTERM", "SIGHUP", "SIGINT"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), pass_on)
    code = child.wait()
    return (code if code >= 0 else 128 - code), bool(told)


def _environment(environment: Mapping[str, str], version: str) -> dict[str, str]:
    inner = {**environment, LAUNCHED_VARIABLE: version, INSTALLED_VARIABLE: json.dumps(installed_program())}
    # What the boot loader of a frozen program leaves behind must not reach another frozen program.
    inner["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
    before = inner.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is not None:
        inner["LD_LIBRARY_PATH"] = before
    elif getattr(sys, "frozen", False):
        inner.pop("LD_LIBRARY_PATH", None)
    return inner


def installed_program() -> list[str]:
    """How the installed program is started: told by it to the versions that it starts."""
    told = os.environ.get(INSTALLED_VARIABLE, "")
    if told:
        with suppress(ValueError):
            words = json.loads(told)
            if isinstance(words, list) and words and all(isinstance(word, str) for word in words):
                return words
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "clerk_app"]
