"""Promise 6: an update never changes an intake or a case under the clerk's hands. Real store, real packages."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from clerk_app.catalogue.kept import KeptCatalogues
from clerk_app.catalogue.loader import folder_files
from clerk_app.catalogue.package import pack
from clerk_app.domain.application import Application
from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.paper import Form
from clerk_app.usecases import accept, intake
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.planning import plan
from clerk_app.usecases.printing import order_for_case
from clerk_app.usecases.template import samples
from local_db.unit_of_work import SqlStore
from tests.catalogue.folder import copy_to, spoil
from tests.fakes.desk import SUITE, a_desk, fill

ENTRY = "longevity-allowance"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = SqlStore(tmp_path / "store", SUITE.new_key(), SUITE, create=True)
    kept = KeptCatalogues(tmp_path / "data", SUITE)
    catalogue = kept.load()
    kept.keep_starter(catalogue)
    yield a_desk(store, catalogue=catalogue)
    store.close()


def updated(desk: Desk, tmp_path: Path) -> Desk:
    """The same window after an import and a restart: the promise is shorter, and one field more is asked."""
    source = tmp_path / "source"
    source.mkdir()
    copy_to(source)

    def change(data) -> None:
        data["limits"]["promised"]["count"] = 3
        data["fields"].append({"id": "emergency.name"})

    spoil(source, f"items/{ENTRY}.json", change)
    spoil(source, "catalogue.json", lambda data: data.update(version="2026-12-01"))
    private, public = SUITE.new_signing_pair()
    kept = KeptCatalogues(tmp_path / "data", SUITE)
    kept.trust(public)
    kept.take(pack(folder_files(source), "2026-12-01", SUITE, private, public))
    return dataclasses.replace(desk, catalogue=KeptCatalogues(tmp_path / "data", SUITE).load())


def sampled(desk: Desk) -> tuple[Application, list[tuple[bytes, str]]]:
    pages: list[tuple[bytes, str]] = []

    def page(rng: random.Random) -> tuple[bytes, str]:
        pages.append((b"\xff\xd8" + rng.randbytes(24), "image/jpeg"))
        return pages[-1]

    data = samples(desk, ENTRY, {}, random.Random(5), page)
    for given in data["materials"].values():
        given["pages"] = [bytes_hash(pages[0][0])] if given["pages"] else []
    return Application.from_json(data), pages[:1]


def test_a_draft_keeps_the_rules_of_the_moment_the_item_was_chosen(desk: Desk, tmp_path: Path) -> None:
    application, pages = sampled(desk)
    draft = fill(desk, application, pages)
    draft = intake.choose(desk, draft.id, ENTRY)
    pinned = desk.catalogue.hash_of(ENTRY)
    after = updated(desk, tmp_path)
    assert after.catalogue.hash_of(ENTRY) != pinned
    view = plan(after, intake.load(after, draft.id))
    assert view.scheme is not None
    assert view.scheme.sha256 == pinned
    assert view.promised is not None
    assert view.promised.limit.count == 10
    assert view.obstacles == (), "nothing new is asked of an intake under way"
    case = accept.accept_draft(after, draft.id).case
    assert (case.item.sha256, case.item.version) == (pinned, "2026-11-20")
    assert order_for_case(after, case.id, Form.F2).scheme.sha256 == pinned
    chosen_now = plan(after, intake.choose(after, intake.open_draft(after).id, ENTRY))
    assert chosen_now.scheme is not None
    assert chosen_now.scheme.promised.count == 3


def test_an_accepted_case_is_printed_by_its_own_rules_after_an_update(desk: Desk, tmp_path: Path) -> None:
    application, pages = sampled(desk)
    case = accept.accept_application(desk, application, pages).case
    before = order_for_case(desk, case.id, Form.F2).scheme
    after = updated(desk, tmp_path)
    assert order_for_case(after, case.id, Form.F2).scheme == before
