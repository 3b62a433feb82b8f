"""What is offered, by the rules of The Update Framework: signed, not expired, never older than what was seen here before.

The trust starts at the root that the program carries, or that an administrator gave it once; newer roots are followed one by one,
each signed by the one before. All that was verified last is kept, so that the same rules hold between a line and a stick.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tuf.api import exceptions
from tuf.api.metadata import Metadata, Root
from tuf.ngclient import FetcherInterface, Updater

from clerk_app.domain.releases import Release
from clerk_app.domain.versions import Version
from clerk_app.durable import make_folder, sync_file, sync_folder, write_durably
from sync.updates.contents import Contents, from_bytes
from sync.updates.faults import not_what_was_signed, refused
from sync.updates.sources import NoSuchFile, Source
from sync.updates.verdicts import in_words

INDEX = "releases.json"
OWN_ROOT = "trusted_root.json"
SHIPPED = Path(__file__).with_name("root.json")
"""Put there by the build of an operator's own packages; a program without it follows no root until it is given one."""


class _Fetcher(FetcherInterface):
    def __init__(self, source: Source) -> None:
        self._source = source

    def _fetch(self, url: str) -> Iterator[bytes]:
        try:
            return iter([self._source.whole(url)])
        except NoSuchFile as error:
            raise exceptions.DownloadHTTPError(str(error), 404) from error


class Trusted:
    """The trust of one program folder. ``folder``: where what was verified is kept."""

    def __init__(self, folder: Path, shipped: Path = SHIPPED) -> None:
        self._folder, self._shipped = folder, shipped

    def root(self) -> bytes | None:
        """The root that everything starts from; None where there is none."""
        for path in (self._shipped, self._folder / OWN_ROOT):
            try:
                return path.read_bytes()
            except OSError:
                continue
        return None

    def trust(self, root: bytes) -> str:
        """Follow this root from now on; only where there is none yet. Returns its fingerprint. Raises Refused, StorageProblem."""
        if self.root() is not None:
            raise refused("这个程序已经有认可的发布单位，不能再换一个。", "要换，请重新安装。")
        with in_words():
            metadata = Metadata[Root].from_bytes(root)
            if metadata.signed.type != Root.type:
                raise exceptions.RepositoryError("no root")
            metadata.signed.verify_delegate(Root.type, metadata.signed_bytes, metadata.signatures)
            make_folder(self._folder)
            write_durably(self._folder / OWN_ROOT, root)
        return fingerprint(root)

    def look(self, source: Source) -> tuple[Release, ...]:
        """Every release that is signed now; none where nothing was published.

        Raises:
            Refused: expired, older than before, another's, damaged, or no root to start from. LineProblem, StorageProblem.
        """
        updater = self._updater(source)
        try:
            source.whole("metadata/timestamp.json")
        except NoSuchFile:
            return ()
        with in_words():
            try:
                updater.refresh()
            finally:
                self._keep()
            return tuple(_releases(self._target(updater, INDEX)))

    def contents(self, source: Source, release: Release) -> Contents:
        """The list of a release that ``look`` found. Raises as it does."""
        updater = self._updater(source)
        with in_words():
            updater.refresh()
            self._keep()
            data = self._target(updater, release.target)
        try:
            found = from_bytes(data)
        except ValueError as error:
            raise refused("更新的清单读不懂，可能要先升到中间的版本。没有采用。") from error
        if (found.version, found.platform) != (str(release.version), release.platform):
            raise not_what_was_signed()
        return found

    def _updater(self, source: Source) -> Updater:
        root = self.root()
        if root is None:
            raise refused(
                "这个程序还不知道该信哪个发布单位，不能更新。",
                "请管理员用发布单位给的根证书运行一次 clerk-app update trust 文件。",
            )
        with in_words():
            make_folder(self._folder)
            return Updater(
                str(self._folder),
                "metadata/",
                str(self._folder),
                "targets/",
                fetcher=_Fetcher(source),
                bootstrap=root,
            )

    def _target(self, updater: Updater, name: str) -> bytes:
        found = updater.get_targetinfo(name)
        if found is None:
            raise exceptions.RepositoryError("a target is missing")
        kept = self._folder / "target"
        updater.download_target(found, str(kept))
        return kept.read_bytes()

    def _keep(self) -> None:
        """Durable: after a power cut an older repository must still be known as older."""
        for path in self._folder.glob("*.json"):
            sync_file(path)
        sync_folder(self._folder)


def fingerprint(root: bytes) -> str:
    """Of a root's keys, for reading out over the telephone: the first eight bytes of each key's id."""
    signed = Metadata[Root].from_bytes(root).signed
    return "  ".join(sorted(each[:16] for each in signed.roles[Root.type].keyids))


def _releases(index: bytes) -> Iterator[Release]:
    try:
        told: Any = json.loads(index)["releases"]
        for each in told:
            yield Release(
                Version.parse(each["version"]),
                str(each["platform"]),
                int(each["schema"]),
                int(each["size"]),
                str(each["target"]),
                str(each.get("notes", ""))[:2000],
            )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise exceptions.RepositoryError("the list of releases cannot be read") from error
