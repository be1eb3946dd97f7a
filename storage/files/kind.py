"""Which kinds of files are taken, told by their names and by what is in them."""

import re
import zipfile
from pathlib import Path, PurePath

import puremagic

from guapai.errors import BadInput

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

PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
"""What can be shown; other files are handed out."""

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


def ending_of(media_type: str) -> str:
    """How the name of a file of a type ends."""
    return next((e for e, t in TYPES.items() if t == media_type), "")
