"""Somebody answers by name for provisions whose text nobody here has compared with the print."""

from collections.abc import Iterable

from actions.act.administration import By, note
from actions.ground import doubtful
from guapai.errors import NotAllowed
from law.provisions import Provision
from statemachines.noted import Administered
from storage.database.work import Work
from storage.upkeep import provision as provisions


def take_on(work: Work, by: By, rules: Iterable[Provision]) -> list[Provision]:
    """Somebody answers for provisions whose text nobody here has compared; those that are new.

    They are taken on for the place of who does it and below. Raises NotAllowed for nobody by name.
    """
    if by.actor is None or by.actor.person_id is None:
        raise NotAllowed("依据须由具名的人员确认承担")
    kept = provisions.ids(work)
    new = doubtful(work, rules, _place(by))
    for rule in new:
        facts = {"key": rule.key, "sha256": rule.fingerprint, "head": by.head}
        note(work, by, "provision", kept[rule.fingerprint], Administered.take_on, facts)
    return new


def _place(by: By) -> str:
    return by.head.ljust(6, "0")
