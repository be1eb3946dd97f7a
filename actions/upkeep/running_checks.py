"""The doctor's looks at what runs: the timetable and its clock, the rungs, what is kept, the certificate."""

from actions.upkeep.installation import Check, Installation
from actions.upkeep.watch import GRACE, Concern, Kind, concerns, look_around
from storage.database.work import unit_of_work
from storage.files import damage
from storage.upkeep import made

_TIMETABLE = {
    Kind.clock: "set the clock right, or if it is: guapai clock confirm --as EMAIL --reason WHY",
    Kind.hold: "people let go of it when they have looked",
    Kind.job: "is guapai serve, guapai clock or guapai prefect worker running?",
    Kind.long: "look into its log; a restart of the clock ends it",
    Kind.failing: "look into the log of the clock; try: guapai run JOB",
    Kind.never: "start: guapai serve, or guapai clock",
    Kind.silence: "what was due has been caught up; find out why it stopped",
}
"""What is wrong with the timetable, and how to mend it."""


def timetable(i: Installation) -> Check:
    """Every job ran when it should, and the clock that runs them is believed."""
    found = [c for c in _concerns(i) if c.kind in _TIMETABLE]
    mends = dict.fromkeys(_TIMETABLE[c.kind] for c in found)
    return _check("timetable", found, "every job runs", "; ".join(mends))


def rungs(i: Installation) -> Check:
    """No reminder is late."""
    found = [c for c in _concerns(i) if c.kind is Kind.rungs]
    well = f"none is overdue by more than {int(GRACE.total_seconds() // 60)} minutes"
    return _check("rungs", found, well, "does the clock run? try: guapai run sweep")


def backup(i: Installation) -> Check:
    """A good pack was made lately."""
    with unit_of_work(i.engine, i.clock, write=False) as work:
        last, figures = made.last_good(work), look_around(work, i.settings.files)
    found = [c for c in concerns(figures) if c.kind is Kind.backup]
    none = "the timetable that runs here makes none"
    well = none if figures.beats and figures.packing is None else "no pack was made here yet"
    well = f"the last good pack is {last.place}" if last else well
    mend = "look into its log, or try: guapai backup"
    return _check("backup", found, well, mend)


def files(i: Installation) -> Check:
    """No file is known to be damaged."""
    with unit_of_work(i.engine, i.clock, write=False) as work:
        known = len(damage.standing(work))
    if not known:
        return Check("files", "ok", "none is known to be damaged")
    mend = "see which: guapai verify --files; take them from a pack"
    return Check("files", "fault", f"{known} files are damaged or lost", mend)


def incidents(i: Installation) -> Check:
    """No incident is open."""
    found = [c for c in _concerns(i) if c.kind is Kind.incidents]
    return _check("incidents", found, "none is open", "see which: guapai incident list")


def certificate(i: Installation) -> Check:
    """The web server's certificate does not end soon."""
    if i.settings.certificate is None:
        return Check("certificate", "ok", "not watched; GUAPAI_CERTIFICATE names its PEM file")
    found = [c for c in _concerns(i) if c.kind is Kind.certificate]
    mend = f"renew {i.settings.certificate}"
    return _check("certificate", found, f"{i.settings.certificate} is valid for long", mend)


def _concerns(i: Installation) -> list[Concern]:
    with unit_of_work(i.engine, i.clock, write=False) as work:
        return concerns(look_around(work, i.settings.files, i.settings.certificate))


def _check(name: str, found: list[Concern], well: str, mend: str) -> Check:
    if not found:
        return Check(name, "ok", well)
    state = "fault" if any(c.state == "fault" for c in found) else "warning"
    return Check(name, state, "; ".join(c.found for c in found), mend)
