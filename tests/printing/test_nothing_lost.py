"""Planted, for every form: each value, each column and each sentence taken off the paper in turn. The lists of
test_all_forms.py have to miss it: a field that can go without being missed is not guarded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from clerk_app.domain.paper import Form, Look
from printing.documents.registry import DOCUMENTS
from printing.lines import Rich, spans_of
from printing.marks import Only, Style, Text
from printing.paper import laid_out
from printing.sheet import Column, Sheet
from printing.specimens.orders import specimen
from tests.printing.reading import squeezed
from tests.printing.test_all_forms import COLUMNS, FIELDS, wanted

Lost = Callable[[str], bool]


def told(content: Rich) -> str:
    return "".join(span.text for span in spans_of(content))


def words_of(form: Form) -> str:
    """What stands on the pages, both copies, without a PDF in between."""
    marks = [mark for page in laid_out(DOCUMENTS[form], specimen(form, look=Look())) for mark in page]
    texts = [mark.mark if isinstance(mark, Only) else mark for mark in marks]
    return squeezed("".join(t.meant or told(t.line) for t in texts if isinstance(t, Text))).replace("＿", "_")


class Planted:
    """Sheet's own ways to put words on a page, recorded; one of them takes ``lost`` (a label, a column, a sentence) away."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: dict[str, None] = {}
        self.lost = ""
        pairs, paragraph, table = Sheet.pairs, Sheet.paragraph, Sheet.table

        def fewer_pairs(sheet: Sheet, given: Sequence[tuple[str, Rich]], **more: Any) -> None:
            pairs(sheet, [pair for pair in given if pair[1] and self.stays(f"pair {pair[0]}")], **more)

        def fewer_paragraphs(sheet: Sheet, content: Rich, style: Style | None = None, **more: Any) -> None:
            if self.stays(f"text {told(content)}"):
                paragraph(sheet, content, *([style] if style else []), **more)

        def narrower_table(sheet: Sheet, columns: Sequence[Column], rows: Sequence[Sequence[Rich]]) -> None:
            kept = [at for at, column in enumerate(columns) if self.stays(f"column {at} {column.title}")]
            table(sheet, [columns[at] for at in kept], [[row[at] for at in kept] for row in rows])

        monkeypatch.setattr(Sheet, "pairs", fewer_pairs)
        monkeypatch.setattr(Sheet, "paragraph", fewer_paragraphs)
        monkeypatch.setattr(Sheet, "table", narrower_table)

    def stays(self, piece: str) -> bool:
        self.seen[piece] = None
        return piece != self.lost


def lacking(form: Form) -> list[str]:
    text = words_of(form)
    return [field for field in (*wanted(form), *COLUMNS.get(form, ())) if field not in text]


@pytest.mark.parametrize("form", FIELDS, ids=lambda form: form.name)
def test_whatever_is_taken_off_a_form_is_missed(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    plant = Planted(monkeypatch)
    assert lacking(form) == []
    unmissed = []
    for piece in list(plant.seen):
        plant.lost = piece
        if not lacking(form):
            unmissed.append(piece)
    assert unmissed == []
