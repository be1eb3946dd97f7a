"""Evidence files: kept once under the SHA-256 of their bytes, in a folder beside the database."""

import hashlib
import os
import re
import secrets
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any

import puremagic
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, SQLModel

from guapai.errors import BadInput, Missing
from guapai.text import Said
from storage.database.columns import FOLDED, identity, long_text, reference, whole
from storage.database.statement import Question
from storage.database.work import Work
from storage.files import scans

MOST_BYTES = 50 * 1024 * 1024
TYPES = {
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".jfif": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".heic": "image/heic",
    ".mp4": "video/mp4",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}
"""What may be handed in, by what its content says (own)."""


class StoredFile(SQLModel, table=True):
    """A file that is in the store; its name on disk is its hash."""

    __tablename__ = "files"

    sha256: str = Field(max_length=64, primary_key=True)
    size: int = Field(sa_type=sa.BigInteger)
    media_type: str = Field(max_length=120)
    stored_at: datetime


class EvidenceFile(SQLModel, table=True):
    """A file in a case: handed in with which event, showing what, at which point of the hazard.

    Nothing is ever replaced: a better file ``supersedes`` an earlier one, and both stay.
    """

    __tablename__ = "evidence"
    __table_args__ = FOLDED

    id: int = identity()
    case_id: int = reference("cases.id", index=True)
    event_id: int = reference("events.id")
    file: str = Field(max_length=64, foreign_key="files.sha256")
    kind: str = Field(max_length=20)
    caption: str = long_text()
    point: str = Field(default="", max_length=200)
    supersedes: int | None = whole()


FILES: sa.Table = StoredFile.__table__  # type: ignore[attr-defined]
TABLE: sa.Table = EvidenceFile.__table__  # type: ignore[attr-defined]
_FILE = Question(sa.select(FILES).where(FILES.c.sha256 == sa.bindparam("sha256")))
_BY_ID = Question(
    sa.select(TABLE, FILES.c.media_type, FILES.c.size)
    .join(FILES, FILES.c.sha256 == TABLE.c.file)
    .where(TABLE.c.id == sa.bindparam("id"))
)
_OF_CASE = Question(
    sa.select(TABLE).where(TABLE.c.case_id == sa.bindparam("case_id")).order_by(TABLE.c.id)
)


_STORED = {c.name: sa.bindparam(c.name, type_=c.type) for c in FILES.c}
_REMEMBER = {
    "postgresql": Question(
        postgresql.insert(FILES).values(_STORED).on_conflict_do_nothing().returning(FILES.c.sha256)
    ),
    # a frozen table of SQLite refuses a key that is there before ON CONFLICT is looked at; nobody
    # else writes between the question and the row
    "sqlite": Question(
        sa.insert(FILES)
        .from_select(
            list(_STORED),
            sa.select(*_STORED.values()).where(
                ~sa.exists().where(FILES.c.sha256 == _STORED["sha256"])
            ),
        )
        .returning(FILES.c.sha256)
    ),
}


@dataclass(frozen=True)
class Kept:
    """A file that lies in the store."""

    sha256: str
    size: int
    media_type: str


