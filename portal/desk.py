"""The desk (工作台): what the post must do, the first due first; claims; several acts with one reason."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

from actions.act import claim as claims
from actions.act.many import Item, perform_many
from actions.act.prospect import is_enough
from actions.hand.facts import Subject
from guapai.errors import BadInput, GuapaiError, Missing
from guapai.people import Role
from portal.entrance import within
from portal.task import rows_of
from portal.together import to_answer
from portal.web.endpoint import show
from portal.web.may import IN_POST
from portal.web.page import Answer, Way, page, see
from portal.web.visit import Form, Visit
from portal.words.field import fields_of
from portal.words.wording import CLOSE
from statemachines.nouns import KNOWN_DUTIES, NOUNS, PROCEDURES
from statemachines.procedure import Move
from storage.questions import casefile, desk
from storage.questions.desk import Narrow, Task

SOON = timedelta(days=CLOSE)
"""What is due within so long is due soon."""
_FIRST = (datetime(1, 1, 1, tzinfo=UTC), 0)
MOST_AT_ONCE = 50


@page(
    "/desk",
    may=IN_POST,
    template="desk/desk.html",
    way=Way(rank=1, icon="inbox", title="工作台", alone=True),
)
def show_desk(visit: Visit) -> Answer:
    """The open duties of the post, narrowed as the address says, and what waits for a signature."""
    role = visit.actor.role
    kind = visit.query("kind") if visit.query("kind") in KNOWN_DUTIES else ""
    narrow = visit.query("narrow") if visit.query("narrow") in desk.FILTERS else ""
    wanted = Narrow(kind=kind, filter=narrow, after=_place(visit.query("after")))
    found = desk.read(visit.work, visit.scope, visit.actor, wanted, visit.work.now + SOON)
    more = found.tasks[desk.PAGE - 1] if len(found.tasks) > desk.PAGE else None
    return {
        "rows": rows_of(visit, found.tasks[: desk.PAGE]),
        "counts": [
            {**c, "title": KNOWN_DUTIES[c["kind"]].title} for c in _by_urgency(found.counts)
        ],
        "total": _total([c for c in found.counts if kind in ("", c["kind"])]),
        "waiting": [w for w in (_unsigned(u, role) for u in found.unsigned) if w],
        "together": len(to_answer(visit)),
        "kind": kind,
        "narrow": narrow,
        "following": _address(kind, narrow, more) if more else "",
        "many": many_of(kind, role) if kind else [],
        "here": _address(kind, narrow, None),
    }


def _total(counts: list[dict[str, Any]]) -> dict[str, int]:
    return {n: sum(int(c[n] or 0) for c in counts) for n in ("n", "late", "soon")}


def _by_urgency(counts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The kinds with most that is late first, then most that is due soon, then most of all."""
    return sorted(counts, key=lambda c: [-int(c[n] or 0) for n in ("late", "soon", "n")])


def _place(text: str) -> tuple[datetime, int]:
    """Where the page before ended; what cannot be read is the beginning."""
    at, _, number = text.rpartition("~")
    if not number.isdecimal() or len(number) > 18:
        return _FIRST
    try:
        return datetime.fromisoformat(at).astimezone(UTC), int(number)
    except (ValueError, OverflowError):
        return _FIRST


def _address(kind: str, narrow: str, after: Task | None) -> str:
    parts = {"kind": kind, "narrow": narrow}
    if after is not None:
        parts["after"] = f"{after.due_at.isoformat()}~{after.id}"
    said = urlencode({k: v for k, v in parts.items() if v})
    return f"/desk?{said}" if said else "/desk"


def _unsigned(found: desk.Unsigned, role: Role) -> dict[str, Any] | None:
    moves = [m for m in PROCEDURES[found.noun].moves if m.name == found.move and role in m.by]
    if not moves:
        return None
    href = f"/cases/{found.case_id}/{found.noun}/{found.row_id}/{found.move}"
    return {"found": found, "title": moves[0].title, "href": href}


@dataclass(frozen=True)
class Many:
    """A move that several duties of a kind can be met with at once, by one shared text."""

    move: Move
    field: str
    title: str


