"""Articles on the same thing become one candidate."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

from pipeline.enrich import PaperEnricher
from pipeline.types import Candidate, Image, RepoState
from tests.enrich.builders import article, assembled, candidate, paper, paper_link, repo

SWIN, MAE = paper("2103.14030", "Swin Transformer"), paper("2111.06377", "Masked Autoencoders")
fold = PaperEnricher().fold


def test_two_articles_on_one_paper_become_one() -> None:
    early, late = article("early", hour=1), article("late", hour=2)
    (made,) = fold([candidate(late, (SWIN,)), candidate(early, (SWIN,))])
    assert made.article is early
    assert made.covered_by == (late,)


def test_the_order_of_arrival_does_not_matter() -> None:
    three = [candidate(article(n, hour=h), (SWIN,)) for n, h in (("a", 3), ("b", 1), ("c", 2))]
    made = {fold(order) for order in itertools.permutations(three)}
    assert len(made) == 1
    assert [a.id for a in made.pop()[0].covered_by] == ["c", "a"]


def test_folding_twice_changes_nothing() -> None:
    mixed = [
        candidate(article("a"), (SWIN,)),
        candidate(article("b"), (SWIN,)),
        candidate(article("c"), (SWIN, MAE)),
        candidate(article("d")),
    ]
    once = fold(mixed)
    assert fold(once) == once


def test_the_article_with_code_and_text_leads_even_if_later() -> None:
    bare = candidate(article("bare", hour=1, text="short"), (SWIN,))
    full = candidate(
        article("full", hour=5, lead_image=Image(url="https://example.org/i.png")),
        (SWIN,),
        (repo("a/b"),),
    )
    (made,) = fold([bare, full])
    assert made.article.id == "full"


def test_what_stands_in_the_note_already_stays_there() -> None:
    noted = candidate(article("noted", hour=1, text="short"), (SWIN,))
    better = candidate(article("better", hour=5), (SWIN,), (repo("a/b"),))
    (made,) = fold([better, noted], keep=["noted"])
    assert made.article.id == "noted"
    assert made.repos == better.repos


def test_two_that_stand_in_the_note_already_stay_two() -> None:
    both = [candidate(article(n), (SWIN,)) for n in ("a", "b")]
    made = fold([*both, candidate(article("c"), (SWIN,))], keep=["a", "b"])
    assert [c.article.id for c in made] == ["a", "b"]
    assert [a.id for a in made[0].covered_by] == ["c"]


def test_code_venue_and_past_are_not_lost_in_folding() -> None:
    lead = replace(candidate(article("a", hour=1), (SWIN,)), pending=("x",))
    other = replace(
        candidate(article("b", hour=2), (SWIN,), (repo("a/b", RepoState.GONE),)),
        venue="ICCV 2021",
        noted=date(2022, 5, 3),
        pending=("y",),
    )
    (made,) = fold([lead, other])
    assert [r.id for r in made.repos] == ["github.com/a/b"]
    assert made.venue == "ICCV 2021"
    assert made.noted == date(2022, 5, 3)
    assert made.pending == ("x", "y")


def test_a_round_up_stays_apart_and_is_told() -> None:
    single = candidate(article("single", hour=1, title="只讲 Swin"), (SWIN,))
    round_up = candidate(article("round-up", hour=2), (SWIN, MAE))
    made = fold([single, round_up])
    assert [c.article.id for c in made] == ["single", "round-up"]
    assert made[0].issues == ()
    (issue,) = made[1].issues
    assert issue.code == "article.shared_paper"
    assert "只讲 Swin" in issue.sentence


def test_an_id_that_two_articles_call_by_contradicting_titles_is_not_one_paper() -> None:
    first = paper("x", "Graph-Relational Domain Adaptation", id="url:http://example.org/p.pdf")
    other = replace(first, title="Visual Classification via Description from Language Models")
    made = fold([candidate(article("a"), (first,)), candidate(article("b"), (other,))])
    assert len(made) == 2


def test_a_doubted_link_folds_nothing() -> None:
    doubted = assembled(article("a", paper_link(SWIN.id, "Inverting Renderers for Faces")), SWIN)
    assert [i.code for i in doubted.issues] == ["paper.title_mismatch"]
    made = fold([doubted, candidate(article("b"), (SWIN,))])
    assert len(made) == 2


def test_one_repository_needs_near_equal_headlines() -> None:
    def on_repo(name: str, title: str) -> Candidate:
        return candidate(article(name, title=title), (), (repo("a/b"),))

    same = fold(
        [
            on_repo("a", "开源 | 一款很好用的标注工具来了"),
            on_repo("b", "开源：一款很好用的标注工具来了！"),
        ]
    )
    assert len(same) == 1
    other = fold([on_repo("a", "一款很好用的标注工具"), on_repo("b", "昨天的会议记录")])
    assert len(other) == 2


def test_a_headline_that_says_nothing_joins_nothing() -> None:
    lessons = [
        candidate(article(n, title="0x0. 前言", text=f"{n} " * 300 + n), (), (repo("a/b"),))
        for n in ("第一课讲编译器", "第二课讲算子", "third lesson")
    ]
    assert len(fold(lessons)) == 3


def test_a_renamed_repository_is_the_same_one() -> None:
    old = replace(repo("old/name", RepoState.RENAMED), full_name="New/Name")
    first = candidate(article("a", title="一款很好用的标注工具"), (), (old,))
    second = candidate(article("b", title="一款很好用的标注工具"), (), (repo("new/name"),))
    assert len(fold([first, second])) == 1


def test_a_reprint_is_folded_but_a_weekly_column_is_not() -> None:
    words = " ".join(f"word{n}" for n in range(300))
    other = " ".join(f"thing{n * 7}" for n in range(300, 600))
    first = candidate(article("a", title="本周论文速递", text=words))
    reprint = candidate(article("b", title="本周论文速递", text=words + " 转载"))
    next_week = candidate(article("c", title="本周论文速递", text="今日要闻 " + other[::-1]))
    made = fold([first, reprint, next_week])
    assert [c.article.id for c in made] == ["a", "c"]


def test_articles_about_nothing_in_common_stay_apart() -> None:
    assert len(fold([candidate(article(n, title=n)) for n in ("x", "y", "z")])) == 3


def test_nothing_folds_to_nothing() -> None:
    assert fold([]) == ()


LONG = "Following Every Ring of a Tree Across Seasons"
PREPRINT = paper("2404.01234", LONG, authors=("Wei Lindqvist", "Ana Moraes"))
PRINTED = paper(
    "x", f"{LONG}.", id="doi:10.1000/ring", abstract="", authors=("Lindqvist",), venue="ECCV 2024"
)


def test_a_preprint_and_its_doi_are_one_paper() -> None:
    printed, preprint = article("printed", hour=1), article("preprint", hour=2)
    for order in itertools.permutations(
        [candidate(printed, (PRINTED,)), candidate(preprint, (PREPRINT,))]
    ):
        (made,) = fold(order)
        assert made.article is printed
        assert made.covered_by == (preprint,)
        assert made.papers == (replace(PREPRINT, venue="ECCV 2024"),)
        assert fold([made]) == (made,)


def test_equal_titles_of_different_people_stay_two() -> None:
    other = replace(PRINTED, authors=("Somebody Else",))
    assert len(fold([candidate(article("a"), (other,)), candidate(article("b"), (PREPRINT,))])) == 2


def test_two_preprints_of_one_title_stay_two() -> None:
    other = replace(PREPRINT, id="arxiv:2501.00001")
    both = [candidate(article("a"), (other,)), candidate(article("b"), (PREPRINT,))]
    assert len(fold(both)) == 2
    third = candidate(article("c"), (PRINTED,))
    assert {fold(order)[0].covered_by for order in itertools.permutations([*both, third])} == {()}


def test_a_title_of_a_word_or_two_joins_nothing() -> None:
    left, right = replace(PREPRINT, title="Tree Rings"), replace(PRINTED, title="Tree rings")
    assert len(fold([candidate(article("a"), (left,)), candidate(article("b"), (right,))])) == 2


def test_an_id_called_by_two_titles_joins_nothing() -> None:
    misnamed = replace(PREPRINT, title="Quite Another Paper on Trees", abstract="", authors=())
    made = fold(
        [
            candidate(article("a"), (misnamed, PREPRINT)),
            candidate(article("b"), (PRINTED,)),
        ]
    )
    assert [c.covered_by for c in made] == [(), ()]
