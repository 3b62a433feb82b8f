"""The program's own folder beside a data folder: whole versions of it, and one small file that says which of them runs.

<data>-program/
  versions.json        which version runs (written durably); versions.lock guards its changes
  policy.json          how this window takes updates
  versions/0.2.0/      a whole program; versions/0.2.0.list beside it says that it is whole, and what it is made of
  staging/, pieces/    what is being fetched and put together
  trust/               the update metadata that was verified last
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from clerk_app.domain.releases import Policy
from clerk_app.domain.versions import Outcome, Version, Versions
from clerk_app.durable import alone, make_folder, write_durably

FOLDER_VARIABLE = "CLERK_APP_PROGRAM"
STATE, LOCK, POLICY = "versions.json", "versions.lock", "policy.json"
LIST = ".list"
PROGRAM = "clerk-app.exe" if os.name == "nt" else "clerk-app"


class ProgramFolder:
    """One such folder; it need not be there yet."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def versions(self) -> Path:
        return self.path / "versions"

    def tree(self, version: str) -> Path:
        return self.versions / version

    def program(self, version: str) -> Path:
        return self.tree(version) / PROGRAM

    def list_of(self, version: str) -> Path:
        """What a version is made of; written last, so a version that has it is whole."""
        return self.versions / f"{version}{LIST}"

    def is_set_up(self) -> bool:
        """Whether any version was ever brought here."""
        return (self.path / STATE).is_file()

    def present(self) -> frozenset[str]:
        """Versions that lie whole on the disk."""
        try:
            found = [path.name.removesuffix(LIST) for path in self.versions.glob(f"*{LIST}")]
        except OSError:
            return frozenset()
        return frozenset(each for each in found if _is_version(each) and self.program(each).is_file())

    def read(self) -> Versions:
        """The state; of a file that is gone or cannot be read: the installed program runs, and nothing else is known."""
        return _versions(self._json(STATE))

    def change(self, change: Callable[[Versions], Versions]) -> Versions:
        """Read, change and write the state durably, with no other process in between. Raises OSError; ``change``'s own errors."""
        make_folder(self.path)
        with alone(self.path / LOCK):
            before = self.read()
            after = change(before)
            if after != before or not self.is_set_up():
                write_durably(self.path / STATE, _bytes(after))
            return after

    def policy(self) -> Policy:
        """How this window takes updates; as usual where nothing was set."""
        told = self._json(POLICY)
        pinned = told.get("pinned")
        return Policy(
            pinned if isinstance(pinned, str) and _is_version(pinned) else "",
            str(told.get("pinned_by", "")),
            told.get("metered") is True,
            told.get("by_itself") is not False,
        )

    def set_policy(self, policy: Policy) -> None:
        """Raises OSError."""
        make_folder(self.path)
        told = {name: getattr(policy, name) for name in Policy.__slots__}
        write_durably(self.path / POLICY, json.dumps(told, ensure_ascii=False).encode())

    def _json(self, name: str) -> Mapping[str, object]:
        try:
            told = json.loads((self.path / name).read_bytes())
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}


def program_folder(data: Path, environment: Mapping[str, str] = os.environ) -> ProgramFolder:
    """The folder of a data folder: beside it, or where the environment says."""
    told = environment.get(FOLDER_VARIABLE, "")
    data = data.absolute()
    return ProgramFolder(Path(told) if told else data.with_name(f"{data.name}-program"))


def data_folder_of(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Path:
    """Which data folder a command line speaks of, found without the parser and without platformdirs."""
    for at, word in enumerate(arguments):
        if word == "--data" and at + 1 < len(arguments):
            return Path(arguments[at + 1])
        if word.startswith("--data="):
            return Path(word.removeprefix("--data="))
    if os.name == "nt":
        base = Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        told = environment.get("XDG_DATA_HOME", "").strip()
        base = Path(told) if told else Path.home() / ".local" / "share"
    return base / "clerk-app"


def _is_version(text: str) -> bool:
    try:
        Version.parse(text)
    except ValueError:
        return False
    return True


def _bytes(state: Versions) -> bytes:
    told: dict[str, object] = {name: getattr(state, name) for name in Versions.__slots__}
    return json.dumps({**told, "failed": list(state.failed), "outcome": state.outcome.value}).encode()


def _versions(told: Mapping[str, object]) -> Versions:
    def version(name: str) -> str:
        text = told.get(name)
        return text if isinstance(text, str) and _is_version(text) else ""

    starts, failed, outcome = told.get("starts"), told.get("failed"), told.get("outcome")
    return Versions(
        active=version("active"),
        previous=version("previous"),
        ready=version("ready"),
        trial=version("trial"),
        starts=starts if isinstance(starts, int) and not isinstance(starts, bool) and starts >= 0 else 0,
        failed=tuple(each for each in failed if isinstance(each, str) and _is_version(each))
        if isinstance(failed, list)
        else (),
        outcome=Outcome(outcome) if isinstance(outcome, str) and outcome in set(Outcome) else Outcome.NONE,
        about=version("about"),
    )
