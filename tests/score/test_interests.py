"""Reading interests.toml: the shipped one, and everything that can be wrong with one."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.score import load_interests

SHIPPED = Path(__file__).parents[2] / "config" / "interests.toml"


def test_the_shipped_file_is_whole() -> None:
    interests, issues = load_interests(SHIPPED)
    assert issues == ()
    assert len([i for i in interests if i.weight > 0]) >= 8
    assert any(i.weight < 0 for i in interests)


def write(folder: Path, text: str) -> Path:
    path = folder / "interests.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_weights_and_mutes(tmp_path: Path) -> None:
    text = '[[interest]]\nphrase = " 目标  检测 "\nweight = 2\n[[interest]]\nphrase = "off"\nweight = 0\n[[mute]]\nphrase = "招聘"\n'
    interests, issues = load_interests(write(tmp_path, text))
    assert issues == ()
    assert [(i.phrase, i.weight) for i in interests] == [("目标 检测", 2.0), ("招聘", -1.0)]


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ('[[intrest]]\nphrase = "x"', "interests.key", "interest"),
        ('[[interest]]\nphrase = "x"\nwieght = 2', "interests.key", "weight"),
        ('[[interest]]\nphrase = "x"\ncolour = 2', "interests.key", "phrase、weight"),
        ("[[interest]]\nweight = 2", "interests.phrase", "phrase"),
        ("[[interest]]\nphrase = 3", "interests.phrase", "phrase"),
        ('[[interest]]\nphrase = "x"\nweight = true', "interests.weight", "1.5"),
        ('[[interest]]\nphrase = "x"\nweight = nan', "interests.weight", "1.5"),
        ('[[interest]]\nphrase = "x"\nweight = -1', "interests.weight", "1.5"),
        ('interest = "x"', "interests.table", "[[interest]]"),
        ('interest = ["x"]', "interests.table", "[[interest]]"),
        ("[[interest", "interests.syntax", "phrase"),
    ],
)
def test_what_is_wrong_is_named_with_its_remedy(
    tmp_path: Path, text: str, code: str, said: str
) -> None:
    _, issues = load_interests(write(tmp_path, text))
    assert [i.code for i in issues] == [code]
    assert said in issues[0].remedy
    assert issues[0].subject == "interests.toml"


def test_all_problems_at_once_and_the_rest_is_read(tmp_path: Path) -> None:
    text = 'x = 1\n[[interest]]\nphrase = "a"\nwight = 1\n[[interest]]\nphrase = "b"\n[[mute]]\n'
    interests, issues = load_interests(write(tmp_path, text))
    assert [i.phrase for i in interests] == ["a", "b"]
    assert [i.code for i in issues] == ["interests.key", "interests.key", "interests.phrase"]


def test_no_file_and_no_utf8(tmp_path: Path) -> None:
    assert load_interests(tmp_path / "none.toml")[1][0].code == "interests.unreadable"
    (tmp_path / "gbk.toml").write_bytes('[[interest]]\nphrase = "检测"'.encode("gbk"))
    assert load_interests(tmp_path / "gbk.toml")[1][0].code == "interests.encoding"
