"""What the window is handed once somebody may sign in, and the life of the workers around it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from clerk_app.bootstrap.catalogue import load_catalogue
from clerk_app.bootstrap.codes import take_code
from clerk_app.bootstrap.crash import report_bug
from clerk_app.bootstrap.display import RememberedDisplay
from clerk_app.bootstrap.doctor import free_cases
from clerk_app.bootstrap.enrolment_desk import EnrolmentDeskOfWindow, find_enrolment_again
from clerk_app.bootstrap.eyes import classify, eyes_for, key_burst
from clerk_app.bootstrap.hall import hall_cases
from clerk_app.bootstrap.house import House, house, sign_in
from clerk_app.bootstrap.housekeeper import Housekeeper
from clerk_app.bootstrap.line import LineDesk, centre_of
from clerk_app.bootstrap.loose_paper import sheet_printer
from clerk_app.bootstrap.noted import noted_hall
from clerk_app.bootstrap.notices import third_party
from clerk_app.bootstrap.office import office_or_shipped
from clerk_app.bootstrap.people import use_recovery
from clerk_app.bootstrap.press import export, press, sample_printer
from clerk_app.bootstrap.proof import speaks_against_a_version, this_version_cannot_open
from clerk_app.bootstrap.spool import OfficeDesk, SpoolDesk, system_printer
from clerk_app.bootstrap.start_training import start_training
from clerk_app.bootstrap.sticks import StickDesk
from clerk_app.bootstrap.surroundings import surroundings
from clerk_app.bootstrap.update_desk import UpdateDeskOfWindow
from clerk_app.bootstrap.vault_desk import VaultDesk
from clerk_app.catalogue.loader import LoadedCatalogue
from clerk_app.devices.speech import system_speaker
from clerk_app.settings import Settings
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.witness import witness
from printing.fonts import BOLD, FALLBACK, REGULAR
from printing.press import Press
from ui.jobs import Threads
from ui.services import PageImage, WindowServices


class _Counter:
    """Signing in starts line and spooler; signing in again (another clerk) restarts them on the new desk."""

    def __init__(self, home: House, catalogue: LoadedCatalogue, line: LineDesk, spool: SpoolDesk) -> None:
        self._home, self._line, self._spool = home, line, spool
        self._ready: LoadedCatalogue | None = (
            catalogue  # for the first who signs in; later ones get what came meanwhile
        )
        self._keeper = Housekeeper(home, report_bug)
        self.vault = VaultDesk(home, self._keeper, lambda: line.status().wants_enrolling)
        self.updates = UpdateDeskOfWindow(home, line, report_bug)
        self._one_at_a_time = threading.RLock()
        self.enrolment = EnrolmentDeskOfWindow(home, line, self._one_at_a_time)
        self._desk: Desk | None = None

    def sign_in(self, login: str, pin: str) -> Desk:
        """See WindowServices.sign_in."""
        try:
            with self._one_at_a_time:
                return self._open(login, pin)
        except Exception as error:
            if speaks_against_a_version(error):
                this_version_cannot_open(self._home.data)
            raise

    def _open(self, login: str, pin: str) -> Desk:
        desk = sign_in(self._home, login, pin, self._ready)
        self._ready = None
        self.close()
        self._desk = desk
        self._line.start(desk)
        self._spool.start(desk)
        self._keeper.start(desk)
        self.vault.start(desk)
        self.updates.start(desk)
        self.enrolment.start(desk)
        return desk

    def recover(self, login: str, pin: str, papers: Sequence[str]) -> None:
        """See WindowServices.recover."""
        use_recovery(self._home.data, login, pin, papers)

    def enrol_anew(self, login: str, pin: str, gateway: str, code: str, say: Callable[[str], None]) -> Desk:
        """See WindowServices.enrol_anew."""
        with self._one_at_a_time:
            find_enrolment_again(self._home, login, pin, gateway, code, say)
            say("正在登录")
            return self.sign_in(login, pin)

    def close(self) -> None:
        """Stop the workers, then the store they stand on."""
        self.enrolment.stop()
        self.updates.stop()
        self.vault.stop()
        self._line.stop()
        self._spool.stop()
        self._keeper.stop()
        desk, self._desk = self._desk, None
        if desk is not None:
            desk.store.close()


@contextmanager
def services_for(
    settings: Settings, executor: Threads, hint: str = "", display: RememberedDisplay | None = None
) -> Iterator[WindowServices]:
    """Everything that a window on this folder needs; at the end its workers stop and the store closes."""
    home, hall = house(settings), noted_hall(settings.data)
    catalogue = load_catalogue(settings.data)
    line = LineDesk(home)
    printer = sample_printer(settings.exports) if settings.demo else system_printer(settings.printer)
    office, trouble = office_or_shipped(settings.data)
    forms = press(office)
    spool = SpoolDesk(printer, forms, office, trouble, forms.warm)
    counter = _Counter(home, catalogue, line, spool)
    eyes = eyes_for(settings, home.clock, report_bug)
    speaker = system_speaker()
    try:
        yield WindowServices(
            sign_in=counter.sign_in,
            logins=home.vault.logins(),
            eyes=eyes,
            devices=eyes,
            key_burst=key_burst,
            take_code=partial(take_code, home, partial(centre_of, home), lambda: line.status().online),
            paper=forms,
            paper_desk=OfficeDesk(settings.data, spool, forms),
            preview=_pictures(forms),
            line=line,
            sticks=StickDesk(home),
            spool=spool,
            classify_code=classify,
            fonts=(REGULAR, BOLD, FALLBACK),
            hall=hall,
            catalogue_version=catalogue.version,
            executor=executor,
            free_cases=lambda: free_cases(settings.data),
            surroundings=lambda: surroundings(settings.data, printer, camera=bool(eyes.cameras())),
            export_pdf=export,
            clock_text=_clock_text(home),
            login_names={},
            sign_in_hint=hint,
            check_pin=lambda login, pin: witness(home.vault, home.clock, login, pin),
            safekeeping=counter.vault,
            recover=counter.recover,
            enrol_anew=counter.enrol_anew,
            enrolment=counter.enrolment,
            known_logins=home.vault.logins,
            protection=counter.vault.protection,
            print_sheet=sheet_printer(printer, hall, home),
            speaker=speaker,
            display=display or RememberedDisplay(settings.data),
            third_party=third_party,
            hall_cases=partial(hall_cases, home),
            updates=None if settings.demo else counter.updates,
            training=settings.training,
            train=None if settings.demo else partial(start_training, settings.data),
        )
    finally:
        if speaker is not None:
            speaker.stop()
        eyes.stop()
        forms.close()
        counter.updates.after_work()
        counter.close()


def _clock_text(home: House) -> Callable[[], str]:
    return lambda: home.clock.now().local.strftime("%H:%M")


def _pictures(forms: Press) -> Callable[[bytes], tuple[PageImage, ...]]:
    """See WindowServices.preview."""
    return lambda pdf: tuple(PageImage(page.width, page.height, page.rgb) for page in forms.pictures(pdf))
