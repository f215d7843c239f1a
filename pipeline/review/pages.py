"""What is only looked at: every GET. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from pipeline.desk import Conflict, Day
from pipeline.errors import ConfigError, Issue, StardraftError
from pipeline.review import charts, view
from pipeline.review.desk_page import DeskPage, stamp
from pipeline.review.frame import Frame
from pipeline.review.shown import note_html

_DAYS_LOOKED_AT = 60
_RUNS_LOOKED_AT = 30
_MAX_QUERY = 200


class Pages:
    """The pages, each from one request."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._desk_page = DeskPage(frame)

    def home(self, request: Request) -> Response:
        """The newest draft; without one, the history."""
        drafts = [b for b in self._frame.rooms.desk.days() if b.drafted]
        return RedirectResponse(f"/day/{drafts[0].day}" if drafts else "/days", status_code=303)

    def days(self, request: Request) -> Response:
        """Drafts and published notes by date."""
        months: dict[str, list[Any]] = {}
        for brief in self._frame.rooms.desk.days():
            months.setdefault(f"{brief.day:%Y-%m}", []).append(brief)
        return self._page(
            "days.html.j2", here="days", months=months, today=self._frame.rooms.today()
        )

    def day(self, request: Request) -> Response:
        """One day: the list, and an item beside it."""
        return self.show_day(
            self.opened(request),
            key=request.query_params.get("item", ""),
            show=_view(request),
            wanted=request.query_params.get("filter", "all"),
            query=request.query_params.get("q", "")[:_MAX_QUERY],
        )

    def show_day(
        self,
        day: Day,
        *,
        key: str = "",
        show: str = "entry",
        wanted: str = "all",
        query: str = "",
        issues: tuple[Issue, ...] = (),
        conflict: Conflict | None = None,
        what: str = "",
        status: int = 200,
    ) -> Response:
        """The whole page, also as the answer to a form that could not be obeyed."""
        wanted = wanted if wanted in view.FILTERS else "all"
        rows = {
            item.key: self._desk_page.row(
                day.day, item, item.key == key, not view.passes(item, wanted, query)
            )
            for item in view.all_items(day)
        }
        before, after = self._beside(day.day)
        return self._page(
            "day.html.j2",
            status=status,
            here="draft",
            **self._desk_page.pane(day, key, show),
            rows=rows,
            counts=view.counts(day),
            wanted=wanted,
            query=query,
            stamp=stamp(day),
            before=before,
            after=after,
            issues=issues,
            conflict=conflict,
            what=what,
        )

    def pane(self, request: Request) -> Response:
        """The pane alone, for a page that is open."""
        day = self.opened(request)
        key = request.query_params.get("item", "")
        values = self._desk_page.pane(day, key, _view(request))
        return HTMLResponse(self._frame.render("pane.html.j2", **values))

    def changes(self, request: Request) -> Response:
        """What changed since the version the page shows; nothing most of the time."""
        version = request.query_params.get("v", "")
        day = self.opened(request)
        if stamp(day) == version:
            return Response(status_code=204)
        old = self._frame.shown.recall(day.day, version)
        text = self._desk_page.patch(old, day, request.query_params.get("open", ""))
        return HTMLResponse(text, headers={"HX-Trigger": "elsewhere"})

    def preview(self, request: Request) -> Response:
        """The finished note, and how it differs from what is published."""
        return self._page("preview.html.j2", here="draft", **self._previewed(request))

    def preview_part(self, request: Request) -> Response:
        """The preview's body again where the note changed."""
        values = self._previewed(request, request.query_params.get("v", ""))
        if not values:
            return Response(status_code=204)
        return HTMLResponse(self._frame.render("previewed.html.j2", **values))

    def _previewed(self, request: Request, known: str | None = None) -> dict[str, Any]:
        day = self.opened(request)
        if day.version == known:
            return {}
        return {
            "day": day,
            "html": Markup(note_html(day.text, self.pictures_of(day))),  # noqa: S704 - cleaned there
            **self.planned(day),
        }

    def confirm(self, request: Request) -> Response:
        """What publishing would do, before it is done."""
        day = self.opened(request)
        return self._page("publish.html.j2", here="draft", **self.confirming(day))

    def confirming(self, day: Day, **more: Any) -> dict[str, Any]:
        """The values of the page that asks for the last word."""
        counts = view.counts(day)
        return {"day": day, "counts": counts, "issues": (), **self.planned(day), **more}

    def planned(self, day: Day) -> dict[str, Any]:
        """The plan of a publication, or why there is none."""
        try:
            plan = self._frame.rooms.plan(day.day)
        except StardraftError as error:
            no_target = isinstance(error, ConfigError)
            return {"plan": None, "troubles": error.issues, "no_target": no_target, "diff": ()}
        return {
            "plan": plan,
            "troubles": plan.obstacles,
            "no_target": False,
            "diff": file_diffs(plan.diff),
        }

    def pictures_of(self, day: Day) -> Any:
        """Where the note's own pictures are served: those of its items, and local ones."""
        homes = {i.item.image.url: i.item.url for i in day.items if i.item.image}

        def picture(url: str) -> str:
            if "://" not in url and not url.startswith(("/", "\\", "data:")):
                return self._frame.local_picture(day.day, url)
            return self._frame.picture(url, homes[url]) if url in homes else ""

        return picture

    def stats(self, request: Request) -> Response:
        """How it goes, in pictures."""
        rooms, w = self._frame.rooms, self._frame.words
        newest = [b.day for b in rooms.desk.days() if b.drafted][:_DAYS_LOOKED_AT]
        seen = charts.observe([d for d in map(rooms.desk.open, newest) if d])
        drawn = [
            charts.stars(seen, w),
            charts.calibration(seen, w),
            charts.recall(seen, w),
            charts.sources(seen, w),
            charts.drift(seen, w),
            charts.runs(rooms.runs(_RUNS_LOOKED_AT), w),
        ]
        health = rooms.sources()
        troubled = [(f, m, i) for f, m, i in health if i]
        return self._page(
            "stats.html.j2", here="stats", charts=drawn, troubled=troubled, sources=len(health)
        )

    def help(self, request: Request) -> Response:
        """The keys."""
        return self._page("help.html.j2", here="help")

    def run(self, request: Request) -> Response:
        """How the run that was asked for goes."""
        if "part" in request.query_params:
            return HTMLResponse(self._frame.render("running.html.j2", run=self._frame.runner))
        return self._page("run.html.j2", run=self._frame.runner)

    def opened(self, request: Request) -> Day:
        """The day of the address; 404 where there is no note of it."""
        day = day_of(request)
        found = self._frame.rooms.desk.open(day)
        if found is None:
            raise HTTPException(404, self._frame.words("no_such_day", day=day))
        return self._frame.shown.remember(found, stamp(found))

    def _beside(self, day: date) -> tuple[date | None, date | None]:
        days = sorted(b.day for b in self._frame.rooms.desk.days())
        earlier, later = [d for d in days if d < day], [d for d in days if d > day]
        return (earlier[-1] if earlier else None), (later[0] if later else None)

    def _page(self, template: str, **values: Any) -> Response:
        answer: Response = self._frame.page(template, **values)
        return answer


