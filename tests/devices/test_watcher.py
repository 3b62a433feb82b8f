"""The watcher on real frames with made-up times and a manual executor."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from clerk_app.devices.recognition.geometry import glare_share, sharpness
from clerk_app.devices.recognition.recognise import recognise
from clerk_app.devices.samples import SAMPLE_PEOPLE, Scene, compose_empty
from clerk_app.devices.watcher import HOLD, LOOK_AGAIN, MOST_LOOKS, Watcher, joined, page_likeness
from clerk_app.domain.recognition import SURE, Seen, SeenKind
from tests.devices.frames import committed, front, page

if TYPE_CHECKING:
    from clerk_app.devices.samples import Image8


class Desk:
    """A camera, an executor and a clock that the test moves by hand; frames carry fresh sensor noise."""

    def __init__(self, look: Callable[[Image8], Seen] = recognise) -> None:
        self.offers: list[Seen] = []
        self.jobs: list[Callable[[], None]] = []
        self.looks = 0
        self.now = 0.0
        self._rng = np.random.default_rng(1)

        def counted(frame: Image8) -> Seen:
            self.looks += 1
            return look(frame)

        self.watcher = Watcher(counted, self.offers.append, submit=self.jobs.append)

    def show(self, frame: Image8, seconds: float, *, run: bool = True) -> None:
        for _ in range(round(seconds * 10)):
            noise = self._rng.integers(-3, 4, frame.shape, dtype=np.int16)
            self.watcher.look(np.clip(frame + noise, 0, 255).astype(np.uint8), self.now)
            self.now += 0.1
            while run and self.jobs:
                self.jobs.pop(0)()


def test_a_thing_is_offered_once_and_again_after_it_was_taken_away() -> None:
    desk, card, bare = Desk(), committed("id_front_liu_guifang"), compose_empty(19)
    desk.show(bare, 1)
    assert desk.jobs == []
    desk.show(card, 3)
    assert [seen.fields["name"] for seen in desk.offers] == ["刘桂芳"]
    assert desk.looks == 1, "a settled look is not repeated: it costs half a second of a core"
    desk.show(bare, 0.5)
    desk.show(card, 2)
    assert len(desk.offers) == 2


def test_nudging_does_not_offer_again() -> None:
    desk = Desk()
    desk.show(front("liu_guifang", Scene(turn=0)), 1)
    desk.show(front("liu_guifang", Scene(turn=9, shift=(60, 20))), 1)
    assert len(desk.offers) == 1
    assert desk.looks == 2


def test_another_thing_without_an_empty_desk_between_is_offered() -> None:
    desk = Desk()
    desk.show(committed("id_front_liu_guifang"), 1)
    desk.show(committed("id_back_liu_guifang"), 1)
    desk.show(committed("code"), 1)
    assert [seen.kind for seen in desk.offers] == [SeenKind.ID_FRONT, SeenKind.ID_BACK, SeenKind.CODE]


def test_nothing_is_looked_at_while_it_moves() -> None:
    desk = Desk()
    for step in range(12):
        desk.show(front("liu_guifang", Scene(shift=(-200 + 30.0 * step, 0))), 0.1)
    assert desk.looks == 0
    desk.show(front("liu_guifang", Scene(shift=(130, 0))), HOLD + 0.2)
    assert desk.looks == 1


def test_of_the_recent_frames_the_clearest_is_read() -> None:
    """The focus hunts, then a lamp's spot wanders over the card: neither the first nor the newest frame is the one to read."""
    sharp = committed("id_front_liu_guifang")
    soft = np.asarray(cv2.GaussianBlur(sharp, (0, 0), 2.2), np.uint8)
    dazzled = sharp.copy()
    for x in range(430, 800, 30):  # small spots: a large one counts as movement and waits anyhow
        cv2.circle(dazzled, (x, 330), 5, (255, 255, 255), -1)
    dazzled = np.asarray(cv2.GaussianBlur(dazzled, (0, 0), 0.8), np.uint8)
    read: list[Image8] = []

    def noted(frame: Image8) -> Seen:
        read.append(frame)
        return Seen(SeenKind.PAGE)

    desk = Desk(noted)
    for frame in (soft, soft, dazzled, sharp, soft, soft):
        desk.show(frame, 0.1)
    assert len(read) == 1
    clearest = read[0]
    assert sharpness(clearest) > 2 * sharpness(soft)
    assert glare_share(clearest) < glare_share(dazzled) / 2


