"""Pictures drawn for the tests: figures of papers and photographs, and all that is none.

Every one is made from its name and a seed, so that thresholds can be set on some and tried on
others. Nothing here was taken from anywhere.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable, Iterator

import segno
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Draw = Callable[[random.Random], Image.Image]
_INKS = ("#1f77b4", "#d62728", "#2ca02c", "#ff7f0e", "#9467bd", "#111111")


def encoded(picture: Image.Image, kind: str = "PNG", **given: object) -> bytes:
    """The picture's bytes."""
    out = io.BytesIO()
    picture.save(out, kind, **given)  # type: ignore[arg-type]
    return out.getvalue()


def _sheet(
    width: int, height: int, colour: str = "white"
) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (width, height), colour)
    return picture, ImageDraw.Draw(picture)


def _words(dice: random.Random, count: int) -> str:
    return " ".join(
        "".join(dice.choices("abcdeinorstu", k=dice.randint(2, 9))) for _ in range(count)
    )


def _write(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, ink: str = "black"
) -> None:
    draw.text(at, text, fill=ink, font=ImageFont.load_default(size))


def plot(dice: random.Random) -> Image.Image:
    """Axes, a legend and one to four curves."""
    width, height = dice.randint(500, 1200), dice.randint(350, 800)
    picture, draw = _sheet(width, height)
    draw.rectangle((60, 20, width - 20, height - 50), outline="black", width=dice.choice((1, 2)))
    for ink in dice.sample(_INKS, dice.randint(1, 4)):
        slope, wave = dice.uniform(0.3, 0.9), dice.uniform(0, 40)
        points = [
            (
                60 + x * (width - 80) / 60,
                height - 50 - slope * (height - 80) * (1 - math.exp(-x / 20)) - wave * math.sin(x),
            )
            for x in range(61)
        ]
        draw.line(points, fill=ink, width=dice.choice((1, 2, 3)))
        _write(draw, (width * 0.6, height * dice.uniform(0.5, 0.8)), _words(dice, 2), 16)
    for tick in range(6):
        _write(draw, (10, 20 + tick * (height - 80) / 5), f"0.{tick}", 14)
    return picture


def bars(dice: random.Random) -> Image.Image:
    """Bars of several colours with their figures."""
    picture, draw = _sheet(dice.randint(600, 1080), dice.randint(360, 700))
    count, floor = dice.randint(4, 12), picture.height - 40
    step = (picture.width - 100) / count
    for number in range(count):
        high = dice.uniform(0.2, 0.9) * (floor - 20)
        left = 60 + number * step
        draw.rectangle((left, floor - high, left + step * 0.7, floor), fill=dice.choice(_INKS))
        _write(draw, (left, floor + 6), f"{high:.1f}", 14)
    return picture


def pipeline(dice: random.Random) -> Image.Image:
    """Boxes and arrows, 1.5 to 4 times as wide as high."""
    width = dice.randint(900, 1600)
    height = round(width / dice.uniform(1.5, 4.0))
    picture, draw = _sheet(width, height)
    count = dice.randint(4, 8)
    step = width / count
    for number in range(count):
        left, top = number * step + 12, height * dice.uniform(0.1, 0.3)
        box = (left, top, left + step * 0.7, height * 0.85)
        draw.rounded_rectangle(
            box, 8, fill=dice.choice(("#dae8fc", "#d5e8d4", "#ffe6cc")), outline="black"
        )
        _write(draw, (left + 6, top + 8), _words(dice, 1), 18)
        for row in range(dice.randint(2, 5)):
            at = top + 40 + row * 28
            draw.rectangle((left + 8, at, left + step * 0.6, at + 18), outline="black")
        draw.line((left + step * 0.7, height / 2, left + step, height / 2), fill="black", width=3)
    return picture


def table(dice: random.Random) -> Image.Image:
    """Rows of figures between rules, black on white."""
    rows, columns = dice.randint(5, 14), dice.randint(4, 9)
    picture, draw = _sheet(columns * 110, rows * 34 + 20)
    for row in range(rows):
        for column in range(columns):
            _write(draw, (10 + column * 110, 14 + row * 34), f"{dice.uniform(0, 99):.2f}", 18)
    for at in (8, 46, rows * 34 + 10):
        draw.line((5, at, picture.width - 5, at), fill="black", width=2)
    return picture


