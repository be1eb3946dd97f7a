"""The same story in two cities, each under its own pack: what came due when, on which ground."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import sqlalchemy as sa

from actions.act.administration import By
from actions.ground import named_by
from actions.papers.printing import print_papers
from actions.upkeep.pack import publish, read_file, take_on
from guapai.clock import SimulatedClock
from guapai.people import Role
from law.place import head_of
from law.provisions import cited
from statemachines.nouns import DUTIES
from storage import deferral, duty, paper
from storage.database.engine import open_engine
from storage.database.work import unit_of_work
from storage.people.organisation import Organisation
from storage.schema.schema import migrate
from storage.upkeep import pack as packs
from tests.actions.conftest import Office

QINGDAO = Path(__file__).parents[1] / "law" / "qingdao.toml"
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
KINDS = {"rule": "规定", "reference": "参照", "own": "自定"}


class Line(NamedTuple):
    """One duty of the story: what, when, on which ground, and what its number is there."""

    duty: str
    due_on: date
    basis: str
    origin: str


def move_to_qingdao(office: Office) -> None:
    """Let the whole city lie in another province, and rule itself by its own pack."""
    table = Organisation.__table__  # type: ignore[attr-defined]
    chair = office.city.who(Role.commission_chair, office.city.at("commission", "341500"))
    with unit_of_work(office.engine, office.clock) as work:
        for row in work.connection.execute(sa.select(table)).mappings().all():
            if row["place_code"].startswith("3415"):
                values = {"place_code": "3702" + row["place_code"][4:]}
                work.update(table, {"id": row["id"]}, values)
        pack = read_file(work, QINGDAO)
        by = By(chair, head_of("370200"), "市安委会会议")
        publish(work, by, pack)
        take_on(work, by, named_by(work, pack))


def live(office: Office, place: str) -> int:
    """A hazard from its lead to its closing, with a deferral asked for 18 working days before the end."""
    case = office.lead(place_code=f"{place}100")
    office.act(Role.inspector, "verify", {"finding": "属实", "officers": office.officers}, case)
    facts = {"clauses": ["LA-工贸-01"], "causes": "缺失", "harm": "较大"}
    office.act(Role.division_chief, "grade_major", facts, case)
    office.act(Role.expert, "grade_major", None, case)
    report = {"causes": "a", "harm": "b", "plan": "c"}
    office.act(Role.enterprise_head, "file_report", report, case)
    terms = office.terms("2026-04-30")
    office.examined(case, terms)
    office.act(Role.commission_chair, "list", terms, case)
    print_papers(office.engine, office.files, office.clock)
    office.clock.advance(timedelta(minutes=1))
    office.act(Role.enterprise_head, "acknowledge_notice", {"receiver": "负责人"}, case)
    office.act(Role.enterprise_head, "file_plan", office.plan(case), case)
    office.act(Role.division_chief, "accept_plan", {"opinion": "同意"}, case)
    asked: dict[str, Any] = {
        "reason": "设备未到",
        "progress": "过半",
        "interim_measures": "停用",
        "asked_deadline": "2026-05-15",
    }
    office.clock.advance(timedelta(days=32))
    row = office.act(Role.enterprise_head, "apply", asked, noun="deferral", case=case).row_id
    office.act(
        Role.commission_office, "endorse", {"opinion": "可延"}, row, noun="deferral", case=case
    )
    office.act(
        Role.commission_chair, "grant", {"deadline": "2026-05-15"}, row, noun="deferral", case=case
    )
    office.act(Role.enterprise_head, "request_acceptance", office.application(case), case)
    office.accept(case)
    office.act(Role.commission_office, "close", {"conclusion": "隐患已消除"}, case)
    return case


class Told(NamedTuple):
    """Every duty of a case in its order, whether the application was late, what the notice says."""

    lines: list[Line]
    late: bool
    notice: dict[str, Any]


def told(office: Office, case: int, place: str) -> Told:
    """What came of the story."""
    with unit_of_work(office.engine, office.clock, write=False) as work:
        pack = packs.get(work, packs.for_case(work, place, "工贸"))
        lines = []
        for row in duty.of_case(work, case):
            number = pack.within(row.kind)
            origin = KINDS[number.kind] if number and number.basis == row.basis else ""
            basis = cited(row.basis, place, date(2026, 3, 31))
            lines.append(Line(DUTIES[row.kind].title, row.due_on, basis, origin))
        (asked,) = deferral.of_case(work, case)
        (notice,) = paper.of_case(work, case)
    return Told(lines, asked.late, json.loads(notice.data))


def page(one: list[Line], other: list[Line]) -> str:
    """The lines of two cities beside each other, as the page of the docs."""
    rows = [
        f"| {a.duty} | {a.due_on} | {_ground(a)} | {b.due_on} | {_ground(b)} |"
        for a, b in zip(one, other, strict=True)
    ]
    return "\n".join([*HEAD, *rows, ""])


def _ground(line: Line) -> str:
    return f"{line.basis}（{line.origin}）" if line.origin == "规定" else line.basis


HEAD = (
    "# 同一故事，两座城市",
    "",
    "本页由 `python -m tests.actions.two_cities` 生成，请勿手改。",
    "",
    "同一隐患在同样的时刻办理同样的事项，一次按规则包 `luan`，一次按测试用的规则包 `qingdao`"
    "（`tests/law/qingdao.toml`）：换一座城市只换数据。延期申请在4月3日提出，距期限18个工作日："
    "六安的提前量是15个工作日（参照），不算迟；青岛的是20个工作日（规定），注明迟。",
    "",
    "| 事项 | 六安：到期 | 依据 | 青岛：到期 | 依据 |",
    "| --- | --- | --- | --- | --- |",
)
PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "two-cities.md"


def both(first: Office, second: Office) -> tuple[Told, Told]:
    """The story under each pack."""
    move_to_qingdao(second)
    return (
        told(first, live(first, "341502"), "341502"),
        told(second, live(second, "370202"), "370202"),
    )


def fresh(folder: Path) -> Office:
    """An office in a new database of a folder."""
    folder.mkdir()
    clock = SimulatedClock(START)
    engine = open_engine(f"sqlite:///{folder / 'city.db'}", role=None)
    migrate(engine, clock)
    return Office(engine, clock, folder / "files")


def main() -> None:
    """Write the page anew."""
    with TemporaryDirectory() as name:
        one, other = both(fresh(Path(name) / "luan"), fresh(Path(name) / "qingdao"))
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(one.lines, other.lines), encoding="utf-8")


if __name__ == "__main__":
    main()
