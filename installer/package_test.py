"""`make package-test`: the packages in a Debian 12 of their own, with what they declare and nothing else. Needs root and a mirror.

python -m installer.package_test [--out DIR] [--fresh]

Installs without a network, starts the window (offscreen, and on an X display: picture), runs the whole main job, takes cases that
wait, upgrades to a version that was really built anew and loses none, removes, installs again, purges; the gateway likewise.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clerk_app import __version__
from installer import debian, screen
from installer.build import SPECS, build_environment, freeze, snapshot, state_of
from installer.chroot import ENVIRONMENT, HOME, PIN, Debian, Failed, become, bootstrap, prepare
from installer.recipe import ROOT

WAITING = 12
DATA = HOME / ".local/share/clerk-app"
DROP = "/srv"
"""Where the packages lie inside the chroot."""
_INSIDE = "CLERK_APP_PACKAGE_TEST"


def next_version(version: str) -> str:
    """One higher in the last place."""
    head, _dot, last = version.rpartition(".")
    return f"{head}.{int(last) + 1}"


def build_next(out: Path) -> list[Path]:
    """The next version of both packages: the client frozen anew from a copy of the source that says so, the gateway packed anew.
    What an earlier run left is used again only when source and lock are the same still."""
    version = next_version(__version__)
    made = [out / f"{name}_{version}_{debian.ARCHITECTURES[os.uname().machine]}.deb" for name in SPECS]
    source, stamp = snapshot(out / "source", version), out / "built-from"
    state = state_of(source)
    if all(path.exists() for path in made) and stamp.exists() and stamp.read_text(encoding="utf-8") == state:
        return made
    stamp.unlink(missing_ok=True)
    python = build_environment(ROOT / "build" / "venv")
    client = freeze("clerk-app", python, source, out)
    bundles = {"clerk-app": client, "clerk-gateway": ROOT / "dist" / "clerk-gateway"}
    for name, bundle in bundles.items():
        debian.build_deb(debian.PACKAGES[name], bundle, out, version, "none")
    stamp.write_text(state, encoding="utf-8")
    return made


def install(box: Debian, deb: Path) -> None:
    """First what it declares, from the mirror; then the package itself, with no network at all."""
    shutil.copyfile(deb, box.path(f"{DROP}/{deb.name}"))
    box.run("apt-get", "update", "-qq")
    depends = subprocess.run(["dpkg-deb", "-f", str(deb), "Depends"], capture_output=True, text=True, check=True).stdout
    wanted = [re.split(r"[ (|]", each.strip())[0] for each in depends.split(",")]
    box.run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted)
    box.alone("dpkg", "-i", f"{DROP}/{deb.name}")


def listed(box: Debian) -> set[str]:
    """Ids of the window's cases."""
    lines = box.clerk("clerk-app", "case", "list", "--json", "--clerk", "wangmin").splitlines()
    return {json.loads(line)["case_id"] for line in lines}


@contextmanager
def gateway(box: Debian, port: int = 0) -> Iterator[tuple[str, int]]:
    """The client's own gateway in the chroot: address and port."""
    words = (
        "clerk-app",
        "gateway",
        "serve",
        "--data",
        f"{HOME}/gateway",
        "--port",
        str(port),
        "--with-parent",
        "--json",
    )
    with box.going(*words) as serving:
        assert serving.stdout is not None  # noqa: S101 - started with pipes
        told = json.loads(serving.stdout.readline())
        yield told["url"], told["port"]


