"""What papers rest on: only provisions that are verified, or that a named person has taken on."""

from collections.abc import Iterable

from guapai.clock import local_date
from law.grounds import bases
from law.pack import Pack
from law.provisions import PROVISIONS, Provision, provision
from statemachines.noun import PaperKind
from statemachines.nouns import PAPERS
from storage.database.work import Work
from storage.people import organisation as organisations
from storage.people.organisation import OrganisationKind
from storage.taken import by_anybody, taken_on


def grounds_of(work: Work, kind: PaperKind, pack: Pack) -> list[Provision]:
    """What a paper rests on today at the place of a pack: everywhere, and there."""
    day = local_date(work.now)
    keys = dict.fromkeys((*kind.basis, *pack.paper_basis(kind.name)))
    return [provision(key, day) for key in keys]


def doubtful(work: Work, rules: Iterable[Provision], place: str) -> list[Provision]:
    """Those of some provisions that nobody has compared with the print, or taken on for a place."""
    open_ = [r for r in rules if r.status == "unverified"]
    taken = taken_on(work, place) if open_ else {}
    return [r for r in open_ if r.fingerprint not in taken]


def unanswered(work: Work) -> list[Provision]:
    """The provisions of papers that nobody anywhere has taken on, once there is a commission."""
    if not organisations.below(work, OrganisationKind.commission, "", 1):
        return []
    day, taken = local_date(work.now), by_anybody(work)
    rules = dict.fromkeys(provision(key, day) for kind in PAPERS.values() for key in kind.basis)
    return [r for r in rules if r.status == "unverified" and r.fingerprint not in taken]


def named_by(work: Work, pack: Pack) -> list[Provision]:
    """Every provision that a pack and the papers of its place rest on today, once, in file order."""
    day = max(local_date(work.now), pack.valid_from)
    keys = bases(pack.model_dump()) | {k for p in PAPERS.values() for k in p.basis}
    found = {provision(key, day).key for key in keys if key in PROVISIONS}
    return [rule for key, rule in PROVISIONS.items() if key in found]


def cited_names(rules: Iterable[Provision]) -> str:
    """Provisions as a sentence lists them."""
    return "、".join(rule.name for rule in rules)
