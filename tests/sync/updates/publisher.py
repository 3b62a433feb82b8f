"""A publisher for tests: keys, a repository, and a clock that can be set."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from clerk_app.bootstrap.updates import platform_id
from sync.updates.carrying import write_bundle
from sync.updates.publishing import Repository
from tests.sync.updates.payload import make_tree

PHRASE = b"correct horse"


class Publisher:
    """``now`` moves by hand."""

    def __init__(self, folder: Path, now: dt.datetime | None = None) -> None:
        self.folder, self.now = folder, now or dt.datetime.now(dt.UTC)
        self.repository = Repository(folder / "repository", folder / "keys", PHRASE)
        self.repository.found(self.now)
        self.root = folder / "repository" / "metadata" / "1.root.json"
        self._bundles = 0

    def publish(self, version: str, *, platform: str = "", notes: str = "", **plan: object) -> Path:
        """Sign a payload as a release; its tree."""
        tree = make_tree(self.folder / "trees" / version, version, **plan)  # type: ignore[arg-type]
        self.repository.add(tree, version, platform or platform_id(), 5, notes, self.now)
        return tree

    def bundle(self, since: str = "") -> Path:
        """One file as the repository stands now."""
        self._bundles += 1
        target = self.folder / f"update-{self._bundles}.clerkupdate"
        write_bundle(self.repository, target, platform_id(), since)
        return target
