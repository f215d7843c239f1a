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
    "CONLL": "CoNLL",
    "MLSYS": "MLSys",
    "INTERSPEECH": "Interspeech",
    "SIGGRAPHASIA": "SIGGRAPH Asia",
    "MEDIA": "MedIA",
}
_SERIES = (
    "CVPR|ICCV|ECCV|NeurIPS|NIPS|ICML|ICLR|AAAI|IJCAI|WACV|BMVC|ACCV|3DV|MICCAI|ISBI|MIDL"
    "|NAACL|EACL|ACL|EMNLP|COLING|CoNLL|TACL|KDD|SIGIR|CIKM|WSDM|RecSys|ICDM|VLDB|SIGMOD"
    "|ACM ?MM|SIGGRAPH(?: ?Asia)?|ICRA|IROS|CoRL|RSS|UAI|AISTATS|COLT|AAMAS|ICASSP"
    "|INTERSPEECH|ICME|ICIP|ICPR|ICMR|CHI|UIST|OSDI|SOSP|MLSys|ISCA|MICRO|ASPLOS"
    "|T-?PAMI|IJCV|TNNLS|TCSVT|TIP|TMM|TMI|RA-L|MedIA|JMLR|TMLR"
)
_WORDS_TOO = frozenset("ACL CHI COLT MEDIA MICRO RSS TIP UAI ISCA TMI".split())
"""Names that are also words or abbreviations: only believed in their own capitals."""
_LONG = tuple(
    (re.compile(long, re.IGNORECASE), f" {short} ")
    for long, short in (
        (r"Computer Vision and Pattern Recognition", "CVPR"),
        (r"European Conference on Computer Vision", "ECCV"),
        (r"Asian Conference on Computer Vision", "ACCV"),
        (r"International Conference on Computer Vision(?! Theory| and)", "ICCV"),
        (r"Winter Conference on Applications of Computer Vision", "WACV"),
        (r"Neural Information Processing Systems", "NeurIPS"),
        (r"International Conference on Machine Learning(?! and)", "ICML"),
        (r"Conference on Learning Representations", "ICLR"),
        (r"International Joint Conference on Artificial Intelligence", "IJCAI"),
        (r"AAAI Conference on Artificial Intelligence", "AAAI"),
        (r"ACM (?:International Conference on )?Multimedia", "ACM MM"),
        (r"North American Chapter of the Association for Computational Linguistics", "NAACL"),
        (r"European Chapter of the Association for Computational Linguistics", "EACL"),
        (r"Transactions of the Association for Computational Linguistics", "TACL"),
        (r"Meeting of the Association for Computational Linguistics", "ACL"),
        (r"Empirical Methods in Natural Language Processing", "EMNLP"),
        (r"Knowledge Discovery (?:and|&) Data Mining", "KDD"),
        (r"Conference on Robotics and Automation", "ICRA"),
        (r"Intelligent Robots and Systems", "IROS"),
        (r"Robotics and Automation Letters", "RA-L"),
        (r"Acoustics, Speech,? (?:and|&) Signal Processing", "ICASSP"),
        (r"Medical Image Computing and Computer[- ]Assisted Intervention", "MICCAI"),
        (r"(?:Transactions|Trans\.) on Pattern Analysis and Machine Intelligence", "TPAMI"),
        (r"International Journal of Computer Vision", "IJCV"),
        (r"(?:Transactions|Trans\.) on Image Processing", "TIP"),
        (r"(?:Transactions|Trans\.) on Neural Networks and Learning Systems", "TNNLS"),
        (r"(?:Transactions|Trans\.) on Circuits and Systems for Video Technology", "TCSVT"),
        (r"(?:Transactions|Trans\.) on Multimedia", "TMM"),
        (r"(?:Transactions|Trans\.) on Medical Imaging", "TMI"),
        (r"Transactions on Machine Learning Research", "TMLR"),
        (r"Journal of Machine Learning Research", "JMLR"),
    )
)
_YEAR = r"20[0-4]\d"
_NAMED = rf"(?<![A-Za-z0-9])({_SERIES})"
_AFTER = re.compile(rf"{_NAMED}[\s,，()（）:-]{{0,4}}({_YEAR})(?!\d)", re.IGNORECASE)
# Two digits only where they stand close: "CVPR, 12 pages" names no year.
_SHORT_AFTER = re.compile(
    rf"(?:{_NAMED}(?:-|\s?[’'‘])?|(?<![A-Za-z])(MM)\s?[’'‘])([0-4]\d)(?![\d%])", re.IGNORECASE
)
_BEFORE = re.compile(rf"(?<!\d)({_YEAR})[\s,]{{0,3}}({_SERIES})(?![A-Za-z0-9])", re.IGNORECASE)
_ALONE = re.compile(rf"{_NAMED}(?![A-Za-z0-9])")
_ANY_YEAR = re.compile(rf"(?<!\d)({_YEAR})(?!\d)")
_CLAUSE = re.compile(r"(?<!pp)(?<!Proc)(?<!Trans)(?<![Vv]ol)(?<![Nn]o)[.;；。\n]\s")
_NOT_ACCEPTED = re.compile(
    r"submitted|submission to|under review|in review|rejected|withdrawn|challenge|competition"
    r"|投稿|在审|挑战赛|竞赛|冠军|比赛",
    re.IGNORECASE,
)
_NEWS = re.compile(r"汇总|盘点|公布|出炉|放榜|合集|一览|录用|接收率|大奖|获奖|征稿|指南|参会|开幕")
_HONOURS = tuple(
    (re.compile(pattern, flags), label)
    for pattern, flags, label in (
        (r"best (?:\w+ )?paper (?:finalist|candidate|nomin)", re.IGNORECASE, "Best Paper Finalist"),
        (r"最佳论文(?:提名|候选)", 0, "Best Paper Finalist"),
        (r"best student paper|最佳学生论文", re.IGNORECASE, "Best Student Paper"),
        (r"best paper|最佳论文", re.IGNORECASE, "Best Paper"),
        (r"workshop", re.IGNORECASE, "Workshop"),
        (rf"(?<![A-Za-z])(?:{_SERIES})W(?![A-Za-z])", 0, "Workshop"),
        (r"findings", re.IGNORECASE, "Findings"),
        (r"spotlight", re.IGNORECASE, "Spotlight"),
        (r"highlight", re.IGNORECASE, "Highlight"),
        (r"(?<![A-Za-z])oral(?![A-Za-z])", re.IGNORECASE, "Oral"),
    )
)
_WORKSHOP_NAME = re.compile(rf"(?<![A-Za-z])({_SERIES})W(?![A-Za-z])")


