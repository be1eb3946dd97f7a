"""Rule packs: the numbers and the ladder of one jurisdiction, read from TOML, frozen for ever."""

import hashlib
import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, Self

from pydantic import Field, PrivateAttr, ValidationError, model_validator

from guapai.errors import BadInput, Unready
from law.grounds import unfounded
from law.packfile import in_order, line_of, read_pack
from law.parameters import Entry, Length, Parameters
from law.provisions import EVERY_SECTOR
from law.rung import Rung, name_of, refuse_doubles
from law.stored import FORMAT, Reading, at, fill_terms, mend, upcast

Fault = tuple[tuple[str, ...], str]
"""Where in a pack something cannot be, and why."""
NOBODY_READS = "nobody reads this"


class DutyRules(Entry):
    """How long a kind of duty has, and its ladder; None where a paper dates it."""

    within: Length | None = None
    rungs: tuple[Rung, ...] | None = None

    @model_validator(mode="after")
    def _ids_differ(self) -> Self:
        refuse_doubles(self.rungs or ())
        return self


class PaperRules(Entry):
    """What a paper of the place rests on, beside what it rests on everywhere: keys of provisions."""

    basis: tuple[str, ...]


class Pack(Entry):
    """One rule pack, complete: what it extends is already in it.

    It governs the cases of one trade (``sector``), or of every trade (``*``), at its place.
    """

    name: str = Field(pattern=r"^[a-z0-9_-]{1,40}$")
    title: str
    jurisdiction: str = Field(pattern=r"^\d{6}$")
    sector: str = Field(min_length=1, max_length=60)
    valid_from: date
    valid_until: date | None = None
    parameters: Parameters
    defaults: DutyRules
    climb: tuple[Rung, ...]
    duties: Mapping[str, DutyRules]
    papers: Mapping[str, PaperRules] = Field(default_factory=dict)
    _reading: Reading | None = PrivateAttr(default=None)
    _ladders: dict[str, tuple[Rung, ...]] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _never_silent(self) -> Self:
        if not any(r.every is not None and r.to for r in self.climb):
            raise ValueError(
                "the climb of what is late must end in a rung that comes every so often"
            )
        refuse_doubles(self.climb)
        return self

    @cached_property
    def text(self) -> str:
        """Canonical JSON of the whole pack, or the text it was read from; `from_json` reads it."""
        if self._reading is not None:
            return self._reading.text
        values = {"format": FORMAT, **self.model_dump(mode="json")}
        return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the canonical text: two packs are the same when it is."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def filled(self) -> tuple[str, ...]:
        """The paths that the stored text lacked and the country's pack of this code lent."""
        return self._reading.filled if self._reading else ()

    @property
    def aside(self) -> tuple[str, ...]:
        """The paths of the stored text that nothing asks for any more."""
        return self._reading.aside if self._reading else ()

    def is_valid(self, day: date) -> bool:
        """Whether the pack may be chosen on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def governs(self, sector: str) -> bool:
        """Whether the pack is for cases of a trade."""
        return self.sector in (EVERY_SECTOR, sector)

    def paper_basis(self, paper: str) -> tuple[str, ...]:
        """The provisions of the place that a kind of paper rests on."""
        rules = self.papers.get(paper)
        return rules.basis if rules else ()

    def lender(self, *paths: str) -> str | None:
        """Who lent one of the paths or what lies in them, as name@fingerprint; None: all is its own."""
        if not self.filled:
            return None
        lent = any(f == p or f.startswith(f"{p}.") for f in self.filled for p in paths)
        return self._reading.lender if self._reading and lent else None

    def rung(self, kind: str, name: str) -> Rung | None:
        """One rung of the ladder of a kind of duty, if it has one of that name."""
        return next((r for r in self.rungs(kind) if r.id == name_of(name)), None)

    def rungs(self, kind: str) -> tuple[Rung, ...]:
        """The ladder of a kind of duty: its own or the usual one, and the climb of what is late.

        A rung of its own stands for that of the climb of the same name; the climb has no end, so
        nothing that is late is ever silent.
        """
        if kind not in self._ladders:
            own = self.duties[kind].rungs if kind in self.duties else None
            steps = own if own is not None else self.defaults.rungs or ()
            known = {r.id for r in steps}
            self._ladders[kind] = (*steps, *(r for r in self.climb if r.id not in known))
        return self._ladders[kind]

    def within(self, kind: str) -> Length | None:
        """The term of a kind of duty, if it has one."""
        rules = self.duties.get(kind)
        return rules.within if rules else None


@dataclass(frozen=True)
class Vocabulary:
    """The names a pack may use; they come from the tables above, the law itself knows none.

    ``duties`` are the kinds of duty, and whether each needs a term; of those in ``dated`` nobody
    reads one. ``clock_moves`` are those of the row a kind of duty is about, by kind of duty.
    ``papers`` are the kinds of paper.
    """

    duties: Mapping[str, bool]
    dated: frozenset[str]
    papers: frozenset[str]
    clock_moves: Mapping[str, frozenset[str]]
    readers: frozenset[str]


def from_json(text: str) -> Pack:
    """The pack that `Pack.text` wrote, now or in an older format; its text stays as it is.

    What is younger than the pack (a number, a kind of duty with a term) is that of the country's
    pack of this code; `Pack.filled` says where. Raises Unready for text that cannot be read so.
    """
    values, country = upcast(text), national()
    spare = country.model_dump(mode="json")
    filled, aside = fill_terms(values, spare), list[str]()
    try:
        pack = Pack.model_validate(values)
    except ValidationError as error:
        lent, aside = mend(values, error.errors(include_url=False), spare)
        filled += lent
        pack = _mended(values)
    lender = f"{country.name}@{country.fingerprint}" if filled else ""
    pack._reading = Reading(text, tuple(sorted(filled)), tuple(sorted(aside)), lender)
    return pack


def _mended(values: Mapping[str, Any]) -> Pack:
    try:
        return Pack.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = ".".join(map(str, first["loc"]))
        raise Unready(
            f"the stored rule pack {values.get('name')!r} cannot be read: {path}: {first['msg']}; "
            "install the guapai that stored it, or a newer one"
        ) from None


def national() -> Pack:
    """The country's pack as this code ships it: it lends what is younger than a stored pack."""
    return _country(shipped_texts()["national"])


