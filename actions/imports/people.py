"""Ledgers of people: who they are, and the posts they hold from a day on."""

from datetime import date
from typing import Any

from actions.act.administration import By, note
from actions.imports.cells import Cells, Unfit
from actions.imports.file import LedgerRow
from actions.imports.register import Engaged, Held, Register, Rehearsal, plain
from actions.imports.words import PEOPLE
from actions.people.staffing import enter_person, give_post, kinds_of
from guapai.clock import local_date
from guapai.errors import BadInput, Conflict
from guapai.people import ADMINS, ROLE_TITLES, Role
from guapai.text import half_width
from notifications.post.sealing import mailbox
from statemachines.noted import Administered
from storage.people import person as people
from storage.people import staffing
from storage.people.organisation import Organisation
from storage.people.person import Person
from storage.people.staffing import Span

Certificate = dict[str, Any]
"""The number and the last day of a certificate, as columns of the person."""

NAME_MOST, CERTIFICATE_MOST = 80, 40
"""What the columns of a person hold, in signs."""

_ROLES = {
    plain(word): role
    for role, title in ROLE_TITLES.items()
    if role is not Role.clock
    for word in (role.value, title)
}


def take_person(register: Register, row: LedgerRow, by: By) -> bool:
    """Enter a person and their post; False when the post was held already.

    Raises Unfit for what cannot be taken.
    """
    cells = Cells(row, PEOPLE)
    name, certificate = cells.text("name", NAME_MOST), _certificate(cells)
    if not name:
        cells.fault("name", "此项必填，请填写姓名")
    email = _email(cells)
    where = _organisation(register, cells)
    role = _role(cells, where)
    span = _span(cells, local_date(register.work.now))
    said = Person(id=0, name=name, email=email, **certificate)
    known = _known(register, cells, said, where)
    cells.settle()
    if where is None or role is None:
        raise Unfit([("role", "请填写单位和岗位")])
    rehearsed = _rehearsed(register, known) if known is not None else None
    new = Person(id=0, name=name, email=email or None)
    person = _entered(register, by, known, rehearsed, new)
    if known is not None and _holds(register, person, role, where, span):
        return _certify(register, by, person, certificate)
    _appoint(register, by, person, role, where, span)
    _certify(register, by, person, certificate)
    if register.rehearsal is not None:
        _remember(register.rehearsal, rehearsed, known or new, certificate, (role, where.id, span))
    return True


def _remember(
    rehearsal: Rehearsal,
    before: Engaged | None,
    person: Person,
    certificate: Certificate,
    post: Held,
) -> None:
    """Keep for the rest of a dry run what it would have written."""
    if before is None:
        before = Engaged(person)
        rehearsal.people.append(before)
    before.person = person.model_copy(update=_missing(person, certificate))
    before.posts.append(post)


def _rehearsed(register: Register, person: Person) -> Engaged | None:
    known = register.rehearsal.people if register.rehearsal is not None else []
    return next(
        (e for e in known if e.person is person or (person.id and e.person.id == person.id)), None
    )


def _entered(
    register: Register, by: By, known: Person | None, rehearsed: Engaged | None, new: Person
) -> Person:
    """The person as they stand in the database, with what a dry run has given them so far."""
    person = known if known is not None and known.id else None
    if person is None:
        source = known or new
        said = (source.name, source.email, source.certificate_no, source.certificate_until)
        person = enter_person(register.work, by, *said)
    for role, where, span in rehearsed.posts if rehearsed is not None else ():
        people.appoint(register.work, person.id, role, where, span.from_on, span.until_on)
    return person


def _certificate(cells: Cells) -> Certificate:
    """The number of a certificate and its last day, as far as they are stated."""
    number, until = cells.text("certificate", CERTIFICATE_MOST), cells.day("certificate_until")
    if until is not None and not number:
        cells.fault("certificate_until", "写了有效期，没有写证件号，请补填")
    return {"certificate_no": number, "certificate_until": until}


def _missing(person: Person, certificate: Certificate) -> Certificate:
    """What is stated of a certificate and was not known."""
    return {n: v for n, v in certificate.items() if v and not getattr(person, n)}


def _certify(register: Register, by: By, person: Person, certificate: Certificate) -> bool:
    """Add what was not known of somebody's certificate; whether there was anything."""
    new = _missing(person, certificate)
    if not new:
        return False
    people.change(register.work, person.id, **new)
    told = {n: str(v) for n, v in new.items()}
    note(register.work, by, "person", person.id, Administered.change, {"fields": [*new]}, told)
    return True


def _email(cells: Cells) -> str:
    text = half_width(cells.text("email"))
    if not text:
        return ""
    try:
        return mailbox(text)
    except BadInput:
        cells.fault("email", f"“{text}”不是可以收信的邮箱地址，请核对")
        return ""


