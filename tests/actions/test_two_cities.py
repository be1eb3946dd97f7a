"""Another city is data: the same story lived under its pack has its own dates and grounds."""

from datetime import date
from pathlib import Path

from law.provisions import PROVISIONS
from tests.actions.two_cities import PAGE, both, fresh, page

QINGDAO = PROVISIONS["qingdao_3x"].instrument

DIFFER = {
    "判定隐患等级": (date(2026, 3, 5), date(2026, 3, 9)),
    "送达挂牌督办通知书": (date(2026, 3, 5), date(2026, 3, 4)),
    "审查治理方案": (date(2026, 3, 9), date(2026, 3, 11)),
    "办理销号": (date(2026, 4, 9), date(2026, 4, 13)),
}
"""Worked out by hand: 2 March 2026 is a Monday, 6 April (清明节) is off; 3, 5, 2, 7 working days."""
BINDS = {"报上级安委办备案", "公示挂牌督办", "答复延期申请", "公示销号"}
"""What Qingdao's own rule says: there it binds, in Lu'an it is a model."""


def test_another_city_has_its_own_dates_and_grounds(tmp_path: Path) -> None:
    luan, qingdao = both(fresh(tmp_path / "luan"), fresh(tmp_path / "qingdao"))
    assert (luan.late, qingdao.late) == (False, True)
    assert [QINGDAO in " ".join(t.notice["basis"]) for t in (luan, qingdao)] == [False, True]
    assert (luan.notice["deferral_note"], qingdao.notice["deferral_note"]) == (
        "应当在期限届满前书面提出延期申请，请尽量提前15个工作日",
        "应当在期限届满20个工作日前书面提出延期申请",
    )
    pairs = list(zip(luan.lines, qingdao.lines, strict=True))
    assert {a.duty: (a.due_on, b.due_on) for a, b in pairs if a.due_on != b.due_on} == DIFFER
    quoted = {a.duty for a, _ in pairs if QINGDAO in a.basis}
    assert quoted == BINDS
    for one, other in pairs:
        if one.duty in BINDS:
            assert (one.origin, one.basis[:2]) == ("参照", "参照")
            assert (other.origin, other.basis[:1]) == ("规定", "《")
    assert PAGE.read_text(encoding="utf-8") == page(luan.lines, qingdao.lines), (
        "renew: python -m tests.actions.two_cities"
    )
