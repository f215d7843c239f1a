"""Links in every disguise, with the role a careful reader would give them."""

from __future__ import annotations

import pytest

from tests.extract.builders import extract, link, markdown, wechat, works

DISGUISES = {
    "spans": (
        "<p>论文链接：<span leaf=''>https://arx</span><span>iv.org/abs/2203.15332</span></p>",
        "arxiv:2203.15332",
    ),
    "line break": ("<p>论文链接：https://arxiv.org/abs/<br>2203.15332</p>", "arxiv:2203.15332"),
    "break in the id": ("<p>论文：arXiv：2203.<br>15332</p>", "arxiv:2203.15332"),
    "no scheme": ("<p>代码：github.com/owner/name。欢迎使用</p>", "github.com/owner/name"),
    "zero width": (
        "<p>代码：https://github.com/ow\u200bner/na\u00adme</p>",
        "github.com/owner/name",
    ),
    "full width": ("<p>代码：https：//github.com/owner/name）</p>", "github.com/owner/name"),
    "escaped": ("<p>代码：https://github.com/owner/na\\_me</p>", "github.com/owner/na_me"),
    "emphasis": ("<p>代码：https://github.com/owner/name__</p>", "github.com/owner/name"),
    "stars": ("<p>代码：https://github.com/owner/name**</p>", "github.com/owner/name"),
    "glued": ("<p>代码在https://github.com/owner/name里</p>", "github.com/owner/name"),
    "bracket": ("<p>代码（https://github.com/owner/name）</p>", "github.com/owner/name"),
    "zhihu": (
        "<p><a href='https://link.zhihu.com/?target=https%3A//github.com/owner/name'>代码</a></p>",
        "github.com/owner/name",
    ),
    "catalyzex": (
        "<p>代码：https://github.com/owner/name?utm_source=catalyzex.com</p>",
        "github.com/owner/name",
    ),
    "bare id": ("<p>论文编号 arXiv:2203.15332v3，欢迎阅读</p>", "arxiv:2203.15332"),
    "anchor": (
        "<p>请看<a href='https://arxiv.org/pdf/2203.15332'>论文</a></p>",
        "arxiv:2203.15332",
    ),
    "clone": ("<pre>git clone https://github.com/owner/name.git</pre>", "github.com/owner/name"),
    "doi": ("<p>论文：doi: 10.1145/3372297.3417234。</p>", "doi:10.1145/3372297.3417234"),
}


@pytest.mark.parametrize("name", DISGUISES)
def test_every_disguise_is_seen_through(name: str) -> None:
    content, expected = DISGUISES[name]
    assert list(works(extract(wechat(content)))) == [expected]


def test_a_numbered_line_is_not_the_rest_of_an_address() -> None:
    article = extract(wechat("<p>代码：https://github.com/owner/</p><p>2. 方法</p>"))
    assert works(article) == {}


def test_an_id_that_is_cut_short_is_left_out() -> None:
    assert (
        works(
            extract(wechat("<p>论文：arxiv.org/abs/1907.1109，代码：https://github.com/ow...</p>"))
        )
        == {}
    )


def test_evidence_is_verbatim_and_stands_at_the_position() -> None:
    article = extract(
        wechat("<p>先说几句。</p><p>论文链接：https://arxiv.org/abs/2203.15332，很好</p>")
    )
    found = link(article, "arxiv:2203.15332")
    assert found.evidence in article.text
    assert article.text[found.position :].startswith("https://arxiv.org/abs/2203.15332")
    assert "论文链接" in found.label
    assert found.reason


def test_references_and_related_work_are_mentioned() -> None:
    body = """# SomeNet 解读

论文链接：https://arxiv.org/abs/2203.15332

代码链接：https://github.com/owner/somenet

## 相关工作

论文链接：https://arxiv.org/abs/2101.00001

## 参考文献

[1] A. Person et al. Other Things in Depth and Width. arXiv preprint arXiv:2102.00002
"""
    assert works(markdown(body)) == {
        "arxiv:2203.15332": "main",
        "github.com/owner/somenet": "main",
        "arxiv:2101.00001": "mentioned",
        "arxiv:2102.00002": "mentioned",
    }


def test_a_table_of_contents_is_no_section() -> None:
    body = "# 标题在此\n\n1. 介绍\n2. 相关工作\n\n论文链接在这里：https://arxiv.org/abs/2203.15332\n\n# 介绍\n\n正文\n"
    assert works(markdown(body)) == {"arxiv:2203.15332": "main"}


