"""Which candidates become the note, in what order, with which lines."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from pipeline.draft import DayDrafter, DraftConfig
from pipeline.ports import Drafter
from pipeline.types import (
    Article,
    Candidate,
    Image,
    Link,
    LinkKind,
    NoteItem,
    PageState,
    Paper,
    Repo,
    RepoState,
    Score,
)

DAY = date(2026, 9, 8)
NAMES = "东南西北春夏秋冬风雨雷电山川湖海"


def candidate(number: int, account: str = "", **changes: object) -> Candidate:
    name = NAMES[number % len(NAMES)]
    article = Article(
        id=f"a{number:02}",
        identity=f"wechat:{number}",
        url=f"https://mp.weixin.qq.com/s/article-{number:05}",
        state=PageState.OK,
        title=f"CVPR 2026 | {name * 4}：{name}的第{number}种做法",
        account=account or f"账号{number}",
        published=datetime(2026, 9, 8, number % 24, tzinfo=UTC),
        text=f"我们提出了一种新的{name}网络，用于解决{name}的问题，精度超越以往的方法。",
    )
    return replace(Candidate(article=article), **changes)  # type: ignore[arg-type]


def scored(*candidates: Candidate) -> dict[str, Score]:
    """Relevance falls in the order given."""
    count = len(candidates)
    return {
        c.article.id: Score(article_id=c.article.id, relevance=1 - i / count, suggested_stars=3)
        for i, c in enumerate(candidates)
    }


def drafted(
    candidates: list[Candidate], config: DraftConfig, keep: tuple[str, ...] = ()
) -> list[str]:
    note = DayDrafter(config).draft(DAY, candidates, scored(*candidates), keep)
    return [item.article_id for item in note.items]


def names(item: NoteItem) -> list[str]:
    return [field.name for field in item.fields]


def test_it_is_a_drafter() -> None:
    drafter: Drafter = DayDrafter()
    assert drafter.draft(DAY, [], {}).items == ()


def test_the_most_relevant_come_first_and_the_rest_below() -> None:
    day = [candidate(n) for n in range(9)]
    note = DayDrafter(DraftConfig(max_items=3, max_also_seen=4)).draft(DAY, day, scored(*day))
    assert [i.article_id for i in note.items] == ["a00", "a01", "a02"]
    assert [i.article_id for i in note.also_seen] == ["a03", "a04", "a05", "a06"]
    assert [i.stars for i in note.items] == [3, 3, 3]


def test_the_same_candidates_in_any_order_make_the_same_note() -> None:
    day = [candidate(n) for n in range(9)]
    scores = {
        c.article.id: replace(s, relevance=0.5) for c in day for s in [scored(c)[c.article.id]]
    }
    first = DayDrafter().draft(DAY, day, scores)
    for seed in range(5):
        random.Random(seed).shuffle(day)
        assert DayDrafter().draft(DAY, day, scores) == first


def test_kept_ones_stay_in_place_and_newcomers_fill_up() -> None:
    day = [candidate(n) for n in range(5)]
    config = DraftConfig(max_items=3)
    assert drafted(day, config, ("a04", "gone", "a03")) == ["a04", "a03", "a00"]
    assert drafted(day, DraftConfig(max_items=1), ("a04", "a03")) == ["a04", "a03"]


def test_a_kept_one_is_not_listed_below_as_well() -> None:
    day = [candidate(n) for n in range(3)]
    note = DayDrafter(DraftConfig(max_items=2)).draft(DAY, day, scored(*day), ("a02",))
    assert [i.article_id for i in note.items] == ["a02", "a00"]
    assert [i.article_id for i in note.also_seen] == ["a01"]


def test_of_equally_relevant_ones_the_newer_comes_first() -> None:
    early, late = candidate(1), candidate(2)
    scores = {
        c.article.id: Score(article_id=c.article.id, relevance=0.5, suggested_stars=2)
        for c in (early, late)
    }
    note = DayDrafter().draft(DAY, [early, late], scores)
    assert [i.article_id for i in note.items] == ["a02", "a01"]


def test_articles_without_a_title_are_not_taken_for_one_another() -> None:
    one, two = (replace(c, article=replace(c.article, title="")) for c in map(candidate, (1, 2)))
    assert drafted([one, two], DraftConfig()) == ["a01", "a02"]


def test_articles_on_one_paper_each_are_the_same_story_only_where_it_is_the_same_paper() -> None:
    shared = Paper(id="arxiv:2609.00001", title="P", url="https://arxiv.org/abs/2609.00001")
    second = Paper(id="arxiv:2609.00002", title="Q", url="https://arxiv.org/abs/2609.00002")
    one, two = candidate(1, papers=(shared,)), candidate(2, papers=(second,))
    assert drafted([one, two], DraftConfig()) == ["a01", "a02"]


def test_one_account_does_not_flood() -> None:
    day = [candidate(n, account="大号") for n in range(5)] + [candidate(7)]
    assert drafted(day, DraftConfig(per_feed=2)) == ["a00", "a01", "a07"]


def test_near_equal_titles_and_equal_papers_come_once() -> None:
    one, two, three = candidate(1), candidate(2), candidate(3)
    two = replace(two, article=replace(two.article, title=one.article.title + "！"))
    paper = Paper(id="arxiv:2609.00001", title="P", url="https://arxiv.org/abs/2609.00001")
    one, three = replace(one, papers=(paper,)), replace(three, papers=(paper,))
    note = DayDrafter().draft(DAY, [one, two, three], scored(one, two, three))
    assert [i.article_id for i in note.items] == ["a01"]
    assert [i.article_id for i in note.also_seen] == ["a02", "a03"]


def test_what_was_noted_before_goes_below_with_its_day() -> None:
    old, new = candidate(1, noted=date(2022, 5, 3)), candidate(2)
    note = DayDrafter().draft(DAY, [old, new], scored(old, new))
    assert [i.article_id for i in note.items] == ["a02"]
    assert note.also_seen[0].fields[0].value == "已记于 2022.5.3"


def test_other_articles_on_the_paper_are_named_below() -> None:
    twin = candidate(5).article
    one = candidate(1, covered_by=(twin,))
    note = DayDrafter().draft(DAY, [one], scored(one))
    assert [i.article_id for i in note.also_seen] == ["a05"]
    assert "同一篇论文" in note.also_seen[0].fields[0].value


@pytest.mark.parametrize("state", [s for s in PageState if s is not PageState.OK])
def test_pages_that_are_no_articles_are_never_drafted(state: PageState) -> None:
    bad = replace(candidate(1), article=replace(candidate(1).article, state=state))
    note = DayDrafter().draft(DAY, [bad], scored(bad), keep=("a01",))
    assert note.items == note.also_seen == ()


def link(kind: LinkKind, number: int, role: str = "main") -> Link:
    url = f"https://{kind}.example/{number}"
    return Link(id=f"url:{url}", url=url, kind=kind, role=role)  # type: ignore[arg-type]


def test_the_lines_of_an_item() -> None:
    paper = Paper(
        id="arxiv:2609.00001", title="The True  Title", url="https://arxiv.org/abs/2609.00001"
    )
    repo = Repo(id="github.com/old/name", full_name="new/name", url="https://github.com/new/name")
    article = replace(
        candidate(1).article,
        links=(link("dataset", 1), link("demo", 1), link("demo", 2, "mentioned"), link("paper", 9)),
        lead_image=Image(url="https://pic.example/1.png"),
    )
    made = Candidate(article=article, papers=(paper,), repos=(repo,))
    (item,) = DayDrafter().draft(DAY, [made], scored(made)).items
    assert item.title == article.title
    assert names(item) == ["Abstract", "Paper", "Code", "Dataset", "Demo", "Tips"]
    assert item.fields[0].value == "南南南南：南的第1种做法"
    assert [(x.text, x.url) for x in item.fields[1].links] == [("The True Title", paper.url)]
    assert [(x.text, x.url) for x in item.fields[2].links] == [(repo.url, repo.url)]
    assert item.fields[5].value == article.text
    assert item.image == article.lead_image


def test_several_papers_and_repositories_are_numbered_and_gone_ones_left_out() -> None:
    papers = tuple(
        Paper(id=f"arxiv:2609.0000{n}", title=f"P{n}", url=f"https://arxiv.org/abs/2609.0000{n}")
        for n in (1, 2, 1)
    )
    states = (RepoState.OK, RepoState.GONE, RepoState.RENAMED)
    repos = tuple(
        Repo(id=f"github.com/a/{n}", full_name=f"a/{n}", url=f"https://github.com/a/{n}", state=s)
        for n, s in enumerate(states)
    )
    made = candidate(1, papers=papers, repos=repos)
    (item,) = DayDrafter().draft(DAY, [made], scored(made)).items
    assert names(item)[1:5] == ["Paper1", "Paper2", "Code1", "Code2"]
    assert [x.links[0].url for x in item.fields[3:5]] == [
        "https://github.com/a/0",
        "https://github.com/a/2",
    ]


def test_a_withdrawn_paper_is_said_first() -> None:
    paper = Paper(id="arxiv:2609.00001", title="P", url="https://a.org/p", withdrawn=True)
    made = candidate(1, papers=(paper,))
    (item,) = DayDrafter().draft(DAY, [made], scored(made)).items
    assert item.fields[-1].value.startswith("论文已被作者撤回。")


def test_without_a_score_the_usual_stars() -> None:
    (item,) = DayDrafter(DraftConfig(usual_stars=2)).draft(DAY, [candidate(1)], {}).items
    assert item.stars == 2


def test_pictures_that_are_no_web_addresses_are_left_out() -> None:
    article = replace(candidate(1).article, lead_image=Image(url="javascript:alert(1)"))
    (item,) = DayDrafter().draft(DAY, [Candidate(article=article)], {}).items
    assert item.image is None
