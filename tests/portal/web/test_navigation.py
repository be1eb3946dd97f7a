"""The navigation leads where the pages say, and nobody to a page that would refuse them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from guapai.people import Role
from portal.web import rendering
from portal.web.app import load_pages
from portal.web.may import only
from portal.web.page import PAGES, Way, page
from portal.web.rendering import environment
from portal.web.vendor import icons

load_pages()


def shown(role: Role, *, tabs: bool, sees_cases: bool = True) -> list[str]:
    """The addresses in the navigation of a role."""
    ways = rendering._ways(role, sees_cases)
    values = {"ways": ways, "active": "", "exact": False, "tabs": tabs, "t": lambda text: text}
    said = environment("zh").get_template("parts/navigation.html").render(**values)
    return re.findall('<a [^>]*href="([^"]+)"', said)


@pytest.fixture
def another() -> Iterator[str]:
    """A page that somebody adds, for experts."""
    there = len(PAGES)
    rendering._ways.cache_clear()
    way = Way(rank=9, icon="eye", title="新页")
    page("/another", may=only(Role.expert), template="account/letters.html", way=way)(lambda _: {})
    yield "/another"
    del PAGES[there:]
    rendering._ways.cache_clear()


@pytest.mark.parametrize("tabs", [True, False])
def test_a_new_page_is_in_the_navigation_of_whom_it_lets_in(another: str, tabs: bool) -> None:
    assert {r for r in Role if another in shown(r, tabs=tabs)} == {Role.expert}


@pytest.mark.parametrize("role", Role)
def test_every_way_leads_to_a_page_that_opens(role: Role) -> None:
    may = {p.path: p.may for p in PAGES if p.method == "GET"}
    found = shown(role, tabs=False)
    assert found[0] == "/desk"
    assert all(not may[address].roles or role in may[address].roles for address in found)
    assert set(shown(role, tabs=True)) <= set(found)


def test_each_role_is_led_where_it_has_work() -> None:
    assert shown(Role.inspector, tabs=False) == ["/desk", "/ledger", "/report", "/letters"]
    admin = shown(Role.system_admin, tabs=False, sees_cases=False)
    assert admin == ["/desk", "/letters", "/operation", "/people", "/together"]
    assert shown(Role.security_admin, tabs=False)[-2:] == ["/entries", "/together"]


def test_the_ranks_are_different_and_so_are_the_titles() -> None:
    ways = [p.way for p in PAGES if p.way]
    assert len({w.rank for w in ways}) == len({w.title for w in ways}) == len(ways)


def test_the_icons_that_are_served_are_those_that_pages_show(tmp_path: Path) -> None:
    (tmp_path / "one.html").write_text(
        '{{ icon("eye") }} {{ icon("x" if n.tone == "bad" else "check") }}', encoding="utf-8"
    )
    (tmp_path / "one.py").write_text('Way(rank=1, icon="users", title="t")', encoding="utf-8")
    assert icons(tmp_path) == ["check", "eye", "users", "x"]
