"""Copies what the pages need from node_modules into static/vendor; `make setup` runs it."""

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "node_modules"
VENDOR = Path(__file__).parents[1] / "static" / "vendor"
FILES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "tus.min.js": "tus-js-client/dist/tus.min.js",
}
SHOWN = {".html": re.compile(r"\bicon\(([^)]*)\)"), ".py": re.compile(r'\bicon=("[a-z-]+")')}
"""Where a template shows an icon, and where a page names the one that the navigation shows for it."""
NAME = re.compile(r'(?<!== )"([a-z][a-z-]*)"')
ELSEWHERE = re.compile(r"@import\b[^;]*|url\(\s*(?![\"']?(?:data:|#))[^)]*\)")
MAP = re.compile(r"\s*(?:/\*|//)# sourceMappingURL=\S+(?:\s*\*/)?\s*$")
PAPERS = ("LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "License", "license")


def browser_text(text: str) -> str:
    """A script or a style without the address of its source map, which we do not serve."""
    return MAP.sub("\n", text)


def checked_style(text: str) -> str:
    """The style sheet as it is; leaves with a sentence if it would load anything of its own."""
    if found := ELSEWHERE.search(text):
        sys.exit(f"The style sheet loads something from elsewhere: {found.group()[:80]}")
    return text


def symbol(name: str, svg: str) -> str:
    """One outline icon as a symbol; its width of line comes from the class of the page's svg."""
    inner = re.sub(r"<svg.*?>|</svg>|<!--.*?-->", "", svg, flags=re.S)
    inner = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>', "", inner)
    drawn = "".join(line.strip() for line in inner.splitlines())
    return (
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        f'stroke-linecap="round" stroke-linejoin="round">{drawn}</symbol>'
    )


def icons(folder: Path) -> list[str]:
    """The icons that the pages in a folder show."""
    found: set[str] = set()
    for path in folder.rglob("*"):
        if shown := SHOWN.get(path.suffix):
            for said in shown.findall(path.read_text(encoding="utf-8")):
                found.update(NAME.findall(said))
    return sorted(found)


def sprite(names: list[str], folder: Path) -> str:
    """All those icons in one file, for `<use href="/static/vendor/icons.svg#inbox"/>`."""
    symbols = [symbol(n, (folder / f"{n}.svg").read_text(encoding="utf-8")) for n in names]
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>", ""])


def licences(packages: dict[str, Any]) -> str:
    """The licence of every package that may have parts in what we serve, one below the other."""
    told = []
    for place in sorted(p for p, known in packages.items() if p and not known.get("dev")):
        folder = MODULES / place.removeprefix("node_modules/")
        about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        papers = [folder / name for name in PAPERS if (folder / name).exists()]
        text = (
            papers[0].read_text(encoding="utf-8")
            if papers
            else f"(no text in the package; author: {about.get('author', '?')})"
        )
        head = f"{about['name']} {about['version']} · {about.get('license', 'see below')}"
        told.append(f"{head}\n{'=' * len(head)}\n\n{text.strip()}\n")
    return "\n\n".join(told)


def main() -> None:
    """Fill static/vendor anew; versions.json comes last, so that Make can trust it."""
    if not MODULES.is_dir():
        sys.exit("node_modules is missing: run `make setup`, which fetches it with `npm ci`.")
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for name, source in FILES.items():
        text = browser_text((MODULES / source).read_text(encoding="utf-8"))
        text = checked_style(text) if name.endswith(".css") else text
        (VENDOR / name).write_text(text, encoding="utf-8")
    drawn = sprite(icons(VENDOR.parents[1]), MODULES / "@tabler/icons/icons/outline")
    (VENDOR / "icons.svg").write_text(drawn, encoding="utf-8")
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    (VENDOR / "licences.txt").write_text(licences(lock), encoding="utf-8")
    versions = {n: lock[f"node_modules/{n}"]["version"] for n in sorted(lock[""]["dependencies"])}
    (VENDOR / "versions.json").write_text(json.dumps(versions, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
