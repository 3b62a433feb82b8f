"""How the applicant signs: on the pad, on paper, or, who cannot write, by a fingerprint before a witness (按指印).

A fingerprint stands for a signature (民法典 490 条 识). That somebody reads everything aloud first, that reader and witness are two,
and that nobody witnesses their own application, is this program's rule (拟).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from clerk_app.domain.canonical import Json

PAD, PAPER, THUMB = "pad", "paper", "thumb"
THUMB_PICTURE, CONSENT_PICTURE = "thumb.page", "thumb.consent_page"
"""Where a draft keeps the picture of the fingerprint under the application, and of the one under 单独同意."""


@dataclass(frozen=True, slots=True)
class Thumbprint:
    """Who read it aloud, who stood by, and the fingerprint itself.

    ``witness_is``: the witness's office, or what they are to the applicant. ``page``: SHA-256 of the picture of the fingerprint, taken
    only when the applicant agreed to that; empty: it is on paper alone, and the sheet is filed.
    """

    read_by: str
    witness: str
    witness_is: str
    page: str = ""

    @property
    def words(self) -> str:
        """How it was done, as people say it."""
        return f"按指印；{self.read_by}念给本人听，{self.witness}（{self.witness_is}）见证"

    @property
    def picture_words(self) -> str:
        """Where the fingerprint is."""
        return "指印拍下来了" if self.page else "指印在纸上"

    def to_json(self) -> Json:
        return {"read_by": self.read_by, "witness": self.witness, "witness_is": self.witness_is, "page": self.page}

    @classmethod
    def from_json(cls, data: Json) -> Thumbprint:
        """Raises ValueError, KeyError or TypeError."""
        told = (data["read_by"], data["witness"], data["witness_is"], data.get("page", ""))
        if not all(isinstance(text, str) for text in told):
            raise ValueError("who read, who witnessed and the picture's hash are texts")
        return cls(*told)


@dataclass(frozen=True, slots=True)
class Signature:
    """The applicant's signature, bound to ``shown_hash``; any later edit voids it (ADR 0012).

    On paper it may come without a hash: the sheet itself is kept, and the hash is put in when the case is entered.
    ``strokes``: each a list of [x, y, t_ms, pressure_permille] whole numbers, on a pad 0..10000 wide and high. ``thumb``: of that
    kind alone.
    """

    kind: str  # pad | paper | thumb
    shown_sha256: str
    strokes: tuple[tuple[tuple[int, int, int, int], ...], ...] = ()
    thumb: Thumbprint | None = None

    @property
    def is_there(self) -> bool:
        """A signature on paper, a witnessed fingerprint, or at least one stroke on the pad."""
        if self.kind == PAD:
            return any(self.strokes)
        return self.kind == PAPER or self.thumb is not None

    @property
    def words(self) -> str:
        """How it was signed, as people say it."""
        if self.thumb is None:
            return "签在纸上" if self.kind == PAPER else "签在屏上"
        return self.thumb.words

    def to_json(self) -> Json:
        return {
            "kind": self.kind,
            "shown_sha256": self.shown_sha256,
            "strokes": [[list(point) for point in stroke] for stroke in self.strokes],
            **({"thumb": self.thumb.to_json()} if self.thumb else {}),
        }

    @classmethod
    def from_json(cls, data: Json) -> Signature:
        """Raises ValueError, KeyError or TypeError."""
        kind = data["kind"]
        if kind not in (PAD, PAPER, THUMB):
            raise ValueError("a signature is made on the pad, on paper or by a fingerprint")
        if (kind == THUMB) != bool(data.get("thumb")):
            raise ValueError("a fingerprint says who read and who witnessed, and nothing else does")
        shown = data.get("shown_sha256", "") if kind == PAPER else data["shown_sha256"]
        if not isinstance(shown, str):
            raise ValueError("a hash is a text")
        strokes = []
        for stroke in data.get("strokes", []):
            points = []
            for x, y, t, pressure in stroke:
                if not all(isinstance(n, int) and not isinstance(n, bool) for n in (x, y, t, pressure)):
                    raise ValueError("stroke points are whole numbers")
                points.append((x, y, t, pressure))
            strokes.append(tuple(points))
        thumb = Thumbprint.from_json(data["thumb"]) if kind == THUMB else None
        return cls(kind, shown, tuple(strokes), thumb)


def thumb_faults(thumb: Thumbprint, parties: Collection[str]) -> dict[str, str]:
    """What is wrong with it, by field, as sentences without a full stop. ``parties``: names of applicant, agent, guardian."""
    reader, witness = _plain(thumb.read_by), _plain(thumb.witness)
    names = {_plain(name) for name in parties if _plain(name)}
    faults = dict[str, str]()
    if not reader:
        faults["read_by"] = "请写是谁念给申请人听的"
    if not witness:
        faults["witness"] = "按指印要有见证人，请写见证人姓名"
    elif witness == reader:
        faults["witness"] = "念的人和见证人要是两个人"
    elif witness in names:
        faults["witness"] = "申请人、代办人、监护人不能给自己见证，请另找一位"
    if not _plain(thumb.witness_is):
        faults["witness_is"] = "请写见证人的单位，或者是申请人的什么人"
    return faults


def _plain(name: str) -> str:
    return "".join(name.split())
