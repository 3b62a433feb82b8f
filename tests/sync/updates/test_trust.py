"""By one file, under the rules of TUF: what is refused, with which word; and that nothing that runs is touched by it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import resource
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from clerk_app.bootstrap import updates as wiring
from clerk_app.bootstrap.updates import Updates, source_of
from clerk_app.domain.releases import Policy, Release
from clerk_app.domain.versions import Versions, chosen, proven
from clerk_app.errors import AppError, BadInput, KeyProblem, Refused, StorageProblem
from sync.updates import building
from sync.updates.carrying import write_bundle
from sync.updates.publishing import TIMESTAMP_DAYS, Repository
from sync.updates.signing_keys import NAMES
from tests.sync.updates.payload import make_tree
from tests.sync.updates.publisher import PHRASE, Publisher


class Pc:
    """A data folder's updates, with what runs in it before."""

    def __init__(self, folder: Path, publisher: Publisher) -> None:
        self.updates = Updates(folder / "window")
        self.updates.trusted.trust(publisher.root.read_bytes())

    def look(self, file: Path, *, again: bool = False) -> Release | None:
        with source_of(file, "", None) as source:
            return self.updates.look(source, again=again)

    def bring(self, file: Path) -> str:
        """What is offered is made ready; its version."""
        with source_of(file, "", None) as source:
            release = self.updates.look(source)
            assert release is not None
            assert self.updates.bring(source, release)
        return self.updates.programs.read().ready

    def use(self, file: Path) -> str:
        """Brought, chosen and proven."""
        version = self.bring(file)
        self.updates.programs.change(chosen)
        self.updates.programs.change(lambda state: proven(state, version))
        return version


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    return Publisher(tmp_path / "publisher")


@pytest.fixture
def pc(tmp_path: Path, publisher: Publisher) -> Pc:
    return Pc(tmp_path, publisher)


def tree_hash(tree: Path) -> dict[str, str]:
    """Every path with what stands there."""
    told = {}
    for path in sorted(tree.rglob("*")):
        name = path.relative_to(tree).as_posix()
        if path.is_symlink():
            told[name] = f"-> {path.readlink()}"
        elif path.is_file():
            told[name] = f"{path.stat().st_mode & 0o777:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
    return told


@contextmanager
def refused(pc: Pc, word: str, kind: type[AppError] = Refused) -> Iterator[None]:
    """Refused in these words, and the version in use and what is ready are as they were."""
    before, present = pc.updates.programs.read(), pc.updates.folder.present()
    with pytest.raises(kind) as caught:
        yield
    assert word in caught.value.sentence()
    assert "正在用的版本没有动" in caught.value.sentence()
    assert pc.updates.programs.read() == before
    assert pc.updates.folder.present() == present


