"""The frames of ``bench recognise``: drawn from a seed, never stored. Synthetic people only (area 500199, 样例).

    codes      a phone held before the camera: small, slanted, dim, dazzled, striped by its own pixels
    cards      both sides of the resident card and the fronts of the two residence permits, at four levels
    pages      sheets of paper in shadow, turned any way
    negatives  what must never become a code, a card or a number: desk, clutter, other cards, copies, torn codes

Levels are about the picture, not the person: ``easy`` lies flat in good light, ``worst`` is what a clerk would ask to lay
down again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from clerk_app.devices import sample_permits
from clerk_app.devices.recognition.tables import tables
from clerk_app.devices.sample_drawings import SamplePage, draw_id_back, draw_id_front, draw_page, draw_phone
from clerk_app.devices.sample_people import SamplePerson
from clerk_app.devices.samples import Scene, bundled_typeface, compose, compose_empty
from clerk_app.domain.people import id_check_digit
from clerk_app.domain.recognition import SeenKind
from tests.benchmarks import recognise_negatives
from tests.benchmarks.recognise_scenery import after, cluttered

Image8 = np.typing.NDArray[np.uint8]
Rng = np.random.Generator

LEVELS = ("easy", "medium", "hard", "worst")
FACE = bundled_typeface()
_SURNAMES = (
    "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
    "冉向"
)
GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂玉梅华文建国红志春晓东海燕云龙飞鹏宇浩欣怡佳雪梦琪子"
    "涵轩梓俊博雨思嘉诗雅萍莉辉斌波鑫健莹倩琳颖璐瑶婷洁慧珍玲凤仙碧素琼渝川江山林森木水火土金银福禄寿喜庆"
    "荣富贵德仁义礼智信忠孝廉耻正大光天地玄黄宇宙洪荒"
)
RARE = "㛃䶮喆昇堃淼垚焱犇骉赟翀頔玥珺璟"
_VILLAGES = (
    "永兴村3组12号",
    "新华路156号2幢1单元5-2",
    "桥头社区25号附7号",
    "河坝村6组33号",
    "人民西路8号",
    "滨江大道199号11-3",
)
_MANY, _SOME = 0.75, 0.93  # how many of the people are 汉族; how many names are made of common characters


@dataclass(frozen=True, slots=True)
class Sample:
    """A frame and what is truly on it. ``fields`` as the recogniser names them; ``rare``: the name wants a person's eyes."""

    frame: Image8
    kind: SeenKind
    level: str
    group: str
    name: str
    text: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    rare: bool = False
    document: str = "111"


def scene_of(level: str, rng: Rng, card: bool = True) -> Scene:
    """How a thing lies at this level; a card's width is its long side."""
    turn = float(rng.uniform(-12, 12) + rng.choice([0, 0, 180])) if level == "easy" else float(rng.uniform(0, 360))
    widths = {"easy": (600, 760), "medium": (540, 690), "hard": (480, 600), "worst": (420, 540)}[level]
    width = float(rng.uniform(*widths)) * (1.0 if card else 0.72)
    if abs(np.sin(np.deg2rad(turn))) > 0.5 and card:
        width = min(width, 640.0)  # else the ends would stick out of the picture
    tilt, blur, noise, light, glare = {
        "easy": ((0.0, 0.05), (0.4, 0.8), (2, 4), (0.05, 0.25), 0.0),
        "medium": ((0.0, 0.09), (0.6, 1.0), (3, 6), (0.1, 0.4), 0.25),
        "hard": ((0.03, 0.13), (0.8, 1.3), (4, 8), (0.2, 0.55), 0.5),
        "worst": ((0.05, 0.16), (1.0, 1.5), (5, 10), (0.3, 0.65), 0.8),
    }[level]
    shift = (float(rng.uniform(-60, 60)), float(rng.uniform(-20, 20)))
    return Scene(
        width=width,
        turn=turn,
        tilt=float(rng.uniform(*tilt)),
        shift=shift,
        blur=float(rng.uniform(*blur)),
        noise=float(rng.uniform(*noise)),
        light=float(rng.uniform(*light)),
        glare=float(rng.uniform(0, glare)),
    )


