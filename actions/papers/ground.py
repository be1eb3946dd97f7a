"""What papers rest on: only provisions that are verified, or that a named person has taken on."""

from collections.abc import Iterable

from actions.act.administration import By, note
from guapai.clock import local_date
from guapai.errors import NotAllowed
from law.grounds import bases
from law.pack import Pack
from law.provisions import PROVISIONS, Provision, provision
from statemachines.noted import Administered
from statemachines.noun import PaperKind
from statemachines.nouns import PAPERS
from storage.database.work import Work
from storage.upkeep import provision as provisions


def grounds_of(work: Work, kind: PaperKind, pack: Pack) -> list[Provision]:
    """What a paper rests on today at the place of a pack: everywhere, and there."""
    day = local_date(work.now)
    keys = dict.fromkeys((*kind.basis, *pack.paper_basis(kind.name)))
    return [provision(key, day) for key in keys]


def doubtful(work: Work, rules: Iterable[Provision], place: str) -> list[Provision]:
    """Those of some provisions that nobody has compared with the print, or taken on for a place."""
    open_ = [r for r in rules if r.status == "unverified"]
    taken = provisions.taken_on(work, place) if open_ else {}
    return [r for r in open_ if r.fingerprint not in taken]


def named_by(work: Work, pack: Pack) -> list[Provision]:
    """Every provision that a pack and the papers of its place rest on today, once, in file order."""
    day = max(local_date(work.now), pack.valid_from)
    keys = bases(pack.model_dump()) | {k for p in PAPERS.values() for k in p.basis}
    found = {provision(key, day).key for key in keys if key in PROVISIONS}
    return [rule for key, rule in PROVISIONS.items() if key in found]


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


def cited_names(rules: Iterable[Provision]) -> str:
    """Provisions as a sentence lists them."""
    return "、".join(rule.name for rule in rules)
