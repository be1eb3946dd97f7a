"""Rule packs as stored: text of any age becomes the values that the code of today asks for."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guapai.errors import Unready

Values = dict[str, Any]
Upcaster = Callable[[Values], Values]

FORMAT = 2
"""The format in which packs are stored now; text that does not say its format has format 1."""

UPCASTERS: Mapping[int, Upcaster] = {1: dict}
"""From each older format the pure step to the next one, on plain values.

A step belongs here when a number is renamed, moved or counted in another unit, or when what old
packs lack must not be what the national pack says today. A number that is merely younger than a
pack needs none: `mend` takes it from the national pack. Format 1 did not say its format, nothing
else.
"""


@dataclass(frozen=True)
class Reading:
    """How stored text was read: the text itself, and what had to be done to it.

    ``filled`` are the paths it lacked, taken from ``lender`` (name and fingerprint of a pack);
    ``aside`` the paths nothing asks for any more. The text is not changed by either.
    """

    text: str
    filled: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    lender: str = ""


def upcast(text: str) -> Values:
    """The plain values of stored text, in the format of today. Raises Unready for a later format."""
    values: Values = json.loads(text)
    known = int(values.get("format", 1))
    if known > FORMAT:
        raise Unready(
            f"a rule pack is stored in format {known}, and this guapai reads no later one than "
            f"{FORMAT}; install the guapai that stored it, or a newer one"
        )
    for step in range(known, FORMAT):
        values = UPCASTERS[step](values)
    values.pop("format", None)
    return values


def fill_terms(values: Values, spare: Values) -> list[str]:
    """Give a pack the rules of the kinds of duty it does not know, and terms it lacks; their paths.

    So with the climb of what is late, where a pack is older than that. Only kinds that have a term
    in ``spare``: without one nothing can be asked of a pack that its defaults do not answer.
    """
    own: dict[str, Any] = values.get("duties", {})
    filled = []
    if "climb" not in values:
        values["climb"] = spare["climb"]
        filled.append("climb")
    for kind, rules in spare["duties"].items():
        if rules["within"] is None:
            continue
        if kind not in own:
            own[kind] = rules
            filled.append(f"duties.{kind}")
        elif own[kind].get("within") is None:
            own[kind]["within"] = rules["within"]
            filled.append(f"duties.{kind}.within")
    return filled


def mend(
    values: Values, faults: Sequence[Mapping[str, Any]], spare: Values
) -> tuple[list[str], list[str]]:
    """Take from ``spare`` the numbers a pack lacks, and out of it what nobody knows; the paths of both.

    ``faults`` is what the model says of the values. Only whole numbers are lent: a part of one,
    or anything outside the parameters, says nothing about another jurisdiction.
    """
    filled: list[str] = []
    aside: list[str] = []
    for fault in faults:
        *above, name = fault["loc"]
        path = ".".join(map(str, fault["loc"]))
        if fault["type"] == "extra_forbidden":
            del at(values, above)[name]
            aside.append(path)
        elif fault["type"] == "missing" and above[:1] == ["parameters"]:
            lent = at(spare, fault["loc"])
            if isinstance(lent, Mapping):
                at(values, above)[name] = lent
                filled += _numbers(lent, path)
    return filled, aside


def at(values: Any, path: Sequence[Any]) -> Any:
    """What stands at a path of plain values."""
    for step in path:
        values = values[step]
    return values


def _numbers(value: Mapping[str, Any], path: str) -> list[str]:
    if "basis" in value:
        return [path]
    return [p for key, inner in value.items() for p in _numbers(inner, f"{path}.{key}")]
