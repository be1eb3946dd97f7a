"""People and posts: entered once, and what cannot be is refused in a sentence that says what to do."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from actions.people.staffing import kinds_of
from guapai.people import ADMINS, Role
from storage.database.work import unit_of_work
from storage.people import person as people
from storage.people.organisation import OrganisationKind
from tests.actions.conftest import Office
from tests.cli.commands import Commands

OFFICE = "金安区应急管理局"
NEW = "new@example.com"


@pytest.fixture
def user(guapai: Commands, db: tuple[str, str]) -> Commands:
    """The user commands, on the sample city, with one new person."""

    class User(Commands):
        def __call__(self, *words: object) -> object:  # type: ignore[override]
            return guapai("user", words[0], *words[1:], *db)

    made = User(guapai.monkeypatch, guapai.capsys)
    made("add", "示例新人", "--email", NEW, "--certificate", "示例证00900")
    return made


def _refused(user: Commands, said: str, *words: object) -> None:
    ran = user(*words)
    assert ran.code == 2, ran.out
    assert said in ran.flat


def test_a_person_gets_a_post_and_may_act(user: Commands, town: Office) -> None:
    done = user("post", NEW, "执法人员", OFFICE, "--from", "2026-01-01")
    assert done.out == f"示例新人 is inspector (执法人员) at {OFFICE} from 2026-01-01 on.\n"
    place = town.city.at("department", "341502")
    with unit_of_work(town.engine, town.clock, write=False) as work:
        actor = people.first_actor(work, NEW)
    assert (actor.role, actor.organisation_id) == (Role.inspector, place)
    town.act(Role.inspector, "report_lead", _lead(), actor=actor)


def _lead() -> dict[str, str]:
    return {
        "title": "示例隐患",
        "description": "示例",
        "place_code": "341502100",
        "sector": "工贸",
        "source": "inspection",
        "found_on": "2026-03-01",
    }


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("has the address", ("add", "别人", "--email", "NEW@example.com")),
        ("is no e-mail address", ("add", "别人", "--email", "a b@example.com")),
        ("1 to 80 characters", ("add", " ", "--email", "b@example.com")),
        ("more than 40", ("add", "别人", "--email", "b@example.com", "--certificate", "9" * 41)),
        ("nobody is known as", ("post", "x@example.com", "inspector", OFFICE)),
        ("there is no role 'boss'; use one of", ("post", NEW, "boss", OFFICE)),
        ("there is no role 'clock'", ("post", NEW, "clock", OFFICE)),
        ("did you mean: 六安市应急管理局", ("post", NEW, "inspector", "应急管理局")),
        ("is a post at: commission", ("post", NEW, "安委办", OFFICE)),
        ("is not a day such as", ("post", NEW, "inspector", OFFICE, "--from", "1.2.2026")),
        (
            "lies before the first",
            ("post", NEW, "inspector", OFFICE, "--from", "2026-02-02", "--until", "2026-02-01"),
        ),
        ("is not inspector", ("end", NEW, "inspector", OFFICE, "--on", "2026-02-01")),
    ],
)
def test_what_cannot_be_is_refused(user: Commands, said: str, words: tuple[str, ...]) -> None:
    _refused(user, said, *words)


def test_a_post_is_held_once_and_can_be_ended(user: Commands) -> None:
    post = ("post", NEW, "inspector", OFFICE)
    user(*post, "--from", "2026-01-01", "--until", "2026-06-30")
    _refused(user, "from 2026-01-01 until 2026-06-30 already", *post, "--from", "2026-06-30")
    assert user(*post, "--from", "2026-07-01").code == 0
    ended = user("end", NEW, "inspector", OFFICE, "--on", "2026-12-31")
    assert ended.out.endswith("until 2026-12-31.\n")
    assert user(*post, "--from", "2027-01-01").code == 0


@pytest.mark.parametrize("second", sorted(ADMINS - {Role.system_admin}))
def test_the_three_administrators_are_three_people(user: Commands, second: Role) -> None:
    user("post", NEW, "系统管理员", OFFICE, "--from", "2026-01-01", "--until", "2026-06-30")
    _refused(user, "须由不同的人担任", "post", NEW, second, OFFICE, "--from", "2026-06-30")
    assert user("post", NEW, second, OFFICE, "--from", "2026-07-01").code == 0


def test_nor_does_one_stand_in_for_another(user: Commands) -> None:
    user("add", "示例别人", "--email", "other@example.com")
    days = ("--from", "2026-03-02", "--until", "2026-03-08", "--reason", "休假")
    user("post", NEW, "audit_admin", OFFICE, "--from", "2026-01-01")
    user("post", "other@example.com", "security_admin", OFFICE, "--from", "2026-01-01")
    _refused(user, "须由不同的人担任", "substitute", NEW, "other@example.com", *days)
    user("end", NEW, "audit_admin", OFFICE, "--on", "2026-03-01")
    user("post", NEW, "auditor", OFFICE, "--from", "2026-01-01")
    assert user("substitute", NEW, "other@example.com", *days).code == 0
    again = ("post", NEW, "audit_admin", OFFICE, "--from", "2026-03-05")
    _refused(user, "示例别人将同时担任", *again)


def test_somebody_stands_in(user: Commands, town: Office) -> None:
    days = ("--from", "2026-03-02", "--until", "2026-03-08", "--reason", "休假")
    chief = town.who(Role.division_chief).person_id
    done = user("substitute", chief, NEW, *days)
    assert done.out.startswith("示例新人 stands in for ")
    assert "from 2026-03-02 until 2026-03-08" in done.out
    _refused(user, "already", "substitute", chief, NEW, *days)
    _refused(user, "cannot stand in for themselves", "substitute", NEW, NEW, *days)
    _refused(user, "holds no post", "substitute", NEW, chief, *days)
    _refused(user, "say why", "substitute", chief, NEW, *days[:4], "--reason", " ")


def test_everybody_is_listed(user: Commands) -> None:
    user("post", NEW, "inspector", OFFICE, "--from", "2026-01-01")
    everybody = user("list").out.splitlines()
    assert len(everybody) > 100
    assert everybody[-1].endswith(f"\tinspector (执法人员)\t{OFFICE}\t2026-01-01 –")
    here = json.loads(user("list", "--organisation", OFFICE, "--json").out)
    assert {r["organisation"] for r in here} == {OFFICE}
    assert NEW in {r["email"] for r in here}


def test_every_role_fits_somewhere() -> None:
    for role in set(Role) - {Role.clock}:
        assert kinds_of(role)
    assert kinds_of(Role.government) == {OrganisationKind.government}
    assert OrganisationKind.enterprise not in kinds_of(Role.system_admin)


HOWTO = Path(__file__).parents[2] / "docs" / "howto" / "people-and-posts.md"


def _staff(town: Office) -> None:
    """The people the page takes for granted."""
    with unit_of_work(town.engine, town.clock) as work:
        for name, role in (
            ("admin", Role.system_admin),
            ("audit", Role.audit_admin),
            ("security", Role.security_admin),
            ("inspector", Role.inspector),
        ):
            person = people.add(work, f"示例{name}", f"{name}@example.com")
            where = town.city.at("department", "341502" if name == "inspector" else "341500")
            people.appoint(work, person, role, where, date(2020, 1, 1))


def test_people_and_posts_as_the_docs_say(
    guapai: Commands, town: Office, db: tuple[str, str]
) -> None:
    _staff(town)
    lines = re.findall(r"bin/guapai (user [^#\n]*)", HOWTO.read_text("utf-8"))
    assert len(lines) == 10
    for line in lines:
        words = line.split()
        done = guapai(*words, *db)
        assert done.code == 0, (line, done.err)
        if "password" in words:
            alone = guapai(*words[: words.index("--second")], *db)
            assert (alone.code, "共同办理" in alone.flat) == (2, True)
    assert "示例新人" in guapai("user", "list", "--organisation", OFFICE, *db).out
    nobody = guapai("user", "add", "别人", "--email", "x@example.com", *db)
    assert (nobody.code, "--as EMAIL" in nobody.flat) == (2, True)
