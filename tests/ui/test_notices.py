"""What others made: on the page 关于, from the file that the product ships."""

from __future__ import annotations

from dataclasses import replace

from clerk_app.bootstrap.notices import NAME, third_party
from installer.recipe import ROOT
from scripts.third_party_notices import FONTS_AND_DATA, gateway_packages, runtime_packages
from tests.ui.conftest import opened
from tests.ui.hall import PIN, place
from tests.ui.hands import Hands
from ui.screens.settings.about import AboutPage
from ui.screens.settings.screen import SettingsScreen


def test_every_work_is_listed_with_its_terms():
    told = third_party()
    works = [work for work, _terms, _inside in told]
    assert works == [*runtime_packages(), *gateway_packages(), *(work for work, _spdx, _note in FONTS_AND_DATA)]
    assert all(terms for _work, terms, _inside in told)


def test_a_file_that_was_taken_away_gives_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr("clerk_app.bootstrap.notices.__file__", str(tmp_path / "a" / "b" / "notices.py"))
    monkeypatch.setattr("clerk_app.bootstrap.notices.metadata.files", lambda _name: None)
    assert third_party() == ()
    assert (ROOT / NAME).exists()


def test_the_page_lists_them_when_asked(qapp_themed, qtbot, pool):
    hall = place(pool)
    hall = replace(hall, services=replace(hall.services, third_party=third_party))
    with opened(hall, qtbot) as window:
        hands = Hands(window, hall, qtbot)
        hands.type(PIN)
        hands.press("Return")
        hands.until(lambda: window.desk_view is not None and hands.idle())
        hands.press("Ctrl+,")
        hands.until(hands.idle)
        settings = hands.view.place_of("settings")
        assert isinstance(settings, SettingsScreen)
        settings.show_page("about")
        page = settings._pages["about"]
        assert isinstance(page, AboutPage)
        assert not any("reportlab" in text for text in page.others.texts())
        page.show_others.click()
        texts = page.others.texts()
        assert any("reportlab" in text for text in texts)
        assert any("LGPL-3.0-only" in text and "Qt" in text for text in texts)
        assert not page.show_others.isVisibleTo(page)
