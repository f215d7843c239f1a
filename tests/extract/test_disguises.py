"""One row per disguise in which a link stands in an article, and what it must come to."""

from __future__ import annotations

import pytest

from tests.extract.builders import extract, markdown, wechat

PAPER, CODE = "arxiv:2203.15332", "github.com/owner/name"

PAPERS = {
    "bare": "arXiv:2203.15332v2",
    "bare, full-width colon": "arXiv：2203.15332",
    "bare, spaced": "arXiv: 2203.15332",
    "bare in brackets": "见 [arXiv:2203.15332]",
    "abs": "https://arxiv.org/abs/2203.15332",
    "version": "https://arxiv.org/abs/2203.15332v3",
    "pdf": "https://arxiv.org/pdf/2203.15332.pdf",
    "pdf with version": "https://arxiv.org/pdf/2203.15332v1",
    "html": "https://arxiv.org/html/2203.15332v1",
    "listing": "https://arxiv.org/list/2203.15332",
    "source": "https://arxiv.org/e-print/2203.15332",
    "ftp": "ftp://ftp.arxiv.org/papers/2203/2203.15332.pdf",
    "www": "https://www.arxiv.org/abs/2203.15332",
    "export mirror": "http://export.arxiv.org/abs/2203.15332",
    "Chinese mirror": "http://cn.arxiv.org/abs/2203.15332",
    "old Chinese mirror": "http://xxx.itp.ac.cn/abs/2203.15332",
    "browse": "https://browse.arxiv.org/pdf/2203.15332.pdf",
    "ar5iv": "https://ar5iv.labs.arxiv.org/html/2203.15332",
    "ar5iv short": "https://ar5iv.org/abs/2203.15332",
    "alphaxiv": "https://www.alphaxiv.org/abs/2203.15332v1",
    "papers of Hugging Face": "https://huggingface.co/papers/2203.15332",
    "papers.cool": "https://papers.cool/arxiv/2203.15332",
    "arxiv-vanity": "https://www.arxiv-vanity.com/papers/2203.15332/",
    "sanity": "https://arxiv-sanity-lite.com/?rank=pid&pid=2203.15332",
    "a reader of Chinese students": "https://arxiv.xixiaoyao.cn/abs/2203.15332",
    "DOI of arXiv": "https://doi.org/10.48550/arXiv.2203.15332",
    "no scheme": "论文：arxiv.org/abs/2203.15332",
    "http": "http://arxiv.org/abs/2203.15332",
    "broken scheme": "https:// arxiv.org/abs/2203.15332",
    "broken at the host": "https://arxiv. org/abs/2203.15332",
    "broken in the path": "https://arxiv.org/ abs/2203.15332",
    "broken in the number": "https://arxiv.org/abs/2203. 15332",
    "line break in the number": "https://arxiv.org/abs/\n2203.15332",
    "full-width colon": "https：//arxiv.org/abs/2203.15332",
    "full-width letters": "ｈｔｔｐｓ：／／ａｒｘｉｖ．ｏｒｇ／ａｂｓ／２２０３．１５３３２",
    "zero width": "https://arxiv\u200b.org/abs/2203\u200b.15332",
    "soft hyphen": "https://arxiv.org/abs/22\u00ad03.15332",
    "glued to Chinese": "论文https://arxiv.org/abs/2203.15332已经公开",
    "Chinese full stop": "见https://arxiv.org/abs/2203.15332。",
    "corner bracket": "（「https://arxiv.org/abs/2203.15332」）",
    "bold": "**https://arxiv.org/abs/2203.15332**",
    "italic": "_https://arxiv.org/abs/2203.15332_",
    "angle brackets": "<https://arxiv.org/abs/2203.15332>",
    "code span": "`https://arxiv.org/abs/2203.15332`",
    "trailing underscores": "https://arxiv.org/abs/2203.15332__",
    "anchor": "[论文](https://arxiv.org/abs/2203.15332)",
    "anchor with title": '[论文](https://arxiv.org/abs/2203.15332 "x")',
    "reference link": "[论文][1]\n\n[1]: https://arxiv.org/abs/2203.15332",
    "query": "https://arxiv.org/abs/2203.15332?context=cs.CV",
    "fragment": "https://arxiv.org/abs/2203.15332#S3",
    "Zhihu": "[a](https://link.zhihu.com/?target=https%3A//arxiv.org/abs/2203.15332)",
    "Juejin": "[a](https://link.juejin.cn/?target=https%3A%2F%2Farxiv.org%2Fabs%2F2203.15332)",
    "Jianshu": "[a](https://links.jianshu.com/go?to=https%3A%2F%2Farxiv.org%2Fabs%2F2203.15332)",
    "CSDN": "[a](https://link.csdn.net/?target=https%3A%2F%2Farxiv.org%2Fabs%2F2203.15332)",
    "Gitee": "[a](https://gitee.com/link?target=https%3A%2F%2Farxiv.org%2Fabs%2F2203.15332)",
    "OSCHINA": "[a](https://www.oschina.net/action/GoToLink?url=https%3A%2F%2Farxiv.org%2Fabs%2F2203.15332)",
    "WeChat": "[a](https://mp.weixin.qq.com/mp/redirect?url=https%3A%2F%2Farxiv.org%2Fabs%2F2203.15332)",
    "QQ": "[a](https://c.pc.qq.com/middlem.html?pfurl=https%3A%2F%2Farxiv.org%2Fabs%2F2203.15332)",
    "Google": "[a](https://www.google.com/url?q=https://arxiv.org/abs/2203.15332&sa=D)",
    "CatalyzeX": "https://www.catalyzex.com/redirect?url=https://arxiv.org/abs/2203.15332",
    "twice wrapped": "[a](https://link.zhihu.com/?target=https%3A//www.google.com/url%3Fq%3Dhttps%253A//arxiv.org/abs/2203.15332)",
    "web archive": "https://web.archive.org/web/2023/https://arxiv.org/abs/2203.15332",
}  # fmt: skip

