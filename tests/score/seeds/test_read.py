"""Files of references to seeds: every kind, what is wrong with them, and what is looked up."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipeline.score.seeds import completed, read, read_library
from pipeline.types import Paper

BIB = """
@article{a, title = {Focal Loss for Dense Detection}, abstract = {Class imbalance.},
  eprint = {1708.02002}, archiveprefix = {arXiv}, year = 2017, month = aug}
@inproceedings{b, title = {Mask {R-CNN}}, doi = {10.1109/ICCV.2017.322}, date = {2017-10-22}}
@misc{c, title = {Attention}, journal = {arXiv preprint arXiv:1706.03762}, timestamp = {2020-02-03}}
"""


def put(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_bibtex_gives_titles_ids_words_and_days(tmp_path: Path) -> None:
    found = read_library([put(tmp_path, "refs.bib", BIB)], 0.25)
    assert [(s.title, s.paper_ids, s.day, s.text) for s in found.seeds] == [
        ("Focal Loss for Dense Detection", ("arxiv:1708.02002",), date(2017, 8, 1), "Class imbalance."),
        ("Mask R-CNN", ("doi:10.1109/iccv.2017.322",), date(2017, 10, 22), ""),
        ("Attention", ("arxiv:1706.03762",), date(2020, 2, 3), ""),
    ]  # fmt: skip
    assert {s.stars for s in found.seeds} == {0}
    assert {s.weight for s in found.seeds} == {0.25}
    assert found.seeds[1].url == "https://doi.org/10.1109/iccv.2017.322"
    assert found.unknown == ("arxiv:1706.03762",)
    assert found.issues == ()


def test_csl_json_is_read_bare_and_wrapped(tmp_path: Path) -> None:
    items = [
        {
            "type": "article-journal",
            "title": 'On <i>x</i> < y and <span class="nocase">z</span>',
            "abstract": "<jats:p>Words.</jats:p>",
            "issued": {"date-parts": [[2021, "5", 3]]},
            "number": "arXiv:2105.00637",
        },
        {"type": "note", "title": "a remark of Zotero's own"},
        {"title": "又一篇", "issued": {"raw": "spring 2019"}, "DOI": 7, "abstract": None},
    ]
    for shape in (items, {"items": items}):
        found = read_library([put(tmp_path, "library.json", json.dumps(shape))])
        assert [(s.title, s.text, s.day) for s in found.seeds] == [
            ("On x < y and z", "Words.", date(2021, 5, 3)),
            ("又一篇", "", date(2019, 7, 1)),
        ]
        assert found.seeds[0].paper_ids == ("arxiv:2105.00637",)


def test_zoteros_csv_counts_by_when_it_was_added(tmp_path: Path) -> None:
    text = (
        '\ufeff"Key","Item Type","Publication Year","Title","DOI","Url","Abstract Note","Date Added",'
        '"Manual Tags"\n'
        '"A","preprint","2019","One, two","","http://arxiv.org/abs/1904.01355v3","Many\nlines",'
        '"2022-01-02 03:04:05",""\n'
        '"B","attachment","","Full Text","","","","",""\n'
        '"C","book","2010","Three","","","","","detection; faces"\n'
    )
    found = read_library([put(tmp_path, "zotero.csv", text)])
    assert [(s.title, s.day, s.text) for s in found.seeds] == [
        ("One, two", date(2022, 1, 2), "Many lines"),
        ("Three", date(2010, 7, 1), "detection; faces"),
    ]
    assert found.seeds[0].paper_ids == ("arxiv:1904.01355",)


def test_a_list_of_arxiv_ids_waits_for_what_arxiv_says(tmp_path: Path) -> None:
    text = "# mine\n1706.03762\nhttps://arxiv.org/abs/2010.11929v2  # ViT\n\nnot an id\n"
    found = read_library([put(tmp_path, "list.txt", text)])
    assert found.unknown == ("arxiv:1706.03762", "arxiv:2010.11929")
    assert [i.code for i in found.issues] == ["seeds.entries"]
    paper = Paper(
        id="arxiv:2010.11929",
        title="An Image is Worth 16x16 Words",
        url="",
        abstract="Patches.",
        published=datetime(2020, 10, 22, tzinfo=UTC),
    )
    assert completed(found.seeds, {}) == ()
    (seed,) = completed(found.seeds, {paper.id: paper})
    assert (seed.title, seed.text, seed.day) == (paper.title, "Patches.", date(2020, 10, 22))


def test_the_same_paper_in_two_files_counts_once(tmp_path: Path) -> None:
    again = '@misc{x, title = {Mask {R-CNN}}}\n@misc{y, title="mask r-cnn"}\n@misc{z, eprint={1708.02002}}'
    files = [put(tmp_path, "a.bib", BIB), put(tmp_path, "b.bib", again)]
    found = read_library(files)
    assert [s.title for s in found.seeds][3:] == ["Mask R-CNN"]
    assert found.counts == {str(files[0]): 3, str(files[1]): 3}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("none.bib", None, "missing"),
        ("refs.docx", b"PK", "kind"),
        ("empty.bib", b"", "empty"),
        ("refs.json", b"not json", "syntax"),
        ("refs.json", b'{"a": 1}', "syntax"),
        ("refs.json", b"[" * 200_000, "syntax"),
        ("refs.json", b'["x", 3]', "entries"),
        ("refs.csv", b"a,b\n1,2\n", "syntax"),
        ("refs.csv", b'Title\n"' + b"x" * 200_000, "syntax"),
        ("refs.bib", b"@misc{a, author = {Nobody}}", "entries"),
        ("refs.txt", b"\x00\x01", "entries"),
    ],
)
def test_what_cannot_be_read_is_said_with_the_remedy(
    tmp_path: Path, name: str, content: bytes | None, code: str
) -> None:
    path = tmp_path / name if content is None else put(tmp_path, name, content)
    found = read_library([path, put(tmp_path, "good.bib", BIB)])
    (issue,) = found.issues
    assert issue.code == f"seeds.{code}"
    assert issue.subject == str(path)
    assert issue.remedy
    assert len(found.seeds) == 3


def test_a_folder_and_a_huge_file_are_no_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder.bib").mkdir()
    assert read_library([tmp_path / "folder.bib"]).issues[0].code == "seeds.unreadable"
    monkeypatch.setattr(read, "MAX_BYTES", 100)
    assert read_library([put(tmp_path, "a.bib", BIB)]).issues[0].code == "seeds.size"


def test_only_the_newest_of_too_many_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MAX_SEEDS", 2)
    found = read_library([put(tmp_path, "a.bib", BIB)])
    assert [s.title for s in found.seeds] == ["Attention", "Mask R-CNN"]
    assert [i.code for i in found.issues] == ["seeds.many"]


def test_other_encodings_are_read_as_far_as_they_go(tmp_path: Path) -> None:
    utf16 = read_library([put(tmp_path, "a.bib", "@misc{a, title = {综述}}".encode("utf-16"))])
    assert (utf16.seeds[0].title, utf16.issues) == ("综述", ())
    latin = read_library([put(tmp_path, "b.bib", "@misc{a, title = {Gödel}}".encode("latin-1"))])
    assert latin.seeds[0].title == "G\ufffddel"
    assert [i.code for i in latin.issues] == ["seeds.encoding"]


def test_hostile_fields_become_one_plain_line(tmp_path: Path) -> None:
    row = {"title": "a\ud800\x00\u202eb\n<script>x", "issued": {"date-parts": [[99999, 99, 99]]}}
    (seed,) = read_library([put(tmp_path, "a.json", json.dumps([row]))]).seeds
    assert seed.title == "a? b <script>x"
    assert seed.day == date.min
