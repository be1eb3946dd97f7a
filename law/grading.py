"""What a hazard is graded by: national standards by number, local clauses, candidates by likeness.

The shipped catalogue of Lu'an names focus points of the city's plan. It is a list to look through
and cites no clause of a national standard: whether a hazard is major, a person decides.
"""

import csv
import io
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.resources import files
from math import fsum, log, sqrt
from typing import Final

from pydantic import BaseModel, ConfigDict

from guapai.errors import BadInput
from guapai.text import Said, half_width, one_line
from law.provisions import PROVISIONS

COLUMNS: Final = ("条款号", "内容", "来源")
"""The columns a catalogue of clauses must have, in any order."""
_COLUMNS: Final = "、".join(COLUMNS)

LONGEST: Final = {"条款号": 60, "内容": 1000, "来源": 200}
"""How many characters a cell of each column may hold (own limits: a clause must fit a paper)."""


class Standard(BaseModel):
    """A national grading standard (判定标准) as number and title; its clauses are not shipped.

    ``number`` is empty when it is not known; ``valid_from`` and ``valid_to`` (last day, inclusive)
    are None when unknown or open. Source: 安全生产法 art. 118 obliges the ministries to issue them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    sector: str
    title: str
    number: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    source: str

    def cite(self) -> str:
        """The standard as a paper cites it; its text has not been compared (原文待核)."""
        return f"《{self.title}》（{self.number or '文号待核'}）（原文待核）"

    def in_force(self, day: date) -> bool:
        """Whether it is in force on a day, as far as its dates are known."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause a hazard can be matched with: its id, its words, and where they come from."""

    id: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A candidate clause and its likeness to the description, above 0 and at most 1."""

    clause: Clause
    score: float


@cache
def standards() -> tuple[Standard, ...]:
    """The national grading standards shipped with the system, in the order of the data file."""
    raw = files("law").joinpath("standards.toml").read_text(encoding="utf-8")
    return tuple(Standard.model_validate(row) for row in tomllib.loads(raw)["standard"])


def is_citable(line: str, day: date) -> bool:
    """Whether a line names, in 《》 and first, a standard in force on a day or a law we know."""
    found = re.match("《(.+?)》", line)
    laws = (r for r in PROVISIONS.values() if r.status != "own" and r.named and not r.draft)
    known = {s.title for s in standards() if s.in_force(day)} | {r.instrument for r in laws}
    return found is not None and found[1] in known


def is_of_sector(clause: str, sector: str, day: date) -> bool:
    """Whether a clause stands in the local catalogue for a trade, or cites one of its standards.

    A citation begins with the title of a grading standard in force on the day, in 《》.
    """
    if clause in {c.id for c in shipped_catalogue() if c.source.endswith(f"（{sector}）")}:
        return True
    found = re.match("《(.+?)》", clause)
    known = {s.title for s in standards() if s.sector == sector and s.in_force(day)}
    return found is not None and found[1] in known


def versions(sector: str, day: date) -> str:
    """What a hazard of a trade found on a day is graded by: the standards in force, one a line.

    The local catalogue is named by a fingerprint of its words.
    """
    known = [s for s in standards() if s.sector == sector and s.in_force(day)]
    said = [f"《{s.title}》（{s.number or '文号待核'}）" for s in known]
    words = "\n".join(f"{c.id} {c.text}" for c in shipped_catalogue())
    return "\n".join([*said, f"条款目录 {sha256(words.encode()).hexdigest()[:12]}"])


@cache
def shipped_catalogue() -> tuple[Clause, ...]:
    """The local catalogue made from the focus points of Lu'an's plan."""
    path = files("law").joinpath("catalogues", "luan.csv")
    return read_clauses(path.read_bytes(), path.name)


def read_clauses(data: bytes, name: str) -> tuple[Clause, ...]:
    """The clauses of a CSV file in UTF-8, with or without BOM; ``name`` is the file's name.

    Raises BadInput, naming file and line, for another encoding, missing or repeated columns, a row
    that does not fit the columns, an empty or overlong cell, an id used twice, or no clause at all.
    """
    name = one_line(name)
    seen: dict[str, int] = {}
    clauses: list[Clause] = []
    for line, cells in _rows(_decoded(data, name), name):
        clause_id = half_width(cells["条款号"])
        if clause_id in seen:
            raise BadInput(
                Said(
                    "%(file)s 第%(line)d行：条款号“%(clause)s”与第%(other)d行重复，请改成不同的条款号",
                    file=name,
                    line=line,
                    clause=clause_id,
                    other=seen[clause_id],
                )
            )
        seen[clause_id] = line
        clauses.append(Clause(clause_id, cells["内容"], cells["来源"]))
    if not clauses:
        raise BadInput(Said("%(file)s：表头之下没有条款，请至少填写一行", file=name))
    return tuple(clauses)


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadInput(
            Said(
                "%(file)s 第%(line)d行：不是 UTF-8 编码，请在表格软件中另存为“CSV UTF-8”后再导入",
                file=name,
                line=line,
            )
        ) from None


def _line(name: str, line: int) -> Said:
    return Said("%(file)s 第%(line)d行", file=name, line=line)


def _rows(text: str, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row that is not blank, with the line it begins on and its cells by column."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    head: list[str] = []
    while True:
        line = reader.line_num + 1
        try:
            cells = [one_line(cell) for cell in next(reader)]
        except StopIteration:
            break
        except csv.Error:
            raise BadInput(
                Said(
                    "%(file)s 第%(line)d行：引号不成对或单元格过长，请检查该行的双引号",
                    file=name,
                    line=line,
                )
            ) from None
        if not any(cells):
            continue
        if head:
            yield line, _cells(cells, head, _line(name, line))
        else:
            head = _head(cells, _line(name, line))
    if not head:
        raise BadInput(
            Said("%(file)s：文件是空的，第一行应为表头：%(columns)s", file=name, columns=_COLUMNS)
        )


def _head(cells: list[str], where: str) -> list[str]:
    missing = [column for column in COLUMNS if column not in cells]
    if missing:
        raise BadInput(
            Said(
                "%(where)s：表头缺少“%(missing)s”列，应有：%(columns)s",
                where=where,
                missing="”“".join(missing),
                columns=_COLUMNS,
            )
        )
    for column in COLUMNS:
        if cells.count(column) > 1:
            raise BadInput(
                Said(
                    "%(where)s：表头中“%(column)s”列出现了不止一次，请只留一列",
                    where=where,
                    column=column,
                )
            )
    return cells


def _cells(cells: list[str], head: list[str], where: str) -> dict[str, str]:
    if any(cells[len(head) :]):
        raise BadInput(
            Said(
                "%(where)s：有%(cells)d格，表头只有%(head)d列；"
                "内容中含有半角逗号的，请用半角双引号括起来",
                where=where,
                cells=len(cells),
                head=len(head),
            )
        )
    row = dict(zip(head, cells, strict=False))
    for column in COLUMNS:
        if not row.get(column):
            raise BadInput(
                Said("%(where)s：“%(column)s”是空的，请填写", where=where, column=column)
            )
        if len(row[column]) > LONGEST[column]:
            raise BadInput(
                Said(
                    "%(where)s：“%(column)s”超过%(most)d字，请缩短",
                    where=where,
                    column=column,
                    most=LONGEST[column],
                )
            )
    return {column: row[column] for column in COLUMNS}


def suggest(text: str, clauses: Sequence[Clause], most: int = 5) -> list[Suggestion]:
    """The clauses most like a description, best first, at most ``most``; a person decides.

    Likeness is the cosine of the character pairs both have, each pair weighing more the fewer
    clauses contain it, so two-character words (粉尘, 水库) find their clause. Equal scores keep the
    order of the catalogue. Clauses that share no pair are left out.
    """
    asked = _pairs(text)
    bags = [_pairs(clause.text) for clause in clauses]
    held = Counter(pair for bag in bags for pair in bag)
    weight = {pair: log(1 + len(bags) / (held[pair] or 1)) ** 2 for pair in asked | held.keys()}
    # fsum is exact, so the order in which a set is walked cannot change a score.
    size = sqrt(fsum(weight[pair] for pair in asked))
    found = [
        Suggestion(
            clause,
            min(1.0, fsum(weight[p] for p in common) / size / sqrt(fsum(weight[p] for p in bag))),
        )
        for clause, bag in zip(clauses, bags, strict=True)
        if (common := asked & bag)
    ]
    return sorted(found, key=lambda one: -one.score)[: max(most, 0)]


def _pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring letters, digits and Chinese characters; signs separate words."""
    folded = half_width(text).casefold()
    words = "".join(c if unicodedata.category(c)[0] in "LN" else " " for c in folded).split()
    return frozenset(word[i : i + 2] for word in words for i in range(len(word) - 1))
