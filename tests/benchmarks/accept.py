"""Accept key pressed → receipt file ready, over the machine's own fsync."""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from clerk_app.bootstrap.paper import paper
from clerk_app.commands.case import read_case
from clerk_app.usecases.accept import accept_draft, draft_values
from clerk_app.usecases.intake import open_draft, save
from clerk_app.usecases.printing import claim_next
from clerk_app.usecases.template import samples
from tests.benchmarks.bench_hall import opened_hall

ROUNDS = 25


def measure() -> Iterator[dict[str, str | int | float]]:
    """Milliseconds per accepted case (one captured page each where the sample has one), paper rendered, and one fsync."""
    with tempfile.TemporaryDirectory() as folder, opened_hall(Path(folder)) as (_home, desk, page):
        rng = random.Random(5)
        fsyncs, accepts, papers = [], [], []
        for _ in range(ROUNDS):
            fsyncs.append(_fsync_ms(Path(folder)))
            application, pages = read_case(samples(desk, "pension-claim", {}, rng, page))
            draft = open_draft(desk)
            with desk.store.begin() as uow:
                for data, media_type in pages:
                    uow.attachments.put(draft.id, data, media_type)
                uow.commit()
            save(desk, draft.id, draft_values(application, desk.clock.now()))
            began = time.perf_counter()
            accept_draft(desk, draft.id)
            accepts.append((time.perf_counter() - began) * 1000)
            began = time.perf_counter()
            claimed = claim_next(desk)
            if claimed is None:
                raise RuntimeError("nothing to print")
            paper().render(claimed.order)
            papers.append((time.perf_counter() - began) * 1000)
            while claim_next(desk):
                pass
        fsync, accept, render = (statistics.median(each) for each in (fsyncs, accepts, papers))
        yield {
            "fsync_ms": round(fsync, 2),
            "accept_ms": round(accept, 1),
            "paper_ms": round(render, 1),
            "accept_to_paper_over_fsync_ms": round(accept + render - fsync, 1),
            "goal_ms": 300,
        }


def _fsync_ms(folder: Path) -> float:
    with (folder / "fsync.bin").open("ab") as file:
        file.write(os.urandom(4096))
        file.flush()
        began = time.perf_counter()
        os.fsync(file.fileno())
        return (time.perf_counter() - began) * 1000
