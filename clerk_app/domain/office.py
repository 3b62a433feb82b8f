"""An office's own paper: its name and logo on top, the words at the seal, bodies of remedy, corrected texts of law, and which
printer takes which form.

``office.json`` in the folder ``office`` of the data folder, the logo (``logo.png`` or ``logo.jpg``) beside it:

    {"format": 1, "header": "…", "second_line": "…", "seal": "业务受理专用章", "review_body": "…", "court": "…",
     "texts": {"f3.law": {"text": "…", "source": "…"}},
     "printers": {"*": {"printer": "…"}, "paper_rating": {"printer": "…", "size": "strip", "large": true}},
     "receipt_printers": {"小票机": {"device": "/dev/usb/lp0"}}, "seal_program": ["/opt/seal/stamp", "--window"],
     "correction_days": 15}

Everything may be left out. A text without its source is refused: an office answers for the law that it cites.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from clerk_app.domain.canonical import Json
from clerk_app.domain.paper import Form, Look, PaperSize

ANY_FORM = "*"
_KEYS = {
    "format", "header", "second_line", "seal", "review_body", "court", "texts", "printers", "receipt_printers", "seal_program",
    "correction_days",
}  # fmt: skip
_LONGEST = 400
CORRECTION_DAYS = 15
"""Working days that a one-time notice proposes where nobody set another term: ours (拟)."""
_MOST_DAYS = 250


@dataclass(frozen=True, slots=True)
class OfficeText:
    """A sentence of a form in this office's words, and the place it comes from."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Route:
    """Where a form is printed and how it looks there. ``printer`` empty: the default one."""

    printer: str = ""
    look: Look = field(default_factory=Look)


@dataclass(frozen=True, slots=True)
class Office:
    """``header`` empty: the hall's own name. ``logo``: a PNG or JPEG. ``routes``: by form value, or ``*`` for all others.

    ``receipt_printers``: name to device of printers without a spooler (ESC/POS). ``seal_program``: the program of the electronic
    seal's keeper, with its arguments; empty where there is none. ``correction_days``: working days proposed for 补正.
    """

    header: str = ""
    second_line: str = ""
    seal: str = "业务受理专用章"
    review_body: str = ""
    court: str = ""
    texts: Mapping[str, OfficeText] = field(default_factory=dict)
    routes: Mapping[str, Route] = field(default_factory=dict)
    receipt_printers: Mapping[str, str] = field(default_factory=dict)
    logo: bytes = b""
    seal_program: tuple[str, ...] = ()
    correction_days: int = CORRECTION_DAYS

    def route(self, form: Form) -> Route:
        """Where this form goes."""
        return self.routes.get(form.value) or self.routes.get(ANY_FORM) or Route()

    def printers(self) -> tuple[str, ...]:
        """Every printer that is named, each once."""
        return tuple(dict.fromkeys(route.printer for route in self.routes.values() if route.printer))


def office_from_json(data: Json, logo: bytes = b"") -> Office:
    """Raises ValueError with the clerk's sentence when the data is no office."""
    if not isinstance(data, dict) or data.get("format") != 1:
        raise ValueError("开头应写 format 1")
    if unknown := sorted(set(data) - _KEYS):
        raise ValueError(f"不认识的项目：{unknown[0][:40]}")
    return Office(
        header=_text(data, "header"),
        second_line=_text(data, "second_line"),
        seal=_text(data, "seal") or Office().seal,
        review_body=_text(data, "review_body"),
        court=_text(data, "court"),
        texts={key: _office_text(key, entry) for key, entry in _table(data, "texts").items()},
        routes={key: _route(key, entry) for key, entry in _table(data, "printers").items()},
        receipt_printers={name: _device(name, entry) for name, entry in _table(data, "receipt_printers").items()},
        logo=logo,
        seal_program=_words(data, "seal_program"),
        correction_days=_days(data, "correction_days", CORRECTION_DAYS),
    )


def office_to_json(office: Office) -> dict[str, Json]:
    """The form that ``office_from_json`` reads; the logo is a file of its own."""
    return {
        "format": 1,
        "header": office.header,
        "second_line": office.second_line,
        "seal": office.seal,
        "review_body": office.review_body,
        "court": office.court,
        "texts": {key: {"text": each.text, "source": each.source} for key, each in office.texts.items()},
        "printers": {
            key: {"printer": route.printer, "size": route.look.size.value, "large": route.look.large}
            for key, route in office.routes.items()
        },
        "seal_program": list(office.seal_program),
        "correction_days": office.correction_days,
        "receipt_printers": {name: {"device": device} for name, device in office.receipt_printers.items()},
    }


def _table(data: Mapping[str, Json], key: str) -> Mapping[str, Json]:
    table = data.get(key, {})
    if not isinstance(table, dict):
        raise ValueError(f"{key} 应是一张表")
    return table


def _text(data: Mapping[str, Json], key: str) -> str:
    text = data.get(key, "")
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise ValueError(f"{key[:40]} 应是一段不太长的文字")
    return text.strip()


def _days(data: Mapping[str, Json], key: str, usual: int) -> int:
    count = data.get(key, usual)
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= _MOST_DAYS:
        raise ValueError(f"{key} 应是 1 到 {_MOST_DAYS} 个工作日")
    return count


def _words(data: Mapping[str, Json], key: str) -> tuple[str, ...]:
    words = data.get(key, [])
    if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
        raise ValueError(f"{key} 应是一串不空的文字：程序和它的参数")
    return tuple(words)


def _office_text(key: str, entry: Json) -> OfficeText:
    if not isinstance(entry, dict):
        raise ValueError(f"texts 里的 {key[:40]} 应有 text 和 source")
    text, source = _text(entry, "text"), _text(entry, "source")
    if not text or not source:
        raise ValueError(f"texts 里的 {key[:40]} 要同时写明 text 和 source（出处）")
    return OfficeText(text, source)


def _route(key: str, entry: Json) -> Route:
    if key != ANY_FORM and key not in {form.value for form in Form}:
        raise ValueError(f"printers 里没有这种文书：{key[:40]}")
    if not isinstance(entry, dict):
        raise ValueError(f"printers 里的 {key[:40]} 应写 printer、size、large")
    try:
        size = PaperSize(entry.get("size", PaperSize.A4.value))
    except ValueError:
        raise ValueError(f"纸张只能是 {'、'.join(PaperSize)}") from None
    return Route(_text(entry, "printer"), Look(size, entry.get("large") is True))


def _device(name: str, entry: Json) -> str:
    if not isinstance(entry, dict) or not _text(entry, "device"):
        raise ValueError(f"receipt_printers 里的 {name[:40]} 应写 device")
    return _text(entry, "device")
