"""Small charts as SVG made on the server, each with the table it was drawn from. Pure.

Everything is a presentation attribute or a class: the page's policy allows no inline style.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH = 560
NOTHING = Markup()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture and its figures; `missing` says instead why there is nothing to see yet."""

    title: str
    note: str = ""
    svg: Markup = NOTHING
    table: Markup = NOTHING
    missing: str = ""


Cell = str | int | float


def table(head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Markup:
    """An HTML table; numbers stand right."""
    top = Markup("").join(Markup('<th scope="col">{}</th>').format(h) for h in head)
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(_cell(c) for c in row)) for row in rows
    )
    return Markup(
        '<div class="tablebox" tabindex="0"><table><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>"
    ).format(top, body)


def _cell(value: Cell) -> Markup:
    if isinstance(value, str):
        return Markup("<td>{}</td>").format(value)
    return Markup('<td class="number">{}</td>').format(
        value if isinstance(value, int) else f"{value:.2f}"
    )


def svg(label: str, height: float, parts: Sequence[str], width: int = WIDTH) -> Markup:
    """The drawing with a name that is read aloud."""
    return Markup(
        '<svg class="chart" viewBox="0 0 {0} {1}" width="{0}" role="img" aria-label="{2}">{3}</svg>'
    ).format(width, round(height), label, Markup("".join(parts)))  # noqa: S704 - parts escape what they hold


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    """A line of text."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{escape(words)}</text>'


def rect(x: float, y: float, width: float, height: float, kind: str, opacity: float = 1) -> str:
    """A box; `kind` is its class."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" '
        f'rx="2" class="{kind}" fill-opacity="{opacity:.2f}"/>'
    )


def line(points: Sequence[tuple[float, float]], kind: str) -> str:
    """A line through points."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" class="{kind}"/>'


def dot(x: float, y: float, kind: str, radius: float = 3) -> str:
    """A point."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" class="{kind}"/>'


def bars(label: str, rows: Sequence[tuple[str, float]]) -> Markup:
    """Signed horizontal bars, from a common zero; values in any unit."""
    most = max((abs(value) for _, value in rows), default=0) or 1
    negative = any(value < 0 for _, value in rows)
    left, right = 230, WIDTH - 50
    zero = left + (right - left) * (0.35 if negative else 0)
    reach = min(right - zero, zero - left if negative else right - zero) or right - zero
    parts = []
    for index, (name, value) in enumerate(rows):
        y = index * 24
        length = reach * abs(value) / most
        x = zero if value >= 0 else zero - length
        parts.append(text(0, y + 16, clipped(name, 34), "name"))
        parts.append(rect(x, y + 6, length, 13, "up" if value >= 0 else "down"))
        end = zero + length + 6 if value >= 0 else zero + 6
        parts.append(text(end, y + 16, f"{value:+.2f}", "figure"))
    return svg(label, len(rows) * 24 + 4, parts)


def clipped(words: str, width: int) -> str:
    """Cut to a width in half-width characters (a Chinese one counts two)."""
    used = 0
    for index, letter in enumerate(words):
        used += 2 if ord(letter) > 0x2E7F else 1
        if used > width:
            return words[:index] + "…"
    return words


def plot(
    label: str,
    curve: Sequence[tuple[float, float]],
    sizes: Sequence[int] = (),
    ends: tuple[str, str] = ("0", "1"),
) -> Markup:
    """A curve in the unit square with its diagonal; `sizes` weigh the points' dots."""
    left, top, width, height = 40, 10, WIDTH - 60, 210
    most = max(sizes, default=1) or 1

    def at(x: float, y: float) -> tuple[float, float]:
        return left + x * width, top + (1 - y) * height

    parts = [rect(left, top, width, height, "frame", 0)]
    for step in (0.25, 0.5, 0.75):
        parts.append(line([at(0, step), at(1, step)], "grid"))
    for value in (0, 0.5, 1):
        parts.append(text(left - 6, at(0, value)[1] + 4, f"{value:.0%}", "figure", "end"))
    parts.append(line([at(0, 0), at(1, 1)], "ideal"))
    parts.append(line([at(x, y) for x, y in curve], "curve"))
    for index, (x, y) in enumerate(curve):
        size = 3 + 4 * (sizes[index] / most) if sizes else 2.5
        parts.append(dot(*at(x, y), "point", size))
    parts.append(text(left, top + height + 18, ends[0], "figure"))
    parts.append(text(left + width, top + height + 18, ends[1], "figure", "end"))
    return svg(label, top + height + 26, parts)
