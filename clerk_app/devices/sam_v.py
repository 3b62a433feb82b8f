"""Driver: identity card readers that speak SAM-V on a serial line (二代证读卡器).

Found by USB id 0400:C35A where the system shows it as a serial port, else by the path in the settings. A card is offered once
each time it is laid down: most cards stay silent after a read until they are lifted, and those that do not are known by
their number.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from clerk_app.devices.chip.photo import PhotoDecoder, decoded
from clerk_app.devices.chip.session import Chip, Line, Outcome, Session
from clerk_app.devices.serial_line import HotPlug, SerialLine, usb_serial
from clerk_app.domain.recognition import Seen, SeenKind

USB_ID = (0x0400, 0xC35A)
POLL = 0.3  # seconds between questions, as the reader's makers ask for
_SAME_CARD = 1.5  # seconds without a card after which the same one counts as laid down anew

_ADVICE = {
    Outcome.LAY_AGAIN: "卡没读完，请重新放一下，放稳再拿开",
    Outcome.NOT_OURS: "这张卡读卡器认不出，请换身份证，或用摄像头、手工输入",
}


def find_port(path: str) -> Callable[[], str]:
    """``path`` when it is set, else whatever reader is plugged in."""
    return (lambda: path) if path else (lambda: usb_serial(USB_ID))


class SamVReader:
    """The port's CardReader. ``pause`` between attempts to open, ``poll`` between questions, in seconds; ``decoder`` turns the
    chip's portrait into a picture."""

    def __init__(
        self,
        path: str,
        *,
        clock: Callable[[], float],
        poll: float = POLL,
        pause: float = 1.0,
        decoder: PhotoDecoder | None = None,
    ) -> None:
        self._path, self._clock, self._poll, self._pause = path, clock, poll, pause
        self._decoder = decoder
        self._plug: HotPlug | None = None

    def start(self, on_seen: Callable[[Seen], None], on_problem: Callable[[str], None]) -> None:
        """Begin to look for cards; does nothing when already running. Callbacks come from the reader's thread."""
        if self._plug is not None:
            return

        def serve(line: Line, stopping: threading.Event) -> None:
            watch(Session(line, self._clock), stopping, on_seen, self._clock, self._poll, self._decoder)

        self._plug = HotPlug("card-reader", find_port(self._path), SerialLine, serve, on_problem, pause=self._pause)
        self._plug.start()

    def stop(self) -> None:
        """End; the line is released."""
        plug, self._plug = self._plug, None
        if plug is not None:
            plug.stop()


def watch(
    session: Session,
    stopping: threading.Event,
    on_seen: Callable[[Seen], None],
    clock: Callable[[], float],
    poll: float = POLL,
    decoder: PhotoDecoder | None = None,
) -> None:
    """Look until told to stop. Raises DeviceProblem when the reader is gone."""
    session.check()
    last_number, last_at, advised = "", 0.0, ""
    while not stopping.is_set():
        outcome, chip = session.look()
        now = clock()
        if chip is not None:
            number = chip.text.fields["id_number"]
            if number != last_number or now - last_at > _SAME_CARD:
                on_seen(seen_of(chip, decoder))
            last_number, last_at, advised = number, now, ""
        elif outcome in _ADVICE and advised != outcome:
            advised = outcome
            on_seen(Seen(SeenKind.NOTHING, advice=_ADVICE[outcome]))
        elif outcome is Outcome.NO_CARD:
            advised = ""
        stopping.wait(poll)


def seen_of(chip: Chip, decoder: PhotoDecoder | None = None) -> Seen:
    """What a chip says, as something seen. Every field is sure: it was verified by the reader's security module."""
    fields = dict(chip.text.fields)
    return Seen(
        SeenKind.CHIP,
        fields=fields,
        confidence=dict.fromkeys(fields, 1.0),
        document=chip.text.document.value,
        photo=chip.photo,
        portrait=decoded(chip.photo, decoder),
    )
