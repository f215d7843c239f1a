"""What a picture shows, as far as pixels say: a figure, or what no reader would put in a note.

Every threshold was set on the drawn pictures of `tests/pictures/drawn.py`, half-way between the
kinds it parts (`python -m tests.eval.sights` prints their facts); where a figure could be lost,
the doubt is the figure's: a code in the corner of a slide or a sparse plot stays.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pipeline.errors import Issue
from pipeline.pictures.check import Picture, PictureLimits, check_picture, refusal
from pipeline.types import PictureKind

if TYPE_CHECKING:
    from PIL.Image import Image as Pixels

LOOK_LIMITS = PictureLimits(max_pixels=25_000_000, min_side=1)
"""Larger ones are not decoded: 25 million pixels are 100 MB while they are looked at."""
_MAX_SCANNED = 250_000_000
"""Pixels times scans of a progressive JPEG; each scan is a pass, real files have ten."""
_CODE_SIDE = 1_000
"""Pixels of the longer side in which codes are searched: a code of a tenth of it still has three
pixels a module, and noise of that size costs .3 s of one core."""
_SMALL_SIDE = 200
"""Pixels of the longer side on which colours and edges are counted."""
_ALIKE = 24
"""Steps of 256 in each channel within which two pixels are the same colour: what JPEG adds to a
plain ground stays below."""

_PIXEL = 8
"""Counting pixels are 1 to 3 wide; nothing is drawn in less than 16."""
_ICON = 100
"""Both sides: emoji are 20 to 72, avatars and badges up to 96; figures begin at 200."""
_CODE_SHARE = 0.03
"""Of the area: 1.1 % for a code in the corner of a slide, 4.7 % at the foot of a tall poster, 9 %
and more for calls to follow, 80 % for a code alone."""
_DIVIDER = 8.0
"""Long side to short: lines have 27 and more, strips of ornaments 8.3, the widest table 4.4."""
_BANNER = 4.8
"""Long side to short: strips of avatars begin at 5, tables and pipelines end at 4.4."""
_SLOGAN = 2.6
"""Width to height from which a few words on one coloured ground are a banner. On white, black or
grey they may be a formula or a line of a terminal, and stay."""
_SLOGAN_PLAIN = 0.92
"""Slogans have .95 and more; slides and pipelines on a coloured ground stay below .6."""
_SLOGAN_TINT = 16
"""Steps of 256 between the ground's strongest and weakest channel: slate has 24, white and the
greys of pages and terminals less than 8."""
_BLANK_PLAIN = 0.997
"""Share of one colour: a single formula on an empty page has .97 to .985, plots .9 to .97."""
_BLANK_EDGES = 0.002
"""Of all pixels: the same formula has .04; an empty one none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What was seen in a picture's first frame. Sizes in pixels, shares in [0, 1].

    `code` is the area share of the largest QR code, 0 where there is none; `plain` the share of
    the most common colour, `edges` of pixels at an edge; `colours` counts the colours (of 4096)
    that cover at least a thousandth, `tint` is how far the most common one is from grey, in steps of
    256. `digest` is the SHA-256 of the bytes in hex.
    """

    kind: PictureKind
    reason: str
    width: int
    height: int
    frames: int
    code: float
    plain: float
    edges: float
    colours: int
    tint: int
    digest: str

    @property
    def ratio(self) -> float:
        """Width to height."""
        return self.width / self.height


def look(body: bytes, *, subject: str = "", limits: PictureLimits = LOOK_LIMITS) -> Sight | Issue:
    """What these bytes show, or why they cannot be looked at; never raises.

    Codes are those of `check_picture`. Nothing is decoded before the header has said how much it
    would be, and only the first frame of an animation.
    """
    picture = check_picture(body, subject=subject, limits=limits)
    if isinstance(picture, Issue):
        return picture
    if _scanned(picture) > _MAX_SCANNED:
        return refusal(subject, "bomb")
    if min(picture.width, picture.height) < _PIXEL:
        return _judged(picture, 0.0, _Shades(1.0, 0.0, 1, 0))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow doubts aloud; the bytes are judged here
            pixels = _first_frame(picture, limits)
    except Exception:  # a decoder raises whatever hostile bytes lead it to
        return refusal(subject, "damaged")
    return _judged(picture, _code_share(pixels), _shades(pixels))


def _scanned(picture: Picture) -> int:
    scans = picture.body.count(b"\xff\xda") if picture.kind == "jpeg" else 1
    return picture.width * picture.height * scans


def _first_frame(picture: Picture, limits: PictureLimits) -> Pixels:
    """The first frame in RGB on white, its longer side at most `_CODE_SIDE` pixels.

    Raises whatever Pillow does, and `ValueError` where it reads another size than the header's.
    """
    from PIL import Image

    with Image.open(io.BytesIO(picture.body), formats=("JPEG", "PNG", "GIF", "WEBP")) as image:
        if image.width * image.height > limits.max_pixels:
            raise ValueError("two readers of the header disagree")
        image.draft("RGB", (_CODE_SIDE, _CODE_SIDE))
        image.load()
        return _on_white(image, _within(image, _CODE_SIDE))


def _within(image: Pixels, side: int) -> tuple[int, int]:
    scale = min(side / max(image.size), 1.0)
    return max(round(image.width * scale), 1), max(round(image.height * scale), 1)


def _on_white(image: Pixels, size: tuple[int, int]) -> Pixels:
    from PIL import Image

    if image.mode.startswith("I"):  # 16 bits a pixel, of which a screen shows the upper 8
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("P", "PA", "LA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
    if image.mode == "RGBA":
        image = image.resize(size, Image.Resampling.BOX)
        ground = Image.new("RGBA", size, "white")
        return Image.alpha_composite(ground, image).convert("RGB")
    return image.convert("RGB").resize(size, Image.Resampling.BOX)


def _code_share(pixels: Pixels) -> float:
    """The area share of the largest QR code, also of one whose words a logo hides."""
    import zxingcpp

    found = zxingcpp.read_barcodes(
        pixels.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode, return_errors=True
    )
    areas = [_area(code.position) for code in found if code.valid or _is_hidden(code.error)]
    return min(max(areas, default=0.0) / (pixels.width * pixels.height), 1.0)


def _is_hidden(error: object) -> bool:
    """Found with all its corners and a size that exists, but too much of it is covered."""
    return "ChecksumError" in str(error)


def _area(corners: object) -> float:
    """Square pixels of a quadrilateral (shoelace formula)."""
    names = ("top_left", "top_right", "bottom_right", "bottom_left")
    points = [(p.x, p.y) for p in (getattr(corners, name) for name in names)]
    pairs = zip(points, (*points[1:], points[0]), strict=True)
    doubled: float = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)
    return abs(doubled) / 2


class _Shades(NamedTuple):
    plain: float
    edges: float
    colours: int
    tint: int


def _shades(pixels: Pixels) -> _Shades:
    """How the picture's colours and edges are spread, counted on a small copy."""
    from PIL import Image, ImageChops, ImageFilter

    small = pixels.resize(_within(pixels, _SMALL_SIDE), Image.Resampling.BOX)
    total = small.width * small.height
    counted = small.point(lambda value: value & 0xF0).getcolors(total) or [(1, (0, 0, 0))]
    _, colour = max(counted)
    assert isinstance(colour, tuple), "the picture is in RGB"
    middle = tuple(channel + 8 for channel in colour)
    red, green, blue = ImageChops.difference(small, Image.new("RGB", small.size, middle)).split()
    furthest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    lines = small.convert("L").filter(ImageFilter.FIND_EDGES)
    inner = lines.crop((1, 1, max(small.width - 1, 2), max(small.height - 1, 2)))
    return _Shades(
        plain=sum(furthest.histogram()[: _ALIKE + 1]) / total,
        edges=sum(inner.histogram()[64:]) / (inner.width * inner.height),
        colours=sum(count * 1000 >= total for count, _ in counted),
        tint=max(colour) - min(colour),
    )


