"""The gateway's own program: `clerk-gateway serve …` is `clerk-app gateway serve …` with what its configuration file says.

Words on the command line come after those of the file and so win over them. The file's address of a database may hold a password:
it reaches the parser inside this process and never the list of processes.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

CONFIGURATION = Path("/etc/clerk-gateway/gateway.toml")
VARIABLE = "CLERK_GATEWAY_CONFIG"
"""Another file than the system's, for a test or a second gateway."""

_EVERYWHERE = ("data", "database")
_SERVING = ("host", "port", "workers", "forward", "pages", "log_level")
_KINDS: Mapping[str, type] = {
    **dict.fromkeys((*_EVERYWHERE, *_SERVING, "tls_names"), str),
    "port": int,
    "workers": int,
    "behind_proxy": bool,
    "tls_names": list,
}
_OWN_DATA = frozenset({"openapi"})
"""Commands that need no gateway to talk about."""


class WrongConfiguration(ValueError):
    """The file does not say what it should; the text says where, and never quotes a value."""


def configured(text: str) -> Mapping[str, object]:
    """What the file says. Raises WrongConfiguration for a word it does not know or a value of another kind."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongConfiguration("配置文件的写法不对（应为 TOML）。") from error
    for name, value in told.items():
        if name not in _KINDS:
            raise WrongConfiguration(f"配置文件里不认识的项：{name}。")
        if type(value) is not _KINDS[name]:
            raise WrongConfiguration(f"配置文件里 {name} 的写法不对。")
    return told


def arguments(command: list[str], told: Mapping[str, object]) -> list[str]:
    """The words for `clerk-app`: the command's first, then the file's, then those that were given."""
    if not command or command[0].startswith("-") or command[0] in _OWN_DATA:
        return ["gateway", *command]
    words = [f"--{name}={told[name]}" for name in _EVERYWHERE if told.get(name)]
    if command[0] == "serve":
        words += [f"--{name.replace('_', '-')}={told[name]}" for name in _SERVING if told.get(name) not in {None, ""}]
        names = told.get("tls_names", [])
        words += [f"--tls-name={name}" for name in names] if isinstance(names, list) else []
        words += ["--behind-proxy"] if told.get("behind_proxy") else []
    return ["gateway", command[0], *words, *command[1:]]


def main() -> int:
    """The exit code: 2 for a wrong configuration, 4 when it cannot be read, otherwise the command's own."""
    path = Path(os.environ.get(VARIABLE) or CONFIGURATION)
    try:
        told = configured(path.read_text(encoding="utf-8")) if path.exists() else {}
        words = arguments(sys.argv[1:], told)
    except WrongConfiguration as error:
        print(f"{path}：{error}", file=sys.stderr)
        return 2
    except OSError:
        print(f"读不了 {path}。请以 root 或 clerk-gateway 的身份运行。", file=sys.stderr)
        return 4
    from clerk_app.cli import main as run

    return run(words)


if __name__ == "__main__":
    sys.exit(main())
