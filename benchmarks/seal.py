"""Letters claimed, sealed and stored per second, beside EmailMessage and the bare driver."""

import hashlib
import time
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from actions.post.claiming import take_batch
from actions.post.round import Round
from benchmarks.ground import SENDER, START
from benchmarks.measuring import Database, Figure, alternate, databases, figure, show, wants_json
from guapai.clock import SimulatedClock
from notifications.letter import Reminder
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Content
from notifications.rendering import render
from storage import letter as letters
from storage.database.engine import Engine
from storage.database.work import Work, unit_of_work
from storage.schema.schema import migrate

LETTERS = 500
_DAY = date(2026, 3, 31)


def typical(nth: int = 0) -> Content:
    """A reminder of three duties, as the digest words it."""
    lines = [
        Reminder(
            title=f"{firm}除尘器泄爆口朝向人员通道，作业场所积尘较厚",
            number=f"341502-2026-{nth:04d}",
            duty="报送治理方案",
            say="治理方案逾期3日未报，请业务科（处）督促报送",
            due_on=_DAY,
            provisional=False,
            basis="《安全生产事故隐患排查治理暂行规定》第十五条",
            vacant=False,
        )
        for firm in ("示例木业", "示例粉体", "示例冷链")
    ]
    subject, text, html = render("digest", {"name": "赵示例一", "lines": lines})
    address = f"reader-{nth}@example.com"
    return Content(address, "赵示例一", subject, text, html)


def queued(work: Work, letter: Content) -> dict[str, Any]:
    """The row of a letter that waits to be sealed."""
    return {
        "id": work.take_id(),
        "kind": "digest",
        "recipient": letter.recipient,
        "recipient_name": letter.recipient_name,
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "statutory": False,
        "state": "queued",
        "created_at": work.now,
        "next_try_at": work.now,
        "attempts": 0,
        "deaths": 0,
        "version": 1,
        "answer": "",
        "maybe_twice": False,
    }


def queue(engine: Engine, clock: SimulatedClock, written: list[Content]) -> list[int]:
    """Put letters into the queue as acts leave them, and tell their ids."""
    with unit_of_work(engine, clock) as work:
        rows = [queued(work, letter) for letter in written]
        work.insert_many(letters.TABLE, rows)
    return [row["id"] for row in rows]


def _ours(engine: Engine, clock: SimulatedClock, written: list[Content]) -> float:
    """Seconds until every letter is claimed and sealed, its bytes on the disk."""
    queue(engine, clock, written)
    round_ = Round(engine, MemoryOffice(SENDER), clock)
    sealed = 0
    start = time.perf_counter()
    while (taken := take_batch(round_)) is not None:
        sealed += len(taken.letters)
    took = time.perf_counter() - start
    if sealed != len(written):
        raise SystemExit(f"only {sealed} letters were sealed: no measure")
    return took


def _floor(
    database: Database, engine: Engine, clock: SimulatedClock, written: list[Content]
) -> float:
    """Seconds for the standard library's message and one statement a letter, as many a commit."""
    ids = queue(engine, clock, written)
    mark = "?" if database.kind == "sqlite" else "%s"
    sql = f"UPDATE letters SET state = 'claimed', mime = {mark}, sha256 = {mark} WHERE id = {mark}"
    with database.closing("seal") as connection:
        start = time.perf_counter()
        for first in range(0, len(written), 100):
            database.begin(connection)
            for nth in range(first, min(first + 100, len(written))):
                mime = _composed(nth, written[nth])
                connection.execute(sql, (mime, hashlib.sha256(mime).hexdigest(), ids[nth]))
            connection.execute("COMMIT")
        return time.perf_counter() - start


def _composed(nth: int, letter: Content) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"{SENDER.display} <{SENDER.address}>"
    mail["To"] = f"{letter.recipient_name} <{letter.recipient}>"
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(START)
    mail["Message-ID"] = f"<letter-{nth + 1}@{SENDER.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    return mail.as_bytes()


def measure(database: Database) -> Figure:
    """Ours against the floor, on one database."""
    clock = SimulatedClock(START)
    owner = database.create("seal")
    migrate(owner, clock)
    owner.dispose()
    engine = database.open("seal")
    written = [typical(nth) for nth in range(LETTERS)]
    took = alternate(
        lambda _: _ours(engine, clock, written),
        lambda _: _floor(database, engine, clock, written),
    )
    engine.dispose()
    return figure("seal", database.kind, "≥ 800/s", LETTERS, *took)


def main() -> None:
    """Measure both databases."""
    as_json = wants_json(__doc__ or "")
    with databases() as kinds:
        figures = [measure(database) for database in kinds]
    show("sealing", figures, as_json=as_json)


if __name__ == "__main__":
    main()
