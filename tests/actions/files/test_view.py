"""Views of pictures: clean, upright, small; and nothing a picture is can hurt the one who asks."""

import hashlib
import io
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, TiffImagePlugin

from actions.files.view import LONGEST, MEDIA_TYPE, Size, Taken, _alone, make
from guapai.errors import BadInput, Damaged, Missing
from storage.files.store import FileStore, Kept

ROOT = Path(__file__).parents[3]
PLACE = (31.7336, 116.5078)
NAME = b"Inspector-Wang-Phone"
UNREADABLE = "这张图片无法读取"


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


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


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_view_says_nothing_but_what_is_seen(store: FileStore, kind: str) -> None:
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + NAME + b"</x:xmpmeta>"
    more: dict[str, Any] = {"exif": _exif(1), "icc_profile": b"profile " + NAME, "quality": 90}
    if kind != "PNG":
        more["xmp"] = xmp
    if kind == "JPEG":
        more["comment"] = NAME
    data = _bytes(_halves(400, 300), kind, **more)
    with Image.open(io.BytesIO(data)) as given:
        assert given.getexif().get_ifd(0x8825)[2][0] == 31, "the original knows the place"
    assert NAME in data
    kept = store.put([data])
    for size in LONGEST:
        view = _view(store, kept, size)
        path = make(store, kept.sha256, kept.media_type, size)
        made = path.read_bytes()
        assert not view.getexif() and view.getexif().get_ifd(0x8825) == {}
        assert set(view.info) <= {
            *("jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression")
        }
        for trace in (
            NAME,
            b"Exif",
            b"xmpmeta",
            b"ICC_PROFILE",
            b"http:",
            b"\xff\xe1",
            b"\xff\xfe",
        ):
            assert trace not in made.split(b"\xff\xda")[0], trace
        assert view.info["progressive"]
        assert _is(view, (2, 2), RED) and _is(view, (view.width - 3, 2), BLUE)
    assert store.read(kept.sha256) == data, "the original stays as it is"


@pytest.mark.parametrize(
    ("orientation", "size", "red"),
    [
        (1, (1600, 800), (10, 400)),
        (3, (1600, 800), (1590, 400)),
        (6, (800, 1600), (400, 10)),
        (8, (800, 1600), (400, 1590)),
    ],
)
def test_a_picture_taken_askew_stands_upright(
    store: FileStore, orientation: int, size: tuple[int, int], red: tuple[int, int]
) -> None:
    kept = store.put([_bytes(_halves(2400, 1200), "JPEG", exif=_exif(orientation))])
    view = _view(store, kept)
    assert view.size == size
    assert _is(view, red, RED)
    assert _is(view, (size[0] - 1 - red[0], size[1] - 1 - red[1]), BLUE)


@pytest.mark.parametrize(
    ("given", "view", "thumb"),
    [
        ((4000, 3000), (1600, 1200), (320, 240)),
        ((1000, 2000), (800, 1600), (160, 320)),
        ((1600, 10), (1600, 10), (320, 2)),
        ((300, 200), (300, 200), (300, 200)),
        ((1, 1), (1, 1), (1, 1)),
        ((9000, 1), (1600, 1), (320, 1)),
    ],
)
def test_the_long_side_is_so_long_at_most_and_nothing_grows(
    store: FileStore, given: tuple[int, int], view: tuple[int, int], thumb: tuple[int, int]
) -> None:
    kept = store.put([_bytes(Image.new("RGB", given, "red"), "PNG")])
    assert _view(store, kept).size == view
    assert _view(store, kept, "thumb").size == thumb


def test_what_is_transparent_is_white(store: FileStore) -> None:
    picture = Image.new("RGBA", (2000, 1000), (0, 0, 0, 0))
    picture.paste((255, 0, 0, 255), (0, 0, 1000, 1000))
    view = _view(store, store.put([_bytes(picture, "PNG")]))
    assert (view.mode, view.size) == ("RGB", (1600, 800))
    assert _is(view, (10, 10), RED) and _is(view, (1590, 790), WHITE)


@pytest.mark.parametrize(
    ("picture", "kind", "grey"),
    [
        (Image.new("L", (40, 30), 100), "JPEG", 100),
        (Image.new("CMYK", (40, 30), (0, 0, 0, 155)), "JPEG", 100),
        (Image.new("I;16", (40, 30), 100 * 256), "PNG", 100),
        (Image.new("1", (40, 30), 1), "PNG", 255),
        (Image.new("LA", (40, 30), (0, 155)), "PNG", 100),
        (Image.new("RGB", (40, 30), (100, 100, 100)).quantize(4), "PNG", 100),
    ],
    ids=["grey", "print", "16 bits", "1 bit", "grey and transparent", "palette"],
)
def test_every_kind_of_colour_is_shown(
    store: FileStore, picture: Image.Image, kind: str, grey: int
) -> None:
    view = _view(store, store.put([_bytes(picture, kind)]))
    assert (view.mode, view.size) == ("RGB", (40, 30))
    assert _is(view, (20, 15), (grey, grey, grey))


