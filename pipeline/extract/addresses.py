"""Finds addresses and identifiers in running text, however they are disguised.

Chinese articles carry links as plain text: without a scheme, glued to full-width punctuation,
escaped (`\\_`), wrapped in emphasis marks, typed with full-width colons and slashes, or broken by a
line. Everything here is linear: bounded repetitions, no nested quantifiers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qs, unquote, urlsplit

from pipeline.identifiers import identify

# Full-width letters, digits and the marks that occur inside addresses; all one to one.
_NARROW = {0xFF01 + n: 0x21 + n for n in range(94) if chr(0x21 + n) not in "(),;!?\"'<>[]{}"}
_URL = re.compile(
    r"(?:(?<![A-Za-z0-9+.-])|(?<=[A-Za-z])(?=https?:/?/))"
    r"(?P<scheme>[hH]\s?[tT][tT][pP][sS]?\s?:\s?/\s?/\s?|ftp://)"
    r"(?P<rest>[A-Za-z0-9](?:[A-Za-z0-9.\-]{1,250})(?::\d{2,5})?(?:[/?#](?:[!-;=?-Z_a-z~^|]|\\_|\\&){0,2000})?)"
)
_HOSTS = (
    r"(?:www\.|export\.|ar5iv\.labs\.)?(?:github\.com|gitlab\.com|gitee\.com|bitbucket\.org|codeberg\.org|huggingface\.co"
    r"|hf\.co|arxiv\.org|ar5iv\.org|alphaxiv\.org|openreview\.net|doi\.org|dx\.doi\.org|openaccess\.thecvf\.com"
    r"|aclanthology\.org|aclweb\.org|dl\.acm\.org|link\.springer\.com|ieeexplore\.ieee\.org|proceedings\.mlr\.press"
    r"|papers\.n(?:eur)?ips\.cc|proceedings\.neurips\.cc|modelscope\.cn|nature\.com|science\.org|sciencedirect\.com|cell\.com|pnas\.org"
    r"|(?:bio|med)rxiv\.org|ojs\.aaai\.org|ijcai\.org|usenix\.org|semanticscholar\.org|papers\.cool|mdpi\.com|frontiersin\.org"
    r"|onlinelibrary\.wiley\.com|tandfonline\.com|paperswithcode\.com)"
)
_BARE = re.compile(
    rf"(?:(?<![\w@/.-])|(?<=[a-z\d])(?=(?:github\.com|arxiv\.org)/)){_HOSTS}(?::\d{{2,5}})?/(?:[!-;=?-Z_a-z~^|]|\\_){{1,1000}}",
    re.IGNORECASE,
)
_ARXIV = re.compile(
    r"(?<![a-z])arxiv(?:\.org)?(?:\s?(?:id|preprint|e-prints?|link|论文|编号))?\s{0,2}[:：/\-\[(（]?\s{0,2}(?:abs/|arxiv:)?\s?"
    r"(?P<id>\d{4}\s?\.\s?\d{4,5}|[a-z][a-z-]{1,15}(?:\.[a-z]{2})?/\d{7})(?:v\d{1,2})?(?![\d.]*\d)",
    re.IGNORECASE,
)
_SSH = re.compile(
    r"(?<![\w@.-])git@(?P<host>(?:github|gitlab|gitee|bitbucket|codeberg)\.(?:com|org))[:/]"
    r"(?P<path>[\w.-]{1,100}/[\w.-]{1,100})"
)
_NAME_AFTER = re.compile(
    r"[:：]\s{0,3}(?P<path>[A-Za-z0-9][A-Za-z0-9_.-]{0,38}/[A-Za-z][A-Za-z0-9_.-]{1,99})(?=\s{0,2}(?:$|[，。；;)）】]))",
    re.MULTILINE,
)
_HOST_LABEL = re.compile(
    r"(?P<host>git\s?hub|gitee|gitlab|hugging\s?face|hf)\s?(?:仓库|项目|代码|开源|模型|主页|repo)?\s?(?:地址|链接|网址|仓库|项目|主页|link|repo|url)?\s{0,2}$",
    re.IGNORECASE,
)
"""`GitHub 地址：owner/name`: the host stands in the label only."""
_NAMED_HOSTS = {"github": "github.com", "gitee": "gitee.com", "gitlab": "gitlab.com"}
_GAPPED = re.compile(
    r"(?<![\w@.-])(?P<host>(?:github|gitee)\s?\.\s?com|(?:www\.)?arxiv\s?\.\s?org|huggingface\s?\.\s?co|openreview\s?\.\s?net|doi\s?\.\s?org)\s?/\s?"
    r"(?P<path>(?:[A-Za-z0-9_.?=-]{1,60}[/.?=-]\s?){0,4}[A-Za-z0-9_.-]{2,100})"
)
"""An address that an editor broke at its dots, slashes or hyphens (`https://arxiv. org/ abs/2203.15332`)."""
_AGAIN = re.compile(r"(?<=[\w/])(?:github\.com|arxiv\.org|huggingface\.co)/")
"""The address that link cards print once more, right after the link or its title."""
_DOI = re.compile(
    r"(?<![\w/.])(?:doi\s?[:：]?\s?)?(?P<id>10\.\d{4,9}/[A-Za-z0-9][-._;()/:A-Za-z0-9]{2,200})",
    re.IGNORECASE,
)
_NAMED = re.compile(r"[aAａＡ][rRｒＲ][xXｘＸ][iIｉＩ][vVｖＶ]")
_CLOSERS = ".,;:!?'\"`*|^~\\、。，；：！？…”’》】）]}>"
_WRAPPERS = (
    "target",
    "url",
    "u",
    "to",
    "dest",
    "redirect",
    "redirect_url",
    "link",
    "href",
    "q",
    "pfurl",
)
_WRAPPING_HOSTS = re.compile(
    r"^(?:link\.zhihu\.com|link\.juejin\.cn|link\.csdn\.net|links?\.jianshu\.com|www\.jianshu\.com|link\.segmentfault\.com"
    r"|gitee\.com|mp\.weixin\.qq\.com|weixin110\.qq\.com|c\.pc\.qq\.com|jump\.bdimg\.com|www\.google\.com|google\.com"
    r"|l\.facebook\.com|out\.reddit\.com|www\.oschina\.net|www\.catalyzex\.com|catalyzex\.com|steamcommunity\.com|slack-redir\.net"
    r"|nam\d+\.safelinks\.protection\.outlook\.com|link\.ld246\.com|blog\.csdn\.net|sspai\.com|t\.umblr\.com|cloud\.tencent\.com)$"
)


_PROXIED = re.compile(
    r"https?://(?:[\w-]{1,40}\.){1,4}[a-z]{2,8}/(?:web/\d{1,14}/)?(https?://(?:www\.)?(?:github\.com|arxiv\.org|huggingface\.co|raw\.githubusercontent\.com)/.{1,1000})"
)
"""Mirrors and archives that carry the whole target in their path."""
_SCHEME_BEFORE = re.compile(r"https?\s?[:：]\s?/\s?/\s?$")
MAX_PLACES = 5_000
MAX_BROKEN = 500
"""Addresses with gaps that are looked at in one text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An address as a careful human would type it, and where it stands in the text."""

    url: str
    start: int
    end: int


def find(text: str) -> Iterator[Found]:
    """Every address of a text in order, each place once."""
    if "/" not in text and "／" not in text and not _NAMED.search(text):
        return iter(())
    plain = text.translate(_NARROW) if not text.isascii() else text
    taken = bytearray(len(text) + 1)
    searches = (_gapped, _urls, _bare, _ssh, _arxiv, _dois, _named)
    found = [f for search in searches for f in islice(search(plain, taken), MAX_PLACES)]
    return iter(sorted(found, key=lambda f: f.start))


def _urls(text: str, taken: bytearray) -> Iterator[Found]:
    for match in _URL.finditer(text):
        rest = trim(match["rest"])
        inner = re.search(r"(?<=.)https?://(?!$)", rest)
        if inner and "=" not in rest[: inner.start()] and rest[inner.start() - 1] != "/":
            rest = rest[: inner.start()]
        again = _AGAIN.search(rest, 12)
        if again and "=" not in rest[: again.start()] and rest[again.start() - 1] != "/":
            rest = rest[: again.start()]
        scheme = re.sub(r"\s", "", match["scheme"]).lower()
        end = match.start("rest") + len(rest)
        yield from _take(f"{scheme}{clean(rest)}", match.start(), end, taken)


def _bare(text: str, taken: bytearray) -> Iterator[Found]:
    for match in _BARE.finditer(text):
        rest = trim(match.group())
        yield from _take(f"https://{clean(rest)}", match.start(), match.start() + len(rest), taken)


def _gapped(text: str, taken: bytearray) -> Iterator[Found]:
    """Only where what stands before the gap is no paper or repository yet, and the whole is."""
    broken = (m for m in _GAPPED.finditer(text) if " " in m.group())
    for match in islice(broken, MAX_BROKEN):
        first = match.group().split(" ")[0]
        joined = f"https://{_joined(match['host'])}/{_joined(match['path'])}"
        cut_short = first.endswith("-") or identify(f"https://{first}") is None
        if cut_short and identify(joined) is not None:
            scheme = _SCHEME_BEFORE.search(text, max(match.start() - 12, 0), match.start())
            start = scheme.start() if scheme else match.start()
            yield from _take(joined, start, match.end(), taken)


def _joined(text: str) -> str:
    return re.sub(r"\s", "", text)


def _named(text: str, taken: bytearray) -> Iterator[Found]:
    for match in _NAME_AFTER.finditer(text):
        label = _HOST_LABEL.search(text, max(match.start() - 20, 0), match.start())
        if label is None:
            continue
        host = _NAMED_HOSTS.get(_joined(label["host"]).lower(), "huggingface.co")
        url = f"https://{host}/{trim(match['path'])}"
        if identify(url):
            yield from _take(url, match.start("path"), match.end("path"), taken)


def _ssh(text: str, taken: bytearray) -> Iterator[Found]:
    for match in _SSH.finditer(text):
        path = trim(match["path"])
        url = f"https://{match['host']}/{clean(path)}"
        yield from _take(url, match.start(), match.start("path") + len(path), taken)


def _arxiv(text: str, taken: bytearray) -> Iterator[Found]:
    for match in _ARXIV.finditer(text):
        number = re.sub(r"\s", "", match["id"])
        if identify(f"https://arxiv.org/abs/{number}"):
            yield from _take(f"https://arxiv.org/abs/{number}", match.start(), match.end(), taken)


def _dois(text: str, taken: bytearray) -> Iterator[Found]:
    for match in _DOI.finditer(text):
        number = trim(match["id"])
        yield from _take(
            f"https://doi.org/{number}", match.start(), match.start("id") + len(number), taken
        )


def _take(url: str, start: int, end: int, taken: bytearray) -> Iterator[Found]:
    if end > start and not any(taken[start:end]):
        taken[start:end] = b"\x01" * (end - start)
        yield Found(url=url, start=start, end=end)


def trim(address: str) -> str:
    """Cut what belongs to the sentence, not to the address: closing marks, unmatched brackets."""
    address = address[: _balanced(address)]
    while address:
        kept = address.rstrip(_CLOSERS)
        if address.endswith("__") or (address.endswith("_") and "/" in address):
            kept = kept.rstrip("_")
        elif address.endswith("-"):
            kept = address.rstrip("-")
        if kept.endswith("&nbsp"):
            kept = kept[:-5]
        if kept == address:
            break
        address = kept
    return address


def _balanced(address: str) -> int:
    """Where the first bracket stands that has no partner; the whole length where all have."""
    opened: list[int] = []
    for at, char in enumerate(address):
        if char == "(":
            opened.append(at)
        elif char == ")":
            if not opened:
                return at
            opened.pop()
    return opened[0] if opened else len(address)


def clean(address: str) -> str:
    """Undo Markdown escapes inside an address."""
    return address.replace("\\_", "_").replace("\\&", "&").replace("&amp;", "&").replace("\\", "")


def unwrap(url: str) -> str:
    """The real target of a redirecting address; the address itself where it is none."""
    for _ in range(3):
        inner = _target(url)
        if inner is None:
            return url
        url = inner
    return url


def _target(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        if inner := _PROXIED.match(url):
            return inner.group(1)
        if not _WRAPPING_HOSTS.match((parts.hostname or "").lower()):
            return None
        query = parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        return None
    for name in _WRAPPERS:
        for value in query.get(name, [])[:1]:
            target = unquote(value) if "%" in value else value
            if re.match(r"https?://[\w.-]{3,}", target):
                return target
    return None
