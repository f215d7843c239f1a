"""What is taken for a picture, and what never is."""

from __future__ import annotations

import base64
import struct
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import Issue
from pipeline.pictures import Picture, PictureLimits, check_picture
from tests.pictures import samples

MAKERS = {
    "png": samples.png,
    "gif": samples.gif,
    "jpeg": samples.jpeg,
    "webp": samples.webp,
    "lossless": samples.webp_lossless,
    "moving": samples.webp_moving,
}


def code(body: bytes, **limits: int) -> str:
    found = check_picture(body, subject="u", limits=PictureLimits(**limits))
    assert isinstance(found, Issue)
    assert found.subject == "u"
    assert found.remedy
    return found.code.removeprefix("picture.")


@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS.keys())
def test_type_and_size_are_read_off_the_header(maker: Callable[..., bytes]) -> None:
    picture = check_picture(maker(123, 77))
    assert isinstance(picture, Picture)
    assert (picture.width, picture.height) == (123, 77)
    assert picture.media_type == f"image/{picture.kind}"


def test_the_name_is_made_from_the_content_alone() -> None:
    one, again = check_picture(samples.png()), check_picture(samples.png(), subject="x")
    other = check_picture(samples.png(colour=9))
    assert isinstance(one, Picture)
    assert isinstance(again, Picture)
    assert isinstance(other, Picture)
    assert one.name == again.name != other.name
    assert one.name == f"{one.digest[:32]}.png"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "empty"),
        (b"<html><img src=x>", "markup"),
        (b"\xef\xbb\xbf \n<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "markup"),
        (b"<?xml version='1.0'?><svg/>", "markup"),
        (b"\0\0\0\x20ftypavif" + b"\0" * 40, "unknown"),
        (b"BM" + b"\0" * 60, "unknown"),
        (b"%PDF-1.7", "unknown"),
        (b"GIF89a<script>alert(1)</script>/*" + b"\0" * 9, "damaged"),
        (samples.png()[:-20], "truncated"),
        (samples.jpeg()[:-2], "truncated"),
        (samples.gif()[:-1], "truncated"),
        (samples.webp()[:-3], "truncated"),
        (b"\x89PNG\r\n\x1a\n" + samples.chunk(b"IDAT", b""), "damaged"),
        (samples.png(0, 30), "damaged"),
        (samples.jpeg(40, 0), "damaged"),
        (samples.gif(frames=0), "damaged"),
        (samples.png(1, 1), "tiny"),
        (samples.gif(600, 2), "tiny"),
        (samples.png(60_000, 60_000), "pixels"),
        (samples.jpeg(65_535, 65_535), "pixels"),
        (samples.gif(65_535, 65_535), "pixels"),
        (samples.webp_moving(1 << 24, 1 << 24), "pixels"),
        (samples.gif(2000, 2000, frames=200), "pixels"),
        (samples.gif(20, 20, frames=2001), "pixels"),
        (samples.png(3000, 3000, samples.chunk(b"acTL", struct.pack(">II", 5000, 0))), "pixels"),
        (samples.jpeg(scans=500), "bomb"),
    ],
)
def test_what_is_refused(body: bytes, why: str) -> None:
    assert code(body) == why


@pytest.mark.parametrize(
    ("name", "before"),
    [(b"iCCP", b"p\0\0"), (b"zTXt", b"k\0\0"), (b"iTXt", b"k\0\1\0zh\0w\0")],
)
def test_a_bomb_inside_a_png_is_not_unpacked(name: bytes, before: bytes) -> None:
    packed = zlib.compress(bytes(50_000_000))
    body = samples.png(40, 30, samples.chunk(name, before + packed))
    tracemalloc.start()
    assert code(body) == "bomb"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


def test_an_honest_profile_is_no_bomb() -> None:
    profile = samples.chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(bytes(3000)))
    words = samples.chunk(b"iTXt", b"k\0\0\0zh\0w\0" + "说明".encode())
    assert isinstance(check_picture(samples.png(40, 30, profile, words)), Picture)


def test_large_files_are_not_even_looked_at() -> None:
    assert code(samples.png(), max_bytes=50) == "too_large"


def test_a_frame_outside_its_screen_counts_in_full() -> None:
    wide = samples.gif(20, 20).replace(
        b"\x2c" + struct.pack("<HHHH", 0, 0, 1, 1),
        b"\x2c" + struct.pack("<HHHH", 0, 0, 60000, 60000),
    )
    assert code(wide) == "pixels"


@pytest.mark.parametrize("start", [b"\xff\xd8\xff", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"RIFF"])
@given(rest=st.binary(max_size=300))
def test_no_bytes_make_it_raise(start: bytes, rest: bytes) -> None:
    found = check_picture(start + rest)
    assert isinstance(found, Picture | Issue)


@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS.keys())
@given(data=st.data())
def test_no_spoiled_picture_makes_it_raise(
    maker: Callable[..., bytes], data: st.DataObject
) -> None:
    body = bytearray(maker(20, 20))
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(body)))
    for spoiled in (bytes(body), bytes(body[:cut])):
        found = check_picture(spoiled)
        assert isinstance(found, Issue) or found.width * found.height <= 50_000_000


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xd8" + b"\xff\xe0\0\2" * 2_000_000,
        b"\xff\xd8" + b"\xff" * 8_000_000,
        b"GIF89a" + b"\x14\0\x14\0\0\0\0" + b"\x21\xff\0" * 2_000_000,
        b"\x89PNG\r\n\x1a\n"
        + samples.chunk(b"IHDR", bytes(13))
        + samples.chunk(b"tEXt", b"") * 600_000,
    ],
)
def test_endless_markers_end(body: bytes) -> None:
    assert code(body) in ("bomb", "damaged", "truncated")


def test_pictures_that_an_encoder_made() -> None:
    for kind, text in samples.ENCODED.items():
        picture = check_picture(base64.b64decode(text))
        assert isinstance(picture, Picture), picture
        assert (picture.kind, picture.width, picture.height) == (kind, 20, 17)
