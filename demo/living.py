"""Live a span of days in an empty database: the real acts, the real jobs, a real SMTP server."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from demo.city import City, found_city
from demo.picture import VARIANTS, Photos, draw
from demo.year import Year, first_day
from flows.timetable import Ground
from guapai.clock import LOCAL, SimulatedClock
from guapai.errors import Unready
from guapai.settings import Settings
from notifications.post.catcher import Catcher
from notifications.post.offices import SmtpOffice
from notifications.post.sealing import Sender
from notifications.post.smtp import Channel, Tls
from storage.database.engine import Engine, open_engine
from storage.database.work import unit_of_work
from storage.files import evidence
from storage.files.place import store_at
from storage.people import organisation as organisations
from storage.questions import counting
from storage.questions.counting import Figures
from storage.schema.schema import migrate, require_newest
from storage.upkeep import lease
from storage.upkeep import pack as packs

_JOB = lease.SAMPLE
"""The run that says which days the city lived."""

Tell = Callable[[int, int], None]
"""Hears how many days of how many are over."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """Which days are lived, and the seed of chance; ``exact``: no other days will do."""

    days: int
    until: date
    seed: int
    exact: bool = True

    @property
    def said(self) -> str:
        """The span in words, which is also the name of its run."""
        return f"{self.days} days until {self.until} seed {self.seed}"


def live(settings: Settings, span: Span, *, fresh: bool, tell: Tell) -> Figures:
    """Live the span, unless the database holds a city that did; its figures at the end.

    ``fresh`` forgets an earlier city first, and only a city: a database with anything else in it
    is left alone. Raises Unready then, when the city there lived other days, and when the mail
    server received other letters than the history says.
    """
    if fresh:
        _forget(settings)
    owner = open_engine(settings.database_url, role=None)
    migrate(owner, lambda: _at(first_day(span.until, span.days), time(0, 0)))
    owner.dispose()
    engine = open_engine(settings.database_url)
    try:
        lived = lived_in(engine)
        if lived is None:
            _require_empty(engine)
            _live_days(engine, settings, span, tell)
        elif span.exact and lived != span.said:
            raise Unready(
                f"the city there lived {lived or 'only a part of its days'}, not {span.said}; "
                "add --fresh to forget it, or name another database with --db"
            )
        with unit_of_work(engine, lambda: _at(span.until, time(17, 0)), write=False) as work:
            return counting.figures(work)
    finally:
        engine.dispose()


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, LOCAL).astimezone(UTC)


def lived_in(engine: Engine) -> str | None:
    """Which days the city in a database lived: empty when it was cut short, None for no city."""
    with unit_of_work(engine, write=False) as work:
        return lease.last_done(work, _JOB) or ("" if lease.was_taken(work, _JOB) else None)


def _require_empty(engine: Engine) -> None:
    with unit_of_work(engine, write=False) as work:
        if organisations.every(work):
            raise Unready(
                "the database has organisations that are no sample city's; nothing was changed: "
                "name another database with --db"
            )


def _live_days(engine: Engine, settings: Settings, span: Span, tell: Tell) -> None:
    first = first_day(span.until, span.days)
    clock = SimulatedClock(_at(first, time(0, 0)))
    token = secrets.token_hex(16)
    with unit_of_work(engine, clock) as work:
        lease.take(work, _JOB, span.said, token, timedelta(0))
    with Catcher() as catcher:
        ground = Ground(engine, clock, office_to(catcher, settings), settings.files)
        year = begin(ground, clock, span.seed)
        for nth in range(span.days):
            year.live(first + timedelta(days=nth))
            tell(nth + 1, span.days)
        received = len(catcher.letters)
    with unit_of_work(engine, clock, write=False) as work:
        sent = counting.figures(work).letters_sent
    if received != sent:
        raise Unready(f"{received} letters arrived, {sent} are said to be sent")
    with unit_of_work(engine, clock) as work:
        lease.finish(work, _JOB, span.said, token)


def office_to(catcher: Catcher, settings: Settings) -> SmtpOffice:
    """The way out for mail that ends in a catcher on this machine."""
    return SmtpOffice(
        Channel(host=catcher.host, port=catcher.port, tls=Tls.none),
        Sender(settings.mail_from, settings.mail_name, settings.mail_domain),
    )


def begin(ground: Ground, clock: SimulatedClock, seed: int) -> Year:
    """Found the city and store the pictures its people show."""
    city, photos = settle(ground)
    with unit_of_work(ground.engine, clock, write=False) as work:
        calendar = packs.calendar(work)
    return Year(ground, clock, city, calendar, seed, photos)


def settle(ground: Ground) -> tuple[City, Photos]:
    """Enter the city into an empty database; it, and the pictures in the store."""
    store = store_at(ground.files)
    kept = {k: [store.put([draw(k, n)]) for n in range(VARIANTS)] for k in ("before", "after")}
    with unit_of_work(ground.engine, ground.clock) as work:
        for picture in (*kept["before"], *kept["after"]):
            evidence.remember(work, picture)
        before, after = (tuple(p.sha256 for p in kept[k]) for k in ("before", "after"))
        return found_city(work), Photos(before, after)


def _forget(settings: Settings) -> None:
    """Remove an earlier city in a SQLite file; anything else stays, and is refused later."""
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    if settings.database_url.startswith("sqlite:///") and path.exists() and _is_city(settings):
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def _is_city(settings: Settings) -> bool:
    engine = open_engine(settings.database_url)
    try:
        require_newest(engine)
        return lived_in(engine) is not None
    finally:
        engine.dispose()
