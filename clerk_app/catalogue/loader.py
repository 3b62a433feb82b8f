"""A folder of catalogue files → ``LoadedCatalogue``: all of it or nothing, since a half catalogue misleads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from clerk_app.catalogue.item_file import read_item
from clerk_app.catalogue.life_event_file import read_life_event
from clerk_app.catalogue.local import Local
from clerk_app.catalogue.places import find_places
from clerk_app.catalogue.problems import CatalogueProblems, Problem
from clerk_app.catalogue.reading import VERSION, Reading
from clerk_app.catalogue.search import Hit, SearchIndex
from clerk_app.catalogue.vocabulary import Vocabulary, read_vocabulary
from clerk_app.domain.canonical import content_hash
from clerk_app.domain.conditions import Facts
from clerk_app.domain.divisions import Place
from clerk_app.domain.life_event import Scheme, default_parts, merge, scheme_of_item
from clerk_app.domain.service_item import LifeEvent, ServiceItem
from clerk_app.domain.situation import fix_answers
from clerk_app.errors import Refused, StorageProblem

STARTER = Path(__file__).parent
"""The folder of the catalogue that comes with the program."""


WORDS = "vocabulary.json"
PARTS = ("items", "life_events")

Older = Callable[[str, str], "LoadedCatalogue | None"]
"""Entry id and hash → the kept catalogue in which that entry had that hash, or None."""


@dataclass(slots=True)
class Files:
    """What a folder holds, readable or not; ``problems`` says what is not."""

    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    items: dict[str, ServiceItem] = field(default_factory=dict)  # by file name, such as items/pension-claim.json
    life_events: dict[str, LifeEvent] = field(default_factory=dict)
    version: str = ""
    hashes: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class LoadedCatalogue:
    """A catalogue, ready to be asked; satisfies ``clerk_app.ports.Catalogue``.

    ``notice``: what a person should know of how it was loaded, in plain words; empty when all is as it should be.
    """

    def __init__(
        self,
        version: str,
        sha256: str,
        items: Collection[ServiceItem],
        life_events: Collection[LifeEvent],
        older: Older | None = None,
    ) -> None:
        self.version, self.sha256, self.notice = version, sha256, ""
        self._older = older
        self._items: Mapping[str, ServiceItem] = {item.id: item for item in items}
        self._events: Mapping[str, LifeEvent] = {event.id: event for event in life_events}
        self._index = SearchIndex.of(tuple(self._items.values()), tuple(self._events.values()))

    def places(self, text: str, limit: int = 8) -> tuple[Place, ...]:
        """See ports.Catalogue."""
        return find_places(text, limit)

    def items(self) -> tuple[ServiceItem, ...]:
        """All items, in file order."""
        return tuple(self._items.values())

    def life_events(self) -> tuple[LifeEvent, ...]:
        """All life events, in file order."""
        return tuple(self._events.values())

    def item(self, item_id: str) -> ServiceItem:
        """The item.

        Raises:
            Refused: no such item.
        """
        if found := self._items.get(item_id):
            return found
        raise _unknown("事项")

    def life_event(self, event_id: str) -> LifeEvent:
        """The life event.

        Raises:
            Refused: no such life event.
        """
        if found := self._events.get(event_id):
            return found
        raise _unknown("一件事")

    def scheme(self, entry_id: str, chosen: Collection[str] | None = None, facts: Facts | None = None) -> Scheme:
        """What an application is made against: one item, or the merged parts of a life event.

        Args:
            chosen: ids of the wanted parts; None takes what the life event chooses by itself. Ignored for an item.
            facts: decide which parts are chosen by themselves.

        Raises:
            Refused: unknown id, nothing chosen, or a part that does not belong to it.
        """
        if entry_id in self._items:
            return scheme_of_item(self._items[entry_id])
        if entry_id not in self._events:
            raise _unknown("事项或一件事")
        event = self._events[entry_id]
        wanted = default_parts(event, facts or Facts()) if chosen is None else chosen
        parts = [fix_answers(self.item(part.item_id), part.answers) for part in event.parts]
        try:
            return merge(event, parts, wanted)
        except ValueError as error:
            raise Refused(
                f"“{event.name}”里要办的事项没有选对。",
                what_is_safe="已填的内容都在。",
                what_to_do="请至少选一个，且只选这件事包含的事项。",
            ) from error

    def hash_of(self, entry_id: str) -> str:
        """The hash of an entry as it stands; empty when there is none."""
        entry = self._items.get(entry_id) or self._events.get(entry_id)
        return entry.sha256 if entry else ""

    def scheme_at(
        self, entry_id: str, sha256: str, chosen: Collection[str] | None = None, facts: Facts | None = None
    ) -> Scheme:
        """As ``scheme``, by the rules of the version in which the entry had that hash (promise 6); empty: as of now.

        Raises:
            Refused: as for ``scheme``, or that version was not kept.
        """
        if sha256 in ("", self.hash_of(entry_id)):
            return self.scheme(entry_id, chosen, facts)
        older = self._older(entry_id, sha256) if self._older else None
        if older is None:
            raise Refused(
                "这件办件开始时用的目录版本，这台电脑上没有。",
                what_is_safe="办件没有变。",
                what_to_do="请管理员导入那一版目录包后再试。",
            )
        return older.scheme(entry_id, chosen, facts)

    def search(self, text: str, limit: int = 10) -> tuple[Hit, ...]:
        """Items and life events by name, plain speech, code, pinyin or initials; best first."""
        return self._index.search(text, limit)


def load_catalogue(folder: Path = STARTER) -> LoadedCatalogue:
    """Read a whole catalogue folder.

    Raises:
        CatalogueProblems: (a BadInput) some file cannot be used; every problem is listed.
        StorageProblem: a file cannot be read from the disk.
    """
    return catalogue_of(read_folder(folder))


def catalogue_of(files: Files, *, older: Older | None = None, local: Local | None = None) -> LoadedCatalogue:
    """The catalogue that these files make.

    Args:
        older: finds the catalogue in which an entry had a given hash, for cases that began with it.
        local: what this district changed of its own (地址, 电话).

    Raises:
        CatalogueProblems: some file cannot be used; every problem is listed.
    """
    if files.problems:
        raise CatalogueProblems(sorted(files.problems))
    items = [local.applied(item) if local else item for item in files.items.values()]
    return LoadedCatalogue(files.version, content_hash(files.hashes), items, files.life_events.values(), older)


def folder_files(folder: Path) -> dict[str, bytes]:
    """The catalogue files of a folder by name (``items/pension-claim.json``); what is not there is left out.

    Raises:
        StorageProblem: a file cannot be read from the disk.
    """
    paths = [folder / WORDS, folder / "catalogue.json"]
    paths += [path for part in PARTS for path in sorted((folder / part).glob("*.json"))]
    found = {path.relative_to(folder).as_posix(): _bytes(path) for path in paths}
    return {name: data for name, data in found.items() if data is not None}


def read_folder(folder: Path) -> Files:
    """Read everything in the folder, noting each problem.

    Raises:
        StorageProblem: a file cannot be read from the disk.
    """
    return read_files(folder_files(folder))


def read_files(data: Mapping[str, bytes]) -> Files:
    """Read catalogue files by name, noting each problem."""
    files = Files()
    words = data.get(WORDS)
    if words is None:
        files.problems.append(Problem(WORDS, "", "没有这个文件"))
    else:
        files.vocabulary, files.hashes[WORDS], problems = _vocabulary(words)
        files.problems += problems
    for name in sorted(data):
        part, _, rest = name.partition("/")
        if part not in PARTS:
            continue
        reading = Reading(name)
        if part == "items":
            item, problems = _item(name, data[name], words)
            reading.problems += problems
            if item is not None:
                _same_name(reading, rest, item.id)
                files.items[name] = item
                files.hashes[name] = item.sha256
        else:
            event, problems = _life_event(name, data[name], words)
            reading.problems += problems
            if event is not None:
                _same_name(reading, rest, event.id)
                files.life_events[name] = event
        files.problems += reading.problems
    _across(files, data)
    return files


# Each file is read once: a window that is locked and opened again, and each kept version that differs in one file, load the same.


@lru_cache(maxsize=512)
def _item(name: str, data: bytes, words: bytes | None) -> tuple[ServiceItem | None, tuple[Problem, ...]]:
    """One item file with the vocabulary that it stands on."""
    reading = Reading(name)
    return read_item(data, _words(words), reading), tuple(reading.problems)


@lru_cache(maxsize=64)
def _life_event(name: str, data: bytes, words: bytes | None) -> tuple[LifeEvent | None, tuple[Problem, ...]]:
    reading = Reading(name)
    return read_life_event(data, _words(words), reading), tuple(reading.problems)


@lru_cache(maxsize=4)
def _vocabulary(data: bytes) -> tuple[Vocabulary, str, tuple[Problem, ...]]:
    """The vocabulary, its content hash, and what is wrong with it."""
    reading = Reading(WORDS)
    read = read_vocabulary(data, reading)
    return read, content_hash(read.raw), tuple(reading.problems)


def _words(data: bytes | None) -> Vocabulary:
    return Vocabulary() if data is None else _vocabulary(data)[0]


def _across(files: Files, data: Mapping[str, bytes]) -> None:
    """What only shows when all files are there."""
    items = {item.id for item in files.items.values()}
    unread = {Path(problem.file).stem for problem in files.problems if problem.file.startswith("items/")}
    for file, event in files.life_events.items():
        for index, part in enumerate(event.parts):
            if part.item_id not in items | unread:
                files.problems.append(Problem(file, f"parts[{index}].item", f"没有 {part.item_id} 这个事项"))
        if event.id in items:
            files.problems.append(Problem(file, "id", "和一个事项重名"))
    hashes = {item.id: item.sha256 for item in files.items.values()}
    for file, event in files.life_events.items():
        parts = [hashes.get(part.item_id, "") for part in event.parts]
        files.life_events[file] = replace(event, sha256=content_hash([event.sha256, parts]))
        files.hashes[file] = files.life_events[file].sha256
    if not files.items and not files.problems:
        files.problems.append(Problem("items", "", "目录里没有一个事项"))
    _read_version(files, data.get("catalogue.json"))


def _read_version(files: Files, data: bytes | None) -> None:
    versions = [item.version for item in files.items.values()] + [event.version for event in files.life_events.values()]
    files.version = max(versions, default="")
    if data is None:
        return
    reading = Reading("catalogue.json")
    root = reading.root(data)
    if not reading.problems:
        reading.keys(root, "", ("format", "version"), ("format", "version"))
        files.version = reading.text(root, "version", pattern=VERSION)
        files.hashes[reading.file] = content_hash(root)
        if files.version < max(versions, default=""):
            reading.wrong("version", "比里面最新的事项还旧")
    files.problems += reading.problems


def _same_name(reading: Reading, file: str, entry_id: str) -> None:
    if (stem := file.removesuffix(".json")) != entry_id:
        reading.wrong("id", f"编号应和文件名一样，文件名是 {stem}")


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageProblem(
            f"事项目录文件 {path.name} 读不出来。", what_is_safe="已收的办件不受影响。", what_to_do="请检查磁盘后重试。"
        ) from error


def _unknown(kind: str) -> Refused:
    return Refused(
        f"目录里没有这个{kind}。", what_is_safe="已填的内容都在。", what_to_do="请按名称或拼音首字母重新查找。"
    )
