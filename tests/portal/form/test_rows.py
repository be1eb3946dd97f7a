"""Lists of tasks in forms: rows are added with and without scripts, and what is wrong is said by row."""

import re

from playwright.sync_api import expect

from guapai.people import Role
from tests.portal.conftest import Settle
from tests.portal.stages import Stages
from tests.portal.town import Town

ROW = "tasks-name"


def test_a_row_is_added_without_scripts_and_nothing_is_lost(town: Town) -> None:
    case, actor = Stages(town.office).served(), town.who(Role.enterprise_head)
    path = f"/cases/{case}/hazard/{case}/file_plan"
    typed = {
        "goals": "示例目标",
        ROW: "示例任务甲",
        "tasks-due_on": "昨天",
        "token": town.token(actor),
    }
    with town.visitor(actor) as client:
        assert len(re.findall(f'name="{ROW}"', client.get(path).text)) == 2  # one, and the template
        more = client.post(path, data={**typed, "key": "a", "more": "tasks"})
        assert more.status_code == 200
        assert len(re.findall(f'name="{ROW}"', more.text)) == 3
        assert 'value="示例任务甲"' in more.text
        assert "示例目标" in more.text
        assert "field-error" not in more.text
        wrong = client.post(path, data={**typed, "key": "b"})
    assert wrong.status_code == 422
    assert "第1项“完成日期”：请按 2026-03-05 的形式填写日期" in wrong.text
    assert town.office.hazard(case).state == "plan_due"


def test_rows_are_added_removed_and_kept_as_a_draft(town: Town, settle: Settle) -> None:
    case = Stages(town.office).served()
    hands = settle(Role.enterprise_head, f"/cases/{case}/hazard/{case}/file_plan")
    rows = hands.page.locator(".row-item")
    add = hands.page.get_by_role("button", name="增加一项")
    hands.fill_row(0, {"任务": "示例甲"})
    add.click()
    expect(rows).to_have_count(2)
    hands.fill_row(1, {"任务": "示例乙"})
    hands.page.reload()
    expect(rows).to_have_count(2)
    expect(rows.nth(1).get_by_label("任务", exact=True)).to_have_value("示例乙")
    rows.nth(0).get_by_role("button", name="移除").click()
    expect(rows).to_have_count(1)