def too_large(most_bytes: int) -> Said:
    """What is said of a file that is larger than it may be."""
    return Said("文件超过%(most)dMB，请压缩后再上传", most=most_bytes // (1024 * 1024))


class FileStore:
    """Files by their hash under a folder, two letters deep; writing is atomic and durable."""

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self.most_bytes = most_bytes

    def put(self, chunks: Iterable[bytes], media_type: str | None = None) -> Kept:
        """Stream a file into the store.

        Raises BadInput when it is empty, too big, no type we take, or not of the one it must be.
        `remember` enters the answer in the database.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f".draft-{secrets.token_hex(8)}"
        try:
            size, digest = self._write(draft, chunks)
            found = type_of(draft)
            if media_type not in (None, found):
                raise BadInput("文件的内容与扩展名不符，请用原来的程序另存为正确的格式后再上传")
            if found == TYPES[".jpg"] and scans.too_many(draft):
                raise BadInput("这张图片的编码异常，请用其他程序打开另存后重新上传")
            target = self.path(digest)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(draft, target)
            for folder in (target.parent, self.folder):
                _sync_folder(folder)
        finally:
            draft.unlink(missing_ok=True)
        return Kept(digest, size, found)

    def _write(self, draft: Path, chunks: Iterable[bytes]) -> tuple[int, str]:
        size, digest = 0, hashlib.sha256()
        with draft.open("wb") as out:
            for chunk in chunks:
                size += len(chunk)
                if size > self.most_bytes:
                    raise BadInput(too_large(self.most_bytes))
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if not size:
            raise BadInput("文件是空的，请重新选择")
        return size, digest.hexdigest()

    def path(self, sha256: str) -> Path:
        """Where a file with that hash lies."""
        return self.folder / sha256[:2] / sha256

    def read(self, sha256: str) -> bytes:
        """The bytes of a file. Raises Missing when it is not there, or no longer what it was."""
        try:
            data = self.path(sha256).read_bytes()
        except FileNotFoundError:
            raise Missing("没有这个文件") from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Missing("文件已损坏，请联系系统管理员从备份恢复")
        return data


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


_NOT_TAKEN = "不支持这种文件，请上传 PDF、图片、Word、Excel、视频或 ZIP 文件"


def type_named(name: str) -> str:
    """The media type a file's name promises. Raises BadInput for a name we do not take."""
    promised = TYPES.get(PurePath(name).suffix.lower())
    if promised is None:
        raise BadInput(_NOT_TAKEN)
    return promised


def type_of(path: Path) -> str:
    """The media type by content. Raises BadInput for content we do not take."""
    try:
        found = puremagic.magic_file(str(path))
    except (puremagic.PureError, ValueError):
        found = []
    for match in found:
        if match.extension in _PACKED:
            return TYPES[_packed(path)]
        if match.extension in TYPES:
            return TYPES[match.extension]
    raise BadInput(_NOT_TAKEN)


_PACKED = frozenset({".zip", ".docx", ".xlsx"})
_PARTS = {  # some programs number the main part: word/document2.xml
    re.compile(r"word/document\d*\.xml"): ".docx",
    re.compile(r"xl/workbook\d*\.xml"): ".xlsx",
}


def _packed(path: Path) -> str:
    """Which of the types that are ZIP files inside; their first bytes are all the same."""
    try:
        with zipfile.ZipFile(path) as packed:
            names = set(packed.namelist())
    except zipfile.BadZipFile:
        raise BadInput("压缩文件已损坏，请重新压缩后再上传") from None
    if "[Content_Types].xml" in names:
        for part, kind in _PARTS.items():
            if any(part.fullmatch(name) for name in names):
                return kind
    return ".zip"


def remember(work: Work, stored: Kept) -> None:
    """Enter a stored file in the database; once is enough, also for two at the same time."""
    work.records(
        _REMEMBER[work.dialect.name],
        sha256=stored.sha256,
        size=stored.size,
        media_type=stored.media_type,
        stored_at=work.now,
    )


def is_stored(work: Work, sha256: str) -> bool:
    """Whether a file is in the store."""
    return bool(work.records(_FILE, sha256=sha256))


def get(work: Work, evidence_id: int) -> dict[str, Any] | None:
    """A file in a case, with its media type and size."""
    return next(iter(work.records(_BY_ID, id=evidence_id)), None)


def ending_of(media_type: str) -> str:
    """How the name of a file of a type ends."""
    return next((e for e, t in TYPES.items() if t == media_type), "")


def is_in(work: Work, evidence_id: int, case_id: int) -> bool:
    """Whether a file was handed in in a case."""
    return any(e.id == evidence_id for e in of_case(work, case_id))


def of_case(work: Work, case_id: int) -> list[EvidenceFile]:
    """The evidence of a case, oldest first."""
    return work.ask(_OF_CASE, EvidenceFile, case_id=case_id)
