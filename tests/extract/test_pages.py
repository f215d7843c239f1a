"""Pages of every kind: states, metadata, text, pictures."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.extract import PageExtractor, as_json, read_path
from pipeline.text import short_hash
from pipeline.types import Entry, PageState
from tests.extract.builders import NOW, extract, link, markdown, page, wechat, works

MESSAGES = {
    "该内容已被发布者删除": PageState.DELETED,
    "The content has been deleted by the author.": PageState.DELETED,
    "此内容因违规无法查看": PageState.VIOLATION,
    "该内容暂时无法查看": PageState.UNAVAILABLE,
    "当前环境异常，完成验证后即可继续访问。": PageState.CAPTCHA,
    "链接已过期": PageState.EXPIRED,
    "该公众号已迁移": PageState.MIGRATED,
    "获取全文失败": PageState.BRIDGE_FAILURE,
}


@pytest.mark.parametrize(("message", "state"), MESSAGES.items())
def test_a_message_instead_of_an_article(message: str, state: PageState) -> None:
    body = f'<html><body><div class="weui-msg"><h2 class="weui-msg__title">{message}</h2></div></body></html>'
    article = extract(body)
    assert article.state is state is PageExtractor().classify(page(body))
    assert [i.code for i in article.issues] == [f"page.{state.value}"]
    assert not article.links
    assert not article.text


def test_an_article_about_captchas_is_an_article() -> None:
    assert (
        extract(wechat("<p>今天讲讲页面提示环境异常、链接已过期时怎么办。</p>")).state
        is PageState.OK
    )


def test_wechat_metadata_comes_from_its_scripts() -> None:
    article = extract(
        wechat("<p>正文<span>分成</span><span>几段</span></p><p>第二段<br>第三段</p>")
    )
    assert article.title == "一篇测试文章"
    assert article.account == "测试号"
    assert article.published == datetime(2022, 4, 15, 5, 20, tzinfo=UTC)
    assert article.identity == "wechat:MzTEST==/2240000001/2"
    assert article.id == short_hash(article.identity)
    assert article.text == "正文分成几段\n第二段\n第三段"


def test_hidden_text_and_scripts_are_not_content() -> None:
    content = '<p onclick="x()">可见</p><p style="display:none">隐藏</p><script>alert(1)</script><img data-src="https://e.org/a.png" src="data:x">'
    article = extract(wechat(content))
    assert article.text == "可见"
    assert "alert" not in article.html
    assert "onclick" not in article.html
    assert 'src="https://e.org/a.png"' in article.html


def test_code_keeps_its_lines_and_formulas_their_text() -> None:
    article = extract(wechat("<pre>def f():<br>    return 1</pre><p>其中 $a_1 + b^2$ 很小</p>"))
    assert article.text == "def f():\n    return 1\n其中 $a_1 + b^2$ 很小"


def test_picture_share_has_its_text_in_scripts() -> None:
    body = """<html><body><script>window.item_show_type = '8'; var ct = '1762338600';
    window.msg_title = '一组图' || ''; window.desc = "第一行\\x0a第二行";
    window.picture_page_info_list = [ { width: '1200' * 1, height: '900' * 1, cdn_url: 'https://mmbiz.qpic.cn/a/0?wx_fmt=png' } ];
    cgiDataNew = { nick_name: JsDecode('图号') } window.cgiData</script></body></html>"""
    article = extract(body)
    assert (article.state, article.title, article.account) == (PageState.OK, "一组图", "图号")
    assert article.text == "第一行\n第二行"
    assert [(i.width, i.height) for i in article.images] == [(1200, 900)]


@pytest.mark.parametrize("declared", ["", '<meta charset="gb2312">'])
def test_gbk_is_read_with_and_without_a_declaration(declared: str) -> None:
    text = f"<html><head>{declared}</head><body><article><h1>中文标题</h1><p>{'这里是正文，讲一点东西。' * 20}</p></article></body></html>"
    article = extract(
        text.encode("gb18030"), url="https://blog.example/a", content_type="text/html"
    )
    assert article.title == "中文标题"
    assert "这里是正文" in article.text


def test_gzip_is_undone_and_bounded() -> None:
    assert extract(gzip.compress(wechat("<p>正文</p>").encode())).text == "正文"
    article = PageExtractor(max_bytes=1_000_000).extract(page(gzip.compress(b" " * 3_000_000)))
    assert [i.code for i in article.issues] == ["page.too_large"]


def test_a_blog_without_its_menus() -> None:
    filler = "这一段讲的是新的方法，写得比较长，好让它像一篇真正的文章。" * 6
    body = f"""<html><head><meta property="article:published_time" content="2024-05-01T10:00:00+08:00"></head><body>
    <nav><a href="https://github.com/site/menu">GitHub</a></nav>
    <article><h1>新方法</h1><p>{filler}</p><p>Code: <a href="https://github.com/lab/method">here</a></p></article>
    <footer>https://github.com/site/footer</footer></body></html>"""
    article = extract(body, url="https://lab.example/post")
    assert works(article) == {"github.com/lab/method": "main"}
    assert article.published == datetime(2024, 5, 1, 2, 0, tzinfo=UTC)


