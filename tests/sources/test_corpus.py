"""Real feeds and parser suites: every file ends in entries or in words."""

from __future__ import annotations

import gzip
import tarfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from tests.sources.conftest import NOW, Read

SUITES = {
    "feedparser_tests": 2107,
    "gofeed_testdata": 1091,
    "feed-rs_fixture": 132,
    "rss-parser_test": 60,
    "more": 138,
    "reader_tests_data": 13,
}
"""Each suite with how many files of it there are at least.

All of them take 9 s together."""


def contents(path: Path) -> bytes:
    body = path.read_bytes()
    return gzip.decompress(body) if path.suffix == ".gz" else body


@pytest.mark.parametrize("suite", SUITES)
def test_a_parser_suite_ends_in_parses_or_words(suite: str, corpus: Path, read: Read) -> None:
    files = sorted(p for p in (corpus / "feeds" / suite).rglob("*") if p.is_file())
    assert len(files) >= SUITES[suite]
    for path in files:
        poll = read(path.read_bytes())
        assert all(i.code and i.sentence and i.remedy for i in poll.issues), path.name
        for entry in poll.entries:
            assert entry.key
            assert entry.url.lower().startswith(("http://", "https://"))
            assert entry.published is None or entry.published <= NOW + timedelta(days=1)


def test_attacks_on_xml_end_in_words_and_read_nothing(corpus: Path, read: Read) -> None:
    folders = ("defusedxml_xmltestdata", "PayloadsAllTheThings/XXE Injection")
    files = [p for f in folders for p in (corpus / "text/security" / f).rglob("*") if p.is_file()]
    assert len(files) > 10
    for path in files:
        assert "root:x:" not in repr(read(path.read_bytes()))


def test_real_wechat_accounts(corpus: Path, read: Read) -> None:
    folder = corpus / "wechat/feeds_wechat-feeds/ml_accounts/latest_2021-06-19"
    for path in folder.glob("*.xml"):
        poll = read(path.read_bytes(), kind="wechat", account="号")
        assert poll.entries
        assert poll.issues == ()
        for entry in poll.entries:
            assert entry.url.startswith("https://mp.weixin.qq.com/s")
            assert "chksm" not in entry.url
            assert entry.published is not None
            assert not entry.content_is_full


def test_26_polls_of_real_accounts_give_each_article_once(corpus: Path, read: Read) -> None:
    archive = next((corpus / "wechat/feeds_wechat-feeds/ml_accounts").glob("snapshots_26*.tar.gz"))
    keys: dict[str, dict[str, str]] = {}
    polls = 0
    with tarfile.open(archive) as tar:
        members = sorted(
            (m for m in tar if m.isfile() and m.name.endswith(".xml")), key=lambda m: m.name
        )
        for member in members[::4]:
            file = tar.extractfile(member)
            assert file is not None
            known = keys.setdefault(Path(member.name).name, {})
            polls += 1
            for entry in read(file.read(), kind="wechat").entries:
                assert known.setdefault(entry.key, entry.url) == entry.url
    assert polls > 100
    assert sum(len(k) for k in keys.values()) > 100


def test_arxivs_daily_lists(corpus: Path, read: Read) -> None:
    empty = full = 0
    for path in sorted((corpus / "feeds/arxiv_rss_raw").rglob("*.xml*"))[::3]:
        poll = read(contents(path), kind="arxiv")
        assert poll.issues == (), path.name
        empty, full = empty + (not poll.entries), full + bool(poll.entries)
        for entry in poll.entries:
            assert entry.key.startswith("arxiv:")
            assert entry.content_is_full
            assert not (entry.summary or "").startswith(("arXiv:", "Abstract:"))
            assert "arXiv:" not in entry.title
    assert empty
    assert full > 10


def test_ten_days_of_one_category_repeat_no_paper_as_new(corpus: Path, read: Read) -> None:
    seen = Counter(
        entry.key
        for path in (corpus / "feeds/arxiv_rss_raw").rglob("consecutive*/*.gz")
        for entry in read(contents(path), kind="arxiv").entries
    )
    assert len(seen) > 300
    assert max(seen.values()) == 1


def test_the_feeds_of_labs(corpus: Path, read: Read) -> None:
    for path in (corpus / "feeds/ai_lab_feeds_Olshansk").glob("*.xml"):
        poll = read(path.read_bytes())
        assert poll.entries, path.name
        assert poll.issues == (), path.name
