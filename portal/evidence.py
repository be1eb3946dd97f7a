"""Evidence: files that arrive (tus 1.0), and files that are looked at; every look is written down."""

import base64
import binascii
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from anyio import CancelScope, sleep
from starlette.responses import FileResponse, Response

from actions.files import upload as uploads
from actions.files import view as picture
from actions.files.giving import given_file, made_view, whole_again
from guapai.errors import BadInput, Busy, Missing
from guapai.people import Role
from portal.web.may import IN_POST
from portal.web.page import Answer, page
from portal.web.visit import Visit
from storage.database.work import Work
from storage.files import damage
from storage.files.kind import PICTURES, ending_of
from storage.files.store import MOST_BYTES
from storage.files.upload import Upload
from storage.history import reading
from storage.history.reading import Looked
from storage.questions import casefile

_AT_A_TIME = 256 * 1024
"""Bytes that are gathered before they go to the disk."""
_TRIES, _PAUSE = 20, 0.15
"""So often, and after so many seconds each, it is tried to make a view while others make one (own)."""
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
        s = visit.house.settings
        quota = uploads.Quota(s.uploads_per_day, s.upload_mb_per_day)
        upload = uploads.begin(work, visit.actor.person_id or 0, name, int(size), quota)
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
async def go_on(visit: Visit, upload_id: str) -> Answer:
    """The next piece; with the last one the answer names the file.

    No thread waits for the sender: one is taken only to put down what has come.
    """
    headers, house = visit.request.headers, visit.house
    if headers.get("tus-resumable", "1.0.0") != "1.0.0":
        return Response(status_code=412, headers={**_TUS, "Tus-Version": "1.0.0"})
    if headers.get("content-type") != "application/offset+octet-stream":
        return Response(status_code=415, headers=_TUS)
    offset = headers.get("upload-offset", "")
    if not offset.isdecimal() or len(offset) > 12:
        raise BadInput("请说明从哪里继续")
    disk, me = house.pools.disk, visit.actor.person_id or 0
    with house.pools.arriving.passed(me):
        piece = await disk.run(
            uploads.Piece, house.engine, house.clock, house.store, upload_id, me, int(offset)
        )
        try:
            async for gathered in _gathered(visit):
                await disk.run(piece.write, gathered)
        except BaseException:
            with CancelScope(shield=True):
                upload = await disk.run(piece.close)
            if upload.sha256 is None:  # what arrived is kept; was it all, nothing is wrong
                raise
        else:
            upload = await disk.run(piece.close)
    return Response(status_code=204, headers=_state(upload))


def _state(upload: Upload) -> dict[str, str]:
    found = {**_TUS, "Upload-Offset": str(upload.received)}
    return {**found, "X-Guapai-Sha256": upload.sha256} if upload.sha256 else found


async def _gathered(visit: Visit) -> AsyncIterator[bytes]:
    """The body as it comes in, some of it at a time; what came before it broke off comes too."""
    waiting = bytearray()
    try:
        async for part in visit.request.stream():
            waiting += part
            if len(waiting) >= _AT_A_TIME:
                yield bytes(waiting)
                waiting.clear()
    except Exception:
        if waiting:
            yield bytes(waiting)
        raise
    if waiting:
        yield bytes(waiting)


@page("/uploads/{upload_id}", may=IN_POST, method="DELETE", streams=True)
def give_up(visit: Visit, upload_id: str) -> Answer:
    """The file is not wanted after all."""
    house = visit.house
    uploads.cancel(house.engine, house.clock, house.store, upload_id, visit.actor.person_id or 0)
    return Response(status_code=204, headers=_TUS)


@page("/evidence/{evidence_id:int}/thumb", may=IN_POST, works=True)
async def show_thumb(visit: Visit, evidence_id: int) -> Answer:
    """A small copy for the page of the case, without what a camera adds."""
    found = await visit.house.pools.reads.run(_seen, visit, evidence_id, one=visit.reference)
    headers = {"Cache-Control": "private, max-age=3600"}
    return FileResponse(
        await _view(visit, found, "thumb"), media_type=picture.MEDIA_TYPE, headers=headers
    )


@page("/evidence/{evidence_id:int}/view", may=IN_POST, works=True)
async def show_view(visit: Visit, evidence_id: int) -> Answer:
    """The picture to look at, re-encoded, without place and device."""
    found = await visit.house.pools.works.run(
        _looked, visit, evidence_id, Looked.evidence, one=visit.reference
    )
    return FileResponse(await _view(visit, found, "view"), media_type=picture.MEDIA_TYPE)


async def _view(visit: Visit, found: dict[str, Any], size: picture.Size) -> Path:
    """A view of a picture. The original is not read for one that is made already, unless it is known
    to be damaged: then it is looked at anew.

    One that has to be made waits among those, and for a while only.
    """
    house, one = visit.house, visit.reference
    where, about = (house.engine, house.clock, house.store), (found["media_type"], size)
    if found["media_type"] in PICTURES and found["damaged"]:
        await house.pools.works.run(whole_again, *where, found["file"], one=one)
    ready = picture.made(house.store, found["file"], *about)
    if ready is not None:
        return ready
    for _ in range(_TRIES):
        try:
            return await house.pools.pictures.run(made_view, *where, found["file"], *about, one=one)
        except picture.Taken:  # another process makes one beside it
            await sleep(_PAUSE)
    raise Busy("这张图片正在生成预览，请稍候再看", after=2)


@page("/evidence/{evidence_id:int}/original", may=IN_POST, works=True)
def hand_out(visit: Visit, evidence_id: int) -> Answer:
    """The file as it came: documents for all who see the case, photos for auditors only."""
    found = _looked(visit, evidence_id, Looked.original)
    ending = ending_of(found["media_type"])
    house = visit.house
    return FileResponse(
        given_file(house.engine, house.clock, house.store, found["file"]),
        media_type=found["media_type"],
        filename=f"evidence-{evidence_id}{ending}",
        headers={"Content-Security-Policy": "sandbox; default-src 'none'"},
    )


def _seen(visit: Visit, evidence_id: int) -> dict[str, Any]:
    """The file of a case that the visitor sees. Raises Missing."""
    with visit.reading() as work:
        return _found(visit, work, evidence_id)


def _found(visit: Visit, work: Work, evidence_id: int) -> dict[str, Any]:
    """The file, and whether it is known to be damaged."""
    found = casefile.find_file(work, visit.scope, evidence_id)
    if found is None:
        raise Missing("没有这个页面，或您无权查看")
    return {**found, "damaged": damage.is_known(work, found["file"])}


def _looked(visit: Visit, evidence_id: int, what: Looked) -> dict[str, Any]:
    """The file, once it is written down who looks. Raises Missing for whom it is not meant."""
    with visit.writing() as work:
        found = _found(visit, work, evidence_id)
        photo = found["media_type"] in PICTURES
        if what is Looked.original and photo and visit.actor.role not in ORIGINALS:
            raise Missing("没有这个页面，或您无权查看")
        case_id, row_id = int(found["case_id"]), evidence_id
        reading.note(work, visit.actor, what, case_id=case_id, row_id=row_id)
    return found
