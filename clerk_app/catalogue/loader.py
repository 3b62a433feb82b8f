"""A folder of catalogue files → ``LoadedCatalogue``: all of it or nothing, since a half catalogue misleads."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from clerk_app.catalogue.item_file import read_item
from clerk_app.catalogue.life_event_file import read_life_event
from clerk_app.catalogue.problems import CatalogueProblems, Problem
from clerk_app.catalogue.reading import VERSION, Reading
from clerk_app.catalogue.search import Hit, SearchIndex
from clerk_app.catalogue.vocabulary import Vocabulary, read_vocabulary
from clerk_app.domain.canonical import content_hash, parse_json
from clerk_app.domain.conditions import Facts
from clerk_app.domain.life_event import Scheme, default_parts, merge, scheme_of_item
from clerk_app.domain.service_item import LifeEvent, ServiceItem
from clerk_app.domain.situation import fix_answers
from clerk_app.errors import Refused, StorageProblem

STARTER = Path(__file__).parent
"""The folder of the catalogue that comes with the program."""


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
    """An immutable catalogue, ready to be asked; satisfies ``clerk_app.ports.Catalogue``."""

    def __init__(
        self, version: str, sha256: str, items: Collection[ServiceItem], life_events: Collection[LifeEvent]
    ) -> None:
        self.version, self.sha256 = version, sha256
        self._items: Mapping[str, ServiceItem] = {item.id: item for item in items}
        self._events: Mapping[str, LifeEvent] = {event.id: event for event in life_events}
        self._index = SearchIndex.of(tuple(self._items.values()), tuple(self._events.values()))

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

    def search(self, text: str, limit: int = 10) -> tuple[Hit, ...]:
        """Items and life events by name, plain speech, code, pinyin or initials; best first."""
        return self._index.search(text, limit)


def load_catalogue(folder: Path = STARTER) -> LoadedCatalogue:
    """Read a whole catalogue folder.

    Raises:
        CatalogueProblems: (a BadInput) some file cannot be used; every problem is listed.
        StorageProblem: a file cannot be read from the disk.
    """
    files = read_folder(folder)
    if files.problems:
        raise CatalogueProblems(sorted(files.problems))
    return LoadedCatalogue(files.version, content_hash(files.hashes), files.items.values(), files.life_events.values())


def read_folder(folder: Path) -> Files:
    """Read everything in the folder, noting each problem.

    Raises:
        StorageProblem: a file cannot be read from the disk.
    """
    files = Files()
    vocabulary_reading = Reading("vocabulary.json")
    data = _bytes(folder / "vocabulary.json")
    if data is None:
        vocabulary_reading.wrong("", "没有这个文件")
    else:
        files.vocabulary = read_vocabulary(data, vocabulary_reading)
        _note_hash(files, "vocabulary.json", data)
    files.problems += vocabulary_reading.problems
    for path in sorted((folder / "items").glob("*.json")):
        reading = Reading(f"items/{path.name}")
        content = _bytes(path) or b""
        if item := read_item(content, files.vocabulary, reading):
            _same_name(reading, path, item.id)
            files.items[reading.file] = item
            files.hashes[reading.file] = item.sha256
        files.problems += reading.problems
    for path in sorted((folder / "life_events").glob("*.json")):
        reading = Reading(f"life_events/{path.name}")
        content = _bytes(path) or b""
        if event := read_life_event(content, files.vocabulary, reading):
            _same_name(reading, path, event.id)
            files.life_events[reading.file] = event
            files.hashes[reading.file] = event.sha256
        files.problems += reading.problems
    _across(files, folder)
    return files


def _across(files: Files, folder: Path) -> None:
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
    _read_version(files, folder)


def _read_version(files: Files, folder: Path) -> None:
    versions = [item.version for item in files.items.values()] + [event.version for event in files.life_events.values()]
    files.version = max(versions, default="")
    data = _bytes(folder / "catalogue.json")
    if data is None:
        return
    reading = Reading("catalogue.json")
    root = reading.root(data)
    if not reading.problems:
        reading.keys(root, "", ("format", "version"), ("format", "version"))
        files.version = reading.text(root, "version", pattern=VERSION)
        _note_hash(files, reading.file, data)
        if files.version < max(versions, default=""):
            reading.wrong("version", "比里面最新的事项还旧")
    files.problems += reading.problems


def _same_name(reading: Reading, path: Path, entry_id: str) -> None:
    if path.stem != entry_id:
        reading.wrong("id", f"编号应和文件名一样，文件名是 {path.stem}")


def _note_hash(files: Files, name: str, data: bytes) -> None:
    try:
        files.hashes[name] = content_hash(parse_json(data))
    except ValueError:
        return  # already reported by the reading itself


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
