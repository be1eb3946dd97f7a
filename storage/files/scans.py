"""Scans of a JPEG: how often its decoder has to go over the whole picture."""

import mmap
from pathlib import Path

MOST = 100
"""Cameras make one scan, progressive pictures some ten; each costs as much as a picture (own)."""
_START = b"\xff\xda"
"""Start of scan (ITU T.81, B.1.1.3); among the coded bits of a scan these two bytes do not occur."""


def too_many(path: Path, most: int = MOST) -> bool:
    """Whether a file has more scans than any picture needs."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = -1
        for _ in range(most + 1):
            at = data.find(_START, at + 1)
            if at < 0:
                return False
    return True
