"""Signed packages: what is taken, what is refused in calm words, what stays when the power goes."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clerk_app import durable
from clerk_app.bootstrap.catalogue import import_package, make_key, public_key, sign_folder
from clerk_app.catalogue import kept as kept_module
from clerk_app.catalogue import package as package_module
from clerk_app.catalogue.kept import KeptCatalogues
from clerk_app.catalogue.loader import STARTER, folder_files, load_catalogue
from clerk_app.catalogue.package import open_package, pack
from clerk_app.catalogue.problems import CatalogueProblems
from clerk_app.domain.canonical import canonical_bytes, parse_json
from clerk_app.errors import BadInput, Refused, StorageProblem
from tests.catalogue.folder import SHIPPED, copy_to, spoil
from tests.fakes.desk import SUITE

PRIVATE, PUBLIC = SUITE.new_signing_pair()
OTHER_PRIVATE, OTHER_PUBLIC = SUITE.new_signing_pair()
AGED = "items/longevity-allowance.json"
FELLING = "items/tree-felling.json"


def published(folder: Path, version: str = "2026-12-01", *, private: bytes = PRIVATE, public: bytes = PUBLIC) -> bytes:
    spoil(folder, "catalogue.json", lambda data: data.update(version=version))
    return pack(folder_files(folder), version, SUITE, private, public)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    return copy_to(folder)


@pytest.fixture
def kept(tmp_path: Path) -> KeptCatalogues:
    made = KeptCatalogues(tmp_path / "data", SUITE)
    made.trust(PUBLIC)
    return made


def test_a_new_version_is_taken_and_says_what_changed(source: Path, kept: KeptCatalogues, tmp_path: Path) -> None:
    def shorter(data) -> None:
        data["limits"]["promised"]["count"] = 4
        gone = data["materials"].pop()["id"]
        data["origins"] = {path: tag for path, tag in data["origins"].items() if gone not in path}
        data["aliases"].append("老寿星钱")

    spoil(source, AGED, shorter)
    (source / "items" / "bus-card.json").write_text(
        (source / "items" / "water-transfer.json")
        .read_text("utf-8")
        .replace("water-transfer", "bus-card")
        .replace("992000", "893000"),
        "utf-8",
    )
    spoil(
        source,
        "items/bus-card.json",
        lambda d: (d.update(name="乘车卡"), d["codes"].clear(), d["origins"].pop("codes")),
    )
    done = kept.take(published(source), at="1")
    assert (done.before, done.after) == (SHIPPED, "2026-12-01")
    told = {change.id: str(change) for change in done.changes}
    assert told["bus-card"] == "新增　乘车卡"
    assert "承诺时限（10 个工作日 → 4 个工作日）" in told["longevity-allowance"]
    assert "去掉材料“社会保障卡（银行账户）”" in told["longevity-allowance"]
    assert "别名" in told["longevity-allowance"]
    assert set(told) == {"bus-card", "longevity-allowance"}
    again = KeptCatalogues(tmp_path / "data", SUITE).load()
    assert again.version == "2026-12-01"
    assert again.item("longevity-allowance").promised.count == 4
    assert again.notice == ""
    history = json.loads((tmp_path / "data/catalogue/history.json").read_text("utf-8"))
    assert [(entry["version"], entry["at"]) for entry in history] == [("2026-12-01", "1")]


def test_the_rules_a_case_began_with_stay(source: Path, kept: KeptCatalogues, tmp_path: Path) -> None:
    old = kept.load()
    kept.keep_starter(old)
    pinned = old.hash_of("longevity-allowance")
    spoil(source, AGED, lambda data: data["limits"]["promised"].update(count=4))
    first = published(source)
    kept.take(first)
    second = KeptCatalogues(tmp_path / "data", SUITE).load()
    between = second.hash_of("longevity-allowance")
    spoil(source, AGED, lambda data: data["limits"]["promised"].update(count=3))
    kept.take(published(source, "2026-12-02"))
    now = KeptCatalogues(tmp_path / "data", SUITE).load()
    counts = [
        now.scheme_at("longevity-allowance", sha).promised.count
        for sha in (pinned, between, now.hash_of("longevity-allowance"), "")
    ]
    assert counts == [10, 4, 3, 3]
    with pytest.raises(Refused, match="目录版本"):
        now.scheme_at("longevity-allowance", "0" * 64)
    event = old.hash_of("newborn")
    assert now.scheme_at("newborn", event).sha256 == event


def test_the_programs_own_catalogue_is_kept_for_the_day_it_is_renewed(source: Path, tmp_path: Path) -> None:
    before = KeptCatalogues(tmp_path / "data", SUITE, source)
    used = before.load()
    before.keep_starter(used)
    before.keep_starter(used)
    assert len(list((tmp_path / "data/catalogue").glob("*/starter-*"))) == 1
    pinned = used.hash_of("longevity-allowance")
    spoil(source, AGED, lambda data: data["limits"]["promised"].update(count=4))
    renewed = KeptCatalogues(tmp_path / "data", SUITE, source).load()
    assert renewed.item("longevity-allowance").promised.count == 4
    assert renewed.scheme_at("longevity-allowance", pinned).promised.count == 10


def test_a_change_of_a_word_changes_every_entry_that_uses_it(source: Path) -> None:
    old = load_catalogue()
    spoil(source, "vocabulary.json", lambda data: data["fields"]["deceased.name"].update(label="死者姓名"))
    new = load_catalogue(source)
    assert new.hash_of("cremation") != old.hash_of("cremation")
    assert new.hash_of("bereavement") != old.hash_of("bereavement")
    assert new.hash_of("pension-claim") == old.hash_of("pension-claim")


def test_what_is_not_signed_by_someone_trusted_is_refused(source: Path, kept: KeptCatalogues) -> None:
    with pytest.raises(BadInput, match="不在这台电脑信任的名单里"):
        kept.take(published(source, private=OTHER_PRIVATE, public=OTHER_PUBLIC))
    with pytest.raises(BadInput, match="签名对不上"):
        kept.take(published(source, private=OTHER_PRIVATE, public=PUBLIC))
    assert kept.load().version == SHIPPED
    kept.trust(OTHER_PUBLIC)
    assert kept.take(published(source, private=OTHER_PRIVATE, public=OTHER_PUBLIC)).after == "2026-12-01"


def test_an_older_version_needs_a_reason(source: Path, kept: KeptCatalogues) -> None:
    kept.take(published(source, "2026-12-01.10"))
    older = published(source, "2026-12-01.9")
    with pytest.raises(Refused, match=r"比正在用的（2026-12-01\.10）旧"):
        kept.take(older)
    with pytest.raises(Refused, match="写明原因"):
        kept.take(older, downgrade=True, reason=" ")
    assert kept.take(older, downgrade=True, reason="新版时限写错了").after == "2026-12-01.9"
    assert kept.load().version == "2026-12-01.9"


def test_the_same_version_with_other_content_is_refused_and_twice_the_same_is_not(
    source: Path, kept: KeptCatalogues
) -> None:
    package = published(source)
    kept.take(package)
    assert kept.take(package).changes == ()
    spoil(source, AGED, lambda data: data["limits"]["promised"].update(count=4))
    with pytest.raises(Refused, match="内容不同"):
        kept.take(published(source))


def test_a_package_that_check_would_not_pass_is_refused_with_every_reason(source: Path, kept: KeptCatalogues) -> None:
    spoil(source, FELLING, lambda data: data["limits"]["promised"].update(count=21))
    with pytest.raises(CatalogueProblems) as caught:
        kept.take(published(source))
    assert any("超过了法定时限" in reason for reason in caught.value.reasons)
    assert kept.load().version == SHIPPED


def test_a_damaged_package_on_disk_is_told_and_the_programs_own_stands_in(
    source: Path, kept: KeptCatalogues, tmp_path: Path
) -> None:
    kept.take(published(source))
    file = tmp_path / "data/catalogue/2026-12-01/package.json"
    file.write_bytes(file.read_bytes()[:-40])
    again = KeptCatalogues(tmp_path / "data", SUITE).load()
    assert again.version == SHIPPED
    assert "2026-12-01 读不出来" in again.notice


@pytest.mark.parametrize("content", [b"", b"2026", b"../../etc", b"\xff\xfe", b"2027-01-01"])
def test_a_damaged_note_of_the_version_is_told_too(
    source: Path, kept: KeptCatalogues, tmp_path: Path, content: bytes
) -> None:
    kept.take(published(source))
    (tmp_path / "data/catalogue/current").write_bytes(content)
    again = KeptCatalogues(tmp_path / "data", SUITE)
    assert again.load().version == SHIPPED
    assert "现在用程序自带的目录" in again.load().notice
    assert again.take(published(source, "2026-12-02")).after == "2026-12-02"


@pytest.mark.parametrize("fails_at", ["package.json", "history.json", "current"])
def test_a_full_disk_leaves_the_old_catalogue_in_use(
    source: Path, kept: KeptCatalogues, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: str
) -> None:
    real = durable.write_durably

    def full(path: Path, data: bytes) -> None:
        if path.name == fails_at:
            raise OSError(28, "No space left on device")
        real(path, data)

    monkeypatch.setattr(kept_module, "write_durably", full)
    with pytest.raises(StorageProblem, match="没有写进磁盘"):
        kept.take(published(source))
    assert KeptCatalogues(tmp_path / "data", SUITE).load().version == SHIPPED
    monkeypatch.setattr(kept_module, "write_durably", real)
    assert kept.take(published(source)).after == "2026-12-01"


def test_from_key_to_import_as_the_command_line_does_it(source: Path, tmp_path: Path) -> None:
    key, out, data = tmp_path / "office.key", tmp_path / "out.package", tmp_path / "data"
    shown = make_key(key)
    assert key.stat().st_mode & 0o077 == 0
    assert public_key(shown) == public_key(str(tmp_path / "office.key.pub"))
    with pytest.raises(Refused):
        make_key(key)
    spoil(source, "catalogue.json", lambda d: d.update(version="2026-12-01"))
    assert sign_folder(source, key, out) == "2026-12-01"
    with pytest.raises(Refused, match="还没有信任"):
        import_package(data, out, downgrade=False, reason="")
    KeptCatalogues(data, SUITE).trust(public_key(shown))
    assert import_package(data, out, downgrade=False, reason="").after == "2026-12-01"
    for wrong in ("", "nonsense", "QUJD", str(tmp_path)):
        with pytest.raises(BadInput):
            public_key(wrong)


GOOD = pack(folder_files(STARTER), SHIPPED, SUITE, PRIVATE, PUBLIC)


def resigned(body: bytes) -> bytes:
    """A package around any body, properly signed: what a hostile or broken publisher could send."""
    outer = parse_json(GOOD)
    outer["body"] = base64.b64encode(body).decode()
    outer["signature"] = base64.b64encode(SUITE.sign(PRIVATE, package_module._PREFIX + body)).decode()
    return canonical_bytes(outer)


@given(st.binary(max_size=200))
@settings(max_examples=60)
def test_any_bytes_are_refused_calmly(data: bytes) -> None:
    with pytest.raises(BadInput):
        open_package(data, SUITE, [PUBLIC])


@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=3))
@settings(max_examples=80, deadline=None)
def test_no_changed_byte_goes_unnoticed(at: int, new: bytes) -> None:
    changed = GOOD[:at] + new + GOOD[at + len(new) :]
    if changed != GOOD:
        with pytest.raises(BadInput):
            open_package(changed, SUITE, [PUBLIC])


INNER = parse_json(gzip.decompress(base64.b64decode(parse_json(GOOD)["body"])))
BODIES = {
    "not gzip": b"hello",
    "cut short": gzip.compress(b"{}")[:-3],
    "two members": gzip.compress(canonical_bytes(INNER)) + gzip.compress(b"x"),
    "no object": gzip.compress(b"[]"),
    "no files": gzip.compress(canonical_bytes({"version": SHIPPED, "files": 5, "hashes": {}})),
    "path out": gzip.compress(
        canonical_bytes({"version": SHIPPED, "files": {"../../x.json": {}}, "hashes": {"../../x.json": "0"}})
    ),
    "wrong hash": gzip.compress(canonical_bytes({**INNER, "hashes": dict.fromkeys(INNER["files"], "0" * 64)})),
    "bad version": gzip.compress(canonical_bytes({**INNER, "version": "../../etc"})),
    "bomb": gzip.compress(b" " * (package_module.LARGEST_BODY + 10)),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_signed_but_wrong_body_is_refused_calmly(body: bytes) -> None:
    with pytest.raises(BadInput, match="不是完整的目录包"):
        open_package(resigned(body), SUITE, [PUBLIC])


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=6),
        lambda v: (
            st.lists(v, max_size=3)
            | st.dictionaries(
                st.sampled_from(["version", "files", "hashes", "vocabulary.json", "items/x.json"]), v, max_size=4
            )
        ),
        max_leaves=8,
    )
)
@settings(max_examples=60)
def test_any_signed_json_is_refused_or_opened_never_worse(value: object) -> None:
    try:
        opened = open_package(resigned(gzip.compress(json.dumps(value).encode())), SUITE, [PUBLIC])
    except BadInput:
        return
    assert set(opened.files) <= {"vocabulary.json", "items/x.json"}


def test_a_district_changes_address_and_phone_and_nothing_else(tmp_path: Path) -> None:
    kept, local = KeptCatalogues(tmp_path, SUITE), tmp_path / "local.json"
    plain = kept.load()

    def load(value: object):
        local.write_text(json.dumps(value), "utf-8")
        return KeptCatalogues(tmp_path, SUITE).load()

    ours = load(
        {
            "format": 1,
            "departments": {"人社": {"address": "样例路 1 号", "phone": "023-00000000"}},
            "items": {"pension-claim": {"phone": "023-00000001"}},
        }
    )
    assert ours.notice == ""
    assert ours.item("pension-claim").department.address == "样例路 1 号"
    assert ours.item("pension-claim").department.phone == "023-00000001"
    assert ours.item("social-card").department.phone == "023-00000000"
    assert ours.hash_of("pension-claim") == plain.hash_of("pension-claim"), "no case is changed by it"
    for wrong, says in (
        ({"format": 1, "items": {"pension-claim": {"limits": {}}}}, "只能改地址和电话"),
        ({"format": 1, "items": {"no-such": {"phone": "1"}}}, "没有这个事项"),
        ({"format": 1, "departments": {"火星": {"phone": "1"}}}, "没有这个部门"),
        ({"format": 1, "departments": {"人社": {"phone": 5}}}, "应是文字"),
        ({"format": 1, "materials": {}}, "不认识的项目"),
        ([], "最外层"),
    ):
        refused = load(wrong)
        assert says in refused.notice
        assert refused.item("pension-claim") == plain.item("pension-claim")
