"""One hazard and whoever has it in hand just now: what every step on its way is made of."""

from datetime import timedelta
from typing import Any

from playwright.sync_api import expect

from guapai.people import Role
from tests.portal.hands import Hands

TITLE = "示例二号除尘器泄爆口朝向通道"
POINT = "示例二号除尘器东侧"


class Steps:
    """Somebody sits at the case, sees what may be done, and does it."""

    def __init__(self, hands: Hands, *, narrow: bool) -> None:
        self.hands, self.narrow = hands, narrow
        self.page, self.town = hands.page, hands.town
        self.case = 0

    def sit(self, role: Role, nth: int = 0, *, at: str = "case") -> None:
        """Another person sits down, at the desk or at the case."""
        path = f"/cases/{self.case}" if at == "case" else "/desk"
        assert self.hands.sit(self.town.who(role, nth), path).ok

    def sees(self, *, state: str, acts: list[str], never: tuple[str, ...] = ()) -> None:
        """The state, and the acts of the case, those that press first; what is closed has no button."""
        assert self.hands.state() == state
        assert [b for b in self.hands.buttons() if b in acts] == acts
        for title in never:
            expect(self.hands.main.get_by_role("link", name=title, exact=True)).to_have_count(0)

    def does(self, title: str, values: dict[str, Any] | None = None) -> None:
        """Follow the button of an act, fill its form in, send it."""
        self.hands.press(title)
        expect(self.page.locator("h1")).to_have_text(title)
        self.hands.fill(values or {})
        self.hands.send(title)
        self.done(title)

    def done(self, title: str) -> None:
        """The page says what was just done."""
        expect(self.page.locator(".done-box")).to_have_text(f"已办理“{title}”。")

    def wait(self, **span: int) -> None:
        """Time goes by."""
        self.town.office.clock.advance(timedelta(**span))
