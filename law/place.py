"""Places by their codes (GB/T 2260): which codes lie below which, and which lie between two."""

from dataclasses import dataclass

COUNTRY = "000000"
"""What stands for the whole country (own)."""
_SPANS = ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 82))
PROVINCES = frozenset(str(n) for first, last in _SPANS for n in range(first, last + 1))
"""The first two digits of every place: its province (GB/T 2260)."""


def above(code: str) -> str:
    """The code of the place one level up: 341500 for 341502 and its townships, 340000 for 341500."""
    head = head_of(code) if len(code) <= len(COUNTRY) else code[:6]
    return (head if len(code) > len(COUNTRY) else head[:-2]).ljust(len(COUNTRY), "0")


def head_of(code: str) -> str:
    """The signs with which the codes of a place and of those below it begin.

    341500 (a city) stands for 3415…, 341502 and what is longer for 341502…, 000000 for every place.
    """
    head = code[:6]
    while head.endswith("00"):
        head = head[:-2]
    return head


LEVELS = ("country", "province", "city", "county")
"""The levels of `levels_of`, in its order."""


def levels_of(code: str) -> tuple[str, str, str, str]:
    """The codes of the country, the province, the city and the county that a place lies in."""
    county = code[:6]
    return COUNTRY, f"{county[:2]}0000", f"{county[:4]}00", county


@dataclass(frozen=True)
class Span:
    """The codes from ``low`` up to and without ``high``; empty is no bound on that side.

    Spans that follow each other leave no code out, whatever is written in it, and share none.
    """

    low: str = ""
    high: str = ""

    @property
    def shape(self) -> "Span":
        """The span without its codes: two of one shape are asked with the same statement."""
        return Span(self.low and "0", self.high and "0")


EVERYWHERE = Span()
