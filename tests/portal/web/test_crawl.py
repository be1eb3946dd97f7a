"""Every link there is, followed by everybody: each leads somewhere, and looking changes nothing."""

import hashlib
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx
import sqlalchemy as sa
from starlette.routing import compile_path

from portal.web.gate import HEADERS
from portal.web.page import PAGES
from storage.database.engine import open_engine
from storage.schema.tables import METADATA
from tests.portal.land import Land

MOST = 150
"""So many pages of one seat are opened at most."""
MOVING = {"sessions", "throttles", "reads"}
"""What looking may change: that somebody is here, and that somebody has looked."""
COUNTERS = {"sequences"}
"""Where SQLite takes the ids of `reads` from."""
WATCHED = {
    *("/cases/{case_id:int}/contact", "/cases/{case_id:int}/papers/{paper_id:int}.pdf"),
    *("/cases/{case_id:int}/letters/{letter_id:int}", "/ledger.xlsx"),
    *("/evidence/{evidence_id:int}/view", "/evidence/{evidence_id:int}/original"),
}
"""Where each look is written down."""
REDIRECTS = {"/": 303}
"""What sends whom it is asked by somewhere else."""
NEVER = {
    *("/", "/sign-in", "/setup", "/healthz", "/readyz", "/metrics"),
    "/people/{person_id:int}/ask/{what}",  # who decides alone what needs two is sent there
}
"""What no page has to link to."""


@cache
def _readable() -> dict[str, re.Pattern[str]]:
    """The pages that are read, and how their addresses look."""
    return {p.path: compile_path(p.path)[0] for p in PAGES if p.method == "GET"}


class Reader(HTMLParser):
    """The links of a page, its forms that only ask, and what must not be in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.inline: list[str] = []
        self._form: list[tuple[str, list[str]]] | None = None
        self._action = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One element."""
        said = {n: v or "" for n, v in attrs}
        self.links += [said[n] for n in ("href", "src") if n in said and tag != "form"]
        bad = [n for n in said if n == "style" or n.startswith(("on", "hx-on"))]
        if bad or tag == "style" or (tag == "script" and not said.get("src")):
            self.inline.append(f"<{tag} {bad}>")
        if tag == "img" and "alt" not in said:
            self.inline.append("<img> without alt")
        if tag == "form" and said.get("method", "get") == "get":
            self._form, self._action = [], said.get("action", "")
        elif self._form is not None and tag in ("input", "select"):
            texts = ["示例", "341502-2026", "阀组锈蚀"] if tag == "input" else []
            self._form.append((said.get("name", ""), texts))
        elif self._form and tag == "option":
            self._form[-1][1].append(said.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        """A form ends: each value of each field is asked for once, the others left empty."""
        if tag != "form" or self._form is None:
            return
        for name, values in self._form:
            self.links += [f"{self._action}?{urlencode({name: value})}" for value in values]
        self._form = None


@dataclass
class Crawl:
    """One seat's walk from its desk on.

    Of each kind of page, moves by their names, one is opened with each set of names that are
    asked for, and one more for each value that nobody has asked for yet (``elsewhere``).
    """

    client: httpx.Client
    opened: list[tuple[str, str]] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    kinds: set[tuple[str, ...]] = field(default_factory=set)
    elsewhere: set[tuple[str, ...]] = field(default_factory=set)

    def walk(self, *starts: str) -> None:
        """Follow what is new until there is nothing new, or it is enough."""
        waiting = deque(starts)
        while waiting and len(self.opened) < MOST:
            address = waiting.popleft()
            if self._is_new(address):
                waiting.extend(self._open(address))

    def _is_new(self, address: str) -> bool:
        parts = urlsplit(address)
        move = re.search(r"/\d+/([a-z]+)/\d+/(\w+)$", parts.path)
        page = (page_of(parts.path) or parts.path, *(move.groups() if move else ()))
        asked = dict(parse_qsl(parts.query))
        kind = (*page, *sorted(asked))
        value = (*kind, *(v for _, v in sorted(asked.items()) if re.fullmatch("[a-z_]+", v)))
        new = kind not in self.kinds and not parts.path.startswith("/static/")
        new |= value not in self.elsewhere
        self.kinds.add(kind)
        self.elsewhere.add(value)
        return new

    def _open(self, address: str) -> Iterator[str]:
        """Open a page; where its links lead."""
        got = self.client.get(address)
        page = page_of(urlsplit(address).path)
        self.opened.append((page or "/static", address))
        if got.status_code != REDIRECTS.get(address, 200):
            self.found.append(f"{address}: {got.status_code}")
        missing = [n for n in HEADERS if n not in got.headers]
        if missing or "cache-control" not in got.headers:
            self.found.append(f"{address}: without {missing}")
        if not got.headers.get("content-type", "").startswith("text/html"):
            return
        read = Reader(got.text)
        self.found += [f"{address}: {what}" for what in read.inline]
        for link in read.links:
            target = urlsplit(urljoin(address, link))
            if target.netloc or target.scheme:
                self.found.append(f"{address}: leads away to {link}")
            elif page_of(target.path) is None and not target.path.startswith("/static/"):
                self.found.append(f"{address}: {link} is no page")
            else:
                yield target._replace(fragment="").geturl()


def page_of(path: str) -> str | None:
    """The declared page of a path."""
    return next((page for page, regex in _readable().items() if regex.match(path)), None)


def digests(url: str) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a hash of all of them."""
    engine, out = open_engine(url, role=None), {}
    with engine.connect() as connection:
        for table in METADATA.sorted_tables:
            if connection.dialect.name == "postgresql" and table.name == "sequences":
                continue
            rows = sorted(repr(tuple(row)) for row in connection.execute(sa.select(table)))
            digest = hashlib.sha256("\n".join(rows).encode()).hexdigest()
            out[table.name] = (len(rows), digest)
    engine.dispose()
    return out


def _url(land: Land) -> str:
    return land.town.office.engine.url.render_as_string(hide_password=False)


def test_every_link_leads_somewhere_and_looking_changes_nothing(land: Land) -> None:
    before = digests(_url(land))
    assert len(before) >= 20
    crawls: dict[str, Crawl] = {}
    asked: set[tuple[str, ...]] = set()
    for seat, actor in land.seats.items():
        with land.town.visitor(actor) as client:
            land.town.office.clock.advance(timedelta(minutes=2))
            crawl = crawls[seat] = Crawl(client, elsewhere=asked)
            starts = ["/desk"] if actor else ["/sign-in"]
            starts += [f"/cases/{land.sides['own'].case}/notices"] if seat == "auditor" else []
            crawl.walk(*starts)
    after = digests(_url(land))

    found = [f"{seat} {what}" for seat, crawl in crawls.items() for what in crawl.found]
    assert not found, f"{len(found)}:\n" + "\n".join(found[:60])
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= MOVING | COUNTERS
    opened = [page for crawl in crawls.values() for page, _ in crawl.opened]
    looks = sum(page in WATCHED for page in opened)
    assert after["reads"][0] - before["reads"][0] == looks > 100
    unvisited = _readable().keys() - set(opened) - NEVER
    assert not unvisited, "no link leads there"
    assert len(opened) > 800
    assert max(len(crawl.opened) for crawl in crawls.values()) < MOST, (
        "some links were not followed"
    )
