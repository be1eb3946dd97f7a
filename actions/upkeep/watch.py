"""The watch: figures that tell whether everything runs, and what is wrong by them.

It tells what no incident can: that nothing runs, that mail is dead, that a clock is wrong. What
becomes an incident it only counts; their letters say what each is about.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from guapai.clock import local_date, local_time
from guapai.word import Word
from storage.database.work import Work
from storage.files.place import store_at
from storage.questions import watching
from storage.schema import health
from storage.upkeep import heartbeat, hold, made, watermark
from storage.upkeep import pack as rules
from storage.upkeep.heartbeat import Heartbeat
from storage.upkeep.hold import Hold
from storage.upkeep.tally import Tally
from storage.upkeep.watermark import Mark

GRACE = timedelta(minutes=5)
"""After so long something that did not happen is missed (own)."""
LONG = timedelta(hours=1)
"""A queue that stands longer is a fault, not only a warning (own)."""
REMEMBERED = timedelta(days=1)
"""How long a silence that is over is spoken of (own)."""
SCARCE, LOW = 10**9, 5 * 10**9
"""Free bytes on a disk: below the first is a fault, below the second a warning (own)."""
OLDEST_PACK = timedelta(hours=50)
"""A good pack is made every day; two that fail are missed (own)."""
PACKING = "backup"
"""The job that makes packs."""
ENDING, ENDS = timedelta(days=30), timedelta(days=7)
"""A certificate that ends within the first is a warning, within the second a fault (own)."""


_PLACES = {"files": "文件", "database": "数据库"}


class Kind(Word):
    """What can be wrong, as administrators read it."""

    clock = "clock", "系统时钟不可信，定时任务暂停"
    hold = "hold", "已由人工暂停"
    job = "job", "定时任务未运行"
    long = "long", "定时任务运行时间过长"
    failing = "failing", "定时任务运行失败"
    never = "never", "定时任务从未运行"
    silence = "silence", "定时任务曾长时间未运行"
    rungs = "rungs", "到期提醒未按时发出"
    queue = "queue", "信件未按时投递"
    disk = "disk", "磁盘空间不足"
    calendar = "calendar", "工作日历未确认"
    certificate = "certificate", "网站证书即将到期"
    backup = "backup", "数据未按时备份"
    incidents = "incidents", "有待处理的运行事件"


@dataclass(frozen=True)
class Concern:
    """One thing that is wrong. ``state`` is warning or fault; ``subject`` a Chinese title of ours.

    ``found`` says it at a console and in the journal, ``told`` in the letter to administrators.
    """

    kind: Kind
    state: str
    found: str
    told: str
    name: str = ""
    subject: str = ""

    @property
    def key(self) -> str:
        """The same for the same trouble, however long it lasts."""
        return f"{self.kind}.{self.name}" if self.name else str(self.kind)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What is known at an instant."""

    now: datetime
    beats: Sequence[Heartbeat] = ()
    marks: Sequence[Mark] = ()
    holds: Sequence[Hold] = ()
    rungs_overdue: int = 0
    rungs_since: datetime | None = None
    queued: int = 0
    queue_oldest: datetime | None = None
    queue_due: datetime | None = None
    confirmed: frozenset[int] = frozenset()
    free: Mapping[str, int] = field(default_factory=dict)
    certificate: datetime | None = None
    packed: datetime | None = None
    incidents: int = 0

    @property
    def packing(self) -> Heartbeat | None:
        """The job that makes packs; None where the timetable has no use for it."""
        return next((b for b in self.beats if b.job == PACKING), None)


def look_around(work: Work, files: Path, certificate: Path | None = None) -> Figures:
    """The figures of an installation, now; ``certificate`` is the web server's PEM file."""
    overdue, since = watching.rungs_overdue(work, GRACE)
    queued, oldest, due = watching.queue(work)
    return Figures(
        now=work.now,
        beats=heartbeat.every(work),
        marks=watermark.every(work),
        holds=hold.standing(work),
        rungs_overdue=overdue,
        rungs_since=since,
        queued=queued,
        queue_oldest=oldest,
        queue_due=due,
        confirmed=frozenset(rules.calendar(work).confirmed),
        free={name: health.disk_of(place).free for name, place in _places(work, files).items()},
        certificate=certificate_end(certificate) if certificate else None,
        packed=pack.made_at if (pack := made.last_good(work)) else None,
        incidents=watching.open_incidents(work),
    )