OTHERS = {
    "https://arxiv.org/abs/cs/0112017": "arxiv:cs/0112017",
    "https://openreview.net/forum?id=abcDEF_123": "openreview:abcDEF_123",
    "https://openreview.net/pdf?id=abcDEF_123": "openreview:abcDEF_123",
    "https://openreview.net/forum?id=abcDEF_123&noteId=x": "openreview:abcDEF_123",
    "https://doi.org/10.1145/3428264": "doi:10.1145/3428264",
    "https://dx.doi.org/10.1145/3428264": "doi:10.1145/3428264",
    "DOI: 10.1145/3428264": "doi:10.1145/3428264",
    "https://dl.acm.org/doi/abs/10.1145/3428264": "doi:10.1145/3428264",
    "https://link.springer.com/article/10.1007/s11263-021-01453-z": "doi:10.1007/s11263-021-01453-z",
    "https://onlinelibrary.wiley.com/doi/full/10.1111/cgf.14505": "doi:10.1111/cgf.14505",
    "https://openaccess.thecvf.com/content/CVPR2022/html/A_B_CVPR_2022_paper.html": "cvf:A_B_CVPR_2022_paper",
    "https://openaccess.thecvf.com/content/CVPR2022/papers/A_B_CVPR_2022_paper.pdf": "cvf:A_B_CVPR_2022_paper",
    "https://aclanthology.org/2022.acl-long.12/": "acl:2022.acl-long.12",
    "https://aclanthology.org/2022.acl-long.12.pdf": "acl:2022.acl-long.12",
    "https://www.aclweb.org/anthology/P19-1001.pdf": "acl:P19-1001",
    "https://proceedings.mlr.press/v139/a21a.html": "url:https://proceedings.mlr.press/v139/a21a.html",
    "https://papers.nips.cc/paper/2021/hash/abc-Abstract.html": "url:https://papers.nips.cc/paper/2021/hash/abc-Abstract.html",
    "https://ieeexplore.ieee.org/document/9879380": "url:https://ieeexplore.ieee.org/document/9879380",
    "https://www.nature.com/articles/s41586-021-03819-2": "url:https://www.nature.com/articles/s41586-021-03819-2",
    "https://dl.example.edu/~x/papers/good.pdf": "url:https://dl.example.edu/~x/papers/good.pdf",
    "https://dl.example.edu/x/good.pdf?utm_source=wx#page=2": "url:https://dl.example.edu/x/good.pdf",
}  # fmt: skip

CODES = {
    "plain": "https://github.com/Owner/Name",
    "www": "https://www.github.com/owner/name",
    "git": "https://github.com/owner/name.git",
    "slash": "https://github.com/owner/name/",
    "tree": "https://github.com/owner/name/tree/main/x",
    "blob": "https://github.com/owner/name/blob/main/x.py#L3",
    "issues": "https://github.com/owner/name/issues/12",
    "releases": "https://github.com/owner/name/releases/tag/v1",
    "raw": "https://raw.githubusercontent.com/owner/name/main/x.py",
    "archive": "https://codeload.github.com/owner/name/zip/refs/heads/main",
    "api": "https://api.github.com/repos/owner/name",
    "ssh": "git@github.com:owner/name.git",
    "clone": "git clone https://github.com/owner/name.git x",
    "proxy": "https://ghproxy.com/https://github.com/owner/name",
    "no scheme": "代码：github.com/owner/name",
    "only the name": "GitHub 地址：owner/name",
    "only the name, bold label": "**GitHub：** owner/name",
    "escaped": "https://github.com/owner/name\\_x",
    "full-width full stop": "https://github.com/owner/name。",
    "broken at the host": "https://github. com/owner/name",
    "broken at the owner": "https://github.com/ owner/ name",
    "query": "https://github.com/owner/name?tab=readme-ov-file",
    "fragment": "https://github.com/owner/name#readme",
    "upper case": "HTTPS://GITHUB.COM/OWNER/NAME",
}

