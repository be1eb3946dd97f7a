"""Conventions of the pages: declared, guarded, escaped, tokens in every form, nothing inline."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from jinja2 import Environment, FileSystemLoader, nodes
from starlette.routing import Mount, Route

from guapai.clock import SimulatedClock
from guapai.settings import Settings
from portal.web import may
from portal.web.app import build_app, load_pages
from portal.web.may import May
from portal.web.page import PAGES, Page
from storage.database.engine import Engine
from tests.conftest import SqliteFiles

ROOT = Path(__file__).parents[3]
PORTAL = ROOT / "portal"
TEMPLATES = PORTAL / "templates"
FILES = sorted(TEMPLATES.rglob("*"))
PARTS = [p for p in FILES if p.is_file()]
EACH = pytest.mark.parametrize("path", PARTS, ids=[str(p.relative_to(TEMPLATES)) for p in PARTS])
NAME = re.compile(r"[\"']([\w/]+\.html)[\"']")
load_pages()
OPEN = {"/", "/sign-in", "/language", "/setup", "/healthz", "/readyz", "/metrics"}
"""What can be asked for without a session: the door and what watches over the house."""
BEFORE_A_POST = {"/post", "/password", "/sign-out"}
"""What can be asked for by who is signed in and has no post yet."""
SAFE = {"case/case.html": {"diagram"}}
"""What is put into a page as it is, by template."""


@pytest.fixture
def app(url: str, engine: Engine, clock: SimulatedClock, tmp_path: Path) -> Iterator[FastAPI]:
    """The portal over an empty database."""
    built = build_app(Settings(database_url=url, files=tmp_path), clock)
    yield built
    built.state.house.engine.dispose()


def test_every_route_is_a_declared_page(app: FastAPI) -> None:
    declared = Counter((p.path, p.method) for p in PAGES)
    assert max(declared.values()) == 1, "two pages with one address"
    routed: Counter[tuple[str, str]] = Counter()
    others = []
    for route in app.routes:
        if isinstance(route, Route):
            assert route.methods is not None
            kinds = route.methods - ({"HEAD"} if "GET" in route.methods else set())
            routed.update((route.path, method) for method in kinds)
        else:
            others.append(route)
    assert routed == declared
    assert [(type(r), r.path) for r in others] == [(Mount, "/static")]
    assert not app.openapi_url and not app.docs_url and not app.redoc_url


def test_pages_are_declared_where_they_are_found() -> None:
    declaring = {
        p.parent for p in PORTAL.rglob("*.py") if re.search(r"^@page\(", p.read_text("utf-8"), re.M)
    }
    assert declaring == {PORTAL}


def test_every_page_says_who_may_open_it() -> None:
    for page in PAGES:
        assert isinstance(page.may, May)
        assert page.may.session is (page.path not in OPEN), page.path
        if page.may.session:
            assert page.may.post is (page.path not in BEFORE_A_POST), page.path
        assert page.method in {"GET", "HEAD", "OPTIONS", "POST", "PATCH", "DELETE"}
        assert page.works or page.method == "GET"
    assert not may.EVERYBODY.session and not may.SIGNED_IN.post and may.IN_POST.post


def test_ids_in_addresses_are_numbers() -> None:
    for page in PAGES:
        for name, kind in re.findall(r"{(\w+)(:\w+)?}", page.path):
            number = name.endswith("_id") and name != "upload_id"
            assert kind == (":int" if number else ""), page.path


def test_templates_exist_and_are_used() -> None:
    there = {str(p.relative_to(TEMPLATES)) for p in PARTS}
    assert all(name.endswith(".html") for name in there)
    sources = [*PORTAL.rglob("*.py"), *PARTS]
    named = {name for p in sources for name in NAME.findall(p.read_text(encoding="utf-8"))}
    assert named == there
    for page in PAGES:
        assert not page.template or page.template in there, page.path


def test_pages_without_a_template_answer_by_themselves() -> None:
    bare = {(p.method, p.path) for p in PAGES if not p.template and p.method == "GET"}
    shown = {p for _, p in bare if not p.endswith((".pdf", ".xlsx"))}
    assert shown <= OPEN | {
        f"/evidence/{{evidence_id:int}}/{v}" for v in ("thumb", "view", "original")
    }


@EACH
def test_nothing_is_inline(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle\s*=", text, re.I)
    assert not re.search(r"\son\w+\s*=|\shx-on|javascript:", text, re.I)
    for script in re.findall(r"<script\b[^>]*>.*?</script>", text, re.S | re.I):
        assert re.fullmatch(r'<script src="/static/[^"]+" defer></script>', script)
    assert text.lower().count("<script") == len(re.findall("</script>", text, re.I))
    for address in re.findall(r"\s(?:src|href|action)=\"([^\"]*)\"", text):
        assert address.startswith(("/", "#", "{{")), address


@EACH
def test_what_comes_from_elsewhere_is_escaped(path: Path) -> None:
    name = str(path.relative_to(TEMPLATES))
    tree = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True).parse(
        path.read_text(encoding="utf-8")
    )
    safe = {
        f.node.name if isinstance(f.node, nodes.Name) else "?"
        for f in tree.find_all(nodes.Filter)
        if f.name in ("safe", "xmlattr", "urlize", "forceescape") or f.name == "tojson"
    }
    assert safe == SAFE.get(name, set())
    assert not list(tree.find_all(nodes.ScopedEvalContextModifier))
    assert not re.search(r"\b(?:Markup|autoescape)\b", path.read_text(encoding="utf-8"))
    unquoted = re.findall(r"\s[\w-]+={{", path.read_text(encoding="utf-8"))
    assert not unquoted, "attributes stand in quotes"


@EACH
def test_forms_that_change_something_carry_the_token(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for head, body in re.findall(r"(<form\b[^>]*>)(.*?)</form>", text, re.S):
        method = re.search(r'\smethod="(\w+)"', head)
        assert method is not None, head
        if method[1] == "get":
            assert "token" not in body, "a token in an address ends up in logs"
            continue
        action = re.search(r'\saction="([^"]+)"', head)
        assert action is not None, head
        named = 'name="token"' in body
        assert named is _needs_session(action[1]), head
        assert body.count('name="token"') <= 1
    assert len(re.findall("<form", text)) == len(re.findall("</form>", text))


def _needs_session(action: str) -> bool:
    fitting: list[Page] = [p for p in PAGES if p.method == "POST" and p.path == action]
    assert fitting or "{{" in action, f"{action} is no page"
    return fitting[0].may.session if fitting else True


@EACH
def test_pictures_have_words_and_buttons_names(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for picture in re.findall(r"<img\b[^>]*>", text):
        assert re.search(r"\salt=\"", picture), picture
    for control in re.findall(r"<(?:input|select|textarea)\b[^>]*>", text):
        hidden = re.search(r"type=\"hidden\"", control)
        labelled = re.search(r"aria-label=|id=|\bmarks\(|type=\"(?:checkbox|search)\"", control)
        in_label = re.search(r"<label\b[^>]*>[^\n]*" + re.escape(control[:40]), text)
        assert hidden or labelled or in_label, control


ALONE = """
import asyncio, sys
import httpx
from guapai.settings import Settings
from portal.web.app import build_app

app = build_app(Settings(database_url=sys.argv[1], files=sys.argv[2]))

async def ask():
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        return [(await client.get(p)).status_code for p in ("/setup", "/desk", "/metrics", "/readyz")]

print(asyncio.run(ask()), sorted({"prefect", "apscheduler", "playwright", "flows"} & set(sys.modules)))
"""


def test_a_portal_carries_no_engine(tmp_path: Path) -> None:
    url = SqliteFiles(tmp_path).copy("alone")
    ran = subprocess.run(
        [sys.executable, "-c", ALONE, url, str(tmp_path / "files")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.stderr == ""
    assert ran.stdout.strip() == "[200, 303, 200, 200] []"
