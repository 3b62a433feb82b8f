"""A version on trial is proven when somebody signed in and the database was looked over; and how a window opens again by another
version. Light: this lies on the way to the first window.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from clerk_app import __version__
from clerk_app.bootstrap.programs import Programs
from clerk_app.domain.versions import INSTALLED, Versions, proven, sign_in_failed
from clerk_app.errors import DiskProblem, KeyProblem, Refused, StorageProblem
from clerk_app.launching.folder import program_folder
from clerk_app.launching.start import LAUNCHED_VARIABLE, installed_program


def this_version_works(data: Path) -> None:
    """StorageProblem is not raised: on a disk that keeps nothing, the next start counts as one more trial."""
    launched = os.environ.get(LAUNCHED_VARIABLE, "")
    if not launched or launched != __version__:
        return
    programs = Programs(program_folder(data))
    if programs.read().trial != launched:
        return
    from clerk_app.bootstrap.updates import Updates

    try:
        programs.change(lambda state: proven(state, launched))
        Updates(data).throw_away()
    except StorageProblem:
        return


def speaks_against_a_version(error: BaseException) -> bool:
    """Whether a sign-in that failed so may be the program's own fault. A wrong PIN, a rule that says no and a disk that is full, held
    or failing are not: the version before would meet them too."""
    return not isinstance(error, KeyProblem | Refused | DiskProblem)


def this_version_cannot_open(data: Path) -> None:
    """Somebody gave the right PIN and the data did not open. Raises nothing: on a disk that keeps nothing it just does not count."""
    launched = os.environ.get(LAUNCHED_VARIABLE, "")
    if not launched or launched != __version__:
        return
    with suppress(StorageProblem):
        Programs(program_folder(data)).change(lambda state: sign_in_failed(state, launched))


def back_to(state: Versions) -> str:
    """Where going back leads, for a person; empty when nowhere."""
    if state.running == INSTALLED:
        return ""
    before = state.active if state.trial else state.previous
    return before or "安装时的版本"


def start_again(arguments: list[str]) -> None:
    """This process becomes the installed program again, which chooses the version anew. On Windows another process is started and
    this one ends. Raises StorageProblem when it cannot be started; the clerk opens it by hand then."""
    inner = {name: value for name, value in os.environ.items() if name != LAUNCHED_VARIABLE}
    inner["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
    command = [*installed_program(), *arguments]
    try:
        if os.name == "nt":
            subprocess.Popen(command, env=inner)
        else:
            sys.stdout.flush()
            os.execve(command[0], command, inner)  # noqa: S606 - the same window, by another version
    except OSError as error:
        raise StorageProblem(
            "新版本没有自动打开。", what_is_safe="办件都在。", what_to_do="请再双击一次图标。"
        ) from error
