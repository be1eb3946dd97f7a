"""Takes the pictures of the docs: a city that lives, its pages in a browser, a terminal, a mail.

Run from the root with `python docs/images/take_pictures.py`; it needs Debian's chromium.
"""

import io
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI

HERE = Path(__file__).parent
PORT = 8765
HOME = f"http://127.0.0.1:{PORT}"
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--hide-scrollbars",
)


def shoot(address: str, name: str, size: str) -> None:
    """One page as a PNG of that size (width,height in pixels)."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                *("chromium", *FLAGS, f"--user-data-dir={profile}", f"--window-size={size}"),
                *(f"--screenshot={HERE / name}", address),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )


def terminal(command: list[str], title: str, name: str) -> None:
    """What a command prints, as a picture of a terminal."""
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    console = Console(record=True, width=100, file=io.StringIO())
    console.print(f"[bold]$ {title}[/bold]")
    console.print((shown.stderr + shown.stdout).rstrip(), markup=False, highlight=False)
    console.save_svg(str(HERE / name), title="guapai", theme=DIMMED_MONOKAI)


def busiest() -> str:
    """The address of the case with the most to tell, and of one of its mails."""
    with urlopen(HOME, timeout=30) as page:
        return re.findall(r'href="(/cases/\d+)"', page.read().decode())[0]


def first_mail(case: str) -> str:
    """The address of the notice's mail of a case."""
    with urlopen(HOME + case, timeout=30) as page:
        text = page.read().decode()
    rows = re.findall(r"【挂牌督办】.*?href=\"(/mails/\d+)\"", text, flags=re.S)
    return rows[0] if rows else re.findall(r'href="(/mails/\d+)"', text)[0]


def main() -> None:
    """Take them all."""
    guapai = shutil.which("guapai", path=str(Path(sys.executable).parent))
    assert guapai is not None, "run it with the Python of .venv, after make setup"
    serving = subprocess.Popen([guapai, "demo", "--port", str(PORT)], stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                urlopen(HOME, timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        case = busiest()
        shoot(HOME, "city.png", "1200,820")
        shoot(HOME + case, "case.png", "1200,1500")
        shoot(HOME + case, "case-phone.png", "390,1400")
        shoot(HOME + first_mail(case), "mail.png", "900,760")
        db = "sqlite:///var/demo/guapai.db"
        verify = [guapai, "verify", "--db", db]
        terminal(verify, "guapai verify --db sqlite:///var/demo/guapai.db", "terminal.svg")
    finally:
        serving.terminate()
        serving.wait()


if __name__ == "__main__":
    main()