def a_person(rng: Rng) -> SamplePerson:
    """Somebody who does not exist, with a real district's name in the address, for the gazetteer's sake."""
    rare = rng.random() > _SOME
    given = [str(rng.choice(list(GIVEN))) for _ in range(int(rng.integers(1, 3)))]
    if rare:
        given[-1] = str(rng.choice(list(RARE)))
    birth = dt.date(1936, 1, 1) + dt.timedelta(days=int(rng.integers(0, 28000)))
    male = bool(rng.random() < 0.5)
    serial = int(rng.integers(0, 499)) * 2 + (1 if male else 0)
    first17 = f"500199{birth:%Y%m%d}{serial:03d}"
    district = str(rng.choice(list(tables().divisions)))
    town = str(rng.choice(tables().divisions[district])) if tables().divisions[district] else ""
    ethnic = "汉族" if rng.random() < _MANY else str(rng.choice(tables().ethnic))
    start = dt.date(2007, 1, 1) + dt.timedelta(days=int(rng.integers(0, 6900)))
    years = int(rng.choice([10, 20, 20, 99]))
    end = "长期" if years == 99 else _years_later(start, years).isoformat()
    office = f"{district}公安局" if district.endswith("县") else f"重庆市公安局{district}分局"
    return SamplePerson(
        key="",
        name=str(rng.choice(list(_SURNAMES))) + "".join(given),
        sex="男" if male else "女",
        ethnicity=ethnic,
        birth=birth.isoformat(),
        id_number=first17 + id_check_digit(first17),
        address=f"重庆市{district}{town}{rng.choice(_VILLAGES)}",
        authority=office,
        valid_from=start.isoformat(),
        valid_to=end,
    )


def _years_later(start: dt.date, years: int) -> dt.date:
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return start.replace(year=start.year + years, day=28)


def front_fields(person: SamplePerson) -> dict[str, str]:
    names = ("name", "sex", "ethnicity", "birth", "address", "id_number")
    return {name: getattr(person, name) for name in names}


def back_fields(person: SamplePerson) -> dict[str, str]:
    return {name: getattr(person, name) for name in ("authority", "valid_from", "valid_to")}


