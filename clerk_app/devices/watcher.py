"""Offers each thing once: when it is held still, and not again until it has been taken away. What could not be read is said
once too (kind NOTHING with advice), and taken back once it is gone (NOTHING without).

Of the frames since it lies still the clearest is read (``geometry.clearness``): while the focus settles or a lamp's spot
wanders, the newest one need not be the best.

Runs no thread of its own: the camera's thread calls ``look`` with each frame (cheap, 1 to 4 ms) and the recognition
is handed to ``submit``, one at a time. Tests give a manual ``submit`` and made-up times.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from clerk_app.devices.recognition.geometry import as_bgr, clearness
from clerk_app.devices.recognition.id_reading import CONTRADICTED
from clerk_app.devices.recognition.recognise import is_bare
from clerk_app.domain.recognition import SURE, Seen, SeenKind

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Image8 = npt.NDArray[np.uint8]
    Thumb = npt.NDArray[np.float32]

HOLD = 0.3  # seconds without movement before a look is taken
LOOK_AGAIN = 0.8  # seconds until an unsatisfying still picture is looked at again (focus may be settling)
MOST_LOOKS = 3
_MOVED = 14.0  # grey levels in any cell of the thumbnail; sensor noise stays under 4
_SAME_PAGE = 0.93  # likeness of two straightened pages
_LIKE, _INKED = (480, 672), 14.0  # pixels at which pages are compared; grey levels of deviation that mean print


class Watcher:
    """See the module. ``recognise`` must not touch the watcher; ``offer`` is called from ``submit``'s thread."""

    def __init__(
        self,
        recognise: Callable[[Image8], Seen],
        offer: Callable[[Seen], None],
        *,
        submit: Callable[[Callable[[], None]], None],
    ) -> None:
        self._recognise, self._offer, self._submit = recognise, offer, submit
        self._lock = threading.Lock()
        self._thumb: Thumb | None = None
        self._still_since = 0.0
        self._scene = 0  # counts movements: a result belongs to the scene it was taken from
        self._looks, self._looked_at = 0, 0.0
        self._satisfied = self._busy = False
        self._offered: Seen | None = None
        self._advised = ""
        self._best: tuple[float, Image8] | None = None  # of the frames since the last look at this scene

    def look(self, frame: Image8, at: float) -> None:
        """One frame of the camera, taken at ``at`` monotonic seconds. It may be kept, so nobody writes into it afterwards."""
        picture = as_bgr(frame)
        if picture is None:
            return
        frame = picture
        thumb = _thumbnail(frame)
        with self._lock:
            moved = self._thumb is None or _difference(thumb, self._thumb) > _MOVED
            self._thumb = thumb
            if moved:
                self._still_since = at
                self._scene += 1
                self._looks, self._satisfied, self._best = 0, False, None
            if self._busy:
                return
        if is_bare(frame):
            self._taken_away()
            return
        with self._lock:
            if self._satisfied or self._looks >= MOST_LOOKS:
                return
        clear = clearness(frame)
        with self._lock:
            if self._best is None or clear > self._best[0]:
                self._best = clear, frame
            wait = HOLD if self._looks == 0 else LOOK_AGAIN
            since = self._still_since if self._looks == 0 else self._looked_at
            if at - since < wait:
                return
            self._busy = True
            self._looks += 1
            self._looked_at = at
            scene = self._scene
            picture, self._best = self._best[1], None
        self._submit(lambda: self._study(picture, scene))

    def _taken_away(self) -> None:
        with self._lock:
            advised, self._advised = self._advised, ""
            self._offered, self._satisfied, self._looks, self._best = None, False, 0, None
        if advised:
            self._offer(Seen(SeenKind.NOTHING))

    def forget(self) -> None:
        """Offer whatever lies there once more (the clerk pressed F2)."""
        with self._lock:
            self._offered, self._satisfied, self._looks = None, False, 0

    def _study(self, picture: Image8, scene: int) -> None:
        fresh: Seen | None = None
        try:
            seen = self._recognise(picture)
            with self._lock:
                if seen.kind is SeenKind.NOTHING:
                    if scene == self._scene:
                        self._offered = None
                        if seen.advice and seen.advice != self._advised:
                            self._advised, fresh = seen.advice, seen
                elif self._offered is None or not same_thing(self._offered, seen):
                    self._offered = fresh = seen
                    self._advised = seen.advice
                else:
                    seen = joined(self._offered, seen)
                    if len(seen.doubtful) < len(self._offered.doubtful):
                        self._offered = fresh = seen  # the same card, read better: worth a second word
                        self._advised = seen.advice
                if scene == self._scene and seen.kind is not SeenKind.NOTHING and not seen.advice:
                    self._satisfied = True
        finally:
            with self._lock:
                self._busy = False
        if fresh is not None:
            self._offer(fresh)


