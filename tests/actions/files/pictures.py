"""Pictures of every kind, and what a view shows of them."""

import hashlib
import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, TiffImagePlugin

from actions.files.view import MEDIA_TYPE, Size, make
from guapai.errors import BadInput
from storage.files.store import FileStore, Kept

ROOT = Path(__file__).parents[3]


PLACE = (31.7336, 116.5078)


NAME = b"Inspector-Wang-Phone"


UNREADABLE = "这张图片无法读取"


def _bytes(picture: Image.Image, kind: str, **more: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue()


def _exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = NAME.decode()
    exif[0x8825] = {
        1: "N",
        2: tuple(TiffImagePlugin.IFDRational(v) for v in (31, 44, 1)),
        3: "E",
        4: tuple(TiffImagePlugin.IFDRational(v) for v in (116, 30, 28)),
    }
    return exif


def _halves(width: int, height: int) -> Image.Image:
    """A picture whose left half is red and whose right half is blue."""
    picture = Image.new("RGB", (width, height), "blue")
    picture.paste("red", (0, 0, width // 2, height))
    return picture


def _view(store: FileStore, kept: Kept, size: Size = "view") -> Image.Image:
    path = make(store, kept.sha256, kept.media_type, size)
    assert MEDIA_TYPE == "image/jpeg"
    assert path.read_bytes().startswith(b"\xff\xd8\xff")
    with Image.open(path) as picture:
        picture.load()
    return picture


def _is(picture: Image.Image, at: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    found = picture.getpixel(at)
    assert isinstance(found, tuple)
    return all(abs(a - b) < 40 for a, b in zip(found, colour, strict=True))


RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def _png(width: int, height: int) -> bytes:
    """A white picture of one bit per pixel, however large, in little memory."""

    def part(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    packing = zlib.compressobj(9)
    row = b"\0" + b"\xff" * (-(-width // 8))
    rows = b"".join(packing.compress(row) for _ in range(height)) + packing.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", rows) + part(b"IEND", b"")


def _refused(store: FileStore, data: bytes, media_type: str) -> Path:
    """A picture that cannot be read; the folder where that is remembered."""
    digest = hashlib.sha256(data).hexdigest()
    store.path(digest).parent.mkdir(parents=True, exist_ok=True)
    store.path(digest).write_bytes(data)
    with pytest.raises(BadInput, match=UNREADABLE) as refused:
        make(store, digest, media_type, "view")
    assert "原件仍保留" in str(refused.value)
    assert store.path(digest).read_bytes() == data
    folder = store.folder / "views" / digest[:2]
    assert [p.name for p in folder.iterdir()] == [f"{digest}-view.unreadable"]
    return folder


PHOTO = _bytes(Image.effect_noise((600, 400), 60).convert("RGB"), "JPEG")


def _scanned(scans: int) -> bytes:
    """A progressive photograph with so many scans more, all of them the last one again."""
    data = _bytes(Image.effect_noise((640, 480), 60).convert("RGB"), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * scans + data[-2:]