def venue_of(comment: str | None, journal_ref: str | None = None) -> str | None:
    """The venue a paper names for itself, comment first; None where it names none."""
    for text in (comment, journal_ref):
        if text and (found := find_venue(text)):
            return found
    return None


def find_venue(text: str) -> str | None:
    """The first venue named in a text, with the year and honour of the same clause.

    Clauses about submissions and challenges name none.
    """
    for clause in _CLAUSE.split(text[:_LONGEST]):
        if not _NOT_ACCEPTED.search(clause) and (found := _in_clause(clause)):
            return " ".join([found, *_honour(clause)])
    return None


def venue_in_headline(title: str) -> str | None:
    """The venue an article's headline gives ("CVPR2022 Oral | …").

    Needs the year, since a bare name is as often the subject; a headline about the conference
    itself (results, deadlines, collections) gives none.
    """
    if _NEWS.search(title):
        return None
    found = find_venue(title)
    return found if found and re.search(r"\d{4}", found) else None


def _in_clause(clause: str) -> str | None:
    clause = _WORKSHOP_NAME.sub(r"\1", clause)
    for long, short in _LONG:
        clause = long.sub(short, clause)
    for found in _AFTER.finditer(clause):
        if _is_name(found.group(1)):
            return f"{_name(found.group(1))} {found.group(2)}"
    for found in _SHORT_AFTER.finditer(clause):
        if _is_name(series := found.group(1) or found.group(2)):
            return f"{_name(series)} 20{found.group(3)}"
    for found in _BEFORE.finditer(clause):
        if _is_name(found.group(2)):
            return f"{_name(found.group(2))} {found.group(1)}"
    return _without_year_beside(clause)


def _without_year_beside(clause: str) -> str | None:
    if found := _ALONE.search(clause):
        year = _ANY_YEAR.search(clause)
        return f"{_name(found.group(1))} {year.group(1)}" if year else _name(found.group(1))
    return None


def _is_name(series: str) -> bool:
    return series.upper() not in _WORDS_TOO or not (series.islower() or series.istitle())


def _honour(clause: str) -> list[str]:
    return next(([label] for pattern, label in _HONOURS if pattern.search(clause)), [])


def _name(series: str) -> str:
    key = re.sub(r"\s", "", series).upper()
    return _NAMES.get(key, series.upper())
