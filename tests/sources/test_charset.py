"""The character set matrix: right, wrong and missing declarations, never silent noise."""

from __future__ import annotations

import codecs

import pytest

from pipeline.sources.charset import decode

SIMPLIFIED = "计算机视觉论文解读：基于深度学习的目标检测方法，已经开源了代码和数据集。"
TRADITIONAL = "電腦視覺論文解讀：基於深度學習的目標檢測方法，已經開源了程式碼和資料集。"
GERMAN = "Größere Modelle für Übersetzung: ein Überblick über die Qualität älterer Verfahren"
RUSSIAN = "Обзор методов машинного обучения для анализа изображений и текстов"
JAPANESE = "深層学習による画像認識の研究について、コードとデータを公開しました。"
KOREAN = "딥러닝 기반 영상 인식 연구에 대한 논문과 코드를 공개합니다."
TEXTS = {
    "utf-8": SIMPLIFIED,
    "gbk": SIMPLIFIED,
    "gb18030": SIMPLIFIED + "𠮷㐀",
    "big5": TRADITIONAL,
    "utf-16-le": SIMPLIFIED,
    "utf-16-be": TRADITIONAL,
}
WRONG = [None, "utf-8", "gb2312", "gbk", "big5", "iso-8859-1", "windows-1252", "us-ascii", "utf-16"]
WRONG += ["euc-kr", "euc-jp", "shift_jis", "windows-1251", "koi8-r", "no-such-charset"]


def document(text: str, declared: str | None) -> str:
    encoding = f' encoding="{declared}"' if declared else ""
    items = "".join(f"<item><title>{text}{n}</title></item>" for n in range(3))
    return f'<?xml version="1.0"{encoding}?><rss version="2.0"><channel>{items}</channel></rss>'


@pytest.mark.parametrize("http", WRONG)
@pytest.mark.parametrize("declared", WRONG)
@pytest.mark.parametrize("real", TEXTS)
def test_what_is_declared_never_turns_text_into_noise(
    real: str, declared: str | None, http: str | None
) -> None:
    body = document(TEXTS[real], declared).encode(real)
    decoded = decode(body, f"text/xml; charset={http}" if http else "text/xml")
    assert TEXTS[real] in decoded.text
    assert not decoded.doubtful


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (GERMAN, "iso-8859-1"),
        (GERMAN, "windows-1252"),
        (RUSSIAN, "windows-1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc-jp"),
        (JAPANESE, "iso-2022-jp"),
        (KOREAN, "euc-kr"),
    ],
)
def test_other_languages_by_their_right_declaration(text: str, codec: str) -> None:
    decoded = decode(document(text, codec).encode(codec))
    assert text in decoded.text
    assert not decoded.doubtful


@pytest.mark.parametrize("declared", [None, "utf-8", "iso-8859-1"])
@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc-jp"),
        ("東京大学の研究グループが新しい物体検出手法を発表", "euc-jp"),
        (KOREAN, "euc-kr"),
        ("인공지능 학회 발표 논문 모음", "euc-kr"),
        (RUSSIAN, "windows-1251"),
        (GERMAN, "windows-1252"),
    ],
)
def test_other_languages_without_a_right_declaration(
    text: str, codec: str, declared: str | None
) -> None:
    decoded = decode(document(text, declared).encode(codec))
    assert text in decoded.text
    assert not decoded.doubtful


@pytest.mark.parametrize(
    "text",
    [SIMPLIFIED * 3 + "他推荐的动画是『ゆるキャン』。", "公告", "报告发布", "AI 日报", "“引号”"],
)
def test_chinese_stays_chinese(text: str) -> None:
    assert text in decode(document(text, None).encode("gbk")).text


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_beats_every_declaration(mark: str) -> None:
    decoded = decode(document(SIMPLIFIED, "gbk").encode(mark), "text/xml; charset=big5")
    assert SIMPLIFIED in decoded.text
    assert not decoded.text.startswith("\ufeff")


def test_lost_characters_are_said_not_hidden() -> None:
    body = document(SIMPLIFIED, "utf-8").encode()
    cut = body.replace("深".encode(), "深".encode()[:2])
    assert decode(cut).doubtful
    assert decode(codecs.BOM_UTF8 + cut).doubtful
    assert decode(
        document(SIMPLIFIED, "gbk").encode("gbk").replace("深".encode("gbk"), b"\xff")
    ).doubtful


@pytest.mark.parametrize(
    "body", [b"", b"\0", b"\xff", b"\xff\xfe", b"\0" * 50, bytes(range(256)) * 9]
)
def test_no_bytes_make_it_raise(body: bytes) -> None:
    assert isinstance(decode(body, "text/xml; charset=punycode").text, str)


@pytest.mark.parametrize("name", ["rot13", "hex", "base64", "idna", "utf-7", "undefined", "zip"])
def test_codecs_that_are_no_charsets_are_not_used(name: str) -> None:
    body = document(SIMPLIFIED, name).encode("gbk")
    assert SIMPLIFIED in decode(body, f"text/xml; charset={name}").text
