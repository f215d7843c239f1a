"""pictures/: foreign pictures made safe to keep and to show.

In: bytes that claim to be a picture, the address they came from, what the article said of them.
Out: a checked picture with its real type, size in pixels and content-hash name, or the `Issue`
that says why it is none; and what it shows as far as pixels say (`look`: a figure, a code to scan,
a divider, …). To check one nothing is decoded; to look at one the header decides whether its
first frame may be. Pure but for `PictureShelf`, which keeps pictures beside the notes, and
`PictureEye`, which remembers what it has seen to tell stand-ins. Pillow and zxing-cpp are loaded
when a picture is looked at.
"""

from __future__ import annotations

from pipeline.pictures.check import Picture, PictureLimits, check_picture
from pipeline.pictures.look import Sight, look
from pipeline.pictures.placeholder import not_the_picture

__all__ = ["Picture", "PictureLimits", "Sight", "check_picture", "look", "not_the_picture"]
