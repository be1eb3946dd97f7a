"""What may be uploaded: files that are what their names say, and not too large."""

import hashlib
import io
import zipfile

import pytest

from guapai.errors import BadInput
from storage.files.store import MOST_BYTES
from tests.actions.sender import PNG, Sender

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(2000)
BAD = b"MZ" + bytes(3000)


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [
        ("", 10, "请改名"),
        ("长" * 197 + ".png", 10, "请改名"),
        ("程序.exe", 10, "不支持这种文件"),
        ("没有扩展名", 10, "不支持这种文件"),
        (".png", 10, "不支持这种文件"),
        ("现场.png", 0, "文件是空的"),
        ("现场.png", -1, "文件是空的"),
        ("现场.png", MOST_BYTES + 1, "文件超过50MB"),
    ],
)
def test_what_is_announced_is_checked(sender: Sender, name: str, size: int, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        sender.begin(name, size)
    assert sender.begin("长" * 196 + ".png", MOST_BYTES).size == MOST_BYTES


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("现场.png", JPEG, "内容与扩展名不符"),
        ("现场.jpg", PNG, "内容与扩展名不符"),
        ("现场.pdf", PNG, "内容与扩展名不符"),
        ("现场.png", BAD, "不支持这种文件"),
        ("现场.docx", b"PK\x03\x04" + bytes(50), "已损坏"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused_and_forgotten(
    sender: Sender, name: str, data: bytes, said: str
) -> None:
    upload = sender.begin(name, len(data))
    sender.send(upload, 0, data[:30])
    with pytest.raises(BadInput, match=said):
        sender.send(upload, 30, data[30:])
    assert sender.is_gone(upload)
    assert sender.files() == []


@pytest.mark.parametrize("name", ["现场.jpg", "现场.JPEG", "现场.jfif"])
def test_a_type_may_have_several_extensions(sender: Sender, name: str) -> None:
    done = sender.send(sender.begin(name, len(JPEG)), 0, JPEG)
    assert done.sha256 == hashlib.sha256(JPEG).hexdigest()


def _office(part: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in ("[Content_Types].xml", part):
            made.writestr(zipfile.ZipInfo(name, (2026, 3, 2, 9, 0, 0)), "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("方案.docx", "word/document.xml"),
        ("方案.docx", "word/document2.xml"),
        ("台账.xlsx", "xl/workbook.xml"),
    ],
)
def test_office_files_are_known_whatever_wrote_them(sender: Sender, name: str, part: str) -> None:
    data = _office(part)
    assert sender.send(sender.begin(name, len(data)), 0, data).sha256 is not None
