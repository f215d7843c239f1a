"""pictures/: foreign pictures made safe to keep and to show.

In: bytes that claim to be a picture, the address they came from, what the article said of them.
Out: a checked picture with its real type, size in pixels and content-hash name, or the `Issue`
that says why it is none. Nothing is ever decoded: headers alone say what a viewer would have to
hold in memory. Pure but for `PictureShelf`, which keeps pictures beside the notes.
"""

from __future__ import annotations

from pipeline.pictures.check import Picture, PictureLimits, check_picture
from pipeline.pictures.placeholder import not_the_picture

__all__ = ["Picture", "PictureLimits", "check_picture", "not_the_picture"]