def _places(work: Work, files: Path) -> dict[str, Path]:
    file = health.sqlite_file(work.database)
    return {"files": store_at(files).folder, **({"database": file.parent} if file else {})}


def certificate_end(file: Path) -> datetime:
    """When the first certificate of a PEM file ends; the beginning of time when it cannot be read."""
    try:
        found = x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError):
        return datetime.min.replace(tzinfo=UTC)
    return found.not_valid_after_utc


def concerns(figures: Figures) -> list[Concern]:
    """What is wrong by the figures, the worst kinds first."""
    held = [m for m in figures.marks if m.why]
    return [
        *(_clock(m) for m in held),
        *_holds(figures),
        *_jobs(figures),
        *_work(figures),
        *_kept(figures),
        *_house(figures),
    ]


def of_the_clock(found: Sequence[Concern]) -> list[Concern]:
    """Those that are true whatever time it is; all that a clock not believed may say."""
    return [c for c in found if c.kind in (Kind.clock, Kind.hold)]


def _clock(mark: Mark) -> Concern:
    found = f"the clock of {mark.host} is not believed: {mark.why}"
    told = f"主机{mark.host}的时钟与其他时间来源不符，在恢复正确或由人员确认之前不办理定时任务"
    return Concern(Kind.clock, "fault", found, told, mark.host)


def _holds(figures: Figures) -> Iterator[Concern]:
    for held in figures.holds:
        found = f"{held.what} is held since {_shown(held.since)}: {held.reason}"
        what, why = hold.Held(held.what).label, hold.HoldReason(held.reason).label
        told = f"{what}自{_shown(held.since)}起暂停，原因：{why}"
        yield Concern(Kind.hold, "warning", found, told, str(held.what), what)


def _jobs(figures: Figures) -> Iterator[Concern]:
    if not figures.beats:
        told = "本系统的定时任务一次也没有运行过"
        yield Concern(Kind.never, "warning", "no job has ever run here", told)
    by_job: dict[str, list[Heartbeat]] = {}
    for beat in figures.beats:
        by_job.setdefault(beat.job, []).append(beat)
    for beats in by_job.values():
        yield from _beats(beats, figures.now)


def _beats(beats: Sequence[Heartbeat], now: datetime) -> Iterator[Concern]:
    """What is wrong with a job: once, if it is the same in all its shards."""
    found = [c for b in beats for c in _beat(b, now, f"{b.job}.{b.shard}".rstrip("."))]
    for concern in found:
        if len(beats) == 1 or sum(c.kind == concern.kind for c in found) < len(beats):
            yield concern
    for concern in _beat(beats[0], now, beats[0].job) if len(beats) > 1 else ():
        if sum(c.kind == concern.kind for c in found) == len(beats):
            yield concern


def _beat(beat: Heartbeat, now: datetime, name: str) -> Iterator[Concern]:
    patience = timedelta(seconds=beat.patience)
    if beat.known_at is None:
        yield Concern(
            Kind.never, "warning", f"{name} has never run", "一次也没有运行过", name, beat.title
        )
    elif now - beat.known_at > patience:
        begun, ended = beat.begun_at or beat.known_at, beat.ended_at
        if ended is None or ended < begun:
            found = f"{name} began at {_shown(begun)} and has not ended"
            state = "fault" if now - begun > LONG else "warning"
            told = f"{_shown(begun)}开始，至今没有结束"
            yield Concern(Kind.long, state, found, told, name, beat.title)
        elif now - begun <= patience and beat.failures:
            found = f"{name} fails, {beat.failures} times now: {beat.told}"
            told = f"已连续{beat.failures}次失败：{_figures(beat.told)}"
            yield Concern(Kind.failing, "fault", found, told, name, beat.title)
        else:
            found = f"{name} has not run since {_shown(beat.known_at)}"
            told = f"{_shown(beat.known_at)}以来没有运行"
            yield Concern(Kind.job, "fault", found, told, name, beat.title)
    if beat.silent_until and beat.silent_from and now - beat.silent_until < REMEMBERED:
        found = f"{name} did not run from {_shown(beat.silent_from)} to {_shown(beat.silent_until)}"
        told = f"{_shown(beat.silent_from)}至{_shown(beat.silent_until)}没有运行"
        yield Concern(Kind.silence, "warning", found, told, name, beat.title)