def _judged(picture: Picture, code: float, shades: _Shades) -> Sight:
    kind, reason = _kind(picture.width, picture.height, code, shades)
    return Sight(
        kind=kind,
        reason=reason,
        width=picture.width,
        height=picture.height,
        frames=picture.frames,
        code=round(code, 4),
        plain=round(shades.plain, 4),
        edges=round(shades.edges, 4),
        colours=shades.colours,
        tint=shades.tint,
        digest=picture.digest,
    )


def _kind(width: int, height: int, code: float, shades: _Shades) -> tuple[PictureKind, str]:
    """The first that fits, and why in a few words."""
    if max(width, height) < _PIXEL:
        return "tracking_pixel", f"{width}×{height} pixels"
    if max(width, height) < _ICON:
        return "icon", f"{width}×{height} pixels"
    if code >= _CODE_SHARE:
        return "qr_code", f"a QR code covers {code:.0%}"
    long = max(width, height) / min(width, height)
    if long >= _DIVIDER or min(width, height) < _PIXEL:
        return "divider", f"{long:.0f} times as long as wide"
    if shades.plain >= _BLANK_PLAIN and shades.edges <= _BLANK_EDGES:
        return "blank", f"{shades.plain:.1%} of one colour"
    if long >= _BANNER or _is_slogan(width / height, shades):
        return "banner", f"{long:.1f} times as long as wide, {shades.plain:.0%} of one colour"
    return "figure", f"{width}×{height}, edges in {shades.edges:.0%}"


def _is_slogan(ratio: float, shades: _Shades) -> bool:
    return ratio >= _SLOGAN and shades.plain >= _SLOGAN_PLAIN and shades.tint >= _SLOGAN_TINT