def test_client(box: Debian, now: Path, later: Path, out: Path) -> Iterator[str]:
    """Each step as it passes."""
    install(box, now)
    if __version__ not in box.clerk("clerk-app", "--version"):
        raise Failed("the installed program has another version")
    yield f"installed without a network: {now.name}"
    steps = box.clerk("clerk-app", "demo", "--headless", "--json", "--data", f"{HOME}/demo").splitlines()
    yield f"demo --headless: {len(steps)} steps"
    box.clerk("clerk-app", "window", "--quit-at-once", "--data", f"{HOME}/demo")
    yield "the window, offscreen"
    with screen.display() as number:
        shown = {"DISPLAY": number, "QT_QPA_PLATFORM": "xcb"}
        with box.going("clerk-app", "demo", "--data", f"{HOME}/demo", **shown) as window:
            screen.wait_and_take(number, out / "chroot-window.png", lambda: window.poll() is None)
            shutil.copyfile(later, box.path(f"{DROP}/{later.name}"))
            told = box.alone("dpkg", "-i", f"{DROP}/{later.name}", code=1)
            if "请先关闭全科窗口" not in told or __version__ not in box.clerk("clerk-app", "--version"):
                raise Failed(f"an upgrade under an open window: {told}")
    yield "the window on an X display (chroot-window.png); an upgrade under it is refused, the old version stands"
    with gateway(box) as (url, port):
        words = (
            "gateway",
            "enrol",
            "500199",
            "03",
            "--name",
            "样例大厅",
            "--short",
            "样例",
            "--data",
            f"{HOME}/gateway",
            "--json",
        )
        token = json.loads(box.clerk("clerk-app", *words).splitlines()[-1])["token"]
        plan = f'hall = "500199"\nwindow = "03"\ngateway = "{url}"\nenrol = "{token}"\ncamera = "0"\n'
        box.path(HOME / "window.toml").write_text(plan, encoding="utf-8")
        box.clerk("clerk-app", "init", "--from", f"{HOME}/window.toml")
    box.clerk("clerk-app", "clerk", "add", "wangmin", "--role", "clerk", stdin=PIN + "\n")
    made = box.clerk(
        "clerk-app", "case", "template", "any", "--sample", str(WAITING), "--seed", "5", "--clerk", "wangmin"
    )
    box.clerk("clerk-app", "case", "accept", "-", "--json", "--clerk", "wangmin", stdin=made)
    before = listed(box)
    if len(before) < WAITING:
        raise Failed(f"only {len(before)} cases were taken")
    yield f"set up from a file; {len(before)} cases wait, the gateway is gone"
    box.alone("dpkg", "-i", f"{DROP}/{later.name}")
    if next_version(__version__) not in box.clerk("clerk-app", "--version"):
        raise Failed("the upgraded program has the old version")
    if listed(box) != before:
        raise Failed("cases are missing after the upgrade")
    with gateway(box, port):
        told = json.loads(box.clerk("clerk-app", "sync", "--once", "--json", "--clerk", "wangmin").splitlines()[-1])
    dump = box.clerk("clerk-app", "gateway", "dump", "--data", f"{HOME}/gateway", "--json").splitlines()
    arrived = [json.loads(line)["case_id"] for line in dump]
    if not before <= set(arrived) or len(arrived) != len(set(arrived)) or told["waiting"]:
        raise Failed(f"of {len(before)} cases {len(arrived)} arrived: {told}")
    yield f"upgraded to {next_version(__version__)}: every case is there, and all {len(before)} reach the gateway once"
    box.alone("dpkg", "--remove", "clerk-app")
    if box.path("/opt/clerk-app").exists() or not box.path(DATA / "clerk.db").exists():
        raise Failed("remove left the program or took the data")
    box.alone("dpkg", "-i", f"{DROP}/{later.name}")
    if listed(box) != before:
        raise Failed("cases are missing after remove and reinstall")
    yield "removed and installed again: data kept"
    box.alone("dpkg", "--purge", "clerk-app")
    if not box.path(DATA / "clerk.db").exists():
        raise Failed("purge took the data unasked")
    box.alone("dpkg", "-i", f"{DROP}/{later.name}")
    box.run("debconf-set-selections", stdin="clerk-app clerk-app/purge-data boolean true\n")
    box.alone("dpkg", "--purge", "clerk-app")
    left = [path for path in (DATA, Path("/opt/clerk-app"), Path("/usr/bin/clerk-app")) if box.path(path).exists()]
    if left:
        raise Failed(f"purge left {left}")
    if not box.path(HOME / "demo" / "clerk.db").exists():
        raise Failed("purge took a folder that is not a window's place")
    yield "purged: data kept when nobody says yes, gone when somebody does"


