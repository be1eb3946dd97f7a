"""Papers print whole: every field, odd characters, hostile text, and the same bytes each time."""

import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
import typst
from pydantic import ValidationError
from pypdf import PdfReader

from guapai.errors import Missing, Unready
from notifications.typesetting import (
    PAPERS,
    ListingNotice,
    Printed,
    font_stack,
    print_paper,
    template_hash,
)

NOTICE = ListingNotice(
    number="临安委督字〔2026〕12号",
    signer="李建民",
    issuer="临江市安全生产委员会",
    addressee="临江市𠮷龘化工有限公司",
    hazard_number="LJ-2026-0042",
    title="液氨储罐区安全仪表系统失效",
    sector="危险化学品",
    kinds=("涉及重大危险源的联锁失效",),
    description="两台球罐的高液位联锁长期旁路，紧急切断阀不能远程关闭。",
    part="厂区东北侧液氨储罐区T-101球罐",
    address="临江市开发区东港路8号",
    places=("临海县",),
    violations=("《某判定标准》第七条", "《某规程》第三条"),
    basis=("《某挂牌督办办法》（临政办〔2025〕3号）",),
    level="市级",
    deadline=date(2027, 2, 28),
    plan_days=30,
    lead_department="临江市应急管理局",
    lead_official="王建国（副市长）",
    tasks="恢复高液位联锁和紧急切断功能。",
    measures="治理期间降至半罐以下运行，派专人值守。",
    duty_phone="0571-88881234",
    public_contact="12350，jiandu@example.com",
    copied_to=("临江市人民政府", "临江市应急管理局"),
    deferral_note="应当在期限届满十五个工作日前提出书面申请",
    issued_on=date(2026, 11, 24),
)


def printed(notice: ListingNotice = NOTICE, **changes: object) -> Printed:
    changed = notice.model_copy(update=changes)
    return print_paper("listing_notice", changed.model_dump(mode="json"))


def words(paper: Printed) -> str:
    """The text of all pages without its blanks, which the setting of lines moves about."""
    pages = PdfReader(BytesIO(paper.pdf)).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def pages(paper: Printed) -> int:
    return len(PdfReader(BytesIO(paper.pdf)).pages)


def test_the_notice_says_every_field_on_one_page() -> None:
    paper = printed()
    said = words(paper)
    for name in ListingNotice.model_fields:
        value = getattr(NOTICE, name)
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str):
                assert re.sub(r"\s", "", text) in said, name
    for text in ("2027年2月28日", "2026年11月24日", "收到本通知书之日起30日内", "一式两份"):
        assert text in said
    assert pages(paper) == 1
    assert paper.missing == ()


@pytest.mark.parametrize(
    "part",
    [
        "重大事故隐患挂牌督办通知书",
        "督办单位",
        "责任领导",
        "牵头督办部门",
        "治理完毕日期",
        "方案备案期限",
        "申请验收",
        "解除挂牌督办",
        "治理期间的防范",
        "（印章）",
        "送达回证",
        "送达人",
        "主要负责人签收",
    ],
)
def test_the_notice_carries_the_parts_its_sources_ask_for(part: str) -> None:
    assert part in words(printed())


def test_what_is_not_there_is_not_said() -> None:
    said = words(printed(copies=3, public_contact="", copied_to=(), address=""))
    assert "一式3份" in said
    assert not [word for word in ("社会监督", "抄送", "所在地址", "待核") if word in said]


@pytest.mark.parametrize("name", ["basis", "violations"])
def test_a_notice_without_a_basis_or_a_violation_is_none(name: str) -> None:
    with pytest.raises(ValidationError):
        ListingNotice.model_validate({**NOTICE.model_dump(), name: ()})


def test_who_was_designated_is_not_said_to_have_the_hazard() -> None:
    said = words(printed(designation="临政办函〔2026〕3号"))
    assert "你单位经临政办函〔2026〕3号指定为治理主体的重大事故隐患" in said
    assert "你单位存在" not in said


@pytest.mark.parametrize(
    "hostile",
    [
        '#import"@preview/evil:1.0.0":*',
        "$x^2$",
        "*粗*_斜_`码`<标>@引",
        '#read("/etc/passwd")',
        "//注/*注*/\\u{41}",
        "\"}]'--~...=题",
        "<script>alert(1)</script>",
    ],
)
def test_hostile_text_prints_as_typed(hostile: str) -> None:
    paper = printed(title=hostile, tasks=hostile, violations=(hostile,), number=hostile)
    assert words(paper).count(hostile) >= 4
    assert paper.missing == ()


