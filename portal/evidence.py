"""Evidence: files that arrive (tus 1.0), and files that are looked at; every look is written down."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from pathlib import Path

from anyio import fail_after, from_thread
from starlette.responses import FileResponse, Response

from actions.files import upload as uploads
from actions.files.giving import given_file, given_view
from actions.files.view import Size
from guapai.errors import BadInput, Missing
from guapai.people import Role
from portal.form.pairs import PICTURES
from portal.web.may import IN_POST
from portal.web.page import Answer, page
from portal.web.visit import Visit
from storage.files import evidence
from storage.files.evidence import MOST_BYTES
from storage.files.upload import Upload
from storage.history import reading
from storage.history.reading import Looked
from storage.questions import casefile

PATIENCE = 30
"""So many seconds the next bytes of a piece are waited for: who falls silent holds up nobody."""
_TUS = {"Tus-Resumable": "1.0.0", "Cache-Control": "no-store"}
ORIGINALS = frozenset({Role.auditor, Role.discipline_supervisor, Role.audit_admin})
"""Who may have the bytes of a photo as they came; the page of a case links them for these only."""


@page("/uploads", may=IN_POST, method="OPTIONS", streams=True)
def describe(visit: Visit) -> Answer:
    """What uploads understand."""
    known = {"Tus-Version": "1.0.0", "Tus-Extension": "creation,termination"}
    return Response(status_code=204, headers={**_TUS, **known, "Tus-Max-Size": str(MOST_BYTES)})


@page("/uploads", may=IN_POST, method="POST", streams=True)
def begin(visit: Visit) -> Answer:
    """A file is about to arrive."""
    headers = visit.request.headers
    size, name = headers.get("upload-length", ""), _name(headers.get("upload-metadata", ""))
    if not size.isdecimal() or len(size) > 12:
        raise BadInput("请说明文件的大小")
    with visit.writing() as work:
        upload = uploads.begin(work, visit.actor.person_id or 0, name, int(size))
    return Response(status_code=201, headers={**_TUS, "Location": f"/uploads/{upload.id}"})


def _name(metadata: str) -> str:
    """The file's name as tus sends it: key, blank, base64 of UTF-8."""
    for pair in metadata.split(","):
        key, _, value = pair.strip().partition(" ")
        if key == "filename":
            try:
                return base64.b64decode(value, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                raise BadInput("文件名无法识别，请改名后重新上传") from None
    return ""


@page("/uploads/{upload_id}", may=IN_POST, method="HEAD", streams=True)
def how_far(visit: Visit, upload_id: str) -> Answer:
    """How much has arrived."""
    with visit.reading() as work:
        upload = uploads.find(work, upload_id, visit.actor.person_id or 0)
    return Response(headers={**_state(upload), "Upload-Length": str(upload.size)})


@page("/uploads/{upload_id}", may=IN_POST, method="PATCH", streams=True)
def go_on(visit: Visit, upload_id: str) -> Answer:
    """The next piece; with the last one the answer names the file."""
    headers, house = visit.request.headers, visit.house
    if headers.get("tus-resumable", "1.0.0") != "1.0.0":
        return Response(status_code=412, headers={**_TUS, "Tus-Version": "1.0.0"})
    if headers.get("content-type") != "application/offset+octet-stream":
        return Response(status_code=415, headers=_TUS)
    offset = headers.get("upload-offset", "")
    if not offset.isdecimal() or len(offset) > 12:
        raise BadInput("请说明从哪里继续")
    upload = uploads.receive(
        house.engine,
        house.clock,
        house.store,
        upload_id,
        visit.actor.person_id or 0,
        int(offset),
        _pieces(visit),
    )
    return Response(status_code=204, headers=_state(upload))


def _state(upload: Upload) -> dict[str, str]:
    found = {**_TUS, "Upload-Offset": str(upload.received)}
    return {**found, "X-Guapai-Sha256": upload.sha256} if upload.sha256 else found


def _pieces(visit: Visit) -> Iterator[bytes]:
    """The body as it comes in, read from the thread that writes it down."""
    stream = visit.request.stream()

    async def following() -> bytes:
        with fail_after(PATIENCE):
            return await stream.__anext__()

    while True:
        try:
            piece = from_thread.run(following)
        except StopAsyncIteration:
            return
        yield piece


@page("/uploads/{upload_id}", may=IN_POST, method="DELETE", streams=True)
def give_up(visit: Visit, upload_id: str) -> Answer:
    """The file is not wanted after all."""
    house = visit.house
    uploads.cancel(house.engine, house.clock, house.store, upload_id, visit.actor.person_id or 0)
    return Response(status_code=204, headers=_TUS)


@page("/evidence/{evidence_id:int}/thumb", may=IN_POST)
def show_thumb(visit: Visit, evidence_id: int) -> Answer:
    """A small copy for the page of the case, without what a camera adds."""
    found = evidence.get(visit.work, evidence_id)
    if found is None or casefile.find(visit.work, visit.scope, found["case_id"]) is None:
        raise Missing("没有这个页面，或您无权查看")
    path, kind = _view(visit, found, "thumb")
    return FileResponse(path, media_type=kind, headers={"Cache-Control": "private, max-age=3600"})


@page("/evidence/{evidence_id:int}/view", may=IN_POST, works=True)
def show_view(visit: Visit, evidence_id: int) -> Answer:
    """The picture to look at, re-encoded, without place and device."""
    found = _looked(visit, evidence_id, Looked.evidence)
    path, kind = _view(visit, found, "view")
    return FileResponse(path, media_type=kind)


@page("/evidence/{evidence_id:int}/original", may=IN_POST, works=True)
def hand_out(visit: Visit, evidence_id: int) -> Answer:
    """The file as it came: documents for all who see the case, photos for auditors only."""
    found = _looked(visit, evidence_id, Looked.original)
    ending = evidence.ending_of(found["media_type"])
    house = visit.house
    return FileResponse(
        given_file(house.engine, house.clock, house.store, found["file"]),
        media_type=found["media_type"],
        filename=f"evidence-{evidence_id}{ending}",
        headers={"Content-Security-Policy": "sandbox; default-src 'none'"},
    )


def _view(visit: Visit, found: Mapping[str, str], size: Size) -> tuple[Path, str]:
    house = visit.house
    kept = (found["file"], found["media_type"])
    return given_view(house.engine, house.clock, house.store, *kept, size)


def _looked(visit: Visit, evidence_id: int, what: Looked) -> dict[str, str]:
    """The file, once it is written down who looks. Raises Missing for whom it is not meant."""
    with visit.writing() as work:
        found = evidence.get(work, evidence_id)
        if found is None or casefile.find(work, visit.scope, found["case_id"]) is None:
            raise Missing("没有这个页面，或您无权查看")
        photo = found["media_type"] in PICTURES
        if what is Looked.original and photo and visit.actor.role not in ORIGINALS:
            raise Missing("没有这个页面，或您无权查看")
        case_id, row_id = int(found["case_id"]), evidence_id
        reading.note(work, visit.actor, what, case_id=case_id, row_id=row_id)
    return found
