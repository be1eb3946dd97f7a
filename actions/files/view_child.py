"""The process that makes one view: a picture on its standard input, a clean JPEG on its output.

`actions.files.view` runs it as a file of its own. Whatever a broken or hostile picture does to the
decoder happens here, within these limits, and ends with this process.
"""

import os
import resource
import sys
import warnings
from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageOps

LIMITS = {
    resource.RLIMIT_AS: 512 * 1024 * 1024,
    resource.RLIMIT_CPU: 10,
    resource.RLIMIT_FSIZE: 32 * 1024 * 1024,
    resource.RLIMIT_CORE: 0,
}
"""Bytes of memory, seconds at work, bytes written; no image of the memory of a crash."""
MOST_PIXELS = 50_000_000
MOST_SCANS = 100
"""Scans of a JPEG; cameras make one, progressive pictures some ten (own)."""


def confine() -> None:
    """Take away what a picture does not need; there is no way back."""
    for what, most in LIMITS.items():
        _, given = resource.getrlimit(what)
        most = most if given == resource.RLIM_INFINITY else min(most, given)
        resource.setrlimit(what, (most, most))
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)


def view(source: BinaryIO, longest: int) -> bytes:
    """A picture as a progressive JPEG, upright, so long at most, and nothing but its pixels."""
    if source.read().count(b"\xff\xda") > MOST_SCANS:
        raise ValueError("too many scans: each is decoded as if it were a picture")
    source.seek(0)
    with Image.open(source, formats=["JPEG", "PNG", "WEBP"]) as picture:
        small = _small(picture, longest)
    clean = Image.new("RGB", small.size, "white")
    clean.paste(small, mask=small.getchannel("A") if "A" in small.getbands() else None)
    out = BytesIO()
    clean.save(out, "JPEG", quality=85, progressive=True, optimize=True)
    return out.getvalue()


def _small(picture: Image.Image, longest: int) -> Image.Image:
    """Shrunk, then turned upright: the other way round takes the memory of two whole pictures."""
    if picture.mode.startswith("I"):  # 16 bits of grey
        picture = picture.point(lambda grey: grey * (1 / 256)).convert("L")
    if picture.mode not in ("L", "RGB", "RGBA", "CMYK") or "transparency" in picture.info:
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    picture.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # what else the picture says of itself is broken; it is not
        return picture


def main(longest: int) -> None:
    """Make the view. Leaves with EX_DATAERR when it is the picture that cannot be read."""
    confine()
    try:
        made = view(BytesIO(sys.stdin.buffer.read()), longest)
    except Exception:  # decoders raise whatever they like
        sys.exit(os.EX_DATAERR)
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main(int(sys.argv[1]))
