"""What is looked up for an article, and what is made of the answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.enrich import PaperEnricher
from pipeline.ports import Wanted
from pipeline.types import RepoState
from tests.enrich.builders import article, assembled, code_link, paper, paper_link, repo

SWIN = "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows"
MAE = "Masked Autoencoders Are Scalable Vision Learners"


# -- wanted ----------------------------------------------------------------------------------


def test_main_links_only_are_wanted() -> None:
    of = article(
        "a",
        paper_link("arxiv:2103.14030"),
        paper_link("arxiv:2111.06377", role="mentioned"),
        paper_link("openreview:abcdef", "A Title on OpenReview Only"),
        code_link("github.com/microsoft/swin-transformer"),
        code_link("gitlab.com/a/b"),
        code_link("huggingface.co/a/b"),
        code_link("github.com/other/thing", role="mentioned"),
        subjects=(MAE, "一个中文题目"),
    )
    assert PaperEnricher().wanted(of) == Wanted(
        papers=("arxiv:2103.14030", "openreview:abcdef"),
        repos=("github.com/microsoft/swin-transformer",),
        titles=(MAE,),
    )


def test_papers_known_by_a_file_or_a_title_are_searched_by_title() -> None:
    of = article(
        "a",
        paper_link("url:https://example.org/swin.pdf", SWIN),
        paper_link(f"title:{MAE}", MAE),
        paper_link("url:https://example.org/untitled.pdf"),
    )
    assert PaperEnricher().wanted(of).titles == (SWIN, MAE)


def test_what_is_wanted_comes_in_the_order_of_the_article() -> None:
    of = article(
        "a",
        paper_link("arxiv:2103.14030", position=90),
        paper_link("arxiv:2111.06377", position=10),
        paper_link("arxiv:2103.14030", position=50),
    )
    assert PaperEnricher().wanted(of).papers == ("arxiv:2111.06377", "arxiv:2103.14030")


# -- papers ----------------------------------------------------------------------------------


def test_the_true_title_replaces_the_articles() -> None:
    of = article("a", paper_link("arxiv:2103.14030", "Swin Transformer"))
    made = assembled(of, paper("2103.14030", SWIN, venue="ICCV 2021 Best Paper"))
    assert [p.title for p in made.papers] == [SWIN]
    assert made.venue == "ICCV 2021 Best Paper"
    assert made.issues == ()
    assert made.pending == ()


def test_a_link_to_another_paper_is_flagged_with_both_titles() -> None:
    of = article("a", paper_link("arxiv:2103.14030", MAE))
    made = assembled(of, paper("2103.14030", SWIN))
    (issue,) = made.issues
    assert issue.code == "paper.title_mismatch"
    assert MAE in issue.sentence
    assert SWIN in issue.sentence
    assert [p.title for p in made.papers] == [SWIN]


def test_where_the_title_is_surely_another_paper_that_one_is_taken() -> None:
    of = article("a", paper_link("arxiv:2103.14030", MAE))
    wrong, right = paper("2103.14030", SWIN), paper("2111.06377", MAE)
    enricher = PaperEnricher()
    assert enricher.wanted_next(of, {wrong.id: wrong}).titles == (MAE,)
    made = assembled(of, wrong, titles={MAE: right})
    assert [p.id for p in made.papers] == ["arxiv:2111.06377"]
    assert [i.code for i in made.issues] == ["paper.title_mismatch"]
    assert "2111.06377" in made.issues[0].remedy


def test_a_title_read_beside_the_wrong_link_of_a_list_is_no_doubt() -> None:
    first, second = paper("2103.14030", SWIN), paper("2111.06377", MAE)
    of = article("a", paper_link(first.id, MAE), paper_link(second.id, position=9))
    made = assembled(of, first, second, titles={MAE: second})
    assert [p.id for p in made.papers] == [first.id, second.id]
    assert made.issues == ()


def test_a_doubt_that_could_not_be_settled_is_asked_again() -> None:
    of = article("a", paper_link("arxiv:2103.14030", MAE))
    assert assembled(of, paper("2103.14030", SWIN), deferred=(MAE,)).pending == (MAE,)


def test_an_id_that_does_not_exist_is_told_and_its_title_searched() -> None:
    of = article("a", paper_link("arxiv:2103.99999", MAE))
    made = assembled(of, missing=("arxiv:2103.99999",))
    assert [(p.title, p.url) for p in made.papers] == [(MAE, "https://arxiv.org/abs/2103.99999")]
    assert [i.code for i in made.issues] == ["paper.missing"]
    assert PaperEnricher().wanted_next(of, {}, ["arxiv:2103.99999"]).titles == (MAE,)
    mended = assembled(of, titles={MAE: paper("2111.06377", MAE)}, missing=("arxiv:2103.99999",))
    assert [p.id for p in mended.papers] == ["arxiv:2111.06377"]


def test_a_malformed_id_is_told() -> None:
    made = assembled(article("a", paper_link("arxiv:abc")), missing=("arxiv:abc",))
    assert [i.code for i in made.issues] == ["paper.bad_id"]


def test_what_could_not_be_asked_is_pending_with_the_articles_own_words() -> None:
    of = article("a", paper_link("arxiv:2103.14030", SWIN), subjects=(MAE,))
    made = assembled(of, deferred=("arxiv:2103.14030", MAE))
    assert made.pending == ("arxiv:2103.14030", MAE)
    assert [(p.title, p.url) for p in made.papers] == [
        (SWIN, "https://arxiv.org/abs/2103.14030"),
        (MAE, ""),
    ]


def test_a_subject_nobody_knows_keeps_its_name() -> None:
    made = assembled(article("a", subjects=(MAE, "某个中文名字")), missing=(MAE,))
    assert [(p.id, p.title, p.url) for p in made.papers] == [(f"title:{MAE}", MAE, "")]
    assert made.pending == ()


def test_a_subject_is_not_repeated_beside_its_link() -> None:
    of = article("a", paper_link("openreview:abcdef", MAE), subjects=(MAE.upper(),))
    assert len(assembled(of, missing=(MAE.upper(),)).papers) == 1


def test_a_pending_paper_without_any_title_goes_by_its_number() -> None:
    made = assembled(article("a", paper_link("arxiv:2103.14030")), deferred=("arxiv:2103.14030",))
    assert made.papers[0].title == "arXiv:2103.14030"


def test_a_paper_elsewhere_keeps_the_articles_title_and_address() -> None:
    link = paper_link("openreview:abcdef", "A Title of Their Own", url="https://openreview.net/x")
    made = assembled(article("a", link))
    assert [(p.id, p.title, p.url) for p in made.papers] == [
        ("openreview:abcdef", "A Title of Their Own", "https://openreview.net/x")
    ]
    assert made.pending == ()


def test_an_english_title_beside_the_link_serves_where_the_link_has_none() -> None:
    evidence = f"论文：{SWIN}\n链接：https://openaccess.thecvf.com/content/Liu_Swin_paper.pdf"
    made = assembled(article("a", paper_link("cvf:Liu_Swin", evidence=evidence)))
    assert made.papers[0].title == SWIN


def test_a_subject_found_by_its_title_is_a_paper() -> None:
    made = assembled(article("a", subjects=(MAE,)), titles={MAE: paper("2111.06377", MAE)})
    assert [p.id for p in made.papers] == ["arxiv:2111.06377"]


def test_a_subject_that_is_linked_too_counts_once() -> None:
    of = article("a", paper_link("arxiv:2111.06377"), subjects=(MAE,))
    made = assembled(of, paper("2111.06377", MAE), titles={MAE: paper("2111.06377", MAE)})
    assert len(made.papers) == 1


def test_a_withdrawn_paper_is_told() -> None:
    of = article("a", paper_link("arxiv:2103.14030"))
    made = assembled(of, paper("2103.14030", withdrawn=True))
    assert [i.code for i in made.issues] == ["paper.withdrawn"]


def test_the_headline_names_the_venue_where_the_paper_does_not() -> None:
    of = article("a", paper_link("arxiv:2103.14030"), title="ICCV2021 Oral | 一种新的主干")
    assert assembled(of, paper("2103.14030")).venue == "ICCV 2021 Oral"


def test_a_round_up_has_the_venue_only_where_its_papers_share_it() -> None:
    of = article("a", paper_link("arxiv:2103.00001"), paper_link("arxiv:2103.00002"))
    one, two = paper("2103.00001", venue="CVPR 2021"), paper("2103.00002", venue="ICCV 2021")
    assert assembled(of, one, two).venue is None


# -- repositories ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (RepoState.OK, []),
        (RepoState.RENAMED, ["repo.renamed"]),
        (RepoState.ARCHIVED, ["repo.archived"]),
        (RepoState.EMPTY, ["repo.empty"]),
        (RepoState.GONE, ["repo.gone"]),
        (RepoState.BLOCKED, ["repo.blocked"]),
    ],
)
def test_the_state_of_a_repository_is_told(state: RepoState, code: list[str]) -> None:
    made = assembled(article("a", code_link("github.com/a/b")), repo("a/b", state))
    assert [i.code for i in made.issues] == code
    assert all(i.remedy for i in made.issues)
    assert made.repos[0].state is state


def test_a_promise_instead_of_code_is_told() -> None:
    promise = repo("a/b", language=None, description="Official code, coming soon!")
    made = assembled(article("a", code_link("github.com/a/b")), promise)
    assert [i.code for i in made.issues] == ["repo.coming_soon"]


def test_repositories_elsewhere_are_kept_and_never_pending() -> None:
    made = assembled(article("a", code_link("gitee.com/a/b"), code_link("github.com/c/d")))
    assert [r.url for r in made.repos] == ["https://gitee.com/a/b", "https://github.com/c/d"]
    assert made.pending == ("github.com/c/d",)


def test_code_that_only_the_authors_name_is_offered_with_evidence() -> None:
    of = article("a", paper_link("arxiv:2103.14030"))
    said = paper("2103.14030", comment="ICCV 2021. Code: https://github.com/a/Swin.")
    assert PaperEnricher().wanted_next(of, {said.id: said}).repos == ("github.com/a/swin",)
    made = assembled(of, said, repo("a/swin"))
    assert [r.id for r in made.repos] == ["github.com/a/swin"]
    (issue,) = made.issues
    assert issue.code == "repo.from_paper"
    assert "Code: https://github.com/a/Swin" in issue.sentence


def test_offered_code_that_could_not_be_looked_up_is_pending() -> None:
    said = paper("2103.14030", comment="Code: https://github.com/a/swin")
    of = article("a", paper_link("arxiv:2103.14030"))
    made = assembled(of, said, deferred=("github.com/a/swin",))
    assert made.pending == ("github.com/a/swin",)
    assert [r.url for r in made.repos] == ["https://github.com/a/swin"]


def test_where_the_articles_code_is_gone_the_authors_own_is_offered() -> None:
    of = article("a", paper_link("arxiv:2103.14030"), code_link("github.com/c/d"))
    said = paper("2103.14030", comment="Code: https://github.com/a/swin")
    made = assembled(of, said, repo("c/d", RepoState.GONE))
    assert [r.id for r in made.repos] == ["github.com/c/d", "github.com/a/swin"]
    assert [i.code for i in made.issues] == ["repo.gone", "repo.from_paper"]


def test_the_articles_own_code_is_enough() -> None:
    of = article("a", paper_link("arxiv:2103.14030"), code_link("github.com/c/d"))
    said = paper("2103.14030", comment="Code: https://github.com/a/swin")
    assert PaperEnricher().wanted_next(of, {said.id: said}).repos == ()
    assert [r.id for r in assembled(of, said, repo("c/d")).repos] == ["github.com/c/d"]


def test_offered_code_that_is_gone_is_not_offered() -> None:
    of = article("a", paper_link("arxiv:2103.14030"))
    said = paper("2103.14030", comment="Code: https://github.com/a/swin")
    assert assembled(of, said, repo("a/swin", RepoState.GONE)).repos == ()
    assert assembled(of, said, missing=("github.com/a/swin",)).repos == ()


# -- the notes' links ------------------------------------------------------------------------


@pytest.mark.corpus
def test_the_wrong_links_of_the_notes_are_flagged_and_no_right_one(corpus: Path) -> None:
    flagged = set()
    lines = (corpus / "arxiv" / "notes_coverage.jsonl").read_text("utf-8").splitlines()
    known = [r for r in map(json.loads, lines) if r["title"] and r["note_link_text"]]
    for row in known:
        of = article("a", paper_link(f"arxiv:{row['id']}", row["note_link_text"]))
        made = assembled(of, paper(row["id"], row["title"]))
        if any(i.code == "paper.title_mismatch" for i in made.issues):
            flagged.add(row["id"])
    assert len(known) > 270
    assert flagged == {"2009.00960", "2103.16047", "2105.00637"}