def cards(seed: int, count: int, levels: tuple[str, ...] = LEVELS) -> Iterator[Sample]:
    """``count`` cards, the levels in turn; of ten six fronts, two backs, one permit of each kind."""
    for n in range(count):
        rng = np.random.default_rng([seed, 1, n])
        level = levels[n % len(levels)]
        which = (n // len(levels)) % 10
        person = a_person(rng)
        document, kind, fields = "111", SeenKind.ID_FRONT, front_fields(person)
        rare = any(ch in RARE for ch in person.name)
        if which < 6:
            drawn = draw_id_front(person, FACE)
        elif which < 8:
            drawn, kind, fields = draw_id_back(person, FACE), SeenKind.ID_BACK, back_fields(person)
        elif which == 8:
            permit = sample_permits.a_residence_permit(rng, person)
            drawn, document = sample_permits.draw_residence_permit(permit, FACE), "hmt"
            fields = sample_permits.residence_fields(permit)
        else:
            foreigner = sample_permits.a_foreigner(rng)
            draw = sample_permits.draw_permanent_2023 if foreigner.is_new else sample_permits.draw_permanent_2017
            drawn, document, rare = draw(foreigner, FACE), "553", False
            fields = sample_permits.permanent_fields(foreigner)
        frame = laid(drawn, scene_of(level, rng), level, rng, n)
        yield Sample(frame, kind, level, "card", f"card-{seed}-{n}", fields=fields, rare=rare, document=document)


def laid(drawn: Image8, scene: Scene, level: str, rng: Rng, seed: int) -> Image8:
    desk = cluttered(rng, seed) if level in {"hard", "worst"} and rng.random() < 0.7 else None
    return after(compose(drawn, scene, seed, desk=desk), level, rng)


_TEXTS: tuple[Callable[[Rng], str], ...] = (
    lambda rng: "YKU" + "".join(rng.choice(list("0123456789abcdef"), int(rng.integers(24, 64)))),
    lambda rng: "YKA" + "".join(rng.choice(list("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"), 40)),
    lambda rng: f"https://example.invalid/p?k={rng.integers(0, 1 << 60):x}",
    lambda rng: f"yk-case:YL-500199-{rng.integers(0, 9999):04d}",
    lambda rng: f"演示办事码{rng.integers(0, 1 << 40)}样例",
)


def codes(seed: int, count: int) -> Iterator[Sample]:
    """Phones with a code, from near and clear to tiny and dim."""
    for n in range(count):
        rng = np.random.default_rng([seed, 2, n])
        text = _TEXTS[n % len(_TEXTS)](rng)
        level = LEVELS[n % 4]
        drawn = draw_phone(text, FACE)
        if rng.random() < 0.5:
            drawn = recognise_negatives.screen_grid(drawn, rng)
        widths = {"easy": (280, 420), "medium": (190, 320), "hard": (135, 230), "worst": (110, 185)}[level]
        scene = replace(
            scene_of(level, rng), width=float(rng.uniform(*widths)), shift=(float(rng.uniform(-250, 250)), 0.0)
        )
        frame = laid(drawn, scene, level, rng, n)
        yield Sample(frame, SeenKind.CODE, level, "code", f"code-{seed}-{n}", text=text)


def pages(seed: int, count: int) -> Iterator[Sample]:
    """Sheets in every direction, some in shadow."""
    for n in range(count):
        rng = np.random.default_rng([seed, 3, n])
        level = LEVELS[n % 3]
        drawn = draw_page(_a_sheet(rng), FACE)
        scene = replace(
            scene_of(level, rng), width=float(rng.uniform(430, 480)), shift=(float(rng.uniform(-80, 80)), 0.0)
        )
        turned = 90 * int(rng.integers(0, 4)) + float(rng.uniform(-5, 5))
        across = abs(np.sin(np.deg2rad(turned))) > 0.5
        scene = replace(scene, turn=turned, width=scene.width * (1.2 if across else 1.0), tilt=scene.tilt / 3)
        yield Sample(laid(drawn, scene, level, rng, n), SeenKind.PAGE, level, "page", f"page-{seed}-{n}")


def _a_sheet(rng: Rng) -> SamplePage:
    person = a_person(rng)
    rows = [
        ("姓名", person.name),
        ("联系电话", f"1390000{rng.integers(0, 9999):04d}"),
        ("单位", "演示公司（样例）"),
        ("备注", "无"),
    ]
    more = [(f"第 {k} 年", f"缴费 {rng.integers(1, 12)} 个月") for k in range(1, int(rng.integers(2, 7)))]
    return SamplePage(str(rng.choice(["参保缴费凭证", "收入证明", "房屋租赁合同", "诊断证明书"])), (*rows, *more))


def negatives(seed: int, count: int) -> Iterator[Sample]:
    """Nothing here is a code or a card of ours, though much of it looks like one."""
    for n in range(count):
        yield negative(seed, n)


def negative(seed: int, n: int) -> Sample:
    """The ``n``-th of them, by itself."""
    kinds = tuple(recognise_negatives.THINGS)
    rng = np.random.default_rng([seed, 4, n])
    name = ("bare", *kinds)[n % (len(kinds) + 1)]
    level = LEVELS[int(rng.integers(0, 4))]
    if name == "bare":
        frame = compose_empty(seed * 7919 + n) if rng.random() < 0.5 else after(cluttered(rng, n), level, rng)
    else:
        drawn = recognise_negatives.THINGS[name](rng, a_person(rng), FACE)
        frame = laid(drawn, scene_of(level, rng, card=drawn.shape[1] > drawn.shape[0]), level, rng, n)
    return Sample(frame, SeenKind.NOTHING, level, "negative", f"{name}-{seed}-{n}")


GROUPS: Mapping[str, Callable[[int, int], Iterator[Sample]]] = {
    "code": codes,
    "card": cards,
    "page": pages,
    "negative": negatives,
}
