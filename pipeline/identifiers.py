"""Papers and repositories by one name: the canonical id of any URL form, and back to a URL.

Ids: `arxiv:2203.15332` (no version), `openreview:ID`, `doi:10.…` (lower case), `cvf:STEM`,
`acl:ID`, `url:…` for other paper pages; `github.com/owner/name` and the like for code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

IdKind = Literal["paper", "code"]

_ARXIV_ID = r"(?:\d{4}\.\d{4,5}|[a-z][a-z-]+(?:\.[A-Za-z]{2})?/\d{7})"
_ARXIV_PATH = re.compile(
    rf"^/(?:abs|pdf|html|ps|e-print|format|list|src|ftp)?/?(?:arxiv/papers/\d{{4}}/)?({_ARXIV_ID})"
    r"(?:v\d+)?(?:\.pdf|\.html?|\.ps(?:\.gz)?)?/?$"
)
_ARXIV_BARE = re.compile(rf"^(?:arxiv[:：]\s*)?({_ARXIV_ID})(?:v\d+)?$", re.IGNORECASE)
_ARXIV_HOSTS = re.compile(
    r"^(?:(?:www|export|xxx|browse|cn|de|fr|in|uk)\.)*arxiv\.org$|^xxx\.itp\.ac\.cn$|^xxx\.lanl\.gov$"
    r"|^(?:www\.)?(?:ar5iv(?:\.labs\.arxiv)?\.org|ar5iv\.org|alphaxiv\.org|arxiv-vanity\.com|scirate\.com)$"
)
_DOI = re.compile(r"^10\.\d{4,9}/\S+$")
CODE_HOSTS = frozenset({"github.com", "gitlab.com", "gitee.com", "bitbucket.org", "codeberg.org"})
_NOT_OWNERS = frozenset(
    (
        "about account apps blog collections contact customer-stories dashboard docs "
        "enterprise events explore features gist issues join login logout marketplace new "
        "nonprofit notifications orgs organizations pricing pulls readme search security "
        "sessions settings signup site sponsors stars support team topics trending users "
        "watching "
    ).split()
)
_HF_PLACES = frozenset(
    (
        "papers docs blog spaces datasets models tasks learn join login pricing settings "
        "collections organizations chat new enterprise search posts api front "
    ).split()
)
_NAME = re.compile(r"^[A-Za-z0-9_.-]{1,100}$")
_OWNER = re.compile(r"^[A-Za-z0-9_.-]{1,60}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A canonical id with its kind and the address a reader would open."""

    id: str
    kind: IdKind
    url: str


def arxiv_id(text: str) -> str | None:
    """The bare id without version (`2203.15332`) of an arXiv URL, `arXiv:…` or bare id."""
    text = text.strip()
    bare = _ARXIV_BARE.match(text)
    if bare:
        return _plausible_arxiv(bare.group(1))
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    path = re.sub(r"//+", "/", unquote(parts.path))
    if host == "huggingface.co" and path.startswith("/papers/"):
        path = path.removeprefix("/papers")
    elif not _ARXIV_HOSTS.match(host):
        return None
    found = _ARXIV_PATH.match(path)
    return _plausible_arxiv(found.group(1)) if found else None


def _plausible_arxiv(found: str) -> str | None:
    """Reject numbers that only look like an id: the month is 01-12, the year from 2007."""
    if "/" in found:
        archive, number = found.split("/")
        return f"{archive}/{number}" if 1 <= int(number[2:4]) <= 12 else None
    year, month = int(found[:2]), int(found[2:4])
    digits = len(found.split(".")[1])
    if not (7 <= year <= 60 and 1 <= month <= 12):
        return None
    return found if digits == (5 if year >= 15 else 4) else None


def identify(url: str) -> Identity | None:
    """The paper or repository that a URL (scheme optional) points to, None for all else."""
    url = url.strip()
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host = (parts.hostname or "").lower().removeprefix("www.")
    except ValueError:
        return None
    if paper := arxiv_id(url):
        return _paper(f"arxiv:{paper}")
    path = re.sub(r"//+", "/", unquote(parts.path))
    return _other_paper(host, path, parts.query) or _repository(host, path)


def _paper(paper_id: str) -> Identity:
    return Identity(id=paper_id, kind="paper", url=paper_url(paper_id))


def _other_paper(host: str, path: str, query: str) -> Identity | None:
    if host == "openreview.net" and path in ("/forum", "/pdf", "/attachment", "/references/pdf"):
        key = (parse_qs(query).get("id") or [""])[0]
        return _paper(f"openreview:{key}") if re.fullmatch(r"[\w-]{6,}", key) else None
    if host in ("doi.org", "dx.doi.org") and _DOI.match(path.lstrip("/")):
        return _paper(f"doi:{path.lstrip('/').lower()}")
    if host == "dl.acm.org" and (
        m := re.search(r"/doi/(?:abs/|pdf/|full/|fullHtml/)?(10\.\d+/\S+)", path)
    ):
        return _paper(f"doi:{m.group(1).lower()}")
    if host == "link.springer.com" and (
        m := re.search(r"/(?:article|chapter|book)/(10\.\d+/\S+?)(?:\.pdf)?$", path)
    ):
        return _paper(f"doi:{m.group(1).lower()}")
    if host == "openaccess.thecvf.com" and (m := re.search(r"/([^/]+?)\.(?:html|pdf)$", path)):
        return Identity(id=f"cvf:{m.group(1)}", kind="paper", url=f"https://{host}{path}")
    if host in ("aclanthology.org", "aclweb.org", "aclanthology.info"):
        m = re.search(
            r"/(?:anthology/|papers/)?([A-Z]\d\d-\d{4}|\d{4}\.[\w-]+\.\d+)(?:\.pdf)?/?$", path
        )
        return _paper(f"acl:{m.group(1)}") if m else None
    return None


def _repository(host: str, path: str) -> Identity | None:
    steps = [s for s in path.split("/") if s]
    if host in ("huggingface.co", "hf.co", "hf-mirror.com"):
        return _hugging_face(steps)
    if host not in CODE_HOSTS or len(steps) < 2:
        return None
    owner, name = steps[0], re.sub(r"\.git$", "", steps[1])
    if (
        owner.lower() in _NOT_OWNERS
        or not _OWNER.match(owner)
        or not _NAME.match(name)
        or name in (".", "..")
    ):
        return None
    return Identity(
        id=f"{host}/{owner}/{name}".lower(), kind="code", url=f"https://{host}/{owner}/{name}"
    )


def _hugging_face(steps: list[str]) -> Identity | None:
    prefix = ""
    if steps and steps[0] in ("datasets", "spaces"):
        prefix, steps = f"{steps[0]}/", steps[1:]
    if len(steps) < 2 or (not prefix and steps[0] in _HF_PLACES):
        return None
    owner, name = steps[0], steps[1]
    if not _OWNER.match(owner) or not _NAME.match(name):
        return None
    address = f"https://huggingface.co/{prefix}{owner}/{name}"
    return Identity(id=f"huggingface.co/{owner}/{name}".lower(), kind="code", url=address)


def paper_url(paper_id: str) -> str:
    """The address a reader opens for a paper id; empty for a bare `title:`."""
    scheme, _, rest = paper_id.partition(":")
    forms = {
        "arxiv": "https://arxiv.org/abs/{}",
        "openreview": "https://openreview.net/forum?id={}",
        "doi": "https://doi.org/{}",
        "acl": "https://aclanthology.org/{}",
        "url": "{}",
    }
    return forms[scheme].format(rest) if scheme in forms else ""
