"""Takes the pictures of the docs: the sample city's portal in a browser, and a terminal.

Run from the root with `.venv/bin/python docs/images/take_pictures.py`; it needs Debian's chromium.
"""

import io
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI

HERE = Path(__file__).parent
PORT = 8765
HOME = f"http://127.0.0.1:{PORT}"
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
DESKTOP, PHONE = (1240, 860), (390, 844)


def enter(browser: Browser, post: str, size: tuple[int, int]) -> Page:
    """A browser of that size, signed in as the first sample person in a post."""
    page = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        device_scale_factor=1.5 if size is PHONE else 1,
    ).new_page()
    page.goto(f"{HOME}/sign-in")
    page.locator(".samples li", has_text=post).locator("button").first.click()
    page.wait_for_url("**/desk")
    return page


def shoot(page: Page, name: str, height: int = 0) -> None:
    """The page as a PNG, down to a height."""
    page.wait_for_load_state("networkidle")
    if height:
        page.set_viewport_size({"width": page.viewport_size["width"], "height": height})
        page.wait_for_timeout(300)
    page.screenshot(path=HERE / name)


def busiest(page: Page) -> str:
    """The address of a listed case that is being rectified, or the newest there is."""
    for narrowed in ("?state=rectifying&level=county", "?level=county", ""):
        page.goto(f"{HOME}/ledger{narrowed}")
        found = page.locator("tbody th a")
        if found.count():
            return str(found.first.get_attribute("href"))
    raise SystemExit("the city has no cases")


def pictures(browser: Browser) -> None:
    """Everything a reader of the README is shown."""
    shoot(enter(browser, "执法人员", DESKTOP), "desk.png")
    chair = enter(browser, "安委会（副）主任 · 六安市", DESKTOP)
    case = busiest(chair)
    chair.goto(HOME + case)
    shoot(chair, "case.png", 1500)
    chair.goto(f"{HOME}/ledger")
    shoot(chair, "ledger.png", 860)
    phone = enter(browser, "安委会（副）主任 · 六安市", PHONE)
    phone.goto(HOME + case)
    shoot(phone, "case-phone.png")
    phone.goto(f"{HOME}/ledger?stage=open")
    shoot(phone, "ledger-phone.png")
    inspector = enter(browser, "执法人员", PHONE)
    inspector.locator(".task-acts a.btn-primary").first.click()
    shoot(inspector, "move-phone.png")


def terminal(command: list[str], title: str, name: str) -> None:
    """What a command prints, as a picture of a terminal."""
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    console = Console(record=True, width=100, file=io.StringIO())
    console.print(f"[bold]$ {title}[/bold]")
    console.print((shown.stderr + shown.stdout).rstrip(), markup=False, highlight=False)
    console.save_svg(str(HERE / name), title="guapai", theme=DIMMED_MONOKAI)


def main() -> None:
    """Take them all."""
    guapai = shutil.which("guapai", path=str(Path(sys.executable).parent))
    chromium = shutil.which("chromium")
    assert guapai, "run it with the Python of .venv, after make setup"
    assert chromium, "chromium is missing: make browser"
    serving = subprocess.Popen([guapai, "demo", "--port", str(PORT)], stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                urlopen(f"{HOME}/healthz", timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            pictures(browser)
            browser.close()
        db = "sqlite:///var/demo/guapai.db"
        verify = [guapai, "verify", "--db", db]
        terminal(verify, f"guapai verify --db {db}", "terminal.svg")
    finally:
        serving.terminate()
        serving.wait()


if __name__ == "__main__":
    main()
