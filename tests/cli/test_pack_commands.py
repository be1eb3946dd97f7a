"""Packs, papers and the proof at the command line."""

import hashlib
import json
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from actions.papers.printing import print_papers
from guapai.clock import utc_now
from guapai.people import Role
from law.pack import from_json, read_packs, shipped_texts
from statemachines.vocabulary import VOCABULARY
from storage import paper
from storage.database.engine import open_engine
from storage.database.work import unit_of_work
from storage.schema.schema import publish as publish_shipped
from storage.upkeep import pack as packs
from tests.actions.conftest import Office
from tests.cli.commands import Commands


def test_packs_are_listed_and_shown(guapai: Commands, db: tuple[str, str]) -> None:
    lines = guapai("pack", "list", *db).out.splitlines()
    assert [line.split("\t")[:2] for line in lines] == [
        ["* national", "000000"],
        ["* luan", "341500"],
    ]
    rows = json.loads(guapai("pack", "list", *db, "--json").out)
    assert [r["in_force"] for r in rows] == [True, True]
    shown = guapai("pack", "show", "luan", *db).out
    assert "luan (六安市规则包), 341500, valid from 2026-01-01" in shown
    assert any(
        line.split()[:3] == ["deferral.window", "15wd", "reference"] for line in shown.splitlines()
    )
    value = json.loads(guapai("pack", "show", "luan", *db, "--json").out)
    assert {p["kind"] for p in value["parameters"]} == {"rule", "reference", "own"}
    assert "duties.accept" in {p["path"] for p in value["parameters"]}
    missing = guapai("pack", "show", "x", *db)
    assert (missing.code, "there are: luan, national" in missing.flat) == (2, True)


def test_a_pack_file_is_checked_against_the_published_one(
    guapai: Commands, db: tuple[str, str], tmp_path: Path
) -> None:
    text = shipped_texts()["luan"]
    file = tmp_path / "luan.toml"
    file.write_text(text.replace('window = { value = "15wd"', 'window = { value = "20wd"'))
    checked = guapai("pack", "check", file, *db)
    assert checked.code == 0, checked.err
    assert 'parameters.deferral.window.value: "15wd" -> "20wd"' in checked.out
    value = json.loads(guapai("pack", "check", file, *db, "--json").out)
    assert len(value["differences"]) == 1
    file.write_text(text)
    assert "0 values differ" in guapai("pack", "check", file, *db).out
    file.write_text(text.replace('name = "luan"', 'name = "other"'))
    assert "no pack 'other' is published yet" in guapai("pack", "check", file, *db).out


def test_what_a_published_pack_lacks_is_shown_and_checked_as_the_countrys(
    guapai: Commands, town: Office, db: tuple[str, str], tmp_path: Path
) -> None:
    with unit_of_work(town.engine, town.clock) as work:
        values = json.loads(packs.get(work, packs.current(work, "luan")).text)
        del values["parameters"]["plan"]["due_max"], values["duties"]["accept"]
        values["mood"] = "good"
        packs.publish(work, from_json(json.dumps(values, ensure_ascii=False)))
    shown = guapai("pack", "show", "luan", *db).out
    marked = [line.split()[0] for line in shown.splitlines() if line.endswith("+ the country's")]
    assert marked == ["plan.due_max", "duties.accept"]
    assert "older than 2 of these" in shown
    assert "Nothing asks any more for: mood" in shown
    value = json.loads(guapai("pack", "show", "luan", *db, "--json").out)
    assert value["filled"] == ["duties.accept", "parameters.plan.due_max"]
    file = tmp_path / "luan.toml"
    file.write_text(shipped_texts()["luan"])
    checked = guapai("pack", "check", file, *db).out
    assert 'parameters.plan.due_max.value: nothing -> "30d"' in checked


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'extends = "national"\nnonsense = 1\n', "luan.toml, line 2, nonsense: nobody reads"),
        (b"= 1", "not TOML"),
        (b"\xff", "not UTF-8"),
    ],
)
def test_a_pack_file_that_cannot_be_is_refused(
    guapai: Commands, db: tuple[str, str], tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "luan.toml").write_bytes(content)
    refused = guapai("pack", "check", tmp_path / "luan.toml", *db)
    assert (refused.code, said in refused.flat) == (2, True)
    assert guapai("pack", "check", tmp_path / "none.toml", *db).code == 2


