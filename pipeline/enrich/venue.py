"""Where a paper appeared, as one short name: "CVPR 2022 Oral".

Read from what authors write into arXiv's comment ("Accepted to CVPR 2022 (Oral)"), from the
journal reference, and from the head of an article's title ("CVPR2022 | …").
"""

from __future__ import annotations

import re

_LONGEST = 1000
"""Characters of a comment that are read; comments of honest papers are far shorter."""
_NAMES = {
    "NIPS": "NeurIPS",
    "NEURIPS": "NeurIPS",
    "ACMMM": "ACM MM",
    "MM": "ACM MM",
    "PAMI": "TPAMI",
    "T-PAMI": "TPAMI",
    "CORL": "CoRL",
    "RECSYS": "RecSys",
    "INTERSPEECH": "Interspeech",
    "SIGGRAPHASIA": "SIGGRAPH Asia",
}
_SERIES = (
    "CVPR|ICCV|ECCV|NeurIPS|NIPS|ICML|ICLR|AAAI|IJCAI|WACV|BMVC|ACCV|3DV|MICCAI|ISBI|MIDL"
    "|ACL|EMNLP|NAACL|EACL|COLING|CoNLL|TACL|KDD|SIGIR|CIKM|WSDM|RecSys|ICDM|VLDB|SIGMOD"
    "|ACM ?MM|SIGGRAPH(?: ?Asia)?|ICRA|IROS|CoRL|RSS|UAI|AISTATS|COLT|AAMAS|ICASSP"
    "|INTERSPEECH|ICME|ICIP|ICPR|ICMR|CHI|UIST|OSDI|SOSP|MLSys|ISCA|MICRO|ASPLOS"
    "|T-?PAMI|IJCV|TNNLS|TCSVT|JMLR|TMLR"
)
_YEAR = r"(?:20[0-4]\d)"
_SHORT_YEAR = r"[’'‘-]?[0-4]\d"
_AFTER = re.compile(
    rf"(?<![A-Za-z0-9])({_SERIES})(?:[\s,，()（）:-]{{0,3}}|[’'‘])({_YEAR}|[’'‘-]?\d\d)(?!\d)",
    re.IGNORECASE,
)
_BEFORE = re.compile(rf"(?<!\d)({_YEAR})[\s,]{{0,3}}({_SERIES})(?![A-Za-z0-9])", re.IGNORECASE)
_ALONE = re.compile(rf"(?<![A-Za-z0-9])({_SERIES})(?![A-Za-z0-9])")
_WITH_YEAR_NEAR = re.compile(rf"(?<!\d)({_YEAR})(?!\d)")
_NOT_ACCEPTED = re.compile(
    r"submitted|submission to|under review|in review|rejected|withdrawn|challenge|competition"
    r"|投稿|在审|挑战赛|竞赛|冠军|比赛",
    re.IGNORECASE,
)
_HONOURS = (
    (
        re.compile(r"best (?:student )?paper (?:finalist|candidate|nomin)", re.IGNORECASE),
        "Best Paper Finalist",
    ),
    (re.compile(r"best student paper|最佳学生论文", re.IGNORECASE), "Best Student Paper"),
    (re.compile(r"best paper|最佳论文(?!提名|候选)", re.IGNORECASE), "Best Paper"),
    (re.compile(r"workshop|(?<![A-Za-z])[A-Z]{3,8}W(?![A-Za-z])"), "Workshop"),
    (re.compile(r"workshop", re.IGNORECASE), "Workshop"),
    (re.compile(r"findings", re.IGNORECASE), "Findings"),
    (re.compile(r"spotlight", re.IGNORECASE), "Spotlight"),
    (re.compile(r"highlight", re.IGNORECASE), "Highlight"),
    (re.compile(r"(?<![A-Za-z])oral(?![A-Za-z])", re.IGNORECASE), "Oral"),
)
_ONLY_JOURNALS = frozenset("TPAMI IJCV TNNLS TCSVT JMLR TMLR TACL".split())


def venue_of(comment: str | None, journal_ref: str | None = None) -> str | None:
    """The venue a paper names for itself, comment first; None where it names none."""
    for text in (comment, journal_ref):
        if text and (found := find_venue(text)):
            return found
    return None


def find_venue(text: str) -> str | None:
    """The first venue named in a sentence, with year and honour where they stand near."""
    for clause in re.split(r"[.;；。\n]\s", text[:_LONGEST]):
        if _NOT_ACCEPTED.search(clause):
            continue
        if found := _in_clause(clause):
            return " ".join([found, *_honour(clause)])
    return None


def _in_clause(clause: str) -> str | None:
    clause = re.sub(rf"(?<![A-Za-z])({_SERIES})W(?![A-Za-z])", r"\1", clause)
    if found := _AFTER.search(clause):
        return f"{_name(found.group(1))} {_full_year(found.group(2))}"
    if found := _BEFORE.search(clause):
        return f"{_name(found.group(2))} {found.group(1)}"
    if found := _ALONE.search(clause):
        name = _name(found.group(1))
        year = _WITH_YEAR_NEAR.search(clause)
        return f"{name} {year.group(1)}" if year else name
    return None


def _honour(clause: str) -> list[str]:
    return next(([label] for pattern, label in _HONOURS if pattern.search(clause)), [])


def _name(series: str) -> str:
    key = re.sub(r"\s", "", series).upper()
    return _NAMES.get(key, series.upper())


def _full_year(year: str) -> str:
    digits = year.lstrip("’'‘-")
    return digits if len(digits) == 4 else f"20{digits}"


def venue_in_headline(title: str) -> str | None:
    """The venue an article's headline gives ("CVPR2022 Oral | …"); needs the year, since a
    bare name in a headline is as often the subject as the venue."""
    found = find_venue(title)
    return found if found and re.search(r"\d", found) else None
