"""Whether two titles name the same paper.

Two questions with opposite costs. `same_paper` accepts a search hit: a wrong yes puts a wrong
paper into a note, so it only says yes on agreement. `contradicts` doubts a link that a human
set: a wrong yes cries wolf, so it only says yes where next to nothing agrees.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from pipeline.text import normal_title, squash

MAX_TITLE = 400
"""Characters; longer strings are no titles and are cut before they are compared."""
_STOP = frozenset(
    (
        "a an and are as at be beyond by can do does for from how in into is it its of on or s "
        "that the their this to toward towards using via we what when where why with without "
        "paper title arxiv code link pdf github official"
    ).split()
)
_COMMON = frozenset(
    (
        "3d adaptive adversarial analysis approach architecture based benchmark classification "
        "contrastive convolutional data dataset deep detection domain dynamic effective efficient "
        "end estimation fast feature framework general generation generative global graph human "
        "image improved improving language large learning local method model multi network neural "
        "new novel object optimization pre prediction pretraining recognition representation "
        "robust scalable scale segmentation self semantic semi simple single supervised survey "
        "system task time training transfer transformer unified unsupervised video vision visual"
    ).split()
)
_MARKUP = re.compile(r"\\[A-Za-z]{1,20}|[{}$^~]")
_EDITION = re.compile(r"\d+")


def searchable(title: str) -> bool:
    """True for what may be the title of a paper on arXiv: Latin letters, at least two words
    of substance, not overlong."""
    if not 8 <= len(squash(title)) <= MAX_TITLE:
        return False
    letters = sum(c.isalpha() for c in title)
    latin = sum(c.isascii() and c.isalpha() for c in title)
    return latin * 10 >= letters * 9 and sum(w not in _STOP for w in words(title)) >= 2


def words(title: str) -> list[str]:
    """The words of a title in order, folded, TeX markup dropped."""
    return normal_title(_MARKUP.sub("", title[:MAX_TITLE])).split()


def content_words(title: str) -> frozenset[str]:
    """The words that carry meaning, plural endings cut."""
    return frozenset(_singular(w) for w in words(title) if w not in _STOP)


def distinctive(title: str) -> frozenset[str]:
    """The words as they stand that few other titles of the field share."""
    return frozenset(
        w for w in words(title) if len(w) > 2 and w not in _STOP and _singular(w) not in _COMMON
    )


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def same_paper(asked: str, true: str) -> bool:
    """True where `asked` surely is the title `true`, perhaps without its short name.

    Accepted besides equality: other spacing, a slip of a letter or two in a long title, and the
    short name before the colon ("OFA: Unifying …") missing on one side. Numbers must agree:
    "V2" is another paper than "V3".
    """
    left, right = words(asked), words(true)
    if not left or not right:
        return False
    if left == right or "".join(left) == "".join(right):
        return True
    if _numbers(asked) == _numbers(true) and _a_slip_apart(" ".join(left), " ".join(right)):
        return True
    return _without_name(true) == left or _without_name(asked) == right


def _numbers(title: str) -> list[str]:
    return sorted(_EDITION.findall(title))


def _a_slip_apart(left: str, right: str) -> bool:
    """Long titles that differ in at most two characters; `MAX_TITLE` bounds the work."""
    if min(len(left), len(right)) < 30 or abs(len(left) - len(right)) > 2:
        return False
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    return max(len(left), len(right)) - sum(b.size for b in blocks) <= 2


def _without_name(title: str) -> list[str] | None:
    """The words after a short name and a colon, where enough of them are left to be unique."""
    head, colon, rest = squash(title).replace("：", ":").partition(":")
    if not colon or not 1 <= len(words(head)) <= 3 or len(content_words(rest)) < 4:
        return None
    return words(rest)


def agreement(claimed: str, true: str) -> float:
    """How much of the shorter title stands in the longer, 0-1; words common to the whole
    field count a third."""
    left, right = content_words(claimed), content_words(true)
    if not left or not right:
        return 0.0
    smaller = min(_weight(left), _weight(right))
    return _weight(left & right) / smaller


def _weight(found: frozenset[str]) -> float:
    return sum(1 / 3 if w in _COMMON or len(w) == 1 else 1.0 for w in found)


CONTRADICTION = 0.3
"""Below this agreement a link is doubted. Calibrated in tests/enrich/test_titles.py."""


def contradicts(claimed: str, true: str) -> bool:
    """True where the title an article gives for a paper can hardly be that paper's.

    Titles change between versions, are cut and translated; so it needs at least three words of
    substance in Latin letters to say anything, and next to no agreement to say yes.
    """
    claim, truth = words(claimed), words(true)
    if not searchable(claimed) or not truth or len(content_words(claimed)) < 3:
        return False
    if "".join(claim) in "".join(truth) or "".join(truth) in "".join(claim):
        return False
    return agreement(claimed, true) < CONTRADICTION