def test_gateway(box: Debian, now: Path, later: Path) -> Iterator[str]:
    """Each step as it passes."""
    install(box, now)
    file = box.path("/etc/clerk-gateway/gateway.toml")
    if oct(file.stat().st_mode & 0o777) != "0o640" or file.group() == "root":
        owner = box.run("stat", "-c", "%U:%G %a", "/etc/clerk-gateway/gateway.toml").strip()
        if owner != "root:clerk-gateway 640":
            raise Failed(f"the configuration is {owner}")
    token = json.loads(
        box.run("clerk-gateway", "enrol", "500199", "09", "--name", "样例", "--short", "样", "--json").splitlines()[-1]
    )
    owners = box.run("find", "/var/lib/clerk-gateway", "-not", "-user", "clerk-gateway").strip()
    if not token["token"] or owners:
        raise Failed(f"not the gateway's own: {owners}")
    yield f"installed without a network: {now.name}; root's commands run as its own user"
    text = file.read_text(encoding="utf-8").replace("port = 8460", "port = 8461")
    file.write_text(text, encoding="utf-8")
    shutil.copyfile(later, box.path(f"{DROP}/{later.name}"))
    box.alone("dpkg", "-i", f"{DROP}/{later.name}")
    if "port = 8461" not in file.read_text(encoding="utf-8"):
        raise Failed("an upgrade took back what the administrator wrote")
    command = [
        "chroot",
        str(box.root),
        *become("clerk-gateway"),
        "/opt/clerk-gateway/clerk-gateway",
        "serve",
        "--json",
    ]
    with subprocess.Popen(command, env=ENVIRONMENT, text=True, stdout=subprocess.PIPE) as serving:
        assert serving.stdout is not None  # noqa: S101 - started with a pipe
        told = json.loads(serving.stdout.readline())
        serving.terminate()
    if told["port"] != 8461:
        raise Failed(f"it listens on {told['port']}")
    yield "upgraded: the administrator's configuration stands, and it serves by it"
    box.alone("dpkg", "--remove", "clerk-gateway")
    if not box.path("/var/lib/clerk-gateway/gateway.db").exists():
        raise Failed("remove took the cases")
    box.alone("dpkg", "--purge", "clerk-gateway")
    if not box.path("/var/lib/clerk-gateway/gateway.db").exists():
        raise Failed("purge took the cases unasked")
    box.alone("dpkg", "-i", f"{DROP}/{later.name}")
    box.run("debconf-set-selections", stdin="clerk-gateway clerk-gateway/purge-data boolean true\n")
    box.alone("dpkg", "--purge", "clerk-gateway")
    if box.path("/var/lib/clerk-gateway").exists() or file.exists():
        raise Failed("purge left data behind a yes")
    yield "removed, installed again, purged: keys and cases kept until somebody says yes"


def lint(debs: list[Path]) -> None:
    """Lintian, without a finding that is not explained in the package's overrides."""
    done = subprocess.run(
        ["lintian", "--allow-root", "--fail-on", "error,warning", "--tag-display-limit", "0", *map(str, debs)],
        text=True, capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise Failed(done.stdout[-6000:] + done.stderr[-1000:])


def main() -> int:
    """1 with the reason when a step fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument("--fresh", action="store_true", help="bootstrap and build the next version anew")
    parser.add_argument("--no-lintian", action="store_true")
    args = parser.parse_args()
    if os.geteuid():
        print("a chroot needs root", file=sys.stderr)
        return 1
    if not os.environ.get(_INSIDE):
        os.environ[_INSIDE] = "1"
        again = [sys.executable, "-m", "installer.package_test", *sys.argv[1:]]
        os.execvp(  # noqa: S606 - the same program, in namespaces of its own
            "unshare", ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private", *again]
        )
    base, later = ROOT / "build" / "bookworm", ROOT / "build" / "next"
    if args.fresh:
        shutil.rmtree(base, ignore_errors=True)
        shutil.rmtree(later, ignore_errors=True)
    later.mkdir(parents=True, exist_ok=True)
    now = [args.out / f"{name}_{__version__}_{debian.ARCHITECTURES[os.uname().machine]}.deb" for name in SPECS]
    try:
        bootstrap(base)
        newer = build_next(later)
        with tempfile.TemporaryDirectory(prefix="clerk-chroot-") as folder:
            for number in range(2):
                box = prepare(base, Path(folder) / str(number))
                try:
                    steps = (
                        test_gateway(box, now[1], newer[1]) if number else test_client(box, now[0], newer[0], args.out)
                    )
                    for step in steps:
                        print(f"chroot: {step}", flush=True)
                finally:
                    for place in ("dev/pts", "dev/shm", "proc"):
                        subprocess.run(["umount", "--lazy", str(box.root / place)], check=True)
        if not args.no_lintian:
            lint(now)
            print("lintian: nothing that is not explained")
    except (Failed, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