def joined(earlier: Seen, later: Seen) -> Seen:
    """The later look at the same card with what the earlier one read more surely. What both are sure of and differ in is
    doubtful: a person looks. Anything but a card: the later look."""
    if not later.fields or earlier.document != later.document:
        return later
    fields, confidence = dict(later.fields), dict(later.confidence)
    for name, value in earlier.fields.items():
        before, now = earlier.confidence.get(name, 0.0), confidence.get(name, 0.0)
        if value != fields.get(name) and min(before, now) >= SURE:
            confidence[name] = CONTRADICTED
        elif before > now:
            fields[name], confidence[name] = value, before
    expected = dict.fromkeys((*fields, *later.doubtful))
    doubtful = tuple(name for name in expected if confidence.get(name, 0.0) < SURE)
    return replace(later, fields=fields, confidence=confidence, doubtful=doubtful,
                   advice=later.advice if doubtful else "")  # fmt: skip


def same_thing(one: Seen, other: Seen) -> bool:
    """The same code, card side or page, lying a little differently perhaps."""
    if one.kind is not other.kind:
        return False
    if one.kind is SeenKind.CODE:
        return one.text == other.text
    if one.kind is SeenKind.ID_FRONT:
        numbers = one.fields.get("id_number", ""), other.fields.get("id_number", "")
        if all(len(number) == 18 for number in numbers):
            return numbers[0] == numbers[1]
        return one.fields.get("name", "") == other.fields.get("name", "")
    if one.kind is SeenKind.ID_BACK:
        return all(
            one.fields.get(name) == other.fields.get(name)
            for name in ("authority", "valid_from")
            if name in one.fields and name in other.fields
        )
    return page_likeness(one.page_jpeg, other.page_jpeg) > _SAME_PAGE


def page_likeness(one: bytes, other: bytes) -> float:
    """How alike two straightened pages are in their least alike inked patch, -1..1, after laying one on the other.

    Two sheets of the same form, filled in for two people, differ in a few patches only: hence the worst one counts.
    """
    import cv2
    import numpy as np

    pictures = []
    for data in (one, other):
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE) if data else None
        if image is None:
            return 0.0
        pictures.append(cv2.GaussianBlur(cv2.resize(image, _LIKE, interpolation=cv2.INTER_AREA), (0, 0), 1.2))
    first, second = pictures
    warp = np.eye(3, dtype=np.float32)
    enough = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 60, 1e-4)
    try:
        _, found = cv2.findTransformECC(first, second, warp, cv2.MOTION_HOMOGRAPHY, enough)
    except cv2.error:
        return 0.0  # the two have nothing in common
    laid = cv2.warpPerspective(second, found, _LIKE, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderValue=(255,))
    worst = 1.0
    step_x, step_y = _LIKE[0] // 8, _LIKE[1] // 16
    for top in range(step_y, _LIKE[1] - 2 * step_y + 1, step_y):
        for left in range(step_x, _LIKE[0] - 2 * step_x + 1, step_x):
            a = first[top : top + step_y, left : left + step_x].astype(np.float32)
            b = laid[top : top + step_y, left : left + step_x].astype(np.float32)
            if max(float(a.std()), float(b.std())) > _INKED:
                worst = min(worst, float(np.corrcoef(a.ravel(), b.ravel())[0, 1]) if min(a.std(), b.std()) > 1 else 0.0)
    return worst


def _thumbnail(frame: Image8) -> Thumb:
    import cv2
    import numpy as np

    small = cv2.resize(frame, (48, 27), interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32)


def _difference(one: Thumb, other: Thumb) -> float:
    import numpy as np

    return float(np.abs(one - other).max())
