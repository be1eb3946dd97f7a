"""Templates: one environment, strict, escaped; the words every page has."""

import hashlib
import json
import re
from collections.abc import Callable, Hashable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.ext import Extension
from jinja2.runtime import Context
from markupsafe import Markup, escape

from guapai.people import ROLE_TITLES, Role
from guapai.text import Said, isolated, one_line
from portal.web.banner import troubles
from portal.web.language import LANGUAGES, TAGS, translator
from portal.web.page import PAGES, Way
from portal.web.visit import Visit
from portal.words.wording import wall, yuan
from statemachines.facts import EvidenceKind
from statemachines.nouns import PROCEDURES


def line(text: object) -> str:
    """Foreign text on one line, which cannot turn its surroundings."""
    said = str(text).strip()
    return said if said.isprintable() else isolated(one_line(said))


@pass_context
def ours(context: Context, value: object) -> object:
    """A text of ours in the reader's language; what people typed as they typed it."""
    return context["t"](value) if isinstance(value, Said) else value


@lru_cache
def version() -> str:
    """What the addresses of static files end with, so that browsers keep them until they change."""
    folder = files("portal") / "static"
    try:
        found = json.loads((folder / "vendor" / "versions.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        found = {}
    own = [
        p.read_bytes()
        for kind in ("css", "js")
        for p in sorted((folder / kind).iterdir(), key=lambda p: p.name)
    ]
    return _short(json.dumps(found, sort_keys=True).encode() + b"".join(own))


def icon(name: str) -> Markup:
    """One of the icons of the pages (portal/web/vendor.py names them); it says nothing by itself."""
    return Markup(
        '<svg class="icon" aria-hidden="true" focusable="false">'
        f'<use href="/static/vendor/icons.svg?{version()}#{escape(name)}"/></svg>'
    )


def _short(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:10]


class Spoken(Extension):
    """Says what never changes when a template is compiled: words without values, icons, the version.

    ``{{ t("台账") }}`` and ``{{ icon("search") }}`` become text; what has values is said per page.
    """

    language = "zh"

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The template in one language."""
        t = translator(self.language)
        source = _WORDS.sub(lambda m: str(escape(t(m["one"] or m["other"]))), source)
        return _ICONS.sub(lambda m: icon(m["name"]), source).replace("{{ version }}", version())


class _SpokenEnglish(Spoken):
    language = "en"


_WORDS = re.compile(r"""\{\{ t\((?:"(?P<one>[^"]+)"|'(?P<other>[^']+)')\) \}\}""")
_ICONS = re.compile(r"""\{\{ icon\("(?P<name>[a-z-]+)"\) \}\}""")


def environment(language: str) -> Environment:
    """The environment of the pages in a language."""
    found = Environment(
        loader=FileSystemLoader(str(files("portal") / "templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=[_SpokenEnglish if language == "en" else Spoken],
    )
    found.filters.update(wall=wall, yuan=yuan, line=line, ours=ours)
    titles = {f"{n}.{m.name}": m.title for n, p in PROCEDURES.items() for m in reversed(p.moves)}
    found.globals.update(
        icon=icon,
        part=_part_of(found, language),
        languages=LANGUAGES,
        tag=TAGS[language],
        kinds=EvidenceKind,
        role_titles=ROLE_TITLES,
        move_titles=titles,
        reporters=PROCEDURES["hazard"].birth("report_lead").by,
    )
    return found


def _part_of(found: Environment, language: str) -> Callable[..., Markup]:
    """The function ``part`` of templates."""

    @lru_cache(512)
    def rendered(template: str, given: tuple[tuple[str, Any], ...]) -> Markup:
        return Markup(found.get_template(template).render(given, t=translator(language)))

    def part(template: str, **given: Hashable) -> Markup:
        """A part of a page that depends on these values only: rendered once, however often shown."""
        return rendered(template, tuple(given.items()))

    return part


@cache
def _ways(role: Role, sees_cases: bool) -> tuple[tuple[str, Way], ...]:
    """Where the navigation leads somebody in a role: the addresses, in their order."""
    found = [
        (p.path, p.way)
        for p in PAGES
        if p.way and (not p.may.roles or role in p.may.roles) and (sees_cases or not p.way.cases)
    ]
    return tuple(sorted(found, key=lambda f: f[1].rank))


def navigation(visit: Visit, path: str) -> dict[str, Any] | None:
    """What the navigation depends on; None where there is no post to go on with."""
    if not visit.in_post or visit.must_change:
        return None
    ways = _ways(visit.actor.role, visit.scope.column != "none")
    first = "/" + path.split("/", 2)[1]
    below = (address for address, way in ways if address == first and not way.alone)
    active = path if path in dict(ways) else next(below, "")
    return {"ways": ways, "active": active, "exact": path == active}


class Renderer:
    """Renders pages for visits."""

    def __init__(self) -> None:
        self.environments = {language: environment(language) for language in LANGUAGES}

    def __call__(self, visit: Visit, template: str, values: Mapping[str, Any]) -> str:
        """A page as HTML."""
        path = visit.request.url.path
        return (
            self.environments[visit.language]
            .get_template(template)
            .render(
                visit=visit,
                t=visit.t,
                entry=visit.entry,
                now=visit.house.clock(),
                path=path,
                samples=visit.house.samples,
                navigation=navigation(visit, path),
                troubles=troubles(visit),
                **values,
            )
        )
