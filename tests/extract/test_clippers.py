"""What clippers and exporters write around an article is metadata; what an article says is text."""

from __future__ import annotations

import json

import pytest

from pipeline.extract import PageExtractor
from pipeline.types import PageState
from tests.extract.builders import extract, link, markdown, page, works

PAPER = "https://arxiv.org/abs/2203.15332"


def test_key_lines_are_metadata() -> None:
    article = markdown(
        "# 题目\n\n文章作者: 某号\n发布时间: 2024-09-22 14:52\n发布地: 北京\n"
        "原文链接: http://mp.weixin.qq.com/s?__biz=MzI=&mid=2247&idx=3&sn=a4#rd\n\n正文第一段。\n"
    )
    assert (article.title, article.account) == ("题目", "某号")
    assert article.published is not None
    assert article.published.isoformat() == "2024-09-22T06:52:00+00:00"
    assert article.identity == "wechat:MzI=/2247/3"
    assert article.text.endswith("正文第一段。")
    assert "发布" not in article.text


def test_a_papers_own_keys_stay_in_the_text() -> None:
    article = markdown(f"# 题目\n\n作者：甲，乙\n原文链接：{PAPER}\n日期：2022-03\n\n正文。\n")
    assert works(article) == {"arxiv:2203.15332": "main"}
    assert "作者：甲，乙" in article.text


@pytest.mark.parametrize(
    "line",
    [
        "[某号](https://mp.weixin.qq.com/) *2025年07月29日 14:38*",
        "*2025年07月29日 14:38*",
        "原创 作者甲 [某号](javascript:void(0);) *2025-07-29 14:38*",
        "_2025年07月29日 14:38_ _广东_",
    ],
)
def test_bylines_are_metadata(line: str) -> None:
    article = markdown(f"# 题目\n\n{line}\n\n正文第一段。\n")
    assert article.published is not None
    assert article.published.isoformat() == "2025-07-29T06:38:00+00:00"
    assert "07月29日" not in article.text


def test_front_matter_of_clippers() -> None:
    article = extract(
        '---\ntitle: "说 \\"好\\" 的文章"\nsource: "https://mp.weixin.qq.com/s/AbC"\nauthor:\n'
        '  - "[[某人]]"\ncreated: 2025-07-30\n---\n正文。\n',
        url="file:///a.md",
        content_type="text/markdown",
    )
    assert (article.title, article.author, article.published) == ('说 "好" 的文章', "某人", None)
    assert article.url == "https://mp.weixin.qq.com/s/AbC"


def test_a_source_that_is_no_address_is_the_account() -> None:
    article = markdown(
        '---\ntitle: "题"\nsource: "某号"\nurl: "https://mp.weixin.qq.com/s/A"\n---\n正文。\n'
    )
    assert article.account == "某号"


def test_works_in_the_front_matter_are_links() -> None:
    article = markdown(
        f'---\ntitle: "Notes"\narxiv: {PAPER}\ngithub: https://github.com/a/b\n---\n\n# Notes\n\n正文。\n'
    )
    assert works(article) == {"arxiv:2203.15332": "main", "github.com/a/b": "main"}


def test_tags_are_no_title() -> None:
    article = markdown("#论文 #笔记\n\n# 真正的题目\n\n正文。\n")
    assert article.title == "真正的题目"


def test_an_export_in_json_is_read_like_the_page() -> None:
    told = {
        "title": "题 </script>", "nick_name": "某号", "create_time": 1700000000,
        "content": f"<p>正文</p><p>论文链接：{PAPER}</p>", "content_source_url": "https://github.com/a/b",
    }  # fmt: skip
    article = extract(json.dumps(told), url="file:///a.json", content_type=None)
    assert (article.title, article.account) == ("题 </script>", "某号")
    assert works(article) == {"arxiv:2203.15332": "main", "github.com/a/b": "main"}
    assert link(article, "github.com/a/b").label == "阅读原文"


@pytest.mark.parametrize(
    "body", ["{", "[" * 50_000, "[]", "{}", '{"data": 1}', '{"content": 3}', "null"]
)
def test_other_json_does_no_harm(body: str) -> None:
    article = PageExtractor().extract(page(body, url="file:///a.json", content_type=None))
    assert article.state in (PageState.OK, PageState.NO_ARTICLE)
    assert article.links == ()


def test_an_archive_without_a_page_does_no_harm() -> None:
    body = "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: image/png\n\nabc\n--x--\n"
    assert extract(body, url="file:///a.mhtml", content_type=None).links == ()


def test_a_newsletter_presents_repositories() -> None:
    text = (
        "tinysort：给表格排序的小工具，两千字节，没有任何依赖。\n\nhttps://github.com/x/tinysort\n"
    )
    assert link(markdown(f"# 周报\n\n{text}"), "github.com/x/tinysort").role == "main"


def test_titles_of_the_bibliography_that_stand_in_the_text() -> None:
    article = markdown(
        "# 综述\n\n本文主要介绍的工作有：\n\n- 2021ACL：Learning Good Things from Very Few Labels [2]\n\n"
        "- 2020EMNLP：Talking to People with Very Small Models [3]\n\n背景可见一篇综述 [1]。\n\n# 参考文献\n\n"
        "[1] A B, C D. A Survey of Several Small Matters[J]. arXiv preprint arXiv:2105.04387, 2021.\n\n"
        "[2] E F, et al. Learning Good Things from Very Few Labels[J]. arXiv preprint arXiv:2109.14739, 2021.\n\n"
        "[3] G H, et al. Talking to People with Very Small Models[C]//EMNLP. 2020: 1-9.\n"
    )
    assert works(article) == {"arxiv:2105.04387": "mentioned", "arxiv:2109.14739": "main"}
    assert article.subjects == ("Talking to People with Very Small Models",)
