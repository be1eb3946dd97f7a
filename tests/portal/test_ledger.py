"""The ledger in a browser: its filters, its search, its workbook, and in another language."""

import io
import re

import openpyxl
import pytest
from playwright.sync_api import expect

from guapai.clock import local_date
from guapai.people import Role
from tests.portal.conftest import Settle, copied_town
from tests.portal.town import Town

town = copied_town


def test_filters_stand_in_the_address_and_survive_reload_and_back(
    town: Town, settle: Settle
) -> None:
    hands = settle(Role.commission_office, "/ledger")
    page = hands.page
    rows = page.locator(".rows tbody tr")
    expect(rows).to_have_count(len(town.cases))
    page.locator(".more-filters summary").click()
    page.get_by_label("状态").select_option(label="整改中")
    expect(rows).to_have_count(1)
    expect(page).to_have_url(re.compile("state=rectifying"))
    page.get_by_label("等级").select_option(label="一般隐患")
    expect(rows).to_have_count(0)
    expect(hands.main).to_contain_text("没有符合条件的隐患。")
    expect(page.locator("#chosen .pill")).to_have_text(["整改中", "一般隐患"])
    page.go_back()
    expect(rows).to_have_count(1)
    expect(page.locator("#chosen .pill")).to_have_text(["整改中"])
    expect(page.get_by_label("状态")).to_have_value("rectifying")
    expect(page.get_by_label("等级")).to_have_value("")
    page.reload()
    expect(rows).to_have_count(1)
    expect(page.get_by_label("状态")).to_have_value("rectifying")
    rows.get_by_role("link").click()
    assert hands.case_id() == town.cases["rectifying"]
    page.go_back()
    expect(rows).to_have_count(1)
    expect(page.locator("#chosen .pill")).to_have_text(["整改中"])
    page.locator(".more-filters summary").click()
    page.get_by_label("状态").select_option(label="全部")
    expect(rows).to_have_count(len(town.cases))
    page.get_by_label("进度").select_option(label="已办结")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("渡口船舶超载")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("渗漏", "水库坝体渗漏"),
        ("  渗漏 ", "水库坝体渗漏"),
        ("超载", "渡口船舶超载"),
        ("341502-2026-00003", "安全出口锁闭"),
        ("3", "安全出口锁闭"),
        ("００００３", "安全出口锁闭"),
        ("2026-3", "安全出口锁闭"),
    ],
)
def test_two_signs_or_a_number_find(town: Town, settle: Settle, text: str, found: str) -> None:
    hands = settle(Role.inspector, "/ledger")
    hands.page.get_by_role("searchbox").fill(text)
    hands.page.keyboard.press("Enter")
    rows = hands.page.locator(".rows tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(found)


def test_one_sign_says_that_it_is_too_short(town: Town, settle: Settle) -> None:
    hands = settle(Role.inspector, "/ledger")
    hands.page.get_by_role("searchbox").fill("渗")
    hands.page.get_by_role("button", name="查询").click()
    expect(hands.page.locator(".note")).to_have_text("请输入至少两个字。")


def test_the_workbook_holds_what_is_shown_and_no_formula(town: Town, settle: Settle) -> None:
    town.office.lead(title='=HYPERLINK("http://elsewhere.example";"公示")', description="@SUM(1)")
    hands = settle(Role.commission_office, "/ledger")
    page = hands.page
    page.locator(".more-filters summary").click()
    page.get_by_label("等级").select_option(label="未判定")
    rows = page.locator(".rows tbody tr")
    expect(rows).to_have_count(3)
    shown = [
        (row.locator("td").first.inner_text(), row.locator("th").inner_text()) for row in rows.all()
    ]
    with page.expect_download() as download:
        page.get_by_role("link", name="导出Excel").click()
    day = local_date(town.office.clock())
    assert download.value.suggested_filename == f"隐患台账-{day}.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    sheet = book.worksheets[0]
    head, *lines = list(sheet.iter_rows())
    titles = [c.value for c in head]
    assert titles[:2] == ["编号", "隐患名称"]
    place, code = titles.index("所在地"), titles.index("所在地代码")
    assert {(line[place].value, str(line[code].value)[:6]) for line in lines} == {
        ("金安区", "341502")
    }
    bare = [(number, title.strip("\u2066\u2067\u2068\u2069")) for number, title in shown]
    assert [(line[0].value, line[1].value) for line in lines] == bare
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)
    book.close()


def test_another_language_is_the_same_page(town: Town, settle: Settle) -> None:
    hands = settle(Role.inspector, "/ledger?text=渡口&stage=ended")
    page = hands.page
    page.locator("details.menu > summary").click()
    with page.expect_navigation():
        page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Ledger")
    expect(page.locator(".rows")).to_contain_text("渡口船舶超载")
    expect(page).to_have_url(re.compile("stage=ended$"))
