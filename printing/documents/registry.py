"""The printed forms. ADD A PRINTED FORM HERE: one file in this folder, with a function ``draw(sheet, order)``, named as its line in
``domain/paper.py`` says; its sentences with their sources stand in texts.json."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from clerk_app.domain.paper import Form
from clerk_app.ports import PaperOrder
from printing.sheet import Sheet

Draw = Callable[[Sheet, PaperOrder], None]


def _draw_of(form: Form) -> Draw:
    found: Draw = import_module(f"printing.documents.{form.value}").draw
    return found


DOCUMENTS: Mapping[Form, Draw] = {form: _draw_of(form) for form in Form}
