"""What a letter that announces a decision says of contesting it, and whom to ask."""

from actions.hand.case import Case, Row
from actions.hand.sides import organisation_of
from statemachines.noun import LetterKind
from storage.people import organisation as organisations
from storage.people.organisation import Organisation, OrganisationKind

_REMEDIES = (
    "如不服本决定，可以自收到本决定之日起{within}内向{organ}申请行政复议，"
    "也可以自知道本决定之日起{suit}内向有管辖权的人民法院提起行政诉讼；复议、诉讼期间不停止执行，法律另有规定的除外。"
)
"""§15.3: the terms stand in the pack; the court follows from the law of jurisdiction, not from us."""


def remedies_of(case: Case, kind: LetterKind, row: Row | None) -> tuple[str, str]:
    """How a decision can be contested, and whom to ask about it: two sentences."""
    decider = _decider(case, kind, row)
    if decider is None:
        return "", ""
    numbers = case.pack.parameters
    said = _REMEDIES.format(
        within=numbers.remedies.reconsideration.value.label,
        organ=_above(case, decider),
        suit=numbers.remedies.suit.value.label,
    )
    return said, _contact(case, decider)


def _decider(case: Case, kind: LetterKind, row: Row | None) -> Organisation | None:
    ours = case.actor.organisation_id
    if kind.decides != "actor":
        ours = organisation_of(case.root, case.parties, kind.decides, row)
    return organisations.get(case.work, ours) if ours is not None else None


def _above(case: Case, decider: Organisation) -> str:
    """Who reconsiders: the government of a department or commission, of a government the next higher."""
    place, own = decider.place_code[:6], decider.kind == OrganisationKind.government
    if own:
        place = f"{place[:2]}0000" if place.endswith("00") else f"{place[:4]}00"
    found = organisations.at_place(case.work, OrganisationKind.government, place)
    return found.name if found else "上一级人民政府" if own else "本级人民政府"


def _contact(case: Case, decider: Organisation) -> str:
    listed = [r for r in case.related.get("listing", ()) if r.state == "listed"]
    phone = decider.phone or next((r.duty_phone for r in listed), "")
    return f"联系单位：{decider.name}" + (f"，电话：{phone}" if phone else "")
