"""Places by their codes (GB/T 2260): which codes lie below which."""


def head_of(code: str) -> str:
    """The signs with which the codes of a place and of those below it begin.

    341500 (a city) stands for 3415…, 341502 and what is longer for 341502…, 000000 for every place.
    """
    head = code[:6]
    while head.endswith("00"):
        head = head[:-2]
    return head
