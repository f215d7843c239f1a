"""Looks at pictures for the stages: what an article's picture turns out to be."""

from __future__ import annotations

from pipeline.errors import Issue
from pipeline.pictures.check import Picture, check_picture
from pipeline.pictures.look import LOOK_LIMITS, look
from pipeline.pictures.placeholder import not_the_picture, referer_of
from pipeline.types import FetchRequest, Image, PictureKind

_SEEN = 1_000
"""Digests remembered to tell WeChat's stand-in by its coming twice; a run looks at dozens."""


class PictureEye:
    """`ports.Eye`: judges by the bytes, and remembers which it has seen under another address."""

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}

    def request(self, image: Image, article: str) -> FetchRequest:
        """How to ask for the picture of the article at that address."""
        return FetchRequest(url=image.url, purpose="image", referer=referer_of(image.url, article))

    def look(self, image: Image, body: bytes) -> PictureKind:
        """What the bytes show; `unreadable` where they are no picture or too large to decode."""
        picture = check_picture(body, subject=image.url, limits=LOOK_LIMITS)
        if isinstance(picture, Issue):
            return "unreadable"
        if self._is_stand_in(picture, image):
            return "stand_in"
        sight = look(body, subject=image.url)
        return "unreadable" if isinstance(sight, Issue) else sight.kind

    def _is_stand_in(self, picture: Picture, image: Image) -> bool:
        doubt = not_the_picture(picture, image.url, image, self._seen)
        if len(self._seen) < _SEEN:
            self._seen.setdefault(picture.digest, image.url)
        return doubt is not None
