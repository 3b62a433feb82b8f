"""Hard frames made by hand, each for one thing that once went wrong or easily could. ADD ONE HERE: a line in ``CASES``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import qrcode

from clerk_app.devices import sample_permits, samples
from clerk_app.devices.samples import SAMPLE_PEOPLE, SamplePerson, Scene, compose, compose_empty
from clerk_app.domain.recognition import SeenKind
from tests.benchmarks import recognise_negatives as negatives
from tests.benchmarks.recognise_frames import negative
from tests.benchmarks.recognise_scenery import cluttered
from tests.devices.frames import FACE

Image8 = np.typing.NDArray[np.uint8]
LIU, CHEN, HE, GONG = (SAMPLE_PEOPLE[key] for key in ("liu_guifang", "chen_zhiqiang", "he_jun", "gong_jieyan"))
FRONT = ("name", "sex", "ethnicity", "birth", "address", "id_number")
BACK = ("authority", "valid_from", "valid_to")
FLAT = Scene(width=620, tilt=0.03)
OVER_THE_EDGE = Scene(width=620, turn=-140, tilt=0.03, shift=(0, 110))


@dataclass(frozen=True, slots=True)
class Case:
    """``fields``: what must be read, exactly. ``unsure``: what must be left to a person. ``never``: kinds it must not be."""

    name: str
    frame: Callable[[], Image8]
    kind: SeenKind | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    unsure: tuple[str, ...] = ()
    never: tuple[SeenKind, ...] = ()
    document: str = ""


def _front(
    person: SamplePerson, scene: Scene = FLAT, seed: int = 3, desk: Image8 | None = None
) -> Callable[[], Image8]:
    return lambda: compose(samples.draw_id_front(person, FACE), scene, seed, desk=desk)


def _read(name: str, person: SamplePerson, scene: Scene = FLAT, *names: str) -> Case:
    wanted = {each: getattr(person, each) for each in names or FRONT}
    return Case(name, _front(person, scene), SeenKind.ID_FRONT, wanted, document="111")


def _living(place: str, tail: str = "样例村3组12号") -> SamplePerson:
    return replace(LIU, address=f"重庆市{place}{tail}")


def _marred(person: SamplePerson, mar: Callable[[Image8], None], scene: Scene = FLAT) -> Callable[[], Image8]:
    def frame() -> Image8:
        image = _front(person, scene)()
        mar(image)
        return image

    return frame


def _finger(image: Image8) -> None:
    cv2.ellipse(image, (945, 175), (110, 55), -40, 0, 360, (120, 150, 205), -1)


def _blot_number(image: Image8) -> None:
    cv2.circle(image, (700, 515), 26, (250, 250, 250), -1)


def _squeezed(person: SamplePerson, quality: int) -> Callable[[], Image8]:
    def frame() -> Image8:
        _, data = cv2.imencode(".jpg", _front(person)(), [cv2.IMWRITE_JPEG_QUALITY, quality])
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)

    return frame


def _shaken(person: SamplePerson, length: int) -> Callable[[], Image8]:
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1 / length
    return lambda: np.asarray(cv2.filter2D(_front(person)(), -1, kernel), np.uint8)


def _on_paper(person: SamplePerson) -> Image8:
    """A real card on a white sheet."""
    sheet = np.full((1000, 1414, 3), 250, np.uint8)
    card = cv2.resize(samples.draw_id_front(person, FACE), (760, 479), interpolation=cv2.INTER_AREA)
    sheet[260:739, 320:1080] = card
    return compose(sheet, Scene(width=980, tilt=0.02), 5)


def _two_cards() -> Image8:
    frame = compose(samples.draw_id_front(LIU, FACE), Scene(width=520, shift=(-300, -60)), 6)
    return compose(samples.draw_id_front(CHEN, FACE), Scene(width=520, shift=(300, 60)), 6, desk=frame)


def _card_and_phone() -> Image8:
    frame = compose(samples.draw_id_front(LIU, FACE), Scene(width=560, shift=(-280, 0)), 6)
    return compose(samples.draw_phone("YKU77cafe", FACE), Scene(width=300, shift=(380, 0)), 6, desk=frame)


def _phone(text: str, scene: Scene, seed: int = 4) -> Callable[[], Image8]:
    return lambda: compose(samples.draw_phone(text, FACE), scene, seed)


def _white_on_black() -> Image8:
    code = qrcode.QRCode(border=4, box_size=6)
    code.add_data("YKUinverted1")
    code.make(fit=True)
    grey = 255 - np.asarray(code.make_image().get_image().convert("L"))
    return compose(np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8), Scene(width=260, turn=12), 8)


def _negative(name: str, scene: Scene = FLAT) -> Callable[[], Image8]:
    rng = np.random.default_rng(17)
    return lambda: compose(negatives.THINGS[name](rng, LIU, FACE), scene, 9)


def _page(scene: Scene) -> Callable[[], Image8]:
    return lambda: compose(samples.draw_page(samples.sample_pages(LIU)[0], FACE), scene, 10)


def _permit(which: str) -> Callable[[], Image8]:
    if which == "hmt":
        return lambda: compose(sample_permits.draw_residence_permit(TAIWAN, FACE), FLAT, 3)
    who = OLD if which == "2017" else NEW
    draw = sample_permits.draw_permanent_2017 if which == "2017" else sample_permits.draw_permanent_2023
    return lambda: compose(draw(who, FACE), FLAT, 3)


TAIWAN = sample_permits.residence_permit(HE, "830000")
OLD = sample_permits.a_foreigner(np.random.default_rng(5), is_new=False)
NEW = sample_permits.a_foreigner(np.random.default_rng(6), is_new=True)
CARDS = (SeenKind.ID_FRONT, SeenKind.ID_BACK)
NO_CARD = (*CARDS, SeenKind.CODE)

CASES: tuple[Case, ...] = (
    _read("upside down", LIU, replace(FLAT, turn=180)),
    _read("on its side", LIU, replace(FLAT, turn=90)),
    _read("slanted by 45 degrees", HE, replace(FLAT, turn=45, tilt=0.08)),
    _read("steep perspective", CHEN, replace(FLAT, tilt=0.16, turn=-20)),
    _read("dim far corner", LIU, replace(FLAT, light=0.65, noise=6)),
    _read("grainy", HE, replace(FLAT, noise=11)),
    _read("small", LIU, replace(FLAT, width=450, blur=0.8), "name", "sex", "birth", "id_number"),
    _read("close to the edge", CHEN, replace(FLAT, width=760, shift=(180, 40))),
    _read("district 涪陵", _living("涪陵区")),
    _read("district 酉阳", _living("酉阳土家族苗族自治县", "村3组1号")),
    _read("district 綦江", _living("綦江区"), replace(FLAT, blur=1.0)),
    _read("district 璧山", _living("璧山区"), replace(FLAT, blur=1.0)),
    _read("number that ends in X", CHEN, replace(FLAT, turn=4), "id_number", "birth", "sex"),
    _read("a name with a dot", replace(HE, name="买买提·艾力"), FLAT, "name", "id_number"),
    _read("an ethnic group of four signs", replace(LIU, ethnicity="柯尔克孜族"), FLAT, "ethnicity", "id_number"),
    Case("rare characters are left to a person", _front(GONG), SeenKind.ID_FRONT, {"id_number": GONG.id_number}, unsure=("name",)),
    Case("a traditional name is not simplified", _front(replace(CHEN, name="陳誌強")), SeenKind.ID_FRONT, unsure=("name",)),
    Case("wrong check digit", _front(samples.with_number(LIU, LIU.id_number[:-1] + "1")), SeenKind.ID_FRONT, unsure=("id_number",)),
    Case("number and birth disagree", _front(samples.with_number(HE, LIU.id_number)), SeenKind.ID_FRONT,
         unsure=("id_number", "birth")),
    Case("a finger over a corner", _marred(LIU, _finger), SeenKind.ID_FRONT, {"name": LIU.name, "id_number": LIU.id_number}),
    Case("a blot on the number", _marred(LIU, _blot_number), SeenKind.ID_FRONT, unsure=("id_number",)),
    Case("squeezed by a cheap driver", _squeezed(LIU, 28), SeenKind.ID_FRONT, {"id_number": LIU.id_number}),
    Case("shaken sideways", _shaken(HE, 5), SeenKind.ID_FRONT, {"id_number": HE.id_number, "birth": HE.birth}),
    Case("clutter around", _front(LIU, FLAT, 3, cluttered(np.random.default_rng(4), 3)), SeenKind.ID_FRONT,
         {"name": LIU.name, "id_number": LIU.id_number}),
    Case("a real card on a white sheet", lambda: _on_paper(LIU), SeenKind.ID_FRONT, {"id_number": LIU.id_number}),
    Case("two cards at once are never mixed", _two_cards, SeenKind.ID_FRONT),
    Case("a phone beside a card", _card_and_phone, SeenKind.CODE, text="YKU77cafe"),
    Case("a copy on A4 is a page", _negative("copied_card", Scene(width=470, tilt=0.02)), SeenKind.PAGE),
    Case("a copy that was cut out is no card", _negative("cut_out_copy"), never=NO_CARD),
    Case("a copy whose outline takes in some of the desk is no card", lambda: negative(9311, 894).frame, never=NO_CARD),
    Case("a copy aslant over the picture's edge is no card", _negative("cut_out_copy", OVER_THE_EDGE), never=NO_CARD),
    Case("a card aslant over the picture's edge is a card", _front(LIU, OVER_THE_EDGE), SeenKind.ID_FRONT),
    Case("a driving licence", _negative("driving_licence"), never=NO_CARD),
    Case("a social security card", _negative("social_card"), never=NO_CARD),
    Case("a page of the household register", _negative("register_page"), never=NO_CARD),
    Case("rows of eighteen digits", _negative("numbers"), never=NO_CARD),
    Case("a shop's barcode", _negative("barcode"), never=NO_CARD),
    Case("a torn code", _negative("torn_code", Scene(width=300)), never=NO_CARD),
    Case("finders around noise", _negative("fake_finders", Scene(width=300)), never=NO_CARD),
    Case("a desk full of things and no card", lambda: cluttered(np.random.default_rng(7), 7), never=NO_CARD),
    Case("an empty desk", lambda: compose_empty(77), SeenKind.NOTHING),
    Case("a phone far away", _phone("YKU0123456789", Scene(width=112, blur=1.0, noise=5)), SeenKind.CODE, text="YKU0123456789"),
    Case("a phone that shines", _phone("YKAabcdef99", Scene(width=230, turn=45, glare=0.5)), SeenKind.CODE, text="YKAabcdef99"),
    Case("a dark screen", _phone("YKUdark", Scene(width=260, light=0.8, noise=8)), SeenKind.CODE, text="YKUdark"),
    Case("white on black", _white_on_black, SeenKind.CODE, text="YKUinverted1"),
    Case("a page in deep shadow", _page(Scene(width=470, tilt=0.02, light=0.65)), SeenKind.PAGE),
    Case("a page lying across", _page(Scene(width=620, turn=90, tilt=0.02)), SeenKind.PAGE),
    Case("back, no end", lambda: compose(samples.draw_id_back(CHEN, FACE), replace(FLAT, turn=190), 3), SeenKind.ID_BACK,
         {name: getattr(CHEN, name) for name in BACK}),
    Case("back, a leap day", lambda: compose(samples.draw_id_back(
        replace(LIU, valid_from="2016-02-29", valid_to="2036-02-28"), FACE), FLAT, 3), SeenKind.ID_BACK,
        {"valid_from": "2016-02-29", "valid_to": "2036-02-28"}),
    Case("港澳台居民居住证", _permit("hmt"), SeenKind.ID_FRONT,
         sample_permits.residence_fields(TAIWAN), document="hmt"),
    Case("永久居留证 of 2017", _permit("2017"), SeenKind.ID_FRONT, sample_permits.permanent_fields(OLD), document="553"),
    Case("永久居留证 of 2023", _permit("2023"), SeenKind.ID_FRONT, sample_permits.permanent_fields(NEW), document="553"),
)  # fmt: skip
