"""What the guards about officers let pass, and what they refuse."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from statemachines.facts import Evidence
from statemachines.hazard import officers as o
from statemachines.hazard.intake import Verify
from statemachines.procedure import Guard
from tests.statemachines.situations import OURS, Seen, situation

PHOTO = Evidence(file="0" * 64)
SEEN: Callable[..., Verify] = partial(Verify, finding="属实")


def named(*people: int, among: Sequence[int] = (2, 3), evidence: Any = ()) -> Seen:
    """Officers named, where some have a certificate at the department."""
    seen = situation(facts=SEEN(officers=people, evidence=evidence))
    return replace(seen, is_officer=lambda where, who: where == OURS and who in among)


PASSES: list[tuple[Guard, Seen]] = [
    (o.evidence_or_two_officers, named(2, 3)),
    (o.evidence_or_two_officers, named(evidence=(PHOTO,))),
    (o.officers_are_two_persons, named(2, 3)),
    (o.officers_are_two_persons, named(evidence=(PHOTO,))),
]
REFUSES: list[tuple[Guard, Seen]] = [
    (o.evidence_or_two_officers, named(2)),
    (o.officers_are_two_persons, named(2, 2)),
    (o.officers_are_two_persons, named(2, 4)),
    (o.officers_are_two_persons, situation(facts=SEEN(officers=(2, 3)))),
]
