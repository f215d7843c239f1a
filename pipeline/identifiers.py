"""Papers and repositories by one name: the canonical id of any URL form, and back to a URL.

Ids: `arxiv:2203.15332` (no version), `openreview:ID`, `doi:10.…` (lower case), `cvf:STEM`,
`acl:ID`, `url:…` for other paper pages; `github.com/owner/name` and the like for code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

IdKind = Literal["paper", "code"]

_ARXIV_ID = r"(?:\d{4}\.\d{4,5}|[a-z][a-z-]+(?:\.[A-Za-z]{2})?/\d{7})"
_ARXIV_PATH = re.compile(
    rf"^/(?:[a-z]{{2}}/)?(?:abs|pdf|html|ps|e-print|format|list|src|ftp|overview|papers?|arxiv|tb|cits)?[/:]?"
    rf"(?:(?:pub/)?(?:arxiv/)?(?:papers/)?\d{{4}}/|arxiv:|abs/|pdf/)?({_ARXIV_ID})(?:v\d+)?(?:\.pdf|\.html?|\.ps(?:\.gz)?)?/?$",
    re.IGNORECASE,
)
_ARXIV_BARE = re.compile(rf"^(?:arxiv[:：]\s*)?({_ARXIV_ID})(?:v\d+)?$", re.IGNORECASE)
_ARXIV_HOSTS = re.compile(
    r"^(?:(?:www|export|xxx|browse|ftp|cn|de|fr|in|uk|lanl|static)\.)*arxiv\.org$|^arxiv\.(?:[\w-]+\.)?[a-z]{2,6}$|^xxx\.itp\.ac\.cn$|^xxx\.lanl\.gov$"
    r"|^(?:www\.)?(?:ar5iv\.labs\.arxiv\.org|ar5iv\.org|alphaxiv\.org|arxiv-vanity\.com|scirate\.com|papers\.cool"
    r"|catalyzex\.com|arxiv\.gg|arxivxplorer\.com)$"
)
_DOI = re.compile(r"^10\.\d{4,9}/\S+$")
_DOI_ARXIV = re.compile(r"^10\.48550/arxiv\.(.+)$", re.IGNORECASE)
_DOI_PATH = re.compile(
    r"/(?:doi|article|articles|chapter|book|content)/(?:(?:abs|pdf|epdf|full|fullHtml|book|early)/)?"
    r"(10\.\d{4,9}/[^\s?#]+?)(?:v\d+)?(?:\.(?:full|abstract|pdf|html?|full\.pdf|full-text))*/?$"
)
_DOI_HOSTS = re.compile(
    r"(?:^|\.)(?:dl\.acm\.org|link\.springer\.com|onlinelibrary\.wiley\.com|tandfonline\.com|science\.org|pnas\.org"
    r"|biorxiv\.org|medrxiv\.org|frontiersin\.org|journals\.sagepub\.com|iopscience\.iop\.org|pubs\.acs\.org|nejm\.org"
    r"|springeropen\.com|biomedcentral\.com|journals\.aps\.org|epubs\.siam\.org|royalsocietypublishing\.org)$"
)
_PAPER_PAGES = re.compile(
    r"^(?:proceedings\.mlr\.press/v\d+/\w|(?:papers|proceedings)\.(?:neurips|nips)\.cc/paper|papers\.nips\.cc/book"
    r"|ieeexplore\.ieee\.org/(?:abstract/)?(?:document|stamp|iel\d|xpl/article)|ojs\.aaai\.org/.*article|(?:www\.)?aaai\.org/.*paper"
    r"|ijcai\.org/(?:proceedings/\d{4}/\d|Proceedings/)|usenix\.org/(?:conference/[^/]+/presentation/|system/files/)"
    r"|nature\.com/articles/|sciencedirect\.com/science/article/|semanticscholar\.org/paper/|pubmed\.ncbi\.nlm\.nih\.gov/\d"
    r"|ncbi\.nlm\.nih\.gov/pmc/articles/|jmlr\.org/papers/|cell\.com/.+/fulltext|mdpi\.com/\d{4}-|ecva\.net/papers/"
    r"|bmvc\d*\.|bmva-archive\.org|roboticsproceedings\.org/|isca-(?:speech|archive)\.org/archive|paperswithcode\.com/paper/"
    r"|deepai\.org/publication/|researchgate\.net/publication/|vldb\.org/pvldb/|proceedings\.mlsys\.org/paper|mlsys\.org/.*paper"
    r"|cdn\.openai\.com/papers/|hal\.science/hal-|openreview\.net/pdf/)",
    re.IGNORECASE,
)
_TRACKING = re.compile(r"^(?:utm_\w+|spm|from|fbclid|gclid|ref|share_\w+|source)$")
CODE_HOSTS = frozenset({"github.com", "gitlab.com", "gitee.com", "bitbucket.org", "codeberg.org"})
_NOT_OWNERS = frozenset(
    (
        "about account apps blog collections contact customer-stories dashboard docs "
        "enterprise events explore features gist issues join login logout marketplace new "
        "nonprofit notifications orgs organizations pricing pulls readme search security "
        "sessions settings signup site sponsors stars support team topics trending users "
        "watching user-attachments copilot codespaces solutions resources open-source mobile nodes repos "
    ).split()
)
_HF_PLACES = frozenset(
    (
        "papers docs blog spaces datasets models tasks learn join login pricing settings "
        "collections organizations chat new enterprise search posts api front "
    ).split()
)
_NAME = re.compile(r"^[A-Za-z0-9_.-]{1,100}$")
_NAME_END = re.compile(r"(?:\.git(?:@.*|cd)?)?[.,]*$")
_RAW_HOSTS = frozenset(
    {"raw.githubusercontent.com", "codeload.github.com", "api.github.com", "raw.github.com"}
)
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|bmp|mp4)$", re.IGNORECASE)
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
    elif host.startswith(("arxiv-sanity", "www.arxiv-sanity")):
        path = f"/{(parse_qs(parts.query).get('pid') or [''])[0]}"
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


@lru_cache(maxsize=2048)
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
    return (
        _other_paper(host, path, parts.query)
        or _repository(host, path)
        or _paper_page(url, host, path)
    )


def _paper(paper_id: str) -> Identity:
    return Identity(id=paper_id, kind="paper", url=paper_url(paper_id))


def _other_paper(host: str, path: str, query: str) -> Identity | None:
    if host == "openreview.net" and path in ("/forum", "/pdf", "/attachment", "/references/pdf"):
        key = (parse_qs(query).get("id") or [""])[0]
        return _paper(f"openreview:{key}") if re.fullmatch(r"[\w-]{6,}", key) else None
    if host in ("doi.org", "dx.doi.org") and _DOI.match(path.lstrip("/")):
        return _by_doi(path.lstrip("/"))
    if _DOI_HOSTS.search(host) and (m := _DOI_PATH.search(path)):
        return _by_doi(m.group(1))
    if host == "openaccess.thecvf.com" and (m := re.search(r"/([^/]+?)\.(?:html|pdf)$", path)):
        stem = re.sub(r"_supplemental$", "_paper", m.group(1))
        return Identity(id=f"cvf:{stem}", kind="paper", url=f"https://{host}{path}")
    if host in ("aclanthology.org", "aclweb.org", "aclanthology.info"):
        m = re.search(
            r"/(?:anthology/|papers/)?([A-Z]\d\d-\d{4}|\d{4}\.[\w-]+\.\d+)(?:\.pdf)?/?$", path
        )
        return _paper(f"acl:{m.group(1)}") if m else None
    return None


def _by_doi(doi: str) -> Identity | None:
    doi = doi.rstrip("/.")
    if (preprint := _DOI_ARXIV.match(doi)) and (known := arxiv_id(preprint.group(1))):
        return _paper(f"arxiv:{known}")
    return _paper(f"doi:{doi.lower()}")


def _paper_page(url: str, host: str, path: str) -> Identity | None:
    """A publisher's page without an index of its own: known by its address, cleaned of tracking."""
    if not _PAPER_PAGES.match(f"{host}{path}"):
        return None
    return other_paper(url)


def other_paper(url: str) -> Identity:
    """A paper known only by the address of its page or PDF (the caller knows it is one)."""
    address = url if "://" in url else f"https://{url}"
    bare, _, _ = address.partition("#")
    base, _, query = bare.partition("?")
    kept = "&".join(p for p in query.split("&") if p and not _TRACKING.match(p.split("=")[0]))
    address = f"{base}?{kept}" if kept else base
    return Identity(id=f"url:{address}", kind="paper", url=address)


def _repository(host: str, path: str) -> Identity | None:
    steps = [s for s in path.split("/") if s]
    if host in _RAW_HOSTS:
        if _PICTURE.search(path):
            return None
        host, steps = "github.com", steps[1:] if host == "api.github.com" else steps
    if host in ("huggingface.co", "hf.co", "hf-mirror.com"):
        return _hugging_face(steps)
    if host not in CODE_HOSTS or len(steps) < 2:
        return None
    owner, name = steps[0], _NAME_END.sub("", steps[1])
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
