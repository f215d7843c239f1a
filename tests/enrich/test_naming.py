"""What a paper is called before an index has described it."""

from __future__ import annotations

import pytest

from pipeline.enrich.naming import own_title, shown_title, venue_in_name
from tests.enrich.builders import article, paper_link

TITLE = "Dynamic Head: Unifying Object Detection Heads with Attentions"


@pytest.mark.parametrize(
    "evidence",
    [
        f"论文题目：{TITLE}\n论文地址：https://example.org/x.pdf",
        f"《{TITLE}》",
        f"论文 | {TITLE} https://openaccess.thecvf.com/x_paper.pdf",
    ],
)
def test_an_english_line_beside_the_link_is_its_title(evidence: str) -> None:
    assert own_title(paper_link("cvf:x", evidence=evidence)) == TITLE


@pytest.mark.parametrize(
    "evidence",
    [
        "论文地址：",
        "论文地址：https://example.org/some/very/long/path/with/many/english/words.pdf",
        "code and paper are in the of a an it is",
        "",
    ],
)
def test_labels_and_addresses_are_no_titles(evidence: str) -> None:
    assert own_title(paper_link("cvf:x", evidence=evidence, label="论文地址：")) is None


@pytest.mark.parametrize(
    ("link_id", "url", "name"),
    [
        ("cvf:Dai_Dynamic_Head_Unifying_Heads_CVPR_2021_paper", "", "Dynamic Head Unifying Heads"),
        (
            "cvf:Sanghyun_Woo_Convolutional_Block_Attention_ECCV_2018_paper",
            "",
            "Convolutional Block Attention",
        ),
        ("openreview:tDRYrAkOB7", "", "OpenReview tDRYrAkOB7"),
        ("doi:10.1109/x.2021.1", "", "DOI 10.1109/x.2021.1"),
        ("arxiv:2103.14030", "", "arXiv:2103.14030"),
        ("url:x", "https://www.nature.com/articles/s41586", "nature.com/articles/s41586"),
    ],
)
def test_a_nameless_paper_is_called_by_what_its_id_tells(link_id: str, url: str, name: str) -> None:
    of = article("a", title="一篇文章")
    assert shown_title(paper_link(link_id, url=url, label="论文地址："), of, alone=True) == name


def test_the_headline_names_the_only_paper() -> None:
    of = article("a", title=f"CVPR 2021 | {TITLE}")
    assert shown_title(paper_link("openreview:abcdef"), of, alone=True) == TITLE
    assert shown_title(paper_link("openreview:abcdef"), of, alone=False) == "OpenReview abcdef"


@pytest.mark.parametrize(
    ("link_id", "venue"),
    [
        ("cvf:A_B_CVPR_2021_paper", "CVPR 2021"),
        ("cvf:A_B_CVPRW_2020_paper", "CVPR 2020 Workshop"),
        ("cvf:A_B_WACV_2022_paper", "WACV 2022"),
        ("cvf:A_B", None),
        ("doi:10.1/A_CVPR_2021_paper", None),
    ],
)
def test_cvf_files_tell_the_conference(link_id: str, venue: str | None) -> None:
    assert venue_in_name(paper_link(link_id)) == venue


def test_hostile_evidence_is_read_in_bounds() -> None:
    assert own_title(paper_link("cvf:x", evidence="a " * 500_000)) is None
    assert own_title(paper_link("cvf:x", evidence="." * 500_000)) is None
