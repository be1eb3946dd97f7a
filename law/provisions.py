"""The provisions that moves, letters and packs rest on: short keys, cited in Chinese by place and day."""

import hashlib
import json
import tomllib
from datetime import date
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from guapai.errors import BadInput
from guapai.text import Said
from law.place import head_of

NEWEST: Final = date.max
"""The day on which whatever is in force last is in force: that of pages which name no day."""
EVERY_SECTOR: Final = "*"


Origin = Literal["rule", "reference", "own"]
"""Who sets a number: a rule that binds here, a rule of another place (参照), or we ourselves."""


class Provision(BaseModel):
    """One rule something rests on: which instrument, which article, how far it has been checked.

    ``status``: ``verified`` (``text`` compared with the official print), ``unverified`` (number
    and title only, or a wording not yet compared) or ``own`` (a rule of this system, no law).
    ``number`` is the 文号 (or the date of a paper that has none), empty when it is not known.
    ``article`` is empty when the provision is the whole instrument, or the article not known.
    ``place`` is the GB/T 2260 code of the place the rule binds, empty for the whole country;
    ``sector`` the trade it binds. A ``draft`` binds nobody: it may be a motive, never a basis.
    ``named`` is false when ``instrument`` describes the rule because its official title is not
    known. From the day after ``valid_until`` on, ``then`` stands in its place. ``follows`` says
    whose numbers go on under a new instrument that nobody here has read. ``source`` says where
    our knowledge comes from.
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
    sector: str = EVERY_SECTOR
    draft: bool = False
    named: bool = True
    valid_until: date | None = None
    then: str = ""
    follows: str = ""

    @model_validator(mode="after")
    def _words_where_promised(self) -> Self:
        if self.status != "unverified" and not self.text:
            raise ValueError(f"{self.key}: a provision that is {self.status} needs its text")
        if self.status == "own" and (self.number or self.article or self.place or self.then):
            raise ValueError(f"{self.key}: an own rule has no number, article, place or successor")
        if bool(self.then) != (self.valid_until is not None):
            raise ValueError(f"{self.key}: what ends names what stands in its place")
        return self

    @cached_property
    def stored(self) -> str:
        """All that is known of it, as canonical JSON; `read_provision` reads it."""
        values = self.model_dump(mode="json", exclude_defaults=True)
        return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of it: what an event pins, so that a later wording does not change the past."""
        return hashlib.sha256(self.stored.encode()).hexdigest()

    def binds(self, place: str, sector: str = EVERY_SECTOR) -> bool:
        """Whether the rule binds a trade at a place (GB/T 2260), being national or of its area."""
        ours = self.sector in (EVERY_SECTOR, sector)
        return ours and not self.draft and place.startswith(head_of(self.place))

    def origin_at(self, place: str, sector: str = EVERY_SECTOR) -> Origin:
        """What a number is there that rests on this: of a new instrument unread, a reference."""
        if self.status == "own":
            return "own"
        return "rule" if self.binds(place, sector) and not self.follows else "reference"

    @property
    def name(self) -> str:
        """Instrument, number and article, as a paper prints them."""
        name = f"《{self.instrument}》" if self.named else self.instrument
        number = f"（{self.number}）" if self.number else ""
        return f"{name}{number}{self.article}"

    @property
    def doubts(self) -> str:
        """What a reader inside must know about how sure it is; empty when nothing is open."""
        doubts = [] if self.number else ["文号待核"]
        if self.follows:
            doubts.append(f"沿用{self.follows}")
        if self.status == "unverified":
            doubts.append("原文待核")
        return f"（{'；'.join(doubts)}）" if doubts else ""


def read_provision(text: str) -> Provision:
    """The provision that `Provision.stored` is."""
    return Provision.model_validate_json(text)


def _load() -> dict[str, Provision]:
    raw = files("law").joinpath("provisions.toml").read_text(encoding="utf-8")
    return {key: Provision(key=key, **row) for key, row in tomllib.loads(raw).items()}


PROVISIONS: Final[dict[str, Provision]] = _load()
"""Every provision by its key, in the order of ``provisions.toml``."""


def provision(key: str, day: date) -> Provision:
    """What stands under a key on a day. Raises BadInput for a key nobody has written down."""
    try:
        found = PROVISIONS[key]
    except KeyError:
        raise BadInput(
            Said("没有依据“%(key)s”，请核对 law/provisions.toml 中的键名", key=key)
        ) from None
    if found.valid_until is not None and day > found.valid_until:
        return provision(found.then, day)
    return found


@lru_cache(maxsize=4096)
def pin(key: str, day: date) -> str:
    """The hash of what stands under a key on a day; empty for a key that this code has no more."""
    return provision(key, day).fingerprint if key in PROVISIONS else ""


def cite(rule: Provision, place: str, sector: str = EVERY_SECTOR) -> str:
    """The provision as those inside read it, at a place: with all that is doubtful about it.

    A rule of another place or trade binds nobody here, so it is cited as a model (参照). What has
    not been compared with the official print says so (原文待核); an own rule that it is one (自定).
    """
    if rule.status == "own":
        return f"{rule.instrument}：{rule.title}（自定）"
    model = "" if rule.binds(place, sector) else "参照"
    return f"{model}{rule.name}{rule.doubts}"


@lru_cache(maxsize=4096)
def cited(key: str, place: str, day: date, sector: str = EVERY_SECTOR) -> str:
    """What stands under a key on a day, as `cite` words it."""
    return cite(provision(key, day), place, sector)


@lru_cache(maxsize=4096)
def ground(key: str, place: str, day: date, sector: str = EVERY_SECTOR) -> str:
    """What a letter says it rests on: number and title, and whose rule it is.

    Empty for a rule of another place or trade: it is a model for us, and no ground for anybody.
    """
    rule = provision(key, day)
    if rule.status == "own":
        return f"办理规则：{rule.title}（本系统自定）"
    return f"依据：{rule.name}" if rule.binds(place, sector) else ""
