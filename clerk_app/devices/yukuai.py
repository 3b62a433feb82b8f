"""渝快码 as far as it can be known: opaque. And our own 演示码, which is never passed off as a real one.

No public specification of the real code exists (payload, signature, lifetime, resolution), so nothing here decodes
one. The demo code is ``YKU-DEMO.<base64url(JSON{idToken,exp})>.<base64url(HMAC-SHA-256)>``, valid for 60 seconds.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from enum import StrEnum

from clerk_app.domain.numbering import number_in_qr
from clerk_app.errors import BadInput

DEMO_LABEL = "演示码"
DEMO_SECONDS = 60
_DEMO = "YKU-DEMO."
_OPAQUE = ("YKU", "YKA")  # prefixes that scanning devices are known to put before 渝快码 and 渝康码
_LONGEST = 4096


class CodeKind(StrEnum):
    """What a scanned text is to this counter."""

    YUKUAI_DEMO = "yukuai_demo"
    YUKUAI_UNKNOWN = "yukuai_unknown"  # a real one, perhaps: opaque, 待联网核验
    CASE_QR = "case_qr"  # printed by this program: the case's number
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class DemoToken:
    """The content of a verified demo code: an opaque token and when it ends (seconds since 1970, UTC)."""

    id_token: str
    expires: int


def classify_code(text: str) -> CodeKind:
    """By prefix or shape alone; says nothing of validity."""
    tidy = text.strip("\r\n ")
    if tidy.startswith(_DEMO):
        return CodeKind.YUKUAI_DEMO
    if number_in_qr(tidy):
        return CodeKind.CASE_QR
    if tidy.startswith(_OPAQUE) and len(tidy) > 3:
        return CodeKind.YUKUAI_UNKNOWN
    return CodeKind.FOREIGN


def case_number_of(text: str) -> str:
    """The number in a code printed by this program; empty when it is none."""
    return number_in_qr(text)


def _wrap(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _unwrap(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _mark(body: str, secret: bytes) -> bytes:
    return hmac.new(secret, f"{_DEMO}{body}".encode("ascii"), hashlib.sha256).digest()


def make_demo_code(id_token: str, *, secret: bytes, now: int) -> str:
    """A fresh demo code for ``id_token`` (opaque, never an id number). ``now`` in seconds since 1970."""
    content = {"idToken": id_token, "exp": now + DEMO_SECONDS}
    body = _wrap(json.dumps(content, sort_keys=True, separators=(",", ":")).encode("utf-8"))
    return f"{_DEMO}{body}.{_wrap(_mark(body, secret))}"


def verify_demo_code(text: str, *, secret: bytes, now: int) -> DemoToken:
    """Check mark and time. Raises BadInput, in the clerk's words, for a forged, broken, expired or foreign one."""
    tidy = text.strip("\r\n ")
    if classify_code(tidy) is not CodeKind.YUKUAI_DEMO or len(tidy) > _LONGEST:
        raise BadInput("这不是演示码。", what_to_do="请出示渝快码，或者放上身份证。")
    broken = BadInput(
        "演示码不完整或被改过。", what_is_safe="没有采用里面的内容。", what_to_do="请刷新后再扫，或者放上身份证。"
    )
    body, dot, mark = tidy.removeprefix(_DEMO).partition(".")
    try:
        if not dot or not hmac.compare_digest(_unwrap(mark), _mark(body, secret)):
            raise broken
        content = json.loads(_unwrap(body))
        token, expires = content["idToken"], content["exp"]
    except (ValueError, binascii.Error, KeyError, TypeError):
        raise broken from None
    if not isinstance(token, str) or not isinstance(expires, int) or isinstance(expires, bool):
        raise broken
    if now >= expires or expires - now > DEMO_SECONDS:
        raise BadInput("演示码过期了。", what_to_do="请刷新后再扫（60 秒内有效），或者放上身份证。")
    return DemoToken(token, expires)