def test_controls_show_as_pictures_and_lines_stay_lines() -> None:
    paper = printed(tasks="一\x07二\r\n三\x00", description="前\u202e后")
    said = words(paper)
    assert "一␇二三␀" in said
    assert "违反的规定：" in said
    assert paper.missing == ()


@pytest.mark.parametrize("absent", ["\U0010fffd", "\u0378", "\ufffe", "\U0003fffd"])
def test_a_character_no_font_has_becomes_a_geta_and_is_reported(absent: str) -> None:
    paper = printed(addressee=f"王{absent}厂", violations=(f"甲{absent}乙", "丙"))
    assert paper.missing == (absent,)
    said = words(paper)
    assert "王〓厂" in said
    assert "甲〓乙" in said


def test_an_invisible_neighbour_is_not_taken_for_a_missing_character() -> None:
    paper = printed(title="甲\u202e\u0378", part="👩\u200d\u0378")
    assert "\u0378" in paper.missing
    assert not {"\u2068", "\u2069", "\u202e", "\u200d"} & set(paper.missing)


def test_many_missing_characters_do_not_stop_a_notice() -> None:
    absent = [chr(0x10F000 + i) for i in range(300)]
    paper = printed(description="甲" + "".join(absent) + "乙")
    assert set(paper.missing) == set(absent)
    assert "甲〓〓" in words(paper)


@pytest.mark.parametrize("letter", ["q", "ж", "/", "《"])
def test_an_endless_word_stays_on_the_sheet(letter: str) -> None:
    paper = printed(tasks=letter * 200)
    heights: set[int] = set()

    def note(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        if letter in text:
            heights.add(round(tm[5] * cm[3] + cm[5]))

    PdfReader(BytesIO(paper.pdf)).pages[0].extract_text(visitor_text=note)
    assert len(heights) >= 2
    assert letter * 200 in words(paper)


def test_long_content_goes_on_with_numbered_pages() -> None:
    paper = printed(description="联锁长期旁路。" * 400)
    assert pages(paper) > 1
    assert "—1—" in words(paper)


def test_the_pdf_is_archival_with_its_fonts_inside() -> None:
    reader = PdfReader(BytesIO(printed().pdf))
    metadata = reader.xmp_metadata
    assert metadata is not None
    xmp = metadata.stream.get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in xmp
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in xmp
    assert "2026-11-24" in xmp
    assert b"/FontFile" in printed().pdf


def test_the_same_data_gives_the_same_bytes_in_every_thread() -> None:
    with ThreadPoolExecutor(4) as threads:
        papers = list(threads.map(lambda _: printed(), range(8)))
    assert len({paper.pdf for paper in papers}) == 1
    assert papers[0].sha256 == sha256(papers[0].pdf).hexdigest()


def test_the_hash_and_the_paper_follow_the_template(tmp_path: Path) -> None:
    before = template_hash("listing_notice")
    assert before == sha256((PAPERS / "listing_notice.typ").read_bytes()).hexdigest()
    shutil.copy(PAPERS / "listing_notice.typ", tmp_path)
    assert template_hash("listing_notice", tmp_path) == before
    data = NOTICE.model_dump(mode="json")
    assert print_paper("listing_notice", data, tmp_path) == printed()
    with (tmp_path / "listing_notice.typ").open("a", encoding="utf-8") as template:
        template.write("\n末尾一行\n")
    assert template_hash("listing_notice", tmp_path) != before
    assert "末尾一行" in words(print_paper("listing_notice", data, tmp_path))


@pytest.mark.parametrize("name", ["no_such_paper", "../papers/listing_notice", "", "A"])
def test_an_unknown_paper_is_missing(name: str) -> None:
    with pytest.raises(Missing):
        template_hash(name)
    with pytest.raises(Missing):
        print_paper(name, {})


def test_a_broken_template_or_lacking_data_is_not_printed(tmp_path: Path) -> None:
    (tmp_path / "broken.typ").write_text("#let x =", encoding="utf-8")
    with pytest.raises(Unready, match="broken"):
        print_paper("broken", {}, tmp_path)
    with pytest.raises(Unready, match="listing_notice"):
        print_paper("listing_notice", {"issuer": "某市"})


def test_without_a_chinese_font_the_operator_is_told_what_to_install() -> None:
    bare = typst.Fonts(include_system_fonts=False)
    with pytest.raises(Unready, match=r"apt-get install fonts-noto-cjk fonts-hanazono"):
        font_stack(bare.families())


def test_another_directory_of_fonts_may_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUAPAI_FONTS", str(tmp_path))
    assert words(printed()) != ""
