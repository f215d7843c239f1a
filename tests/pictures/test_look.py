"""What pixels say: drawn pictures of seeds nobody tuned on, and bytes that mean harm."""

from __future__ import annotations

import random
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from pipeline.errors import Issue
from pipeline.pictures.eye import PictureEye
from pipeline.pictures.look import LOOK_LIMITS, Sight, look
from pipeline.types import Image as Told
from tests.pictures import drawn, drawn_more, samples

UNSEEN = range(5_000, 5_002)
"""The thresholds were set on seeds 0 to 5."""


def seen(body: bytes) -> Sight:
    sight = look(body, subject="x")
    assert isinstance(sight, Sight), sight
    return sight


@pytest.mark.parametrize("name", [*drawn.FIGURES, *drawn.DECORATION])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_every_drawing_is_taken_for_what_it_is(name: str, kind: str) -> None:
    draw, allowed = drawn.DECORATION.get(name) or (drawn.FIGURES[name], frozenset({"figure"}))
    for seed in UNSEEN:
        sight = seen(drawn.encoded(draw(random.Random(f"{name} {seed}")), kind))
        assert sight.kind in allowed, (seed, sight)
        assert sight.reason


def test_drawings_on_which_nothing_was_set() -> None:
    for name, body, allowed in drawn_more.more(range(7_000, 7_001)):
        if name not in drawn_more.DOUBTFUL:
            assert seen(body).kind in allowed, name


def test_facts_of_a_poster() -> None:
    body = drawn.encoded(drawn.follow_poster(random.Random("facts")))
    sight = seen(body)
    assert (sight.frames, sight.ratio > 1.8) == (1, True)
    assert 0.05 < sight.code < 0.3
    assert 0.5 < sight.plain < 0.95
    assert sight.colours > 5


def test_transparency_is_white_paper() -> None:
    picture = Image.new("RGBA", (600, 400), (0, 0, 0, 0))
    assert seen(drawn.encoded(picture)).kind == "blank"
    figure = drawn.plot(random.Random("clear")).convert("RGBA")
    figure.putalpha(figure.convert("L").point(lambda value: 255 - value))
    assert seen(drawn.encoded(figure)).kind == "figure"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK", "YCbCr"])
def test_every_mode_is_read(mode: str) -> None:
    figure = drawn.pipeline(random.Random("modes"))
    if mode == "I;16":
        picture = figure.convert("I").point(lambda value: value * 257).convert("I;16")
    else:
        picture = figure.convert(mode)
    kind = "JPEG" if mode in ("CMYK", "YCbCr") else "PNG"
    sight = seen(drawn.encoded(picture, kind))
    assert sight.kind == "figure"
    assert sight.edges > 0.05


def test_codes_in_sixteen_bits_and_four_inks() -> None:
    code = drawn.code(random.Random("modes")).resize((400, 400))
    deep = code.convert("I").point(lambda value: value * 257).convert("I;16")
    assert seen(drawn.encoded(deep)).kind == "qr_code"
    assert seen(drawn.encoded(code.convert("CMYK"), "JPEG")).kind == "qr_code"


def test_only_the_first_frame_of_an_animation() -> None:
    figure = drawn.plot(random.Random("moves")).resize((500, 300))
    code = drawn.code(random.Random("moves")).resize((500, 300))
    moving = drawn.encoded(figure, "GIF", save_all=True, append_images=[code] * 3)
    assert (seen(moving).kind, seen(moving).frames) == ("figure", 2), "equal frames are one"
    webp = drawn.encoded(figure, "WEBP", save_all=True, append_images=[code])
    assert seen(webp).kind == "figure"


def _bomb() -> bytes:
    """A PNG that says 40,000 pixels a side and packs a gigabyte of nothing."""
    return samples.png(40_000, 40_000)


def _lying_gif() -> bytes:
    """10,000 frames in 200 KB."""
    return samples.gif(800, 600, frames=10_000)


def _scans() -> bytes:
    """A large progressive JPEG whose 190 scans each cost a pass over 24 million pixels."""
    return samples.jpeg(6_000, 4_000, scans=190, marker=0xC2)


def _profile() -> bytes:
    """A colour profile of noise."""
    return drawn.encoded(
        drawn.plot(random.Random(1)),
        icc_profile=b"\0\0\0\x10garbage" + random.Random(1).randbytes(999),
    )


def _short_rows() -> bytes:
    """As many pixels as a figure has, but rows that end after a few."""
    head = struct.pack(">IIBBBBB", 900, 600, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(samples.chunk(*part) for part in parts)


def _polyglot() -> bytes:
    """A picture that goes on as a web page."""
    return drawn.encoded(drawn.plot(random.Random(2))) + b"<html><script>alert(1)</script>"


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb": (_bomb, "picture.pixels"),
    "10,000 frames": (_lying_gif, "picture.pixels"),
    "scans": (_scans, "picture.bomb"),
    "short rows": (_short_rows, "picture.damaged"),
    "nothing": (lambda: b"", "picture.empty"),
    "a page": (lambda: b"<!doctype html><p>404", "picture.markup"),
    "another type": (lambda: b"BM" + b"\0" * 100, "picture.unknown"),
    "a header alone": (lambda: samples.jpeg(900, 600), "picture.damaged"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_pictures_are_refused(name: str) -> None:
    make, code = REFUSED[name]
    found = look(make(), subject="https://e.org/x")
    assert isinstance(found, Issue)
    assert (found.code, found.subject) == (code, "https://e.org/x")


def test_large_pictures_are_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(Image, "open", refuse)
    side = round(LOOK_LIMITS.max_pixels**0.5) + 1
    assert isinstance(look(samples.png(side, side)), Issue)


@pytest.mark.parametrize("make", [_profile, _polyglot])
def test_odd_additions_change_nothing(make: Callable[[], bytes]) -> None:
    assert seen(make()).kind == "figure"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_no_bytes_make_it_raise(kind: str) -> None:
    dice = random.Random(f"broken {kind}")
    whole = drawn.encoded(drawn.bars(dice).resize((320, 200)), kind)
    outcomes = set()
    for _ in range(60):
        spoilt = bytearray(whole)
        for _ in range(dice.randint(1, 12)):
            spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
        if dice.random() < 0.3:
            del spoilt[dice.randrange(20, len(spoilt)) :]
        found = look(bytes(spoilt))
        outcomes.add(type(found))
    assert Issue in outcomes


def test_the_eye_tells_stand_ins_from_pictures() -> None:
    eye = PictureEye()
    body = drawn.encoded(drawn.plot(random.Random(3)))
    one, two = (f"https://mmbiz.qpic.cn/mmbiz_png/{key}/640?wx_fmt=png" for key in ("One", "Two"))
    assert eye.look(Told(url=one), body) == "figure"
    assert eye.look(Told(url=one), body) == "figure"
    assert eye.look(Told(url=two), body) == "stand_in"
    assert eye.look(Told(url=two, width=300, height=900), body) == "stand_in"
    assert eye.look(Told(url="https://e.org/a.png"), b"<svg>") == "unreadable"
    assert eye.request(Told(url=one), "https://e.org").referer == "https://mp.weixin.qq.com/"
    assert (
        eye.request(Told(url="https://e.org/a.png"), "https://e.org/p").referer == "https://e.org/p"
    )


def test_nothing_heavy_is_loaded_before_a_picture_is_looked_at() -> None:
    told = (
        "import sys, pipeline.pictures.eye;"
        "print({'PIL', 'zxingcpp'} & {name.split('.')[0] for name in sys.modules})"
    )
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
