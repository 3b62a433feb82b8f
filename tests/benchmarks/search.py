"""Looking for a case among many encrypted ones: the index against LIKE over the same texts, and the same hits.

``CLERK_APP_BENCH_CASES`` sets how many (100,000 unless told; 1,000,000 takes about a quarter of an hour to make).
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from clerk_app.crypto.international import InternationalSuite
from local_db.engine import connect
from local_db.search import texts_of
from local_db.unit_of_work import SqlStore
from tests.contracts.test_store_contract import make_case

CASES = int(os.environ.get("CLERK_APP_BENCH_CASES", "100000"))
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕单冉龚向"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂珍华玉萍红鹏宇浩凯健俊帆雪琳晨轩涵怡梓欣雨婷㛃䶮"
QUERIES = 200
LIMIT = 50


def measure() -> Iterator[dict[str, str | int | float]]:
    """Milliseconds per search, 50 hits shown at most; LIKE reads a plain column of the very same texts, encrypted too."""
    rng = random.Random(11)
    with tempfile.TemporaryDirectory() as folder:
        key = os.urandom(32)
        store = SqlStore(Path(folder), key, InternationalSuite(os.urandom), create=True)
        names, seconds = _fill(store, rng)
        flat = _flat(Path(folder) / "flat.db", key, names)
        kinds = {
            "name": [rng.choice(names) for _ in range(QUERIES)],
            "two_signs": [rng.choice(names)[:2] for _ in range(QUERIES)],
            "initials": [_sounds(rng.choice(names)) for _ in range(QUERIES)],
            "last_four": [f"{rng.randrange(10_000):04d}" for _ in range(QUERIES)],
            "number": [f"{rng.randrange(CASES):08d}"[-6:] for _ in range(QUERIES)],
            "nobody": ["龘龘", "zzzz", "xyzzy", "王䶮㛃龘"] * (QUERIES // 4),
        }
        for kind, queries in kinds.items():
            spent: list[float] = []
            like: list[float] = []
            same = True
            for n, query in enumerate(queries):
                began = time.perf_counter()
                with store.begin(reading=True) as uow:
                    hits = [case.id for case in uow.cases.search(query, LIMIT)]
                spent.append((time.perf_counter() - began) * 1000)
                if n < 10:
                    began = time.perf_counter()
                    told = _like(flat, query)
                    like.append((time.perf_counter() - began) * 1000)
                    same = same and hits == told
            spent.sort()
            yield {
                "cases": CASES,
                "kind": kind,
                "p50_ms": round(statistics.median(spent), 2),
                "p95_ms": round(spent[int(len(spent) * 0.95) - 1], 2),
                "like_ms": round(statistics.median(like), 1),
                "same_hits": int(same),
                "goal_p95_ms": 20,
            }
        yield {
            "cases": CASES,
            "make_ms_per_case": round(seconds * 1000 / CASES, 2),
            "bytes_per_case": Path(folder, "clerk.db").stat().st_size // CASES,
        }
        flat.close()
        store.close()


def _fill(store: SqlStore, rng: random.Random) -> tuple[list[str], float]:
    names = []
    began = time.perf_counter()
    for start in range(0, CASES, 1000):
        with store.begin() as uow:
            for n in range(start, min(start + 1000, CASES)):
                name = rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2, 2, 3))))
                names.append(name)
                uow.cases.add(_case(n, name))
            uow.commit()
    return names, time.perf_counter() - began


def _case(n: int, name: str) -> Any:
    number = f"50019919{n * 7919 % 10_000_000_000:010d}"
    case = make_case(f"{n:032x}", name=name, number=number)
    local = f"渝临500199-W03G1-2026{n // 500 % 9999:04d}-{n:08d}"
    return replace(case, local_number=local, document_numbers={}, content=_content(n, case.content["applicant"]))


def _content(n: int, applicant: Any) -> dict[str, Any]:
    """With a phone, and every tenth with somebody in the form, as life events have."""
    phone = f"13{n * 104_729 % 1_000_000_000:09d}"
    fields = {"mother.name": f"样{chr(0x4E00 + n % 20_000)}", "mother.phone": phone[::-1]} if n % 10 == 0 else {}
    return {"applicant": {**applicant, "phone": phone}, "fields": fields}


def _flat(path: Path, key: bytes, names: list[str]) -> Any:
    path.touch(mode=0o600)
    flat = connect(path, key)
    flat.execute("CREATE TABLE flat (seq INTEGER PRIMARY KEY, id TEXT, words TEXT, numbers TEXT, sounds TEXT)")
    flat.execute("BEGIN")
    for n, name in enumerate(names):
        case = _case(n, name)
        texts = texts_of(case)
        rows = ("\n".join(texts.words), "\n".join(texts.numbers), "\n" + "\n".join(texts.sounds))
        flat.execute("INSERT INTO flat VALUES (?, ?, ?, ?, ?)", (n, case.id, *rows))
    flat.execute("COMMIT")
    return flat


def _like(flat: Any, query: str) -> list[str]:
    """What LIKE finds in the same texts, newest first, all of them read as LIKE has to."""
    needle = query.lower()
    numbers = "OR numbers LIKE :any" if len(needle) >= 4 else ""
    sounds = "OR sounds LIKE :start" if needle.isascii() and needle.isalpha() else ""
    rows = flat.execute(
        f"SELECT id FROM flat WHERE words LIKE :any {numbers} {sounds} ORDER BY seq DESC",
        {"any": f"%{needle}%", "start": f"%\n{needle}%"},
    ).fetchall()
    return [row[0] for row in rows[:LIMIT]]


def _sounds(name: str) -> str:
    found = [sound for sound in texts_of(_case(0, name)).sounds if len(sound) <= len(name)]
    return max(found, key=len) if found else "wxm"
