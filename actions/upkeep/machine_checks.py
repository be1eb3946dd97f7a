"""The doctor's looks at the machine: the program, the clock, the fonts, the disks."""

import os
import sys
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from actions.upkeep.installation import Check, Installation
from actions.upkeep.watch import LOW, SCARCE
from guapai.errors import Unready
from notifications.typesetting import check_fonts
from storage.files.place import store_at
from storage.schema import health

MOST_SKEW = timedelta(seconds=5)
_OLDEST_PYTHON = (3, 11)


def python(_: Installation) -> Check:
    """The interpreter is recent enough."""
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < _OLDEST_PYTHON:
        return Check("python", "fault", found, "install Python 3.11 or later")
    return Check("python", "ok", found)


def sqlite(i: Installation) -> Check:
    """The SQLite library is there, and is one that keeps a WAL database whole."""
    used = i.settings.database_url.startswith("sqlite")
    try:
        version = health.sqlite_version()
    except Unready as error:
        if used:
            raise
        return Check("sqlite", "ok", f"{error}, should you want to use SQLite")
    return Check("sqlite", "ok", f"{version}{'' if used else ', not used here'}")


def clock(i: Installation) -> Check:
    """The zone is right, and the machine and the database show the same time."""
    if i.clock().astimezone(ZoneInfo("Asia/Shanghai")).utcoffset() != timedelta(hours=8):
        return Check("clock", "fault", "Asia/Shanghai is not 8 hours ahead", "install tzdata anew")
    skew = abs(health.database_now(i.engine) - i.clock())
    found = f"{skew.total_seconds():.1f} s from the database's clock"
    if skew > MOST_SKEW:
        return Check("clock", "fault", found, "set both machines' clocks by NTP")
    return Check("clock", "ok", found)


def fonts(_: Installation) -> Check:
    """Chinese can be printed."""
    return Check("fonts", "ok", ", ".join(check_fonts()))


def disk(i: Installation) -> Check:
    """There is room, on local disks."""
    file = health.sqlite_file(i.settings.database_url)
    places = {
        "files": store_at(i.settings.files).folder,
        **({"database": file.parent} if file else {}),
    }
    worst, said, mends = "ok", [], []
    for name, place in places.items():
        state, found, mend = _place(name, place)
        worst = max(worst, state, key=("ok", "warning", "fault").index)
        said.append(found)
        mends += [mend] if mend else []
    return Check("disk", worst, "; ".join(said), "; ".join(mends))


def _place(name: str, place: Path) -> tuple[str, str, str]:
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
