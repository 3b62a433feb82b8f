"""An auditor reads no English identifier: every verb and every detail that the code can write has its words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from clerk_app.usecases.journal_view import DETAILS, words_of

ROOT = Path(__file__).parents[2]
WRITERS = ("clerk_app", "local_db", "sync", "ui")
NOT_YET_WORDS = {
    "f'case.{case.state.value}'",
    "f'print.{state.value}'",
    "f'promise.{word}'",
    "f'rating.{after.value}'",
    "_verb(step, moved)",
    "data['verb']",
    "verb",
}
"""Verbs made at run time; the lives of cases in the tests of acts show those."""


def written() -> Iterator[tuple[ast.expr, list[str]]]:
    """(verb, names of details) of each ``desk.happening(…)`` and ``Happening(…)``."""
    for root in WRITERS:
        for path in (ROOT / root).rglob("*.py"):
            if "gateway" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name == "happening" and node.args:
                    yield node.args[0], [each.arg for each in node.keywords if each.arg]
                elif name == "Happening" and len(node.args) > 2:
                    details = [*node.args[5:6], *(each.value for each in node.keywords if each.arg == "detail")]
                    keys = [key for each in details if isinstance(each, ast.Dict) for key in each.keys]
                    yield node.args[2], [str(key.value) for key in keys if isinstance(key, ast.Constant)]


def test_every_verb_and_detail_that_is_written_has_words() -> None:
    found = list(written())
    assert len(found) > 60
    constants = {verb.value for verb, _ in found if isinstance(verb, ast.Constant) and isinstance(verb.value, str)}
    assert {verb for verb in constants if words_of(verb) == verb} == set()
    assert {name for _, names in found for name in names} - set(DETAILS) == set()
    other = {ast.unparse(verb) for verb, _ in found if not isinstance(verb, (ast.Constant, ast.Name, ast.IfExp))}
    assert other <= NOT_YET_WORDS