def test_a_view_is_made_once(store: FileStore) -> None:
    kept = store.put([_bytes(_halves(50, 50), "PNG")])
    path = make(store, kept.sha256, kept.media_type, "thumb")
    assert path == store.folder / "views" / kept.sha256[:2] / f"{kept.sha256}-thumb.jpg"
    first = path.stat()
    store.path(kept.sha256).unlink()
    assert make(store, kept.sha256, kept.media_type, "thumb").stat() == first
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    with pytest.raises(Missing, match="没有这个文件"):
        make(store, kept.sha256, kept.media_type, "view")


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


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (_png(20000, 20000), "image/png"),
        (_png(7100, 7100), "image/png"),
        (PHOTO[: len(PHOTO) // 2], "image/jpeg"),
        (PHOTO[:30], "image/jpeg"),
        ("只是改了扩展名的文字".encode() * 20, "image/jpeg"),
        (b"", "image/jpeg"),
        (_bytes(Image.new("RGB", (10, 10)), "GIF"), "image/png"),
        (_bytes(Image.new("RGB", (10, 10)), "TIFF"), "image/jpeg"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "image/jpeg"),
    ],
    ids=["bomb", "too large", "half", "head", "text", "nothing", "gif", "tiff", "program"],
)
def test_what_cannot_be_read_is_said_and_the_original_stays(
    store: FileStore, data: bytes, media_type: str
) -> None:
    _refused(store, data, media_type)


def test_a_large_photograph_of_a_telephone_can_be_read(store: FileStore) -> None:
    assert _view(store, store.put([_png(7000, 7000)])).size == (1600, 1600)


def test_a_failure_is_remembered(store: FileStore) -> None:
    data = PHOTO[: len(PHOTO) // 2]
    _refused(store, data, "image/jpeg")
    began = time.perf_counter()
    for _ in range(50):
        with pytest.raises(BadInput, match=UNREADABLE):
            make(store, hashlib.sha256(data).hexdigest(), "image/jpeg", "view")
    assert time.perf_counter() - began < 0.5, "fifty processes cannot have been started"


@pytest.mark.parametrize(
    "media_type", ["application/pdf", "image/heic", "image/svg+xml", "text/html"]
)
def test_other_files_have_no_view(store: FileStore, media_type: str) -> None:
    kept = store.put([_bytes(_halves(50, 50), "PNG")])
    with pytest.raises(Missing, match="这种文件没有预览"):
        make(store, kept.sha256, media_type, "view")
    assert not (store.folder / "views").exists()


def test_a_file_that_has_changed_is_neither_shown_nor_given_up(store: FileStore) -> None:
    data = _bytes(_halves(50, 50), "PNG")
    kept = store.put([data])
    store.path(kept.sha256).write_bytes(data[:-20])
    with pytest.raises(Damaged, match="文件已损坏，请联系系统管理员"):
        make(store, kept.sha256, kept.media_type, "view")
    store.path(kept.sha256).write_bytes(data)
    assert _view(store, kept).size == (50, 50), "a backup brought it back"


AGAIN = """
import sys, time
from pathlib import Path
from actions.files.view import Taken, make
from storage.files.store import FileStore
def made(size):
    while True:
        try:
            return make(FileStore(Path(sys.argv[1])), sys.argv[2], "image/jpeg", size)
        except Taken:
            time.sleep(0.05)
for size in ("view", "thumb"):
    print(made(size).stat().st_ino)
"""


def test_two_processes_at_once_make_one_view(store: FileStore) -> None:
    kept = store.put([_bytes(Image.effect_noise((3000, 2000), 60).convert("RGB"), "JPEG")])
    command = [sys.executable, "-c", AGAIN, str(store.folder), kept.sha256]
    both = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [process.communicate(timeout=60)[0].split() for process in both]
    assert said[0] == said[1] and len(said[0]) == 2
    assert [_view(store, kept, s).size for s in LONGEST] == [(1600, 1067), (320, 213)]
    folder = store.folder / "views" / kept.sha256[:2]
    assert len(list(folder.iterdir())) == 2


def test_only_the_child_knows_the_decoders() -> None:
    script = "import sys, actions.files.view; assert not any(n.split('.')[0] == 'PIL' for n in sys.modules)"
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=60)


GREEDY = """
import resource, sys
sys.path.insert(0, "actions/files")
import view_child
view_child.confine()
assert resource.getrlimit(resource.RLIMIT_CPU) == (10, 10)
for most in (resource.RLIMIT_AS, resource.RLIMIT_CORE):
    assert resource.getrlimit(most)[1] == view_child.LIMITS[most]
try:
    bytearray(600 * 1024 * 1024)
except MemoryError:
    print("no more")
"""


def test_the_child_has_so_much_memory_and_time_and_no_more() -> None:
    done = subprocess.run(
        [sys.executable, "-c", GREEDY], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.returncode) == ("no more\n", 0), done.stderr


def _scanned(scans: int) -> bytes:
    """A progressive photograph with so many scans more, all of them the last one again."""
    data = _bytes(Image.effect_noise((640, 480), 60).convert("RGB"), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * scans + data[-2:]


def test_a_picture_that_is_decoded_a_hundred_times_is_not_taken(store: FileStore) -> None:
    with pytest.raises(BadInput, match="编码异常"):
        store.put([_scanned(120)])
    assert store.put([_scanned(20)]).media_type == "image/jpeg"


def test_one_that_lies_there_already_is_not_decoded(store: FileStore) -> None:
    _refused(store, _scanned(120), "image/jpeg")


def test_who_finds_another_at_work_does_not_wait(store: FileStore) -> None:
    kept = store.put([PHOTO])
    folder = store.folder / "views" / kept.sha256[:2]
    folder.mkdir(parents=True)
    with _alone(folder), pytest.raises(Taken):
        make(store, kept.sha256, kept.media_type, "view")
    assert make(store, kept.sha256, kept.media_type, "view").exists()
