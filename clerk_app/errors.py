"""The error tree: three kinds of trouble, split by whose turn it is.

    AppError                      everything this program raises on purpose
    ├── EnvironmentProblem        the surroundings: wait or try again (exit code 4)
    │   ├── StorageProblem            foreign, damaged or missing database
    │   │   ├── NotEnrolled               what the enrolment brought is lost: an administrator enrols the window anew
    │   │   └── DiskProblem               full, locked, read-only, failing: another version would meet it too
    │   ├── LineProblem               no line, time-out, an answer that is not one (500, HTML, half a JSON)
    │   │   └── ShutOut                   the gateway takes the window's certificate no more: waiting does not help
    │   ├── DeviceProblem             camera, reader or printer gone
    │   ├── KeyProblem                wrong PIN, locked, key slot missing
    │   └── Stopped                   work behind the window, broken off because nobody is signed in any more
    ├── Refused                   a rule says no: a person must act (exit code 3)
    │   └── BadInput                  outside data that is not what it should be
    ├── Usage                     the command line was written wrongly (exit code 2)
    └── Bug                       ours: crash report without personal data (exit code 70)

Each message is a calm Chinese sentence for the clerk in three parts: what happened, what is safe, what to do. No personal
datum ever stands in one: texts end up in logs and on shared screens.
"""

from __future__ import annotations

EXIT_DONE, EXIT_USAGE, EXIT_REFUSED, EXIT_ENVIRONMENT, EXIT_BUG = 0, 2, 3, 4, 70


class AppError(Exception):
    """Anything raised on purpose. ``message`` says what happened; the other two what is safe and what to do."""

    exit_code = EXIT_BUG

    def __init__(self, message: str, *, what_is_safe: str = "", what_to_do: str = "") -> None:
        super().__init__(message)
        self.message, self.what_is_safe, self.what_to_do = message, what_is_safe, what_to_do

    def sentence(self) -> str:
        """The whole text as one line for a terminal or a toast."""
        return "".join(part for part in (self.message, self.what_is_safe, self.what_to_do) if part)


class EnvironmentProblem(AppError):
    """The surroundings are at fault; nothing is lost; waiting or trying again may help."""

    exit_code = EXIT_ENVIRONMENT


class StorageProblem(EnvironmentProblem):
    """Disk, file or database. After a failed commit the outcome is unknown: look again before retrying."""


class NotEnrolled(StorageProblem):
    """The folder opens, and what enrolling the window brought is not in it: a damaged disk took it. Cases are untouched."""


class DiskProblem(StorageProblem):
    """The disk or the system and not what is stored: no room, held by another program, no rights, a read or write that failed."""


class LineProblem(EnvironmentProblem):
    """The gateway could not be reached, or what answered was not a gateway. ``retry_after_s`` when it said so."""

    def __init__(
        self, message: str, *, what_is_safe: str = "", what_to_do: str = "", retry_after_s: float | None = None
    ) -> None:
        super().__init__(message, what_is_safe=what_is_safe, what_to_do=what_to_do)
        self.retry_after_s = retry_after_s


class ShutOut(LineProblem):
    """The gateway takes the window's certificate no more (it ended, or another one took its place): a person must have the window
    enrolled anew. Whatever is waiting waits on."""


class DeviceProblem(EnvironmentProblem):
    """A camera, reader or printer is missing or does not answer."""


class KeyProblem(EnvironmentProblem):
    """The vault stays locked: wrong PIN, missing key slot, missing device secret. ``retry_after_s``: no try before that."""

    def __init__(
        self, message: str, *, what_is_safe: str = "", what_to_do: str = "", retry_after_s: float = 0.0
    ) -> None:
        super().__init__(message, what_is_safe=what_is_safe, what_to_do=what_to_do)
        self.retry_after_s = retry_after_s


class Stopped(EnvironmentProblem):
    """Work behind the window was broken off, or begun too late, because the clerk signed out or the window closes. What it had
    half done is undone; it is nobody's fault and comes round again."""

    def __init__(self) -> None:
        super().__init__(
            "这里已经退出登录，后台的这一步停下了。", what_is_safe="数据都在。", what_to_do="登录后会再做。"
        )


class Refused(AppError):
    """A rule says no. ``reasons`` are whole sentences, each with a way to mend it."""

    exit_code = EXIT_REFUSED

    def __init__(
        self, message: str, *, reasons: tuple[str, ...] = (), what_is_safe: str = "", what_to_do: str = ""
    ) -> None:
        super().__init__(message, what_is_safe=what_is_safe, what_to_do=what_to_do)
        self.reasons = reasons or (message,)


class BadInput(Refused):
    """Data from outside that cannot be used: a code, a file, an answer, a frame."""


class Usage(AppError):
    """A command was written wrongly: nothing was done."""

    exit_code = EXIT_USAGE


class Bug(AppError):
    """Something that this program should have made impossible."""

    exit_code = EXIT_BUG
