"""What a check of a pack names, and who answers for what nobody has compared."""

from pathlib import Path

import pytest

from guapai.clock import utc_now
from guapai.people import Role
from law.pack import shipped_texts
from law.provisions import PROVISIONS, Provision
from storage.database.work import unit_of_work
from storage.schema.schema import publish as publish_shipped
from storage.upkeep import pack as packs
from tests.actions.conftest import Office
from tests.cli.commands import Commands

MANY_FAULTS = """
extends = "national"
name = "luan"
title = "六安"
jurisdiction = "341500"
sector = "*"
valid_from = 2026-01-01
colour = "red"

[parameters.term]
longest = { value = 3, basis = "own_term", kind = "own" }

[parameters.deferral]
window = { value = "15wd", basis = "nobody_wrote_this", kind = "own" }

[duties.rectify]
within = { value = "5wd", basis = "own_term", kind = "own" }

[duties.grade]
within = { value = "4wd", basis = "qingdao_3x", kind = "rule" }

[papers.listing_notice]
basis = ["qingdao_3x", "luan_plan", "gf2010_23"]

[papers.decree]
basis = []
"""


def test_a_check_names_everything_that_cannot_be(
    guapai: Commands, db: tuple[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "luan.toml"
    file.write_text(MANY_FAULTS)
    checked = guapai("pack", "check", file, *db)
    said = checked.err.splitlines()
    assert checked.code == 2
    assert [
        line.partition(": ")[2] + " @" + line.split(", ")[2].split(":")[0] for line in said[:-1]
    ] == [
        "nobody reads this @parameters.term.longest",
        "nobody reads this @colour",
        "nobody reads this @duties.rectify.within",
        "there is no such paper @papers.decree",
        "there is no provision 'nobody_wrote_this' @parameters.deferral.window.basis",
        "'qingdao_3x' is of the kind 'reference' here, not 'rule' @duties.grade.within.basis",
        "'qingdao_3x' is a reference here, no legal basis @papers.listing_notice.basis",
        "'luan_plan' is a reference here, no legal basis @papers.listing_notice.basis",
    ]
    assert "8 faults" in said[-1]
    lacking = MANY_FAULTS.replace(', basis = "qingdao_3x", kind = "rule"', "")
    file.write_text(lacking)
    assert "duties.grade.within.basis: Field required" in guapai("pack", "check", file, *db).err


def test_whoever_publishes_takes_on_what_nobody_compared(
    guapai: Commands, town: Office, db: tuple[str, str], tmp_path: Path
) -> None:
    chair = town.city.who(Role.commission_chair, town.city.at("commission", "340000"))
    file = tmp_path / "anhui.toml"
    text = shipped_texts()["luan"].replace('name = "luan"', 'name = "anhui"')
    file.write_text(text.replace("341500", "340000"))
    checked = guapai("pack", "check", file, *db).out
    assert "not taken on: gf2010_23: 《国务院关于进一步加强企业安全生产工作的通知》" in checked
    assert "原文待核" in checked
    publish = ("pack", "publish", file, "--as", chair.person_id, *db, "--reason", "省安委会会议")
    assert "nobody has taken on" in guapai(*publish).out
    assert f"taken on by {chair.name}: gf2010_23" in guapai(*publish, "--take-on").out
    assert "not taken on" not in guapai("pack", "check", file, *db).out
    inspector = town.who(Role.inspector)
    refused = guapai("pack", "take-on", "anhui", "--as", inspector.person_id, *db)
    assert refused.code != 0
    again = guapai("pack", "take-on", "anhui", "--as", chair.person_id, *db, "--reason", "复核")
    assert (again.code, again.out) == (0, "")


def test_a_pack_of_a_trade_governs_that_trade_alone_and_from_its_day(
    guapai: Commands, town: Office, db: tuple[str, str], tmp_path: Path
) -> None:
    chair = town.city.who(Role.commission_chair, town.city.at("commission", "341500"))
    file = tmp_path / "luan_mines.toml"
    text = shipped_texts()["luan"].replace('name = "luan"', 'name = "luan_mines"')
    text = text.replace('sector = "*"', 'sector = "非煤矿山"')
    text += '\n[duties.grade.within]\nvalue = "9wd"\nbasis = "own_term"\nkind = "own"\n'
    publish = ("pack", "publish", file, "--as", chair.person_id, *db, "--reason", "安委会会议")

    def terms() -> list[str]:
        with unit_of_work(town.engine, utc_now, write=False) as work:
            found = [packs.for_case(work, "341502", s) for s in ("非煤矿山", "旅游", "*")]
            return [str(packs.get(work, i).within("grade").value) for i in found]  # type: ignore[union-attr]

    file.write_text(text.replace("2026-01-01", "2090-01-01"))
    guapai(*publish)
    assert terms() == ["3wd", "3wd", "3wd"]
    file.write_text(text)
    guapai(*publish)
    assert terms() == ["9wd", "3wd", "3wd"]
    assert publish_shipped(town.engine, {n: t + "\n" for n, t in shipped_texts().items()}) == []
    assert "of your own in place of ours" not in guapai("doctor", *db).flat
    file.write_text(text.replace("341500", "340000").replace('name = "luan_mines"', 'name = "x"'))
    assert "the cases follow 'luan'" in guapai("pack", "check", file, *db).out
    file.write_text(
        text.replace("valid_from = 2026-01-01", "valid_from = 2026-01-01\nvalid_until = 2026-02-01")
    )
    guapai(*publish)
    assert terms() == ["9wd", "3wd", "3wd"]  # that version is over; the one before still stands


def test_what_an_upgrade_words_anew_is_taken_on_anew(
    guapai: Commands, town: Office, db: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "nobody has taken on" not in guapai("doctor", *db).flat
    known = PROVISIONS["gf2010_23"].model_dump()
    new = Provision.model_validate({**known, "title": "另一种说法"})
    monkeypatch.setitem(PROVISIONS, "gf2010_23", new)
    publish_shipped(town.engine, shipped_texts())
    assert "nobody has taken on gf2010_23" in guapai("doctor", *db).flat
    chair = town.city.who(Role.commission_chair, town.city.at("commission", "341500"))
    done = guapai("pack", "take-on", "luan", "--as", chair.person_id, *db, "--reason", "核对")
    assert done.out.startswith(f"taken on by {chair.name}: gf2010_23")
    assert "nobody has taken on" not in guapai("doctor", *db).flat
