"""Every spelling of a paper or repository ends in one id, and an id is its own spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.identifiers import arxiv_id, identify, paper_url

PAPERS = {
    "https://arxiv.org/abs/2203.15332": "arxiv:2203.15332",
    "https://arxiv.org/pdf/2203.15332v2.pdf": "arxiv:2203.15332",
    "http://arxiv.org/html/2203.15332v1": "arxiv:2203.15332",
    "https://export.arxiv.org/abs/2203.15332": "arxiv:2203.15332",
    "http://xxx.itp.ac.cn/pdf/1603.06937.pdf": "arxiv:1603.06937",
    "https://arxiv.org/ftp/arxiv/papers/1604/1604.02878.pdf": "arxiv:1604.02878",
    "https://ar5iv.labs.arxiv.org/html/2203.15332": "arxiv:2203.15332",
    "https://www.alphaxiv.org/abs/2203.15332": "arxiv:2203.15332",
    "https://huggingface.co/papers/2203.15332": "arxiv:2203.15332",
    "https://papers.cool/arxiv/2203.15332": "arxiv:2203.15332",
    "https://doi.org/10.48550/arXiv.2203.15332": "arxiv:2203.15332",
    "arxiv.org/abs/cs/0112017": "arxiv:cs/0112017",
    "https://openreview.net/forum?id=abcDEF123_&noteId=x": "openreview:abcDEF123_",
    "https://openreview.net/pdf?id=abcDEF123_": "openreview:abcDEF123_",
    "https://doi.org/10.1145/3372297.3417234": "doi:10.1145/3372297.3417234",
    "https://dl.acm.org/doi/pdf/10.1145/3372297.3417234": "doi:10.1145/3372297.3417234",
    "https://link.springer.com/content/pdf/10.1007/s11263-021-01453-z.pdf": "doi:10.1007/s11263-021-01453-z",
    "https://www.biorxiv.org/content/10.1101/2020.12.15.422761v1.full.pdf": "doi:10.1101/2020.12.15.422761",
    "https://aclanthology.org/2024.acl-long.401/": "acl:2024.acl-long.401",
    "https://www.aclweb.org/anthology/P18-1001.pdf": "acl:P18-1001",
    "https://openaccess.thecvf.com/content/CVPR2022/html/Xu_GroupViT_CVPR_2022_paper.html": "cvf:Xu_GroupViT_CVPR_2022_paper",
    "https://proceedings.mlr.press/v139/jia21b.html": "url:https://proceedings.mlr.press/v139/jia21b.html",
    "https://www.nature.com/articles/s41586-021-03819-2?utm_source=x#Sec1": "url:https://www.nature.com/articles/s41586-021-03819-2",
}
CODE = {
    "https://github.com/Owner/Name": "github.com/owner/name",
    "github.com/owner/name.git": "github.com/owner/name",
    "https://github.com/owner/name/tree/main/sub#readme": "github.com/owner/name",
    "https://raw.githubusercontent.com/owner/name/main/train.py": "github.com/owner/name",
    "https://gitee.com/owner/name": "gitee.com/owner/name",
    "https://huggingface.co/datasets/Owner/name": "huggingface.co/owner/name",
    "https://huggingface.co/Owner/name/tree/main": "huggingface.co/owner/name",
}
NEITHER = [
    "https://arxiv.org/list/cs.CV/recent",
    "https://arxiv.org/abs/2213.15332",
    "https://arxiv.org/abs/1907.1109",
    "https://github.com/owner",
    "https://github.com/orgs/owner/repositories",
    "https://gist.github.com/owner/123",
    "https://raw.githubusercontent.com/owner/name/main/figure.png",
    "https://github.com/user-attachments/assets/1",
    "https://huggingface.co/docs/transformers",
    "https://evil.example/arxiv.org/abs/2203.15332",
    "https://evil.example/abs/2203.15332",
    "https://openreview.net/group?id=ICLR.cc_2026",
    "https://github.com/owner/名字",
    "https://github.com/owner/..",
    "http://[::1",
    "",
]


@pytest.mark.parametrize(("url", "expected"), [*PAPERS.items(), *CODE.items()])
def test_every_spelling_has_one_id(url: str, expected: str) -> None:
    found = identify(url)
    assert found is not None
    assert found.id == expected
    assert found.kind == ("paper" if url in PAPERS else "code")


def test_space_around_an_address_is_no_part_of_it() -> None:
    found = identify(" \u3000https://github.com/owner/name\n")
    assert found is not None
    assert found.id == "github.com/owner/name"


def test_a_paper_known_by_its_title_alone_has_no_address() -> None:
    assert paper_url("title:some paper") == ""
    assert paper_url("no scheme at all") == ""


@pytest.mark.parametrize("url", NEITHER)
def test_what_is_no_work_has_no_id(url: str) -> None:
    assert identify(url) is None


@pytest.mark.parametrize("url", [*PAPERS, *CODE])
def test_canonicalisation_is_idempotent(url: str) -> None:
    first = identify(url)
    assert first is not None
    second = identify(first.url)
    assert second is not None
    assert (second.id, second.url) == (first.id, first.url)


@given(st.text(max_size=200))
def test_no_text_makes_it_raise(text: str) -> None:
    found = identify(text)
    if found is not None:
        again = identify(found.url)
        assert again is None or again.id == found.id


@given(st.integers(7, 60), st.integers(1, 12), st.integers(0, 99999), st.integers(1, 30))
def test_arxiv_ids_survive_every_mirror(year: int, month: int, serial: int, version: int) -> None:
    number = f"{year:02d}{month:02d}." + (
        f"{serial:05d}" if year >= 15 else f"{serial % 10000:04d}"
    )
    spellings = (
        f"arXiv:{number}v{version}",
        number,
        f"https://arxiv.org/pdf/{number}v{version}.pdf",
        f"https://ar5iv.org/abs/{number}",
    )
    assert {arxiv_id(s) for s in spellings} == {number}
    assert paper_url(f"arxiv:{number}") == f"https://arxiv.org/abs/{number}"
