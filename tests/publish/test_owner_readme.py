"""The README of the archive's owner, made again from the files: same words, no dead link."""

from __future__ import annotations

import re
import shutil
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipeline.publish import gather
from pipeline.publish.readme import ReadmeWords, day_of_path, make_readme
from pipeline.store import open_store
from tests.conftest import StillClock
from tests.publish.samples import git, publisher, repository

pytestmark = pytest.mark.corpus
README = "github/readmes_of_notes_repos/xiaoxuebajie__dairly_learning__README.md"
HEADING = "# 公众号内容拓展学习笔记（2022.7.10）\n\n"
INDEX = re.compile(r"## :paperclip:  历史更新\n[\s\S]*</pre>\n")


@pytest.fixture
def old(corpus: Path) -> str:
    return (corpus / README).read_bytes().decode("utf-8")


def test_head_items_and_footer_are_the_owners_byte_for_byte(old: str) -> None:
    """The newest note is not in the corpus; it is what the README repeats of it."""
    before, after = INDEX.split(old)
    note = HEADING + before[before.index("------") :] + after.lstrip("\n")
    days = [d for path in re.findall(r'href="([^"]+)"', old) if (d := day_of_path(path))]
    made = make_readme(old, date(2022, 7, 10), note, days, ReadmeWords())
    assert INDEX.split(made) == [before, after]
    linked = re.findall(r'href="([^"]+)"', made)
    assert len(linked) == len(set(linked)) == len(set(days)) == 108
    assert set(re.findall(r'href="([^"]+)"', old)) - set(linked), "the owner's dead links"


class Links(HTMLParser):
    """Targets of the index, and whether its tags are closed in the order they were opened."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.targets.extend(v for k, v in attrs if k == "href" and v)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_link_of_the_published_index_leads_to_a_note(
    corpus: Path, old: str, tmp_path: Path, clock: StillClock
) -> None:
    """All 94 notes at once: each is published, and nothing else is linked."""
    root = repository(tmp_path / "repo")
    shutil.copytree(corpus / "notes", root / "notes")
    (root / "README.md").write_text(old, encoding="utf-8")
    git(root, "add", "README.md", "notes")
    git(root, "commit", "-q", "-m", "past")
    store = open_store(f"sqlite:///{tmp_path}/state.db")
    publisher(root, root / "notes", store, clock).publish(
        gather(root / "notes", date(2022, 5, 5)), overwrite=True
    )
    store.close()
    made = (root / "README.md").read_text(encoding="utf-8")
    (index,) = INDEX.findall(made)
    links = Links()
    links.feed(index)
    assert links.open == []
    assert len(links.targets) == 94
    assert all((root / target).is_file() for target in links.targets)
    pictures = re.findall(r'(?:src="|\]\()(?!https?:)([^")]+)', made)
    assert all((root / path).is_file() for path in pictures)
    assert "更新今日时间：2022.5.5" in made
    assert made.count("今日要点") == 1
