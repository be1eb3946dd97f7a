"""Two officers are two persons, each with a certificate that is valid today (domain.md §15.8)."""

from guapai.text import Said
from statemachines.hazard.handed import ByOfficers, Checked
from statemachines.situation import Situation


def evidence_or_two_officers(s: Situation[object, object, Checked]) -> str | None:
    """#1–2: two officers, or an evidence pack."""
    if len(s.facts.officers) >= s.pack.parameters.acceptance.officers_min.value or s.facts.evidence:
        return None
    return Said("请选择两名以上执法人员，或附核查证据").beside("officers")


def officers_are_two_persons(s: Situation[object, object, ByOfficers]) -> str | None:
    """Whoever is named as an officer is one of the department's, with a certificate, and once."""
    named = s.facts.officers
    if len(set(named)) < len(named):
        return Said("同一人只能选一次，两名执法人员须是不同的人").beside("officers")
    if all(s.is_officer(s.actor.organisation_id, person_id) for person_id in named):
        return None
    return Said("只能选本单位在岗、执法证件在有效期内的人员").beside("officers")
