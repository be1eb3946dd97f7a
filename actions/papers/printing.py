"""The papers job: print each issued paper once, outside any transaction, and seal it."""

import json
import logging
import secrets
from pathlib import Path

from actions.paper import seal_paper
from guapai.clock import Clock, utc_now
from guapai.errors import Unready
from law.place import EVERYWHERE, Span
from notifications.typesetting import print_paper, template_hash
from storage import paper as papers
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.files import evidence
from storage.files.place import store_at
from storage.files.store import FileStore
from storage.history import act as acts

LOG = logging.getLogger(__name__)


def print_papers(
    engine: Engine, folder: Path, clock: Clock = utc_now, span: Span = EVERYWHERE
) -> int:
    """Print every paper that waits; how many were sealed. One bad paper does not stop the rest.

    The bytes go to the store first, then the event that seals them: a crash in between leaves a
    file nobody refers to, and the next run prints anew.
    """
    store, sealed, after = store_at(folder), 0, 0
    while True:
        with unit_of_work(engine, clock, write=False) as work:
            waiting = papers.issued(work, after, span)
        if not waiting:
            return sealed
        for paper in waiting:
            after = paper.id
            try:
                sealed += _print(engine, store, paper, clock)
            except Unready:
                raise
            except Exception as error:
                LOG.exception("paper %s was not printed; the next run tries again", paper.id)
                with unit_of_work(engine, clock) as work:
                    papers.note_fault(work, paper.id, f"{type(error).__name__}: {error}")


def _print(engine: Engine, store: FileStore, paper: papers.Paper, clock: Clock) -> bool:
    if template_hash(paper.template) != paper.template_hash:
        LOG.warning("paper %s: its template has changed since it was issued", paper.id)
    printed = print_paper(paper.template, json.loads(paper.data))
    kept = store.put([printed.pdf])
    with unit_of_work(engine, clock) as work:
        taken = work.records(
            acts.take(work),
            person_id=0,
            move="paper.seal",
            key=secrets.token_hex(16),
            facts_hash=printed.sha256,
            at=work.now,
        )
        evidence.remember(work, kept)
        return seal_paper(work, paper.id, taken[0]["id"], printed)
