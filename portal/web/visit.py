"""A visit: one request, who makes it, in which post, in which language."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from starlette.requests import Request

from actions.people.entrance import IDLE, LONGEST, fingerprint
from guapai.clock import Clock
from guapai.errors import Missing
from guapai.people import Actor, Role
from guapai.settings import Settings
from portal.web.language import Translate
from portal.web.pool import Pools
from portal.web.refusals import Refusal, Refusals
from storage.database.engine import Engine
from storage.database.work import Work, unit_of_work
from storage.files.store import FileStore
from storage.history.access import Access, Outcome
from storage.people import session as sessions
from storage.people.session import Entry
from storage.questions.scope import NONE, Scope, scope_of

ROTATION = timedelta(days=90)
"""After so long a password has to be changed (GB/T 22239-2019, 身份鉴别 a; the number is own)."""


@dataclass(frozen=True)
class Sample:
    """A sample person of the demo, shown beside the door."""

    name: str
    email: str
    role: Role
    organisation: str


@dataclass(frozen=True)
class Samples:
    """The demo's people and the one password they all have."""

    people: tuple[Sample, ...]
    password: str


@dataclass(frozen=True)
class House:
    """What the portal stands on; the same for every visit, and nothing in it changes."""

    settings: Settings
    engine: Engine
    clock: Clock
    store: FileStore
    render: Callable[["Visit", str, Mapping[str, Any]], str]
    pools: Pools
    refusals: Refusals
    samples: Samples | None = None


@dataclass
class Visit:
    """One request. ``work`` is a read-only unit of work while a page is being read."""

    house: House
    request: Request
    language: str
    t: Translate
    entry: Entry | None = None
    form: "Form | None" = None
    was_known: bool = False
    """Whether the browser shows a session that has ended."""
    _work: Work | None = field(default=None, repr=False)

    @property
    def work(self) -> Work:
        """The unit of work of the page; only while it is read."""
        assert self._work is not None, "the page does its own work"
        return self._work

    @property
    def reading_work(self) -> Work | None:
        """The unit of work of the page while it is read; None for a page that does its own work."""
        return self._work

    def writing(self) -> AbstractContextManager[Work]:
        """A unit of work that may change something."""
        return unit_of_work(self.house.engine, self.house.clock)

    def reading(self) -> AbstractContextManager[Work]:
        """Another unit of work that changes nothing."""
        return unit_of_work(self.house.engine, self.house.clock, write=False)

    @property
    def in_post(self) -> bool:
        """Whether the chosen post is held today, in one's own right or standing in."""
        e = self.entry
        return bool(e and e.role and e.in_post and (e.behalf_of is None or e.stands_in))

    @property
    def actor(self) -> Actor:
        """Who acts. Raises Missing without a post."""
        e = self.entry
        if e is None or e.role is None or not self.in_post:
            raise Missing("没有这个页面，或您无权查看")
        return Actor(e.person_id, e.role, e.organisation_id, e.behalf_of, e.name)

    @property
    def scope(self) -> Scope:
        """Which cases the post may see."""
        e = self.entry
        if e is None or e.role is None or not self.in_post or e.kind is None:
            return NONE
        assert e.organisation_id is not None
        return scope_of(e.role, e.organisation_id, e.kind, e.place_code or "")

    @property
    def must_change(self) -> bool:
        """Whether the password is the first one, or too old."""
        e = self.entry
        if e is None or e.changed_at is None:
            return False
        return bool(e.first_password) or e.changed_at < self.house.clock() - ROTATION

    @property
    def address(self) -> str:
        """From where the visitor comes, as far as the server knows."""
        return self.request.client.host if self.request.client else ""

    @property
    def reference(self) -> str:
        """The session the browser claims to have; a key for counting, and nothing is believed of it."""
        return self.request.cookies.get(cookie_name(self.request, "guapai"), "")

    @property
    def request_id(self) -> str:
        """The number by which the log knows the request."""
        return str(self.request.scope.get("guapai.request", ""))

    async def refused(
        self,
        outcome: Outcome = Outcome.refused,
        what: Access | None = None,
        person_id: int | None = None,
    ) -> None:
        """Enter in the security log that this was refused; ``person_id``: to whom, if not the visitor."""
        request = self.request
        if what is None:
            what = Access.page if request.method in ("GET", "HEAD") else Access.form
        known = person_id or (self.entry.person_id if self.entry else None)
        detail = f"{request.method[:10]} {request.url.path}"
        await self.house.refusals.note(
            Refusal(what, outcome, known, self.address, detail, self.request_id)
        )

    def query(self, name: str, default: str = "") -> str:
        """One value of the address's query."""
        return str(self.request.query_params.get(name, default))


@dataclass
class Form:
    """What was sent: text by name, several values each, and files."""

    values: dict[str, list[str]]
    files: dict[str, list[Any]] = field(default_factory=dict)

    def get(self, name: str, default: str = "") -> str:
        """The first value of a name."""
        found = self.values.get(name)
        return found[0] if found else default

    def all(self, name: str) -> list[str]:
        """All values of a name."""
        return self.values.get(name, [])


def cookie_name(request: Request, name: str) -> str:
    """The cookie's name: bound to this host where the way is encrypted."""
    return f"__Host-{name}" if request.url.scheme == "https" else name


def entry_of(house: House, request: Request, work: Work) -> Entry | None:
    """The session of a request, unless it has ended by itself or its person is not active."""
    found = session_of(request, work)
    if found is None or not found.active:
        return None
    idle, whole = work.now - found.seen_at, work.now - found.began_at
    if idle > IDLE or whole > LONGEST:
        return None
    request.scope["guapai.person"] = found.person_id  # for the log
    return found


def session_of(request: Request, work: Work) -> Entry | None:
    """The session a request names, whether it has ended by itself or not."""
    reference = request.cookies.get(cookie_name(request, "guapai"))
    return sessions.entry(work, fingerprint(reference)) if reference else None
