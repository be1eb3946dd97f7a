"""Files that come with a form: kept in the store, and only those the sender may put into the case."""

import secrets
from collections.abc import Iterator
from typing import IO, Any

from actions.files.upload import Quota
from guapai.errors import BadInput
from guapai.text import one_line
from portal.web.visit import Form, Visit
from storage.database.work import Work
from storage.files import evidence, upload

_CHUNK = 1024 * 1024
MOST_NAMED = 100
"""So many files or points of a case a form offers, the latest files."""


def keep_files(visit: Visit, form: Form, name: str) -> str:
    """Keep the files a browser without scripts sent along; a sentence when one cannot be taken.

    What was kept is added to the form as if it had been uploaded before.
    """
    said = []
    for file in form.files.get(f"{name}-upload", []):
        title = one_line(file.filename or "")[:200]
        try:
            _count(visit, file.size or 0)
            kept = visit.house.store.put(_chunks(file.file))
        except BadInput as error:
            said.append(f"{title}：{error}")
            continue
        with visit.writing() as work:
            evidence.remember(work, kept)
            _note(work, visit, title, kept.sha256, kept.size)
        for part, value in _said(form, name, title, kept.sha256).items():
            form.values.setdefault(f"{name}-{part}", []).append(value)
    return "；".join(said)


def _count(visit: Visit, size: int) -> None:
    s = visit.house.settings
    with visit.writing() as work:
        Quota(s.uploads_per_day, s.upload_mb_per_day).take(work, visit.actor.person_id or 0, size)


def _said(form: Form, name: str, title: str, sha256: str) -> dict[str, str]:
    return {
        "file": sha256,
        "kind": form.get(f"{name}-upload-kind", "document"),
        "point": form.get(f"{name}-upload-point"),
        "task": form.get(f"{name}-upload-task"),
        "caption": form.get(f"{name}-upload-caption") or title,
        "supersedes": "",
        "name": title,
    }


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield chunk


def _note(work: Work, visit: Visit, title: str, sha256: str, size: int) -> None:
    upload.begin(
        work,
        upload.Upload(
            id=secrets.token_hex(16),
            person_id=visit.actor.person_id or 0,
            name=title,
            size=size,
            received=size,
            sha256=sha256,
            began_at=work.now,
        ),
    )


def check_files(work: Work, visit: Visit, case_id: int | None, rows: list[dict[str, Any]]) -> None:
    """Raise BadInput unless each file was handed in by this person, or lies in this case already.

    Who knows no more than a hash gets no file by it.
    """
    person_id = visit.actor.person_id or 0
    here = {e.file for e in evidence.of_case(work, case_id)} if case_id is not None else set()
    for row in rows:
        if row["file"] not in here and upload.handed_in(work, row["file"], person_id) is None:
            raise BadInput("有附件不是您上传的，或已失效；请移除后重新上传")


def shown_before(work: Work, case_id: int) -> list[tuple[int, str]]:
    """The evidence a better file may supersede, the latest first; both stay in the case."""
    found = evidence.of_case(work, case_id)
    gone = {e.supersedes for e in found}
    left = [e for e in reversed(found) if e.id not in gone][:MOST_NAMED]
    return [(e.id, f"#{nth} {e.point} {one_line(e.caption)[:30]}") for nth, e in enumerate(left, 1)]


def points(work: Work, case_id: int) -> list[str]:
    """The points of a hazard that were named before."""
    return sorted({e.point for e in evidence.of_case(work, case_id) if e.point})[:MOST_NAMED]
