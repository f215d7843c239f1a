"""The inbox of pasted addresses and the folder of saved pages."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import Any

from pipeline.sources import Sources
from pipeline.types import FeedMemory, Poll
from tests.sources.conftest import NOW, feed


def poll(kind: str, path: Path, body_hash: str | None = None, **limits: Any) -> Poll:
    source = feed(kind=kind, url=str(path))
    return Sources(**limits).read(source, None, FeedMemory(feed_id="f", body_hash=body_hash), NOW)


def test_the_inbox_reads_one_address_a_line_the_last_first(tmp_path: Path) -> None:
    path = tmp_path / "inbox.txt"
    path.write_text(
        "# 备注 https://no.example/\n\nhttps://a.example/1\n"
        "一篇好文 https://mp.weixin.qq.com/s/WyMg6Ijl3i9qYvQTKc9bAA，值得读\n"
        "https://a.example/1?utm_source=x\nnothing here\njavascript:alert(1)\n",
        encoding="utf-8",
    )
    read = poll("inbox", path)
    assert [e.url for e in read.entries] == [
        "https://a.example/1?utm_source=x",
        "https://mp.weixin.qq.com/s/WyMg6Ijl3i9qYvQTKc9bAA",
    ]
    assert read.entries[1].title == "一篇好文 ，值得读"
    assert [i.code for i in read.issues] == ["inbox.no_address"] * 2
    assert poll("inbox", path, read.body_hash).unchanged


def test_an_inbox_in_gbk_or_gone_or_huge(tmp_path: Path) -> None:
    path = tmp_path / "inbox.txt"
    path.write_bytes("https://a.example/1 机器学习论文解读\r\n".encode("gbk"))
    assert poll("inbox", path).entries[0].title == "机器学习论文解读"
    assert poll("inbox", tmp_path / "no.txt").issues[0].code == "feed.not_there"
    assert poll("inbox", path, max_bytes=10).issues[0].code == "file.too_large"


def test_saved_pages_carry_their_text_and_the_newest_comes_first(tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    (folder / "sub").mkdir(parents=True)
    old, new = folder / "旧.html", folder / "sub" / "new.md.gz"
    old.write_bytes(
        '<meta charset="gbk"><title>旧 &amp; 文</title><p>正文内容很长，讲论文</p>'.encode("gbk")
    )
    new.write_bytes(gzip.compress("# 新文章\n\n正文".encode()))
    for name in ("notes.txt", ".hidden.html", "picture.png"):
        (folder / name).write_bytes(b"x")
    (folder / "out.html").symlink_to("/etc/hostname")
    for path, stamp in ((old, 1_780_000_000), (new, 1_781_000_000)):
        os.utime(path, (stamp, stamp))
    read = poll("files", folder)
    assert [(e.key, e.title) for e in read.entries] == [
        ("sub/new.md.gz", "新文章"),
        ("旧.html", "旧 & 文"),
    ]
    assert read.entries[0].url.endswith("/sub/new.md")
    assert read.entries[0].url.startswith("file:///")
    assert "正文内容很长" in (read.entries[1].content or "")
    assert all(e.content_is_full and e.published for e in read.entries)
    assert poll("files", folder, read.body_hash).unchanged
    assert poll("files", folder, max_entries=1).issues[0].code == "feed.too_many_entries"


def test_a_saved_bomb_and_a_broken_file_leave_the_others_alone(tmp_path: Path) -> None:
    (tmp_path / "bomb.html.gz").write_bytes(gzip.compress(b"\0" * 5_000_000))
    (tmp_path / "broken.html.gz").write_bytes(gzip.compress(bytes(range(256)))[:60])
    (tmp_path / "fine.html").write_text("<title>fine</title>")
    read = poll("files", tmp_path, max_bytes=1_000_000)
    assert [e.title for e in read.entries] == ["fine"]
    assert sorted(i.code for i in read.issues) == ["file.too_large", "file.unreadable"]
    assert poll("files", tmp_path / "no").issues[0].code == "feed.not_there"


def test_an_empty_saved_page_is_named_and_read_once_it_is_there(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(" \n")
    read = poll("files", tmp_path)
    assert (read.entries, [i.code for i in read.issues]) == ((), ["file.empty"])
    page.write_text("<title>题</title><p>正文</p>")
    again = poll("files", tmp_path, read.body_hash)
    assert ([e.title for e in again.entries], again.issues) == (["题"], ())