def test_an_advice_is_taken_back_when_the_thing_is_gone() -> None:
    desk = Desk(lambda _: Seen(SeenKind.NOTHING, advice="再近一点"))
    desk.show(committed("code"), 1)
    assert [seen.advice for seen in desk.offers] == ["再近一点"]
    desk.show(compose_empty(19), 1)
    assert [seen.advice for seen in desk.offers] == ["再近一点", ""]


def test_a_later_look_at_the_same_card_adds_to_the_earlier_one() -> None:
    first = _card(name=("刘桂芳", 0.98), address=("重庆市样例区", 0.6), sex=("女", 0.99))
    second = _card(name=("刘桂芬", 0.7), address=("重庆市演示区", 0.97), sex=("男", 0.99))
    both = joined(first, second)
    assert (both.fields["name"], both.fields["address"]) == ("刘桂芳", "重庆市演示区")
    assert both.doubtful == ("sex",), "two looks that are both sure and differ are a person's business"
    assert joined(_card(name=("刘桂芳", 0.98)), _card(name=("刘桂芬", 0.7))).advice == ""


def _card(**fields: tuple[str, float]) -> Seen:
    doubtful = tuple(name for name, (_, confidence) in fields.items() if confidence < SURE)
    return Seen(
        SeenKind.ID_FRONT,
        fields={name: value for name, (value, _) in fields.items()},
        confidence={name: confidence for name, (_, confidence) in fields.items()},
        doubtful=doubtful,
        advice="有点糊，放稳一点" if doubtful else "",
        document="111",
    )


def test_one_recognition_at_a_time() -> None:
    desk = Desk()
    desk.show(committed("code"), 1, run=False)
    desk.show(committed("id_back_liu_guifang"), 1, run=False)
    assert len(desk.jobs) == 1


def test_an_unsatisfying_picture_is_looked_at_again_but_not_for_ever() -> None:
    blurred = Seen(SeenKind.PAGE, page_jpeg=recognise(page("liu_guifang")).page_jpeg, advice="有点糊，放稳一点")
    desk = Desk(lambda _: blurred)
    desk.show(page("liu_guifang"), HOLD + (MOST_LOOKS + 3) * (LOOK_AGAIN + 0.2))
    assert desk.looks == MOST_LOOKS
    assert len(desk.offers) == 1


def test_a_failing_recognition_does_not_stop_the_watching() -> None:
    def broken(_: Image8) -> Seen:
        raise ZeroDivisionError

    desk = Desk(broken)
    desk.show(committed("code"), 0.6, run=False)
    with pytest.raises(ZeroDivisionError):
        desk.jobs.pop()()
    desk.show(committed("code"), 1.2, run=False)
    assert len(desk.jobs) == 1


def test_forget_offers_the_same_thing_again() -> None:
    desk, code = Desk(), committed("code")
    desk.show(code, 1)
    desk.watcher.forget()
    desk.show(code, 1)
    assert len(desk.offers) == 2


def test_pages_of_the_same_form_for_two_people_are_two_pages() -> None:
    scenes = Scene(width=478, turn=1.5), Scene(width=470, turn=-3, tilt=0.06, shift=(30, 3))
    first, nudged = (recognise(page("liu_guifang", 0, scene)).page_jpeg for scene in scenes)
    other = recognise(page("chen_zhiqiang", 0, scenes[0])).page_jpeg
    assert page_likeness(first, nudged) > 0.96
    assert page_likeness(first, other) < 0.90
    assert SAMPLE_PEOPLE["liu_guifang"].name != SAMPLE_PEOPLE["chen_zhiqiang"].name
    desk = Desk()
    desk.show(page("liu_guifang", 0, scenes[0]), 1)
    desk.show(page("liu_guifang", 0, scenes[1]), 1)
    desk.show(page("chen_zhiqiang", 0, scenes[0]), 1)
    assert len(desk.offers) == 2
