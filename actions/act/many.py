"""Several acts at once, such as one reason for twenty duties; each answers for itself."""

from collections.abc import Iterable
from dataclasses import dataclass

from actions.act.perform import Done, perform
from actions.hand.facts import Facts, Subject
from guapai.clock import Clock, utc_now
from guapai.errors import GuapaiError
from guapai.people import Actor
from storage.database.engine import Engine
from storage.database.work import unit_of_work


@dataclass(frozen=True, kw_only=True)
class Item:
    """One item of many: the row, the move, its facts."""

    subject: Subject
    name: str
    facts: Facts
    seen_version: int | None = None
    key: str | None = None


def perform_many(
    engine: Engine, items: Iterable[Item], actor: Actor, clock: Clock = utc_now
) -> list[Done | GuapaiError]:
    """Several acts, each in a transaction of its own: one answer per item, in their item."""
    answers: list[Done | GuapaiError] = []
    for item in items:
        try:
            with unit_of_work(engine, clock) as work:
                done = perform(
                    work,
                    item.subject,
                    item.name,
                    item.facts,
                    actor,
                    seen_version=item.seen_version,
                    key=item.key,
                )
            answers.append(done)
        except GuapaiError as error:
            answers.append(error)
    return answers
