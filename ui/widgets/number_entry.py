"""Long numbers stand in groups as they are typed and are given on without them: 500199 19620314 2467, 6217 0000 0000 0000 001."""

from __future__ import annotations

from collections.abc import Callable

from ui.widgets.entry import Entry

ID_GROUPS = (6, 8, 4)
ACCOUNT_GROUPS = (4,) * 7


class NumberEntry(Entry):
    """``groups``: lengths of the groups. ``is_grouped()`` false: what is typed stands as it is (a passport's number)."""

    def __init__(
        self,
        title: str,
        groups: tuple[int, ...] = ID_GROUPS,
        *,
        hint: str = "",
        optional: bool = False,
        is_grouped: Callable[[], bool] = lambda: True,
    ) -> None:
        super().__init__(title, hint=hint, optional=optional)
        self._groups, self._is_grouped = groups, is_grouped

    def text(self) -> str:
        """Without the gaps."""
        text = self.line.text()
        return bare(text) if self._is_grouped() else text

    def show_value(self, text: str) -> None:
        """See Entry."""
        if text != self.text() and not self.line.composing:
            self.line.setText(self._laid_out(text))

    def _laid_out(self, text: str) -> str:
        return in_groups(text, self._groups) if self._is_grouped() else text

    def _on_edit(self, text: str) -> None:
        """Put the gaps where they belong; the cursor stays behind the sign it stood behind."""
        laid_out = self._laid_out(text)
        if laid_out != text and not self.line.composing:
            before = len(bare(text[: self.line.cursorPosition()]))
            self.line.setText(laid_out)
            self.line.setCursorPosition(_behind(laid_out, before))
        super()._on_edit(self.text())

    def _on_left(self) -> None:
        if self.line.text():
            self._touched = True
            self._paint()
        self.left.emit(self.text())


def bare(text: str) -> str:
    return "".join(text.split())


def in_groups(text: str, groups: tuple[int, ...]) -> str:
    """Digits, Latin letters and what follows in groups; anything that is no such number stays as it was typed."""
    plain = bare(text)
    if not (plain.isascii() and plain.isalnum()) or len(plain) > sum(groups):
        return text
    parts, at = [], 0
    for length in groups:
        parts.append(plain[at : at + length])
        at += length
    return " ".join(part for part in parts if part)


def _behind(text: str, signs: int) -> int:
    """The cursor's place behind so many signs that are no gap."""
    seen = 0
    for at, sign in enumerate(text):
        if seen == signs:
            return at
        seen += sign != " "
    return len(text)
