"""Files that are picked in a form: several at once, over a bad line, and of the wrong kind."""

import re
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from guapai.people import Role
from tests.portal.conftest import Settle, copied_town
from tests.portal.hands import ROW, fetched, jpeg, move, photo, stored
from tests.portal.town import Town

MIB = 1024 * 1024
town = copied_town


def slow_down(page: Page, a_second: int) -> None:
    """From now on so many bytes a second leave the browser; -1: as many as there are."""
    speed = {"offline": False, "latency": 0, "downloadThroughput": -1}
    connection = page.context.new_cdp_session(page)
    connection.send("Network.emulateNetworkConditions", {**speed, "uploadThroughput": a_second})


def test_several_files_go_up_at_once_and_show_how_far_they_are(town: Town, settle: Settle) -> None:
    hands = settle(Role.inspector, move(town, "lead", "verify"))
    page = hands.page
    hands.fill({"核查情况": "属实", "执法人员": 2})
    slow_down(page, MIB)
    large = photo(side=2000)
    assert MIB < len(large) < 2 * MIB
    page.set_input_files(
        "#evidence-upload", [jpeg(f"照片{n}.jpg", large + bytes([n])) for n in range(4)]
    )
    rows = page.locator(ROW)
    expect(rows).to_have_count(4)
    expect(rows.first.locator("img")).to_be_visible()
    part = (
        "() => [...document.querySelectorAll('progress')].some((p) => p.value > 0 && p.value < 100)"
    )
    page.wait_for_function(part)
    send = page.locator(".form-acts button")
    expect(send).to_have_attribute("aria-disabled", "true")
    send.click(force=True)
    expect(page.locator(".upload-note")).to_have_text("还有文件正在上传，请稍候再提交")
    expect(page).to_have_url(town.home + move(town, "lead", "verify"))
    slow_down(page, -1)
    for nth in range(4):
        expect(rows.nth(nth)).to_have_attribute("data-state", "done", timeout=20_000)
        expect(rows.nth(nth).locator("progress")).to_be_hidden()
    expect(page.locator(".upload-note")).to_have_text("")
    rows.nth(1).get_by_role("button", name="移除 照片1.jpg").click()
    expect(rows).to_have_count(3)
    expect(page.locator("#evidence-upload")).to_be_focused()
    hands.send("核实属实")
    expect(page.locator(".done-box")).to_be_visible()
    expect(page.locator(".pair .file, .pair img")).to_have_count(3)
    assert "照片1.jpg" not in page.locator(".pair").inner_text()


def test_a_broken_connection_is_resumed_where_it_broke(town: Town, settle: Settle) -> None:
    hands = settle(Role.inspector, move(town, "lead", "verify"))
    page = hands.page
    sent: list[tuple[str, int]] = []

    def break_once(route: Route) -> None:
        request = route.request
        offset = int(request.headers.get("upload-offset", "-1"))
        sent.append((request.method, offset))
        if request.method == "PATCH" and offset == MIB and sent.count(("PATCH", MIB)) == 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/uploads/*", break_once)
    data = photo(side=2400)
    hands.hand_in(jpeg("大照片.jpg", data))
    assert [o for m, o in sent if m == "PATCH"][:3] == [0, MIB, MIB]
    assert ("HEAD", -1) in sent
    assert sent.count(("PATCH", 0)) == 1
    page.unroute_all()
    hands.watched.forgive("ERR_CONNECTION_RESET")
    if hands.watched.finds:
        hands.watched.forgive("^console: .*ERR_CONNECTION_RESET")
    hands.fill({"核查情况": "属实"})
    hands.send("核实属实")
    expect(page.locator(".done-box")).to_be_visible()
    auditor = settle(Role.auditor, f"/cases/{town.cases['lead']}")
    number = re.search(r"/evidence/(\d+)", picture_or_file(auditor.page))
    assert number is not None
    assert fetched(auditor.page, f"{town.home}/evidence/{number.group(1)}/original") == data


def picture_or_file(page: Page) -> str:
    """The address behind the first piece of evidence on the page of a case."""
    return page.locator(".pair .shot a").first.get_attribute("href") or ""


def test_a_file_that_breaks_off_and_is_picked_again_goes_on(
    town: Town, settle: Settle, tmp_path: Path
) -> None:
    hands = settle(Role.inspector, move(town, "lead", "verify"))
    page, file = hands.page, tmp_path / "大照片.jpg"
    file.write_bytes(photo(side=2400))
    page.route(
        "**/uploads/*",
        lambda route: (
            route.abort()
            if route.request.headers.get("upload-offset") == str(2 * MIB)
            else route.continue_()
        ),
    )
    page.set_input_files("#evidence-upload", [file])
    page.wait_for_function("() => (document.querySelector('progress')?.value || 0) > 30")
    page.wait_for_timeout(300)
    page.unroute_all()
    page.reload()
    hands.watched.finds.clear()
    offsets: list[str] = []
    page.on("request", lambda r: offsets.append(r.headers.get("upload-offset", "")))
    page.set_input_files("#evidence-upload", [file])
    expect(page.locator(ROW)).to_have_attribute("data-state", "done")
    assert "0" not in offsets
    assert str(2 * MIB) in offsets


def test_what_only_calls_itself_a_photo_is_refused_beside_it(town: Town, settle: Settle) -> None:
    hands = settle(Role.inspector, move(town, "lead", "verify"))
    page = hands.page
    before = stored(town.office.files)
    program = b"MZ\x90\x00" + bytes(2000)
    page.set_input_files(
        "#evidence-upload",
        [
            jpeg("其实是程序.jpg", program),
            {"name": "程序.exe", "mimeType": "application/x-msdownload", "buffer": program},
            jpeg("其实是文档.jpg", b"%PDF-1.7\n%%EOF\n"),
        ],
    )
    rows = page.locator(ROW)
    said = rows.locator(".evidence-said[role=alert]")
    expect(said).to_have_count(3)
    expect(said.nth(0)).to_contain_text("不支持这种文件")
    expect(said.nth(1)).to_contain_text("不支持这种文件")
    expect(said.nth(2)).to_contain_text("文件的内容与扩展名不符")
    expect(rows.nth(1)).to_have_attribute("data-state", "refused")
    assert stored(town.office.files) == before
    hands.watched.forgive("^console: .*422")
    hands.fill({"核查情况": "属实", "执法人员": 2})
    rows.nth(2).get_by_role("button").click()
    expect(rows).to_have_count(2)
    hands.send("核实属实")
    expect(page.locator(".done-box")).to_be_visible()
    expect(page.locator(".pair")).to_have_count(0)
