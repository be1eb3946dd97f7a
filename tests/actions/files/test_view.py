"""Views of pictures: clean, upright, small."""

import io
from typing import Any

import pytest
from PIL import Image

from actions.files.view import LONGEST, make
from guapai.errors import Missing
from storage.files.store import FileStore
from tests.actions.files.pictures import BLUE, NAME, RED, WHITE, _bytes, _exif, _halves, _is, _view


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
