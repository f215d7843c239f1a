"""Better words for the day's items, where the reader has asked a language model for them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.errors import Issue
from pipeline.ports import Wording, Writer
from pipeline.stages.app import App
from pipeline.text import short_hash
from pipeline.types import Candidate, Note, NoteField, NoteItem

_KIND = "llm"
_PATIENCE = 2
"""Failures of the service, one after the other, after which it is left alone until the next run."""


def worded(app: App, note: Note, candidates: Sequence[Candidate]) -> tuple[Note, tuple[Issue, ...]]:
    """The note with the writer's Abstract and Tips lines, and what it could not say.

    Without a writer the note stays as it is. An answer is remembered, so that a rerun neither
    asks again nor says something else; so is a refused one, which is told once and then left
    alone until the article or the writer changes. A withdrawn paper keeps the warning that its
    item begins with.
    """
    if app.writer is None:
        return note, ()
    about = {c.article.id: c for c in candidates if not any(p.withdrawn for p in c.papers)}
    wanted = {i.article_id: about[i.article_id] for i in note.items if i.article_id in about}
    keys = {key: _key(app.writer, candidate) for key, candidate in wanted.items()}
    known = app.store.recall(_KIND, list(keys.values()))
    words = {a: _loaded(known[key][0]) for a, key in keys.items() if key in known}
    issues: list[Issue] = []
    for article, found in _asked(app.writer, [c for a, c in wanted.items() if a not in words]):
        if isinstance(found, Issue):
            issues.append(found)
            if found.temporary:
                continue
        words[article] = Wording() if isinstance(found, Issue) else found
        app.store.remember(_KIND, {keys[article]: _kept(found)}, app.clock.now())
    items = tuple(_reworded(item, words) for item in note.items)
    return replace(note, items=items), tuple(issues)


def _asked(
    writer: Writer, candidates: Sequence[Candidate]
) -> Iterator[tuple[str, Wording | Issue]]:
    """One answer per article, until the service has failed twice in a row."""
    failures = 0
    for candidate in candidates:
        if failures >= _PATIENCE:
            return
        answer = writer.suggest(candidate)
        failures = failures + 1 if isinstance(answer, Issue) and answer.temporary else 0
        yield candidate.article.id, answer


def _key(writer: Writer, candidate: Candidate) -> str:
    article = candidate.article
    abstract = candidate.papers[0].abstract if candidate.papers else ""
    return short_hash("\0".join((writer.version(), article.title, article.text, abstract)))


def _kept(answer: Wording | Issue) -> str:
    """What is remembered: the words, or none and why."""
    if isinstance(answer, Issue):
        return json.dumps({"tips": "", "abstract": "", "refused": answer.code})
    return json.dumps({"tips": answer.tips, "abstract": answer.abstract}, ensure_ascii=False)


def _loaded(text: str) -> Wording:
    kept = json.loads(text)
    return Wording(tips=kept["tips"], abstract=kept["abstract"])


def _reworded(item: NoteItem, words: Mapping[str, Wording]) -> NoteItem:
    """The item with the words that were given; an empty one changes nothing."""
    wording = words.get(item.article_id, Wording())
    lines = {"Abstract": wording.abstract, "Tips": wording.tips}
    fields = [
        replace(line, value=lines.pop(line.name) or line.value) if line.name in lines else line
        for line in item.fields
    ]
    if tips := lines.get("Tips"):
        fields.append(NoteField(name="Tips", value=tips))
    return replace(item, fields=tuple(fields))
