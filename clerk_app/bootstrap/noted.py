"""What stands in the clear beside the vault and is read before any key is there: the hall, and who can sign in. Light on purpose:
the sign-in page waits for it."""

from __future__ import annotations

from pathlib import Path

from clerk_app.crypto.vault_file import SPARE_FOLDER, read_vault
from clerk_app.domain.canonical import parse_json
from clerk_app.domain.hall import Hall
from clerk_app.errors import StorageProblem

HALL_FILE = "window.json"
"""Hall and window in the clear (nothing personal), for the sign-in page before any key is there."""


def noted_hall(data: Path) -> Hall:
    """The hall for the sign-in page; where the file is missing or damaged, from its spare beside the rolling copies.
    Raises StorageProblem when this folder was never set up."""
    for folder in (data, data / SPARE_FOLDER):
        try:
            return Hall.from_json(parse_json((folder / HALL_FILE).read_bytes()))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    if (data / "clerk.db").exists():
        raise StorageProblem(
            "窗口登记的文件（window.json）不见了或已损坏，办件都还在。",
            what_is_safe="没有改动任何文件。",
            what_to_do=(
                "请先不要重新登记。请运行 clerk-app doctor --clerk 登录名，PIN 放在 CLERK_APP_PIN 里：它登录时会把这个文件补回；"
                "数据库里的登记信息也丢了的，它会说怎么重新登记。"
            ),
        )
    raise StorageProblem(
        "这个数据文件夹还没有登记窗口。",
        what_is_safe="没有改动任何文件。",
        what_to_do=(
            "请管理员运行 clerk-app init --hall 大厅编码 --window 窗口号 --gateway 地址 --enrol 登记码，"
            "再运行 clerk-app clerk add；只想看看，运行 clerk-app demo。"
        ),
    )


def staging_of(data: Path) -> Path:
    """Where a window is founded before it comes to its place by one rename."""
    return data.absolute().with_name(f"{data.absolute().name}.setup")


def noted_logins(data: Path) -> tuple[str, ...]:
    """Who can sign in, in the order of adding. Raises KeyProblem."""
    return tuple(slot.login for slot in read_vault(data).slots)
