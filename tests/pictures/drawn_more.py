"""More drawings, on which no threshold was set: what real pages show that the first ones do not.

Codes as accounts style them, moving dividers, and figures that come near to decoration: sparse
patterns, masks, grids, pages of a paper. `painted` are pages drawn by a browser.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Iterator

import segno
from PIL import Image, ImageDraw, ImageFilter

from tests.pictures.drawn import Draw, _code, _sheet, _words, _write, encoded, photograph

_TONES = ("#07863c", "#0b3d91", "#7a1fa2", "#b23c17", "#222222")


def _modules(dice: random.Random) -> list[list[bool]]:
    address = f"https://weixin.qq.com/r/{dice.randrange(10**16)}"
    code = segno.make(address, error="h", micro=False)
    return [[bool(cell) for cell in row] for row in code.matrix]


def _styled(dice: random.Random, shape: str, colour: tuple[str, str]) -> Image.Image:
    """A code of round, small or fading modules with plain corners."""
    cells = _modules(dice)
    size, step, edge = len(cells), 14, 28
    picture, draw = _sheet(size * step + 2 * edge, size * step + 2 * edge)
    for y, row in enumerate(cells):
        for x, dark in enumerate(row):
            if not dark:
                continue
            corner = (x < 7 and y < 7) or (x >= size - 7 and y < 7) or (x < 7 and y >= size - 7)
            gap = 0 if corner or shape == "square" else 1 if shape == "round" else 3
            box = (
                edge + x * step + gap,
                edge + y * step + gap,
                edge + (x + 1) * step - 1 - gap,
                edge + (y + 1) * step - 1 - gap,
            )
            ink = colour[0] if y * 2 < size else colour[1]
            if gap:
                draw.ellipse(box, fill=ink)
            else:
                draw.rectangle(box, fill=ink)
    return picture


def code_round(dice: random.Random) -> Image.Image:
    """Round modules with a logo in the middle."""
    picture = _styled(dice, "round", (dice.choice(_TONES),) * 2)
    side = round(picture.width * 0.18)
    picture.paste(photograph(dice).resize((side, side)), ((picture.width - side) // 2,) * 2)
    return picture


def code_dotted(dice: random.Random) -> Image.Image:
    """Modules as small dots of two colours."""
    top, bottom = dice.sample(_TONES, 2)
    return _styled(dice, "dots", (top, bottom))


def code_low(dice: random.Random) -> Image.Image:
    """Shrunk to two or three pixels a module, sharpened again and saved badly."""
    small = _code(dice).resize((dice.randint(120, 160),) * 2, Image.Resampling.BILINEAR)
    picture = small.resize((258, 258), Image.Resampling.BICUBIC)
    return Image.open(io.BytesIO(encoded(picture, "JPEG", quality=35))).convert("RGB")


def code_turned(dice: random.Random) -> Image.Image:
    """Photographed on a table: turned, a little out of focus, over a fifth of the picture."""
    ground = photograph(dice).resize((1000, 750))
    code = _code(dice).convert("RGBA").resize((430, 430))
    turned = code.rotate(dice.uniform(-25, 25), expand=True, resample=Image.Resampling.BICUBIC)
    ground.paste(turned, (dice.randint(60, 350), dice.randint(40, 150)), turned)
    return ground.filter(ImageFilter.GaussianBlur(dice.uniform(0.4, 1.2)))


def code_on_photograph(dice: random.Random) -> Image.Image:
    """Dark modules and pale ground laid over a photograph that shines through."""
    code = _code(dice).resize((600, 600))
    return Image.blend(code, photograph(dice).resize((600, 600)), 0.3)


def code_in_card(dice: random.Random) -> Image.Image:
    """The card of an account: face and name on the left, the code on the right."""
    picture, draw = _sheet(1080, dice.choice((360, 420, 480)), "#f7f7f7")
    side = picture.height - 120
    picture.paste(_code(dice).resize((side, side)), (picture.width - side - 60, 60))
    picture.paste(photograph(dice).resize((140, 140)), (60, 80))
    _write(draw, (230, 100), _words(dice, 2), 40)
    _write(draw, (60, 260), _words(dice, 5), 26, "#888888")
    return picture


def two_codes(dice: random.Random) -> Image.Image:
    """One to follow, one to join the group."""
    picture, draw = _sheet(1080, 560, dice.choice(("white", "#fff8e1", "#e3f2fd")))
    for at in (130, 620):
        picture.paste(_code(dice).resize((330, 330)), (at, 60))
        _write(draw, (at + 40, 430), _words(dice, 2), 32)
    return picture


def code_cut(dice: random.Random) -> Image.Image:
    """A code whose lower edge the editor cut off: two of three corners."""
    code = _code(dice).resize((430, 430))
    return code.crop((0, 0, 430, dice.randint(250, 300)))


def wave(dice: random.Random) -> Image.Image:
    """A curved line, eight to ten times as wide as high."""
    height = dice.choice((108, 120, 130))
    picture, draw = _sheet(1080, height)
    ink = dice.choice(_TONES)
    points = [(x, height / 2 + height * 0.3 * math.sin(x / 60)) for x in range(0, 1080, 4)]
    draw.line(points, fill=ink, width=6)
    return picture


def end_mark(dice: random.Random) -> Image.Image:
    """The end, between two lines."""
    height = dice.choice((90, 120, 160))
    picture, draw = _sheet(1080, height)
    draw.line((80, height // 2, 420, height // 2), fill="#999999", width=3)
    draw.line((660, height // 2, 1000, height // 2), fill="#999999", width=3)
    _write(draw, (490, height // 2 - 24), "END", 48, "#555555")
    return picture


def banner_fading(dice: random.Random) -> Image.Image:
    """A call to follow on a ground that fades, five to six times as wide as high."""
    height = dice.choice((180, 200, 210))
    flat = Image.linear_gradient("L").rotate(90).resize((1080, height))
    red, green, blue = (dice.randint(0, 120) for _ in range(3))
    picture = Image.merge(
        "RGB", [flat.point(lambda v, c=c: min(c + v // 2, 255)) for c in (red, green, blue)]
    )
    _write(ImageDraw.Draw(picture), (300, height * 0.3), _words(dice, 3), 56, "white")
    return picture


def moving_line(dice: random.Random) -> bytes:
    """An animated divider: a dot runs along a line."""
    frames = []
    for at in range(6):
        picture, draw = _sheet(640, 40)
        draw.line((10, 20, 630, 20), fill="#cccccc", width=2)
        draw.ellipse((at * 100 + 20, 10, at * 100 + 40, 30), fill=dice.choice(_TONES))
        frames.append(picture)
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100)


def moving_slogan(dice: random.Random) -> bytes:
    """An animated call to follow that begins with an empty frame."""
    empty, _ = _sheet(900, 180, "#1565c0")
    full, draw = _sheet(900, 180, "#1565c0")
    _write(draw, (200, 60), _words(dice, 3), 56, "white")
    return encoded(empty, "GIF", save_all=True, append_images=[full], duration=400)


def scatter(dice: random.Random) -> Image.Image:
    """Points of several classes without axes, as of an embedding."""
    picture, draw = _sheet(800, dice.choice((600, 800)))
    for _ in range(dice.randint(4, 10)):
        ink = dice.choice((*_TONES, "#ff7f0e", "#17becf"))
        x, y = dice.uniform(100, 700), dice.uniform(100, 500)
        for _ in range(150):
            at = (x + dice.gauss(0, 45), y + dice.gauss(0, 45))
            draw.ellipse((at[0] - 3, at[1] - 3, at[0] + 3, at[1] + 3), fill=ink)
    return picture


def sparse_pattern(dice: random.Random) -> Image.Image:
    """Squares of an attention pattern: local, strided and random."""
    side, step = dice.choice((24, 32, 48)), 16
    picture, draw = _sheet(side * step * 2 + 80, side * step + 40)
    for left in (20, side * step + 60):
        for y in range(side):
            for x in range(side):
                near = abs(x - y) < 3 or x % dice.choice((7, 8)) == 0 or dice.random() < 0.05
                box = (left + x * step, 20 + y * step, left + x * step + 14, 20 + y * step + 14)
                draw.rectangle(box, fill="#1f3a93" if near else "#e8eef9")
    return picture


def confusion(dice: random.Random) -> Image.Image:
    """A matrix of shades with its figures."""
    side = dice.randint(5, 12)
    picture, draw = _sheet(side * 70 + 140, side * 70 + 100)
    for y in range(side):
        for x in range(side):
            share = dice.uniform(0.6, 1) if x == y else dice.uniform(0, 0.3)
            shade = round(255 - 200 * share)
            draw.rectangle(
                (100 + x * 70, 20 + y * 70, 168 + x * 70, 88 + y * 70), fill=(shade, shade, 255)
            )
            _write(draw, (115 + x * 70, 45 + y * 70), f"{share:.2f}", 16)
    return picture


def mask(dice: random.Random) -> Image.Image:
    """A segmentation: a few flat shapes on black."""
    picture, draw = _sheet(*dice.choice(((640, 480), (1024, 512))), "black")
    for _ in range(dice.randint(2, 6)):
        x, y = dice.uniform(0, picture.width * 0.7), dice.uniform(0, picture.height * 0.7)
        box = (x, y, x + dice.uniform(60, 240), y + dice.uniform(60, 200))
        draw.ellipse(box, fill=dice.choice(("#ff0000", "#00ff00", "#ffff00", "white")))
    return picture


def gallery(dice: random.Random) -> Image.Image:
    """Results side by side with what each method is called, two rows and more."""
    return _grid(dice, dice.randint(3, 6), dice.randint(2, 4))


def gallery_row(dice: random.Random) -> Image.Image:
    """One row of five or six results: as long as a strip of faces."""
    return _grid(dice, dice.randint(5, 6), 1)


def _grid(dice: random.Random, columns: int, rows: int) -> Image.Image:
    picture, draw = _sheet(columns * 200, rows * 160 + 40)
    for row in range(rows):
        for column in range(columns):
            picture.paste(photograph(dice).resize((190, 150)), (column * 200 + 5, row * 160 + 5))
    for column in range(columns):
        _write(draw, (column * 200 + 60, rows * 160 + 10), _words(dice, 1), 18)
    return picture


def first_page(dice: random.Random) -> Image.Image:
    """The top of a paper: title, authors, two columns of small print."""
    picture, draw = _sheet(1200, dice.randint(420, 1500))
    _write(draw, (220, 50), _words(dice, 6), 40)
    _write(draw, (320, 130), _words(dice, 8), 22)
    for at in range(220, picture.height - 30, 22):
        for left in (80, 630):
            _write(draw, (left, at), _words(dice, 9)[:56], 16)
    return picture


def title_strip(dice: random.Random) -> Image.Image:
    """A paper's title cut out alone: two lines, three to four times as wide as high."""
    picture, draw = _sheet(1080, dice.randint(270, 360))
    _write(draw, (120, 50), _words(dice, 7)[:40], 44)
    _write(draw, (220, 120), _words(dice, 6)[:36], 44)
    _write(draw, (200, 210), _words(dice, 8), 20)
    return picture