def rewritten(bundle: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The same file with each entry changed, or left out."""
    made = bundle.with_name(f"changed-{bundle.name}")
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            told = change(name, old.read(name))
            if told is not None:
                new.writestr(name, told)
    return made


def flipped(data: bytes) -> bytes:
    return data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :]


def test_what_comes_is_what_was_published(pc: Pc, publisher: Publisher) -> None:
    tree = publisher.publish("0.2.0", notes="新的受理单")
    bundle = publisher.bundle()
    found = pc.look(bundle)
    assert found is not None
    assert (str(found.version), found.notes) == ("0.2.0", "新的受理单")
    assert pc.bring(bundle) == "0.2.0"
    assert tree_hash(pc.updates.folder.tree("0.2.0")) == tree_hash(tree)
    assert pc.updates.programs.read().running == "", "ready is not in use"


def test_a_small_change_brings_little_and_the_rest_from_what_is_here(pc: Pc, publisher: Publisher) -> None:
    publisher.publish("0.2.0", ballast=1_500_000)
    full = publisher.bundle()
    pc.use(full)
    tree = publisher.publish("0.3.0", ballast=1_500_000)
    small = publisher.bundle(since="0.2.0")
    assert small.stat().st_size < full.stat().st_size / 3
    assert pc.bring(small) == "0.3.0"
    assert tree_hash(pc.updates.folder.tree("0.3.0")) == tree_hash(tree)


def test_a_damaged_file_of_the_version_here_is_not_taken_over(pc: Pc, publisher: Publisher) -> None:
    publisher.publish("0.2.0", ballast=400_000)
    pc.use(publisher.bundle())
    tree = publisher.publish("0.3.0", ballast=400_000)
    same = pc.updates.folder.tree("0.2.0") / "_internal" / "库" / "same.bin"
    same.write_bytes(flipped(same.read_bytes()))
    assert pc.bring(publisher.bundle()) == "0.3.0"
    assert tree_hash(pc.updates.folder.tree("0.3.0")) == tree_hash(tree)


def test_a_withdrawn_version_is_offered_no_more(pc: Pc, publisher: Publisher) -> None:
    publisher.publish("0.2.0")
    publisher.publish("0.3.0")
    publisher.repository.withdraw("0.3.0", publisher.now)
    found = pc.look(publisher.bundle())
    assert found is not None
    assert str(found.version) == "0.2.0"


def test_older_metadata_than_was_seen_is_refused(pc: Pc, publisher: Publisher) -> None:
    publisher.publish("0.2.0")
    old = publisher.bundle()
    publisher.publish("0.3.0")
    pc.look(publisher.bundle())
    with refused(pc, "还旧"):
        pc.look(old)


def test_an_older_version_is_never_offered_even_when_it_is_signed_anew(pc: Pc, publisher: Publisher) -> None:
    publisher.publish("0.0.9")
    assert pc.look(publisher.bundle()) is None


def test_signatures_that_ran_out_are_refused(tmp_path: Path) -> None:
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=TIMESTAMP_DAYS + 1)
    publisher = Publisher(tmp_path / "old", long_ago)
    publisher.publish("0.2.0")
    pc = Pc(tmp_path, publisher)
    with refused(pc, "过期"):
        pc.look(publisher.bundle())
    publisher.repository.renew(dt.datetime.now(dt.UTC))
    assert pc.bring(publisher.bundle()) == "0.2.0"


def test_weeks_without_a_line_are_no_expiry(tmp_path: Path) -> None:
    publisher = Publisher(tmp_path / "weeks", dt.datetime.now(dt.UTC) - dt.timedelta(weeks=16))
    publisher.publish("0.2.0")
    assert Pc(tmp_path, publisher).bring(publisher.bundle()) == "0.2.0"


def test_another_publishers_signature_is_refused(tmp_path: Path, pc: Pc) -> None:
    stranger = Publisher(tmp_path / "stranger")
    stranger.publish("0.9.0")
    with refused(pc, "签名不对"):
        pc.look(stranger.bundle())


@pytest.mark.parametrize(
    ("part", "word"),
    [
        ("timestamp.json", ""),
        ("snapshot.json", "对不上"),
        ("targets.json", "对不上"),
        ("releases.json", "对不上"),
        (".list", "对不上"),
        (".pack", "对不上"),
    ],
)
def test_one_changed_bit_anywhere_is_refused(pc: Pc, publisher: Publisher, part: str, word: str) -> None:
    publisher.publish("0.2.0")
    bad = rewritten(publisher.bundle(), lambda name, data: flipped(data) if name.endswith(part) else data)
    with refused(pc, word):
        pc.bring(bad)


def test_the_publishers_own_words_cannot_be_changed(pc: Pc, publisher: Publisher) -> None:
    """A bundle whose timestamp names another snapshot, well formed, with the old signature."""
    publisher.publish("0.2.0")

    def newer(name: str, data: bytes) -> bytes:
        if not name.endswith("timestamp.json"):
            return data
        told = json.loads(data)
        told["signed"]["version"] += 5
        return json.dumps(told).encode()

    with refused(pc, "签名不对"):
        pc.look(rewritten(publisher.bundle(), newer))


@pytest.mark.parametrize("part", ["snapshot.json", "targets.json", ".list", ".pack", "releases.json"])
def test_a_missing_part_is_refused(pc: Pc, publisher: Publisher, part: str) -> None:
    publisher.publish("0.2.0")
    with refused(pc, "不完整"):
        pc.bring(rewritten(publisher.bundle(), lambda name, data: None if name.endswith(part) else data))


@pytest.mark.parametrize("share", [0, 0.001, 0.5, 0.9999])
def test_half_a_file_is_refused(pc: Pc, publisher: Publisher, tmp_path: Path, share: float) -> None:
    publisher.publish("0.2.0")
    whole = publisher.bundle().read_bytes()
    half = tmp_path / "half"
    half.write_bytes(whole[: int(len(whole) * share)])
    with refused(pc, "不完整", BadInput):
        pc.bring(half)
    with refused(pc, "没有这个文件", BadInput):
        pc.look(tmp_path / "none")


def test_a_program_that_knows_no_publisher_takes_nothing_and_trust_is_given_once(
    tmp_path: Path, publisher: Publisher
) -> None:
    publisher.publish("0.2.0")
    updates = Updates(tmp_path / "other")
    with source_of(publisher.bundle(), "", None) as source, pytest.raises(Refused, match="不知道该信哪个"):
        updates.look(source)
    with pytest.raises(Refused, match="不完整"):
        updates.trusted.trust(b"{}")
    updates.trusted.trust(publisher.root.read_bytes())
    with pytest.raises(Refused, match="不能再换"):
        updates.trusted.trust(Publisher(tmp_path / "stranger").root.read_bytes())


@pytest.mark.parametrize("key", NAMES)
def test_each_key_can_be_changed_and_windows_follow(pc: Pc, publisher: Publisher, key: str) -> None:
    publisher.publish("0.2.0")
    before = publisher.bundle()
    assert publisher.repository.rotate(key, publisher.now) == 2
    publisher.publish("0.3.0")
    assert pc.use(publisher.bundle()) == "0.3.0"
    with refused(pc, "签名不对" if key == "timestamp" else "还旧"):
        pc.look(before)


def test_all_keys_one_after_another_and_a_window_that_missed_it_all(pc: Pc, publisher: Publisher) -> None:
    publisher.publish("0.2.0")
    pc.use(publisher.bundle())
    for key in NAMES:
        publisher.repository.rotate(key, publisher.now)
    publisher.publish("0.3.0")
    assert pc.bring(publisher.bundle()) == "0.3.0"


def test_a_stolen_retired_key_signs_nothing_any_more(pc: Pc, publisher: Publisher, tmp_path: Path) -> None:
    """The thief has the old targets and timestamp keys and the repository as it was."""
    publisher.publish("0.2.0")
    stolen = tmp_path / "stolen"
    shutil.copytree(publisher.folder, stolen)
    for key in ("targets", "timestamp"):
        publisher.repository.rotate(key, publisher.now)
    pc.look(publisher.bundle())
    thief = Repository(stolen / "repository", stolen / "keys", PHRASE)
    for version in ("0.7.0", "0.8.0", "0.9.0"):
        thief.add(make_tree(tmp_path / version, version), version, wiring.platform_id(), 5, "", publisher.now)
    bad = tmp_path / "bad.clerkupdate"
    write_bundle(thief, bad, wiring.platform_id())
    with refused(pc, "签名不对"):
        pc.look(bad)


def test_keys_open_with_their_passphrase_only_and_two_roots_must_be_there(publisher: Publisher, tmp_path: Path) -> None:
    other = Repository(publisher.folder / "repository", publisher.folder / "keys", b"another phrase")
    with pytest.raises(KeyProblem, match="口令不对"):
        other.renew(publisher.now)
    assert b"PRIVATE KEY" in (publisher.folder / "keys" / "root-1.pem").read_bytes()
    assert b"ENCRYPTED" in (publisher.folder / "keys" / "root-1.pem").read_bytes()
    for name in ("root-2", "root-3"):
        (publisher.folder / "keys" / f"{name}.pem").rename(tmp_path / name)
    with pytest.raises(KeyProblem, match="2 把在场"):
        publisher.repository.rotate("targets", publisher.now)


def test_the_same_version_is_not_published_twice(publisher: Publisher) -> None:
    publisher.publish("0.2.0")
    for version in ("0.2.0", "0.1.9"):
        with pytest.raises(Refused, match="已经发布过"):
            publisher.repository.add(
                publisher.folder / "trees" / "0.2.0", version, wiring.platform_id(), 5, "", publisher.now
            )


def test_a_version_that_cannot_even_say_its_name_here_is_not_made_ready(pc: Pc, publisher: Publisher) -> None:
    publisher.publish("0.2.0", says="0.1.0")
    with refused(pc, "跑不起来"):
        pc.bring(publisher.bundle())
    publisher.publish("0.3.0", version_code=127)
    with refused(pc, "跑不起来"):
        pc.bring(publisher.bundle())


def test_a_pin_holds_and_what_failed_is_only_tried_again_when_asked(pc: Pc, publisher: Publisher) -> None:
    publisher.publish("0.2.0")
    publisher.publish("0.3.0")
    bundle = publisher.bundle()
    pc.updates.programs.set_policy(Policy(pinned="0.2.5"))
    found = pc.look(bundle)
    assert found is not None
    assert str(found.version) == "0.2.0"
    pc.updates.programs.set_policy(Policy())
    pc.updates.programs.change(lambda _state: Versions(failed=("0.3.0",)))
    assert str(getattr(pc.look(bundle), "version", "")) == "0.2.0"
    assert str(getattr(pc.look(bundle, again=True), "version", "")) == "0.3.0"


def test_too_little_room_is_said_before_anything_is_fetched(
    pc: Pc, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.publish("0.2.0")
    monkeypatch.setattr(building, "disk_usage", lambda _path: shutil._ntuple_diskusage(9**9, 9**9, building.RESERVE))
    with refused(pc, "空间不够", StorageProblem):
        pc.bring(publisher.bundle())
    assert not (pc.updates.folder.path / "pieces").exists()


def test_a_disk_that_fills_up_on_the_way_loses_nothing(pc: Pc, publisher: Publisher) -> None:
    """The system refuses to write beyond 150 KB in any file, as a full disk does; later there is room again."""
    tree = publisher.publish("0.2.0", ballast=400_000)
    bundle = publisher.bundle()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with refused(pc, "磁盘满了", StorageProblem):
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, hard))
        try:
            pc.bring(bundle)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not pc.updates.folder.tree("0.2.0").exists()
    assert pc.bring(bundle) == "0.2.0"
    assert tree_hash(pc.updates.folder.tree("0.2.0")) == tree_hash(tree)


def test_what_came_is_not_fetched_again_and_is_checked_again(pc: Pc, publisher: Publisher) -> None:
    publisher.publish("0.2.0", ballast=1_200_000)
    bundle = publisher.bundle()
    count = 0

    def once() -> bool:
        nonlocal count
        count += 1
        return count < 4

    with source_of(bundle, "", None) as source:
        release = pc.updates.look(source)
        assert release is not None
        assert not pc.updates.bring(source, release, go_on=once)
        left = pc.updates.to_fetch(source, release)
        kept = [path for path in (pc.updates.folder.path / "pieces").rglob("*") if len(path.name) == 64]
        assert kept
        spoiled = kept[0].stat().st_size
        kept[0].write_bytes(flipped(kept[0].read_bytes()))  # the disk spoils one meanwhile
        told: list[tuple[int, int]] = []
        assert pc.updates.bring(source, release, progress=lambda done, whole: told.append((done, whole)))
        assert told[0] == (0, left + spoiled), "only the spoiled one comes once more"
    assert pc.updates.programs.read().ready == "0.2.0"
    assert not (pc.updates.folder.path / "pieces").exists()


def test_an_old_version_is_thrown_away_only_when_the_new_one_is_proven(pc: Pc, publisher: Publisher) -> None:
    for version in ("0.2.0", "0.3.0", "0.4.0"):
        publisher.publish(version, ballast=1000)
        pc.bring(publisher.bundle())
        pc.updates.programs.change(chosen)
        pc.updates.throw_away()
        assert pc.updates.programs.read().active in {"", *pc.updates.folder.present()}
        assert version in pc.updates.folder.present()
        pc.updates.programs.change(partial(proven, version=version))
    pc.updates.throw_away()
    assert pc.updates.folder.present() == {"0.3.0", "0.4.0"}
