"""Whether there is room where something is kept, and whether that is a place to keep it."""

import os
from pathlib import Path

from storage.schema import health

SCARCE, LOW = 10**9, 5 * 10**9
"""Free bytes on a disk: below the first is a fault, below the second a warning (own)."""


def place_of(name: str, place: Path) -> tuple[str, str, str]:
    """The state of a place (ok, warning, fault), what was found, and how to mend it."""
    disk = health.disk_of(place)
    found = f"{name}: {disk.free / 10**9:.1f} GB free"
    if disk.network:
        state = "fault" if name == "database" else "warning"
        return state, f"{found}, on a network ({disk.kind})", f"move {name} to a local disk"
    if place.exists() and not os.access(place, os.W_OK):
        return "fault", f"{found}, not writable", f"let this user write to {place}"
    if disk.free < LOW:
        state = "fault" if disk.free < SCARCE else "warning"
        return state, found, f"make room on the disk of the {name}"
    return "ok", found, ""