def wide_results(dice: random.Random) -> Image.Image:
    """One row of a table with its head, four times as wide as high."""
    columns = dice.randint(7, 10)
    picture, draw = _sheet(columns * 108, 240)
    for row in range(5):
        for column in range(columns):
            _write(draw, (12 + column * 108, 24 + row * 40), f"{dice.uniform(0, 99):.1f}", 20)
    for at in (10, 60, 226):
        draw.line((4, at, picture.width - 4, at), fill="black", width=2)
    return picture


def dark_diagram(dice: random.Random) -> Image.Image:
    """A slide on a dark ground with boxes and few words."""
    picture, draw = _sheet(1280, 720, "#0d1b2a")
    for column in range(dice.randint(2, 4)):
        left = 100 + column * 290
        draw.rounded_rectangle((left, 260, left + 220, 420), 16, outline="#e0e1dd", width=3)
        _write(draw, (left + 30, 320), _words(dice, 1), 30, "#e0e1dd")
    _write(draw, (100, 80), _words(dice, 4), 54, "#e0e1dd")
    return picture


MORE_FIGURES: dict[str, Draw] = {
    d.__name__: d
    for d in (
        scatter,
        sparse_pattern,
        confusion,
        mask,
        gallery,
        first_page,
        title_strip,
        wide_results,
        dark_diagram,
    )
}
MORE_DECORATION: dict[str, tuple[Draw, frozenset[str]]] = {
    draw.__name__: (draw, frozenset(kinds.split()))
    for draw, kinds in (
        (code_round, "qr_code"),
        (code_dotted, "qr_code"),
        (code_low, "qr_code"),
        (code_turned, "qr_code"),
        (code_on_photograph, "qr_code"),
        (code_in_card, "qr_code"),
        (two_codes, "qr_code"),
        (wave, "divider"),
        (end_mark, "banner divider"),
        (banner_fading, "banner"),
    )
}
MOVING = {
    "moving_line": (moving_line, frozenset({"divider"})),
    "moving_slogan": (moving_slogan, frozenset({"banner", "blank"})),
}
DOUBTFUL: dict[str, tuple[Draw, frozenset[str]]] = {
    "code_cut": (code_cut, frozenset({"qr_code"})),
    "gallery_row": (gallery_row, frozenset({"figure"})),
}
"""What pixels do not surely tell; the table says how often."""

