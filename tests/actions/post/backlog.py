"""Letters in the queue as acts leave them, without the acts; and offices that watch what is offered."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from actions.post.posting import post
from actions.post.round import Posted
from notifications.post.answers import Answer
from notifications.post.offices import Line, MemoryOffice
from notifications.post.sealing import Sender
from storage import letter
from storage.database.work import unit_of_work
from storage.letter import Letter
from tests.actions.conftest import Office

SENDER = Sender("guapai@example.com", "挂牌督办系统", "example.com")


def queue_letters(
    office: Office,
    count: int,
    *,
    domain: str = "example.com",
    statutory: bool = True,
    case_id: int | None = None,
    recipient: str = "",
) -> list[int]:
    """So many letters to as many people at a domain, or to one; their ids."""
    with unit_of_work(office.engine, office.clock) as work:
        ids = work.take_ids(count)
        work.insert_many(
            letter.TABLE,
            [
                {
                    "id": i,
                    "version": 1,
                    "case_id": case_id,
                    "kind": "hazard_listed",
                    "recipient": recipient or f"reader{i}@{domain}",
                    "recipient_name": "收件人",
                    "subject": f"第{i}号通知",
                    "text": "正文",
                    "html": "<p>正文</p>",
                    "statutory": statutory,
                    "state": "queued",
                    "created_at": work.now,
                    "next_try_at": work.now,
                    "attempts": 0,
                    "deaths": 0,
                    "answer": "",
                    "maybe_twice": False,
                }
                for i in ids
            ],
        )
    return ids


def letters_of(office: Office) -> dict[int, Letter]:
    """Every letter by its id."""
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return {r.id: r for r in letter.every(work)}


def states(office: Office) -> dict[str, int]:
    """How many letters are in each state."""
    found: dict[str, int] = {}
    for row in letters_of(office).values():
        found[row.state] = found.get(row.state, 0) + 1
    return found


def go(office: Office, out: MemoryOffice, **more: object) -> Posted:
    """One round of the post."""
    return asyncio.run(post(office.engine, out, office.clock, **more))  # type: ignore[arg-type]


class WatchedOffice(MemoryOffice):
    """Counts the lines that are opened, and notes who is offered what and when.

    ``judge`` answers the offer of a letter by its recipient, or lets it in with None.
    """

    def __init__(
        self, office: Office, judge: Callable[[str], Answer | None] = lambda _: None
    ) -> None:
        super().__init__(SENDER)
        self.opened = 0
        self.offers: list[tuple[datetime, str]] = []
        self.judge = judge
        self._now = office.clock

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Line]:
        """A line that tells us what is offered over it."""
        self.opened += 1
        async with super().open() as line:
            offer = line.offer

            async def watched(sender: str, to: str, size: int | None = None) -> Answer | None:
                self.offers.append((self._now(), to))
                return self.judge(to) or await offer(sender, to, size)

            line.offer = watched  # type: ignore[method-assign]
            yield line
