"""The program folder behind its port: what the disk says of it becomes a sentence."""

from __future__ import annotations

from collections.abc import Callable

from clerk_app.domain.releases import Policy
from clerk_app.domain.versions import Versions
from clerk_app.launching.folder import ProgramFolder
from sync.updates.faults import disk_trouble


class Programs:
    """ports.Programs over a program folder."""

    def __init__(self, folder: ProgramFolder) -> None:
        self.folder = folder

    def read(self) -> Versions:
        return self.folder.read()

    def change(self, change: Callable[[Versions], Versions]) -> Versions:
        try:
            return self.folder.change(change)
        except OSError as error:
            raise disk_trouble(error) from error

    def policy(self) -> Policy:
        return self.folder.policy()

    def set_policy(self, policy: Policy) -> None:
        try:
            self.folder.set_policy(policy)
        except OSError as error:
            raise disk_trouble(error) from error