@cache
def many_of(kind: str, role: Role) -> list[Many]:
    """The moves that meet a kind of duty and ask for no more than one text, in form or by a rule."""
    noun = KNOWN_DUTIES[kind].noun
    if not NOUNS[noun].folded:
        return []
    out: dict[str, Many] = {}
    for move in PROCEDURES[noun].moves:
        if kind not in move.meets or role not in move.by or move.needs:
            continue
        asked = [f for f in fields_of(move.facts) if f.required]
        one = asked[0] if len(asked) == 1 and asked[0].kind == "words" else None
        if one is not None and is_enough(move, one.name):
            out.setdefault(move.name, Many(move, one.name, one.title))
    return list(out.values())


@page("/desk/many", may=IN_POST, method="POST")
def act_on_many(visit: Visit) -> Answer:
    """Claim, release or decide several duties at once; each answers for itself."""
    form = visit.form
    assert form is not None
    chosen = [_chosen(text) for text in form.all("task")][:MOST_AT_ONCE]
    if not chosen:
        raise BadInput("请先勾选要办理的事项")
    numbers = _numbers(visit, [c.case_id for c in chosen])
    what = form.get("what")
    if what in ("claim", "release"):
        answers = [_claim(visit, what, c.duty_id, c.case_id) for c in chosen]
    else:
        answers = _decide(visit, form, what, chosen)
    values = {
        "results": list(zip(numbers, chosen, answers, strict=True)),
        "back": within(form.get("next")) or "/desk",
        "done": sum(not a for a in answers),
    }
    return show(visit, "desk/many.html", values)


def _numbers(visit: Visit, case_ids: list[int]) -> list[str]:
    """The numbers of the cases. Raises Missing when one is not there, or not to be seen."""
    with visit.reading() as work:
        found = [casefile.find(work, visit.scope, case_id) for case_id in case_ids]
    if not all(found):
        raise Missing("没有这个页面，或您无权查看")
    return [f.number for f in found if f]


@dataclass(frozen=True)
class Chosen:
    """A duty that was ticked: its case, the row it is about, and the version of it that was seen."""

    duty_id: int
    case_id: int
    row_id: int
    version: int


def _chosen(text: str) -> Chosen:
    parts = text.split(".")
    if len(parts) != 4 or not all(p.isdecimal() and len(p) < 19 for p in parts):
        raise BadInput("勾选的事项无法识别，请刷新页面后重新勾选")
    return Chosen(*map(int, parts))


def _claim(visit: Visit, what: str, duty_id: int, case_id: int) -> str:
    act = claims.claim if what == "claim" else claims.release
    try:
        with visit.writing() as work:
            act(work, visit.actor, duty_id, case_id)
    except GuapaiError as error:
        return error.said
    return ""


def _decide(visit: Visit, form: Form, what: str, chosen: list[Chosen]) -> list[str]:
    kind = form.get("kind")
    known = many_of(kind, visit.actor.role) if kind in KNOWN_DUTIES else []
    found = [m for m in known if m.move.name == what]
    if not found:
        raise Missing("没有这个页面，或您无权查看")
    text = form.get("text")
    if not text.strip():
        raise BadInput("请填写共同的理由或意见，再提交")
    orders = [
        Item(
            subject=Subject(noun=KNOWN_DUTIES[kind].noun, row_id=c.row_id, case_id=c.case_id),
            name=what,
            facts={found[0].field: text},
            seen_version=c.version,
            key=f"{form.get('key')[:60]}.{c.duty_id}",
        )
        for c in chosen
    ]
    answers = perform_many(visit.house.engine, orders, visit.actor, visit.house.clock)
    return [a.said if isinstance(a, GuapaiError) else "" for a in answers]


@page("/duties/{duty_id:int}/claim", may=IN_POST, method="POST")
def claim(visit: Visit, duty_id: int) -> Answer:
    """Take a duty in hand."""
    return _one(visit, "claim", duty_id)


@page("/duties/{duty_id:int}/release", may=IN_POST, method="POST")
def release(visit: Visit, duty_id: int) -> Answer:
    """Give a duty back to the post."""
    return _one(visit, "release", duty_id)


def _one(visit: Visit, what: str, duty_id: int) -> Answer:
    form = visit.form
    assert form is not None
    act = claims.claim if what == "claim" else claims.release
    with visit.reading() as work:
        case_id = desk.case_of(work, visit.scope, duty_id)
    if case_id is None:
        raise Missing("没有这个页面，或您无权查看")
    with visit.writing() as work:
        act(work, visit.actor, duty_id, case_id)
    return see(visit, within(form.get("next")) or "/desk")
