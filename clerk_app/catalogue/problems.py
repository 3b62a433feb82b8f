"""What is wrong with a catalogue file, said so that the person who wrote the file can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from clerk_app.errors import BadInput


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault: the file, the place inside it (``materials[2].ways[0]``), and the reason in a Chinese sentence.

    ``warning``: worth a look, but no reason to refuse the file.
    """

    file: str
    place: str
    reason: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}　{self.place or '整个文件'}：{self.reason}"


class CatalogueProblems(BadInput):
    """Catalogue files cannot be used; ``problems`` says where and why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            f"事项目录有 {len(self.problems)} 处不对，没有装入。",
            reasons=tuple(str(problem) for problem in self.problems),
            what_is_safe="正在用的目录和已收的办件不受影响。",
            what_to_do="请把下面各处交给目录管理员改好后再装入。",
        )