PAGES = {
    "table": "<table border=1 cellpadding=8>{rows}</table>",
    "listing": "<pre style='background:#272822;color:#f8f8f2;padding:24px;font:18px monospace'>{lines}</pre>",
    "article": "<div><h1>{word}</h1><p style='line-height:1.8'>{text}</p><p style='line-height:1.8'>{text}</p></div>",
    "chat": "<div style='background:#ededed;padding:20px'>{bubbles}</div>",
    "formula": "<p style='font:36px serif;text-align:center;padding:60px'>&#x2112; = &#x2211;<sub>i</sub> w<sub>i</sub> log p(x<sub>i</sub>)</p>",
    "one line": "<pre style='background:#000;color:#0f0;padding:12px;font:16px monospace'>{line}</pre>",
    "terminal": "<pre style='background:#000;color:#0f0;padding:12px;font:16px monospace'>{lines}</pre>",
    "cards": "<div style='display:flex;gap:16px'>{cards}</div>",
    "chart": "<svg width=900 height=420>{bars}</svg>",
}
"""Pages that a browser paints, by what they show; `filled` fills them in."""


def filled(name: str, dice: random.Random) -> str:
    """The page's HTML with words and figures of this seed."""

    def cells() -> str:
        return "".join(f"<td>{dice.uniform(0, 99):.1f}</td>" for _ in range(7))

    bubble = "<p style='background:{};padding:12px;border-radius:8px;width:60%'>{}</p>"
    card = "<div style='border:1px solid #ccc;border-radius:8px;padding:16px;width:30%'><h3>{}</h3>{}</div>"
    bar = "<rect x='{}' y='{}' width='70' height='{}' fill='{}'/>"
    parts = {
        "rows": "".join(f"<tr><th>{_words(dice, 1)}</th>{cells()}</tr>" for _ in range(6)),
        "lines": "\n".join(" " * dice.randint(0, 8) + _words(dice, 5) for _ in range(14)),
        "word": _words(dice, 4),
        "text": _words(dice, 70),
        "bubbles": "".join(
            bubble.format(dice.choice(("white", "#95ec69")), _words(dice, 9)) for _ in range(6)
        ),
        "line": "$ " + _words(dice, 6),
        "cards": "".join(card.format(_words(dice, 2), _words(dice, 14)) for _ in range(3)),
        "bars": "".join(
            bar.format(at * 100 + 20, 400 - high, high, dice.choice(_TONES))
            for at, high in enumerate(dice.choices(range(40, 380), k=8))
        ),
    }
    return f"<body style='font:20px sans-serif;margin:24px;width:900px'>{PAGES[name].format(**parts)}</body>"


def more(seeds: range) -> Iterator[tuple[str, bytes, frozenset[str]]]:
    """Name, bytes and the kinds each may pass as; PNG and JPEG of every still."""
    figures = {name: (draw, frozenset({"figure"})) for name, draw in MORE_FIGURES.items()}
    for name, (draw, allowed) in (figures | MORE_DECORATION | DOUBTFUL).items():
        for seed in seeds:
            picture = draw(random.Random(f"{name} {seed}"))
            yield name, encoded(picture), allowed
            yield name, encoded(picture, "JPEG"), allowed
    for name, (move, allowed) in MOVING.items():
        for seed in seeds:
            yield name, move(random.Random(f"{name} {seed}")), allowed
