"""The terms of the search index: whatever LIKE would find has all of its query's terms, also while older rows wait to be cut anew."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from clerk_app.crypto.international import InternationalSuite
from local_db.cases import SEARCH_BEHIND, SEARCH_CUT
from local_db.search import Texts, query_of, tokens_of
from local_db.unit_of_work import SqlStore
from tests.contracts.test_store_contract import make_case

SUITE = InternationalSuite(os.urandom)
WORDS = st.text("ab12 -王㛃𠀀路", min_size=1, max_size=14)


def has_all(query: str, tokens: str) -> bool:
    there = set(tokens.split())
    ways = [[term.strip('"') for term in way.strip("()").split(" AND ")] for way in query.split(" OR ")]
    return any(set(way) <= there for way in ways if way != [""])


@given(words=WORDS, start=st.integers(0, 13), size=st.integers(1, 14), all_new=st.booleans())
def test_no_part_of_a_text_is_missed(words: str, start: int, size: int, all_new: bool) -> None:
    needle = " ".join(words[start : start + size].split())
    if needle and needle in words:
        tokens = tokens_of(Texts((words,), (), (), (), "c1"))
        assert has_all(query_of(needle, all_new=all_new), tokens)


def test_rows_of_the_older_cut_are_found_until_they_are_cut_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_db.unit_of_work._AT_ONCE_WHEN_OPENING", 10)
    monkeypatch.setattr("local_db.unit_of_work._STRETCH", 10)
    store = SqlStore(tmp_path, bytes(32), SUITE, create=True)
    with store.begin() as uow:
        for n in range(40):
            case = make_case(f"c{n}", number=f"50019919580314{n:04d}")
            uow.cases.add(replace(case, local_number=f"A-{n}", document_numbers={}))
        transaction = uow.attachments.transaction
        rows = transaction.execute(text("SELECT rowid, tokens FROM case_search")).all()
        for row in rows:  # as an older program left them
            old = " ".join(token for token in row.tokens.split() if not token.startswith("q"))
            transaction.execute(
                text("UPDATE case_search SET tokens = :old WHERE rowid = :seq"), {"old": old, "seq": row.rowid}
            )
        uow.config.set(SEARCH_BEHIND, "0")
        uow.commit()
    with store.begin(reading=True) as uow:
        assert [case.id for case in uow.cases.search("0039")] == ["c39"]
    store.close()
    store = SqlStore(tmp_path, bytes(32), SUITE)  # opening cuts some anew, the rest comes in the background
    with store.begin(reading=True) as uow:
        assert uow.config.get(SEARCH_BEHIND) is not None
        assert [case.id for case in uow.cases.search("0039")] == ["c39"]
    assert store.search_anew()
    with store.begin(reading=True) as uow:
        assert uow.config.get(SEARCH_BEHIND) is None
        assert [case.id for case in uow.cases.search("0039")] == ["c39"]
        assert [case.id for case in uow.cases.search("0012")] == ["c12"]
    store.close()


def test_a_database_of_an_older_cut_learns_the_newer_one(tmp_path: Path) -> None:
    store = SqlStore(tmp_path, bytes(32), SUITE, create=True)
    with store.begin() as uow:
        case = make_case("c1")
        uow.cases.add(replace(case, content={**case.content, "fields": {"mother.name": "覃样例"}}))
        transaction = uow.attachments.transaction
        transaction.execute(text("UPDATE case_search SET tokens = 'w9f9a'"))  # 龚 alone, as an older program would
        uow.config.remove(SEARCH_CUT)
        uow.commit()
    with store.begin(reading=True) as uow:
        assert not uow.cases.search("覃样例")
    store.close()
    for _ in range(2):
        store = SqlStore(tmp_path, bytes(32), SUITE)
        with store.begin(reading=True) as uow:
            assert [found.id for found in uow.cases.search("覃样例")] == ["c1"]
            assert uow.config.get(SEARCH_BEHIND) is None
        store.close()