def test_a_list_of_links_is_no_article() -> None:
    items = "".join(f'<li><a href="/{n}">第 {n} 篇文章的标题在这里</a></li>' for n in range(60))
    assert (
        extract(f"<html><body><ul>{items}</ul></body></html>", url="https://e.org/").state
        is PageState.NO_ARTICLE
    )


def test_an_arxiv_entry_is_its_own_paper() -> None:
    entry = Entry(
        feed_id="arxiv",
        key="k",
        url="https://arxiv.org/abs/2401.00001",
        title="A Method for Things",
    )
    article = extract(
        "We present a method. Code: https://github.com/q/r.",
        url=entry.url,
        origin="feed",
        entry=entry,
    )
    assert works(article) == {"arxiv:2401.00001": "main", "github.com/q/r": "main"}
    assert link(article, "arxiv:2401.00001").title == article.title == "A Method for Things"


def test_markdown_of_an_exporter_loses_its_frame() -> None:
    body = """    一个标题 \\* { margin: 0; padding: 0; } .title { font-size: 22px; }

一个标题
====

原创 某作者 某号 2024-01-25 19:38 上海

> 原文地址: [https://mp.weixin.qq.com/s/AbCdEfGhIjKl](https://mp.weixin.qq.com/s/AbCdEfGhIjKl)

代码：https://github.com/owner/na\\_me

![](http://mmbiz.qpic.cn/a/0?wx_fmt=png) 某号

 ![](data:image/svg+xml,%3Csvg (https://github.com/icons/icons) %3C/svg%3E) 推荐"""
    article = markdown(body)
    assert (article.title, article.account, article.author) == ("一个标题", "某号", "某作者")
    assert article.published == datetime(2024, 1, 25, 11, 38, tzinfo=UTC)
    assert article.identity == "wechat:s/AbCdEfGhIjKl"
    assert works(article) == {"github.com/owner/na_me": "main"}
    assert article.text == "代码：https://github.com/owner/na_me"


def test_lead_picture_is_a_figure() -> None:
    content = (
        '<p><img data-src="https://e.org/banner.gif" data-w="1080" data-ratio="0.1"></p><p>开头的话，讲讲来由。</p>'
        '<p><img data-src="https://e.org/figure.png" data-w="1080" data-ratio="0.5"></p><p>图1：整体结构</p><p>结尾</p>'
        '<p>扫码关注我们</p><p><img data-src="https://e.org/code.png" data-w="430" data-ratio="1"></p>'
    )
    article = extract(wechat(content))
    assert article.lead_image is not None
    assert article.lead_image.url == "https://e.org/figure.png"


def test_those_that_could_lead_stand_in_order() -> None:
    picture = '<p><img data-src="https://e.org/{}.png" data-w="1080" data-ratio="0.5"></p>'
    words = "<p>一段足够长的正文，讲讲方法和结果。</p>" * 3
    names = ("cover", "method", "results", "more", "late", "later", "latest")
    content = "".join(picture.format(name) + words for name in names)
    article = extract(wechat(content))
    assert article.figures[0] == article.lead_image
    found = [image.url.removeprefix("https://e.org/")[:-4] for image in article.figures]
    assert found[:4] == ["method", "results", "more", "late"]
    assert sorted(found) == sorted(names), "the cover comes later than what is told of"
    assert set(article.figures) <= set(article.images)


def test_words_that_only_sound_like_a_call_to_scan() -> None:
    """A figure of recognition or of a scanner leads; one beside a call to scan does not."""
    for words in ("人脸识别的流程", "激光雷达扫描得到的点云", "正在看手机的行人"):
        body = f'<p>开头。</p><p><img data-src="https://e.org/own.png"></p><p>{words}</p>'
        later = '<p>后来。</p><p><img data-src="https://e.org/later.png"></p><p>末尾。</p>'
        article = extract(wechat(body + later))
        assert article.lead_image is not None, words
        assert article.lead_image.url == "https://e.org/own.png", words


