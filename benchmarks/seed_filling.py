"""The filling of a database: lands and lived cases become rows, copy by copy, with numbers of their own."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from benchmarks.seed_land import Area, Entry, Land, Places
from benchmarks.seed_life import Life
from benchmarks.seed_mould import Cast, Foreign, Mould, Paper, line, pack_words
from benchmarks.seed_shares import shares
from benchmarks.seed_sink import Sink
from benchmarks.seed_words import title_of
from storage.case import series_of
from storage.database.gram import TABLE as GRAMS
from storage.database.gram import grams_of

WHOLE = 50
"""One copy of so many keeps all its letters and reminders, the others one letter at most."""
_STEP = 1000

Tell = Callable[[int, int], None]
"""Hears how many cases of how many are written."""


def fill(sink: Sink, life: Life, cases: int, pack_ids: Mapping[int, int], tell: Tell | None) -> int:
    """Write so many cases and all they stand on; the id of one in treatment with a long history."""
    places = Places(life)
    first_id, first_act = sink.first_ids()
    land = Land(places, cases, first_id)
    filling = _Filling(land, sink, land.next_id, first_act)
    filling.enter(("files", row) for row in life.files)
    filling.enter(land.offices)
    for district in land.districts:
        filling.enter(land.firms(district))
    known = {**land.constants, **pack_words(pack_ids)}
    alone = [rows for rows in life.cases if _alone(places, rows, known, pack_ids)]
    life, longest, long_case = replace(life, cases=alone), 0, 0
    for rows, count in zip(life.cases, shares(life, cases), strict=True):
        moulds = {
            whole: Mould(places, rows, known, pack_ids, whole=whole)
            for whole in (True, False)
            if count > (0 if whole else 1)
        }
        for nth in range(count):
            mould = moulds[nth % WHOLE == 0]
            case_id = filling.copy(mould)
            if mould.case["state"] == "rectifying" and mould.events > longest:
                longest, long_case = mould.events, case_id
            if tell is not None and filling.written % _STEP == 0:
                tell(filling.written, cases)
    filling.enter(land.series())
    sink.finish(filling.next_id, filling.next_act)
    if tell is not None:
        tell(filling.written, cases)
    return long_case


def _alone(
    places: Places, rows: Any, known: Mapping[str, str], pack_ids: Mapping[int, int]
) -> bool:
    """Whether a case names nothing of another firm or case: no merger, no duplicate, no public body."""
    try:
        Mould(places, rows, known, pack_ids, whole=True)
    except Foreign:
        return False
    return True


@dataclass
class _Filling:
    """The copies so far, and where the next one begins."""

    land: Land
    sink: Sink
    next_id: int
    next_act: int
    written: int = 0
    luck: Random = field(default_factory=lambda: Random(1))

    def enter(self, entries: Iterable[Entry]) -> None:
        """Rows of their own."""
        for table, row in entries:
            self.sink.add(table, list(row), line(row.values()))

    def copy(self, mould: Mould) -> int:
        """One more case, in the next district; its id."""
        land, count = self.land, len(self.land.districts)
        district = land.districts[self.written % count]
        clone = self.written // count % land.clones
        words, unit = land.words(district, mould.firm, clone)
        title = title_of(self.written, self.luck)
        given = land.number(series_of(mould.case["noun"], district.code), mould.year)
        cast = Cast(
            first_id=self.next_id,
            first_act=self.next_act,
            words=words,
            number=f"{district.code}-{mould.year}-{given:05d}",
            title=title,
            papers=[self._numbered(p, district) for p in mould.papers],
        )
        for table, lines in mould.pour(cast):
            self.sink.add(table, mould.columns[table], lines)
        self._index(self.next_id, title, unit)
        self.next_id += mould.ids
        self.next_act += mould.acts
        self.written += 1
        return cast.first_id

    def _numbered(self, paper: Paper, district: Area) -> str:
        area = district.city if paper.of_city else district
        series = paper.series or (area.paper_code if area is not None else "")
        return f"{series}字〔{paper.year}〕{self.land.number(series, paper.year)}号"

    def _index(self, case_id: int, title: str, unit: str) -> None:
        """The pairs of signs by which the case is found, as `storage.database.gram.index` does."""
        grams = {*grams_of(title), *grams_of(unit)}
        lines = "".join([f"{g}\t{case_id}\n" for g in grams])
        self.sink.add(GRAMS.name, [c.name for c in GRAMS.columns], lines)
