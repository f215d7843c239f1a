"""The web application: which address is which page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from pipeline.errors import Issue, StardraftError
from pipeline.review.frame import Frame
from pipeline.review.guard import Gate, Guard
from pipeline.review.pages import Pages
from pipeline.review.writes import Writes, into
from pipeline.wiring.review import ReviewRooms

_YEAR = 365 * 24 * 3600
_DAY = "/day/{day:str}"


def make_app(rooms: ReviewRooms, gate: Gate) -> Starlette:
    """The review page over these rooms, behind this gate."""
    frame = Frame(rooms, gate)
    pages = Pages(frame)
    writes = Writes(frame, pages)
    media = Media(frame)
    gets = {
        "/": pages.home,
        "/days": pages.days,
        "/stats": pages.stats,
        "/help": pages.help,
        "/run": pages.run,
        "/picture": media.picture,
        "/static/{name:str}": media.static,
        _DAY: pages.day,
        f"{_DAY}/pane": pages.pane,
        f"{_DAY}/changes": pages.changes,
        f"{_DAY}/preview": pages.preview,
        f"{_DAY}/preview/part": pages.preview_part,
        f"{_DAY}/publish": pages.confirm,
    }
    posts = {
        f"{_DAY}/change": writes.change,
        f"{_DAY}/undo": writes.undo,
        f"{_DAY}/redo": writes.redo,
        f"{_DAY}/publish": writes.publish,
        "/inbox": writes.inbox,
        "/run": writes.run,
    }
    return Starlette(
        routes=[
            *(Route(path, endpoint, methods=["GET"]) for path, endpoint in gets.items()),
            *(Route(path, endpoint, methods=["POST"]) for path, endpoint in posts.items()),
        ],
        middleware=[Middleware(Guard, gate=gate)],
        exception_handlers={HTTPException: _missing(frame), StardraftError: _failed(frame)},
    )


Handler = Callable[[Request, Exception], Awaitable[Response]]


def _missing(frame: Frame) -> Handler:
    async def missing(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        bare = error.detail == HTTPStatus(error.status_code).phrase
        known = f"http_{error.status_code}"
        issue = Issue(
            subject=request.url.path,
            code="review.http",
            sentence=frame.words(known if frame.words.has(known) else "http_400")
            if bare
            else error.detail,
            remedy="" if bare else frame.words("no_day_remedy"),
        )
        return _told(frame, request, (issue,), error.status_code)

    return missing


def _failed(frame: Frame) -> Handler:
    async def failed(request: Request, error: Exception) -> Response:
        assert isinstance(error, StardraftError)
        return _told(frame, request, error.issues, 500)

    return failed


def _told(frame: Frame, request: Request, issues: tuple[Issue, ...], status: int) -> Response:
    """The issues as a page, or as the piece of the open page where problems are shown."""
    if request.headers.get("hx-request") == "true":
        problems = "".join(frame.part("problem", issue=issue) for issue in issues)
        return HTMLResponse(into("clash", problems) + into("said", ""), status_code=status)
    answer: Response = frame.page(
        "message.html.j2", status=status, issues=issues, words_="", back="/days"
    )
    return answer


class Media:
    """Our own static files, and pictures of others that are signed by us."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def static(self, request: Request) -> Response:
        """A file of ours by its bare name: there is no path to leave."""
        found = self._frame.static.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        kept = f"public, max-age={_YEAR}, immutable"
        return Response(found.body, media_type=found.media_type, headers={"Cache-Control": kept})

    def picture(self, request: Request) -> Response:
        """A picture that a page of ours named; any other address is refused unasked."""
        asked = request.query_params
        gate, rooms = self._frame.gate, self._frame.rooms
        url, article, mark = asked.get("u", ""), asked.get("a", ""), asked.get("s", "")
        day, name = asked.get("d", ""), asked.get("n", "")
        if url and gate.signed(mark, "picture", url, article):
            found = rooms.picture(url, article)
        elif name and gate.signed(mark, "local", day, name):
            found = rooms.local_picture(date.fromisoformat(day), name)
        else:
            raise HTTPException(403)
        if isinstance(found, Issue):
            return Response(status_code=404)
        headers = {"Cache-Control": "private, max-age=86400", "Content-Disposition": "inline"}
        return Response(found.body, media_type=found.media_type, headers=headers)
