"""Notice lines become letters: one for each reader, with everything that still needs doing."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from actions.hand.recipients import NOBODY, Recipient
from actions.post.reminder import Readers, readers_of, rung_stands, write_digest
from guapai.clock import Clock, utc_now
from storage import notice
from storage.database.engine import Engine
from storage.database.work import Work, unit_of_work
from storage.notice import Waiting

BATCH = 2000


@dataclass
class _Bundle:
    reader: Recipient
    case_id: int
    lines: list[Waiting] = field(default_factory=list)


def gather(engine: Engine, clock: Clock = utc_now, *, batch: int = BATCH) -> int:
    """Write one letter per reader from the lines that wait; how many letters. Safe to run twice.

    Lines whose duty was met meanwhile, or whose term was moved, are dropped.
    """
    written = 0
    while True:
        with unit_of_work(engine, clock) as work:
            waiting = notice.waiting_lines(work, batch)
            if not waiting:
                return written
            live = [w for w in waiting if w.duty_state == "open" and rung_stands(work, w)]
            for bundle in _bundles(work, live):
                alone = bundle.case_id if bundle.reader == NOBODY else None
                write_digest(work, bundle.reader, bundle.lines, alone)
                written += 1
            kept = {w.id for w in live}
            notice.settle_lines(work, sorted(kept), dropped=False)
            gone = [w.id for w in waiting if w.id not in kept]
            notice.settle_lines(work, gone, dropped=True)


def _bundles(work: Work, lines: Iterable[Waiting]) -> list[_Bundle]:
    readers: Readers = {}
    bundles: dict[tuple[int | None, str, int], _Bundle] = {}
    for line in lines:
        for reader in readers_of(work, line, readers):
            # A letter to nobody belongs to its case, so that somebody there mends the contact.
            alone = line.case_id if reader == NOBODY else 0
            key = (reader.person_id, reader.email, alone)
            bundle = bundles.setdefault(key, _Bundle(reader, line.case_id))
            bundle.lines.append(line)
    return list(bundles.values())
