"""Venues as authors and headlines write them."""

from __future__ import annotations

import pytest

from pipeline.enrich.venue import find_venue, venue_in_headline, venue_of


@pytest.mark.parametrize(
    ("said", "venue"),
    [
        ("Accepted to CVPR 2022 (Oral)", "CVPR 2022 Oral"),
        ("accepted by ICCV'21", "ICCV 2021"),
        ("ECCV2020, code: https://github.com/a/b", "ECCV 2020"),
        ("AAAI-22", "AAAI 2022"),
        (
            "Accepted at the 2021 IEEE/CVF International Conference on Computer Vision (ICCV)",
            "ICCV 2021",
        ),
        ("To appear in NIPS 2020 (spotlight)", "NeurIPS 2020 Spotlight"),
        ("CVPRW 2022", "CVPR 2022 Workshop"),
        ("CVPR 2021 Workshop on Fair Vision", "CVPR 2021 Workshop"),
        ("Findings of ACL 2021", "ACL 2021 Findings"),
        ("Published in T-PAMI", "TPAMI"),
        ("IEEE Transactions on Pattern Analysis and Machine Intelligence, 2021", "TPAMI 2021"),
        (
            "Proceedings of the IEEE/CVF Conference on Computer Vision and Pattern Recognition"
            " (pp. 1-10), 2021",
            "CVPR 2021",
        ),
        (
            "Proceedings of the 38th International Conference on Machine Learning, PMLR 139, 2021",
            "ICML 2021",
        ),
        ("MM '21, October 20-24, 2021, Virtual Event, China", "ACM MM 2021"),
        ("Proceedings of the 29th ACM International Conference on Multimedia, 2021", "ACM MM 2021"),
        ("IEEE Robotics and Automation Letters 2021", "RA-L 2021"),
        ("SIGGRAPH Asia 2021", "SIGGRAPH Asia 2021"),
        ("to appear at ICCV 2021, extended version of our CVPR 2020 paper", "ICCV 2021"),
        ("Best paper finalist at CVPR 2021", "CVPR 2021 Best Paper Finalist"),
        ("10 pages. Accepted to WACV2023", "WACV 2023"),
        ("KDD'21, August 14--18, 2021", "KDD 2021"),
        ("Accepted by CVPR, 12 pages", "CVPR"),
        ("NAACL-HLT 2021", "NAACL 2021"),
    ],
)
def test_venues_of_comments(said: str, venue: str) -> None:
    assert find_venue(said) == venue


@pytest.mark.parametrize(
    "said",
    [
        "10 pages, 4 figures",
        "Submitted to CVPR 2022",
        "Under review at NeurIPS 2021",
        "Winner of the CVPR 2021 challenge",
        "a chi square test 2021",
        "tip 20 of 30",
        "micro 2021 benchmark of media 2020",
        "arXiv admin note: text overlap with arXiv:2012.00001",
        "International Conference on Machine Learning and Applications 2021",
        "",
    ],
)
def test_texts_that_name_no_venue(said: str) -> None:
    assert find_venue(said) is None


def test_the_comment_comes_before_the_journal_reference() -> None:
    assert venue_of("ICCV 2021 Oral", "IJCV 2022") == "ICCV 2021 Oral"
    assert venue_of("8 pages", "IJCV 130, 2022") == "IJCV 2022"
    assert venue_of(None) is None


@pytest.mark.parametrize(
    ("headline", "venue"),
    [
        ("CVPR 2022 | TATT：文本超分", "CVPR 2022"),
        ("[[CVPR 2022] TATT：文本超分", "CVPR 2022"),
        ("ICLR'22 Spotlight：新的扩散模型", "ICLR 2022 Spotlight"),
        ("【ECCV22】新方法", "ECCV 2022"),
        ("IJCAI 2021丨新方法", "IJCAI 2021"),
        ("CVPR2022挑战赛冠军方案", None),
        ("CVPR 2022 论文汇总", None),
        ("NeurIPS 2021 最佳论文公布", None),
        ("顶会CVPR最新成果", None),
    ],
)
def test_venues_of_headlines(headline: str, venue: str | None) -> None:
    assert venue_in_headline(headline) == venue


def test_a_long_hostile_comment_is_read_in_bounds() -> None:
    assert find_venue("CVPR " * 100_000) == "CVPR"
    assert find_venue("(" * 500_000) is None
