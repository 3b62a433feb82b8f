"""ADD A SUITE HERE: one module that fulfils ports.CipherSuite, and one line in SUITES."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from clerk_app.crypto.guomi import GuomiSuite
from clerk_app.crypto.international import InternationalSuite
from clerk_app.errors import KeyProblem
from clerk_app.ports import CipherSuite

SUITES: Mapping[str, Callable[[Callable[[int], bytes]], CipherSuite]] = {
    "intl-1": InternationalSuite,
    "gm-1": GuomiSuite,
}

UNCERTIFIED = frozenset({"gm-1"})
"""未经认证: the algorithms are right (checked against published vectors), the implementation is no certified module."""

DEFAULT = "intl-1"


def suite_by_id(suite_id: str, random: Callable[[int], bytes]) -> CipherSuite:
    """The suite that a header or file names.

    Raises:
        KeyProblem: this version does not know it.
    """
    if suite_id not in SUITES:
        raise KeyProblem(
            "这些数据用的加密方式，本版程序还不认识。",
            what_is_safe="数据没有被改动。",
            what_to_do="请升级程序后再打开。",
        )
    return SUITES[suite_id](random)
