"""What people do at a page: come in, find a duty, fill a form, hand in photos, press a button."""

import io
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, Response, expect

from actions.people import password
from guapai.people import Actor
from storage.database.work import unit_of_work
from storage.files import evidence
from storage.files.store import FileStore
from storage.people import password as passwords
from storage.people import person as people
from tests.actions.conftest import Office
from tests.portal.browser import Watched
from tests.portal.town import Town

SECRET = "Shili-2026!xunjian"
"""The password of whoever comes in through the door."""

PHONE, DESKTOP = (390, 844), (1280, 900)
ROW = ".evidence-row"


def photo(shade: tuple[int, int, int] = (180, 120, 60), *, side: int = 640) -> bytes:
    """A JPEG as a telephone makes it, with the place and the device in it."""
    image = Image.effect_noise((side, side * 3 // 4), 40).convert("RGB")
    image.paste(shade, (side // 4, side // 8, side // 2, side // 2))
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "示例相机".encode(), b"Sample 1"
    where = exif.get_ifd(0x8825)
    where[1], where[2], where[3], where[4] = "N", (31.0, 44.0, 2.0), "E", (116.0, 31.0, 9.0)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88, exif=exif)
    return out.getvalue()


def has_place(data: bytes) -> bool:
    """Whether a picture says where it was taken."""
    with Image.open(io.BytesIO(data)) as image:
        return bool(image.getexif().get_ifd(0x8825))


def jpeg(name: str, data: bytes | None = None) -> FilePayload:
    """A photo as a file that somebody picks."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": data or photo()}


def give_password(town: Town, actor: Actor, *, first: bool = False) -> str:
    """Give somebody the one password; the address with which they come in."""
    with unit_of_work(town.office.engine, town.office.clock) as work:
        passwords.keep(work, actor.person_id or 0, password.hashed(SECRET), first=first)
        person = people.get(work, actor.person_id or 0)
    assert person is not None
    assert person.email
    return person.email


def give_camera(office: Office) -> None:
    """From now on the office's photos are photos that can be looked at."""
    kept = FileStore(office.files).put([photo()])
    with unit_of_work(office.engine, office.clock) as work:
        evidence.remember(work, kept)
    office.photo = kept.sha256


def move(town: Town, case: str, name: str) -> str:
    """Where the form of a move of a case is."""
    number = town.cases[case]
    return f"/cases/{number}/hazard/{number}/{name}"


def times(page: Page, title: str) -> int:
    """How often something has happened in the case whose page this is."""
    return page.locator(".timeline b").get_by_text(title, exact=True).count()


def _words(title: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*{re.escape(title)}(\s*\*)?\s*$")


@dataclass
class Hands:
    """Somebody at a browser."""

    watched: Watched
    town: Town

    @property
    def page(self) -> Page:
        """The page they look at."""
        return self.watched.page

    @property
    def main(self) -> Locator:
        """The part of it that is not the frame."""
        return self.page.locator("main")

    def sit(self, actor: Actor, path: str = "/desk") -> Response:
        """Be somebody else from now on, a minute later, in a session begun elsewhere."""
        self.town.office.clock.advance(timedelta(minutes=1))
        self.page.context.clear_cookies()
        kept = self.town.cookie(actor)
        self.page.context.add_cookies(
            [{"name": n, "value": v, "url": self.town.home} for n, v in kept.items()]
        )
        return self.watched.goto(path)

    def come_in(self, email: str, secret: str = SECRET) -> None:
        """Sign in at the door that is open in front of us."""
        self.page.get_by_label("邮箱").fill(email)
        self.page.get_by_label("密码").fill(secret)
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="登录", exact=True).click()

    def go_out(self) -> None:
        """Sign out by the menu."""
        self.page.locator("details.menu > summary").click()
        self.page.get_by_role("button", name="退出登录").click()
        expect(self.page).to_have_url(self.town.home + "/sign-in")

    def field(self, title: str) -> Locator:
        """A control by the words beside it."""
        return self.page.locator("form.form .field").get_by_label(_words(title))

    def fill(self, values: Mapping[str, Any]) -> None:
        """Fill in a form; a choice by its words, a check by True, the first n of a list by n."""
        for title, value in values.items():
            if type(value) is int:
                self.tick(title, value)
                continue
            control = self.field(title)
            kind = control.evaluate("e => e.type")
            if kind == "select-one":
                control.select_option(label=value)
            elif kind == "checkbox":
                control.set_checked(value)
            else:
                control.fill(value)

    def fill_row(self, nth: int, values: Mapping[str, str]) -> None:
        """Fill in a row of a list; a choice by its words."""
        row = self.page.locator("form.form .row-item").nth(nth)
        for title, value in values.items():
            cell = row.get_by_label(_words(title))
            if cell.evaluate("e => e.type") == "select-one":
                cell.select_option(label=value)
            else:
                cell.fill(value)

    def fill_plainly(self, values: Mapping[str, str]) -> None:
        """Fill in text by the names of the fields, as it goes without scripts."""
        for name, value in values.items():
            self.page.locator(f"form.form [name={name}]").fill(value)

    def boxes(self, title: str) -> Locator:
        """The boxes of a list by the words over it."""
        group = self.page.locator("form.form fieldset.field", has_text=title)
        return group.locator("input[type=checkbox]")

    def tick(self, title: str, most: int) -> None:
        """Tick the first boxes of a list."""
        for nth in range(most):
            self.boxes(title).nth(nth).check()

    def tick_plainly(self, name: str, most: int) -> None:
        """Tick the first boxes of a field."""
        for nth in range(most):
            self.page.locator(f"form.form [name={name}]").nth(nth).check()

    def error_beside(self, title: str) -> Locator:
        """What is said to be wrong with a field."""
        field = self.page.locator("form.form .field")
        return field.filter(has=self.page.get_by_label(_words(title))).locator(".field-error")

    def hand_in(self, *files: FilePayload) -> Locator:
        """Pick files at once in the page's own widget; their rows, once all have arrived."""
        before = self.page.locator(ROW).count()
        self.page.set_input_files("#evidence-upload", list(files))
        expect(self.page.locator(ROW)).to_have_count(before + len(files))
        for nth in range(before, before + len(files)):
            expect(self.page.locator(ROW).nth(nth)).to_have_attribute("data-state", "done")
        return self.page.locator(ROW)

    def say_of(self, row: Locator, kind: str = "", point: str = "", caption: str = "") -> None:
        """Say what a file shows."""
        if kind:
            row.get_by_label("文件种类").select_option(label=kind)
        if point:
            row.get_by_label("部位").fill(point)
        if caption:
            row.get_by_label("说明").fill(caption)

    def press(self, name: str) -> None:
        """Press a button or follow a link of the page, and wait for the page behind it."""
        found = self.main.get_by_role("button", name=name, exact=True)
        found = found.or_(self.main.get_by_role("link", name=name, exact=True))
        with self.page.expect_navigation():
            found.first.click()

    def send(self, name: str) -> None:
        """Send the form."""
        with self.page.expect_navigation():
            self.page.locator(".form-acts").get_by_role("button", name=name).click()

    def send_plainly(self) -> None:
        """Send the form, whatever its button is called."""
        with self.page.expect_navigation():
            self.page.locator(".form-acts button").click()

    def open_all(self) -> None:
        """Open whatever is folded away."""
        self.page.evaluate(
            "() => document.querySelectorAll('main details').forEach((d) => { d.open = true; })"
        )

    def buttons(self) -> list[str]:
        """The acts the page of a case offers."""
        found = self.page.locator(".act-buttons a, .side-card a.btn")
        return [text.strip() for text in found.all_inner_texts()]

    def state(self) -> str:
        """The state the page of a case shows."""
        return self.page.locator(".state-now").inner_text()

    def sideways(self) -> int:
        """How many pixels the page can be moved sideways."""
        return int(
            self.page.evaluate(
                "() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
            )
        )

    def case_id(self) -> int:
        """The case whose page this is."""
        found = re.search(r"/cases/(\d+)", self.page.url)
        assert found is not None, self.page.url
        return int(found.group(1))


def picture_sources(page: Page) -> Sequence[str]:
    """The pictures of a page, once every one of them is drawn."""
    shots = page.locator("main .shot img")
    for nth in range(shots.count()):
        shots.nth(nth).scroll_into_view_if_needed()
        expect(shots.nth(nth)).to_have_js_property("complete", True)
        assert shots.nth(nth).evaluate("e => e.naturalWidth") > 0
    return [str(s) for s in shots.evaluate_all("all => all.map((e) => e.getAttribute('src'))")]


def fetched(page: Page, address: str) -> bytes:
    """What an address of the server answers to whoever is signed in."""
    response = page.context.request.get(address)
    assert response.status == 200, (address, response.status)
    return response.body()


def stored(folder: Path) -> int:
    """How many files lie in the store, drafts and views aside."""
    with suppress(FileNotFoundError):
        return sum(p.is_file() for p in folder.glob("??/*"))
    return 0
