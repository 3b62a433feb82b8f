"""Strict, located reading of JSON from outside: each wrong value becomes a Problem, none becomes an exception.

Each method returns something usable even for a wrong value, so that one pass over a file finds all of its faults;
whoever asks looks at ``problems`` before using the result.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from json import JSONDecodeError

from clerk_app.catalogue.problems import Problem
from clerk_app.domain.canonical import Json, parse_json
from clerk_app.domain.conditions import Always, Condition, parse_condition

FORMAT = 1
LONGEST_TEXT = 2000
LARGEST_FILE = 1_000_000
ID = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*(?:\.[a-z][a-z0-9_]*)*")
VERSION = re.compile(r"20\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:\.\d{1,3})?")
ORIGIN = re.compile(r"[种证识拟疑验][^\n]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\ufeff\ud800-\udfff]")


@dataclass(slots=True)
class Reading:
    """The reading of one file."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, place: str, reason: str) -> None:
        """Note a fault."""
        self.problems.append(Problem(self.file, place, reason))

    def root(self, data: bytes) -> Mapping[str, Json]:
        """The file's top object, or an empty one."""
        if len(data) > LARGEST_FILE:
            self.wrong("", "文件超过 1 MB，不像事项文件")
            return {}
        try:
            value = parse_json(data)
        except UnicodeDecodeError:
            self.wrong("", "不是 UTF-8 文字，请用 UTF-8 保存")
        except JSONDecodeError as error:
            self.wrong(f"第 {error.lineno} 行第 {error.colno} 列", "不是合格的 JSON，请看看是不是缺逗号、引号或括号")
        except ValueError:
            self.wrong("", "有重复的项目名、小数，或套得太深，不能用")
        else:
            if isinstance(value, Mapping):
                if value.get("format") != FORMAT or isinstance(value.get("format"), bool):
                    self.wrong("format", f"格式版本应是 {FORMAT}")
                return value
            self.wrong("", "最外层应是一个对象 {…}")
        return {}

    def keys(self, data: Mapping[str, Json], place: str, known: Collection[str], needed: Collection[str] = ()) -> None:
        """Report unknown and missing keys."""
        for key in data:
            if key not in known:
                self.wrong(_join(place, _shown(key)), "不认识的项目，请检查拼写")
        for key in needed:
            if key not in data:
                self.wrong(_join(place, key), "缺这一项")

    def object(self, data: Mapping[str, Json], key: str, place: str) -> Mapping[str, Json] | None:
        """The object under ``key``; None when absent, null or wrong."""
        value = data.get(key)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.wrong(_join(place, key), "应是一个对象 {…}")
            return None
        return value

    def objects(self, data: Mapping[str, Json], key: str, place: str) -> Iterator[tuple[str, Mapping[str, Json]]]:
        """Place and value of each object in the list under ``key``."""
        value = data.get(key, [])
        if not isinstance(value, list):
            self.wrong(_join(place, key), "应是一个列表 […]")
            return
        for index, each in enumerate(value):
            where = f"{_join(place, key)}[{index}]"
            if isinstance(each, Mapping):
                yield where, each
            else:
                self.wrong(where, "应是一个对象 {…}")

    def text(
        self,
        data: Mapping[str, Json],
        key: str,
        place: str = "",
        default: str = "",
        *,
        filled: bool = False,
        pattern: re.Pattern[str] | None = None,
        one_of: Collection[str] = (),
    ) -> str:
        """The text under ``key``, or the default; ``filled`` means that it may be absent, but not blank."""
        where = _join(place, key)
        if key not in data:
            return default
        value = data[key]
        if not isinstance(value, str):
            self.wrong(where, "应是文字")
            return default
        if (filled or pattern) and not value.strip():
            self.wrong(where, "不能是空的")
            return default
        if len(value) > LONGEST_TEXT or _CONTROL.search(value):
            self.wrong(where, "文字太长，或含有看不见的控制字符")
            return default
        if pattern and not pattern.fullmatch(value):
            self.wrong(where, "写法不对")
        if one_of and value not in one_of:
            self.wrong(where, f"只能是：{'、'.join(one_of)}")
        return value

    def texts(
        self, data: Mapping[str, Json], key: str, place: str = "", default: Sequence[str] = ()
    ) -> tuple[str, ...]:
        """The list of texts under ``key``, without empties or repeats."""
        if key not in data:
            return tuple(default)
        where, value = _join(place, key), data[key]
        if not isinstance(value, list):
            self.wrong(where, "应是一个列表 […]")
            return tuple(default)
        named = {str(index): each for index, each in enumerate(value)}
        found = tuple(self.text(named, index, where, filled=True) for index in named)
        if len(set(found)) != len(found):
            self.wrong(where, "有重复的内容")
        return found

    def number(
        self,
        data: Mapping[str, Json],
        key: str,
        place: str = "",
        default: int = 0,
        *,
        least: int = 0,
        most: int = 9999,
    ) -> int:
        """The whole number under ``key``, or the default."""
        value = data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.wrong(_join(place, key), f"应是 {least} 到 {most} 的整数")
            return default
        return value

    def truth(self, data: Mapping[str, Json], key: str, place: str = "", default: bool = False) -> bool:
        """The yes or no under ``key``, or the default."""
        value = data.get(key, default)
        if not isinstance(value, bool):
            self.wrong(_join(place, key), "应是 true 或 false")
            return default
        return value

    def condition(self, data: Mapping[str, Json], key: str, place: str = "") -> Condition:
        """The condition under ``key``; absent means always."""
        try:
            return parse_condition(data.get(key))
        except ValueError as error:
            self.wrong(_join(place, key), str(error))
            return Always()

    def origins(self, data: Mapping[str, Json]) -> Mapping[str, str]:
        """The origin tags; each path has to lead to something in the file."""
        value = self.object(data, "origins", "") or {}
        for path in value:
            self.text(value, path, "origins", filled=True, pattern=ORIGIN)
            if not _leads_somewhere(data, path):
                self.wrong(f"origins.{_shown(path)}", "来源标记指向的内容不存在")
        return {path: tag for path, tag in value.items() if isinstance(tag, str)}

    def unique(self, ids: Sequence[str], place: str) -> None:
        """Report ids that stand twice."""
        for each in sorted({each for each in ids if ids.count(each) > 1}):
            self.wrong(place, f"{each} 写了两次")


def _join(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _shown(key: str) -> str:
    """An outside key, fit to stand in a message."""
    return _CONTROL.sub("?", key)[:60]


def _leads_somewhere(data: Json, path: str) -> bool:
    """Whether a path such as ``limits.promised`` or ``materials.id_card`` (by id) leads to something."""
    rest = path
    value = data
    while rest:
        if isinstance(value, list):
            by_id = {str(each.get("id", each.get("item"))): each for each in value if isinstance(each, Mapping)}
            found = next((i for i in by_id if i and (rest == i or rest.startswith(f"{i}."))), None)
            if found is None:
                return False
            value, rest = by_id[found], rest[len(found) + 1 :]
            continue
        head, _, rest = rest.partition(".")
        if not isinstance(value, Mapping) or head not in value:
            return False
        value = value[head]
    return bool(path)
