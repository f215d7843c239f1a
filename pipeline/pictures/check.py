"""One picture, judged by its own bytes: what the server says of it counts for nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from pipeline.errors import Issue
from pipeline.pictures.headers import BadPictureError, Header, Kind, kind_of, read_header

_WORDS = {
    "empty": "这个地址没有给出任何内容。",
    "too_large": "图片文件太大（{bytes} 字节）。",
    "markup": "这不是图片，是一个网页或 SVG；其中可能带有脚本，不收。",
    "unknown": "这不是 JPEG、PNG、GIF 或 WebP 图片。",
    "truncated": "图片没有传完。",
    "damaged": "图片已损坏。",
    "bomb": "图片里压缩的内容大得反常，打开它会耗尽内存，不收。",
    "pixels": "图片有 {width}×{height} 像素、{frames} 帧，打开它会耗尽内存，不收。",
    "tiny": "图片只有 {width}×{height} 像素，不是插图。",
}
_REMEDY = "笔记里仍用原来的网址；也可以换一张图片。"
_TEMPORARY = frozenset({"empty", "truncated"})
_EXTENSIONS = {"jpeg": "jpg", "png": "png", "gif": "gif", "webp": "webp"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureLimits:
    """What is still a picture for a note.

    `max_pixels` bounds one frame, `max_frame_pixels` all frames of an animation together;
    `min_side` is the least width and height in pixels (a counting pixel has one).
    """

    max_bytes: int = 10 * 1024 * 1024
    max_pixels: int = 50_000_000
    max_frame_pixels: int = 500_000_000
    max_frames: int = 2_000
    min_side: int = 16


DEFAULT_LIMITS = PictureLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that may be kept and shown; `digest` is the SHA-256 of `body` in hex."""

    kind: Kind
    width: int
    height: int
    frames: int
    digest: str
    body: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """The file's name, made from the content alone: 32 hex digits and the true ending."""
        return f"{self.digest[:32]}.{_EXTENSIONS[self.kind]}"

    @property
    def media_type(self) -> str:
        """What to serve it as, together with `X-Content-Type-Options: nosniff`."""
        return f"image/{self.kind}"


def check_picture(
    body: bytes, *, subject: str = "", limits: PictureLimits = DEFAULT_LIMITS
) -> Picture | Issue:
    """The picture in these bytes, or why they are none; `subject` is its address.

    Codes: `picture.empty`, `too_large`, `markup`, `unknown`, `truncated`, `damaged`, `bomb`,
    `pixels`, `tiny`. Time is linear in the bytes, memory does not grow with what they claim.
    """
    if not body or len(body) > limits.max_bytes:
        return refusal(subject, "too_large" if body else "empty", bytes=len(body))
    if kind_of(body) is None:
        return refusal(subject, "markup" if _is_markup(body) else "unknown")
    try:
        header = read_header(body)
    except BadPictureError as error:
        return refusal(subject, str(error))
    assert header, "its type is known"
    if code := _beyond(header, limits):
        size = {"width": header.width, "height": header.height, "frames": header.frames}
        return refusal(subject, code, **size)
    return Picture(
        kind=header.kind,
        width=header.width,
        height=header.height,
        frames=header.frames,
        digest=hashlib.sha256(body).hexdigest(),
        body=body,
    )


def _beyond(header: Header, limits: PictureLimits) -> str | None:
    pixels = header.width * header.height
    many = header.frames > limits.max_frames or pixels * header.frames > limits.max_frame_pixels
    if pixels > limits.max_pixels or many:
        return "pixels"
    return "tiny" if min(header.width, header.height) < limits.min_side else None


def _is_markup(body: bytes) -> bool:
    return body[:1024].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").startswith(b"<")


def refusal(subject: str, code: str, **facts: int) -> Issue:
    """Why these bytes are not kept; what is temporary may be asked for again."""
    return Issue(
        subject=subject,
        code=f"picture.{code}",
        sentence=_WORDS[code].format(**facts),
        remedy=_REMEDY,
        temporary=code in _TEMPORARY,
    )
