"""The provisions that moves, letters and packs rest on: short keys, cited in Chinese."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from guapai.errors import BadInput
from guapai.text import Said
from law.place import head_of

FIRST_CITY: Final = "341500"
"""六安市 (GB/T 2260): the place for which a rule is cited unless another is named."""


Origin = Literal["rule", "reference", "own"]
"""Who sets a number: a rule that binds here, a rule of another place (参照), or we ourselves."""


class Provision(BaseModel):
    """One rule something rests on: which instrument, which article, how far it has been checked.

    ``status``: ``verified`` (``text`` compared with the official print), ``unverified`` (number
    and title only, or a wording not yet compared) or ``own`` (a rule of this system, no law).
    ``number`` is the 文号 (or the date of a paper that has none), empty when it is not known.
    ``article`` is empty when the provision is the whole instrument, or the article not known.
    ``place`` is the GB/T 2260 code of the place the rule binds, empty for the whole country.
    ``named`` is false when ``instrument`` describes the rule because its official title is not
    known. ``successor`` names a newer instrument that may have replaced this one. ``source`` says
    where our knowledge comes from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    instrument: str
    number: str = ""
    article: str = ""
    title: str
    text: str | None = None
    status: Literal["verified", "unverified", "own"]
    source: str
    place: str = ""
    named: bool = True
    successor: str = ""

    @model_validator(mode="after")
    def _words_where_promised(self) -> Self:
        if self.status != "unverified" and not self.text:
            raise ValueError(f"{self.key}: a provision that is {self.status} needs its text")
        if self.status == "own" and (self.number or self.article or self.place or self.successor):
            raise ValueError(f"{self.key}: an own rule has no number, article, place or successor")
        return self

    def binds(self, place: str) -> bool:
        """Whether the rule binds the place (GB/T 2260 code), being national or of its area."""
        return place.startswith(head_of(self.place))

    def origin_at(self, place: str) -> Origin:
        """What a number is there that rests on this."""
        if self.status == "own":
            return "own"
        return "rule" if self.binds(place) else "reference"


def _load() -> dict[str, Provision]:
    raw = files("law").joinpath("provisions.toml").read_text(encoding="utf-8")
    return {key: Provision(key=key, **row) for key, row in tomllib.loads(raw).items()}


PROVISIONS: Final[dict[str, Provision]] = _load()
"""Every provision by its key, in the order of ``provisions.toml``."""


def provision(key: str) -> Provision:
    """The provision of a key. Raises BadInput for a key nobody has written down."""
    try:
        return PROVISIONS[key]
    except KeyError:
        raise BadInput(
            Said("没有依据“%(key)s”，请核对 law/provisions.toml 中的键名", key=key)
        ) from None


@cache
def cite(key: str, place: str = FIRST_CITY) -> str:
    """The provision as a letter or paper cites it at a place. Raises BadInput for an unknown key.

    A rule of another place binds nobody here, so it is cited as a model (参照). What has not been
    compared with the official print says so (原文待核); an own rule says that it is one (自定).
    """
    rule = provision(key)
    if rule.status == "own":
        return f"{rule.instrument}：{rule.title}（自定）"
    model = "" if rule.binds(place) else "参照"
    name = f"《{rule.instrument}》" if rule.named else rule.instrument
    number = f"（{rule.number}）" if rule.number else ""
    return f"{model}{name}{number}{rule.article}{_doubts(rule)}"


def _doubts(rule: Provision) -> str:
    """What a reader must know about how sure the citation is; empty when nothing is open."""
    doubts = [] if rule.number else ["文号待核"]
    if rule.status == "unverified":
        doubts.append("原文待核")
    if rule.successor:
        doubts.append(f"{rule.successor}是否沿用待核")
    return f"（{'；'.join(doubts)}）" if doubts else ""
