"""Enrolment over HTTP: a one-time token buys a window id, keys of the gateway, and outside loopback a TLS certificate."""

from __future__ import annotations

from dataclasses import replace

from clerk_app.errors import Refused
from clerk_app.ports import Enrolled
from sync import protocol
from sync.certificates import (
    authority_from_bytes,
    certificate_from_bytes,
    context_for,
    new_key_and_csr,
    split_code,
    unproved_context,
)
from sync.certificates import fingerprint as fingerprint_of
from sync.http_line import TIMEOUT_S, HttpLine, error_in, read_answer
from sync.protocol import Code

_ENROL_REFUSED = {Code.UNKNOWN_TOKEN, Code.USED_TOKEN, Code.FOREIGN_TOKEN, Code.BAD_ENVELOPE, Code.UNKNOWN_SUITE}


class HttpEnrolment:
    """ports.Enrolment."""

    def __init__(self, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s

    def enrol(
        self, gateway: str, token: str, hall: str, window: str, signing_public: bytes, suite: str = "intl-1"
    ) -> Enrolled:
        """See ports.Enrolment. ``token``: as given out; with a fingerprint in it, the gateway must prove to be that one."""
        plain, fingerprint = split_code(token)
        authority = self._authority(gateway, fingerprint) if fingerprint else ""
        key, csr = new_key_and_csr(f"{hall}-{window}") if authority else ("", "")
        body = protocol.enrol_request_bytes(protocol.EnrolRequest(plain, hall, window, signing_public, suite, csr))
        line = HttpLine(gateway, self._timeout_s, context_for(None, authority) if authority else None)
        try:
            answer = line.request("POST", protocol.ENROL, body, {"Content-Type": "application/json"})
        finally:
            line.close()
        error = error_in(answer)
        if error is not None and error.code in _ENROL_REFUSED:
            raise Refused(error.reason, what_is_safe="本机没有任何改动。")
        enrolled = read_answer(answer, lambda data: protocol.enrolled_from_bytes(data, gateway))
        if not authority:
            return enrolled
        certificate = read_answer(answer, certificate_from_bytes)
        return replace(enrolled, tls={"authority": authority, "certificate": certificate, "key": key})

    def _authority(self, gateway: str, fingerprint: str) -> str:
        """The gateway's authority, when it is the one that the enrolment code names; no secret has been sent so far."""
        line = HttpLine(gateway, self._timeout_s, unproved_context())
        try:
            answer = line.request("GET", protocol.HELLO, b"", {})
        finally:
            line.close()
        authority = read_answer(answer, authority_from_bytes)
        try:
            is_the_one = bool(authority) and fingerprint_of(authority) == fingerprint
        except ValueError:
            is_the_one = False
        if not is_the_one:
            raise Refused(
                "这个地址上的前置，不是登记码说的那一个。",
                what_is_safe="登记码没有发出去，本机没有任何改动。",
                what_to_do="请核对前置地址，或请管理员看看网络里有没有别人冒充。",
            )
        return authority
