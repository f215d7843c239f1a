"""What changes something: every POST. The guard let it in; the desk decides what becomes of it.

A page with scripts gets the pieces that changed, one without is sent back to the day.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from pipeline.desk import Change, Day, Outcome
from pipeline.errors import Issue, StardraftError
from pipeline.review import view
from pipeline.review.desk_page import DeskPage, field_id, stamp
from pipeline.review.frame import Frame
from pipeline.review.pages import Pages, day_of
from pipeline.text import squash

_PLAIN = frozenset({"accept", "drop", "restore", "promote", "demote"})
_WITH_VALUE = frozenset({"stars", "move"})
_STEPS = {"up": -1, "down": 1}


class Writes:
    """The writes, each from one form."""

    def __init__(self, frame: Frame, pages: Pages) -> None:
        self._frame, self._pages = frame, pages
        self._desk_page = DeskPage(frame)

    def change(self, request: Request) -> Response:
        """One change of the day's draft."""
        form = request.state.form
        day = day_of(request)
        what = form.get("do", "")
        change = self._change(day, what, form)
        if change is None:
            raise HTTPException(400)
        outcome = self._frame.rooms.desk.apply(day, change)
        return self._answer(request, outcome, what, change.key)

    def undo(self, request: Request) -> Response:
        """Take back the newest change."""
        outcome = self._frame.rooms.desk.undo(day_of(request), **_wish(request.state.form))
        return self._answer(request, outcome, "undo", "")

    def redo(self, request: Request) -> Response:
        """Make the newest undone change again."""
        outcome = self._frame.rooms.desk.redo(day_of(request), **_wish(request.state.form))
        return self._answer(request, outcome, "redo", "")

    def _change(self, day: date, what: str, form: Any) -> Change | None:
        """The form in the desk's words, None where it makes no sense."""
        name, _, argument = what.partition(":")
        same = {"key": form.get("key", ""), "id": form.get("id", "")[:64]}
        value = form.get("value", "")
        if name in _PLAIN:
            return Change(action=name, **same)  # type: ignore[arg-type]
        if name in _WITH_VALUE and argument.isascii() and argument.isdigit():
            expected = form.get("expected") if name == "stars" else None
            return Change(action=name, value=argument, expected=expected, **same)  # type: ignore[arg-type]
        if name in _STEPS:
            return self._step(day, _STEPS[name], **same)
        if name == "title":
            expected = form.get("expected")
            return Change(action="title", value=squash(value), expected=expected, **same)
        if name == "field" and argument:
            expected = form.get("expected")
            return Change(action="field", field=argument, value=value, expected=expected, **same)
        if name == "image":
            expected = form.get("expected")
            return Change(action="image", value=argument, expected=expected, **same)
        return Change(action="add", value=value, id=same["id"]) if name == "add" else None

    def _step(self, day: date, by: int, key: str, id: str) -> Change | None:
        """One place up or down from where the item stands now; it stays at an end."""
        now = self._frame.rooms.desk.open(day)
        item = view.find(now, key) if now else None
        if now is None or item is None:
            return None
        number = min(max(item.number + by, 1), max(len(now.items), 1))
        return Change(action="move", key=key, id=id, value=str(number))

    def _answer(self, request: Request, outcome: Outcome, what: str, key: str) -> Response:
        day = self._frame.shown.remember(outcome.day, stamp(outcome.day))
        if request.headers.get("hx-request") == "true":
            return self._pieces(request, outcome, what, key)
        if outcome.conflict or outcome.issue:
            return self._pages.show_day(
                day,
                key=key,
                issues=(outcome.issue,) if outcome.issue else (),
                conflict=outcome.conflict,
                what=what,
                status=409,
            )
        here = f"?{urlencode({'item': key})}#{view.row_id(key)}" if key else ""
        return RedirectResponse(f"/day/{day.day}{here}", status_code=303)

    def _pieces(self, request: Request, outcome: Outcome, what: str, key: str) -> Response:
        """What to swap, a sentence to read aloud, and where it failed why."""
        form, day = request.state.form, outcome.day
        opened = form.get("open", "")
        old = self._frame.shown.recall(day.day, form.get("v", ""))
        made = [self._desk_page.patch(old, day, opened)]
        if outcome.conflict:
            part = self._frame.part(
                "clash",
                day=day.day,
                csrf=self._frame.gate.form_token,
                conflict=outcome.conflict,
                what=what,
            )
            made.append(into("clash", part))
        elif outcome.issue:
            made.append(into("clash", self._frame.part("problem", issue=outcome.issue)))
        else:
            made.append(into("clash", ""))
            made.append(self._pane_pieces(day, opened, what, key, form))
        made.append(into("said", "" if outcome.issue else self._said(outcome)))
        status = 409 if outcome.conflict or outcome.issue else 200
        return HTMLResponse("".join(made), status_code=status)

    def _said(self, outcome: Outcome) -> str:
        words = self._frame.words
        if outcome.conflict:
            return words("clash")
        return words("saved") if outcome.applied else words("unchanged")

    def _pane_pieces(self, day: Day, opened: str, what: str, key: str, form: Any) -> str:
        """The least of the pane that has to change, so that nobody's cursor is lost."""
        item = view.find(day, opened) if opened else None
        if item is None:
            return ""
        name, _, argument = what.partition(":")
        if key == opened and name in ("field", "title"):
            return self._expected(item, name, argument)
        values = self._desk_page.pane(day, opened, form.get("view", "entry"))
        if name in ("stars", "accept") and values["view"] != "article":
            return self._frame.render("verdict.html.j2", **values | {"oob": True})
        if name in ("move", "up", "down") or (key != opened and name not in ("undo", "redo")):
            return ""
        return into("pane", self._frame.render("pane.html.j2", **values))

    def _expected(self, item: Any, name: str, argument: str) -> str:
        """What the file says now, which the next edit of this field must expect."""
        value = item.item.title
        if name == "field":
            value = next((f.value for f in item.item.fields if f.name == argument), "")
        spot = f"x-{view.row_id(item.key)}-{'title' if name == 'title' else field_id(argument)}"
        return self._frame.part("expected", spot=spot, value=value)

    def inbox(self, request: Request) -> Response:
        """An address into the inbox."""
        form = request.state.form
        words = self._frame.words
        try:
            fresh = self._frame.rooms.add(form.get("url", "").strip())
        except StardraftError as error:
            return self._refused(error.issues)
        said = words("added_url") if fresh else words("known_url")
        return self._message(said, form.get("day", ""))

    def publish(self, request: Request) -> Response:
        """Publish what was previewed, or say why not."""
        day = self._pages.opened(request)
        words = self._frame.words
        seen = request.state.form.get("version", "")
        try:
            done = (
                self._frame.rooms.publish(day.day, day.text.encode("utf-8"))
                if seen == day.version
                else None
            )
        except StardraftError as error:
            return self._refused(error.issues)
        if done is None:
            changed = Issue(
                subject=str(day.day), code="review.changed", sentence=words("changed_since")
            )
            values = self._pages.confirming(day, issues=(changed,))
            refused: Response = self._frame.page("publish.html.j2", status=409, **values)
            return refused
        answer: Response = self._frame.page("published.html.j2", here="draft", day=day, done=done)
        return answer

    def run(self, request: Request) -> Response:
        """Start a run, or join the one that is going on."""
        self._frame.runner.start()
        return RedirectResponse("/run", status_code=303)

    def _refused(self, issues: tuple[Issue, ...]) -> Response:
        answer: Response = self._frame.page(
            "message.html.j2", status=409, issues=issues, words_="", back="/"
        )
        return answer

    def _message(self, words: str, day: str) -> Response:
        back = str(URL(f"/day/{day}").path) if day else "/"
        answer: Response = self._frame.page("message.html.j2", issues=(), words_=words, back=back)
        return answer


def into(spot: str, html: str) -> str:
    """What stands in the element with that id from now on."""
    return f'<div id="{spot}" hx-swap-oob="innerHTML">{html}</div>'


def _wish(form: Any) -> dict[str, Any]:
    """Which undo or redo was meant: the step that the page showed, and the sending's own id."""
    number = form.get("expected", "")
    expected = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else None
    return {"id": form.get("id", "")[:64], "expected": expected}