def test_a_short_reference_list_names_the_subject() -> None:
    body = "# 讲讲某网络\n\n这篇论文提出了一种新办法。作者认为它更快。\n\n## 参考\n\nhttps://arxiv.org/abs/2203.15332\n\nhttps://github.com/owner/name\n"
    assert works(markdown(body)) == {"arxiv:2203.15332": "main", "github.com/owner/name": "main"}


def test_dependencies_are_mentioned() -> None:
    body = "# 我的工具\n\n我们开源在 https://github.com/me/tool ，欢迎使用。\n\n它参考了 https://github.com/they/lib 的写法。\n"
    assert works(markdown(body)) == {
        "github.com/me/tool": "main",
        "github.com/they/lib": "mentioned",
    }


def test_the_title_beside_a_link_is_its_title() -> None:
    body = "# 一篇论文\n\n题目：《Learning Very Good Features from Small Data》\n\n论文：https://arxiv.org/abs/2203.15332\n"
    article = markdown(body)
    assert link(article, "arxiv:2203.15332").title == "Learning Very Good Features from Small Data"
    assert article.subjects == ()


def test_a_title_without_a_link_is_a_subject() -> None:
    article = markdown(
        "# 一篇论文\n\n论文题目：Learning Very Good Features from Small Data\n\n正文没有链接。\n"
    )
    assert article.subjects == ("Learning Very Good Features from Small Data",)


def test_it_abstains_from_headings_of_essays() -> None:
    assert markdown("# What the Research Is About Today\n\n随便写写。\n").subjects == ()


def test_several_addresses_of_one_work_are_one_link() -> None:
    body = (
        "# 一篇论文\n\n标题：Learning Very Good Features from Small Data\n\n"
        "论文：https://openaccess.thecvf.com/content/CVPR2022/html/A_Learning_CVPR_2022_paper.html\n\nArXiv：https://arxiv.org/abs/2203.15332\n"
    )
    assert works(markdown(body)) == {"arxiv:2203.15332": "main"}


def test_read_more_points_to_the_work() -> None:
    article = extract(wechat("<p>这是一条很短的消息。</p>", source="https://github.com/owner/name"))
    assert works(article) == {"github.com/owner/name": "main"}
    assert link(article, "github.com/owner/name").label == "阅读原文"


def test_pictures_and_users_are_no_repositories() -> None:
    content = "<p>https://raw.githubusercontent.com/a/b/main/x.png https://github.com/onlyuser https://gist.github.com/a/1</p>"
    assert works(extract(wechat(content))) == {}


def test_a_footnote_stands_where_it_is_called() -> None:
    body = (
        "# 介绍 SomeNet\n\n论文地址[1]\n\n我们已开源代码[2]，也用到了别的库[3]。\n\n## 参考资料\n\n"
        "[1] https://arxiv.org/abs/2203.15332\n\n[2] https://github.com/owner/code\n\n[3] https://github.com/they/lib\n"
    )
    assert works(markdown(body)) == {
        "arxiv:2203.15332": "main",
        "github.com/owner/code": "main",
        "github.com/they/lib": "mentioned",
    }


def test_a_bibliography_stays_one() -> None:
    body = (
        "# 介绍 SomeNet\n\n论文：https://arxiv.org/abs/2203.15332\n\n此前的论文[1]做过。\n\n## 参考文献\n\n"
        "[1] A. Person et al. Other Things in Depth. arXiv preprint arXiv:2102.00002\n"
    )
    assert works(markdown(body)) == {"arxiv:2203.15332": "main", "arxiv:2102.00002": "mentioned"}


def test_an_entry_in_the_middle_of_the_text_is_mentioned() -> None:
    article = markdown(
        "# 甲方法让智能体学会找工具\n\n论文链接：https://arxiv.org/abs/2203.15332\n\n一段正文，讲讲方法。\n\n"
        "Reference: Another Work of the Same Group on Histories\n\n"
        "Link：[arxiv.org/abs/2204.01…](https://arxiv.org/abs/2204.01001)\n\n又一段正文。\n"
    )
    assert works(article) == {"arxiv:2203.15332": "main", "arxiv:2204.01001": "mentioned"}
    assert link(article, "arxiv:2204.01001").label == "Link："


def test_a_paper_on_its_project_s_page() -> None:
    article = markdown(
        "# 手机上的智能体\n\n论文地址：\n\nhttps://project.github.io/assets/paper.pdf\n\n"
        "项目主页：https://project.github.io/\n"
    )
    kinds = {found.url: (found.kind, found.role) for found in article.links}
    assert kinds["https://project.github.io/assets/paper.pdf"] == ("paper", "main")
    assert kinds["https://project.github.io/"][0] == "project"
