"""The sample day's pictures, drawn when they are asked for: figures of boxes, curves and bars."""

from __future__ import annotations

import hashlib
import io
import random
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

_INKS = ("#4c72b0", "#dd8452", "#55a868", "#c44e52", "#8172b3")
_BOX = ("#dae8fc", "#d5e8d4", "#ffe6cc", "#f8cecc")


@cache
def drawn(name: str, width: int, height: int, kind: str = "PNG") -> bytes:
    """The picture of that name in that size; the same name gives the same bytes."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (width, height), "white")
    dice = random.Random(hashlib.sha256(name.encode()).digest())  # noqa: S311 - for looks only
    if name == "qrcode":
        picture.paste(_code().resize((width - 30, height - 30)), (15, 15))
    elif min(width, height) > 200:
        paint = _boxes if dice.random() < 0.5 else _curves
        paint(ImageDraw.Draw(picture), dice, width, height)
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def _code() -> Image:
    """A code to scan, as it stands under every article of an account."""
    import zxingcpp
    from PIL import Image

    code = zxingcpp.create_barcode("https://example.org/follow", zxingcpp.BarcodeFormat.QRCode)
    dots = code.to_image(scale=4)
    return Image.frombytes("L", dots.shape[::-1], bytes(memoryview(dots)))


def _boxes(draw: ImageDraw, dice: random.Random, width: int, height: int) -> None:
    count = dice.randint(4, 6)
    step = width / count
    for number in range(count):
        left, top = number * step + 20, height * dice.uniform(0.1, 0.3)
        right = left + step * 0.7
        draw.rectangle((left, top, right, height * 0.85), fill=_BOX[number % 4], outline="black")
        for row in range(dice.randint(2, 5)):
            at = top + 30 + row * 40
            draw.rectangle((left + 12, at, right - 12, at + 24), outline=_INKS[row], width=2)
        draw.line((right, height / 2, left + step, height / 2), fill="black", width=3)


def _curves(draw: ImageDraw, dice: random.Random, width: int, height: int) -> None:
    draw.rectangle((60, 20, width - 20, height - 50), outline="black", width=2)
    for tick in range(1, 8):
        at = 60 + tick * (width - 80) / 8
        draw.line((at, height - 50, at, 20), fill="#dddddd")
    for ink in _INKS[: dice.randint(2, 5)]:
        bend = dice.uniform(5, 25)
        points = [
            (60 + x * (width - 80) / 60, height - 50 - (height - 90) * x / (x + bend))
            for x in range(61)
        ]
        draw.line(points, fill=ink, width=4)
