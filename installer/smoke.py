"""The frozen programs, started as a hall starts them: help, the whole main job, the window offscreen and on an X display, a gateway.

python -m installer.smoke CLIENT GATEWAY --out DIR      pictures of the window go to DIR
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from clerk_app import __version__
from installer import recipe, screen

PATIENCE_S = 300
FOLDER = "大厅 数据·" + "很长的路径" * 12
"""Chinese, a space and 60 signs more: what a user's folder may be called."""


class Failed(Exception):
    """A frozen program did not do what it should; the text says what it printed."""


def environment(home: Path) -> dict[str, str]:
    """As bare as a service's: no locale, no library path, no display."""
    if recipe.WINDOWS:
        return {**os.environ, "LOCALAPPDATA": str(home), "QT_QPA_PLATFORM": "offscreen"}
    return {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C", "QT_QPA_PLATFORM": "offscreen"}


def ask(program: Path, *words: str, env: Mapping[str, str], code: int = 0) -> str:
    """Run it; what it printed. Raises Failed for another exit code."""
    done = subprocess.run(
        [str(program), *words], env=env, capture_output=True, encoding="utf-8", timeout=PATIENCE_S, check=False
    )
    if done.returncode != code:
        raise Failed(
            f"{program.name} {' '.join(words[:2])}: exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        )
    return done.stdout


def client(bundle: Path, home: Path, out: Path) -> Iterator[str]:
    """Each step as it passes."""
    program, env = recipe.program(bundle), environment(home)
    data = home / FOLDER
    told = ask(program, "--help", env=env)
    if "demo" not in told or "bench" in told:
        raise Failed(f"the help is not the frozen program's:\n{told}")
    if __version__ not in ask(program, "--version", env=env):
        raise Failed("another version than the source's")
    ask(program, "bench", env=env, code=2)
    yield "help, version; no benchmarks inside"
    steps = [
        json.loads(line)
        for line in ask(program, "demo", "--headless", "--json", "--data", str(data), env=env).splitlines()
    ]
    papers = sorted((data / "export").glob("*.pdf"))
    if len(steps) < 9 or len(papers) < 2:
        raise Failed(f"the main job stopped at step {len(steps)}, with {len(papers)} papers")
    yield f"demo --headless: {len(steps)} steps, {len(papers)} papers"
    signed, at = home / "受理通知书.pdf", ("--data", str(data), "--json")
    inside = {**env, "CLERK_APP_PIN": "246810"}
    case = json.loads(ask(program, "case", "list", "--clerk", "wangmin", *at, env=inside).splitlines()[0])["case_id"]
    ask(program, "print", case, "--out", str(signed), "--clerk", "wangmin", *at, env=inside)
    ask(program, "print", "--verify", str(signed), *at, env=env)
    doctor = json.loads(ask(program, "doctor", "--clerk", "wangmin", *at, env=inside))
    if faults := [each["check"] for each in doctor if each["state"] == "fault" and each["check"] != "区县前置"]:
        raise Failed(f"the doctor finds {faults}")
    ask(program, "support-bundle", str(home / "support.zip"), *at, env=env)
    ask(program, "case", "template", "pension-claim", "--clerk", "wangmin", *at, env=inside)
    ask(program, "catalogue", "search", "养老", *at, env=env)
    yield "a paper signed and verified, the doctor, the support bundle, a template, the catalogue searched"
    ask(program, "window", "--quit-at-once", "--data", str(data), env=env)
    yield "the window, offscreen"
    if recipe.WINDOWS:
        return
    with screen.display() as number:
        shown = {**env, "DISPLAY": number, "QT_QPA_PLATFORM": "xcb"}
        with started([str(program), "demo", "--data", str(data)], shown) as window:
            screen.wait_and_take(number, out / "window.png", lambda: window.poll() is None)
    yield "the window on an X display: window.png"


def gateway(bundle: Path, other: Path, home: Path) -> Iterator[str]:
    """A gateway by its configuration file, and a window of the client's bundle that enrols with it."""
    program, env = recipe.program(bundle), environment(home)
    file = home / "gateway.toml"
    file.write_text(f'data = "{(home / "前置").as_posix()}"\nport = 0\n', encoding="utf-8")
    env["CLERK_GATEWAY_CONFIG"] = str(file)
    told = ask(program, "enrol", "500199", "07", "--name", "样例大厅", "--short", "样例", "--json", env=env)
    token = json.loads(told)["token"]
    with started([str(program), "serve", "--json"], env) as serving:
        assert serving.stdout is not None  # noqa: S101 - started with a pipe
        url = json.loads(serving.stdout.readline())["url"]
        words = ["--hall", "500199", "--window", "07", "--gateway", url, "--enrol", token, "--data", str(home / "窗口")]
        ask(recipe.program(other), "init", *words, env=env)
    yield "the gateway serves, a window enrols"


@contextmanager
def started(command: list[str], env: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A program that goes on; ended here, and waited for."""
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, encoding="utf-8")
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def everything(client_bundle: Path, gateway_bundle: Path | None, out: Path) -> None:
    """Says each step on standard output. Raises Failed."""
    with tempfile.TemporaryDirectory() as folder:
        for step in client(client_bundle, Path(folder), out):
            print(f"smoke: {step}", flush=True)
        for step in gateway(gateway_bundle, client_bundle, Path(folder)) if gateway_bundle else ():
            print(f"smoke: {step}", flush=True)


def main() -> int:
    """1 when something did not do what it should."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("client", type=Path)
    parser.add_argument("gateway", type=Path)
    parser.add_argument("--out", type=Path, default=Path("dist"))
    args = parser.parse_args()
    try:
        everything(args.client.absolute(), args.gateway.absolute(), args.out)
    except Failed as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
