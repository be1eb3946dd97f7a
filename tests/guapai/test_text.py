"""Text is kept as typed and made harmless where it is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from guapai.text import Line, half_width, isolated, many_lines, one_line, visible

_OPENERS, _CLOSER = "\u2066\u2067\u2068", "\u2069"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("通知\r\nBcc: x", "通知␍␊Bcc: x"),
        ("a\0b", "a␀b"),
        ("a\x7fb", "a␡b"),
        ("  𠮷龘·  ", "𠮷龘·"),
        ("a\u2028b", "a b"),
        ("\ud800x", "\ufffdx"),
    ],
)
def test_one_line(typed: str, shown: str) -> None:
    assert one_line(typed) == shown


def test_many_lines_keep_their_lines() -> None:
    assert many_lines("a\r\nb\rc\x00") == "a\nb\nc␀"


@given(st.text())
def test_a_line_has_no_control(text: str) -> None:
    shown = one_line(text)
    assert not any(c < " " or c == "\x7f" for c in shown)
    shown.encode()
    assert visible(shown) == shown


@given(st.text(alphabet=st.sampled_from("ab\u202e\u2066\u2067\u2068\u2069龘")))
def test_isolated_text_never_ends_its_fence_early(text: str) -> None:
    shown = isolated(text)
    if shown == text:
        assert not set(text) & set(_OPENERS + _CLOSER + "\u202e")
        return
    depth = 0
    for position, c in enumerate(shown):
        depth += c in _OPENERS
        depth -= c == _CLOSER
        assert depth > 0 or position == len(shown) - 1
    assert depth == 0


def test_full_width_digits() -> None:
    assert half_width("２０２６－０３") == "2026-03"


def test_a_required_line_says_so() -> None:
    class Form(BaseModel):
        name: Line

    with pytest.raises(ValidationError, match="此项必填"):
        Form(name="  ")
    with pytest.raises(ValidationError):
        Form(name="长" * 201)
