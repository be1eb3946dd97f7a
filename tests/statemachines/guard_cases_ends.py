"""Gradings, reports and closures of a place: what their guards let pass, and what they refuse."""

from datetime import UTC, date, datetime
from typing import Any

from statemachines.facts import Evidence, EvidenceKind, Stopped
from statemachines.hazard import general, grading, report
from statemachines.hazard.enforcement import shutdown
from statemachines.hazard.intake import GradeGeneral, GradeMajor
from statemachines.procedure import Guard
from tests.statemachines.guard_situations import PERSON, again, plant
from tests.statemachines.situations import Hazard, Seen, situation


def major(clause: str, why: str = "", **columns: Any) -> Seen:
    facts = GradeMajor(clauses=(clause,), causes="缺失", harm="较大", beyond_catalogue=why)
    return situation(facts=facts, hazard=Hazard(**columns))


def ordered(day: date | None, *met: str, **columns: Any) -> Seen:
    facts = GradeGeneral(reason="一般", deadline=day, clauses_met=met)
    return situation(facts=facts, hazard=Hazard(**columns))


def shown(*kinds: EvidenceKind) -> Seen:
    files = tuple(Evidence(file="0" * 64, kind=kind) for kind in kinds)
    return situation(facts=general.RemoveOnTheSpot(reason="一般", done="清走", evidence=files))


def closing(ground: shutdown.ShutdownGround, stopped: Stopped) -> Seen:
    facts = shutdown.ProposeShutdown(
        reason="拒不整改", ground=ground, proof="1号", evidence=(Evidence(file="0" * 64),)
    )
    return situation(facts=facts, hazard=Hazard(production_stopped=stopped))


G, BEFORE, AFTER = shutdown.ShutdownGround, EvidenceKind.before, EvidenceKind.after
DUST = "《工贸企业重大事故隐患判定标准》第十一条"
BLAST = "《民用爆炸物品行业重大事故隐患判定标准（试行）》"
FILED = datetime(2026, 3, 9, tzinfo=UTC)
PASSES: list[tuple[Guard, Seen]] = [
    (grading.clauses_in_catalogue, major("LA-工贸-01")),
    (grading.clauses_in_catalogue, major(DUST)),
    (grading.clauses_in_catalogue, major("其他可能造成重大社会影响的情形", "地方判定标准所列")),
    (
        grading.clauses_in_catalogue,  # replaced in December 2024; what was found before keeps it
        major(BLAST, sector="民用爆炸物品", found_on=date(2024, 6, 1)),
    ),
    (grading.no_clause_met, ordered(None)),
    (grading.danger_at_once, ordered(None)),
    (grading.danger_at_once, ordered(date(2026, 3, 11), real_danger=True)),
    (general.before_and_after, shown(BEFORE, AFTER)),
    (report.report_is_there, plant(report_filed_at=FILED)),
    (shutdown.ground_stands, closing(G.refuses_stop, Stopped.part)),
    (shutdown.ground_stands, closing(G.unfit, Stopped.none)),
    (shutdown.executor_does_not_accept, again("execute_shutdown", person_id=2)),
]
REFUSES: list[tuple[Guard, Seen]] = [
    (grading.clauses_in_catalogue, major("随便")),
    (grading.clauses_in_catalogue, major("水库大坝渗漏")),
    (grading.clauses_in_catalogue, major("《没有的标准》第一条")),
    (grading.clauses_in_catalogue, major("《中华人民共和国安全生产法》第四十一条")),
    (grading.clauses_in_catalogue, major(DUST, found_on=date(2023, 5, 14))),
    (
        grading.clauses_in_catalogue,
        major(BLAST, sector="民用爆炸物品", found_on=date(2024, 12, 31)),
    ),
    (grading.no_clause_met, ordered(None, "LA-工贸-01")),
    (grading.danger_at_once, ordered(None, real_danger=True)),
    (grading.danger_at_once, ordered(date(2026, 3, 12), real_danger=True)),
    (general.before_and_after, shown(AFTER, AFTER)),
    (general.before_and_after, shown(BEFORE, BEFORE)),
    (report.report_is_there, plant(report_filed_at=None)),
    (shutdown.ground_stands, closing(G.refuses_stop, Stopped.none)),
    (shutdown.ground_stands, closing(G.unfit_after_stop, Stopped.none)),
    (shutdown.executor_does_not_accept, again("execute_shutdown", person_id=PERSON)),
]
