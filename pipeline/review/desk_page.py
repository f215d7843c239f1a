"""The day's page: its rows, its pane, and the pieces that are sent when something changed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urljoin

from markupsafe import Markup

from pipeline.desk import Day, DeskItem
from pipeline.review import view
from pipeline.review.charts import explanation
from pipeline.review.frame import Frame
from pipeline.review.patch import difference
from pipeline.review.shown import article_html
from pipeline.text import short_hash, squash

_GIST = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A small word in a row."""

    tone: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a row shows beside the item itself."""

    id: str
    csrf: str
    state: str
    account: str
    time: str
    gist: str
    marks: tuple[Mark, ...] = ()
    hidden: bool = False
    drafted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A picture to choose; `address` is our proxy's."""

    url: str
    address: str
    alt: str
    chosen: bool


def stamp(day: Day) -> str:
    """Changes with everything the page shows of the day, also with what no byte of the file says."""
    told = "\n".join(
        f"{i.key} {i.place} {i.state} {i.given} {len(i.attention)}" for i in view.all_items(day)
    )
    return f"{day.version}-{short_hash(f'{told}|{day.undo}|{day.redo}|{day.published}')}"


class DeskPage:
    """Makes the HTML of a day."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._words = frame.words

    def facts(self, item: DeskItem, hidden: bool = False) -> Facts:
        """What a row shows beside the item."""
        article = item.candidate.article if item.candidate else None
        gist = next((f.value for f in item.item.fields if f.name == "Abstract"), "")
        gist = squash(gist[: 4 * _GIST])
        return Facts(
            id=view.row_id(item.key),
            csrf=self._frame.gate.form_token,
            state=view.state_of(item),
            account=view.account(item),
            time=view.moment(article.published, self._frame.zone) if article else "",
            gist="" if gist in squash(item.item.title) else gist[:_GIST],
            marks=self._marks(item),
            hidden=hidden,
            drafted=item.state == "pending" and not item.key.startswith("hand-"),
        )

    def _marks(self, item: DeskItem) -> tuple[Mark, ...]:
        found = []
        for line in view.lines(item):
            if view.base(line.name) in ("Paper", "Code") and line.url:
                tones = [badge.tone for badge in line.badges]
                worst = next((t for t in ("bad", "doubt", "ok") if t in tones), "plain")
                sign = {"ok": " ✓", "doubt": " ?", "bad": " !"}.get(worst, "")
                found.append(Mark(tone=worst, word=self._words(view.base(line.name)) + sign))
        return tuple(found)

    def row(self, day: date, item: DeskItem, chosen: bool = False, hidden: bool = False) -> Markup:
        """One row of a list."""
        facts = self.facts(item, hidden)
        return Markup(self._frame.part("row", day=day, item=item, chosen=chosen, facts=facts))  # noqa: S704 - a template's own output

    def pane(self, day: Day, key: str, show: str) -> dict[str, Any]:
        """The values that `pane.html.j2` needs; without an item it says to choose one."""
        item = view.find(day, key) if key else None
        values: dict[str, Any] = {"day": day, "item": item, "view": show, "oob": False}
        values["fresh_id"] = secrets.token_hex(8)
        if item is None:
            return values
        lines = view.lines(item)
        article = item.candidate.article if item.candidate else None
        values |= {
            "facts": self.facts(item),
            "lines": lines,
            "ids": {line.name: field_id(line.name) for line in lines},
            "labels": {line.name: self._label(line.name) for line in lines},
            "outward": self._outward(item),
            "choices": self._choices(item),
            "noted": item.candidate.noted if item.candidate else None,
            "covered": _covered(item),
            "reasons": explanation(item.score, self._words) if item.score else None,
            "html": "",
            "article_lang": "en" if article and article.language == "en" else "zh-CN",
        }
        if show == "article":
            values["html"] = self._article(item)
        return values

    def _label(self, name: str) -> str:
        base = view.base(name)
        return self._words(base) + name[len(base) :] if self._words.has(base) else name

    def _outward(self, item: DeskItem) -> list[tuple[str, str]]:
        found = {
            "original": view.web(item.item.url),
            "paper": view.link_of(item, "Paper"),
            "code": view.link_of(item, "Code"),
        }
        return [(name, url) for name, url in found.items() if url]

    def _choices(self, item: DeskItem) -> list[Choice]:
        now = item.item.image.url if item.item.image else ""
        urls = dict.fromkeys([now, *(p.url for p in item.pictures if p.kind == "image")])
        alts = {p.url: p.alt for p in item.pictures}
        home = item.item.url
        found = []
        for url in urls:
            address = self._frame.picture(url, home) if view.web(url) else ""
            if address:
                found.append(
                    Choice(url=url, address=address, alt=alts.get(url, ""), chosen=url == now)
                )
        return found

    def _article(self, item: DeskItem) -> Markup:
        article = self._frame.rooms.desk.article(item.key)
        if article is None:
            return Markup("")
        known = {urljoin(article.url, p.url) for p in article.images}
        if article.lead_image:
            known.add(urljoin(article.url, article.lead_image.url))

        def picture(url: str) -> str:
            return self._frame.picture(url, article.url) if url in known else ""

        return Markup(article_html(article.html, article.url, picture))  # noqa: S704 - cleaned there

    def patch(self, old: Day | None, new: Day, opened: str, query: str = "") -> str:
        """The elements to swap in a page that shows `old`; all lists where that is unknown."""
        day = new.day
        made = [self._status(new)]
        if old is None:
            for place in ("items", "also_seen", "dropped"):
                rows = "".join(self.row(day, i, i.key == opened) for i in getattr(new, place))
                made.append(f'<ul id="{place}" hx-swap-oob="innerHTML">{rows}</ul>')
            return "".join(made)
        difference_ = difference(old, new)
        made += [
            f'<i id="{view.row_id(key)}" hx-swap-oob="delete"></i>' for key in difference_.gone
        ]
        for insert in difference_.new:
            rows = "".join(self.row(day, i, i.key == opened) for i in insert.items)
            where = f"afterend:#{view.row_id(insert.after)}" if insert.after else None
            made.append(f'<ul hx-swap-oob="{where or f"afterbegin:#{insert.place}"}">{rows}</ul>')
        for item in difference_.changed:
            row = str(self.row(day, item, item.key == opened))
            made.append(row.replace("<li ", '<li hx-swap-oob="true" ', 1))
        return "".join(made)

    def _status(self, day: Day) -> str:
        """The bar, the counts and the version, which change with nearly everything."""
        token = self._frame.gate.form_token
        counts = view.counts(day)
        bar = self._frame.part("bar", day=day, csrf=token, counts=counts, wanted="", oob=True)
        tallies = "".join(
            f'<b id="n-{name}" hx-swap-oob="true">{count}</b>' for name, count in counts.items()
        )
        version = (
            f'<input type="hidden" id="version" name="v" value="{stamp(day)}" hx-swap-oob="true">'
        )
        return bar + tallies + version

    def touched(self, old: Day | None, new: Day) -> list[str]:
        """The keys whose rows changed."""
        if old is None:
            return []
        found = difference(old, new)
        return [*found.gone, *(item.key for item in found.changed)]


def field_id(name: str) -> str:
    """An element id for a field of any name."""
    return view.row_id(name).removeprefix("row-")


def _covered(item: DeskItem) -> list[tuple[str, str]]:
    if not item.candidate:
        return []
    return [(a.title or a.url, view.web(a.url)) for a in item.candidate.covered_by]