def photograph(dice: random.Random) -> Image.Image:
    """Soft shapes of all colours with the grain of a camera."""
    width, height = dice.choice(((1080, 607), (640, 480), (800, 1200), (1024, 1024)))
    coarse = Image.frombytes("RGB", (12, 8), dice.randbytes(288))
    soft = coarse.resize((width, height), Image.Resampling.BICUBIC)
    grain = Image.frombytes("RGB", (160, 120), dice.randbytes(57600)).resize((width, height))
    return Image.blend(soft, grain, 0.12)


def gradient(dice: random.Random) -> Image.Image:
    """A cover with a title over a gradient."""
    flat = Image.linear_gradient("L").rotate(dice.choice((0, 90))).resize((900, 506))
    picture = Image.merge(
        "RGB", (flat, flat.point(lambda v: 255 - v), Image.new("L", flat.size, 128))
    )
    _write(ImageDraw.Draw(picture), (80, 180), _words(dice, 3), 60, "white")
    return picture


def screenshot(dice: random.Random) -> Image.Image:
    """Lines of text of a terminal or a page."""
    dark = dice.random() < 0.5
    picture, draw = _sheet(
        dice.randint(640, 1080), dice.randint(400, 1800), "#1e1e1e" if dark else "white"
    )
    for at in range(20, picture.height - 30, 28):
        _write(draw, (20, at), _words(dice, dice.randint(2, 9)), 18, "#dddddd" if dark else "black")
    return picture


def formula(dice: random.Random) -> Image.Image:
    """A line or two in the middle of white: the sparsest of figures."""
    picture, draw = _sheet(dice.randint(700, 1000), dice.randint(300, 420))
    _write(draw, (150, 130), f"L = {_words(dice, 4)}", 34)
    return picture


def heatmap(dice: random.Random) -> Image.Image:
    """A grid of random greys that looks like a code and is none."""
    side = dice.choice((8, 14, 21, 29))
    small = Image.frombytes("L", (side, side), bytes(dice.choices((0, 255), k=side * side)))
    return small.resize((side * 24, side * 24), Image.Resampling.NEAREST).convert("RGB")


def slide_with_code(dice: random.Random) -> Image.Image:
    """A figure with a small code in its corner, as authors put on posters and slides."""
    picture = pipeline(dice).resize((1400, 800))
    picture.paste(_code(dice).resize((125, 125)), (1250, 20))
    return picture


FIGURES: dict[str, Draw] = {
    d.__name__: d
    for d in (
        plot,
        bars,
        pipeline,
        table,
        photograph,
        gradient,
        screenshot,
        formula,
        heatmap,
        slide_with_code,
    )
}


def _code(dice: random.Random, dark: str = "black", light: str = "white") -> Image.Image:
    address = f"https://weixin.qq.com/r/{dice.randrange(10**16)}"
    out = io.BytesIO()
    segno.make(address, error="h", micro=False).save(
        out, kind="png", scale=8, border=2, dark=dark, light=light
    )
    return Image.open(out).convert("RGB")


def code(dice: random.Random) -> Image.Image:
    """A code alone."""
    side = dice.choice((200, 258, 430, 1080))
    return _code(dice).resize((side, side))