HOSTS = {
    "https://gitlab.com/owner/name": "gitlab.com/owner/name",
    "https://gitee.com/owner/name?_from=gitee_search": "gitee.com/owner/name",
    "https://bitbucket.org/owner/name/src/master/": "bitbucket.org/owner/name",
    "https://codeberg.org/owner/name": "codeberg.org/owner/name",
    "https://huggingface.co/owner/name": "huggingface.co/owner/name",
    "https://huggingface.co/owner/name/tree/main": "huggingface.co/owner/name",
    "https://hf.co/owner/name": "huggingface.co/owner/name",
    "https://hf-mirror.com/owner/name": "huggingface.co/owner/name",
    "https://huggingface.co/datasets/owner/name": "huggingface.co/owner/name",
    "https://huggingface.co/spaces/owner/name": "huggingface.co/owner/name",
    "Hugging Face：owner/name": "huggingface.co/owner/name",
}

KINDS = {
    "https://www.bilibili.com/video/BV1xx": "video",
    "https://youtu.be/abc": "video",
    "https://owner.github.io/name/": "project",
    "https://sites.google.com/view/name": "project",
    "https://www.kaggle.com/datasets/a/b": "dataset",
    "https://zenodo.org/record/123": "dataset",
    "https://opendatalab.com/COCO": "dataset",
    "https://colab.research.google.com/drive/1": "demo",
    "https://modelscope.cn/studios/a/b": "demo",
    "https://blog.example/post": "other",
}

NOTHING = (
    "https://github.com/owner",
    "https://github.com/features/copilot",
    "https://user-images.githubusercontent.com/1/x.png",
    "https://raw.githubusercontent.com/owner/name/main/x.png",
    "https://gist.github.com/owner/0123456789",
    "https://arxiv.org/",
    "https://arxiv.org/abs/2213.15332",
    "版本 2203.15332 的号码",
    "https://huggingface.co/docs/transformers",
    "https://arxiv.org/abs/2203....",
    "支持 GitHub、Linux/Mac",
    "https://contrib.rocks/image?repo=owner/name",
)


def found(text: str) -> set[str]:
    """Ids of papers and repositories in the text, as Markdown."""
    return {k.id for k in markdown(text).links if k.kind in ("paper", "code")}


@pytest.mark.parametrize("disguise", PAPERS)
def test_papers(disguise: str) -> None:
    assert found(f"论文链接：\n\n{PAPERS[disguise]}\n") == {PAPER}


@pytest.mark.parametrize(("given", "wanted"), OTHERS.items())
def test_other_indexes(given: str, wanted: str) -> None:
    assert found(f"论文链接：{given}\n") == {wanted}


@pytest.mark.parametrize("disguise", CODES)
def test_repositories(disguise: str) -> None:
    wanted = CODE + ("_x" if disguise == "escaped" else "")
    assert found(f"项目介绍\n\n{CODES[disguise]}\n") == {wanted}


@pytest.mark.parametrize(("given", "wanted"), HOSTS.items())
def test_hosts(given: str, wanted: str) -> None:
    assert found(f"代码\n\n{given}\n") == {wanted}


@pytest.mark.parametrize(("given", "kind"), KINDS.items())
def test_kinds(given: str, kind: str) -> None:
    assert [k.kind for k in markdown(f"见 {given} 。").links] == [kind]


@pytest.mark.parametrize("given", NOTHING)
def test_what_is_none(given: str) -> None:
    assert found(f"正文里提到 {given} 。\n") == set()


def test_an_anchor_that_shows_another_address_gives_both() -> None:
    text = "[https://arxiv.org/abs/2203.15332](https://github.com/owner/name)"
    assert found(text) == {PAPER, CODE}


def test_an_anchor_that_shows_its_address_cut_short_gives_one() -> None:
    text = "[https://github.com/owner/na](https://github.com/owner/name)"
    assert found(text) == {CODE}


def test_spans_break_nothing() -> None:
    body = "<p><span>https://git</span><span>hub.com/own</span><b>er/name</b></p>"
    assert {k.id for k in extract(wechat(body)).links} == {CODE}