def test_pictures_not_uploaded_for_the_article_come_last() -> None:
    """WeChat's editor marks what was uploaded; an account's ornaments lack the mark."""
    one, two, strip = (
        f"https://mmbiz.qpic.cn/mmbiz_png/{key * 30}/640?wx_fmt=png" for key in "ABC"
    )
    body = f'<p>开头。</p><img data-src="{strip}"><p>一。</p><img data-src="{one}&from=appmsg">'
    body += f'<p>二。</p><img data-src="{two}&from=appmsg"><p>末尾。</p>'
    article = extract(wechat(body))
    assert article.lead_image is not None
    assert article.lead_image.url.startswith(one)
    bare = extract(wechat(body.replace("&from=appmsg", "")))
    assert bare.lead_image is not None
    assert bare.lead_image.url == strip, "before 2023 nothing is marked"


def test_no_decoration_could_lead() -> None:
    content = (
        '<p>正文</p><p><img data-src="https://e.org/line.png" data-w="1080" data-ratio="0.02"></p>'
        '<p><img data-src="https://e.org/qrcode.png" data-w="430" data-ratio="1"></p>'
        '<p><img data-src="https://e.org/dot.png" data-w="1" data-ratio="1"></p>'
    )
    assert extract(wechat(content)).figures == ()


@pytest.mark.parametrize(
    ("bomb", "code"),
    [
        ("<div>" * 5_000, "page.too_deep"),
        ("<a " + " ".join(f"a{n}=1" for n in range(5_000)) + ">", "page.too_many_attributes"),
        ("<a x='>' " + " ".join(f"a{n}" for n in range(5_000)) + ">", "page.too_many_attributes"),
        ("<p>x</p>" * 60_000, "page.too_many_tags"),
    ],
)
def test_bombs_are_refused_before_they_are_parsed(bomb: str, code: str) -> None:
    article = extract(f"<html><body>{bomb}</body></html>")
    assert article.state is PageState.NO_ARTICLE
    assert [i.code for i in article.issues] == [code]


def test_local_files_and_their_json(tmp_path: Path) -> None:
    file = tmp_path / "文章_标题.md"
    file.write_text(
        "## 1. 前言\n\n论文题目：Learning Very Good Features from Small Data\n\nhttps://huggingface.co/datasets/A/b\n",
        "utf-8",
    )
    found = as_json(PageExtractor().extract(read_path(file, NOW)))
    assert found["title"] == "文章 标题"
    assert {(k["id"], k["kind"]) for k in found["links"]} == {
        ("title:Learning Very Good Features from Small Data", "paper"),
        ("huggingface.co/a/b", "code"),
    }
    assert set(found["links"][0]) >= {"id", "kind", "role", "evidence", "url", "title", "reason"}


STATES = {
    "作者已删除": PageState.DELETED,
    "内容违规": PageState.VIOLATION,
    "该内容暂时无法查看": PageState.UNAVAILABLE,
}
ODD = {
    "article_detail_expired.html": PageState.EXPIRED,
    "expire.html": PageState.EXPIRED,
    "quota_limit.html": PageState.QUOTA,
    "profile.html": PageState.NO_ARTICLE,
    "bitsea-history.html": PageState.NO_ARTICLE,
    "search-gaokao-gzh-error.html": PageState.CAPTCHA,
    "search-gaokao-article.html": PageState.NO_ARTICLE,
    "wapindex-wap-0612-wap_8-0.html": PageState.NO_ARTICLE,
}


@pytest.mark.corpus
def test_every_recorded_wechat_page_is_what_it_is(corpus: Path) -> None:
    wrong = []
    for file in sorted((corpus / "wechat" / "raw_html").rglob("*.html*")):
        if file.name == "search-gaokao-gzh.html":
            continue  # a search engine's list of accounts, neither article nor message
        expected = STATES.get(file.parent.name) or ODD.get(file.name) or PageState.OK
        expected = PageState.NO_ARTICLE if file.parent.name == "aboutbiz" else expected
        article = PageExtractor().extract(read_path(file, NOW))
        complete = all((article.title, article.account, article.published, article.text))
        if article.state is not expected or (expected is PageState.OK and not complete):
            wrong.append((file.name, article.state))
    assert not wrong
