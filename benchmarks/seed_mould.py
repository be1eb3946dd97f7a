"""A case that was lived, made into a mould: every id, name, number and hash in it can be another."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from operator import itemgetter
from typing import Any

from actions.hazard import identity_of
from benchmarks.seed_land import Places
from benchmarks.seed_life import FIRST_ID, OF, OWN, SENDER, Row, Rows
from demo.city import CITY
from notifications.post.sealing import Content, seal
from storage.history.event import canonical
from storage.nouns import TABLES as NOUN_TABLES
from storage.schema.tables import METADATA

TABLES = tuple(t.name for t in METADATA.sorted_tables if t.name in {"acts", *OWN, *OF})
"""Tables of a case, each after those it refers to."""

_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", "\t": r"\t", "\r": r"\r"})
_FIELDS = ("recipient", "recipient_name", "subject", "text", "html")
_MIME = "mime of "
"""With the id of a letter: stands where its sealed bytes go."""
_PAPER = re.compile(r"(?P<series>.+)字〔(?P<year>\d{4})〕\d+号")

Values = Sequence[str]


class Foreign(LookupError):
    """A case that names a row of another one, or an authority as its unit: no mould follows it."""


@dataclass(frozen=True, slots=True)
class _Form:
    """A text with holes: which values fill them, in their order."""

    text: str
    pick: Callable[[Values], Any]

    def __call__(self, values: Values) -> str:
        filled: str = self.text % self.pick(values)
        return filled


@dataclass(frozen=True, kw_only=True)
class Cast:
    """What one copy is made with; ``words`` are those of its place, as `Land.words` gives them."""

    first_id: int
    first_act: int
    words: list[str]
    number: str
    title: str
    papers: list[str]


@dataclass(frozen=True)
class Paper:
    """A number a copy needs: of which series (that of the place: empty), in which year."""

    series: str
    of_city: bool
    year: str


class Mould:
    """One case of a life; ``whole`` keeps all its letters and reminders, else one letter at most."""

    def __init__(
        self,
        places: Places,
        rows: Rows,
        known: Mapping[str, str],
        pack_ids: Mapping[int, int],
        *,
        whole: bool,
    ) -> None:
        self.rows = _kept(rows, whole=whole)
        self._pack_ids = pack_ids
        self.case = self.rows["cases"][0]
        root = self.rows[NOUN_TABLES[self.case["noun"]].name][0]
        self.place = str(self.case["place_code"])[:6]
        unit = self.case["unit_id"]
        if unit is not None and unit not in places.firm_of:
            raise Foreign(str(unit))
        self.firm = places.firm_of[unit] if unit is not None else None
        ids = sorted({r["id"] for t in OWN for r in self.rows[t] if "id" in r})
        acts = sorted({e["act_id"] for e in self.rows["events"]})
        self.ids, self.acts = len(ids), len(acts)
        self.year = str(self.case["number"]).split("-")[1]
        self.papers = [_paper(p["number"], places, self.place) for p in self.rows["papers"]]
        self._lead = _lead_of(self.rows)
        words = [*places.words(self.place, self.firm), *map(str, ids), *map(str, acts)]
        words += [self.case["number"], self.case["title"], root["description"], root["identity"]]
        words += [p["number"] for p in self.rows["papers"]]
        self._sealed = [r for r in self.rows["letters"] if r["mime"] is not None]
        for letter in self._sealed:
            words += [letter["sha256"], f"{_MIME}{letter['id']}"]
        preimages = _preimages(self.rows)
        cells = (c for rows in self.rows.values() for r in rows for c in r.values())
        spoken = "\n".join(map(str, (*cells, *preimages.values())))
        self._caster = _Caster(words, known, preimages, spoken)
        self._contents = [[self._caster.form(r[n]) for n in _FIELDS] for r in self._sealed]
        self._blocks = {t: self._block(t) for t in TABLES if self.rows[t]}
        self.columns = {t: list(self.rows[t][0]) for t in self._blocks}
        self.events = len(self.rows["events"])

    def _block(self, table: str) -> _Form:
        lines = []
        for row in self.rows[table]:
            cells = dict(row)
            if "pack_id" in row:
                cells["pack_id"] = self._pack_ids[row["pack_id"]]
            if table == "letters" and row["mime"] is not None:
                cells["mime"] = f"{_MIME}{row['id']}"
            if table == "acts" and ":" not in row["key"]:
                cells["key"] = f"{row['key']}-{row['id']}"
            lines.append(line(cells.values()))
        return self._caster.form("".join(lines))

    def pour(self, cast: Cast) -> Iterator[tuple[str, str]]:
        """A copy: for each table the lines of its rows, as COPY reads them."""
        first, act, description = cast.first_id, cast.first_act, f"现场检查发现：{cast.title}。"
        values = [
            *cast.words,
            *map(str, range(first, first + self.ids)),
            *map(str, range(act, act + self.acts)),
            *(cast.number, cast.title, description),
            self._identity(cast.words, description),
            *cast.papers,
        ]
        for letter, forms in zip(self._sealed, self._contents, strict=True):
            values += self._seal(letter, [f(values) for f in forms], values)
        for preimage in self._caster.preimages:
            values.append(hashlib.sha256(preimage(values).encode()).hexdigest())
        for table, form in self._blocks.items():
            yield table, form(values)

    def _identity(self, words: list[str], description: str) -> str:
        lead = self._lead
        unit = int(words[self._caster.at(str(lead["unit_id"]))]) if lead["unit_id"] else None
        place = words[self._caster.at(self.place)] + lead["place_code"][6:]
        return identity_of(unit, place, description, date.fromisoformat(lead["found_on"]))

    def _seal(self, letter: Row, said: list[str], values: Values) -> list[str]:
        letter_id = int(values[self._caster.at(str(letter["id"]))])
        at = datetime.fromisoformat(letter["sealed_at"]).replace(tzinfo=UTC)
        recipient, name, subject, text, html = said
        content = Content(recipient, name, subject, text, html)
        found = seal(content, letter_id=letter_id, sender=SENDER, at=at)
        return [found.sha256, rf"\\x{found.mime.hex()}"]


def line(cells: Any) -> str:
    """A row as a line of COPY."""
    shown = (r"\N" if c is None else str(c).translate(_ESCAPES) for c in cells)
    return "\t".join(shown) + "\n"


class _Caster:
    """Makes holes where a text holds a known word, an id, or a hash of known words."""

    def __init__(
        self,
        words: list[str],
        constants: Mapping[str, str],
        preimages: Mapping[str, str],
        spoken: str,
    ) -> None:
        self._position = {w: n for n, w in reversed(list(enumerate(words))) if w}
        said = [w for w in (*self._position, *constants) if not _is_id(w) and w in spoken]
        marks = [w for w in words if w.startswith(_MIME)]
        free = [re.escape(w) for w in sorted([*said, *marks], key=len, reverse=True)]
        hashes, ids = r"[0-9a-f]{64}", r"(?<![0-9a-f])[78]\d{12}(?![0-9a-f])"
        self._pattern = re.compile("|".join((hashes, *free, ids)))
        self._next = len(words)
        self._constants = constants
        self._known = preimages
        self.preimages: list[_Form] = []

    def at(self, word: str) -> int:
        """Where the value of a word stands."""
        return self._position[word]

    def form(self, text: str) -> _Form:
        """The text as a form."""
        picks: list[int] = []
        pieces, done = [], 0
        for found in self._pattern.finditer(text):
            said = self._said(found[0], picks)
            pieces += [text[done : found.start()].replace("%", "%%"), said]
            done = found.end()
        pieces.append(text[done:].replace("%", "%%"))
        return _Form("".join(pieces), itemgetter(*picks) if picks else lambda _: ())

    def _said(self, word: str, picks: list[int]) -> str:
        if word not in self._position and word in self._known:
            form = self.form(self._known[word])
            self.preimages.append(form)
            self._position[word] = self._next
            self._next += 1
        if word in self._position:
            picks.append(self._position[word])
            return "%s"
        if _is_id(word) and word not in self._constants:
            raise Foreign(word)
        return self._constants.get(word, word)


def pack_words(packs: Mapping[int, int]) -> dict[str, str]:
    """What a leaf says of rule packs, and what it is to say."""
    return {f'"pack_id":{old}': f'"pack_id":{new}' for old, new in packs.items()}


def _is_id(word: str) -> bool:
    return len(word) == 13 and word.isdigit() and int(word) >= FIRST_ID


def _paper(number: str, places: Places, place: str) -> Paper:
    found = _PAPER.fullmatch(number)
    assert found is not None, number
    series, year = found["series"], found["year"]
    own = series in (places.paper_code(place), places.paper_code(CITY))
    return Paper("" if own else series, series == places.paper_code(CITY), year)


def _lead_of(rows: Rows) -> Row:
    lead: Row = json.loads(rows["events"][0]["leaf"])["facts"]
    return lead


def _kept(rows: Rows, *, whole: bool) -> Rows:
    """The rows a mould is made of; a leaf names only the letters that are kept."""
    out = {t: list(rows[t]) for t in TABLES}
    if not whole:
        out["letters"] = [r for r in rows["letters"] if r["event_id"] is not None][-1:]
        out["notice_lines"], out["letter_lines"] = [], []
    letters = {r["id"] for r in out["letters"]}

    def stays(noun: str, row_id: int) -> bool:
        return noun != "letter" or row_id in letters

    out["event_subjects"] = [s for s in rows["event_subjects"] if stays(s["noun"], s["row_id"])]
    out["events"] = []
    for event in rows["events"]:
        leaf = json.loads(event["leaf"])
        leaf["subjects"] = [s for s in leaf["subjects"] if stays(*s)]
        out["events"].append({**event, "leaf": canonical(leaf)})
    return out


def _preimages(rows: Rows) -> dict[str, str]:
    """By hash what was hashed: the facts of acts and of parked decisions, and personal values."""
    texts = [s["salt"] + s["value"] for s in rows["event_secrets"]]
    secret = {(s["event_id"], s["field"]): s["value"] for s in rows["event_secrets"]}
    for event in rows["events"]:
        facts = json.loads(event["leaf"])["facts"]
        for name in facts:
            facts[name] = secret.get((event["id"], name), facts[name])
        texts += _asked(event["noun"], event["row_id"], event["case_id"], event["move"], facts)
        name = event["move"].removeprefix("sign:")
        texts += _asked(event["noun"], event["row_id"], event["case_id"], name, None)
    for row in rows["pending"]:
        facts = json.loads(row["facts"])
        texts += _asked(row["noun"], row["row_id"], row["case_id"], row["move"], facts)
    return {hashlib.sha256(t.encode()).hexdigest(): t for t in texts}


def _asked(noun: str, row_id: int, case_id: int, move: str, facts: Any) -> list[str]:
    return [
        canonical([noun, row, case, move, facts])
        for row in (row_id, None)
        for case in (case_id, None)
    ]