def _organisation(register: Register, cells: Cells) -> Organisation | None:
    text = cells.text("unit", 200)
    if not text:
        cells.fault("unit", "此项必填，请填写单位全称或统一社会信用代码")
        return None
    found = register.organisations(text)
    if not found:
        cells.fault("unit", f"没有登记“{text}”这个单位，请核对全称，或先登记该单位")
    elif len(found) > 1:
        cells.fault("unit", f"登记了不止一家“{text}”，请填写统一社会信用代码")
    return found[0] if len(found) == 1 else None


def _role(cells: Cells, where: Organisation | None) -> Role | None:
    text = cells.text("role")
    if not text:
        cells.fault("role", "此项必填，请填写岗位，如“执法人员”")
        return None
    role = _ROLES.get(plain(text))
    if role is None:
        cells.fault("role", f"没有“{text}”这一岗位，可填：{'、'.join(_titles())}")
    elif where is not None and where.kind not in kinds_of(role):
        cells.fault("role", f"“{where.name}”不设“{ROLE_TITLES[role]}”这一岗位，请核对单位或岗位")
    return role


def _titles() -> list[str]:
    return [title for role, title in ROLE_TITLES.items() if role is not Role.clock]


def _span(cells: Cells, today: date) -> Span:
    first, last = cells.day("from_on") or today, cells.day("until_on")
    if last is not None and last < first:
        cells.fault("until_on", f"截止日期{last}早于起始日期{first}，请核对")
    return Span(first, last)


def _known(
    register: Register, cells: Cells, said: Person, where: Organisation | None
) -> Person | None:
    """The person meant: of that address, else of that name and certificate at that organisation."""
    found = _matching(register, said, where.id if where is not None else 0)
    if len(found) > 1:
        cells.fault("email" if said.email else "name", "登记了不止一位，请由系统管理员核对")
    for person in found[:1]:
        if plain(person.name) != plain(said.name):
            cells.fault(
                "name",
                f"邮箱{said.email}登记的是“{person.name}”，台账写的是“{said.name}”，是哪一位？",
            )
        if not person.active:
            cells.fault("name", f"{person.name}的账号已停用，请先由系统管理员恢复")
        if said.certificate_no and person.certificate_no not in ("", said.certificate_no):
            cells.fault(
                "certificate",
                f"{person.name}登记的证件号是{person.certificate_no}，"
                f"台账写的是{said.certificate_no}，是哪一个？",
            )
        if said.certificate_until and person.certificate_until not in (
            None,
            said.certificate_until,
        ):
            cells.fault(
                "certificate_until",
                f"{person.name}的证件登记的有效期至{person.certificate_until}，"
                f"台账写的是{said.certificate_until}，是哪一天？",
            )
    return found[0] if found else None


def _matching(register: Register, said: Person, where: int) -> list[Person]:
    rehearsed = register.rehearsal.people if register.rehearsal is not None else []
    if said.email:
        email = said.email.casefold()
        found = staffing.people_known_as(register.work, email)
        again = [_rehearsed(register, person) for person in found]
        return [e.person if e else p for e, p in zip(again, found, strict=True)] or [
            e.person for e in rehearsed if e.person.email and e.person.email.casefold() == email
        ]
    if not said.name or not where:
        return []
    same = (said.name, said.certificate_no)
    return people.colleagues(register.work, *same, where) or [
        e.person
        for e in rehearsed
        if (e.person.name, e.person.certificate_no) == same and where in [p[1] for p in e.posts]
    ]


def _holds(register: Register, person: Person, role: Role, where: Organisation, span: Span) -> bool:
    """Whether the post is held throughout. Raises Unfit where other days are stated."""
    for post in staffing.posts_within(register.work, person.id, span):
        if (post.role, post.organisation_id) != (role, where.id):
            continue
        if post.from_on <= span.from_on and (span.until_on or post.until_on) == post.until_on:
            return True
        until = f"至{post.until_on}" if post.until_on else "起"
        raise Unfit(
            [("from_on", f"{person.name}已担任这一岗位（{post.from_on}{until}），日期不同，请核对")]
        )
    return False


def _appoint(
    register: Register, by: By, person: Person, role: Role, where: Organisation, span: Span
) -> None:
    try:
        give_post(register.work, by, person, role, where, span)
    except Conflict:
        admins = "、".join(ROLE_TITLES[r] for r in sorted(ADMINS))
        said = f"{admins}必须由不同的人担任" if role in ADMINS else "与已有的岗位冲突"
        raise BadInput(f"{person.name}不能担任{ROLE_TITLES[role]}：{said}，请核对") from None