def code_with_logo(dice: random.Random) -> Image.Image:
    """A code with an account's picture in its middle."""
    picture = _code(dice)
    side = round(picture.width * dice.uniform(0.16, 0.24))
    logo = photograph(dice).resize((side, side))
    picture.paste(logo, ((picture.width - side) // 2,) * 2)
    return picture


def code_hidden(dice: random.Random) -> Image.Image:
    """A code so covered that no telephone reads it."""
    picture = _code(dice)
    side = round(picture.width * 0.5)
    picture.paste(photograph(dice).resize((side, side)), ((picture.width - side) // 2,) * 2)
    return picture


def code_coloured(dice: random.Random) -> Image.Image:
    """A code in an account's colours."""
    dark, light = dice.choice(
        (("#07863c", "white"), ("#0b3d91", "#f4f7ff"), ("#7a1fa2", "#fff8e1"))
    )
    return _code(dice, dark, light)


def code_inverted(dice: random.Random) -> Image.Image:
    """Light on dark."""
    return _code(dice, "white", "#101820")


def follow_poster(dice: random.Random) -> Image.Image:
    """A call to follow beside a code, 1.8 to 3 times as wide as high."""
    width = dice.choice((900, 1080))
    height = round(width / dice.uniform(1.8, 3.0))
    picture, draw = _sheet(width, height, dice.choice(("#e8f5e9", "#fff3e0", "#263238")))
    side = round(height * dice.uniform(0.42, 0.8))
    picture.paste(_code(dice).resize((side, side)), (width - side - 40, (height - side) // 2))
    _write(draw, (60, height * 0.3), _words(dice, 3), 44, "#00897b")
    _write(draw, (60, height * 0.55), _words(dice, 4), 26, "#00897b")
    return picture


def long_poster(dice: random.Random) -> Image.Image:
    """A course poster, tall, with the code at its foot."""
    picture, draw = _sheet(750, 1334, "#283593")
    for at in range(80, 900, 60):
        _write(draw, (60, at), _words(dice, 4), 36, "white")
    picture.paste(_code(dice).resize((240, 240)), (255, 1040))
    return picture


def divider(dice: random.Random) -> Image.Image:
    """A line, dotted or plain."""
    picture, draw = _sheet(dice.choice((640, 1080)), dice.choice((10, 24, 60)))
    middle = picture.height // 2
    for left in range(10, picture.width - 20, dice.choice((20, 40))):
        draw.line((left, middle, left + 12, middle), fill=dice.choice(_INKS), width=3)
    return picture


def ornament(dice: random.Random) -> Image.Image:
    """A wide strip of dots and diamonds."""
    picture, draw = _sheet(1080, dice.choice((80, 108, 130)), "#fafafa")
    for left in range(20, 1060, 52):
        draw.regular_polygon((left, picture.height // 2, 14), 4, fill=dice.choice(_INKS))
    return picture


def avatar_strip(dice: random.Random) -> Image.Image:
    """Faces in a row."""
    count = dice.randint(5, 9)
    picture, _ = _sheet(count * 120, 120)
    mask = Image.new("L", (100, 100))
    ImageDraw.Draw(mask).ellipse((0, 0, 99, 99), fill=255)
    for number in range(count):
        picture.paste(photograph(dice).resize((100, 100)), (number * 120 + 10, 10), mask)
    return picture


def banner(dice: random.Random) -> Image.Image:
    """A slogan on one colour, 2.8 to 5 times as wide as high."""
    width = dice.choice((900, 1080))
    picture, draw = _sheet(
        width, round(width / dice.uniform(2.8, 5.0)), dice.choice(("#1565c0", "#c62828", "#37474f"))
    )
    _write(draw, (60, picture.height * 0.35), _words(dice, 3), 52, "white")
    return picture


def emoji(dice: random.Random) -> Image.Image:
    """A face of 20 to 72 pixels."""
    side = dice.choice((20, 24, 48, 72))
    picture, draw = _sheet(side, side)
    draw.ellipse((1, 1, side - 2, side - 2), fill="#ffd54f", outline="black")
    return picture


def counting_pixel(dice: random.Random) -> Image.Image:
    """One to three pixels."""
    return Image.new("RGB", (dice.randint(1, 3),) * 2, "white")


def blank(dice: random.Random) -> Image.Image:
    """Nothing but one colour, with the noise that JPEG leaves."""
    picture = Image.new(
        "RGB",
        (dice.randint(300, 1080), dice.randint(200, 600)),
        dice.choice(("white", "#eeeeee", "black")),
    )
    return picture.filter(ImageFilter.GaussianBlur(1))


DECORATION: dict[str, tuple[Draw, frozenset[str]]] = {
    draw.__name__: (draw, frozenset(kinds.split()))
    for draw, kinds in (
        (code, "qr_code"),
        (code_with_logo, "qr_code"),
        (code_hidden, "qr_code"),
        (code_coloured, "qr_code"),
        (code_inverted, "qr_code"),
        (follow_poster, "qr_code"),
        (long_poster, "qr_code"),
        (divider, "divider"),
        (ornament, "divider"),
        (avatar_strip, "banner divider"),
        (banner, "banner"),
        (emoji, "icon"),
        (counting_pixel, "tracking_pixel"),
        (blank, "blank"),
    )
}
"""How each is drawn, and as which kinds it may pass."""


def every(seeds: range) -> Iterator[tuple[str, Image.Image, frozenset[str]]]:
    """Name, picture and the kinds it may pass as, for each seed."""
    kinds = {name: (draw, frozenset({"figure"})) for name, draw in FIGURES.items()} | DECORATION
    for name, (draw, allowed) in kinds.items():
        for seed in seeds:
            yield f"{name} {seed}", draw(random.Random(f"{name} {seed}")), allowed