def day_of(request: Request) -> date:
    """The day that the address names; 404 where it names none."""
    try:
        return date.fromisoformat(request.path_params["day"])
    except ValueError:
        raise HTTPException(404) from None


def _view(request: Request) -> str:
    return "article" if request.query_params.get("view") == "article" else "entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDiff:
    """What changes in one file: its lines, each with whether it is more, less or the same."""

    path: str
    lines: tuple[tuple[str, str], ...]


_KINDS = (("@@", "spot"), ("+", "more"), ("-", "less"))


def file_diffs(diff: str) -> tuple[FileDiff, ...]:
    """A unified diff by file, the notes before the README that repeats them."""
    found: list[tuple[str, list[tuple[str, str]]]] = []
    lines = diff.splitlines()
    for number, line in enumerate(lines):
        after = lines[number + 1] if number + 1 < len(lines) else ""
        if line.startswith("--- ") and after.startswith("+++ "):
            named = after[4:] if after[4:] != "/dev/null" else line[4:]
            found.append((named.removeprefix("b/"), []))
        elif line.startswith("+++ ") and lines[number - 1].startswith("--- "):
            continue
        elif found:
            kind = next((name for start, name in _KINDS if line.startswith(start)), "same")
            found[-1][1].append((kind, line))
    ordered = sorted(found, key=lambda one: not one[0].startswith("notes/"))
    return tuple(FileDiff(path=path, lines=tuple(rows)) for path, rows in ordered)
