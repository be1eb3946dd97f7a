"""Why a grading may be refused: what it rests on, and what a danger leaves no time for."""

from datetime import timedelta

from guapai.text import Said
from law.grading import is_of_sector
from statemachines.hazard.handed import Dated, Graded, Unmet
from statemachines.hazard.row import HazardRow
from statemachines.situation import Situation


def clauses_in_catalogue(s: Situation[object, HazardRow, Graded]) -> str | None:
    """#10: a clause is of the standards and the catalogue of the trade in force when the hazard was
    found (domain.md §2.2); any other needs a reason."""
    if s.facts.beyond_catalogue:
        return None
    for clause in s.facts.clauses:
        if not is_of_sector(clause, s.case.sector, s.case.found_on):
            return Said(
                "“%(clause)s”不在%(sector)s行业现行的判定标准或者条款目录中；确需引用的，请写明理由",
                clause=clause,
                sector=s.case.sector,
            ).beside("clauses")
    return None


def no_clause_met(s: Situation[object, object, Unmet]) -> str | None:
    """#5: what meets a clause of a standard is no general hazard."""
    if s.facts.clauses_met:
        return Said("符合判定标准条款的，应当判定为重大隐患").beside("clauses_met")
    return None


def danger_at_once(s: Situation[object, HazardRow, Dated]) -> str | None:
    """#5, K3: where there is a real danger, a general hazard is removed at once."""
    if not s.case.real_danger:
        return None
    if s.facts.deadline is not None and s.facts.deadline <= s.today + timedelta(days=1):
        return None
    return Said("存在现实危险，应当立即排除，整改期限不得晚于明天").beside("deadline")