def _work(figures: Figures) -> Iterator[Concern]:
    if figures.rungs_overdue and figures.rungs_since:
        found = (
            f"{figures.rungs_overdue} rungs overdue, the first since {_shown(figures.rungs_since)}"
        )
        told = f"{figures.rungs_overdue}项提醒逾期未发，最早应于{_shown(figures.rungs_since)}发出"
        yield Concern(Kind.rungs, "fault", found, told)
    if figures.queue_due and figures.now - figures.queue_due > GRACE:
        state = "fault" if figures.now - figures.queue_due > LONG else "warning"
        found = (
            f"{figures.queued} letters wait, one could have gone out at {_shown(figures.queue_due)}"
        )
        told = f"{figures.queued}封信件等待投递，最早本可于{_shown(figures.queue_due)}发出"
        yield Concern(Kind.queue, state, found, told)
    if figures.incidents:
        found, told = f"{figures.incidents} incidents are open", f"{figures.incidents}件"
        yield Concern(Kind.incidents, "warning", found, told)


def _kept(figures: Figures) -> Iterator[Concern]:
    """What is kept: packs, where the job is in the timetable and has run."""
    packing = figures.packing
    if packing is None:
        pass
    elif figures.packed is None and packing.ended_at is not None:
        told = "从未生成合格的备份包"
        yield Concern(Kind.backup, "fault", "no good pack was ever made here", told)
    elif figures.packed is not None and figures.now - figures.packed > OLDEST_PACK:
        found = f"the last good pack was made at {_shown(figures.packed)}"
        told = f"最近一个合格的备份包生成于{_shown(figures.packed)}"
        yield Concern(Kind.backup, "fault", found, told)


def _house(figures: Figures) -> Iterator[Concern]:
    for name, free in figures.free.items():
        if free < LOW:
            state = "fault" if free < SCARCE else "warning"
            left = f"{free / 10**9:.1f} GB"
            told = f"{_PLACES[name]}所在磁盘剩余{left}"
            yield Concern(Kind.disk, state, f"{name}: {left} free", told, name)
    today = local_date(figures.now)
    if today.year not in figures.confirmed:
        yield _provisional(today.year, "fault")
    elif today.year + 1 not in figures.confirmed and (today.month, today.day) > (12, 15):
        yield _provisional(today.year + 1, "warning")
    if figures.certificate is not None and figures.certificate - figures.now < ENDING:
        unread = figures.certificate.year == 1
        state = "fault" if figures.certificate - figures.now < ENDS else "warning"
        found = "it cannot be read" if unread else f"it ends on {_shown(figures.certificate)}"
        told = "证书文件无法读取" if unread else f"证书于{_shown(figures.certificate)}到期"
        yield Concern(Kind.certificate, state, found, told)


def _provisional(year: int, state: str) -> Concern:
    found, told = f"{year} is provisional (暂定)", f"{year}年的工作日历为暂定"
    return Concern(Kind.calendar, state, found, told)


def _figures(said: str) -> str:
    """What a run came to, as administrators read it; an error as it stands."""
    if not isinstance(said, Tally):
        return said
    return "；".join(f"{figure.label}：{value}" for figure, value in said.figures.items() if value)


def _shown(at: datetime) -> str:
    return f"{local_time(at):%Y-%m-%d %H:%M}"
