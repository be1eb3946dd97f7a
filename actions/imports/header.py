"""The header of a ledger: which row or two rows it is, and which field each column holds."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from actions.imports.sheet import Merge, Row
from actions.imports.words import ERRORS, Words

HEAD = 60
"""How many rows are looked through for a header (own)."""


@dataclass(frozen=True, kw_only=True)
class Header:
    """The header row, or the two of them, with merged words in every column they cover.

    ``last`` is the number of the last header row; ``fields`` names the field of each column.
    """

    rows: Sequence[Sequence[str]]
    last: int
    fields: Sequence[tuple[int, str]]
    titles: dict[str, str] = field(default_factory=dict)

    @property
    def errors_at(self) -> int | None:
        """The column that explains the errors of an earlier load."""
        for row in self.rows:
            for at, word in enumerate(row):
                if word == ERRORS:
                    return at
        return None


def find_header(rows: Sequence[Row], merges: Sequence[Merge], words: Words) -> Header | None:
    """The header among the first rows of a sheet: the one that names most fields."""
    filled = _filled(rows, merges)
    best: Header | None = None
    for at, (number, cells) in enumerate(filled):
        if best is not None and number > best.last + 1:
            break  # what looks like another header further down belongs to the entries
        below = filled[at + 1] if at + 1 < len(filled) else None
        for found in (
            _header([cells], number, words),
            _double(cells, below, number, words) if below else None,
        ):
            if found is not None and (best is None or _rank(found) >= _rank(best)):
                best = found
    return best


def _rank(header: Header) -> tuple[int, int]:
    return len({name for _, name in header.fields}), header.last


def _filled(rows: Sequence[Row], merges: Sequence[Merge]) -> list[Row]:
    """The rows with the words of merged cells in all the cells they cover."""
    by_number = {number: list(cells) for number, cells in rows}
    for top, left, bottom, right in merges:
        corner = by_number.get(top, [])
        word = corner[left - 1] if left <= len(corner) else ""
        if not word:
            continue
        for number in range(top, min(bottom, top + HEAD) + 1):
            cells = by_number.get(number)
            if cells is None:
                continue
            cells += [""] * (right - len(cells))
            cells[left - 1 : right] = [word] * (right - left + 1)
    return list(by_number.items())


def _header(
    rows: list[list[str]], last: int, words: Words, said: Sequence[Sequence[str]] = ()
) -> Header | None:
    """A header of these rows; ``said`` are the words of each column, the likeliest first."""
    tried = said or [[cell] for cell in rows[0]]
    fields: list[tuple[int, str]] = []
    titles: dict[str, str] = {}
    for at, likely in enumerate(tried):
        name = next((f for word in likely if word and (f := words.field(word))), None)
        if name is not None:
            fields.append((at, name))
            shown = dict.fromkeys("".join(row[at].split()) for row in rows if at < len(row))
            titles.setdefault(name, "/".join(s for s in shown if s))
    names = {name for _, name in fields}
    if not all(group & names for group in words.needed):
        return None
    return Header(rows=rows, last=last, fields=fields, titles=titles)


def _double(upper: list[str], below: Row, number: int, words: Words) -> Header | None:
    """A header of two rows: the lower one divides columns of the upper one."""
    if below[0] != number + 1:
        return None
    width = max(len(upper), len(below[1]))
    lower = below[1] + [""] * (width - len(below[1]))
    above, unmerged = _continued(upper + [""] * (width - len(upper)), lower)
    dividing = [at for at in range(width) if lower[at] and lower[at] != above[at]]
    if not dividing or not all(_spans(above, at) for at in dividing):
        return None
    said = [
        [above[at] + lower[at], lower[at], above[at]] if lower[at] != above[at] else [lower[at]]
        for at in range(width)
    ]
    if unmerged and not any(words.field(w) for at in unmerged for w in said[at][:2]):
        return None
    return _header([above, lower], below[0], words, said)


def _continued(upper: list[str], lower: list[str]) -> tuple[list[str], list[int]]:
    """The upper row with its words carried on over blanks that have something below them."""
    out, blanks = list(upper), []
    for at in range(1, len(out)):
        if not out[at] and lower[at] and out[at - 1]:
            out[at] = out[at - 1]
            blanks.append(at)
    return out, blanks


def _spans(row: list[str], at: int) -> bool:
    left = at > 0 and row[at - 1] == row[at]
    right = at + 1 < len(row) and row[at + 1] == row[at]
    return bool(row[at]) and (left or right)
