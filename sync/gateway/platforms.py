"""Which platforms there are, by the address that an administrator writes.

ADD A PLATFORM HERE: one line for a class that fulfils platform.Platform.
"""

from __future__ import annotations

from pathlib import Path

from clerk_app.errors import BadInput
from sync.gateway.file_drop import FileDropPlatform
from sync.gateway.platform import LoopbackPlatform, Platform


def platform_by_address(address: str) -> Platform:
    """``loopback``, or ``file:FOLDER``.

    Raises:
        BadInput: neither.
    """
    if address in {"", "loopback"}:
        return LoopbackPlatform()
    kind, colon, rest = address.partition(":")
    if kind == "file" and colon and rest:
        return FileDropPlatform(Path(rest))
    raise BadInput("转发地址不对。", what_is_safe="没有启动。", what_to_do="请写 loopback，或 file: 加文件夹。")
