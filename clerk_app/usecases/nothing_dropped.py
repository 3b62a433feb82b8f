"""What somebody hands over is used or refused by name, never left out in silence (promise 4): ids that an entry does not have, and
pages for a paper that this situation does not need."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from clerk_app.domain.application import CHANNELS, Application
from clerk_app.domain.life_event import Scheme
from clerk_app.errors import Refused
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.planning import Plan


def must_be_known(desk: Desk, application: Application, view: Plan) -> None:
    """Whatever a whole application names must be of its entry.

    An answer or a value that the other answers make pointless is no fault: it is known, only not asked.

    Raises:
        Refused: with every name that is unknown, and every paper whose pages nobody would keep.
    """
    scheme = view.scheme
    if scheme is None:  # an entry that is none is refused by what follows
        return
    wrong = list(_unknown_ids(desk.catalogue.scheme(application.item_id, _all_parts(scheme)), application))
    if scheme.event is None and application.parts:
        wrong.append("这是单个事项，不能写 parts")
    if application.channel not in CHANNELS:
        wrong.append(f"没有“{application.channel}”这种渠道，可写：{'、'.join(CHANNELS)}")
    names = {row.material.id: row.material.name for row in view.rows}
    kept = view.application.materials
    wrong += [
        f"{names.get(key, key)}这次用不到，却交了 {len(given.pages)} 页"
        for key, given in application.materials.items()
        if given.pages and key not in kept and not any(key in each for each in wrong)
    ]
    if wrong:
        raise Refused(
            "有写了却用不上的内容，没有受理。",
            reasons=tuple(wrong),
            what_is_safe="没有留下半份数据。",
            what_to_do="请改对或者去掉再交；clerk-app case template 列出这个事项认得的内容。",
        )


def _all_parts(scheme: Scheme) -> tuple[str, ...] | None:
    return tuple(part.item_id for part in scheme.event.parts) if scheme.event else None


def _unknown_ids(whole: Scheme, application: Application) -> Iterable[str]:
    yield from _beyond("材料", application.materials, {each.id for each in whole.materials})
    yield from _beyond("填写项", application.fields, {each.id for each in whole.fields})
    yield from _beyond("问题", application.answers, {each.id for each in whole.questions})


def _beyond(label: str, given: Collection[str], known: Collection[str]) -> Iterable[str]:
    return (f"这个事项没有这个{label}：{key}" for key in given if key not in known)
