"""Somebody who looks at pages in every width and notes what keeps people out."""

from collections.abc import Iterator
from functools import wraps
from importlib.resources import files
from pathlib import Path

import pytest
from jinja2 import Environment

from guapai.people import Actor
from tests.portal.browser import axe
from tests.portal.conftest import OpenPage
from tests.portal.hands import Hands
from tests.portal.town import Town

WIDTHS = (390, 768, 1280)
"""A telephone, a tablet, a desktop."""
HEIGHT = 844


def page_templates() -> frozenset[str]:
    """The templates of whole pages; the others are parts of these."""
    folder = Path(str(files("portal"))) / "templates"
    whole = (p for p in folder.rglob("*.html") if "{% extends" in p.read_text(encoding="utf-8"))
    return frozenset(p.relative_to(folder).as_posix() for p in whole)


class Looker:
    """Goes from page to page; each is loaded once and looked at in every width.

    Whoever is not thorough looks at one page of each template only, and passes over the others.
    """

    def __init__(
        self, hands: Hands, widths: tuple[int, ...] = WIDTHS, *, thorough: bool = False
    ) -> None:
        self.hands, self.page, self.widths, self.thorough = hands, hands.page, widths, thorough
        self.latest = ""
        """The template of the page that was made last."""
        self.templates: set[str] = set()
        self.barriers: list[str] = []
        self.looked: list[tuple[str, int]] = []

    def sit(self, actor: Actor, path: str) -> None:
        """Somebody sits down at a page."""
        self.hands.sit(actor, path)
        self.look(path)

    def sit_also(self, actor: Actor, path: str) -> None:
        """Another page of a template that is looked at anyway."""
        if self.thorough:
            self.sit(actor, path)

    def look_also(self, name: str, within: str | None = None) -> None:
        """The page there is once more, in another condition."""
        if self.thorough:
            self.look(name, within)

    def look(self, name: str, within: str | None = None) -> None:
        """Look at the page there is, or a part of it, with everything open that is folded away."""
        self.hands.open_all()
        self.templates.add(self.latest)
        said = self.page.locator("h1").all_inner_texts()
        if len(said) != 1:
            self.barriers.append(f"{name}: {len(said)} headings of the first level")
        for width in self._from_here():
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            self.looked.append((name, width))
            if self.hands.sideways():
                self._note(f"{self.hands.sideways()} pixels sideways")
            for barrier in axe(self.page, within):
                self._note(f"{barrier.rule} {barrier.target} {barrier.summary}")

    def _from_here(self) -> Iterator[int]:
        """The widths from the one there is to the other end, where the next page will be loaded."""
        size = self.page.viewport_size
        assert size is not None
        here = self.widths.index(size["width"])
        yield from self.widths if here == 0 else reversed(self.widths)

    def _note(self, said: str) -> None:
        name, width = self.looked[-1]
        self.barriers.append(f"{name} in {width}: {said}")

    def forgive(self, status: int) -> None:
        """What was refused on purpose is no error."""
        self.hands.watched.forgive(f"^console: .*{status}")

    def conclude(self, *templates: str) -> None:
        """Fail with everything that was found, and with whatever the browser complained of.

        The templates are those that had to be looked at.
        """
        assert not self.barriers, "\n".join(self.barriers)
        assert set(templates) - self.templates == set()
        self.hands.watched.assert_clean()


@pytest.fixture(params=["one", pytest.param("all", marks=pytest.mark.long)])
def new_looker(
    request: pytest.FixtureRequest,
    town: Town,
    open_page: OpenPage,
    monkeypatch: pytest.MonkeyPatch,
) -> Looker:
    """Somebody who looks at the town; a module makes it its `looker`. In CI one page of each kind."""
    hands = Hands(open_page(town.home, WIDTHS[0], HEIGHT), town)
    looker = Looker(hands, thorough=request.param == "all")
    get_template, pages = Environment.get_template, page_templates()

    @wraps(get_template)
    def noted(environment: Environment, name: str, *more: object) -> object:
        if name in pages:
            looker.latest = name
        return get_template(environment, name, *more)

    monkeypatch.setattr(Environment, "get_template", noted)
    return looker
