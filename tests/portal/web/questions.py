"""How the pages are asked: about the things of every side, about none, and about what cannot be."""

import itertools
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from guapai.people import Actor
from storage.database.work import unit_of_work
from storage.people import password as passwords
from tests.portal.land import Land
from tests.portal.web.seats import MOVES

HUGE = 2**63
NEW_UPLOAD = {"upload-length": "9", "upload-metadata": "filename YS5wZGY="}


@dataclass(frozen=True)
class Ask:
    """How a page is asked about one thing."""

    path: str
    form: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None


@dataclass
class Asker:
    """Somebody in a seat: their session, and the things they are asked about."""

    land: Land
    seat: str
    actor: Actor | None
    bystander: int
    upload: str = ""
    upload_of_another: str = ""
    missing: int = 10**9

    @property
    def seat_value(self) -> str:
        """How the form of the posts names the seat."""
        a = self.actor
        return f"{a.role}.{a.organisation_id}.{a.on_behalf_of or 0}" if a else ""


Things = Callable[[Asker], Mapping[str, Ask]]


def one(path: str, **more: Any) -> Things:
    """A page that is about no thing."""
    return lambda _: {"": Ask(path, **more)}


def things_of(what: str, path: str) -> Things:
    """The things of a kind on every side, one that is not there, and one that cannot be."""

    def things(asker: Asker) -> Mapping[str, Ask]:
        ids = {side: getattr(t, what) for side, t in asker.land.sides.items()}
        ids |= {"missing": asker.missing, "huge": HUGE}
        return {name: Ask(path.format(id=i)) for name, i in ids.items()}

    return things


def parts_of(what: str, path: str) -> Things:
    """The parts of a case on every side, and those of another case under one's own."""

    def things(asker: Asker) -> Mapping[str, Ask]:
        own = asker.land.sides["own"].case
        pairs = {side: (t.case, getattr(t, what)) for side, t in asker.land.sides.items()}
        pairs |= {
            "missing": (asker.missing, asker.missing),
            "huge": (HUGE, 1),
            "missing in own": (own, asker.missing),
            "crossed": (own, getattr(asker.land.sides["elsewhere"], what)),
            "huge in own": (own, HUGE),
        }
        return {name: Ask(path.format(case=c, id=i)) for name, (c, i) in pairs.items()}

    return things


def originals(asker: Asker) -> Mapping[str, Ask]:
    """The originals of a photo and of a document."""
    path = "/evidence/{id}/original"
    photos, documents = things_of("photo", path)(asker), things_of("document", path)(asker)
    return {
        **{f"photo {name}": ask for name, ask in photos.items()},
        **{f"document {name}": ask for name, ask in documents.items()},
    }


def moves(asker: Asker) -> Mapping[str, Ask]:
    """Moves of the cases on every side, and of rows that are not there or not theirs."""
    out = {}
    for move, (side, things) in itertools.product(MOVES, asker.land.sides.items()):
        noun, _, name = move.partition(".")
        if side != "own" and not MOVES[move].makers:
            continue
        row = getattr(things, noun, things.case)
        out[f"{move} {side}"] = Ask(f"/cases/{things.case}/{noun}/{row}/{name}", form={})
    for name, case in (("missing", asker.missing), ("huge", HUGE)):
        path = f"/cases/{case}/hazard/{case}/record_visit"
        out[f"hazard.record_visit {name}"] = Ask(path, form={})
    own, elsewhere = asker.land.sides["own"], asker.land.sides["elsewhere"]
    rows = {"missing": asker.missing, "crossed": elsewhere.deferral}
    for name, row in rows.items():
        path = f"/cases/{own.case}/deferral/{row}/endorse"
        out[f"deferral.endorse {name} in own"] = Ask(path, form={})
    path = f"/cases/{own.case}/hazard/{elsewhere.case}/record_visit"
    out["hazard.record_visit crossed"] = Ask(path, form={})
    return out


def duties(what: str) -> Things:
    """The duty of a lead on every side."""

    def things(asker: Asker) -> Mapping[str, Ask]:
        duties = {side: t.duty for side, t in asker.land.sides.items()}
        duties |= {"missing": asker.missing, "huge": HUGE}
        return {n: Ask(f"/duties/{d}/{what}", form={}) for n, d in duties.items()}

    return things


def tasks(asker: Asker) -> Mapping[str, Ask]:
    """A row of the desk on every side."""
    pairs = {side: (t.duty, t.lead) for side, t in asker.land.sides.items()}
    pairs |= {"missing": (asker.missing, asker.missing), "huge": (HUGE, HUGE)}
    form = {"what": "release", "kind": "", "key": "k"}
    return {
        name: Ask("/desk/many", form={**form, "task": f"{duty}.{lead}.{lead}.1"})
        for name, (duty, lead) in pairs.items()
    }


def choices(asker: Asker) -> Mapping[str, Ask]:
    """Posts to choose from, one's own and others."""
    values = {"mine": asker.seat_value, "another's": "auditor.1.0", "none": "", "odd": "x" * 3000}
    return {name: Ask("/post", form={"seat": value}) for name, value in values.items()}


def first_passwords(asker: Asker) -> Mapping[str, Ask]:
    """People who may be given a first password, or another one by who has seen the last."""
    with unit_of_work(asker.land.town.office.engine, write=False) as work:
        kept = passwords.of_person(work, asker.bystander)
    seen = kept.changed_at.isoformat() if kept else ""
    ids = {"somebody": asker.bystander, "missing": asker.missing, "huge": HUGE}
    return {name: Ask(f"/people/{i}/password", form={"seen": seen}) for name, i in ids.items()}


def certificates(asker: Asker) -> Mapping[str, Ask]:
    """People whose certificate may be registered."""
    ids = {"somebody": asker.bystander, "missing": asker.missing, "huge": HUGE}
    form = {"certificate": "示执法0001", "until": "2030-01-01", "reason": "换证"}
    return {name: Ask(f"/people/{i}/certificate", form=form) for name, i in ids.items()}


def accounts(asker: Asker) -> Mapping[str, Ask]:
    """People who may be signed out."""
    ids = {"somebody": asker.bystander, "missing": asker.missing, "huge": HUGE}
    form = {"what": "sign_out"}
    return {name: Ask(f"/people/{i}/account", form=form) for name, i in ids.items()}


def questions(asker: Asker) -> Mapping[str, Ask]:
    """Questions to answer that nobody has asked."""
    ids = {"missing": asker.missing, "huge": HUGE}
    return {name: Ask(f"/together/{i}", form={"what": "agree"}) for name, i in ids.items()}


def askings(asker: Asker) -> Mapping[str, Ask]:
    """People about whom nobody need be asked, and nobody."""
    ids = {"somebody": asker.bystander, "missing": asker.missing, "huge": HUGE}
    form = {"reason": "a"}
    return {name: Ask(f"/people/{i}/ask/sign_out", form=form) for name, i in ids.items()}


def uploads(**more: Any) -> Things:
    """An upload of one's own, and others."""

    def things(asker: Asker) -> Mapping[str, Ask]:
        ids = {"mine": asker.upload, "another's": asker.upload_of_another}
        ids |= {"missing": secrets.token_hex(16), "odd": "x" * 3000}
        return {name: Ask(f"/uploads/{i}", **more) for name, i in ids.items()}

    return things


def piece() -> dict[str, Any]:
    """A piece of a file, as it is sent."""
    kind = {"content-type": "application/offset+octet-stream", "upload-offset": "0"}
    return {"headers": kind, "content": b"%"}