@lru_cache(maxsize=4)
def _country(text: str) -> Pack:
    return Pack.model_validate(read_pack(text, "national.toml", {}))


def check_pack(values: Mapping[str, Any], text: str, name: str, words: Vocabulary) -> Pack:
    """The pack, or BadInput naming file, line and key of the first thing that cannot be."""
    pack, faults = examine(values, words)
    for path, reason in faults:
        raise BadInput(f"{name}, line {line_of(text, path)}, {'.'.join(path)}: {reason}")
    assert pack is not None, "what cannot be read has a fault"
    return pack


def examine(values: Mapping[str, Any], words: Vocabulary) -> tuple[Pack | None, list[Fault]]:
    """The pack in plain values, and everything in them that cannot be; None: they are no pack.

    A number that nobody reads, a missing basis and a wrong one do not hide each other.
    """
    rest, faults = deepcopy(dict(values)), list[Fault]()
    while True:
        try:
            pack = Pack.model_validate(rest)
        except ValidationError as error:
            found = error.errors(include_url=False)
        else:
            return pack, faults + _foreign(pack, words)
        unread = [f["loc"] for f in found if f["type"] == "extra_forbidden"]
        faults += [(tuple(map(str, where)), NOBODY_READS) for where in unread]
        if not unread:
            return None, faults + [(tuple(map(str, f["loc"])), f["msg"]) for f in found]
        for where in unread:
            del at(rest, where[:-1])[where[-1]]


def _foreign(pack: Pack, words: Vocabulary) -> list[Fault]:
    out: list[Fault] = []
    for kind, rules in pack.duties.items():
        here = ("duties", kind)
        if kind not in words.duties:
            out.append((here, "there is no such kind of duty"))
        elif words.duties[kind] and rules.within is None:
            out.append(((*here, "within"), "this kind of duty needs a term"))
        elif kind in words.dated and rules.within is not None:
            out.append(((*here, "within"), NOBODY_READS))
        moves = words.clock_moves.get(kind, frozenset())
        out += [
            ((*here, "rungs", r.id), w) for r in rules.rungs or () for w in _odd(r, words, moves)
        ]
    for kind, needs in words.duties.items():
        if needs and kind not in pack.duties:
            out.append((("duties", kind), "this kind of duty needs a term"))
    if pack.defaults.within is not None:
        out.append((("defaults", "within"), NOBODY_READS))
    rungs = pack.defaults.rungs or ()  # of every kind of duty, so the clock moves nothing here
    out += [(("defaults", r.id), w) for r in rungs for w in _odd(r, words, frozenset())]
    out += [(("climb", r.id), w) for r in pack.climb for w in _odd(r, words, frozenset())]
    out += [(("papers", p), "there is no such paper") for p in pack.papers.keys() - words.papers]
    return out + list(unfounded(pack.model_dump()))


def _odd(rung: Rung, words: Vocabulary, moves: frozenset[str]) -> list[str]:
    out = [f"nobody is called {r!r}" for r in rung.to if r not in words.readers]
    if rung.opens is not None and rung.opens not in words.duties:
        out.append(f"there is no kind of duty {rung.opens!r}")
    if rung.move is not None and rung.move not in moves:
        out.append(f"the clock has no move {rung.move!r} of what the duty is about")
    return out


@lru_cache(maxsize=1)
def shipped_texts() -> Mapping[str, str]:
    """The pack files we ship, by name, bases first."""
    folder = files("law").joinpath("packs")
    found = (f for f in folder.iterdir() if f.name.endswith(".toml"))
    return in_order({f.name[:-5]: f.read_text(encoding="utf-8") for f in found})


def read_packs(texts: Mapping[str, str], words: Vocabulary) -> dict[str, Pack]:
    """Several pack files, bases first, as packs by name. Raises BadInput as `check_pack`."""
    plain: dict[str, dict[str, Any]] = {}
    packs: dict[str, Pack] = {}
    for name, text in texts.items():
        plain[name] = read_pack(text, f"{name}.toml", plain)
        packs[name] = check_pack(plain[name], text, f"{name}.toml", words)
    return packs