def test_shipped_packs_are_published(
    guapai: Commands, db: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Nothing is new" in guapai("pack", "publish", *db).out
    changed = {n: t.replace("六安市规则包", "示例规则包") for n, t in shipped_texts().items()}
    monkeypatch.setattr("law.pack.shipped_texts", lambda: changed)
    assert "Published: luan." in guapai("pack", "publish", *db).out
    lines = guapai("pack", "list", *db).out.splitlines()
    assert [line[:6] for line in lines] == ["* nati", "  luan", "* luan"]


def test_a_pack_of_ones_own_survives_an_upgrade_and_is_chosen_when_it_is_valid(
    guapai: Commands, town: Office, db: tuple[str, str], tmp_path: Path
) -> None:
    chair = town.city.who(Role.commission_chair, town.city.at("commission", "341500"))
    file = tmp_path / "luan.toml"
    own = shipped_texts()["luan"] + '\n[duties.grade.within]\nvalue = "9wd"\n'
    own += 'basis = "own_term"\nkind = "own"\n'
    file.write_text(own)
    publish = ("pack", "publish", file, "--as", chair.person_id, *db)
    assert "Published: luan." in guapai(*publish, "--reason", "安委会2026年第3次会议").out
    assert "Nothing is new" in guapai(*publish).out

    def term(place: str = "341502") -> str:
        with unit_of_work(town.engine, utc_now, write=False) as work:
            within = packs.get(work, packs.for_case(work, place, "工贸")).within("grade")
        return str(within and within.value)

    assert (term(), term("341200")) == ("9wd", "3wd")
    changed = {n: t.replace("六安市规则包", "新版规则包") for n, t in shipped_texts().items()}
    assert publish_shipped(town.engine, changed) == []  # an upgrade with another pack of ours
    assert term() == "9wd"
    assert "of your own in place of ours: luan" in guapai("doctor", *db).flat
    file.write_text(own.replace("9wd", "8wd").replace("2026-01-01", "2090-01-01"))
    assert "luan (from 2090-01-01)" in guapai(*publish).out
    assert term() == "9wd"
    file.write_text(own.replace("9wd", "8wd"))
    guapai(*publish)
    file.write_text(own)
    assert "Published: luan." in guapai(*publish).out  # what was in force before comes back
    assert term() == "9wd"
    county = town.who(Role.commission_chair).person_id
    refused = guapai("pack", "publish", file, "--as", county, *db)
    assert (refused.code, "不在您管理的地区内" in refused.flat) == (2, True)


def test_a_folder_of_packs_is_published_bases_first(
    guapai: Commands, town: Office, db: tuple[str, str], tmp_path: Path
) -> None:
    county = """extends = "anqiu"
name = "anqiu-yi"
title = "示例县规则包"
jurisdiction = "370784"
sector = "*"
valid_from = 2026-01-01
"""
    (tmp_path / "a.toml").write_text(county)
    city = shipped_texts()["luan"].replace('name = "luan"', 'name = "anqiu"')
    (tmp_path / "anqiu.toml").write_text(city.replace("341500", "370700"))
    guapai.monkeypatch.setenv("GUAPAI_PACKS", str(tmp_path))
    done = guapai("pack", "publish", *db)
    assert "Published: anqiu, anqiu-yi." in done.out, done.err
    shown = guapai("pack", "show", "anqiu-yi", *db).out
    assert any(x.split()[:2] == ["deferral.window", "15wd"] for x in shown.splitlines())
    assert "Nothing is new" in guapai("pack", "publish", *db).out


def test_running_cases_are_moved_after_a_look(
    guapai: Commands, town: Office, db: tuple[str, str]
) -> None:
    town.clock.at = utc_now()
    town.grading()
    longer = shipped_texts()["luan"] + '\n[duties.grade.within]\nvalue = "9wd"\n'
    longer += 'basis = "own_term"\nkind = "own"\n'
    new = read_packs({**shipped_texts(), "luan": longer}, VOCABULARY)["luan"]
    with unit_of_work(town.engine, town.clock) as work:
        packs.publish(work, new)
    office = town.who(Role.commission_office).person_id
    move = ("pack", "move", "luan", "--as", office, *db)
    would = guapai(*move, "--preview")
    assert (would.code, "1 running cases would follow luan" in would.flat) == (0, True)
    assert "1 open duties have a new date" in would.flat
    value = json.loads(guapai(*move, "--preview", "--json").out)
    assert [d["kind"] for d in value["cases"][0]["duties"]] == ["grade"]
    assert value["fingerprint"] == new.fingerprint
    moved = guapai(*move, "--place", "341502")
    assert moved.out.splitlines()[:-1] == would.out.splitlines()[:-1] != []
    assert "1 running cases follow luan" in moved.flat
    assert "0 running cases follow luan" in guapai(*move).flat
    assert "the history holds" in guapai("verify", *db).out
    refused = guapai("pack", "move", "luan", "--as", town.who(Role.inspector).person_id, *db)
    assert (refused.code, "cases are moved by: commission_office" in refused.flat) == (2, True)


def test_a_paper_is_written_to_a_file(
    guapai: Commands, town: Office, db: tuple[str, str], tmp_path: Path
) -> None:
    town.listed()
    out = ("--out", tmp_path / "p.pdf")
    waiting = guapai("paper", "金安安督字〔2026〕1号", *out, *db)
    assert (waiting.code, "still being made" in waiting.flat) == (2, True)
    print_papers(town.engine, town.files, town.clock)
    for number in ("金安安督字〔2026〕1号", "金安安督字[2026]1号", _paper_id(town)):
        assert guapai("paper", number, *out, *db).code == 0
        pdf = (tmp_path / "p.pdf").read_bytes()
        assert hashlib.sha256(pdf).hexdigest() in guapai("paper", number, *out, *db).out
    assert guapai("paper", "金安安督字〔2026〕2号", *out, *db).code == 2
    for file in [p for p in town.files.rglob("*") if p.is_file()]:
        file.write_bytes(b"x")
    damaged = guapai("paper", "金安安督字〔2026〕1号", *out, *db)
    assert (damaged.code, "restore it from a backup" in damaged.flat) == (2, True)


def _paper_id(town: Office) -> int:
    with town.engine.connect() as connection:
        return int(connection.scalar(sa.select(paper.TABLE.c.id)) or 0)


def test_the_proof_at_the_command_line(
    guapai: Commands, town: Office, db: tuple[str, str], tmp_path: Path
) -> None:
    town.lead()
    good = guapai("verify", *db)
    assert (good.code, "the history holds" in good.out) == (0, True)
    value = json.loads(guapai("verify", *db, "--json", "--case", "341502-2026-00001").out)
    assert set(value) == {"cases", "events", "letters", "files", "faults", "wall_s"}
    assert guapai("verify", *db, "--case", "x").code == 2
    owner = open_engine(str(town.engine.url), role=None)
    with owner.connect() as connection, connection.begin():
        connection.execute(sa.text("UPDATE cases SET title = '别的'"))
    owner.dispose()
    bad = guapai("verify", *db, "--sample", "1")
    assert bad.code == 1
    assert "fold: 341502-2026-00001 cases" in bad.out
    assert bad.out.endswith(": 1 fault.\n")


HOWTO = Path(__file__).parents[2] / "docs" / "howto" / "change-a-number.md"


def test_a_number_is_changed_as_the_docs_say(
    guapai: Commands, town: Office, db: tuple[str, str], tmp_path: Path
) -> None:
    text = HOWTO.read_text("utf-8")
    pack, basis = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert "papers.listing_notice" in basis  # another number of the same kind; it binds elsewhere
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "luan.toml").write_text(pack, "utf-8")
    guapai.monkeypatch.chdir(tmp_path)
    guapai.monkeypatch.setenv("GUAPAI_PACKS", "packs")
    chair = str(
        town.city.who(Role.commission_chair, town.city.at("commission", "341500")).person_id
    )
    lines = re.findall(r"bin/guapai (pack [^#\n]*)", text)
    assert len(lines) == 7
    for line in lines:
        done = guapai(*[chair if w == "EMAIL" else w for w in line.split()], *db)
        assert done.code == 0, (line, done.err)
    grade = next(x for x in guapai("pack", "show", "luan", *db).out.splitlines() if "s.grade" in x)
    assert grade.split()[:3] == ["duties.grade", "5wd", "own"]
