"""Pictures for the sample city: drawn, not photographed, the same for the same number."""

import io
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageDraw, ImageFilter

SIZE = (960, 720)
VARIANTS = 4
_WALLS = ((176, 182, 186), (188, 178, 162), (160, 172, 180), (182, 186, 170))


@dataclass(frozen=True)
class Photos:
    """The stored pictures, by their hashes: how places look before and after."""

    before: tuple[str, ...]
    after: tuple[str, ...]

    def shown(self, kind: str, matter: str) -> str:
        """The picture of a matter; before and after show the same place."""
        nth = Random(matter).randrange(VARIANTS)
        return (self.before if kind == "before" else self.after)[nth]


def draw(kind: str, nth: int) -> bytes:
    """A workshop as JPEG: dusty and cracked before, clean and railed after."""
    luck = Random(nth)
    wall = _WALLS[nth % len(_WALLS)]
    image = Image.new("RGB", SIZE, wall)
    pen = ImageDraw.Draw(image)
    _room(pen, wall, luck)
    (_hazard if kind == "before" else _mended)(pen, luck)
    out = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(1.2)).save(out, "JPEG", quality=82)
    return out.getvalue()


def _room(pen: ImageDraw.ImageDraw, wall: tuple[int, int, int], luck: Random) -> None:
    """Floor, windows, a tank and a pipe."""
    width, height = SIZE
    pen.rectangle((0, 520, width, height), fill=(122, 124, 126))
    for x in range(60, width, 230):
        pen.rectangle((x, 70, x + 150, 250), fill=(206, 220, 230), outline=(90, 96, 102), width=6)
        pen.line((x + 75, 70, x + 75, 250), fill=(90, 96, 102), width=5)
    left = 120 + luck.randrange(120)
    pen.rounded_rectangle((left, 290, left + 230, 540), 36, fill=(136, 148, 158), width=0)
    pen.ellipse((left, 268, left + 230, 318), fill=(158, 170, 180))
    pen.line((left + 230, 400, width, 400), fill=(104, 112, 120), width=30)


def _hazard(pen: ImageDraw.ImageDraw, luck: Random) -> None:
    """Heaps of dust, a crack, a dripping pipe."""
    width, height = SIZE
    for _ in range(7):
        x, y, size = luck.randrange(width), 560 + luck.randrange(120), 60 + luck.randrange(110)
        pen.ellipse((x - size, y - size // 3, x + size, y + size // 2), fill=(168, 140, 98))
    x, y = 620 + luck.randrange(200), 260
    for _ in range(9):
        to = (x + luck.randrange(-34, 35), y + 24)
        pen.line((x, y, *to), fill=(52, 46, 42), width=6)
        x, y = to
    drop = 700 + luck.randrange(160)
    for nth in range(5):
        pen.ellipse((drop, 424 + nth * 28, drop + 14, 446 + nth * 28), fill=(64, 96, 120))
    pen.rectangle((0, height - 34, width, height), fill=(60, 58, 56))


def _mended(pen: ImageDraw.ImageDraw, luck: Random) -> None:
    """A swept floor, a railing, a marked line, a new joint."""
    width, height = SIZE
    for x in range(0, width, 96):
        pen.line((x, 566, x, 660), fill=(214, 168, 32), width=10)
    for y in (572, 616):
        pen.line((0, y, width, y), fill=(214, 168, 32), width=10)
    joint = 640 + luck.randrange(180)
    pen.rectangle((joint, 376, joint + 46, 424), fill=(70, 130, 92))
    for nth in range(0, width, 60):
        pen.polygon(
            ((nth, height - 34), (nth + 30, height - 34), (nth + 12, height), (nth - 18, height)),
            fill=(238, 200, 60),
        )
